"""Passwords: changed by their owner, forgotten and set anew by a link, refused where weak."""

from __future__ import annotations

import re
from datetime import timedelta

import attrs
import pytest

from haitech_app.testing.doors import worked
from haitech_domain.change import Change
from haitech_domain.people import Email
from haitech_domain.ports import Query
from haitech_domain.user import PasswordPolicy
from tests.http.school_world import SYSTEM, Caller, a_school_behind_its_api, fields_of

PASSWORD = "correct horse battery"
NEW = "a staple under the rug"
DANA = "dana@example.com"
FORGOT = "/auth/forgot-password"
RESET = "/auth/reset-password"


@pytest.fixture
def world():
    with a_school_behind_its_api() as made:
        made.mailer = made.verbs.send_mail.mailer
        made.mailer.sent.clear()
        made.mailer.broken = False
        yield made


@pytest.fixture
def dana(world):
    return world.admin.make("/users", {
        "email": DANA, "name": "Dana", "role": "manager", "password": PASSWORD,
    })  # fmt: skip


def logged_in(world, password=PASSWORD):
    session = world.nobody.act("/auth/login", {"email": DANA, "password": password})
    return session, Caller(world.client, session["accessToken"])


def cannot_log_in(world, password):
    world.nobody.refused(401, "POST", "/auth/login", {"email": DANA, "password": password})


def settled(world):
    world.run(worked, world)


def forgot(world, email=DANA):
    answer = world.nobody.act(FORGOT, {"email": email})
    settled(world)
    return answer


def token_in(mail):
    [token] = re.findall(r"http://127\.0\.0\.1:8000/reset-password#token=([\w-]+)", mail.text)
    return token


def reset(world, token, password=NEW):
    return world.nobody.act(RESET, {"token": token, "newPassword": password})


def not_reset(world, token, password=NEW):
    return world.nobody.refused(400, "POST", RESET, {"token": token, "newPassword": password})


# ── changing ────────────────────────────────────────────────────────────────────────────────


def test_who_knows_the_password_changes_it_and_all_other_sessions_end(world, dana):
    here, me = logged_in(world)
    there, other = logged_in(world)
    me.put("/auth/password", {"currentPassword": PASSWORD, "newPassword": NEW})
    cannot_log_in(world, PASSWORD)
    logged_in(world, NEW)
    body = {"refreshToken": there["refreshToken"]}
    world.nobody.refused(401, "POST", "/auth/refresh", body)
    world.clock.advance(timedelta(seconds=5))
    other.refused(401, "GET", "/auth/me")
    me.get("/auth/me")
    world.nobody.act("/auth/refresh", {"refreshToken": here["refreshToken"]})


def test_a_wrong_present_password_is_refused_and_counts_as_a_failed_login(world, dana):
    _, me = logged_in(world)
    body = {"currentPassword": "wrong horse battery", "newPassword": NEW}
    for _ in range(10):
        error = me.refused(400, "PUT", "/auth/password", body)
        assert [(d["field"], d["reason"]) for d in error["details"]] == [
            ("currentPassword", "password.wrong")
        ]
    me.refused(429, "PUT", "/auth/password", {**body, "currentPassword": PASSWORD})
    world.nobody.refused(429, "POST", "/auth/login", {"email": DANA, "password": PASSWORD})


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("x" * 7, "password.length"),
        ("x" * 129, "password.length"),
        ("Dana@Example.com", "password.personal"),
    ],
)
def test_a_new_password_must_be_one(world, dana, password, reason):
    _, me = logged_in(world)
    body = {"currentPassword": PASSWORD, "newPassword": password}
    error = me.refused(400, "PUT", "/auth/password", body)
    assert [(d["field"], d["reason"]) for d in error["details"]] == [("newPassword", reason)]
    logged_in(world)


def test_passwords_appear_in_no_audit_row(world, dana):
    _, me = logged_in(world)
    me.put("/auth/password", {"currentPassword": PASSWORD, "newPassword": NEW})
    entries = [entry for one in world.uow.committed for entry in one.audit]
    [changed] = [entry for entry in entries if entry.action == "password"]
    assert changed.new == {"password_hash": "***"}
    stored = world.read(lambda tx: tx.users.page(Query(search=DANA))).items[0].password_hash
    for secret in (PASSWORD, NEW, stored):
        assert secret not in repr(entries)


# ── forgetting ──────────────────────────────────────────────────────────────────────────────


def test_a_forgotten_password_is_set_anew_by_a_link_and_all_sessions_end(world, dana):
    session, me = logged_in(world)
    forgot(world, " DANA@example.com ")
    [mail] = world.mailer.sent
    assert str(mail.to) == DANA
    assert "Dana" in mail.text
    assert "30" in mail.text
    reset(world, token_in(mail))
    cannot_log_in(world, PASSWORD)
    logged_in(world, NEW)
    body = {"refreshToken": session["refreshToken"]}
    world.nobody.refused(401, "POST", "/auth/refresh", body)
    world.clock.advance(timedelta(seconds=5))
    me.refused(401, "GET", "/auth/me")


