"""Logging in, who one is, health and version."""

import jwt
import pytest

from haitech_domain.access import Role
from haitech_domain.change import Change
from haitech_domain.testing.builders import a_user, an_instructor
from tests.http.school_world import SYSTEM, Caller, a_school_behind_its_api

PASSWORD = "correct horse battery"
LOGIN = "/auth/login"


@pytest.fixture
def world():
    with a_school_behind_its_api() as made:
        yield made


@pytest.fixture
def admin(world):
    return world.run(
        world.verbs.create_admin, email="Dana@Example.com ", password=PASSWORD, name="Dana"
    )


def credentials(email="dana@example.com", password=PASSWORD):
    return {"email": email, "password": password}


def test_the_right_password_gives_a_token_that_works(world, admin):
    session = world.nobody.act(LOGIN, credentials())
    assert session["tokenType"] == "Bearer"
    assert session["expiresIn"] > 0
    assert session["user"]["email"] == "dana@example.com"
    assert session["user"]["role"] == "admin"
    assert session["user"]["lastLogin"] is not None
    assert not {"password", "passwordHash"} & set(session["user"])
    me = Caller(world.client, session["accessToken"]).get("/auth/me")
    assert me == session["user"]


def test_an_address_is_read_whatever_its_case(world, admin):
    assert world.nobody.act(LOGIN, credentials(" DANA@example.COM"))["user"]["name"] == "Dana"


def test_nobody_learns_whether_the_user_or_the_password_was_wrong(world, admin):
    inactive = a_user(
        email="gone@example.com",
        is_active=False,
        password_hash=world.run(world.verbs.log_in.passwords.hashed, PASSWORD),
    )
    unset = a_user(email="invited@example.com")
    world.save(lambda tx: tx.users, inactive, unset)
    refusals = [
        world.nobody.refused(401, "POST", LOGIN, body)
        for body in (
            credentials(password="wrong horse"),
            credentials("nobody@example.com"),
            credentials("no address"),
            credentials("gone@example.com"),
            credentials("invited@example.com"),
        )
    ]
    assert all(refused == refusals[0] for refused in refusals)
    assert refusals[0]["reason"] == "credentials.invalid"


def test_a_refused_login_says_how_to_come_in(world):
    answer = world.nobody.send("POST", LOGIN, credentials())
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_login_without_its_fields_lists_both(world):
    error = world.nobody.refused(400, "POST", LOGIN, {})
    assert [(d["field"], d["reason"]) for d in error["details"]] == [
        ("email", "value.required"),
        ("password", "value.required"),
    ]


def test_an_instructor_who_logs_in_is_known_as_one(world):
    """R-ACC-2: the token names the instructor whose rows are the user's own."""
    user = a_user(
        email="yael@example.com",
        role=Role.INSTRUCTOR,
        password_hash=world.run(world.verbs.log_in.passwords.hashed, PASSWORD),
    )
    instructor = an_instructor(user_id=user.id)
    world.save(lambda tx: tx.users, user)
    world.save(lambda tx: tx.instructors, instructor)
    token = world.nobody.act(LOGIN, credentials("yael@example.com"))["accessToken"]
    assert world.tokens.read(token).instructor_id == instructor.id
    own = Caller(world.client, token).get(f"/instructors/{instructor.id}")
    assert own["rateFrontal"] == 150


def test_each_login_is_noted_once(world, admin):
    world.nobody.act(LOGIN, credentials())
    entries = [entry for committed in world.uow.committed for entry in committed.audit]
    assert [e.action for e in entries if e.entity_id == admin.id] == ["create", "login"]
    assert {e.new.get("password_hash", "***") for e in entries} == {"***"}


@pytest.mark.parametrize("token", [None, "", "nonsense", "a.b.c"])
def test_without_a_good_token_nobody_gets_anywhere(world, token):
    for method, path in (("GET", "/auth/me"), ("GET", "/courses"), ("POST", "/cycles")):
        error = Caller(world.client, token).refused(401, method, path)
        assert error["reason"] == "credentials.invalid"


def test_an_unsigned_token_is_worth_nothing(world):
    claims = jwt.decode(world.admin.token, options={"verify_signature": False})
    unsigned = jwt.encode(claims, "", "none")
    Caller(world.client, unsigned).refused(401, "GET", "/auth/me")


def test_a_token_without_a_session_is_worth_nothing(world, admin):
    """Whoever could sign one for a user would still have to begin a session."""
    token = world.tokens.issue(admin.actor())[0]
    error = Caller(world.client, token).refused(401, "GET", "/auth/me")
    assert error["reason"] == "credentials.invalid"


def test_a_deleted_user_cannot_log_in(world, admin):
    at = world.clock.now()

    async def delete(tx):
        there = await tx.users.lock(admin.id)
        gone = there.changed(at, deleted_at=at)
        await tx.users.save(Change.updated(there, gone, action="delete"))

    world.run(world.uow.run, SYSTEM, delete)
    world.nobody.refused(401, "POST", LOGIN, credentials())


def test_health_is_open_to_everyone(world):
    for path in ("/health", "/health/live", "/health/ready"):
        assert world.nobody.get(path) == {"status": "ok", "checks": {}}


def test_the_version_is_that_of_the_program(world):
    about = world.nobody.get("/meta/version")
    assert about["name"] == "HaiTech CRM"
    assert about["version"]


def test_the_schema_names_every_route_of_this_part(world):
    document = world.client.get("/api/v1/meta/schema").json()
    assert document["openapi"].startswith("3.1")
    for path in (
        "/auth/login",
        "/auth/me",
        *(f"/{r}" for r in ("courses", "branches", "instructors", "cycles", "meetings")),
        *(f"/{r}/{{id}}" for r in ("courses", "branches", "instructors", "cycles", "meetings")),
        *(f"/{r}/{{id}}/restore" for r in ("courses", "branches", "instructors", "cycles")),
        "/cycles/{id}/generate-meetings",
        "/cycles/{id}/sync-progress",
        "/cycles/{id}/meetings",
        *(
            f"/meetings/{{id}}/{verb}"
            for verb in (
                *("complete", "cancel", "postpone", "reopen"),
                *("recalculate", "restore", "financials"),
            )
        ),
    ):
        assert f"/api/v1{path}" in document["paths"]
