"""The registration."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import attrs

from haitech_domain.entity import Entity
from haitech_domain.fields import Day, Notes, Price, Remark, Url
from haitech_domain.ids import CycleId, RegistrationId, StudentId
from haitech_domain.money import Money


class RegistrationStatus(StrEnum):
    """Where a registration stands."""

    REGISTERED = "registered"
    ACTIVE = "active"
    TRIAL = "trial"
    COMPLETED = "completed"
    CANCELLED = "cancelled"

    @property
    def is_live(self) -> bool:
        """It takes a place in its cycle (R-REG-1, R-REG-2)."""
        return self in (
            RegistrationStatus.REGISTERED,
            RegistrationStatus.ACTIVE,
            RegistrationStatus.TRIAL,
        )

    @property
    def bears_revenue(self) -> bool:
        """It counts for what a meeting earns (R-REV-1)."""
        return self in (
            RegistrationStatus.REGISTERED,
            RegistrationStatus.ACTIVE,
            RegistrationStatus.COMPLETED,
        )


class PaymentMethod(StrEnum):
    """How money comes in."""

    CREDIT = "credit"
    TRANSFER = "transfer"
    CASH = "cash"


class PaymentStatus(StrEnum):
    """How far a registration is paid; always derived, never stored by itself (R-REG-4)."""

    UNPAID = "unpaid"
    PARTIAL = "partial"
    PAID = "paid"


def payment_status(price: Money | None, paid: Money) -> PaymentStatus:
    """R-REG-4: `unpaid` at 0, `partial` below the price, `paid` at or above it.

    A price of 0 is `paid`; without a price it is `unpaid` at 0 and `partial` above.

    >>> print(payment_status(Money.of(1180), Money.of(500)))
    partial
    """
    if price is not None and paid >= price:
        return PaymentStatus.PAID
    return PaymentStatus.PARTIAL if paid else PaymentStatus.UNPAID


@attrs.frozen(kw_only=True)
class Registration(Entity):
    """A student in a cycle. `amount` is the price (R-REG-3), never what was paid.

    `paid_amount` is the sum of its ledger (`payment.py`), kept beside it for lists: whoever changes
    one without the other cannot commit.

    `before_cascade` is the status that the end of the cycle replaced, so that reopening it
    undoes exactly that (R-CYC-2, R-CYC-3).
    """

    id: RegistrationId
    student_id: StudentId
    cycle_id: CycleId
    registration_date: Day
    status: RegistrationStatus = RegistrationStatus.REGISTERED
    amount: Price | None = None
    payment_method: PaymentMethod | None = None
    invoice_link: Url | None = None
    notes: Notes | None = None
    cancellation_date: date | None = None
    cancellation_reason: Remark | None = None
    before_cascade: RegistrationStatus | None = None
    paid_amount: Price = Money(0)
    refund_amount: Price | None = None

    @property
    def is_live(self) -> bool:
        """Neither deleted nor ended."""
        return self.deleted_at is None and self.status.is_live

    @property
    def bears_revenue(self) -> bool:
        """R-REV-1."""
        return self.deleted_at is None and self.status.bears_revenue

    @property
    def payment_status(self) -> PaymentStatus:
        """R-REG-4."""
        return payment_status(self.amount, self.paid_amount)

    @property
    def balance(self) -> Money | None:
        """What is still to be paid, below zero where the price fell under it; None without a price."""
        return None if self.amount is None else self.amount - self.paid_amount
