"""R-ACC-2: what happens to one instructor's rows changes nothing that the other can ask.

Omer asks everything that can be asked: every route that instructors may read, with each of its
parameters in turn. Then all that is Yael's alone changes. Asked again, every answer is the same,
to the byte, whether it is a row, a count, a refusal or an ETag.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec
import pytest

from haitech_adapters.http import declared
from haitech_adapters.http.wording import FieldType
from tests.http.access_of_routes import ROUTES, Route, furnished
from tests.http.school_world import (
    BASE,
    NOBODY,
    a_free_phone,
    a_school_behind_its_api,
    fields_of,
    sunday,
)

READABLE = [r for r in ROUTES if r.method == "GET" and r.who in {"i", "own", "self", "mine"}]
OF_THE_CALL = {"date", "x-request-id"}


@pytest.fixture(scope="module")
def world():
    """Yael's cycle, meetings, students and registrations beside Omer's."""
    with a_school_behind_its_api() as world:
        world.rows = furnished(world)
        world.rows["foreign_student"], world.rows["foreign_registration"] = enrolled(
            world, world.rows["foreign_cycle"], "Omer's child"
        )
        yield world


def enrolled(world, cycle, name):
    customer = world.admin.make("/customers", {"name": "Parent", "phone": a_free_phone()})["id"]
    student = world.admin.make("/students", {"name": name, "customerId": customer})["id"]
    body = {"cycleId": cycle, "studentId": student, "amount": "500"}
    return student, world.admin.make("/registrations", body)["id"]


def candidates(world, field) -> list[Any]:
    """Values worth asking for."""
    name, kind = field.encode_name, FieldType.of(field.type)
    ids = world.rows
    by_name: dict[str, list[Any]] = {
        "limit": [1, 100],
        "offset": [1, 3],
        "search": ["Secret", "child", "Sundays"],
        "q": ["Secret"],
        "instructorId": [world.yael["id"], world.omer["id"]],
        "cycleId": [ids["cycle"], ids["foreign_cycle"]],
        "studentId": [ids["student"], ids["foreign_student"]],
        "registrationId": [ids["registration"], ids["foreign_registration"]],
        "meetingId": [ids["meeting"], ids["foreign_meeting"]],
        "customerId": [ids["customer"]],
        "courseId": [ids["course"]],
        "branchId": [ids["branch"]],
        "institutionalOrderId": [ids["order"]],
        "from": ["2026-10-01", sunday(2)],
        "to": ["2027-12-31", sunday(2)],
        "date": [sunday(0), sunday(1)],
        "grade": ["ה"],
        "city": ["חיפה"],
    }
    if name in by_name:
        return by_name[name]
    described = msgspec.inspect.type_info(kind.core)
    if isinstance(described, msgspec.inspect.EnumType):
        return [member.value for member in described.cls]
    if isinstance(described, msgspec.inspect.LiteralType):
        return list(described.values)
    return ["true", "false"] if isinstance(described, msgspec.inspect.BoolType) else ["x"]


def questions(world, route: Route) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every path that names Omer's things, Yael's, or nothing, with each parameter in turn."""
    (here,) = [
        r
        for r in declared(world.client.app)
        if (r.method, r.path) == (route.method, f"{BASE}{route.path}")
    ]
    what = route.names.get("id", "")
    things = [world.rows.get(f"foreign_{what}"), world.rows.get(what), str(NOBODY)]
    if what == "instructor":
        things[0] = world.omer["id"]
    others = {n: world.rows.get(of, str(NOBODY)) for n, of in route.names.items() if n != "id"}
    paths = [route.path]
    if what:
        paths = [route.path.format(id=thing, **others) for thing in things if thing]
    query = here.endpoint.query if here.endpoint else None
    fields = msgspec.structs.fields(query) if query else ()
    for path in paths:
        yield path, {}
        for field in fields:
            for value in candidates(world, field):
                yield path, {field.encode_name: value}


def everything_learnt_by(caller, world) -> dict[str, Any]:
    """Status, headers and body of the answer to each question."""
    learnt = {}
    for route in READABLE:
        for path, params in questions(world, route):
            answer = caller.send("GET", path, params=params)
            assert answer.status_code < 500, answer.text
            body = answer.json()
            body.pop("meta", None)
            headers = {k: v for k, v in answer.headers.items() if k not in OF_THE_CALL}
            learnt[f"{path} {params}"] = (answer.status_code, headers, body)
    return learnt


