"""What happens to meetings."""

from __future__ import annotations

from datetime import date, time
from typing import ClassVar

import attrs

from haitech_domain.change import Event
from haitech_domain.ids import CycleId, InstructorId, MeetingId
from haitech_domain.money import Money, Net


@attrs.frozen(kw_only=True)
class MeetingEvent(Event):
    """What every event of a meeting tells: which, and when it is held."""

    meeting_id: MeetingId
    cycle_id: CycleId
    instructor_id: InstructorId
    scheduled_date: date
    start_time: time
    end_time: time


@attrs.frozen(kw_only=True)
class MeetingCreated(MeetingEvent):
    """A meeting was scheduled."""

    type: ClassVar[str] = "meeting.created"


@attrs.frozen(kw_only=True)
class MeetingUpdated(MeetingEvent):
    """Some of a meeting's fields changed; `fields` names them."""

    type: ClassVar[str] = "meeting.updated"
    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class MeetingCompleted(MeetingEvent):
    """A meeting was held, and its money is fixed (shekels)."""

    type: ClassVar[str] = "meeting.completed"
    revenue: Net
    instructor_payment: Money
    employer_cost: Money
    profit: Money


@attrs.frozen(kw_only=True)
class MeetingCancelled(MeetingEvent):
    """A meeting was called off."""

    type: ClassVar[str] = "meeting.cancelled"
    cancellation_reason: str | None


@attrs.frozen(kw_only=True)
class MeetingPostponed(MeetingEvent):
    """A meeting was put off to another one."""

    type: ClassVar[str] = "meeting.postponed"
    replacement_id: MeetingId
    new_date: date


@attrs.frozen(kw_only=True)
class MeetingReopened(MeetingEvent):
    """A completed or cancelled meeting is scheduled again, without money."""

    type: ClassVar[str] = "meeting.reopened"
