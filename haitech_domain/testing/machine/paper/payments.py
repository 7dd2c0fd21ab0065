"""The ledgers of the paper school (R-REG-4, R-REG-5)."""

from __future__ import annotations

from datetime import date

from haitech_domain.registration import PaymentMethod, PaymentStatus, RegistrationStatus
from haitech_domain.testing.machine.paper.school import (
    PaperSchool,
    must_be_there,
    refuse_where,
)
from haitech_domain.testing.machine.paper.things import PaperEntry, PaperRegistration


def pay(
    school: PaperSchool,
    registration: PaperRegistration,
    *,
    amount: int | None,
    status: PaymentStatus | None,
    method: PaymentMethod | None,
    on: date | None,
) -> None:
    """R-REG-4: an amount adds, `paid` without one pays the balance; both have to agree."""
    today = school.now.date()
    day = on or today
    refuse_where({"date.future": day > today})
    must_be_there(registration)
    price, paid = registration.amount, registration.paid
    owes = registration.payment_status is not PaymentStatus.PAID
    pays_the_rest = amount is None and status is PaymentStatus.PAID and owes
    refuse_where(
        {
            "payment.above_price": amount is not None
            and price is not None
            and paid + amount > price,
            "payment.no_price": pays_the_rest and price is None,
        }
    )
    due = amount or ((price or 0) - paid if pays_the_rest else 0)
    with school.attempt():
        if due:
            registration.ledger += (PaperEntry(due, day, method),)
        registration.method = method or registration.method
        refuse_where(
            {
                "payment.contradicts_ledger": status is not None
                and status is not registration.payment_status
            }
        )


def cancel(school: PaperSchool, registration: PaperRegistration, refund: int | None) -> None:
    """R-REG-5: with what is paid back, never above what was paid."""
    must_be_there(registration)
    refuse_where(
        {
            "registration.cannot_cancel": not registration.is_live,
            "payment.refund_above_paid": (refund or 0) > registration.paid,
        }
    )
    registration.status = RegistrationStatus.CANCELLED
    today = registration.cancelled_on = school.now.date()
    if refund:
        registration.refund = refund
        registration.ledger += (PaperEntry(-refund, today, None),)
