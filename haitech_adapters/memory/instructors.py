"""Instructors and their time off in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from haitech_adapters.memory.constraints import unique_while_live
from haitech_adapters.memory.declaration import Reference, Resource, equals, overlapping
from haitech_adapters.memory.history import RepositoryWithHistory
from haitech_adapters.memory.repository import MemoryRepository, NamedRepository
from haitech_adapters.memory.state import State
from haitech_domain.calendar import DateRange
from haitech_domain.ids import InstructorId
from haitech_domain.instructor import Instructor, TimeOff
from haitech_domain.meeting import Meeting
from haitech_domain.ports import listings
from haitech_domain.scheduling import Availability, FreeTime, free_on
from haitech_domain.user import User


def _self(row: Instructor, instructor: InstructorId, state: State) -> bool:
    del state
    return row.id == instructor


def _theirs(row: TimeOff, instructor: InstructorId, state: State) -> bool:
    del state
    return row.instructor_id == instructor


def _is_free(row: Instructor, wanted: FreeTime, state: State) -> bool:
    """R-SCHED-10, on a day that teaches."""
    time_off = tuple(off.days for off in state.live(TimeOff) if off.instructor_id == row.id)
    booked = (
        meeting
        for meeting in state.live(Meeting)
        if meeting.instructor_id == row.id and meeting.scheduled_date == wanted.day
    )
    return wanted.is_in(free_on(wanted.day, Availability(row.windows, time_off), booked))


INSTRUCTORS: Final = Resource(
    cls=Instructor,
    name="instructor",
    listing=listings.INSTRUCTORS,
    filters={**equals("is_active"), "free": _is_free},
    own=_self,
    references=(Reference("user_id", User, "user"),),
    constraints=(
        unique_while_live("instructor", "phone"),
        unique_while_live("instructor", "email"),
        unique_while_live("instructor", "user_id"),
    ),
)
TIME_OFF: Final = Resource(
    cls=TimeOff,
    name="time_off",
    listing=listings.TIME_OFF,
    filters={**equals("instructor_id"), **overlapping("first_day", "last_day")},
    own=_theirs,
    references=(Reference("instructor_id", Instructor, "instructor"),),
)


class MemoryInstructors(NamedRepository[Instructor], RepositoryWithHistory[Instructor]):
    """The instructors."""


class MemoryTimeOff(MemoryRepository[TimeOff]):
    """The time off of instructors."""

    async def touching(self, instructor: InstructorId, days: DateRange) -> Sequence[TimeOff]:
        """The live time off of an instructor that has any of these days, by first day and id."""
        found = self._live(
            lambda off: (
                off.instructor_id == instructor
                and off.first_day <= days.end
                and off.last_day >= days.start
            )
        )
        return sorted(found, key=lambda off: (off.first_day, off.id))
