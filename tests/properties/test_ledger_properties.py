"""R-REG-4, R-REG-5 as properties: whatever is paid and paid back, the ledger adds up."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haitech_domain.errors import DomainError
from haitech_domain.ids import PaymentId
from haitech_domain.money import Money
from haitech_domain.registration import (
    Payment,
    PaymentAbovePrice,
    PaymentContradicts,
    PaymentStatus,
    Posting,
    PriceUnset,
    RefundAbovePaid,
    Registration,
    RegistrationPaid,
    RegistrationStatus,
    StatedCancellation,
    StatedPayment,
    amend,
    cancel,
    pay,
    payment_status,
)
from haitech_domain.testing import strategies
from haitech_domain.testing.builders import MADE, SUNDAY, a_cycle, a_registration, an_id

NOTHING = Money(0)
SMALL = 100 * 100
"""In agorot: so that sums meet their price now and then."""
AMOUNTS = strategies.prices(most=SMALL).filter(bool)
PRICES = st.none() | strategies.prices(most=SMALL)
STATED = st.builds(
    StatedPayment, amount=AMOUNTS, payment_status=st.none() | st.sampled_from(PaymentStatus)
) | st.builds(StatedPayment, payment_status=st.sampled_from(PaymentStatus))


def paying(registration: Registration, stated: StatedPayment) -> Posting:
    id = PaymentId(an_id())
    return pay(registration, stated, id=id, paid_at=SUNDAY, today=SUNDAY, at=MADE)


def cancelling(registration: Registration, refund: Money) -> Posting:
    id = PaymentId(an_id())
    stated = StatedCancellation(refund_amount=refund)
    return cancel(registration, stated, id=id, cycle=a_cycle(), today=SUNDAY, at=MADE)


def _add_up(registration: Registration, entries: list[Payment]) -> None:
    total = Money.total(entry.amount for entry in entries)
    assert registration.paid_amount == total >= NOTHING
    assert registration.payment_status is payment_status(registration.amount, total)
    assert {entry.registration_id for entry in entries} <= {registration.id}


@given(PRICES, st.lists(STATED, max_size=8), strategies.prices(most=SMALL))
def test_for_every_sequence_of_payments_and_a_refund_the_ledger_adds_up(
    price: Money | None, requests: list[StatedPayment], refund: Money
) -> None:
    """R-REG-4, R-REG-5: never above the price, never below 0, the status by price and sum alone."""
    registration, entries = a_registration(amount=price), list[Payment]()
    for stated in requests:
        with suppress(PaymentAbovePrice, PaymentContradicts, PriceUnset):
            posting = paying(registration, stated)
            entries += posting.entries
            registration = posting.change.after
            if stated.payment_status is not None:
                assert registration.payment_status is stated.payment_status
        _add_up(registration, entries)
        assert price is None or registration.paid_amount <= price
    with suppress(RefundAbovePaid):
        posting = cancelling(registration, refund)
        assert posting.change.after.paid_amount == registration.paid_amount - refund
        entries += posting.entries
        registration = posting.change.after
    _add_up(registration, entries)
    assert len([entry for entry in entries if entry.amount < NOTHING]) <= 1


@given(PRICES, strategies.prices(most=SMALL), STATED)
def test_a_payment_is_entered_or_refused_and_told_either_way(
    price: Money | None, paid: Money, stated: StatedPayment
) -> None:
    """R-REG-4: an amount always adds; where nothing is added, nothing is told."""
    before = a_registration(amount=price, paid_amount=paid)
    try:
        posting = paying(before, stated)
    except DomainError as refused:
        assert refused.message  # noqa: PT017  # each with its sentence
        return
    added = posting.change.after.paid_amount - paid
    assert stated.amount in (None, added)
    assert [entry.amount for entry in posting.entries] == ([added] if added else [])
    told = [event for event in posting.change.events if isinstance(event, RegistrationPaid)]
    assert [event.amount for event in told] == [entry.amount for entry in posting.entries]
    for event in told:
        after = posting.change.after
        assert (event.paid_amount, event.balance) == (after.paid_amount, after.balance)
        assert event.payment_status is after.payment_status
    assert posting.change.is_empty is not bool(added)


@given(strategies.prices(most=SMALL), strategies.prices(most=SMALL))
def test_paid_leaves_no_balance_and_is_done_once(price: Money, paid: Money) -> None:
    """R-REG-4: `paid` without an amount pays the balance."""
    stated = StatedPayment(payment_status=PaymentStatus.PAID)
    first = paying(a_registration(amount=price, paid_amount=paid), stated).change.after
    assert first.paid_amount == max(price, paid)
    assert paying(first, stated).change.is_empty


@given(
    st.lists(
        AMOUNTS.map(lambda amount: {"pay": amount}) | PRICES.map(lambda price: {"price": price}),
        max_size=10,
    )
)
def test_paying_never_goes_above_the_price_of_that_moment(steps: list[dict[str, Any]]) -> None:
    """R-REG-4: also where a price falls below what was paid."""
    registration = a_registration()
    for step in steps:
        if "price" in step:
            price = step["price"]
            change = amend(registration, cycle=a_cycle(), today=SUNDAY, at=MADE, amount=price)
            registration = change.after
            continue
        before = registration
        with suppress(PaymentAbovePrice):
            registration = paying(before, StatedPayment(amount=step["pay"])).change.after
            assert before.amount is None or registration.paid_amount <= before.amount


@given(
    st.sampled_from(RegistrationStatus),
    strategies.prices(most=SMALL),
    strategies.prices(most=SMALL),
)
def test_a_cancellation_is_whole_or_not_at_all(
    status: RegistrationStatus, paid: Money, refund: Money
) -> None:
    """R-REG-5: of live ones only, and never more than was paid."""
    before = a_registration(status=status, paid_amount=paid)
    if not status.is_live or refund > paid:
        with pytest.raises(DomainError):
            cancelling(before, refund)
        return
    after = cancelling(before, refund).change.after
    assert (after.status, after.cancellation_date) == (RegistrationStatus.CANCELLED, SUNDAY)
    assert after.refund_amount == (refund or None)
