"""What happens to registrations."""

from __future__ import annotations

from typing import ClassVar

import attrs

from haitech_domain.change import Event
from haitech_domain.ids import CycleId, RegistrationId, StudentId


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
    """A registration was cancelled."""

    type: ClassVar[str] = "registration.cancelled"
    cancellation_reason: str | None


@attrs.frozen(kw_only=True)
class RegistrationCompleted(RegistrationEvent):
    """A registration reached the end of its cycle."""

    type: ClassVar[str] = "registration.completed"
