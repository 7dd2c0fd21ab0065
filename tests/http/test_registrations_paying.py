"""`/registrations/{id}/payment`, `/cancel`, `/payments`: the ledger, and what follows from it."""

import json
from datetime import timedelta
from uuid import UUID

import pytest

from haitech_domain.testing.builders import a_mark
from tests.http.school_world import (
    NOBODY,
    SUNDAY,
    a_school_behind_its_api,
    fields_of,
    ids_of,
    sunday,
)

LEDGER = "payment.contradicts_ledger"


@pytest.fixture
def world():
    with a_school_behind_its_api() as made:
        yield made


def registered(world, cycle=None, **fields):
    body = {"studentId": str(world.student()), "cycleId": cycle or world.cycle()["id"]}
    return world.manager.make("/registrations", {"amount": 100, **body, **fields})


def path(registration, verb=""):
    return f"/registrations/{registration['id']}{verb and '/' + verb}"


def pay(world, registration, **stated):
    return world.manager.act(path(registration, "payment"), stated)


def refused(world, registration, status, *, verb="payment", **stated):
    return world.manager.refused(status, "POST", path(registration, verb), stated)


def ledger(world, registration):
    return world.manager.page(path(registration, "payments"))[0]


def money(shown):
    return shown["paidAmount"], shown["balance"], shown["paymentStatus"]


def last_event(world):
    return world.uow.committed[-1].outbox[-1]


# ── paying ──────────────────────────────────────────────────────────────────────────────────


def test_an_amount_adds_and_the_registration_says_what_it_makes(world):
    """R-REG-4: `{amount, paymentMethod}`."""
    made = registered(world)
    answer = world.manager.send(
        "POST", path(made, "payment"), {"amount": "40.50", "paymentMethod": "cash"}
    )
    after = answer.json()["data"]
    assert answer.status_code == 200
    assert answer.headers["etag"]
    assert (*money(after), after["paymentMethod"]) == (40.5, 59.5, "partial", "cash")
    assert world.manager.get(path(made)) == after
    link = "https://i.example/7"
    paid = pay(world, made, amount=59.5, invoiceLink=link)
    assert (*money(paid), paid["invoiceLink"]) == (100, 0, "paid", link)
    assert paid["paymentMethod"] == "cash"
    assert [entry["amount"] for entry in ledger(world, made)] == [40.5, 59.5]


def test_paid_pays_the_balance_and_nothing_a_second_time(world):
    """R-REG-4: `{paymentStatus: "paid"}`."""
    made = registered(world)
    pay(world, made, amount=30)
    paid = pay(world, made, paymentStatus="paid")
    assert money(paid) == (100, 0, "paid")
    before = len(world.uow.committed)
    assert pay(world, made, paymentStatus="paid") == paid
    assert [entry["amount"] for entry in ledger(world, made)] == [30, 70]
    assert not any(c.audit or c.outbox for c in world.uow.committed[before:])


def test_what_costs_nothing_is_paid(world):
    made = registered(world, amount=0)
    assert pay(world, made, paymentStatus="paid") == made
    assert refused(world, made, 409, amount=0.01)["reason"] == "payment.above_price"


def test_without_a_price_any_amount_is_partial_and_there_is_no_balance(world):
    made = registered(world, amount=None)
    error = refused(world, made, 409, paymentStatus="paid")
    assert (error["reason"], "no price" in error["message"]) == ("payment.no_price", True)
    assert money(pay(world, made, amount=5000)) == (5000, None, "partial")
    assert refused(world, made, 409, amount=1, paymentStatus="paid")["reason"] == LEDGER
    priced = world.manager.put(path(made), {"amount": 6000})
    assert money(priced) == (5000, 1000, "partial")
    assert money(pay(world, made, paymentStatus="paid")) == (6000, 0, "paid")


@pytest.mark.parametrize(("paid", "status"), [(0, "unpaid"), (40, "partial"), (100, "paid")])
def test_a_status_alone_is_accepted_only_where_it_is_true(world, paid, status):
    made = registered(world)
    if paid:
        pay(world, made, amount=paid)
    there = world.manager.get(path(made))
    assert pay(world, made, paymentStatus=status) == there
    for other in {"unpaid", "partial"} - {status}:
        error = refused(world, made, 409, paymentStatus=other)
        assert (error["reason"], fields_of(error)) == (LEDGER, {"paymentStatus"})
        assert f"{paid}.00 paid, the price is 100.00" in error["message"]
    assert world.manager.get(path(made)) == there


