"""The status of a cycle and its derived figures: the functions that own them (R-CYC-1…4, 8).

Each gives the cycle's own change. What goes with it, the meetings and registrations of the
cascade, is changed by whoever calls, in the same transaction.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import attrs

from haitech_domain.change import Change, Transition
from haitech_domain.cycle.entity import Cycle
from haitech_domain.cycle.events import (
    CycleCancelled,
    CycleCompleted,
    CycleCreated,
    CycleUpdated,
)
from haitech_domain.cycle.kinds import CycleStatus
from haitech_domain.cycle.progress import Tally
from haitech_domain.errors import DomainError
from haitech_domain.ids import CycleId


@attrs.frozen
class CycleCancelledError(DomainError):
    """R-MEET-7: in a cancelled cycle no meeting changes."""

    reason: ClassVar[str] = "cycle.is_cancelled"
    says: ClassVar[str] = "cycle {name} is cancelled; reopen it before changing its meetings"
    id: CycleId
    name: str


@attrs.frozen
class MeetingsStillScheduled(DomainError):
    """R-CYC-3: a cycle is not completed by hand while a meeting is scheduled."""

    reason: ClassVar[str] = "cycle.meetings_scheduled"
    says: ClassVar[str] = "cycle {name} still has {count} scheduled meetings"
    id: CycleId
    name: str
    count: int


@attrs.frozen
class TotalBelowLiveNumber(DomainError):
    """R-CYC-8: the total may not fall below the highest number of a live meeting."""

    reason: ClassVar[str] = "cycle.total_below_live_number"
    says: ClassVar[str] = "a total of {total} is below meeting number {highest}, which is live"
    total: int
    highest: int


def created(cycle: Cycle, *, at: datetime) -> Change[Cycle]:
    """A new cycle, with its event."""
    event = CycleCreated(
        at=at,
        cycle_id=cycle.id,
        name=cycle.name,
        course_id=cycle.course_id,
        branch_id=cycle.branch_id,
        instructor_id=cycle.instructor_id,
        start_date=cycle.start_date,
    )
    return Change.created(cycle, event)


def settle(cycle: Cycle, tally: Tally, *, at: datetime, may_complete: bool = True) -> Change[Cycle]:
    """R-CYC-1, R-CYC-2, R-CYC-4: bring the derived figures up to date with the meetings.

    An active cycle whose numbers 1…total are all completed, with none scheduled, becomes
    completed; not so where nothing but its status has changed by hand (`may_complete` false).
    """
    figures = _figures(cycle, tally)
    finished = tally.completed_in_plan >= cycle.total_meetings and not tally.scheduled
    if may_complete and cycle.status is CycleStatus.ACTIVE and finished:
        return _completed(cycle, at, figures)
    return Change.updated(cycle, cycle.changed(at, **figures), action="progress")


def _figures(cycle: Cycle, tally: Tally) -> dict[str, Any]:
    return {
        "completed_meetings": tally.completed,
        "scheduled_meetings": tally.scheduled,
        "cancelled_meetings": tally.cancelled,
        "postponed_meetings": tally.postponed,
        "end_date": tally.last_day or cycle.given_end_date,
    }


def complete(cycle: Cycle, tally: Tally, *, at: datetime) -> Change[Cycle]:
    """R-CYC-3: active → completed by hand.

    :raises Transition: it is not active
    :raises MeetingsStillScheduled: a meeting is scheduled
    """
    _must_be(cycle, "complete", CycleStatus.ACTIVE)
    if tally.scheduled:
        raise MeetingsStillScheduled(cycle.id, cycle.name, tally.scheduled)
    return _completed(cycle, at, _figures(cycle, tally))


def _completed(cycle: Cycle, at: datetime, figures: dict[str, Any]) -> Change[Cycle]:
    after = cycle.changed(at, status=CycleStatus.COMPLETED, **figures)
    event = CycleCompleted(
        at=at, cycle_id=cycle.id, name=cycle.name, completed_meetings=after.completed_meetings
    )
    return Change.updated(cycle, after, event, action="complete")


def cancel(cycle: Cycle, *, at: datetime) -> Change[Cycle]:
    """R-CYC-3: active → cancelled.

    :raises Transition: it is not active
    """
    _must_be(cycle, "cancel", CycleStatus.ACTIVE)
    after = cycle.changed(at, status=CycleStatus.CANCELLED)
    event = CycleCancelled(at=at, cycle_id=cycle.id, name=cycle.name)
    return Change.updated(cycle, after, event, action="cancel")


def reopen(cycle: Cycle, *, at: datetime) -> Change[Cycle]:
    """R-CYC-3: completed or cancelled → active.

    :raises Transition: it is active
    """
    _must_be(cycle, "reopen", CycleStatus.COMPLETED, CycleStatus.CANCELLED)
    after = cycle.changed(at, status=CycleStatus.ACTIVE)
    event = CycleUpdated(at=at, cycle_id=cycle.id, fields=("status",))
    return Change.updated(cycle, after, event, action="reopen")


def resize(cycle: Cycle, total: int, tally: Tally) -> None:
    """R-CYC-8: whether the total may become `total`.

    :raises TotalBelowLiveNumber: a live meeting's number is above it
    """
    if total < cycle.total_meetings and total < tally.highest_number:
        raise TotalBelowLiveNumber(total, tally.highest_number)


def _must_be(cycle: Cycle, verb: str, *allowed: CycleStatus) -> None:
    if cycle.status not in allowed:
        raise Transition("cycle", cycle.status, verb, tuple(allowed))
