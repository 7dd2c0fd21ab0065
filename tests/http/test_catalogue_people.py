"""Customers and students: found, unique, deleted together, and what instructors see of them."""

from datetime import datetime

import pytest

from haitech_domain.testing.builders import a_student
from tests.http.school_world import (
    NOBODY,
    a_free_phone,
    a_school_behind_its_api,
    fields_of,
    ids_of,
)

CUSTOMER = {
    "name": "דנה כהן",
    "phone": "+972501112233",
    "email": "dana@example.com",
    "address": "הרצל 1",
    "city": "חולון",
    "notes": "calls\nin the evening",
}
STUDENT = {"name": "נועם כהן", "birthDate": "2015-04-12", "grade": "ה", "notes": "allergic"}


@pytest.fixture
def world():
    with a_school_behind_its_api() as world:
        yield world


def customer(world, **fields):
    return world.manager.make("/customers", {"name": "Rina", "phone": a_free_phone(), **fields})


def child(world, of, **fields):
    return world.manager.make(f"/customers/{of['id']}/students", {"name": "Noam", **fields})


def test_a_customer_is_what_was_given_and_is_shown_with_its_children(world):
    answer = world.manager.send("POST", "/customers", CUSTOMER)
    made = answer.json()["data"]
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/v1/customers/{made['id']}"
    assert made | CUSTOMER == made
    assert (made["students"], made["version"]) == ([], 1)
    names = ["תמר", "אבי", "נועם"]
    children = [child(world, made, **STUDENT | {"name": name}) for name in names]
    assert children[0] | STUDENT | {"customerId": made["id"], "name": "תמר"} == children[0]
    shown = world.manager.get(f"/customers/{made['id']}")
    assert [s["name"] for s in shown["students"]] == sorted(names)
    assert sorted(shown["students"], key=lambda s: s["id"]) == children
    changed = world.manager.put(f"/customers/{made['id']}", {"city": "חיפה", "notes": None})
    assert changed["students"] == shown["students"]
    assert (changed["city"], changed["notes"], changed["version"]) == ("חיפה", None, 2)
    assert "students" not in world.manager.everything("/customers")[0]


def test_every_problem_of_a_customer_is_told_at_once(world):
    error = world.manager.refused(
        400, "POST", "/customers", {"name": " ", "phone": "12", "email": "x", "students": []}
    )
    assert fields_of(error) == {"name", "phone", "email", "students"}


@pytest.mark.parametrize(
    "term",
    ["נה כ", "כהן", "DANA@", "חול", "050-111-2233", "+972 50 1112233", "972501112233", "111-22"],
)
def test_a_customer_is_found_by_part_of_a_word_and_by_any_writing_of_its_phone(world, term):
    """R-PPL-1."""
    made = world.manager.make("/customers", CUSTOMER)
    customer(world, city="חיפה")
    for name in ("search", "q"):
        rows, about = world.manager.page("/customers", **{name: term})
        assert (ids_of(rows), about["total"]) == ([made["id"]], 1)


def test_customers_are_filtered_by_city_and_by_having_a_place_somewhere(world):
    here, there = customer(world, city="חולון"), customer(world, city="חיפה")
    assert ids_of(world.manager.everything("/customers", city="חולון")) == [here["id"]]
    student = child(world, there)
    cycle = world.cycle()["id"]
    one = world.manager.make(f"/cycles/{cycle}/registrations", {"studentId": student["id"]})
    for wanted, found in (("true", there), ("false", here)):
        rows = world.manager.everything("/customers", hasActiveRegistration=wanted)
        assert ids_of(rows) == [found["id"]]
    world.manager.drop(f"/registrations/{one['id']}")
    assert len(world.manager.everything("/customers", hasActiveRegistration="false")) == 2


@pytest.mark.parametrize(
    ("field", "value"), [("phone", "+972 50-111-2233"), ("email", " DANA@example.com")]
)
def test_a_phone_and_an_email_belong_to_one_live_customer(world, field, value):
    """R-PPL-1, R-PPL-3: asked again on restoring, and the field is named."""
    first = world.manager.make("/customers", CUSTOMER)
    other = customer(world)
    body = {"name": "Other", "phone": a_free_phone(), field: value}
    for method, path, sent in (
        ("POST", "/customers", body),
        ("PATCH", f"/customers/{other['id']}", {field: value}),
    ):
        error = world.manager.refused(409, method, path, sent)
        assert (error["reason"], fields_of(error)) == ("duplicate", {field})
    world.manager.drop(f"/customers/{first['id']}")
    world.manager.make("/customers", body)
    error = world.manager.refused(409, "POST", f"/customers/{first['id']}/restore")
    assert (error["reason"], fields_of(error)) == ("duplicate", {field})