def test_a_status_beside_an_amount_must_be_the_one_afterwards(world):
    made = registered(world)
    error = refused(world, made, 409, amount=40, paymentStatus="paid")
    assert error["reason"] == LEDGER
    assert error["message"].startswith("with 40.00 more the payments say partial, not paid")
    assert ledger(world, made) == []
    assert money(pay(world, made, amount=40, paymentStatus="partial")) == (40, 60, "partial")
    assert money(pay(world, made, amount=60, paymentStatus="paid")) == (100, 0, "paid")


def test_more_than_the_price_is_refused_with_the_figures(world):
    made = registered(world)
    pay(world, made, amount=40)
    error = refused(world, made, 409, amount=60.01)
    assert (error["reason"], fields_of(error)) == ("payment.above_price", {"amount"})
    assert "40.00 of 100.00" in error["message"]
    world.manager.put(path(made), {"amount": 30})
    assert refused(world, made, 409, amount=0.01)["reason"] == "payment.above_price"
    assert money(pay(world, made, paymentStatus="paid")) == (40, -10, "paid")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"amount", "paymentStatus"}),
        ({"paymentMethod": "cash"}, {"amount", "paymentStatus"}),
        ({"amount": None, "paymentStatus": None}, {"amount", "paymentStatus"}),
        ({"amount": 0}, {"amount"}),
        ({"amount": "0.00"}, {"amount"}),
        ({"amount": -5}, {"amount"}),
        ({"amount": "1.005"}, {"amount"}),
        ({"amount": True}, {"amount"}),
        ({"amount": 1_000_001}, {"amount"}),
        ({"paymentStatus": "overdue"}, {"paymentStatus"}),
        ({"amount": 1, "paymentMethod": "gold"}, {"paymentMethod"}),
        ({"amount": 1, "status": "paid"}, {"status"}),
        ({"amount": 1, "paidAt": "2026-02-30"}, {"paidAt"}),
        ({"amount": 1, "paidAt": "soon"}, {"paidAt"}),
        ({"amount": 1, "paidAt": "2026-10-18T10:00:00"}, {"paidAt"}),
        ({"amount": 1, "paidAt": sunday(1)}, {"paidAt"}),
        (
            {"amount": 0, "invoiceLink": "x", "paidAt": "x", "paymentMethod": 1},
            {"amount", "invoiceLink", "paidAt", "paymentMethod"},
        ),
    ],
)
def test_what_is_no_payment_is_refused_with_everything_that_is_wrong(world, body, fields):
    made = registered(world)
    for id in (made["id"], NOBODY):  # 400 comes before 404
        error = world.manager.refused(400, "POST", f"/registrations/{id}/payment", body)
        assert fields_of(error) == fields
    assert ledger(world, made) == []


def test_the_day_is_today_or_the_one_that_is_told_by_date_or_instant(world):
    made = registered(world)
    before = sunday(-1)
    pay(world, made, amount=1)
    pay(world, made, amount=2, paidAt=before)
    pay(world, made, amount=3, paidAt="2026-10-16T21:30:00Z")  # past midnight in Israel
    pay(world, made, amount=4, paidAt="2026-10-18T23:59:59+03:00")
    days = [entry["paidAt"] for entry in ledger(world, made)]
    assert days == [SUNDAY.isoformat(), before, "2026-10-17", SUNDAY.isoformat()]
    error = refused(world, made, 400, amount=1, paidAt="2026-10-18T21:00:00Z")
    assert (error["reason"], fields_of(error)) == ("date.future", {"paidAt"})


def test_a_payment_needs_a_body(world):
    made = registered(world)
    assert world.manager.refused(400, "POST", path(made, "payment"))["reason"] == "body.required"


def test_paying_is_told_and_audited_in_one_act(world):
    """domain.md §12, api.md Audit: amounts are no secret."""
    made = registered(world)
    pay(world, made, amount=40, paymentMethod="credit")
    (entry,) = ledger(world, made)
    event, committed = last_event(world), world.uow.committed[-1]
    assert (event.type, dict(event.facts)) == (
        "registration.paid",
        {
            "registration_id": made["id"],
            "student_id": made["studentId"],
            "cycle_id": made["cycleId"],
            "payment_id": entry["id"],
            "amount": "40.00",
            "payment_method": "credit",
            "paid_amount": "40.00",
            "balance": "60.00",
            "payment_status": "partial",
        },
    )
    told = [(row.entity, row.action, row.old, row.new.get("amount")) for row in committed.audit]
    assert told == [
        ("payment", "create", {}, "40.00"),
        ("registration", "pay", {"payment_method": None, "paid_amount": "0.00"}, None),
    ]
    assert committed.audit[1].new == {"payment_method": "credit", "paid_amount": "40.00"}


