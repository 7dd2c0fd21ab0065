"""`/registrations` and `/cycles/{id}/registrations`: making, changing, deleting, restoring."""

from uuid import UUID

import pytest

from haitech_domain.change import Change
from tests.http.school_world import (
    NOBODY,
    SUNDAY,
    SYSTEM,
    a_school_behind_its_api,
    fields_of,
)


@pytest.fixture
def world():
    with a_school_behind_its_api() as made:
        yield made


def paid(world, registration, amount):
    """Let the ledger say that so much was paid."""
    world.manager.act(f"/registrations/{registration['id']}/payment", {"amount": amount})


def joining(world, cycle, route="plain", **fields):
    """A request that registers a new student, by either route."""
    body = {"studentId": str(world.student()), **fields}
    if route == "plain":
        return "/registrations", {**body, "cycleId": cycle}
    return f"/cycles/{cycle}/registrations", body


ROUTES = pytest.mark.parametrize("route", ["plain", "cycle"])


@ROUTES
def test_a_student_is_registered_today_at_the_cycles_price(world, route):
    """R-REG-1…4: with everything that api.md names."""
    cycle = world.cycle(defaultRegistrationAmount="1180.00")["id"]
    path, body = joining(world, cycle, route)
    answer = world.manager.send("POST", path, body)
    made = answer.json()["data"]
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/v1/registrations/{made['id']}"
    assert {k: v for k, v in made.items() if k not in {"id", "createdAt", "updatedAt"}} == {
        "studentId": body["studentId"],
        "cycleId": cycle,
        "registrationDate": SUNDAY.isoformat(),
        "status": "registered",
        "amount": 1180.0,
        "paidAmount": 0.0,
        "balance": 1180.0,
        "paymentStatus": "unpaid",
        "paymentMethod": None,
        "invoiceLink": None,
        "notes": None,
        "cancellationDate": None,
        "cancellationReason": None,
        "refundAmount": None,
        "version": 1,
    }
    assert world.manager.get(f"/registrations/{made['id']}") == made
    assert world.events()[-1] == "registration.created"


@ROUTES
def test_a_registration_takes_what_it_is_given(world, route):
    fields = {
        "status": "trial",
        "registrationDate": "2026-10-01",
        "amount": "990.50",
        "paymentMethod": "transfer",
        "invoiceLink": "https://i.example/1",
        "notes": "אלרגי לבוטנים",
        "paymentStatus": "unpaid",
    }
    path, body = joining(world, world.cycle()["id"], route, **fields)
    made = world.manager.make(path, body)
    assert {name: made[name] for name in fields} == {**fields, "amount": 990.5}


@ROUTES
def test_a_stated_payment_that_nobody_made_is_refused(world, route):
    """R-REG-4: with the ledger's figures."""
    cycle = world.cycle()["id"]
    path, body = joining(world, cycle, route, amount=100, paymentStatus="paid")
    refused = world.manager.refused(409, "POST", path, body)
    assert refused["reason"] == "payment.contradicts_ledger"
    assert "0.00 paid, the price is 100.00" in refused["message"]
    assert fields_of(refused) == {"paymentStatus"}
    assert world.registrations(cycle) == []
    path, body = joining(world, cycle, route, amount=0, paymentStatus="paid")
    assert world.manager.make(path, body)["paymentStatus"] == "paid"


@ROUTES
def test_everything_wrong_is_told_at_once_and_nothing_is_written(world, route):
    cycle = world.cycle()["id"]
    path, body = joining(world, cycle, route)
    body |= {"studentId": str(NOBODY), "amount": -1, "invoiceLink": "javascript:x"}
    expected = {"studentId", "amount", "invoiceLink"}
    if route == "plain":
        body["cycleId"] = str(NOBODY)
        expected |= {"cycleId"}
    refused = world.manager.refused(400, "POST", path, body)
    assert fields_of(refused) == expected
    assert world.registrations(cycle) == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "studentId"),
        ({"status": "enrolled"}, "status"),
        ({"status": "completed"}, "status"),
        ({"amount": 1.005}, "amount"),
        ({"paymentStatus": "overdue"}, "paymentStatus"),
        ({"paidAmount": 5}, "paidAmount"),
        ({"cycleId": str(NOBODY)}, "cycleId"),
    ],
)
def test_what_cannot_be_said_of_a_registration_is_refused_by_its_field(world, body, field):
    path, valid = joining(world, world.cycle()["id"], "cycle")
    given = valid | body if body else {}
    assert field in fields_of(world.manager.refused(400, "POST", path, given))


