"""R-REG-4, R-REG-5: what a request states of a payment or a refund, and what the ledger makes of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from haitech_domain.change import Transition
from haitech_domain.cycle import Cycle, CycleStatus
from haitech_domain.errors import BadValue, Invalid
from haitech_domain.ids import PaymentId
from haitech_domain.money import Money
from haitech_domain.registration import (
    Payment,
    PaymentAbovePrice,
    PaymentContradicts,
    PaymentKind,
    PaymentMethod,
    PaymentStatus,
    Posting,
    PriceUnset,
    RefundAbovePaid,
    Registration,
    RegistrationCancelled,
    RegistrationPaid,
    RegistrationStatus,
    RegistrationUpdated,
    StatedCancellation,
    StatedPayment,
    cancel,
    cancel_with_cycle,
    must_have_come,
    pay,
    undo_cascade,
)
from haitech_domain.registration.payment import DayOrInstant
from haitech_domain.testing.builders import a_cycle, a_payment, a_registration, an_id

NOW = datetime(2026, 2, 3, 14, tzinfo=UTC)
TODAY = date(2026, 2, 3)
YESTERDAY = TODAY - timedelta(days=1)
REGISTERED, ACTIVE, TRIAL, COMPLETED, CANCELLED = RegistrationStatus
UNPAID, PARTIAL, PAID = PaymentStatus
WHO = an_id()


def of(price: str | None = "100.00", paid: str = "0.00", **facts: Any) -> Registration:
    return a_registration(amount=price, paid_amount=paid, **facts)


def paying(registration: Registration, *, day: date = TODAY, **stated: Any) -> Posting:
    return pay(
        registration,
        StatedPayment(**stated),
        id=PaymentId(an_id()),
        paid_at=day,
        today=TODAY,
        at=NOW,
        by=WHO,
    )


def cancelling(
    registration: Registration,
    refund: Any = "0.00",
    cycle: Cycle | None = None,
    reason: str | None = None,
) -> Posting:
    return cancel(
        registration,
        StatedCancellation(reason=reason, refund_amount=refund),
        id=PaymentId(an_id()),
        cycle=cycle or a_cycle(),
        today=TODAY,
        at=NOW,
        by=WHO,
    )


def figures(posting: Posting) -> tuple[str, PaymentStatus, list[str]]:
    """What is paid, the status, and the amounts of the new entries."""
    after = posting.change.after
    return str(after.paid_amount), after.payment_status, [str(e.amount) for e in posting.entries]


# ── what a request may state ────────────────────────────────────────────────────────────────


def test_a_payment_states_an_amount_or_a_status() -> None:
    with pytest.raises(Invalid) as refused:
        StatedPayment(payment_method=PaymentMethod.CASH)
    assert {p.field for p in refused.value.problems} == {"amount", "payment_status"}


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1000000.01", "a", 1.5, True])
def test_an_amount_is_above_zero_with_two_decimals_at_most(amount: Any) -> None:
    """R-MONEY-6."""
    with pytest.raises(Invalid) as refused:
        StatedPayment(amount=amount)
    assert [p.field for p in refused.value.problems] == ["amount"]


def test_everything_wrong_with_a_statement_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        StatedPayment(
            amount="0",  # type: ignore[arg-type]  # as it comes from outside
            payment_status="overdue",  # type: ignore[arg-type]
            payment_method="gold",  # type: ignore[arg-type]
            invoice_link="javascript:x",
            paid_at="soon",
        )
    assert {p.field for p in refused.value.problems} == {
        "amount",
        "payment_status",
        "payment_method",
        "invoice_link",
        "paid_at",
    }


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("2026-02-03", TODAY),
        (TODAY, TODAY),
        ("2026-02-03T22:30:00Z", datetime(2026, 2, 3, 22, 30, tzinfo=UTC)),
        ("2026-02-03t22:30:00.25z", datetime(2026, 2, 3, 22, 30, 0, 250_000, tzinfo=UTC)),
        ("2026-02-04T00:30:00+02:00", datetime(2026, 2, 3, 22, 30, tzinfo=UTC)),
        (NOW.astimezone(timezone(timedelta(hours=2))), NOW),
    ],
)
def test_a_day_is_told_by_a_date_or_by_an_instant(told: Any, meant: Any) -> None:
    """api.md: dates, and instants with an offset; both have been in use."""
    assert StatedPayment(amount=Money(1), paid_at=told).paid_at == meant


@pytest.mark.parametrize(
    "told",
    [
        "2026-02-30",
        "2026-02-30T10:00:00Z",
        "2026-02-03T25:00:00Z",
        "2026-02-03T10:00:00",
        "2026-02-03 10:00",
        "1999-12-31",
        "2101-01-01T00:00:00Z",
        "",
        7,
        datetime(2026, 2, 3),  # noqa: DTZ001  # no instant without an offset
    ],
)
def test_what_tells_no_day_is_refused(told: Any) -> None:
    with pytest.raises(BadValue):
        DayOrInstant()(told)


def test_a_payment_has_not_been_made_tomorrow() -> None:
    assert must_have_come(TODAY, TODAY) == TODAY
    for refused_by in (
        lambda: must_have_come(TODAY + timedelta(days=1), TODAY),
        lambda: paying(of(), day=TODAY + timedelta(days=1), amount=Money(1)),
    ):
        with pytest.raises(Invalid) as refused:
            refused_by()
        assert (refused.value.reason, refused.value.problems[0].field) == ("date.future", "paid_at")


@pytest.mark.parametrize(
    ("kind", "amount"),
    [(PaymentKind.PAYMENT, "-1"), (PaymentKind.REFUND, "1"), (PaymentKind.PAYMENT, "0"),
     (PaymentKind.REFUND, "0")],
)  # fmt: skip
def test_an_entry_goes_the_way_that_it_says(kind: PaymentKind, amount: str) -> None:
    """R-REG-4: a refund is negative."""
    with pytest.raises(Invalid) as refused:
        a_payment(kind=kind, amount=amount)
    assert refused.value.problems[0].field == "amount"


# ── paying ──────────────────────────────────────────────────────────────────────────────────


def test_an_amount_adds_an_entry_that_says_everything() -> None:
    """R-REG-4, domain.md §12."""
    before = of(paid="20.00")
    posting = paying(
        before,
        day=YESTERDAY,
        amount="30.50",
        payment_method="credit",
        invoice_link="https://i.example/1",
    )
    (entry,) = posting.entries
    assert entry == Payment(
        id=entry.id,
        created_at=NOW,
        registration_id=before.id,
        kind=PaymentKind.PAYMENT,
        amount=Money.of("30.50"),
        paid_at=YESTERDAY,
        method=PaymentMethod.CREDIT,
        invoice_link="https://i.example/1",
        recorded_by_id=WHO,
    )
    change = posting.change
    assert (change.action, change.after.version) == ("pay", before.version + 1)
    assert change.events == (
        RegistrationPaid(
            at=NOW,
            registration_id=before.id,
            student_id=before.student_id,
            cycle_id=before.cycle_id,
            payment_id=entry.id,
            amount=Money.of("30.50"),
            payment_method=PaymentMethod.CREDIT,
            paid_amount=Money.of("50.50"),
            balance=Money.of("49.50"),
            payment_status=PARTIAL,
        ),
    )


@pytest.mark.parametrize(
    ("price", "paid", "amount", "expected"),
    [
        ("100.00", "0.00", "0.01", ("0.01", PARTIAL, ["0.01"])),
        ("100.00", "99.99", "0.01", ("100.00", PAID, ["0.01"])),
        ("100.00", "0.00", "100.00", ("100.00", PAID, ["100.00"])),
        (None, "0.00", "500.00", ("500.00", PARTIAL, ["500.00"])),
        (None, "500.00", "0.01", ("500.01", PARTIAL, ["0.01"])),
    ],
)
def test_an_amount_always_adds(
    price: str | None, paid: str, amount: str, expected: tuple[Any, ...]
) -> None:
    """R-REG-4: with no price any amount is `partial`."""
    assert figures(paying(of(price, paid), amount=amount)) == expected


@pytest.mark.parametrize(
    ("price", "paid", "amount"),
    [("100.00", "0.00", "100.01"), ("100.00", "100.00", "0.01"), ("0.00", "0.00", "0.01"),
     ("100.00", "130.00", "0.01")],
)  # fmt: skip
def test_more_than_the_price_is_refused_with_the_figures(
    price: str, paid: str, amount: str
) -> None:
    """R-REG-4: also where the price fell below what was paid."""
    with pytest.raises(PaymentAbovePrice) as refused:
        paying(of(price, paid), amount=amount)
    assert refused.value.reason == "payment.above_price"
    assert {amount, paid, price} <= set(str(refused.value).replace(":", "").split())
    (problem,) = refused.value.problems
    left = max(Money.of(price) - Money.of(paid), Money(0))
    assert (problem.field, f"the {left} that are left" in problem.message) == ("amount", True)


def test_more_than_any_registration_takes_is_refused_as_a_value() -> None:
    """R-MONEY: where no price bounds it."""
    with pytest.raises(Invalid) as refused:
        paying(of(None, "1000000.00"), amount="0.01")
    assert [p.field for p in refused.value.problems] == ["amount"]


def test_paid_pays_the_balance() -> None:
    """R-REG-4: `paid` without an amount."""
    assert figures(paying(of(), payment_status=PAID)) == ("100.00", PAID, ["100.00"])
    assert figures(paying(of(paid="40.00"), payment_status=PAID)) == ("100.00", PAID, ["60.00"])


@pytest.mark.parametrize(("price", "paid"), [("100.00", "100.00"), ("0.00", "0.00"), ("50", "80")])
def test_paid_changes_nothing_where_everything_is_paid(price: str, paid: str) -> None:
    posting = paying(of(price, paid), payment_status=PAID)
    assert (posting.change.is_empty, posting.entries, posting.change.events) == (True, (), ())


@pytest.mark.parametrize("paid", ["0.00", "40.00"])
def test_without_a_price_there_is_no_balance_to_pay(paid: str) -> None:
    """R-REG-4: with no price and no amount: refused."""
    with pytest.raises(PriceUnset, match=f"no price.*{paid}"):
        paying(of(None, paid), payment_status=PAID)


@pytest.mark.parametrize(
    ("paid", "stated", "holds"),
    [("0.00", UNPAID, True), ("0.00", PARTIAL, False), ("40.00", PARTIAL, True),
     ("40.00", UNPAID, False), ("100.00", UNPAID, False), ("100.00", PARTIAL, False)],
)  # fmt: skip
def test_another_status_alone_is_only_compared(
    paid: str,
    stated: PaymentStatus,
    holds: bool,  # a column of the table
) -> None:
    """R-REG-4: a request that states a status the ledger contradicts is refused."""
    if holds:
        assert paying(of(paid=paid), payment_status=stated).change.is_empty
        return
    with pytest.raises(PaymentContradicts, match=f"{paid} paid, the price is 100.00"):
        paying(of(paid=paid), payment_status=stated)


@pytest.mark.parametrize(
    ("price", "amount", "status"),
    [("100.00", "60.00", PAID), ("100.00", "50.00", PARTIAL), (None, "50.00", PARTIAL)],
)
def test_a_status_beside_an_amount_is_the_one_afterwards(
    price: str | None, amount: str, status: PaymentStatus
) -> None:
    """R-REG-4."""
    before = of(price, "40.00")
    assert figures(paying(before, amount=amount, payment_status=status))[1] is status
    for other in PaymentStatus:
        if other is not status:
            with pytest.raises(PaymentContradicts) as refused:
                paying(before, amount=amount, payment_status=other)
            told = f"with {amount} more the payments say {status.value}, not {other.value}"
            assert str(refused.value).startswith(told)


def test_method_and_link_become_the_registrations_latest() -> None:
    """Also where nothing is entered: told as an update then; what is not told stays."""
    before = of(payment_method="cash", invoice_link="https://i.example/1")
    paid = paying(before, amount="100", payment_method="transfer").change.after
    assert (paid.payment_method, paid.invoice_link) == (
        PaymentMethod.TRANSFER,
        "https://i.example/1",
    )
    later = paying(paid, payment_status=PAID, invoice_link="https://i.example/2")
    (event,) = later.change.events
    assert isinstance(event, RegistrationUpdated)
    assert (event.fields, later.entries, later.change.action) == (("invoice_link",), (), "update")
    assert later.change.after.invoice_link == "https://i.example/2"


@pytest.mark.parametrize("status", list(RegistrationStatus))
def test_a_debt_is_paid_in_every_status(status: RegistrationStatus) -> None:
    """R-REG-4: also after the end."""
    after = paying(of(status=status), payment_status=PAID).change.after
    assert (after.status, after.payment_status) == (status, PAID)


# ── cancelling ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [REGISTERED, ACTIVE, TRIAL])
@pytest.mark.parametrize("cycle", list(CycleStatus))
def test_a_live_one_is_cancelled_with_date_reason_and_refund(
    status: RegistrationStatus, cycle: CycleStatus
) -> None:
    """R-REG-5: the refund is a negative entry of the ledger."""
    before = of(paid="40.00", status=status)
    posting = cancelling(before, "15.50", a_cycle(status=cycle), reason="moved away")
    after = posting.change.after
    assert (after.status, after.cancellation_date) == (CANCELLED, TODAY)
    assert (after.cancellation_reason, after.before_cascade) == ("moved away", None)
    assert (after.refund_amount, after.paid_amount) == (Money.of("15.50"), Money.of("24.50"))
    (entry,) = posting.entries
    assert (entry.kind, entry.amount, entry.paid_at) == (
        PaymentKind.REFUND,
        Money.of("-15.50"),
        TODAY,
    )
    assert (entry.registration_id, entry.recorded_by_id) == (before.id, WHO)
    assert posting.change.action == "cancel"
    assert posting.change.events == (
        RegistrationCancelled(
            at=NOW,
            registration_id=before.id,
            student_id=before.student_id,
            cycle_id=before.cycle_id,
            cancellation_reason="moved away",
            refund_amount=Money.of("15.50"),
        ),
    )


def test_a_refund_of_nothing_is_none() -> None:
    assert cancelling(of(paid="40.00"), None).entries == ()
    posting = cancelling(of(paid="40.00"))
    after = posting.change.after
    assert (after.refund_amount, after.paid_amount, posting.entries) == (
        None,
        Money.of("40.00"),
        (),
    )
    assert after.cancellation_reason is None


def test_everything_that_was_paid_may_go_back_and_no_agora_more() -> None:
    """R-REG-5: never above what was paid."""
    assert figures(cancelling(of(paid="40.00"), "40.00")) == ("0.00", UNPAID, ["-40.00"])
    with pytest.raises(RefundAbovePaid) as refused:
        cancelling(of(paid="40.00"), "40.01")
    assert refused.value.reason == "payment.refund_above_paid"
    assert refused.value.problems[0].field == "refund_amount"


def test_a_refund_below_zero_and_a_reason_too_long_are_bad_values() -> None:
    with pytest.raises(Invalid) as refused:
        cancelling(of(paid="40.00"), "-1", reason="x" * 501)
    assert {p.field for p in refused.value.problems} == {"refund_amount", "reason"}


@pytest.mark.parametrize("status", [COMPLETED, CANCELLED])
def test_what_has_ended_is_not_cancelled(status: RegistrationStatus) -> None:
    """R-REG-5: by name, before anything is said of a refund."""
    with pytest.raises(Transition) as refused:
        cancelling(of(status=status), "1000.00")
    assert refused.value.reason == "registration.cannot_cancel"


def test_a_cancellation_with_its_cycle_gives_nothing_back() -> None:
    """R-CYC-3: and its undoing takes nothing."""
    paid = of(paid="40.00")
    gone = cancel_with_cycle(paid, today=TODAY, at=NOW)
    (event,) = gone.events
    assert isinstance(event, RegistrationCancelled)
    assert event.refund_amount is None
    back = undo_cascade(gone.after, CycleStatus.CANCELLED, at=NOW).after
    assert (back.paid_amount, back.refund_amount) == (Money.of("40.00"), None)