def test_a_customer_goes_with_its_children_and_comes_back_with_exactly_those(world):
    """R-PPL-3, R-PPL-4: a child deleted before stays deleted."""
    made = customer(world, name="Zebra")
    one = f"/customers/{made['id']}"
    kept, gone_before = child(world, made, name="Kept"), child(world, made, name="Gone")
    other = child(world, customer(world), name="Other")
    world.manager.drop(f"/students/{gone_before['id']}")
    assert ids_of(world.manager.get(one)["students"]) == [kept["id"]]
    world.manager.drop(one)
    for path in (one, f"{one}/students", f"/students/{kept['id']}", f"{one}/registrations"):
        world.manager.refused(404, "GET", path)
    assert ids_of(world.manager.everything("/students")) == [other["id"]]
    assert world.manager.page("/customers", search="zebra")[1]["total"] == 0
    error = world.manager.refused(409, "POST", f"/students/{kept['id']}/restore")
    assert error["reason"] == "restore.parent_deleted"
    world.manager.refused(404, "POST", f"{one}/students", {"name": "Late"})
    back = world.manager.act(f"{one}/restore")
    assert ids_of(back["students"]) == [kept["id"]]
    assert world.manager.act(f"/students/{gone_before['id']}/restore")["name"] == "Gone"
    error = world.manager.refused(409, "POST", f"{one}/restore")
    assert error["reason"] == "restore.not_deleted"


def test_whoever_has_a_place_is_not_deleted(world):
    """R-PPL-3: refused while a registration is live, and only so long."""
    made = customer(world)
    student = child(world, made)
    cycle = world.cycle()["id"]
    place = world.manager.make(f"/cycles/{cycle}/registrations", {"studentId": student["id"]})
    for path in (f"/students/{student['id']}", f"/customers/{made['id']}"):
        assert world.manager.refused(409, "DELETE", path)["reason"] == "delete.would_orphan"
    world.manager.drop(f"/registrations/{place['id']}")
    world.manager.drop(f"/students/{student['id']}")
    world.manager.drop(f"/customers/{made['id']}")


def test_a_student_moves_to_another_customer_that_exists(world):
    first, second = customer(world), customer(world)
    student = child(world, first)
    one = f"/students/{student['id']}"
    assert world.manager.put(one, {"customerId": second["id"]})["customerId"] == second["id"]
    assert ids_of(world.manager.get(f"/customers/{second['id']}")["students"]) == [student["id"]]
    world.manager.drop(f"/customers/{first['id']}")
    for nobody in (first["id"], str(NOBODY)):
        error = world.manager.refused(400, "PUT", one, {"customerId": nobody})
        assert (error["reason"], fields_of(error)) == ("reference.unknown", {"customerId"})
        body = {"name": "New", "customerId": nobody}
        assert fields_of(world.manager.refused(400, "POST", "/students", body)) == {"customerId"}


def test_everything_wrong_with_a_student_is_told_at_once(world):
    body = {"name": " ", "customerId": str(NOBODY), "birthDate": "2999-01-01"}
    error = world.manager.refused(400, "POST", "/students", body)
    assert fields_of(error) == {"name", "customerId", "birthDate"}
    body = {"name": "Noa", "customerId": str(NOBODY), "birthDate": "2200-01-01"}
    error = world.manager.refused(400, "POST", "/students", body)
    assert fields_of(error) == {"customerId", "birthDate"}
    assert len(error["details"]) == 2  # what is out of all range is not told of today as well


def test_nobody_is_born_after_today(world):
    """Today is the day in Israel, which begins before that of the server."""
    world.clock.set(datetime.fromisoformat("2026-10-18T00:30"))
    parent = customer(world)
    one = f"/students/{child(world, parent, birthDate='2026-10-18')['id']}"
    tomorrow = {"birthDate": "2026-10-19"}
    for method, path, body in (
        ("POST", "/students", {"name": "Noa", "customerId": parent["id"]}),
        ("POST", f"/customers/{parent['id']}/students", {"name": "Noa"}),
        ("PUT", one, {}),
        ("PATCH", one, {"name": "Noa"}),
        ("PUT", f"/students/{NOBODY}", {}),
    ):
        error = world.manager.refused(400, method, path, body | tomorrow)
        assert (error["reason"], fields_of(error)) == ("date.future", {"birthDate"})
    assert world.manager.put(one, {"birthDate": None})["birthDate"] is None


def test_students_are_found_by_name_customer_and_grade(world):
    mine = customer(world)
    noam = child(world, mine, name="נועם", grade="ה")
    avi = child(world, mine, name="אבי", grade="ו")
    other = child(world, customer(world), name="נועה", grade="ו")
    for query, found in (
        ({"search": "וע"}, {noam["id"], other["id"]}),
        ({"customerId": mine["id"]}, {noam["id"], avi["id"]}),
        ({"grade": "ו"}, {avi["id"], other["id"]}),
        ({"grade": "ו", "customerId": mine["id"]}, {avi["id"]}),
        ({"customerId": str(NOBODY)}, set()),
    ):
        assert set(ids_of(world.manager.everything("/students", **query))) == found
    rows = world.manager.everything("/students", sortBy="name")
    assert [row["name"] for row in rows] == ["אבי", "נועה", "נועם"]