def test_nobody_learns_whether_an_address_is_known(world, dana):
    """The same answer; and the same work before it: to put the question into the queue."""
    world.admin.make("/users", {
        "email": "gone@example.com", "name": "G", "role": "manager", "password": PASSWORD,
        "isActive": False,
    })  # fmt: skip
    emails = (DANA, "nobody@example.com", "gone@example.com", "no address", "")
    answers = [world.nobody.act(FORGOT, {"email": email}) for email in emails]
    assert all(answer == answers[0] for answer in answers)
    claimed = world.run(world.uow.run, SYSTEM, lambda tx: tx.jobs.claim(
        at=world.clock.now(), until=world.clock.now(), holder="test", most=9,
    ))  # fmt: skip
    assert [job.secret for job in claimed.jobs] == [{"email": email} for email in emails[:3]]
    assert len({(job.kind, job.lane) for job in claimed.jobs}) == 1
    settled(world)
    assert [str(mail.to) for mail in world.mailer.sent] == [DANA]


def test_a_link_is_good_once(world, dana):
    forgot(world)
    token = token_in(world.mailer.sent[0])
    reset(world, token)
    error = not_reset(world, token, "another one of mine")
    assert [(d["field"], d["reason"]) for d in error["details"]] == [("token", "token.invalid")]
    logged_in(world, NEW)


def test_a_link_is_good_for_thirty_minutes(world, dana):
    forgot(world)
    world.clock.advance(timedelta(minutes=30))
    not_reset(world, token_in(world.mailer.sent[0]))
    logged_in(world)


def test_a_new_link_voids_the_older_ones(world, dana):
    forgot(world)
    forgot(world)
    first, second = map(token_in, world.mailer.sent)
    assert first != second
    not_reset(world, first)
    reset(world, second)


def test_a_refused_password_leaves_the_link_good(world, dana):
    forgot(world)
    token = token_in(world.mailer.sent[0])
    assert fields_of(not_reset(world, token, "short")) == {"newPassword"}
    assert not_reset(world, token, DANA)["reason"] == "password.personal"
    reset(world, token)


@pytest.mark.parametrize("change", ["password", "email", "deactivate", "delete"])
def test_a_link_is_void_once_the_password_the_address_or_the_user_changed(world, dana, change):
    forgot(world)
    token = token_in(world.mailer.sent[0])
    path = f"/users/{dana['id']}"
    if change == "password":
        _, me = logged_in(world)
        me.put("/auth/password", {"currentPassword": PASSWORD, "newPassword": "another of mine"})
    elif change == "email":
        world.admin.put(path, {"email": "dana@other.example"})
    elif change == "deactivate":
        world.admin.act(f"{path}/deactivate")
        world.admin.act(f"{path}/activate")
    else:
        world.admin.drop(path)
    not_reset(world, token)


def test_a_link_of_somebody_shut_out_past_the_program_opens_nothing(world, dana):
    """Also where the link itself was not voided, as by a restored backup."""
    forgot(world)

    async def shut(tx):
        there = await tx.users.by_email(Email(DANA))
        after = there.changed(world.clock.now(), is_active=False)
        await tx.users.save(Change.updated(there, after))

    world.run(world.uow.run, SYSTEM, shut)
    not_reset(world, token_in(world.mailer.sent[0]))


def test_only_hashes_of_links_are_stored_and_none_is_in_the_audit(world, dana):
    forgot(world)
    token = token_in(world.mailer.sent[0])
    rows = world.read(lambda tx: tx.one_time_tokens.page(Query())).items
    audited = [entry for one in world.uow.committed for entry in one.audit]
    assert rows
    assert token not in repr(rows) + repr(audited)
    assert rows[0].token_hash not in repr(audited)


def test_wrong_links_count_against_the_address(world, dana):
    forgot(world)
    for _ in range(10):
        not_reset(world, "guess")
    world.nobody.refused(429, "POST", RESET, {"token": "guess", "newPassword": NEW})
    token = token_in(world.mailer.sent[0])
    answer = world.nobody.send("POST", RESET, {"token": token, "newPassword": NEW})
    assert answer.status_code == 200


def test_links_are_asked_for_ten_times_at_most(world, dana):
    for _ in range(10):
        forgot(world)
    answer = world.nobody.send("POST", FORGOT, {"email": DANA})
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "900"
    assert len(world.mailer.sent) == 10
    world.clock.advance(timedelta(minutes=15))
    forgot(world)


def test_a_letter_that_nobody_takes_is_logged_without_the_address(world, dana, capsys):
    world.mailer.broken = True
    assert forgot(world) == world.nobody.act(FORGOT, {"email": "nobody@example.com"})
    written = capsys.readouterr().out
    assert "a job failed" in written
    assert "mail.send" in written
    assert "dana" not in written.replace("dana-", "")


def test_common_passwords_are_refused_where_the_policy_says_so(world, dana):
    """api.md: in prod."""
    rules = world.verbs.change_password.rules
    strict = attrs.evolve(rules, passwords=PasswordPolicy(refuses_common=True))
    _, me = logged_in(world)
    body = {"currentPassword": PASSWORD, "newPassword": "P@ssw0rd2024"}
    object.__setattr__(world.verbs.change_password, "rules", strict)
    try:
        error = me.refused(400, "PUT", "/auth/password", body)
    finally:
        object.__setattr__(world.verbs.change_password, "rules", rules)
    assert error["reason"] == "password.common"
    me.put("/auth/password", body)


@pytest.mark.parametrize("path", [FORGOT, RESET])
def test_bodies_name_their_fields(world, path):
    error = world.nobody.refused(400, "POST", path, {"token": 1, "more": True})
    assert "more" in fields_of(error)
