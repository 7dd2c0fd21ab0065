"""domain.md §12: what each route tells, and that it is told as the catalogue says (`events_of_routes.txt`)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema_rs
import pytest

from haitech_adapters.webhooks.signature import canonical
from haitech_app.testing.doors import worked
from haitech_domain.change import CATALOGUE
from haitech_domain.ports import Receipt
from haitech_domain.webhook.catalogue import told
from haitech_domain.webhook.envelope import StoredEvent, camel, envelope
from tests.http.access_of_routes import ROUTES, Route, body_of, furnished
from tests.http.school_world import SchoolWorld, a_free_phone, a_school_behind_its_api, sunday

TABLE = Path(__file__).with_name("events_of_routes.txt")
SCHEMAS = {one.type: jsonschema_rs.validator_for(dict(one.schema)) for one in told()}
NAMES = {one.type: one.schema["properties"]["data"]["required"] for one in told()}
CHILDREN = ("נועם", "Adi", "Gil")


class Told:
    """The world as it is before each act, and what acts tell."""

    def __init__(self, world: SchoolWorld, ids: dict[str, str]) -> None:
        self.world = world
        self.ids = ids
        self.state = world.uow._state
        self.mark = 0

    def again(self) -> None:
        """Back to the untouched world; what was told so far is forgotten."""
        self.world.uow._state = self.state
        self.mark = len(self.world.uow.committed)

    def bodies(self) -> list[dict[str, Any]]:
        """What has been told since, as it is sent; each as its schema says."""
        since = self.world.uow.committed[self.mark :]
        self.mark = len(self.world.uow.committed)
        return [self._sent(entry) for committed in since for entry in committed.outbox]

    def types(self) -> list[str]:
        """The types of it, in their order."""
        return [body["type"] for body in self.bodies()]

    def _sent(self, entry: Any) -> dict[str, Any]:
        event = StoredEvent(id=entry.id, type=entry.type, at=entry.at, facts=entry.facts)
        text = canonical(envelope(event)).decode()
        body: dict[str, Any] = json.loads(text)
        SCHEMAS[event.type].validate(body)
        assert list(body["data"]) == NAMES[event.type], "this, in this order, and nothing else"
        exact = json.loads(text, parse_float=Decimal)
        amounts = [value for value in exact["data"].values() if isinstance(value, Decimal)]
        assert all(amount.as_tuple().exponent == -2 for amount in amounts)
        if "fields" in body["data"]:
            assert body["data"]["fields"], f"{event.type} says what changed"
            assert all(name == camel(name) for name in body["data"]["fields"])
        return body


@pytest.fixture(scope="module")
def school() -> Iterator[Told]:
    with a_school_behind_its_api() as world:
        ids = furnished(world)
        world.run(world.verbs.create_admin, email="login@school.example", password="x" * 12)
        world.clock.set(datetime(2026, 10, 18, 17, 0))  # noqa: DTZ001  # the first meeting runs
        yield Told(world, ids)


@pytest.fixture
def acts(school: Told) -> Told:
    school.again()
    return school


def said() -> dict[str, list[str]]:
    """The table: what each route tells; a number before a type says how often."""
    lines = TABLE.read_text("utf-8").splitlines()
    rows = [line.split("|") for line in lines if line and not line.startswith("#")]
    return {route.strip(): _types(types.split()) for route, types in rows}


def _types(words: list[str]) -> list[str]:
    found: list[str] = []
    for word in words:
        times, _, type_ = word.rpartition("×")
        found += [type_] * int(times or 1)
    return [] if found == ["-"] else found


def called(acts: Told, route: Route) -> None:
    given = {name: acts.ids.get(what, what) for name, what in route.names.items()}
    world = acts.world
    path, body = route.path.format(**given), body_of(route, world, acts.ids)
    answers = (caller.send(route.method, path, body) for caller in (world.admin, world.as_yael))
    assert any(answer.is_success for answer in answers), route


WRITING = [route for route in ROUTES if route.method != "GET" and route.who != "token"]


def test_every_route_that_writes_is_in_the_table() -> None:
    assert sorted(said()) == sorted(str(route) for route in WRITING)


@pytest.mark.parametrize("route", WRITING, ids=str)
def test_a_route_tells_what_the_table_says(acts: Told, route: Route) -> None:
    called(acts, route)
    assert Counter(acts.types()) == Counter(said()[str(route)])


# --- what follows from an act is told, too -------------------------------------------------------


def held(acts: Told) -> None:
    """Two meetings are the whole of a cycle with a child in it; both are held."""
    cycle, meetings = acts.world.generated(totalMeetings=2, startTime="12:00", endTime="13:00")
    acts.world.registered(cycle)
    acts.types()
    acts.world.admin.act(
        "/meetings/bulk-update-status", {"ids": [m["id"] for m in meetings], "status": "completed"}
    )


def reopened(acts: Told) -> None:
    held(acts)
    done = acts.world.admin.page("/meetings", status="completed", sortOrder="asc")[0]
    last = next(m for m in done if m["startTime"] == "12:00")
    acts.types()
    acts.world.admin.act(f"/meetings/{last['id']}/reopen")


def called_off(acts: Told) -> None:
    acts.world.admin.put(f"/cycles/{acts.ids['cycle']}", {"status": "cancelled"})


def on_again(acts: Told) -> None:
    called_off(acts)
    acts.types()
    acts.world.admin.put(f"/cycles/{acts.ids['cycle']}", {"status": "active"})


def handed_over(acts: Told) -> None:
    """The meeting that was held stays its instructor's; so does the one that was deleted."""
    acts.world.admin.put(f"/cycles/{acts.ids['cycle']}", {"instructorId": acts.ids["uninvited"]})


