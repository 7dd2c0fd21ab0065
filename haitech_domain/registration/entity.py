"""The registration."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import attrs

from haitech_domain.entity import Entity
from haitech_domain.fields import Day, Notes, Price, Remark, Url
from haitech_domain.ids import CycleId, RegistrationId, StudentId


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


@attrs.frozen(kw_only=True)
class Registration(Entity):
    """A student in a cycle. `amount` is the price (R-REG-3), never what was paid.

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

    @property
    def is_live(self) -> bool:
        """Neither deleted nor ended."""
        return self.deleted_at is None and self.status.is_live

    @property
    def bears_revenue(self) -> bool:
        """R-REV-1."""
        return self.deleted_at is None and self.status.bears_revenue
