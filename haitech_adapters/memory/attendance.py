"""Attendance in memory."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from haitech_adapters.memory.constraints import Unique
from haitech_adapters.memory.declaration import Reference, Resource, Test, equals
from haitech_adapters.memory.listing import meant
from haitech_adapters.memory.repository import MemoryRepository
from haitech_adapters.memory.state import State
from haitech_adapters.memory.teaching import MEETINGS
from haitech_domain.attendance import Mark, MarkCounts
from haitech_domain.attendance.entity import TARGETS
from haitech_domain.errors import Duplicate
from haitech_domain.ids import MeetingId
from haitech_domain.meeting import Meeting
from haitech_domain.ports import Query, listings
from haitech_domain.registration import Registration
from haitech_domain.student import Student
from haitech_domain.user import User


def _in_live_meeting(row: Mark, state: State) -> bool:
    """R-PPL-4: what belongs to a deleted meeting is in no list."""
    return state.table(Meeting)[row.meeting_id].deleted_at is None


def _in_own_meeting(row: Mark, instructor: UUID, state: State) -> bool:
    """R-ACC-2: whoever reads the meeting reads its marks."""
    return MEETINGS.own(state.table(Meeting)[row.meeting_id], instructor, state)


def _of_student(row: Mark, value: Any, state: State) -> bool:
    """A student's own marks, and those through a registration, deleted or not (R-REG-6)."""
    if row.registration_id is None:
        return value is not None and bool(row.student_id == value)
    return bool(state.table(Registration)[row.registration_id].student_id == value)


def _held_since(row: Mark, value: date, state: State) -> bool:
    return state.table(Meeting)[row.meeting_id].scheduled_date >= value


def _held_until(row: Mark, value: date, state: State) -> bool:
    return state.table(Meeting)[row.meeting_id].scheduled_date <= value


def _of_meeting(test: Test[Meeting]) -> Test[Mark]:
    """What holds of the meeting of a mark."""
    return lambda row, value, state: test(state.table(Meeting)[row.meeting_id], value, state)


def _once(field: str) -> Unique[Mark]:
    """R-ATT-1: one live mark of a target in a meeting."""
    return Unique(_key(field), lambda _new, _there: Duplicate("attendance", field))


def _key(field: str) -> Callable[[Mark], Hashable | None]:
    def key(row: Mark) -> Hashable | None:
        target = getattr(row, field)
        counts = row.deleted_at is None and target is not None
        return (row.meeting_id, target) if counts else None

    return key


ATTENDANCE: Final = Resource(
    cls=Mark,
    name="attendance",
    listing=listings.ATTENDANCE,
    filters={
        **equals("meeting_id", "registration_id", "status", "is_trial"),
        "cycle_id": _of_meeting(equals("cycle_id")["cycle_id"]),
        "branch_id": _of_meeting(MEETINGS.filters["branch_id"]),
        "student_id": _of_student,
        "from": _held_since,
        "to": _held_until,
    },
    own=_in_own_meeting,
    stands=_in_live_meeting,
    references=(
        Reference("meeting_id", Meeting, "meeting"),
        Reference("registration_id", Registration, "registration"),
        Reference("student_id", Student, "student"),
        Reference("recorded_by_id", User, "user"),
    ),
    constraints=tuple(map(_once, TARGETS)),
)


class MemoryAttendance(MemoryRepository[Mark]):
    """The marks."""

    async def of_meeting(self, meeting: MeetingId) -> Sequence[Mark]:
        """The live marks of a meeting, by creation and id."""
        found = self._live(lambda mark: mark.meeting_id == meeting)
        return sorted(found, key=lambda mark: (mark.created_at, mark.id))

    async def counts(self, query: Query) -> MarkCounts:
        """R-ATT-4: how many marks a query means, in meetings that teach.

        :raises Invalid: an unknown filter
        """
        state = self._session.state
        meetings = state.table(Meeting)
        found = meant(self._resource, query, state)
        return MarkCounts.of(m for m in found if meetings[m.meeting_id].status.teaches)
