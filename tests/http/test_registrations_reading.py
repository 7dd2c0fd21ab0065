"""Who sees which registrations, and what of them: lists, filters, sorts, instructors."""

from uuid import UUID

import pytest

from tests.http.school_world import NOBODY, a_school_behind_its_api, ids_of, sunday

HIDDEN = {
    "amount",
    "paidAmount",
    "balance",
    "paymentStatus",
    "paymentMethod",
    "invoiceLink",
    "refundAmount",
}


@pytest.fixture(scope="module")
def world():
    """Two cycles of two instructors, with registrations of every status."""
    with a_school_behind_its_api() as made:
        made.cycles = [
            made.cycle()["id"],
            made.cycle(instructorId=made.omer["id"], startTime="18:00", endTime="19:00")["id"],
        ]
        made.rows = []
        for n, status in enumerate(["registered", "active", "trial", "registered", "active"]):
            body = {
                "cycleId": made.cycles[n % 2],
                "studentId": str(made.student()),
                "status": status,
                "registrationDate": sunday(n),
                "amount": 0 if n == 1 else 100,
            }
            made.rows.append(made.manager.make("/registrations", body))
        ended = made.rows[3]["id"]
        made.rows[3] = made.manager.put(f"/registrations/{ended}", {"status": "cancelled"})
        yield made


def customer_of(world, registration):
    student = world.read(lambda tx: tx.students.get(UUID(registration["studentId"])))
    return str(student.customer_id)


def test_every_filter_keeps_what_it_names(world):
    rows = world.rows
    customer = customer_of(world, rows[2])
    questions = {
        "studentId": (rows[0]["studentId"], [rows[0]]),
        "cycleId": (world.cycles[1], [rows[1], rows[3]]),
        "customerId": (customer, [rows[2]]),
        "status": ("active", [rows[1], rows[4]]),
        "paymentStatus": ("paid", [rows[1]]),
        "from": (sunday(3), [rows[3], rows[4]]),
        "to": (sunday(1), [rows[0], rows[1]]),
    }
    for name, (value, expected) in questions.items():
        found, about = world.manager.page("/registrations", **{name: value})
        assert (name, sorted(ids_of(found))) == (name, sorted(ids_of(expected)))
        assert about["total"] == len(expected)


def test_lists_come_newest_first_or_as_asked(world):
    newest = ids_of(reversed(world.rows))
    assert ids_of(world.manager.page("/registrations")[0]) == newest
    sorted_, _ = world.manager.page("/registrations", sortBy="registrationDate")
    assert ids_of(sorted_) == ids_of(world.rows)
    falling, _ = world.manager.page(
        "/registrations", sortBy="registrationDate", sortOrder="desc", limit=2
    )
    assert ids_of(falling) == newest[:2]


def test_a_cycles_list_takes_the_same_filters_but_the_cycle(world):
    path = f"/cycles/{world.cycles[0]}/registrations"
    found, _ = world.manager.page(path, paymentStatus="unpaid", sortBy="createdAt")
    assert ids_of(found) == ids_of([world.rows[0], world.rows[2], world.rows[4]])
    assert world.manager.page(path, studentId=world.rows[1]["studentId"])[0] == []
    world.manager.refused(400, "GET", path, params={"cycleId": world.cycles[0]})


def test_a_students_and_a_customers_lists_are_theirs(world):
    row = world.rows[2]
    for path, by in (
        (f"/students/{row['studentId']}/registrations", "studentId"),
        (f"/customers/{customer_of(world, row)}/registrations", "customerId"),
    ):
        assert world.manager.page(path, status="trial")[0] == [row]
        assert world.manager.page(path, status="active")[0] == []
        world.manager.refused(400, "GET", path, params={by: str(NOBODY)})
        unknown = path.replace(path.split("/")[2], str(NOBODY))
        world.manager.refused(404, "GET", unknown)


