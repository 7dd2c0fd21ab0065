"""What happens to registrations."""

from __future__ import annotations

from typing import ClassVar

import attrs

from haitech_domain.change import Event
from haitech_domain.ids import CycleId, PaymentId, RegistrationId, StudentId
from haitech_domain.money import Money
from haitech_domain.registration.entity import PaymentMethod, PaymentStatus


@attrs.frozen(kw_only=True)
class RegistrationEvent(Event):
    """What every event of a registration tells: which, who, and into what."""

    registration_id: RegistrationId
    student_id: StudentId
    cycle_id: CycleId


@attrs.frozen(kw_only=True)
class RegistrationCreated(RegistrationEvent):
    """A student was registered."""

    type: ClassVar[str] = "registration.created"


@attrs.frozen(kw_only=True)
class RegistrationUpdated(RegistrationEvent):
    """Some of a registration's fields changed; `fields` names them."""

    type: ClassVar[str] = "registration.updated"
    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class RegistrationCancelled(RegistrationEvent):
    """A registration was cancelled, perhaps with a refund."""

    type: ClassVar[str] = "registration.cancelled"
    cancellation_reason: str | None
    refund_amount: Money | None


@attrs.frozen(kw_only=True)
class RegistrationPaid(RegistrationEvent):
    """Money came in for a registration: how much, and what it makes of the whole (R-REG-4)."""

    type: ClassVar[str] = "registration.paid"
    payment_id: PaymentId
    amount: Money
    payment_method: PaymentMethod | None
    paid_amount: Money
    balance: Money | None
    payment_status: PaymentStatus


@attrs.frozen(kw_only=True)
class RegistrationCompleted(RegistrationEvent):
    """A registration reached the end of its cycle."""

    type: ClassVar[str] = "registration.completed"