@ROUTES
def test_a_student_is_once_in_a_cycle_and_again_after_a_cancellation(world, route):
    """R-REG-1: history stays."""
    cycle = world.cycle()["id"]
    path, body = joining(world, cycle, route)
    first = world.manager.make(path, body)
    refused = world.manager.refused(409, "POST", path, body)
    assert refused["reason"] == "registration.exists"
    world.manager.put(f"/registrations/{first['id']}", {"status": "cancelled"})
    second = world.manager.make(path, body)
    rows, about = world.manager.page(f"/cycles/{cycle}/registrations")
    assert ({row["id"] for row in rows}, about["total"]) == ({first["id"], second["id"]}, 2)


@ROUTES
def test_only_an_active_cycle_with_a_place_takes_a_student(world, route):
    """R-REG-2."""
    cycle = world.cycle(maxStudents=1)["id"]
    world.manager.make(*joining(world, cycle, route))
    refused = world.manager.refused(409, "POST", *joining(world, cycle, route))
    assert refused["reason"] == "cycle.full"
    world.manager.put(f"/cycles/{cycle}", {"status": "cancelled"})
    refused = world.manager.refused(409, "POST", *joining(world, cycle, route))
    assert refused["reason"] == "registration.cycle_not_active"


def test_the_cycle_of_the_path_must_exist(world):
    path, body = joining(world, str(NOBODY), "cycle")
    assert world.manager.refused(404, "POST", path, body)["reason"] == "not_found"
    assert world.manager.refused(404, "GET", path)["reason"] == "not_found"


# ── changing ────────────────────────────────────────────────────────────────────────────────


def a_registration(world, cycle=None, **fields):
    return world.manager.make(*joining(world, cycle or world.cycle()["id"], **fields))


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_given_fields_change_and_the_others_stay(world, method):
    made = a_registration(world, amount=100, notes="old")
    path = f"/registrations/{made['id']}"
    answer = world.manager.send(method, path, {"amount": None, "paymentMethod": "cash"})
    after = answer.json()["data"]
    assert answer.status_code == 200
    assert (after["amount"], after["balance"], after["notes"]) == (None, None, "old")
    assert (after["paymentMethod"], after["version"]) == ("cash", 2)
    assert world.manager.send(method, path, {}).json()["data"]["version"] == 2


@pytest.mark.parametrize("field", ["studentId", "cycleId", "paidAmount", "cancellationDate"])
def test_who_is_where_never_changes(world, field):
    """R-REG-1: a registration of another student or cycle is another registration."""
    made = a_registration(world)
    body = {field: str(NOBODY)}
    refused = world.manager.refused(400, "PUT", f"/registrations/{made['id']}", body)
    assert (refused["reason"], fields_of(refused)) == ("field.unknown", {field})


def test_a_status_given_with_a_change_runs_what_leads_to_it(world):
    """R-REG-5: cancelling keeps the date, and the money of completed meetings."""
    cycle, meetings = world.generated(type="private", defaultRegistrationAmount="1180.00")
    made = a_registration(world, cycle)
    world.clock.set(world.clock.civil().replace(hour=18))
    done = world.manager.act(f"/meetings/{meetings[0]['id']}/complete")
    after = world.manager.put(
        f"/registrations/{made['id']}", {"status": "cancelled", "notes": "moved"}
    )
    assert (after["status"], after["cancellationDate"]) == ("cancelled", SUNDAY.isoformat())
    assert world.events()[-2:] == ["registration.updated", "registration.cancelled"]
    assert world.manager.get(f"/meetings/{done['id']}")["revenue"] == done["revenue"] > 0
    refused = world.manager.refused(
        409, "PUT", f"/registrations/{made['id']}", {"status": "active"}
    )
    assert refused["reason"] == "registration.ended"


def test_completing_by_hand_ends_it_and_frees_its_place(world):
    cycle = world.cycle(maxStudents=1)["id"]
    made = a_registration(world, cycle)
    world.manager.put(f"/registrations/{made['id']}", {"status": "completed"})
    assert world.events()[-1] == "registration.completed"
    assert a_registration(world, cycle)["status"] == "registered"
    for status, reason in (("cancelled", "cannot_cancel"), ("trial", "ended")):
        body = {"status": status}
        refused = world.manager.refused(409, "PUT", f"/registrations/{made['id']}", body)
        assert refused["reason"] == f"registration.{reason}"