def test_an_instructor_reads_the_lists_of_own_students_only(world):
    """R-ACC-2: in own cycles; of customers nothing."""
    mine, foreign = world.rows[2], world.rows[1]
    found, _ = world.as_yael.page(f"/students/{mine['studentId']}/registrations")
    assert ids_of(found) == [mine["id"]]
    assert not HIDDEN & set(found[0])
    world.as_yael.refused(404, "GET", f"/students/{foreign['studentId']}/registrations")
    customer = customer_of(world, mine)
    world.as_yael.refused(403, "GET", f"/customers/{customer}/registrations")


@pytest.mark.parametrize(
    "params",
    [
        {"status": "enrolled"},
        {"paymentStatus": "overdue"},
        {"sortBy": "amount"},
        {"from": "yesterday"},
        {"from": sunday(3), "to": sunday(1)},
        {"search": "x"},
        {"studentId": "7"},
    ],
)
def test_what_cannot_be_asked_is_refused(world, params):
    world.manager.refused(400, "GET", "/registrations", params=params)


def test_an_instructor_reads_those_of_own_cycles_without_prices_and_payments(world):
    """R-ACC-2: absent, not null."""
    mine = ids_of([world.rows[4], world.rows[2], world.rows[0]])
    found, about = world.as_yael.page("/registrations")
    assert (ids_of(found), about["total"]) == (mine, 3)
    for row in found:
        assert not HIDDEN & set(row)
        assert world.as_yael.get(f"/registrations/{row['id']}") == row
        assert set(row) == set(world.rows[0]) - HIDDEN
    own, _ = world.as_yael.page(f"/cycles/{world.cycles[0]}/registrations")
    assert own == found


def test_for_an_instructor_foreign_registrations_do_not_exist(world):
    """R-ACC-2: neither read, nor listed, nor counted by any filter or sort."""
    foreign = world.rows[1]
    world.as_yael.refused(404, "GET", f"/registrations/{foreign['id']}")
    world.as_yael.refused(404, "GET", f"/cycles/{world.cycles[1]}/registrations")
    unknown = world.as_yael.refused(404, "GET", f"/registrations/{NOBODY}")
    assert unknown["reason"] == "not_found"
    for params in (
        {"cycleId": world.cycles[1]},
        {"studentId": foreign["studentId"]},
        {"status": "cancelled"},
    ):
        found, about = world.as_yael.page("/registrations", **params)
        assert (found, about["total"]) == ([], 0)


@pytest.mark.parametrize("name", ["paymentStatus", "customerId"])
def test_an_instructor_does_not_ask_by_what_is_hidden(world, name):
    """R-ACC-2: a filter tells as much as a field."""
    value = "unpaid" if name == "paymentStatus" else customer_of(world, world.rows[0])
    for path in ("/registrations", f"/cycles/{world.cycles[0]}/registrations"):
        refused = world.as_yael.refused(400, "GET", path, params={name: value})
        assert (refused["reason"], refused["details"][0]["field"]) == ("filter.unknown", name)


def test_an_instructor_writes_none_and_nobody_reads_without_a_token(world):
    """domain.md §11."""
    mine = world.rows[0]
    path = f"/registrations/{mine['id']}"
    body = {"studentId": mine["studentId"]}
    calls = [
        ("POST", "/registrations", {**body, "cycleId": world.cycles[0]}),
        ("POST", f"/cycles/{world.cycles[0]}/registrations", body),
        ("PUT", path, {"notes": "x"}),
        ("PATCH", path, {"notes": "x"}),
        ("DELETE", path, None),
        ("POST", f"{path}/restore", None),
    ]
    for method, where, given in calls:
        world.as_yael.refused(403, method, where, given)
        world.nobody.refused(401, method, where, given)
    for where in ("/registrations", path, f"/cycles/{world.cycles[0]}/registrations"):
        world.nobody.refused(401, "GET", where)
