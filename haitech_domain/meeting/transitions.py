"""The status of a meeting, owned together with its money (R-MEET-2, R-MEET-3, R-MEET-8).

`_to` is the only place that sets a status, and it cannot be called without the money that goes
with it.
"""

from __future__ import annotations

import typing
from datetime import date, datetime
from typing import Any, ClassVar, Final, TypeVar

import attrs

from haitech_domain.calendar import TimeSlot
from haitech_domain.change import Change, Transition, Verb
from haitech_domain.cycle import ActivityType
from haitech_domain.errors import DomainError, Invalid, Problem
from haitech_domain.ids import CycleId, InstructorId, MeetingId
from haitech_domain.meeting.entity import NO_MONEY, Meeting, Settlement
from haitech_domain.meeting.events import (
    MeetingCancelled,
    MeetingCompleted,
    MeetingCreated,
    MeetingEvent,
    MeetingPostponed,
    MeetingReopened,
    MeetingUpdated,
)
from haitech_domain.meeting.kinds import MeetingNature, MeetingStatus

FIXED_ONCE_HELD: Final = frozenset(
    {"scheduled_date", "start_time", "end_time", "instructor_id", "activity_type", "nature"}
)
"""R-MEET-8: what changes only while a meeting is scheduled."""


OWNED_BY_VERBS: Final = frozenset(
    {
        "status",
        "completed_at",
        "cancellation_reason",
        "cancelled_with_cycle",
        "rescheduled_to_id",
        "rescheduled_from_id",
        *NO_MONEY.as_fields(),
    }
)
"""R-MEET-3, R-MEET-8: what changes only through the verbs of this module."""


