"""An instructor is never in two places (R-SCHED-9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import ClassVar

import attrs

from haitech_domain.calendar import TimeSlot
from haitech_domain.errors import DomainError, Problem
from haitech_domain.meeting import Meeting


@attrs.frozen
class Conflict:
    """A wanted slot and the meeting that is in its way."""

    day: date
    slot: TimeSlot
    meeting: Meeting

    def __str__(self) -> str:
        other = self.meeting
        return (
            f"{self.day} {self.slot.start:%H:%M}-{self.slot.end:%H:%M} overlaps meeting {other.id}"
            f" ({other.start_time:%H:%M}-{other.end_time:%H:%M}) of cycle {other.cycle_id}"
        )


@attrs.frozen
class InstructorBusy(DomainError):
    """R-SCHED-9: the instructor teaches elsewhere at that time; `conflicts` says where."""

    reason: ClassVar[str] = "instructor.busy"
    conflicts: tuple[Conflict, ...]

    @property
    def message(self) -> str:
        """How many, and what can be done."""
        many = len(self.conflicts)
        return f"the instructor is busy ({many} overlapping); choose another time or allow it"

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every overlap."""
        return tuple(Problem("scheduled_date", str(c), self.reason) for c in self.conflicts)


def conflicts(
    wanted: Iterable[tuple[date, TimeSlot]], meetings: Iterable[Meeting]
) -> tuple[Conflict, ...]:
    """Which of an instructor's teaching meetings overlap the wanted slots (half-open).

    >>> from datetime import time
    >>> conflicts([(date(2026, 3, 1), TimeSlot(time(16), time(17)))], meetings=[])
    ()
    """
    by_day: dict[date, list[Meeting]] = {}
    for meeting in meetings:
        if meeting.deleted_at is None and meeting.status.teaches:
            by_day.setdefault(meeting.scheduled_date, []).append(meeting)
    return tuple(
        Conflict(day, slot, meeting)
        for day, slot in wanted
        for meeting in by_day.get(day, ())
        if slot.overlaps(meeting.slot)
    )


def refuse(found: Sequence[Conflict], *, allowed: bool) -> bool:
    """Whether conflicts were found and overridden.

    :raises InstructorBusy: found, and not allowed
    """
    if found and not allowed:
        raise InstructorBusy(tuple(found))
    return bool(found)