def deleted_with_children(acts: Told) -> None:
    admin = acts.world.admin
    customer = admin.make("/customers", {"name": "Dana", "phone": a_free_phone()})["id"]
    for name in ("Adi", "Gil"):
        admin.make(f"/customers/{customer}/students", {"name": name})
    acts.ids["parent"] = customer
    acts.types()
    admin.drop(f"/customers/{customer}")


def back_with_children(acts: Told) -> None:
    deleted_with_children(acts)
    acts.types()
    acts.world.admin.act(f"/customers/{acts.ids['parent']}/restore")


def back_with_all(acts: Told) -> None:
    acts.world.admin.drop(f"/cycles/{acts.ids['cycle']}")
    acts.types()
    acts.world.admin.act(f"/cycles/{acts.ids['cycle']}/restore")


def another_run(acts: Told) -> None:
    body = {
        "newName": "Another run",
        "newStartDate": sunday(20),
        "copyRegistrations": True,
        "generateMeetings": True,
    }
    acts.world.admin.make(f"/cycles/{acts.ids['cycle']}/duplicate", body)


def converted(acts: Told) -> None:
    acts.world.admin.act(
        f"/leads/{acts.ids['lead']}/convert", {"cycleId": acts.ids["foreign_cycle"]}
    )


def asked_again(acts: Told) -> None:
    body = {"name": "Dana", "phone": a_free_phone(), "message": "Is there room?"}
    acts.world.admin.act("/public/leads", body)
    acts.types()
    acts.world.admin.act("/public/leads", {**body, "email": "dana@example.com"})


def refunded(acts: Told) -> None:
    path = f"/registrations/{acts.ids['registration']}"
    acts.world.admin.act(f"{path}/payment", {"paymentStatus": "paid"})
    acts.types()
    acts.world.admin.act(f"{path}/cancel", {"reason": "moved", "refundAmount": "100.50"})


def dearer(acts: Told) -> None:
    """The completed meeting is worked out anew, and its money differs."""
    acts.world.admin.put(f"/cycles/{acts.ids['cycle']}", {"meetingRevenue": "700.00"})
    acts.types()
    acts.world.admin.act(f"/meetings/{acts.ids['done_meeting']}/recalculate")


def same_again(acts: Told) -> None:
    """What changes nothing tells nothing."""
    admin, path = acts.world.admin, f"/customers/{acts.ids['customer']}"
    admin.put(path, {"name": admin.get(path)["name"]})


