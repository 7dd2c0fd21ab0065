"""What becomes of a registration by hand: its fields, its status, deleting and restoring it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from haitech_domain.change import Change, Transition
from haitech_domain.cycle import Cycle, CycleStatus
from haitech_domain.errors import Invalid
from haitech_domain.money import Money
from haitech_domain.registration import (
    AlreadyRegistered,
    CycleFull,
    CycleTakesNoRegistrations,
    PaymentContradicts,
    PaymentStatus,
    Registration,
    RegistrationCancelled,
    RegistrationCompleted,
    RegistrationEnded,
    RegistrationStatus,
    RegistrationUpdated,
    amend,
    cancel_with_cycle,
    complete_with_cycle,
    payment_status,
    register,
    remove,
    take_back,
    undo_cascade,
)
from haitech_domain.testing.builders import a_cycle, a_registration, a_student, gone

NOW = datetime(2026, 2, 3, 14, tzinfo=UTC)
TODAY = date(2026, 2, 3)
REGISTERED, ACTIVE, TRIAL, COMPLETED, CANCELLED = RegistrationStatus
UNPAID, PARTIAL, PAID = PaymentStatus
LIVE = (REGISTERED, ACTIVE, TRIAL)


def changed(
    registration: Registration, cycle: Cycle | None = None, **changes: Any
) -> Change[Registration]:
    return amend(registration, cycle=cycle or a_cycle(), today=TODAY, at=NOW, **changes)


def names(change: Change[Registration]) -> list[str]:
    return [event.type for event in change.events]


# ── fields ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", list(RegistrationStatus))
def test_its_plain_fields_change_in_every_status(status: RegistrationStatus) -> None:
    """R-REG-3: price, method, link, notes and date are corrected also after its end."""
    before = a_registration(status=status, amount="100.00")
    change = changed(
        before,
        a_cycle(status=CycleStatus.CANCELLED),
        amount="90.00",
        payment_method="cash",
        invoice_link="https://i.example/2",
        notes="moved",
        registration_date="2026-01-02",
    )
    after = change.after
    assert (after.amount, after.notes) == (Money.of("90.00"), "moved")
    assert (after.registration_date, after.status) == (date(2026, 1, 2), status)
    assert (after.version, change.action) == (2, "update")
    (event,) = change.events
    assert type(event) is RegistrationUpdated
    assert set(event.fields) == {
        "amount",
        "payment_method",
        "invoice_link",
        "notes",
        "registration_date",
    }


def test_a_price_can_be_taken_away() -> None:
    """api.md: null clears an optional field."""
    assert changed(a_registration(amount="100.00"), amount=None).after.amount is None


def test_a_change_to_what_it_is_already_is_none() -> None:
    """No version, no event."""
    before = a_registration(amount="100.00", notes="x")
    change = changed(before, amount="100.00", notes="x", status=REGISTERED)
    assert change.is_empty
    assert change.events == ()


def test_a_value_that_breaks_its_rule_is_refused_by_its_field() -> None:
    """R-REG-3: no negative price, no unknown status."""
    with pytest.raises(Invalid) as refused:
        changed(a_registration(), amount="-1.00", status="enrolled")
    assert {problem.field for problem in refused.value.problems} == {"amount", "status"}


# ── status ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("before", LIVE)
@pytest.mark.parametrize("after", LIVE)
def test_live_ones_become_each_other_in_an_active_cycle(
    before: RegistrationStatus, after: RegistrationStatus
) -> None:
    """R-REG-1: registered, active and trial."""
    change = changed(a_registration(status=before), status=after)
    assert change.after.status is after
    assert names(change) == ([] if before is after else ["registration.updated"])


def test_a_trial_is_not_registered_in_a_cycle_that_has_ended() -> None:
    """R-REG-2: only an active cycle takes registrations."""
    trial = a_registration(status=TRIAL)
    with pytest.raises(CycleTakesNoRegistrations):
        changed(trial, a_cycle(status=CycleStatus.COMPLETED), status=REGISTERED)


@pytest.mark.parametrize("before", LIVE)
@pytest.mark.parametrize("cycle", list(CycleStatus))
def test_a_live_one_is_cancelled_with_the_date_of_today(
    before: RegistrationStatus, cycle: CycleStatus
) -> None:
    """R-REG-5: whatever its cycle is."""
    registration = a_registration(status=before, amount="100.00", paid_amount="40.00")
    change = changed(registration, a_cycle(status=cycle), status=CANCELLED)
    after = change.after
    assert (after.status, after.cancellation_date, after.before_cascade) == (CANCELLED, TODAY, None)
    assert (after.cancellation_reason, after.paid_amount) == (None, Money.of("40.00"))
    assert (after.version, change.action) == (2, "cancel")
    (event,) = change.events
    assert type(event) is RegistrationCancelled
    assert (event.registration_id, event.cancellation_reason) == (registration.id, None)


@pytest.mark.parametrize("before", [REGISTERED, ACTIVE])
def test_a_registered_or_active_one_is_completed_by_hand(before: RegistrationStatus) -> None:
    """R-CYC-2 by hand."""
    change = changed(a_registration(status=before), status=COMPLETED)
    assert (change.after.status, change.after.cancellation_date) == (COMPLETED, None)
    assert [type(event) for event in change.events] == [RegistrationCompleted]
    assert change.action == "complete"
    assert undo_cascade(change.after, CycleStatus.COMPLETED, at=NOW).is_empty


def test_what_else_changes_with_an_ending_is_told_beside_it() -> None:
    """domain.md §12: both became true."""
    change = changed(a_registration(), status=CANCELLED, notes="moved away")
    assert names(change) == ["registration.updated", "registration.cancelled"]
    updated = change.events[0]
    assert isinstance(updated, RegistrationUpdated)
    assert updated.fields == ("notes",)


@pytest.mark.parametrize("before", [COMPLETED, CANCELLED])
@pytest.mark.parametrize("after", LIVE)
def test_what_has_ended_does_not_live_again(
    before: RegistrationStatus, after: RegistrationStatus
) -> None:
    """R-REG-1, R-REG-2: neither capacity nor uniqueness is bypassed; history stays."""
    with pytest.raises(RegistrationEnded) as refused:
        changed(a_registration(status=before), status=after)
    assert refused.value.status is before


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (TRIAL, COMPLETED, "registration.cannot_complete"),
        (CANCELLED, COMPLETED, "registration.cannot_complete"),
        (COMPLETED, CANCELLED, "registration.cannot_cancel"),
    ],
)
def test_an_end_that_cannot_be_reached_is_refused_by_its_verb(
    before: RegistrationStatus, after: RegistrationStatus, reason: str
) -> None:
    with pytest.raises(Transition) as refused:
        changed(a_registration(status=before), status=after)
    assert refused.value.reason == reason


# ── payments ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("price", "paid", "status", "balance"),
    [
        ("100.00", "0.00", UNPAID, "100.00"),
        ("100.00", "0.01", PARTIAL, "99.99"),
        ("100.00", "99.99", PARTIAL, "0.01"),
        ("100.00", "100.00", PAID, "0.00"),
        ("100.00", "130.00", PAID, "-30.00"),
        ("0.00", "0.00", PAID, "0.00"),
        ("0.01", "0.00", UNPAID, "0.01"),
        (None, "0.00", UNPAID, None),
        (None, "0.01", PARTIAL, None),
        (None, "5000.00", PARTIAL, None),
    ],
)
def test_the_payment_status_follows_from_price_and_payments(
    price: str | None, paid: str, status: PaymentStatus, balance: str | None
) -> None:
    """R-REG-4."""
    registration = a_registration(amount=price, paid_amount=paid)
    assert registration.payment_status is status
    assert registration.balance == (None if balance is None else Money.of(balance))
    assert payment_status(registration.amount, registration.paid_amount) is status


def test_a_stated_payment_status_agrees_with_the_payments_or_is_refused() -> None:
    """R-REG-4: by the figures as the request leaves them."""
    before = a_registration(amount="100.00", paid_amount="40.00")
    assert changed(before, payment_status=PARTIAL).is_empty
    assert changed(before, amount="40.00", payment_status=PAID).after.payment_status is PAID
    with pytest.raises(PaymentContradicts) as refused:
        changed(before, payment_status=PAID)
    assert refused.value.reason == "payment.contradicts_ledger"
    assert str(refused.value) == (
        "the payments say partial, not paid: 40.00 paid, the price is 100.00"
    )
    assert [problem.field for problem in refused.value.problems] == ["payment_status"]
    with pytest.raises(PaymentContradicts, match="no price is set"):
        changed(before, amount=None, payment_status=PAID)


def test_a_new_registration_is_unpaid_unless_it_costs_nothing() -> None:
    """R-REG-4."""

    def made(price: str, stated: PaymentStatus) -> Registration:
        return register(
            id=a_registration().id,
            student_id=a_student().id,
            cycle=a_cycle(),
            present=[],
            today=TODAY,
            at=NOW,
            amount=Money.of(price),
            payment_status=stated,
        ).after

    assert made("0.00", PAID).payment_status is PAID
    assert made("10.00", UNPAID).payment_status is UNPAID
    with pytest.raises(PaymentContradicts):
        made("10.00", PAID)


# ── deleting and restoring ──────────────────────────────────────────────────────────────────


def back(registration: Registration, cycle: Cycle, *present: Registration) -> Change[Registration]:
    return take_back(registration, cycle=cycle, present=present, at=NOW)


def test_a_deletion_and_its_undoing_are_told_as_updates() -> None:
    """R-PPL-3, domain.md §12: there is no event of a deletion."""
    before = a_registration(amount="100.00", paid_amount="100.00")
    deleted = gone(before, at=NOW)
    left = remove(before, deleted, at=NOW)
    assert (names(left), left.action) == (["registration.updated"], "delete")
    returned = back(deleted, a_cycle())
    assert (names(returned), returned.action) == (["registration.updated"], "restore")
    after = returned.after
    assert (after.deleted_at, after.deletion, after.paid_amount) == (None, None, before.paid_amount)


def test_a_live_one_comes_back_as_a_new_one_comes_in() -> None:
    """R-PPL-3: uniqueness, capacity and an active cycle are asked for again."""
    deleted = gone(a_registration())
    twin = a_registration(student_id=deleted.student_id)
    with pytest.raises(AlreadyRegistered):
        back(deleted, a_cycle(), twin)
    with pytest.raises(CycleFull):
        back(deleted, a_cycle(max_students=1), a_registration())
    for status in (CycleStatus.COMPLETED, CycleStatus.CANCELLED):
        with pytest.raises(CycleTakesNoRegistrations):
            back(deleted, a_cycle(status=status))


@pytest.mark.parametrize("status", [COMPLETED, CANCELLED])
def test_one_that_has_ended_comes_back_beside_everything(status: RegistrationStatus) -> None:
    """R-REG-1: history takes no place."""
    deleted = gone(a_registration(status=status))
    twin = a_registration(student_id=deleted.student_id)
    full = a_cycle(max_students=1, status=CycleStatus.CANCELLED)
    assert back(deleted, full, twin).after.status is status


@pytest.mark.parametrize("status", [CycleStatus.COMPLETED, CycleStatus.CANCELLED])
def test_one_deleted_while_its_cycle_had_ended_follows_its_reopening(status: CycleStatus) -> None:
    """R-CYC-3: as if it had never been deleted; else it would stay ended for ever."""
    live = a_registration(status=ACTIVE)
    ended = (
        complete_with_cycle(live, at=NOW)
        if status is CycleStatus.COMPLETED
        else cancel_with_cycle(live, today=TODAY, at=NOW)
    ).after
    deleted = gone(ended, at=NOW + timedelta(hours=1))
    still = back(deleted, a_cycle(status=status)).after
    assert (still.status, still.before_cascade) == (ended.status, ACTIVE)
    followed = back(deleted, a_cycle()).after
    assert (followed.status, followed.before_cascade) == (ACTIVE, None)
    assert (followed.cancellation_date, followed.cancellation_reason) == (None, None)
    with pytest.raises(CycleFull):
        back(deleted, a_cycle(max_students=1), a_registration())
