"""`/users`: made, read, changed, shut out, deleted and restored by administrators alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from haitech_app.testing.doors import worked
from haitech_domain.access import Role
from haitech_domain.ports import Query
from tests.http.school_world import NOBODY, Caller, a_school_behind_its_api, fields_of

PASSWORD = "correct horse battery"


@pytest.fixture
def world():
    with a_school_behind_its_api() as made:
        yield made


def body(**fields):
    return {
        "email": "dana@example.com",
        "name": "Dana",
        "role": "manager",
        "password": PASSWORD,
        **fields,
    }


def test_a_user_is_made_with_a_password_that_is_never_shown(world):
    answer = world.admin.send(
        "POST", "/users", body(email=" DANA@Example.com", phone="050-1234567")
    )
    assert answer.status_code == 201
    made = answer.json()["data"]
    assert answer.headers["location"] == f"/api/v1/users/{made['id']}"
    assert made == {
        "id": made["id"],
        "email": "dana@example.com",
        "name": "Dana",
        "role": "manager",
        "phone": "+972501234567",
        "isActive": True,
        "lastLogin": None,
        "createdAt": made["createdAt"],
        "updatedAt": made["updatedAt"],
        "version": 1,
    }
    assert world.admin.get(f"/users/{made['id']}") == made
    shown = world.admin.send("GET", "/users").text + answer.text
    assert "argon2" not in shown
    assert PASSWORD not in shown
    session = world.nobody.act("/auth/login", {"email": "dana@example.com", "password": PASSWORD})
    assert session["user"]["lastLogin"]
    audited = repr([entry for one in world.uow.committed for entry in one.audit])
    assert "argon2" not in audited
    assert PASSWORD not in audited


def test_everything_that_is_wrong_is_listed_at_once(world):
    error = world.admin.refused(
        400, "POST", "/users", body(email="no", name=" ", phone="1", password="short")
    )
    assert fields_of(error) == {"email", "name", "phone", "password"}
    error = world.admin.refused(400, "POST", "/users", {"role": "boss"})
    assert {"email", "name", "role", "password"} <= fields_of(error)


@pytest.mark.parametrize("password", ["dana@example.com", "DANA@EXAMPLE.COM", "Dana-Levi"])
def test_a_password_is_not_ones_own_name_or_address(world, password):
    error = world.admin.refused(400, "POST", "/users", body(name="dana-levi", password=password))
    assert error["reason"] == "password.personal"


def test_a_users_fields_change_and_the_password_is_none_of_them(world):
    made = world.admin.make("/users", body(phone="050-1234567"))
    path = f"/users/{made['id']}"
    changed = world.admin.put(path, {"name": "Dana Levi", "role": "admin", "phone": None})
    assert (changed["name"], changed["role"], changed["phone"]) == ("Dana Levi", "admin", None)
    assert changed["version"] == 2
    assert fields_of(world.admin.refused(400, "PUT", path, {"password": PASSWORD})) == {"password"}
    assert fields_of(world.admin.refused(400, "PUT", path, {"lastLogin": None})) == {"lastLogin"}


def test_an_address_belongs_to_one_live_user(world):
    first = world.admin.make("/users", body())
    error = world.admin.refused(409, "POST", "/users", body(email="DANA@example.com"))
    assert (error["reason"], fields_of(error)) == ("duplicate", {"email"})
    world.admin.drop(f"/users/{first['id']}")
    second = world.admin.make("/users", body())
    world.admin.refused(409, "POST", f"/users/{first['id']}/restore")
    world.admin.put(f"/users/{second['id']}", {"email": "other@example.com"})
    assert world.admin.act(f"/users/{first['id']}/restore")["email"] == "dana@example.com"
    world.admin.refused(409, "PUT", f"/users/{first['id']}", {"email": "other@example.com"})


def test_users_are_listed_filtered_searched_and_sorted(world):
    made = world.admin.make("/users", body(name="דנה לוי", isActive=False))
    rows = world.admin.everything("/users", isActive="false")
    assert [row["id"] for row in rows] == [made["id"]]
    assert [row["id"] for row in world.admin.everything("/users", search="נה ל")] == [made["id"]]
    assert {row["role"] for row in world.admin.everything("/users", role="instructor")} == {
        "instructor"
    }
    names = [row["name"] for row in world.admin.everything("/users", sortBy="name")]
    assert names == sorted(names)
    world.admin.refused(400, "GET", "/users?passwordHash=x")
    world.admin.refused(400, "GET", "/users?sortBy=email")


def test_a_deleted_user_is_gone_and_returns(world):
    made = world.admin.make("/users", body())
    path = f"/users/{made['id']}"
    world.admin.drop(path)
    world.admin.refused(404, "GET", path)
    world.admin.refused(404, "POST", f"{path}/activate")
    assert made["id"] not in [row["id"] for row in world.admin.everything("/users")]
    assert world.admin.act(f"{path}/restore")["id"] == made["id"]


@pytest.mark.parametrize("verb", ["activate", "deactivate"])
def test_the_verbs_name_what_is_wrong(world, verb):
    world.admin.refused(404, "POST", f"/users/{NOBODY}/{verb}")
    world.admin.refused(400, "POST", f"/users/no-id/{verb}")
    made = world.admin.make("/users", body())
    world.admin.refused(400, "POST", f"/users/{made['id']}/{verb}", {"why": "x"})
    for _ in range(2):
        shown = world.admin.act(f"/users/{made['id']}/{verb}")
        assert shown["isActive"] is (verb == "activate")


def test_users_are_for_administrators_alone(world):
    made = world.admin.make("/users", body())
    path = f"/users/{made['id']}"
    for caller in (world.manager, world.as_yael):
        for method, where in (
            ("GET", "/users"),
            ("POST", "/users"),
            ("GET", path),
            ("PUT", path),
            ("PATCH", path),
            ("DELETE", path),
            ("POST", f"{path}/restore"),
            ("POST", f"{path}/activate"),
            ("POST", f"{path}/deactivate"),
        ):
            assert caller.refused(403, method, where)["reason"] == "access.denied"
            world.nobody.refused(401, method, where)


class TestTheLastAdministrator:
    """api.md: the last admin cannot be removed."""

    @pytest.fixture
    def last(self, world):
        return world.admin.get("/auth/me")["id"]

    @pytest.mark.parametrize(
        ("method", "path", "change"),
        [
            ("DELETE", "", None),
            ("POST", "/deactivate", None),
            ("PUT", "", {"isActive": False}),
            ("PUT", "", {"role": "manager"}),
            ("PATCH", "", {"role": "instructor", "name": "X"}),
        ],
    )
    def test_cannot_be_removed(self, world, last, method, path, change):
        error = world.admin.refused(409, method, f"/users/{last}{path}", change)
        assert error["reason"] == "user.last_admin"
        there = world.admin.get(f"/users/{last}")
        assert (there["role"], there["isActive"], there["version"]) == ("admin", True, 1)

    def test_an_inactive_or_deleted_one_does_not_count(self, world, last):
        second = world.admin.make("/users", body(role="admin", isActive=False))
        third = world.admin.make("/users", body(role="admin", email="noa@example.com"))
        world.admin.drop(f"/users/{third['id']}")
        world.admin.refused(409, "POST", f"/users/{last}/deactivate")
        world.admin.act(f"/users/{second['id']}/activate")
        world.admin.act(f"/users/{last}/deactivate")

    def test_may_be_changed_otherwise(self, world, last):
        assert world.admin.put(f"/users/{last}", {"name": "Boss"})["name"] == "Boss"

    def test_may_go_once_there_is_another(self, world, last):
        world.user(Role.ADMIN)
        world.admin.put(f"/users/{last}", {"role": "manager"})


class TestInstructorsAccounts:
    """domain.md §1: an instructor is linked 1:1 to a user, made with them or by invitation."""

    @pytest.fixture(autouse=True)
    def mailer(self, world):
        found = world.verbs.invite_instructor.mailer
        found.sent.clear()
        found.broken = False
        return found

    def settled(self, world):
        world.run(worked, world)

    def token(self, mail):
        return mail.text.partition("#token=")[2].split()[0]

    def test_an_instructor_is_made_together_with_the_user(self, world, mailer):
        made = world.instructor(email="Noa@example.com", createUser=True, userPassword=PASSWORD)
        user = world.admin.get(f"/users/{made['userId']}")
        assert (user["email"], user["role"], user["name"]) == (
            "noa@example.com", "instructor", made["name"],
        )  # fmt: skip
        session = world.nobody.act(
            "/auth/login", {"email": "noa@example.com", "password": PASSWORD}
        )
        own = Caller(world.client, session["accessToken"]).get(f"/instructors/{made['id']}")
        assert own["phone"] == made["phone"]
        self.settled(world)
        assert mailer.sent == []
        assert world.admin.send("GET", f"/instructors/{made['id']}").text.count(PASSWORD) == 0

    def test_without_a_password_the_user_is_invited(self, world, mailer):
        world.instructor(email="noa@example.com", createUser=True)
        self.settled(world)
        [mail] = mailer.sent
        assert str(mail.to) == "noa@example.com"
        reset = {"token": self.token(mail), "newPassword": PASSWORD}
        world.nobody.act("/auth/reset-password", reset)
        world.nobody.act("/auth/login", {"email": "noa@example.com", "password": PASSWORD})

    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [
            ({"createUser": True}, {"email"}),
            ({"createUser": True, "email": None}, {"email"}),
            ({"createUser": True, "email": "no", "userPassword": "short"}, {"email", "userPassword"}),
            ({"userPassword": PASSWORD}, {"userPassword"}),
            ({"createUser": False, "userPassword": PASSWORD}, {"userPassword"}),
            ({"createUser": "yes"}, {"createUser"}),
            ({"createUser": True, "email": "n@example.com", "userPassword": "n@example.com"},
             {"userPassword"}),
        ],
    )  # fmt: skip
    def test_what_does_not_fit_is_named(self, world, fields, wrong):
        body = {"name": "Noa", "phone": "050-7654321", **fields}
        assert fields_of(world.admin.refused(400, "POST", "/instructors", body)) == wrong

    def test_an_address_of_another_user_makes_neither(self, world):
        world.admin.make("/users", body())
        there = len(world.admin.everything("/instructors"))
        noa = {"name": "Noa", "phone": "050-7654321", "email": "dana@example.com"}
        error = world.admin.refused(409, "POST", "/instructors", {**noa, "createUser": True})
        assert (error["reason"], fields_of(error)) == ("duplicate", {"email"})
        world.admin.make("/instructors", noa)
        taken = {"name": "Gal", "phone": "050-7654321", "email": "gal@example.com"}
        world.admin.refused(409, "POST", "/instructors", {**taken, "createUser": True})
        assert len(world.admin.everything("/instructors")) == there + 1
        assert world.admin.everything("/users", search="gal@") == []

    def test_an_invitation_makes_the_user_and_sends_a_link_for_a_week(self, world, mailer):
        made = world.instructor(email="noa@example.com")
        sent = world.admin.act(f"/instructors/{made['id']}/invite")
        assert sent["email"] == "noa@example.com"
        linked = world.admin.get(f"/instructors/{made['id']}")
        assert linked["userId"] == sent["userId"]
        self.settled(world)
        assert "7 days" in mailer.sent[0].text
        again = world.admin.act(f"/instructors/{made['id']}/invite", {})
        assert again["userId"] == sent["userId"]
        self.settled(world)
        first, second = map(self.token, mailer.sent)
        reset = {"token": first, "newPassword": PASSWORD}
        world.nobody.refused(400, "POST", "/auth/reset-password", reset)
        world.nobody.act("/auth/reset-password", {**reset, "token": second})
        error = world.admin.refused(409, "POST", f"/instructors/{made['id']}/invite")
        assert error["reason"] == "instructor.has_account"

    def test_an_invitation_that_leads_nowhere_is_refused(self, world):
        silent = world.instructor()
        error = world.admin.refused(409, "POST", f"/instructors/{silent['id']}/invite")
        assert error["reason"] == "instructor.no_email"
        shut = world.instructor(email="noa@example.com", createUser=True)
        world.admin.act(f"/users/{shut['userId']}/deactivate")
        error = world.admin.refused(409, "POST", f"/instructors/{shut['id']}/invite")
        assert error["reason"] == "user.inactive"
        world.admin.make("/users", body())
        taken = world.instructor(email="dana@example.com")
        error = world.admin.refused(409, "POST", f"/instructors/{taken['id']}/invite")
        assert (error["reason"], fields_of(error)) == ("duplicate", {"email"})
        world.admin.refused(404, "POST", f"/instructors/{NOBODY}/invite")
        world.manager.refused(403, "POST", f"/instructors/{silent['id']}/invite")
        world.as_yael.refused(403, "POST", f"/instructors/{silent['id']}/invite")

    def test_without_a_mail_server_nobody_is_invited(self, world, mailer):
        made = world.instructor(email="noa@example.com")
        mailer.absent = True
        answer = world.admin.send("POST", f"/instructors/{made['id']}/invite")
        mailer.absent = False
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "3600")
        assert world.admin.get(f"/instructors/{made['id']}")["userId"] is None

    def test_an_invitation_waits_for_a_mail_server_that_is_down(self, world, mailer):
        made = world.instructor(email="noa@example.com")
        mailer.broken = True
        world.admin.act(f"/instructors/{made['id']}/invite")
        self.settled(world)
        mailer.broken = False
        world.clock.advance(timedelta(minutes=1))
        self.settled(world)
        assert [str(mail.to) for mail in mailer.sent] == ["noa@example.com"]

    def test_a_deleted_user_is_replaced_by_the_next_invitation(self, world):
        made = world.instructor(email="noa@example.com")
        first = world.admin.act(f"/instructors/{made['id']}/invite")["userId"]
        world.admin.drop(f"/users/{first}")
        second = world.admin.act(f"/instructors/{made['id']}/invite")["userId"]
        assert second != first

    def test_a_deleted_instructor_logs_in_no_more(self, world):
        made = world.instructor(email="noa@example.com", createUser=True, userPassword=PASSWORD)
        world.admin.drop(f"/instructors/{made['id']}")
        assert world.admin.get(f"/users/{made['userId']}")["isActive"] is False
        back = world.admin.act(f"/instructors/{made['id']}/restore")
        assert back["userId"] == made["userId"]
        assert world.admin.get(f"/users/{made['userId']}")["isActive"] is False

    def test_a_manager_who_taught_keeps_the_account(self, world):
        made = world.instructor(email="noa@example.com", createUser=True, userPassword=PASSWORD)
        world.admin.put(f"/users/{made['userId']}", {"role": "manager"})
        world.admin.drop(f"/instructors/{made['id']}")
        assert world.admin.get(f"/users/{made['userId']}")["isActive"] is True

    def test_an_instructor_without_an_account_is_deleted_alone(self, world):
        made = world.instructor()
        world.admin.drop(f"/instructors/{made['id']}")
        assert world.read(lambda tx: tx.users.page(Query())).total == 4