def refused(acts: Told) -> None:
    """What is refused tells nothing, however far it came."""
    admin, ids = acts.world.admin, acts.ids
    admin.refused(409, "DELETE", f"/customers/{ids['customer']}")
    body = {"ids": [ids["meeting"], ids["done_meeting"]], "status": "completed"}
    admin.refused(409, "POST", "/meetings/bulk-update-status", body)


def tried(acts: Told) -> None:
    """A trial is for its webhook alone, and in no outbox."""
    acts.world.admin.act(f"/webhooks/{acts.ids['webhook']}/test")
    carried = acts.world.verbs.webhooks.deliver.carry.courier.carried[-1]  # type: ignore[attr-defined]
    SCHEMAS["webhook.test"].validate(json.loads(canonical(carried.content)))


def gone_for_good(acts: Told) -> None:
    courier: Any = acts.world.verbs.webhooks.deliver.carry.courier
    courier.answers = lambda _: Receipt(took_ms=1, response_status=410)
    body = {"name": "Dana", "phone": a_free_phone()}
    acts.world.admin.make("/customers", body)
    acts.types()
    acts.world.run(worked, acts.world)


FOLLOWS = {
    held: "2×meeting.completed registration.completed cycle.completed",
    reopened: "meeting.reopened registration.updated cycle.updated",
    called_off: "cycle.cancelled 4×meeting.cancelled registration.cancelled",
    on_again: "cycle.updated 4×meeting.reopened registration.updated",
    handed_over: "cycle.updated 4×meeting.updated",
    deleted_with_children: "customer.deleted 2×student.deleted",
    back_with_children: "customer.updated 2×student.updated",
    back_with_all: "cycle.updated 5×meeting.updated registration.updated",
    another_run: "cycle.created 6×meeting.created registration.created",
    converted: "student.created registration.created",
    asked_again: "customer.updated lead.received",
    refunded: "registration.cancelled",
    dearer: "meeting.updated",
    same_again: "-",
    refused: "-",
    tried: "-",
    gone_for_good: "2×webhook.disabled",
}


@pytest.mark.parametrize("act", FOLLOWS, ids=lambda act: act.__name__)
def test_what_follows_is_told(acts: Told, act: Any) -> None:
    act(acts)
    assert Counter(acts.types()) == Counter(_types(FOLLOWS[act].split()))


def test_every_type_of_event_is_told_by_something() -> None:
    table = {type_ for types in said().values() for type_ in types}
    follows = {type_ for types in FOLLOWS.values() for type_ in _types(types.split())}
    assert table | follows | {"webhook.test"} == set(CATALOGUE)


def test_no_event_names_a_child(acts: Told) -> None:
    admin = acts.world.admin
    customer = admin.make("/customers", {"name": "Dana", "phone": a_free_phone()})["id"]
    child = admin.make(f"/customers/{customer}/students", {"name": "נועם"})["id"]
    admin.put(f"/students/{child}", {"name": "Gil"})
    admin.make("/registrations", {"cycleId": acts.ids["cycle"], "studentId": child})
    mark = {"status": "late", "studentId": child}
    admin.make(f"/meetings/{acts.ids['foreign_meeting']}/attendance", mark)
    guest = {"status": "late", "guestName": "Adi"}
    admin.make(f"/meetings/{acts.ids['foreign_meeting']}/attendance", guest)
    lead = {"name": "Dana", "phone": a_free_phone(), "childName": "Gil"}
    admin.act("/public/leads", lead)
    told_ = json.dumps(acts.bodies(), ensure_ascii=False)
    assert child in told_
    assert not [name for name in CHILDREN if name in told_]


def test_names_of_fields_are_those_of_the_api(acts: Told) -> None:
    admin = acts.world.admin
    admin.put(f"/students/{acts.ids['student']}", {"birthDate": "2015-01-02", "grade": "ד"})
    admin.drop(f"/meetings/{acts.ids['meeting']}")
    student, meeting = acts.bodies()
    assert set(student["data"]["fields"]) == {"birthDate", "grade"}
    assert meeting["data"]["fields"] == ["deletedAt"]
    assert (meeting["data"]["startTime"], meeting["data"]["endTime"]) == ("16:00", "17:30")
    assert UUID(meeting["data"]["meetingId"]) == UUID(acts.ids["meeting"])