def test_the_students_of_a_customer_are_a_list_like_any_other(world):
    mine = customer(world)
    noam = child(world, mine, name="נועם", grade="ה")
    avi = child(world, mine, name="אבי", grade="ו")
    child(world, customer(world), grade="ו")
    path = f"/customers/{mine['id']}/students"
    assert ids_of(world.manager.everything(path, sortBy="name")) == [avi["id"], noam["id"]]
    assert ids_of(world.manager.everything(path, grade="ו")) == [avi["id"]]
    assert ids_of(world.manager.everything(path, q="נוע")) == [noam["id"]]
    rows, about = world.manager.page(path, limit=1)
    assert (len(rows), about["total"], about["hasMore"]) == (1, 2, True)
    refused = world.manager.refused(400, "GET", path, params={"customerId": mine["id"]})
    assert refused["reason"] == "filter.unknown"
    world.manager.refused(404, "GET", f"/customers/{NOBODY}/students")
    world.manager.refused(404, "POST", f"/customers/{NOBODY}/students", {"name": "x"})
    world.manager.refused(400, "POST", f"/customers/{NOBODY}/students", {"colour": "x"})
    world.manager.refused(400, "GET", "/customers/no-id/students")


def test_an_instructor_reads_the_students_of_own_cycles_and_no_parent(world):
    """R-ACC-2: others' do not exist in any list, count, search or filter."""
    made = customer(world)
    mine, theirs = child(world, made, name="Mine"), child(world, made, name="Mine too")
    for student, instructor in ((mine, world.yael), (theirs, world.omer)):
        cycle = world.cycle(instructorId=instructor["id"])["id"]
        world.manager.make(f"/cycles/{cycle}/registrations", {"studentId": student["id"]})
    seen = world.as_yael.get(f"/students/{mine['id']}")
    assert seen == {k: v for k, v in mine.items() if k != "customerId"}
    world.as_yael.refused(404, "GET", f"/students/{theirs['id']}")
    rows, about = world.as_yael.page("/students", search="mine")
    assert (rows, about["total"]) == ([seen], 1)
    refused = world.as_yael.refused(400, "GET", "/students", params={"customerId": made["id"]})
    assert (refused["reason"], fields_of(refused)) == ("filter.unknown", {"customerId"})
    one = f"/students/{mine['id']}"
    for method, path, body in (
        ("POST", "/students", {"colour": 1}),
        ("PUT", one, {"name": "x"}),
        ("DELETE", one, None),
        ("POST", f"{one}/restore", None),
        ("POST", f"/customers/{made['id']}/students", {"name": "x"}),
        ("GET", "/customers", None),
        ("GET", "/customers/no-id", None),
        ("GET", f"/customers/{made['id']}", None),
        ("GET", f"/customers/{made['id']}/students", None),
        ("GET", "/customers/no-id/students", None),
    ):
        assert world.as_yael.refused(403, method, path, body)["reason"] == "access.denied"


def test_a_student_whose_place_was_cancelled_is_still_known_to_the_instructor(world):
    """R-REG-6 keeps the attendance, so the name behind it stays readable."""
    made = customer(world)
    student = child(world, made)
    cycle = world.cycle()["id"]
    world.manager.make(f"/cycles/{cycle}/registrations", {"studentId": student["id"]})
    world.manager.put(f"/cycles/{cycle}", {"status": "cancelled"})
    assert world.as_yael.get(f"/students/{student['id']}")["name"] == "Noam"


def test_what_happens_to_people_is_told_and_audited(world):
    """domain.md §12."""
    made = customer(world)
    student = child(world, made)
    world.manager.put(f"/students/{student['id']}", {"grade": "ו"})
    world.manager.put(f"/customers/{made['id']}", {"city": "חיפה"})
    world.manager.drop(f"/students/{student['id']}")
    world.manager.drop(f"/customers/{made['id']}")
    assert world.events()[-6:] == [
        "customer.created",
        "student.created",
        "student.updated",
        "customer.updated",
        "student.deleted",
        "customer.deleted",
    ]


def test_a_child_of_a_deleted_customer_that_was_never_deleted_itself_is_not_restored_by_it(world):
    """R-PPL-3: exactly those that went along come back."""
    made = customer(world)
    world.manager.drop(f"/customers/{made['id']}")
    stray = a_student(customer_id=made["id"])
    world.save(lambda tx: tx.students, stray)
    back = world.manager.act(f"/customers/{made['id']}/restore")
    assert ids_of(back["students"]) == [str(stray.id)]
    assert back["students"][0]["version"] == 1