def test_a_retry_with_its_key_pays_once(world):
    made = registered(world)
    key = {"Idempotency-Key": "pay-once"}
    send = world.manager.send
    first, again = (
        send("POST", path(made, "payment"), {"amount": 40}, headers=key) for _ in range(2)
    )
    assert first.content == again.content
    assert again.headers["idempotency-replayed"] == "true"
    assert len(ledger(world, made)) == 1


# ── the ledger ──────────────────────────────────────────────────────────────────────────────


def test_the_ledger_is_listed_in_order_and_says_everything(world):
    made, other = registered(world), registered(world)
    pay(world, other, amount=7)
    assert world.manager.page(path(made, "payments"))[1]["total"] == 0
    pay(world, made, amount=40, paymentMethod="transfer", invoiceLink="https://i.example/1")
    world.clock.advance(timedelta(minutes=5))
    pay(world, made, amount=60, paidAt=sunday(-1))
    world.manager.act(path(made, "cancel"), {"refundAmount": 25})
    rows, about = world.manager.page(path(made, "payments"))
    assert about["total"] == 3
    me = world.manager.get("/auth/me")["id"]
    fixed = {"registrationId": made["id"], "recordedById": me}
    nothing = {"method": None, "invoiceLink": None}
    today = SUNDAY.isoformat()
    assert [{k: v for k, v in r.items() if k not in {"id", "createdAt"}} for r in rows] == [
        fixed
        | {
            "kind": "payment",
            "amount": 40,
            "method": "transfer",
            "paidAt": today,
            "invoiceLink": "https://i.example/1",
        },
        fixed | nothing | {"kind": "payment", "amount": 60, "paidAt": sunday(-1)},
        fixed | nothing | {"kind": "refund", "amount": -25, "paidAt": today},
    ]
    assert rows[0]["createdAt"] < rows[1]["createdAt"] == rows[2]["createdAt"]


def test_the_ledger_is_a_list_like_every_list(world):
    made = registered(world)
    for n, day in enumerate((sunday(-1), sunday(-3), sunday(-2)), 1):
        pay(world, made, amount=n, paidAt=day)
    there = path(made, "payments")

    def amounts(**params):
        return [row["amount"] for row in world.manager.page(there, **params)[0]]

    assert amounts() == [1, 2, 3]
    assert amounts(sortOrder="desc") == [3, 2, 1]
    assert amounts(sortBy="paidAt") == [2, 3, 1]
    assert amounts(limit=1, offset=1) == [2]
    cursor = world.manager.page(there, limit=2)[1]["nextCursor"]
    assert amounts(limit=2, cursor=cursor) == [3]
    for params in ({"sortBy": "amount"}, {"limit": 0}, {"kind": "refund"}):
        world.manager.refused(400, "GET", there, params=params)


def test_an_instructor_sees_no_ledger_not_even_of_own_cycles(world):
    """R-ACC-2: without prices and payments."""
    made = registered(world)
    pay(world, made, amount=40)
    assert world.as_yael.get(path(made))["id"] == made["id"]
    for caller in (world.as_yael, world.as_omer):
        assert caller.refused(403, "GET", path(made, "payments"))["reason"] == "access.denied"
        caller.refused(403, "POST", path(made, "payment"), {"amount": 1})
        caller.refused(403, "POST", path(made, "cancel"))
    assert len(world.key("read:registrations").page(path(made, "payments"))[0]) == 1
    world.key("write:registrations").refused(403, "GET", path(made, "payments"))


def test_a_deleted_registration_keeps_its_ledger_out_of_sight(world):
    """R-PPL-3, R-PPL-4."""
    cycle = world.cycle()["id"]
    made = registered(world, cycle)
    pay(world, made, amount=40)
    kept = ledger(world, made)
    for gone, back in (
        (path(made), path(made, "restore")),
        (f"/cycles/{cycle}", f"/cycles/{cycle}/restore"),
    ):
        world.manager.drop(gone)
        world.manager.refused(404, "GET", path(made, "payments"))
        world.manager.refused(404, "POST", path(made, "payment"), {"amount": 1})
        world.manager.act(back)
        assert ledger(world, made) == kept
        assert money(world.manager.get(path(made))) == (40, 60, "partial")


# ── cancelling ──────────────────────────────────────────────────────────────────────────────


