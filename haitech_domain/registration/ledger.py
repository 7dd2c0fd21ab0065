"""What is written into the ledger of a registration: payments, and the refund of a cancellation.

These two functions are the only ones that move `paid_amount`, each together with the entry that
says why.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import attrs

from haitech_domain.change import Change
from haitech_domain.cycle import Cycle
from haitech_domain.errors import fields_called
from haitech_domain.ids import PaymentId
from haitech_domain.money import Money
from haitech_domain.records import fields_changed
from haitech_domain.registration.entity import PaymentStatus, Registration, RegistrationStatus
from haitech_domain.registration.events import RegistrationPaid, RegistrationUpdated
from haitech_domain.registration.payment import (
    Payment,
    PaymentAbovePrice,
    PaymentKind,
    PriceUnset,
    RefundAbovePaid,
    StatedCancellation,
    StatedPayment,
    agree,
    must_have_come,
)
from haitech_domain.registration.transitions import amend, facts, may_become

_NOTHING: Final = Money(0)


@attrs.frozen(kw_only=True)
class Posting:
    """What an act adds to the ledger, and what becomes of the registration by it."""

    change: Change[Registration]
    entries: tuple[Payment, ...] = ()


def pay(
    registration: Registration,
    stated: StatedPayment,
    *,
    id: PaymentId,
    paid_at: date,
    today: date,
    at: datetime,
    by: UUID | None = None,
) -> Posting:
    """R-REG-4: what a request states of a payment, entered; in every status of the registration.

    An amount always adds. `paid` without one pays the balance, and nothing where there is none.
    Method and link become the registration's latest, also where nothing is entered.

    :raises Invalid: `paid_at` is still to come, or it would be too much for any registration
    :raises PriceUnset: `paid` without an amount, and without a price
    :raises PaymentAbovePrice: it would be more than the price
    :raises PaymentContradicts: the stated status is not the one that the ledger has afterwards
    """
    must_have_come(paid_at, today)
    amount = _due(registration, stated)
    with fields_called({"paid_amount": "amount"}):
        paid = registration.paid_amount + amount
        after = registration.changed(at, paid_amount=paid, **stated.details)
    agree(after, stated.payment_status, more=stated.amount)
    if not amount:
        touched = fields_changed(registration, after)
        updated = RegistrationUpdated(at=at, fields=touched, **facts(after))
        return Posting(change=Change.updated(registration, after, updated))
    entry = Payment(
        id=id,
        created_at=at,
        registration_id=registration.id,
        kind=PaymentKind.PAYMENT,
        amount=amount,
        paid_at=paid_at,
        method=stated.payment_method,
        invoice_link=stated.invoice_link,
        recorded_by_id=by,
    )
    event = RegistrationPaid(
        at=at,
        payment_id=id,
        amount=amount,
        payment_method=entry.method,
        paid_amount=after.paid_amount,
        balance=after.balance,
        payment_status=after.payment_status,
        **facts(after),
    )
    return Posting(
        change=Change.updated(registration, after, event, action="pay"), entries=(entry,)
    )


def _due(registration: Registration, stated: StatedPayment) -> Money:
    """How much is to be entered."""
    price, paid = registration.amount, registration.paid_amount
    if stated.amount is not None:
        if price is not None and paid + stated.amount > price:
            raise PaymentAbovePrice(stated.amount, paid, price)
        return stated.amount
    wanted = stated.payment_status is PaymentStatus.PAID
    if not wanted or registration.payment_status is PaymentStatus.PAID:
        return _NOTHING
    if price is None:
        raise PriceUnset(paid)
    return price - paid


def cancel(
    registration: Registration,
    stated: StatedCancellation,
    *,
    id: PaymentId,
    cycle: Cycle,
    today: date,
    at: datetime,
    by: UUID | None = None,
) -> Posting:
    """R-REG-5: a live registration cancelled today, with what is paid back of it.

    :raises Transition: it has ended
    :raises RefundAbovePaid: more than was paid
    """
    may_become(registration, RegistrationStatus.CANCELLED, cycle)
    refund = stated.refund_amount or _NOTHING
    if refund > registration.paid_amount:
        raise RefundAbovePaid(refund, registration.paid_amount)
    left = registration.paid_amount - refund
    money: dict[str, Any] = {"refund_amount": refund, "paid_amount": left} if refund else {}
    change = amend(
        registration,
        cycle=cycle,
        today=today,
        at=at,
        status=RegistrationStatus.CANCELLED,
        cancellation_reason=stated.reason,
        **money,
    )
    if not refund:
        return Posting(change=change)
    entry = Payment(
        id=id,
        created_at=at,
        registration_id=registration.id,
        kind=PaymentKind.REFUND,
        amount=-refund,
        paid_at=today,
        recorded_by_id=by,
    )
    return Posting(change=change, entries=(entry,))