def test_a_stated_payment_status_is_held_against_the_ledger(world):
    """R-REG-4."""
    made = a_registration(world, amount=100)
    path = f"/registrations/{made['id']}"
    paid(world, made, "40.00")
    shown = world.manager.get(path)
    assert (shown["paymentStatus"], shown["paidAmount"], shown["balance"]) == ("partial", 40, 60)
    assert world.manager.put(path, {"paymentStatus": "partial", "notes": "x"})["notes"] == "x"
    refused = world.manager.refused(409, "PUT", path, {"paymentStatus": "paid", "notes": "y"})
    assert refused["reason"] == "payment.contradicts_ledger"
    assert "40.00 paid, the price is 100.00" in refused["message"]
    assert world.manager.get(path)["notes"] == "x"
    assert world.manager.put(path, {"amount": 40, "paymentStatus": "paid"})["balance"] == 0


def test_an_unknown_or_deleted_registration_is_not_there(world):
    made = a_registration(world)
    world.manager.drop(f"/registrations/{made['id']}")
    for id in (made["id"], NOBODY):
        for method, body in (("GET", None), ("PUT", {"notes": "x"}), ("DELETE", None)):
            world.manager.refused(404, method, f"/registrations/{id}", body)
    world.manager.refused(404, "POST", f"/registrations/{NOBODY}/restore")


# ── deleting and restoring ──────────────────────────────────────────────────────────────────


def test_a_paid_registration_is_deleted_and_restored_as_it_was(world):
    """R-PPL-3: gone from every list, its place free."""
    cycle = world.cycle(maxStudents=1)["id"]
    made = a_registration(world, cycle, amount=100)
    paid(world, made, "100.00")
    path = f"/registrations/{made['id']}"
    world.manager.drop(path)
    assert world.manager.page("/registrations") == ([], world.manager.page("/registrations")[1])
    assert world.manager.page(f"/cycles/{cycle}/registrations")[1]["total"] == 0
    back = world.manager.act(f"{path}/restore")
    assert (back["paymentStatus"], back["status"]) == ("paid", "registered")
    refused = world.manager.refused(409, "POST", f"{path}/restore")
    assert refused["reason"] == "restore.not_deleted"


def test_a_registration_comes_back_only_where_it_may_stand(world):
    """R-PPL-3: capacity, uniqueness and an active cycle again."""
    cycle = world.cycle(maxStudents=1)["id"]
    path, body = joining(world, cycle)
    made = world.manager.make(path, body)
    restore = f"/registrations/{made['id']}/restore"
    world.manager.drop(f"/registrations/{made['id']}")
    other = a_registration(world, cycle)
    assert world.manager.refused(409, "POST", restore)["reason"] == "cycle.full"
    world.manager.drop(f"/registrations/{other['id']}")
    again = world.manager.make(path, body)
    assert world.manager.refused(409, "POST", restore)["reason"] == "registration.exists"
    world.manager.drop(f"/registrations/{again['id']}")
    world.manager.put(f"/cycles/{cycle}", {"status": "cancelled"})
    refused = world.manager.refused(409, "POST", restore)
    assert refused["reason"] == "registration.cycle_not_active"
    world.manager.put(f"/cycles/{cycle}", {"status": "active"})
    assert world.manager.act(restore)["status"] == "registered"


def test_a_registration_deleted_with_its_cycle_waits_for_it(world):
    """R-PPL-3: it comes back with the cycle, not alone."""
    cycle = world.cycle()["id"]
    made = a_registration(world, cycle)
    alone = a_registration(world, cycle)
    world.manager.drop(f"/registrations/{alone['id']}")
    world.manager.drop(f"/cycles/{cycle}")
    for one in (made, alone):
        refused = world.manager.refused(409, "POST", f"/registrations/{one['id']}/restore")
        assert refused["reason"] == "restore.parent_deleted"
    world.manager.act(f"/cycles/{cycle}/restore")
    rows, _ = world.manager.page(f"/cycles/{cycle}/registrations")
    assert [row["id"] for row in rows] == [made["id"]]


def test_a_registration_of_a_deleted_student_waits_for_the_student(world):
    """R-PPL-3."""
    made = a_registration(world)
    world.manager.drop(f"/registrations/{made['id']}")

    async def leave(tx):
        student = await tx.students.lock(UUID(made["studentId"]))
        at = world.clock.now()
        await tx.students.save(Change.updated(student, student.changed(at, deleted_at=at)))

    world.run(world.uow.run, SYSTEM, leave)
    refused = world.manager.refused(409, "POST", f"/registrations/{made['id']}/restore")
    assert refused["reason"] == "restore.parent_deleted"
    assert "student" in refused["message"]