def test_a_cancellation_keeps_date_reason_and_refund(world):
    """R-REG-5."""
    made = registered(world)
    pay(world, made, amount=40)
    answer = world.manager.send(
        "POST", path(made, "cancel"), {"reason": "moved", "refundAmount": "15.50"}
    )
    after = answer.json()["data"]
    assert (answer.status_code, after["status"]) == (200, "cancelled")
    assert (after["cancellationDate"], after["cancellationReason"]) == (SUNDAY.isoformat(), "moved")
    assert (after["refundAmount"], *money(after)) == (15.5, 24.5, 75.5, "partial")
    assert world.manager.get(path(made)) == after
    event = last_event(world)
    assert event.type == "registration.cancelled"
    assert (event.facts["cancellation_reason"], event.facts["refund_amount"]) == ("moved", "15.50")
    told = [(row.entity, row.action) for row in world.uow.committed[-1].audit]
    assert told == [("payment", "create"), ("registration", "cancel")]


@pytest.mark.parametrize(
    "send",
    [
        {},
        {"content": b"", "headers": {"content-type": "application/json"}},
        {"content": b" \n"},
        {"json": {}},
        {"json": {"refundAmount": 0}},
        {"json": {"reason": None, "refundAmount": None}},
    ],
)
def test_a_cancellation_needs_neither_body_nor_refund(world, send):
    made = registered(world)
    pay(world, made, amount=40)
    after = world.manager.send("POST", path(made, "cancel"), **send).json()["data"]
    assert (after["status"], after["cancellationReason"]) == ("cancelled", None)
    assert (after["refundAmount"], after["paidAmount"]) == (None, 40)
    assert len(ledger(world, made)) == 1


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"refundAmount": -1}, {"refundAmount"}),
        ({"refundAmount": "0.001"}, {"refundAmount"}),
        ({"refundAmount": "all"}, {"refundAmount"}),
        ({"reason": "x" * 501, "refundAmount": 1_000_001}, {"reason", "refundAmount"}),
        ({"reason": " "}, {"reason"}),
        ({"date": "2026-01-01"}, {"date"}),
    ],
)
def test_what_is_no_cancellation_is_refused(world, body, fields):
    made = registered(world)
    assert fields_of(refused(world, made, 400, verb="cancel", **body)) == fields
    assert world.manager.get(path(made)) == made


def test_no_more_goes_back_than_came_in(world):
    """R-REG-5."""
    made = registered(world)
    pay(world, made, amount=40)
    error = refused(world, made, 409, verb="cancel", refundAmount=40.01)
    assert (error["reason"], fields_of(error)) == ("payment.refund_above_paid", {"refundAmount"})
    assert "40.00" in error["message"]
    assert world.manager.get(path(made))["status"] == "registered"
    after = world.manager.act(path(made, "cancel"), {"refundAmount": 40})
    assert money(after) == (0, 100, "unpaid")


def test_cancelling_leaves_the_money_of_completed_meetings_and_frees_the_place(world):
    """R-REG-5, R-REG-6, R-REG-1, R-REG-2."""
    cycle, meetings = world.generated(
        type="private", defaultRegistrationAmount="1180.00", maxStudents=1
    )
    made = registered(world, cycle, amount=1180)
    world.clock.set(world.clock.civil().replace(hour=18))
    done = world.manager.act(f"/meetings/{meetings[0]['id']}/complete")
    mark = a_mark(meeting_id=UUID(done["id"]), registration_id=UUID(made["id"]))
    world.save(lambda tx: tx.attendance, mark)
    pay(world, made, paymentStatus="paid")
    world.manager.act(path(made, "cancel"), {"refundAmount": 1180})
    shown = world.manager.get(f"/meetings/{done['id']}")
    assert (shown["revenue"], shown["profit"]) == (done["revenue"], done["profit"])
    assert ids_of(world.manager.page(path(made, "attendance"))[0]) == [str(mark.id)]
    body = {"studentId": made["studentId"], "cycleId": cycle}
    again = world.manager.make("/registrations", body)
    assert money(again) == (0, 1180, "unpaid")
    assert len(ledger(world, made)) == 2
    assert ledger(world, again) == []


def test_a_put_still_cancels_without_a_refund(world):
    made = registered(world)
    pay(world, made, amount=40)
    after = world.manager.put(path(made), {"status": "cancelled"})
    assert (after["refundAmount"], after["paidAmount"]) == (None, 40)
    assert len(ledger(world, made)) == 1