@attrs.frozen
class MeetingIsFixed(DomainError):
    """R-MEET-8: time, date, instructor, activity and nature change only while scheduled."""

    reason: ClassVar[str] = "meeting.is_fixed"
    says: ClassVar[str] = "these change only while a meeting is scheduled; this one is {status}"
    fields: tuple[str, ...]
    status: MeetingStatus

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Each field that would have changed."""
        text = "changes only while the meeting is scheduled"
        return tuple(Problem(field, text, self.reason) for field in self.fields)


def schedule(
    *,
    id: MeetingId,
    cycle_id: CycleId,
    number: int,
    instructor_id: InstructorId,
    day: date,
    slot: TimeSlot,
    at: datetime,
    nature: MeetingNature = MeetingNature.REGULAR,
    activity_type: ActivityType | None = None,
    **notes: Any,
) -> Change[Meeting]:
    """A new scheduled meeting. `notes` are fields that bear on nothing else (topic, notes …).

    :raises Invalid: a value breaks its rule
    """
    meeting = Meeting(
        id=id,
        cycle_id=cycle_id,
        number=number,
        instructor_id=instructor_id,
        scheduled_date=day,
        start_time=slot.start,
        end_time=slot.end,
        nature=nature,
        activity_type=activity_type,
        created_at=at,
        updated_at=at,
        **notes,
    )
    return Change.created(meeting, scheduled_event(meeting, at))


def complete(
    meeting: Meeting, money: Settlement, *, at: datetime, **notes: str | None
) -> Change[Meeting]:
    """scheduled → completed, with the money of this moment as a snapshot.

    :raises Transition: it is not scheduled
    """
    must_be(meeting, "complete", MeetingStatus.SCHEDULED)
    after = _to(meeting, MeetingStatus.COMPLETED, money, at, completed_at=at, **notes)
    event = event_of(
        MeetingCompleted,
        after,
        at,
        revenue=after.revenue,
        instructor_payment=after.instructor_payment,
        employer_cost=after.employer_cost,
        profit=after.profit,
    )
    return Change.updated(meeting, after, event, action="complete")


def cancel(
    meeting: Meeting, *, at: datetime, reason: str | None = None, with_cycle: bool = False
) -> Change[Meeting]:
    """scheduled → cancelled; its number is free. `with_cycle` marks the cascade of R-CYC-3.

    :raises Transition: it is not scheduled
    """
    must_be(meeting, "cancel", MeetingStatus.SCHEDULED)
    after = _to(
        meeting,
        MeetingStatus.CANCELLED,
        NO_MONEY,
        at,
        cancellation_reason=reason,
        cancelled_with_cycle=with_cycle,
    )
    event = event_of(MeetingCancelled, after, at, cancellation_reason=after.cancellation_reason)
    return Change.updated(meeting, after, event, action="cancel")


def postpone(
    meeting: Meeting,
    *,
    replacement_id: MeetingId,
    day: date,
    slot: TimeSlot,
    at: datetime,
    conflict_override: bool = False,
    notes: str | None = None,
) -> tuple[Change[Meeting], Change[Meeting]]:
    """R-MEET-5: scheduled → postponed, and the new meeting that takes its place and number.

    :raises Transition: it is not scheduled
    """
    must_be(meeting, "postpone", MeetingStatus.SCHEDULED)
    new = schedule(
        id=replacement_id,
        cycle_id=meeting.cycle_id,
        number=typing.cast("int", meeting.number),  # Meeting.rules: a scheduled one has one
        instructor_id=meeting.instructor_id,
        day=day,
        slot=slot,
        at=at,
        nature=meeting.nature,
        activity_type=meeting.activity_type,
        topic=meeting.topic,
        rescheduled_from_id=meeting.id,
        conflict_override=conflict_override,
    )
    kept = {} if notes is None else {"notes": notes}
    after = _to(
        meeting, MeetingStatus.POSTPONED, NO_MONEY, at, rescheduled_to_id=replacement_id, **kept
    )
    event = event_of(MeetingPostponed, after, at, replacement_id=replacement_id, new_date=day)
    return Change.updated(meeting, after, event, action="postpone"), new


def reopen(meeting: Meeting, *, at: datetime) -> Change[Meeting]:
    """completed → scheduled; its money is gone.

    :raises Transition: it is not completed
    """
    must_be(meeting, "reopen", MeetingStatus.COMPLETED)
    after = _to(meeting, MeetingStatus.SCHEDULED, NO_MONEY, at, completed_at=None)
    return Change.updated(meeting, after, event_of(MeetingReopened, after, at), action="reopen")


def restore(
    meeting: Meeting, *, number: int, at: datetime, conflict_override: bool = False
) -> Change[Meeting]:
    """cancelled → scheduled, under `number`: its own if that is free, else a free one.

    :raises Transition: it is not cancelled
    """
    must_be(meeting, "restore", MeetingStatus.CANCELLED)
    after = _to(
        meeting,
        MeetingStatus.SCHEDULED,
        NO_MONEY,
        at,
        number=number,
        cancellation_reason=None,
        cancelled_with_cycle=False,
        conflict_override=conflict_override,
    )
    return Change.updated(meeting, after, event_of(MeetingReopened, after, at), action="restore")


def recalculate(meeting: Meeting, money: Settlement, *, at: datetime) -> Change[Meeting]:
    """R-MEET-6: the same meeting under other inputs.

    :raises Transition: it is not completed
    """
    must_be(meeting, "recalculate", MeetingStatus.COMPLETED)
    after = _to(meeting, MeetingStatus.COMPLETED, money, at)
    return _updated(meeting, after, at, action="recalculate")


def amend(meeting: Meeting, *, at: datetime, **fields: Any) -> Change[Meeting]:
    """R-MEET-8: change fields that are neither status nor money.

    :raises MeetingIsFixed: a field that changes only while scheduled, on one that is not
    :raises Invalid: a value breaks its rule, or belongs to a verb
    """
    refused = tuple(
        Problem(field, "changes only through its verbs", "meeting.verb_only")
        for field in sorted(OWNED_BY_VERBS & fields.keys())
    )
    if refused:
        raise Invalid(refused)
    after = meeting.changed(at, **fields)
    touched = tuple(sorted(f for f in fields if getattr(meeting, f) != getattr(after, f)))
    fixed = tuple(f for f in touched if f in FIXED_ONCE_HELD)
    if fixed and meeting.status is not MeetingStatus.SCHEDULED:
        raise MeetingIsFixed(fixed, meeting.status)
    return _updated(meeting, after, at)


def hand_over(
    meeting: Meeting, to: InstructorId, *, at: datetime, conflict_override: bool = False
) -> Change[Meeting]:
    """R-CYC-9: a meeting that is still to be held goes to its cycle's new instructor.

    So does one that the cancelling of its cycle took, and that reopening will bring back.

    :raises MeetingIsFixed: it was held or postponed, or cancelled by itself
    """
    if meeting.status is not MeetingStatus.SCHEDULED and not meeting.cancelled_with_cycle:
        raise MeetingIsFixed(("instructor_id",), meeting.status)
    after = meeting.changed(at, instructor_id=to, conflict_override=conflict_override)
    return _updated(meeting, after, at)


def _updated(
    before: Meeting, after: Meeting, at: datetime, *, action: Verb = "update"
) -> Change[Meeting]:
    touched = tuple(
        a.name
        for a in attrs.fields(Meeting)
        if a.name not in {"version", "updated_at"}
        and getattr(before, a.name) != getattr(after, a.name)
    )
    event = event_of(MeetingUpdated, after, at, fields=touched)
    return Change.updated(before, after, event, action=action)


def _to(
    meeting: Meeting, status: MeetingStatus, money: Settlement, at: datetime, **also: Any
) -> Meeting:
    """The one place that sets a status, with its money."""
    return meeting.changed(at, status=status, **money.as_fields(), **also)


def must_be(meeting: Meeting, verb: str, allowed: MeetingStatus) -> None:
    """R-MEET-2. :raises Transition: it stands elsewhere"""
    if meeting.status is not allowed:
        raise Transition("meeting", meeting.status, verb, (allowed,))


V = TypeVar("V", bound=MeetingEvent)


def take_out(meeting: Meeting, gone: Meeting, *, at: datetime) -> Change[Meeting]:
    """R-PPL-3: `gone` is the meeting as deleted, by itself or with its cycle."""
    event = event_of(MeetingUpdated, gone, at, fields=("deleted_at",))
    return Change.updated(meeting, gone, event, action="delete")


def bring_back(meeting: Meeting, back: Meeting, *, at: datetime) -> Change[Meeting]:
    """R-PPL-3: `back` is the meeting as it lives again, by itself or with its cycle."""
    event = event_of(MeetingUpdated, back, at, fields=("deleted_at",))
    return Change.updated(meeting, back, event, action="restore")


def scheduled_event(meeting: Meeting, at: datetime) -> MeetingCreated:
    """The event of a new meeting."""
    return event_of(MeetingCreated, meeting, at)


def event_of(kind: type[V], meeting: Meeting, at: datetime, **facts: Any) -> V:
    """An event about a meeting, with what every such event tells."""
    return kind(
        at=at,
        meeting_id=meeting.id,
        cycle_id=meeting.cycle_id,
        instructor_id=meeting.instructor_id,
        scheduled_date=meeting.scheduled_date,
        start_time=meeting.start_time,
        end_time=meeting.end_time,
        **facts,
    )
