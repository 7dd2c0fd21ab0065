"""`/audit-logs`: every change once, by whom and from where; read by administrators only."""

from __future__ import annotations

from datetime import datetime
from typing import get_args
from uuid import UUID

import pytest

from haitech_adapters.postgres.exports import EXPORTS
from haitech_adapters.postgres.mappings import ALL as MAPPED
from haitech_adapters.postgres.mappings import PAYMENTS
from haitech_adapters.postgres.webhooks import WEBHOOKS
from haitech_domain.access import Actor, ActorKind
from haitech_domain.audit import Audited
from haitech_domain.change import Change, Verb
from haitech_domain.testing.builders import a_closure, a_course
from haitech_domain.testing.contracts.kept import ALL_KEPT
from tests.http.school_world import NOBODY, a_school_behind_its_api, fields_of, sunday

LOGS = "/audit-logs"


@pytest.fixture
def world():
    with a_school_behind_its_api() as world:
        yield world


def of(world, entity, id, **params):
    return world.admin.page(f"{LOGS}/entity/{entity}/{id}", **params)[0]


def test_an_entry_says_who_did_what_from_where(world):
    answer = world.manager.send(
        "PUT",
        f"/courses/{world.course['id']}",
        {"name": "Scratch", "targetAudience": "grades 3-6"},
        headers={"X-Request-ID": "r-17", "User-Agent": "Mozilla/5.0"},
    )
    assert answer.status_code == 200
    newest, first = of(world, "course", world.course["id"])
    manager = world.tokens.read(world.manager.token)
    assert newest.pop("address")
    assert newest == {
        "id": newest["id"],
        "createdAt": "2026-10-18T06:00:00Z",
        "actorKind": "user",
        "actorName": "manager",
        "userId": str(manager.id),
        "apiKeyId": None,
        "action": "update",
        "entity": "course",
        "entityId": world.course["id"],
        "old": {"name": "Python", "targetAudience": None},
        "new": {"name": "Scratch", "targetAudience": "grades 3-6"},
        "requestId": "r-17",
        "userAgent": "Mozilla/5.0",
    }
    assert (first["action"], first["old"]) == ("create", {})
    assert world.admin.get(f"{LOGS}/{newest['id']}")["new"] == newest["new"]


def test_only_administrators_read_it(world):
    entry = world.admin.page(LOGS)[0][0]
    for path in (LOGS, f"{LOGS}/{entry['id']}", f"{LOGS}/entity/course/{world.course['id']}"):
        for caller in (world.manager, world.as_yael):
            assert caller.refused(403, "GET", path)["reason"] == "access.denied"
        world.nobody.refused(401, "GET", path)
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert world.admin.send(method, path).status_code == 405


def test_an_unknown_entry_is_not_found(world):
    world.admin.refused(404, "GET", f"{LOGS}/{NOBODY}")
    world.admin.refused(400, "GET", f"{LOGS}/17")


def test_every_filter_narrows_the_list(world):
    admin = world.tokens.read(world.admin.token).id
    world.manager.put(f"/branches/{world.branch['id']}", {"city": "Holon"})
    key = Actor(kind=ActorKind.API_KEY, id=NOBODY, name="key")
    world.run(world.uow.run, key, lambda tx: tx.courses.save(Change.created(a_course())))

    def found(**params):
        return {(row["entity"], row["action"]) for row in world.admin.everything(LOGS, **params)}

    made = {("course", "create"), ("branch", "create"), ("instructor", "create")}
    people = {("user", "create"), ("login_session", "create"), ("instructor", "update")}
    assert found() == made | people | {("branch", "update")}
    assert found(userId=str(admin)) == made
    assert found(apiKeyId=str(NOBODY)) == {("course", "create")}
    assert found(userId=str(NOBODY)) == set()
    assert found(action="update") == {("branch", "update"), ("instructor", "update")}
    assert found(entity="course") == {("course", "create")}
    assert found(entityId=world.branch["id"]) == {("branch", "create"), ("branch", "update")}
    assert found(entity="course", entityId=world.branch["id"]) == set()


def test_days_are_those_of_israel_from_midnight_to_midnight(world):
    moments = ["2026-10-24T23:59", "2026-10-25T00:00", "2026-10-25T23:59", "2026-10-26T00:00"]
    for moment in moments:  # the clocks go back in the night before the 25th
        world.clock.set(datetime.fromisoformat(moment))
        world.admin.put(f"/courses/{world.course['id']}", {"name": moment})
    days = {"from": "2026-10-25", "to": "2026-10-25"}
    rows = of(world, "course", world.course["id"], **days)
    assert [row["new"]["name"] for row in rows] == [moments[2], moments[1]]
    assert world.admin.page(LOGS, to="9999-12-31", **{"from": "0001-01-01"})[1]["total"] > 4


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"entity": "no such thing"}, "entity"),
        ({"entity": "customers"}, "entity"),
        ({"action": "x" * 51}, "action"),
        ({"action": "created"}, "action"),
        ({"userId": "17"}, "userId"),
        ({"from": "2026-02-30"}, "from"),
        ({"from": "2026-10-19", "to": "2026-10-18"}, "to"),
        ({"search": "x"}, "search"),
        ({"sortBy": "entity"}, "sortBy"),
        ({"limit": 101}, "limit"),
    ],
)
def test_what_cannot_be_asked_is_named(world, params, field):
    assert field in fields_of(world.admin.refused(400, "GET", LOGS, params=params))


