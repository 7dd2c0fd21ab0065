"""Sessions: refreshed with rotation, ended by reuse, logging out and time, felt within five seconds."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from haitech_domain.access import Role
from haitech_domain.change import Change
from haitech_domain.ports import Query
from tests.http.school_world import SYSTEM, Caller, a_school_behind_its_api

PASSWORD = "correct horse battery"
SOON = timedelta(seconds=5)
"""Within which a change of a user or a session is felt."""


@pytest.fixture
def world():
    with a_school_behind_its_api() as made:
        yield made


@pytest.fixture
def dana(world):
    return world.admin.make("/users", {
        "email": "dana@example.com", "name": "Dana", "role": "manager", "password": PASSWORD,
    })  # fmt: skip


def logged_in(world, email="dana@example.com", password=PASSWORD):
    return world.nobody.act("/auth/login", {"email": email, "password": password})


def refreshed(world, session):
    return world.nobody.act("/auth/refresh", {"refreshToken": session["refreshToken"]})


def refused(world, token):
    return world.nobody.refused(401, "POST", "/auth/refresh", {"refreshToken": token})


def caller(world, session):
    return Caller(world.client, session["accessToken"])


def sessions(world):
    return world.read(lambda tx: tx.login_sessions.page(Query(limit=100))).items


def test_a_refresh_gives_a_new_pair_for_the_same_session(world, dana):
    first = logged_in(world)
    second = refreshed(world, first)
    assert set(second) == set(first) == {
        "accessToken", "refreshToken", "tokenType", "expiresIn", "user",
    }  # fmt: skip
    assert second["refreshToken"] != first["refreshToken"]
    assert second["user"]["id"] == dana["id"]
    assert caller(world, second).get("/auth/me")["email"] == "dana@example.com"
    assert caller(world, first).get("/auth/me")["id"] == dana["id"], "it runs out by itself"
    third = refreshed(world, second)
    assert caller(world, third).get("/auth/me")["id"] == dana["id"]


def test_only_hashes_of_tokens_are_stored_and_none_is_in_the_audit(world, dana):
    first = logged_in(world)
    second = refreshed(world, first)
    stored = repr([row for row in sessions(world) if str(row.user_id) == dana["id"]])
    audited = repr([entry for one in world.uow.committed for entry in one.audit])
    for token in (first["refreshToken"], second["refreshToken"]):
        family, secret = token.split(".")
        assert len(secret) >= 43, "256 bits"
        for part in (token, family, secret):
            assert part not in stored
            assert part not in audited
    assert PASSWORD not in audited


def test_a_refresh_leaves_no_audit_row_and_a_login_does(world, dana):
    def audited():
        return [entry.action for one in world.uow.committed for entry in one.audit]

    before = len(audited())
    session = logged_in(world)
    assert audited()[before:] == ["login", "login"], "of the user, and of the session"
    refreshed(world, refreshed(world, session))
    assert len(audited()) == before + 2


def test_a_token_used_twice_ends_its_family_and_no_other(world, dana):
    stolen, other = logged_in(world), logged_in(world)
    present = refreshed(world, stolen)
    assert refused(world, stolen["refreshToken"])["reason"] == "credentials.invalid"
    refused(world, present["refreshToken"])
    world.clock.advance(SOON)
    for gone in (stolen, present):
        caller(world, gone).refused(401, "GET", "/auth/me")
    caller(world, refreshed(world, other)).get("/auth/me")
    actions = [entry for one in world.uow.committed for entry in one.audit]
    [ended] = [entry for entry in actions if entry.action == "end"]
    assert (ended.entity, ended.new["ended_by"]) == ("login_session", "reuse")


def test_a_token_of_long_ago_is_known_as_spent(world, dana):
    first = logged_in(world)
    last = first
    for _ in range(5):
        last = refreshed(world, last)
    refused(world, first["refreshToken"])
    refused(world, last["refreshToken"])


@pytest.mark.parametrize(
    "token", ["", ".", "a.", ".b", "nonsense", "a.b", "x" * 5000, "a.b.c", "א.ב"]
)
def test_what_was_never_a_token_is_refused_like_a_spent_one(world, dana, token):
    assert refused(world, token)["message"] == "the refresh token is not valid; log in again"


def test_knowing_the_session_is_not_enough_to_end_it(world, dana):
    """Only who held a token of the family can end it by a wrong one."""
    session = logged_in(world)
    for row in sessions(world):
        refused(world, f"{row.id}.guess")
    refreshed(world, session)


def test_a_refresh_token_slides_and_the_session_ends_all_the_same(world, dana):
    rules = world.verbs.refresh_session.rules
    session = logged_in(world)
    for _ in range(3):
        world.clock.advance(rules.refresh_life - timedelta(hours=1))
        session = refreshed(world, session)
    world.clock.advance(timedelta(hours=3))
    refused(world, session["refreshToken"])
    caller(world, session).refused(401, "GET", "/auth/me")


def test_a_refresh_token_expires(world, dana):
    session = logged_in(world)
    world.clock.advance(world.verbs.refresh_session.rules.refresh_life)
    refused(world, session["refreshToken"])


def test_logging_out_ends_this_session_at_once_for_refresh_and_soon_for_access(world, dana):
    here, there = logged_in(world), logged_in(world)
    assert caller(world, here).act("/auth/logout") == {"message": "logged out"}
    refused(world, here["refreshToken"])
    world.clock.advance(SOON)
    caller(world, here).refused(401, "GET", "/auth/me")
    caller(world, there).get("/auth/me")
    caller(world, refreshed(world, there)).get("/auth/me")


def test_logging_out_may_name_another_session_of_ones_own_but_nobody_elses(world, dana):
    here, there, again = logged_in(world), logged_in(world), logged_in(world)
    world.admin.make("/users", {
        "email": "noa@example.com", "name": "Noa", "role": "admin", "password": PASSWORD,
    })  # fmt: skip
    theirs = logged_in(world, "noa@example.com")
    caller(world, here).act("/auth/logout", {"refreshToken": there["refreshToken"]})
    refused(world, there["refreshToken"])
    caller(world, again).act("/auth/logout", {"refreshToken": theirs["refreshToken"]})
    refreshed(world, theirs)


def test_logging_out_twice_is_no_failure(world, dana):
    session = logged_in(world)
    for _ in range(2):
        caller(world, session).act("/auth/logout", {})


def test_logging_out_is_for_users(world):
    world.nobody.refused(401, "POST", "/auth/logout")
    assert world.admin.refused(400, "POST", "/auth/logout", {"all": True})


def test_role_name_and_instructor_are_those_of_now_not_of_the_token(world, dana):
    """R-ACC-2: within five seconds."""
    session = logged_in(world)
    me = caller(world, session)
    assert me.make("/customers", {"name": "A", "phone": "050-1112223"})
    world.admin.put(f"/users/{dana['id']}", {"role": "instructor"})
    world.clock.advance(SOON)
    me.refused(403, "GET", "/customers")
    me.refused(403, "GET", "/cycles")  # linked to nobody yet

    instructor = UUID(world.instructor(name="Dana")["id"])

    async def link(tx):
        there = await tx.instructors.lock(instructor)
        after = there.changed(world.clock.now(), user_id=UUID(dana["id"]))
        await tx.instructors.save(Change.updated(there, after))

    world.run(world.uow.run, SYSTEM, link)
    world.clock.advance(SOON)
    assert me.everything("/cycles") == []
    world.admin.put(f"/users/{dana['id']}", {"role": "manager"})
    world.clock.advance(SOON)
    assert me.everything("/customers")


@pytest.mark.parametrize("how", ["deactivate", "put", "delete"])
def test_who_is_shut_out_is_out_within_five_seconds_and_stays_out(world, dana, how):
    session = logged_in(world)
    me = caller(world, session)
    me.get("/auth/me")
    path = f"/users/{dana['id']}"
    if how == "deactivate":
        assert world.admin.act(f"{path}/deactivate")["isActive"] is False
    elif how == "put":
        world.admin.put(path, {"isActive": False})
    else:
        world.admin.drop(path)
    refused(world, session["refreshToken"])
    credentials = {"email": "dana@example.com", "password": PASSWORD}
    world.nobody.refused(401, "POST", "/auth/login", credentials)
    world.clock.advance(SOON)
    me.refused(401, "GET", "/auth/me")
    world.admin.act(f"{path}/restore" if how == "delete" else f"{path}/activate")
    world.clock.advance(SOON)
    me.refused(401, "GET", "/auth/me")
    refused(world, session["refreshToken"])
    caller(world, logged_in(world)).get("/auth/me")


def test_who_a_token_belongs_to_is_asked_once_in_four_seconds(world, dana):
    """Measured by what is remembered: twenty requests, one question."""
    me = caller(world, logged_in(world))
    asked = []
    uow = world.verbs.recognise.uow
    real = uow.read

    async def counted(work):
        asked.append(work.__qualname__)
        return await real(work)

    uow.read = counted
    try:
        for _ in range(20):
            me.get("/courses")
    finally:
        del uow.read
    assert len([name for name in asked if name.startswith("Recognise")]) == 1
    assert len(asked) == 21


def test_wrong_refresh_tokens_count_against_the_address(world, dana):
    session = logged_in(world)
    for _ in range(10):
        refused(world, "a.b")
    answer = world.nobody.send("POST", "/auth/refresh", {"refreshToken": "a.b"})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) == 15 * 60
    logged_in(world)
    refreshed(world, session)  # whoever has a good one is not held up by others at the address
    world.clock.advance(timedelta(minutes=15))
    refused(world, "a.b")


def test_ten_wrong_passwords_close_the_account_for_a_while_known_or_not(world, dana):
    """10 failures in 15 minutes, per account and per address; the right one waits too."""
    for email in ("dana@example.com", "nobody@example.com"):
        wrong = {"email": email, "password": "wrong horse battery"}
        for _ in range(10):
            world.nobody.refused(401, "POST", "/auth/login", wrong)
        error = world.nobody.refused(429, "POST", "/auth/login", {**wrong, "password": PASSWORD})
        assert error["reason"] == "rate.limited"
        world.clock.advance(timedelta(minutes=15))
    logged_in(world)


def test_the_account_is_counted_however_its_address_is_written(world, dana):
    for n in range(10):
        email = " DANA@example.com" if n % 2 else "dana@Example.com "
        body = {"email": email, "password": "wrong horse battery"}
        world.nobody.refused(401, "POST", "/auth/login", body)
    assert world.verbs.log_in.attempts._failures["login:account:dana@example.com"]
    world.nobody.refused(429, "POST", "/auth/login", {"email": "dana@example.com", "password": "x"})


def test_a_login_stores_the_hash_by_the_rules_of_today(world, dana):
    before = world.read(lambda tx: tx.users.get(UUID(dana["id"]))).password_hash
    hasher = world.verbs.log_in.passwords.hasher
    world.verbs.log_in.passwords.hasher = type(hasher)(time_cost=2, memory_cost=16, parallelism=1)
    try:
        logged_in(world)
        after = world.read(lambda tx: tx.users.get(UUID(dana["id"]))).password_hash
        assert "m=8," in before
        assert "m=16," in after
        logged_in(world)
    finally:
        world.verbs.log_in.passwords.hasher = hasher


def test_an_answer_with_tokens_is_not_to_be_stored(world, dana):
    body = {"email": "dana@example.com", "password": PASSWORD}
    assert world.nobody.send("POST", "/auth/login", body).headers["cache-control"] == "no-store"


def test_a_manager_still_manages(world):
    assert world.user(Role.MANAGER).get("/auth/me")["role"] == "manager"