def all_of_yaels_changes(world):
    """Her rows are renamed, moved, completed, cancelled, deleted, and there are more of them."""
    ids, admin = world.rows, world.admin
    meetings = [m["id"] for m in world.meetings(ids["cycle"]) if m["status"] == "scheduled"]
    admin.put(
        f"/cycles/{ids['cycle']}", {"name": "Secret", "notes": "Secret", "location": "Secret"}
    )
    admin.put(f"/meetings/{meetings[0]}", {"topic": "Secret", "notes": "Secret"})
    admin.act(f"/meetings/{meetings[0]}/complete")
    admin.act(f"/meetings/{meetings[1]}/cancel", {"reason": "Secret"})
    admin.act(f"/meetings/{meetings[2]}/postpone", {})
    admin.drop(f"/meetings/{meetings[3]}")
    admin.put(f"/students/{ids['student']}", {"name": "Secret child", "grade": "ה"})
    admin.put(f"/registrations/{ids['registration']}", {"notes": "Secret"})
    another, _ = world.generated(name="Secret, Sundays", startTime="18:00", endTime="19:00")
    enrolled(world, another, "Secret child")
    admin.drop(f"/registrations/{ids['registration']}")
    view = {"name": "Secret", "entity": "cycles"}
    world.as_yael.put(f"/saved-views/{ids['saved_view']}", view)
    world.as_yael.make("/saved-views", view)


def test_nothing_of_yaels_can_be_learnt_by_omer(world):
    before = everything_learnt_by(world.as_omer, world)
    hers = everything_learnt_by(world.as_yael, world)
    assert len(before) > 100
    all_of_yaels_changes(world)
    after = everything_learnt_by(world.as_omer, world)
    assert {q: (before[q], after[q]) for q in before if before[q] != after[q]} == {}
    assert "Secret" not in json.dumps(list(after.values()))
    # the same questions do tell of the changes where they may
    changed = [
        q for q, told in everything_learnt_by(world.as_yael, world).items() if told != hers[q]
    ]
    assert len(changed) > len(before) // 10


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/cycles", {}),
        ("/meetings", {}),
        ("/meetings", {"sortBy": "createdAt"}),
        ("/students", {}),
        ("/registrations", {}),
    ],
)
def test_totals_and_pages_count_own_rows_alone(world, path, params):
    """R-ACC-2: no count leaks."""
    mine = world.as_omer.everything(path, **params)
    rows, about = world.as_omer.page(path, limit=1, **params)
    assert mine
    assert (about["total"], len(rows)) == (len(mine), 1)
    assert about["hasMore"] is (len(mine) > 1)
    _, beyond = world.as_omer.page(path, offset=len(mine), **params)
    assert (beyond["total"], beyond["hasMore"]) == (len(mine), False)
    everybody = world.admin.everything(path, **params)
    theirs = {row["id"] for row in everybody} - {row["id"] for row in mine}
    assert theirs
    assert not theirs & {row["id"] for row in mine}


@pytest.mark.parametrize("path", ["/cycles", "/meetings"])
def test_asking_for_the_rows_of_another_gives_an_empty_list(world, path):
    """R-ACC-2: foreign rows do not exist; that is no refusal."""
    rows, about = world.as_omer.page(path, instructorId=world.yael["id"])
    assert (rows, about["total"]) == ([], 0)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/meetings", "revenue"),
        ("/meetings", "profit"),
        ("/meetings", "instructorPayment"),
        ("/cycles", "meetingRevenue"),
        ("/registrations", "amount"),
        ("/registrations", "paymentStatus"),
        ("/instructors", "rateFrontal"),
        ("/instructors", "phone"),
        ("/students", "customerId"),
    ],
)
def test_nothing_is_sorted_by_what_is_hidden(world, path, field):
    """R-ACC-2: an order would tell what the field does not."""
    error = world.as_omer.refused(400, "GET", path, params={"sortBy": field})
    assert fields_of(error) == {"sortBy"}


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/instructors", {"search": "+97250"}),
        ("/instructors", {"search": "150"}),
        ("/instructors", {"isActive": "true"}),
        ("/instructors", {"sortBy": "createdAt"}),
        ("/students", {"customerId": str(UUID(int=7))}),
    ],
)
def test_nothing_is_found_by_what_is_hidden(world, path, params):
    """R-ACC-2: a colleague's phone, state and age, and whose child a student is."""
    answer = world.as_omer.send("GET", path, params=params)
    assert answer.status_code == 400 or answer.json()["data"] == []