def test_a_debt_is_paid_after_the_end(world):
    for end in ("cancelled", "completed"):
        made = registered(world)
        world.manager.put(path(made), {"status": end})
        after = pay(world, made, paymentStatus="paid")
        assert (after["status"], after["paymentStatus"]) == (end, "paid")


# ── every verb in every wrong state ─────────────────────────────────────────────────────────

BECOMES = {
    "registered": {"status": "registered"},
    "active": {"status": "active"},
    "trial": {"status": "trial"},
    "complete": {"status": "completed"},
    "cancel by change": {"status": "cancelled"},
}
LIVE = ("registered", "active", "trial")
ENDED = {"registered": "ended", "active": "ended", "trial": "ended"}
REFUSED = {
    **{status: {"restore": "restore.not_deleted"} for status in LIVE},
    "completed": {
        "restore": "restore.not_deleted",
        "cancel": "registration.cannot_cancel",
        "cancel by change": "registration.cannot_cancel",
        **dict.fromkeys(LIVE, "registration.ended"),
    },
    "cancelled": {
        "restore": "restore.not_deleted",
        "cancel": "registration.cannot_cancel",
        "complete": "registration.cannot_complete",
        **dict.fromkeys(LIVE, "registration.ended"),
    },
}
REFUSED["trial"] |= {"complete": "registration.cannot_complete"}
VERBS = ("pay", "cancel", "restore", "delete", *BECOMES)


def request_of(verb, registration):
    if verb in BECOMES:
        return "PUT", path(registration), BECOMES[verb]
    if verb == "delete":
        return "DELETE", path(registration), None
    body = {"pay": {"amount": 1}}.get(verb)
    return "POST", path(registration, {"pay": "payment"}.get(verb, verb)), body


def in_state(world, state):
    live = state if state in LIVE else "registered"
    made = registered(world, world.cycles, status=live)
    if state not in LIVE:
        world.manager.put(path(made), {"status": state})
    return made


@pytest.mark.parametrize("state", REFUSED)
def test_every_verb_is_refused_by_name_in_every_wrong_state_and_done_in_every_other(world, state):
    world.cycles = world.cycle()["id"]
    for verb in VERBS:
        made = in_state(world, state)
        before = world.manager.get(path(made))
        answer = world.manager.send(*request_of(verb, made))
        wanted = REFUSED[state].get(verb)
        if wanted is None:
            assert (verb, answer.is_success) == (verb, True), answer.text
        else:
            error = json.loads(answer.content)["error"]
            assert (verb, answer.status_code, error["reason"]) == (verb, 409, wanted)
            assert world.manager.get(path(made)) == before


def test_nothing_but_restoring_is_done_with_a_deleted_one(world):
    made = registered(world)
    world.manager.drop(path(made))
    for verb in VERBS:
        if verb != "restore":
            world.manager.refused(404, *request_of(verb, made))
    assert world.manager.act(path(made, "restore"))["status"] == "registered"


@pytest.mark.parametrize("end", ["cancelled", "completed"])
def test_in_an_ended_cycle_a_registration_is_paid_and_cancelled_and_lives_no_other_way(world, end):
    """R-REG-2: what is live in it is a trial that the end passed over."""
    cycle = world.cycle()["id"]
    trial = registered(world, cycle, status="trial")
    world.manager.put(f"/cycles/{cycle}", {"status": end})
    if end == "cancelled":
        assert refused(world, trial, 409, verb="cancel")["reason"] == "registration.cannot_cancel"
        return
    for status in ("registered", "active"):
        error = world.manager.refused(409, "PUT", path(trial), {"status": status})
        assert error["reason"] == "registration.cycle_not_active"
    pay(world, trial, amount=40)
    assert world.manager.act(path(trial, "cancel"), {"refundAmount": 40})["status"] == "cancelled"


def test_a_trial_becomes_registered_and_active_and_back_by_hand(world):
    """R-REG-1: and keeps its place and its money."""
    cycle = world.cycle(maxStudents=1)["id"]
    made = registered(world, cycle, status="trial")
    pay(world, made, amount=40)
    for status in ("registered", "active", "trial", "active", "registered"):
        after = world.manager.put(path(made), {"status": status})
        assert (after["status"], *money(after)) == (status, 40, 60, "partial")
        body = {"studentId": str(world.student()), "cycleId": cycle}
        assert world.manager.refused(409, "POST", "/registrations", body)["reason"] == "cycle.full"
    assert world.manager.put(path(made), {"status": "completed"})["status"] == "completed"