@pytest.mark.parametrize(
    "entity", ["Course", "courses", "nothing", "a%00b", "course%0A", "%D7%A7", "x" * 51]
)
def test_a_word_that_names_no_kind_of_thing_is_refused(world, entity):
    error = world.admin.refused(400, "GET", f"{LOGS}/entity/{entity}/{NOBODY}")
    assert fields_of(error) == {"entity"}
    assert error["reason"] == "value.unknown"
    assert "course" in error["details"][0]["message"].removeprefix("must be one of ").split(", ")
    error = world.admin.refused(400, "GET", f"{LOGS}/entity/course/17")
    assert fields_of(error) == {"entityId"}


def test_every_word_for_what_is_audited_and_done_may_be_asked_for(world):
    kinds = set(get_args(Audited))
    # the contracts of storage hold both adapters to the word that `Kept` has for each resource
    assert kinds == {*(kept.entity for kept in ALL_KEPT), "payment"}
    assert kinds == {mapping.what for mapping in (*MAPPED, PAYMENTS, WEBHOOKS, EXPORTS)}
    for kind in kinds:
        assert world.admin.page(f"{LOGS}/entity/{kind}/{NOBODY}")[0] == []
        world.admin.page(LOGS, entity=kind)
    for verb in get_args(Verb):
        world.admin.page(LOGS, action=verb)
    for name in ("entity", "action"):
        [fault] = world.admin.refused(400, "GET", LOGS, params={name: "x"})["details"]
        assert (fault["field"], fault["reason"]) == (name, "value.unknown")
        assert fault["message"].startswith("must be one of c")


def test_fields_have_the_names_that_the_api_gives_them(world):
    cycle = world.cycle(endDate=sunday(40))
    assert of(world, "cycle", cycle["id"])[0]["new"]["endDate"] == sunday(40)
    closure = a_closure(branch_id=UUID(world.branch["id"]))
    world.save(lambda tx: tx.closures, closure)
    told = of(world, "closure", closure.id)[0]["new"]
    assert set(told) == {"branchId", "from", "to", "reason"}


def test_bank_details_are_masked(world):
    made = world.instructor(accountNumber="12-345-678", bankName="Leumi")
    [entry] = of(world, "instructor", made["id"])
    assert (entry["new"]["accountNumber"], entry["new"]["bankName"]) == ("***", "***")


def versions(world, path):
    """How often each thing of a list was written, by id."""
    return {row["id"]: row["version"] for row in world.admin.everything(path)}


def test_every_change_of_a_row_is_one_entry(world):
    """A story of all verbs of the school: each row has as many entries as it has versions."""
    admin, manager = world.admin, world.manager
    cycle, meetings = world.generated(totalMeetings=4)
    first, second, third, fourth = (f"/meetings/{meeting['id']}" for meeting in meetings)
    world.registered(cycle)
    world.clock.set(datetime.fromisoformat(f"{sunday(1)}T18:00"))
    manager.act(f"{first}/complete", {"topic": "loops"})
    manager.act(f"{first}/recalculate")
    manager.act(f"{first}/reopen")
    manager.act(f"{first}/complete")
    manager.put(second, {"notes": "bring robots"})
    manager.act(f"{second}/cancel", {"reason": "ill"})
    manager.act(f"{second}/restore")
    manager.act(f"{third}/postpone")
    manager.drop(fourth)
    manager.act(f"{fourth}/restore")
    manager.put(f"/cycles/{cycle}", {"name": "Other", "instructorId": world.omer["id"]})
    manager.put(f"/cycles/{cycle}", {"status": "cancelled"})
    manager.put(f"/cycles/{cycle}", {"status": "active"})
    admin.put(f"/branches/{world.branch['id']}", {"city": "Holon"})
    admin.drop(f"/cycles/{cycle}")
    admin.act(f"/cycles/{cycle}/restore")

    entries = admin.everything(LOGS)
    seen = {}
    for entry in entries:
        key = (entry["requestId"], entry["entityId"])
        assert key not in seen, "one act leaves one entry of a thing"
        seen[key] = entry
        assert entry["old"] or entry["new"]
    for entity, path in (("meeting", "/meetings"), ("course", "/courses"), ("branch", "/branches")):
        for id, version in versions(world, path).items():
            written = [e for e in entries if (e["entity"], e["entityId"]) == (entity, id)]
            assert len(written) == version, (entity, [e["action"] for e in written])
    cycle_actions = [e["action"] for e in entries if e["entityId"] == cycle]
    assert cycle_actions[-1] == "create"
    assert {"update", "delete", "restore"} <= set(cycle_actions)


def test_asking_changes_nothing_and_leaves_no_entry(world):
    before = world.admin.page(LOGS)[1]["total"]
    for path in ("/courses", "/branches", "/cycles", LOGS, f"/courses/{world.course['id']}"):
        world.admin.send("GET", path)
    world.admin.put(f"/courses/{world.course['id']}", {"name": world.course["name"]})
    world.admin.refused(400, "POST", "/courses", {"name": ""})
    assert world.admin.page(LOGS)[1]["total"] == before
