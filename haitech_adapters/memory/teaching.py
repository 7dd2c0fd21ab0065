"""Cycles, meetings and registrations in memory."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from haitech_adapters.memory.constraints import NeverInTwoPlaces, Unique
from haitech_adapters.memory.declaration import (
    Reference,
    Resource,
    between,
    equals,
    overlapping,
    through,
)
from haitech_adapters.memory.history import RepositoryWithHistory
from haitech_adapters.memory.instructors import INSTRUCTORS
from haitech_adapters.memory.payments import must_be_its_payments
from haitech_adapters.memory.places import BRANCHES, COURSES
from haitech_adapters.memory.repository import MemoryRepository
from haitech_adapters.memory.state import State
from haitech_domain.branch import Branch
from haitech_domain.calendar import DateRange, TimeSlot
from haitech_domain.course import Course
from haitech_domain.cycle import Cycle, CycleStatus, Tally
from haitech_domain.errors import Duplicate, NotFound
from haitech_domain.ids import CustomerId, CycleId, InstructorId, RegistrationId, StudentId
from haitech_domain.instructor import Instructor
from haitech_domain.meeting import Meeting, MeetingStatus, in_order, tally
from haitech_domain.order import InstitutionalOrder
from haitech_domain.ports import Relatives, listings
from haitech_domain.registration import AlreadyRegistered, Registration
from haitech_domain.scheduling import conflicts
from haitech_domain.student import Student
from haitech_domain.zoom import room_number


def _own_cycle(row: Cycle, instructor: InstructorId, state: State) -> bool:
    del state
    return row.instructor_id == instructor


def _in_own_cycle(row: Meeting | Registration, instructor: InstructorId, state: State) -> bool:
    cycle = state.table(Cycle).get(row.cycle_id)
    return cycle is not None and cycle.deleted_at is None and cycle.instructor_id == instructor


def _own_meeting(row: Meeting, instructor: InstructorId, state: State) -> bool:
    """R-ACC-2: to read a meeting is to be its instructor or its cycle's."""
    return row.instructor_id == instructor or _in_own_cycle(row, instructor, state)


def _activity(row: Meeting, value: Any, state: State) -> bool:
    """R-PAY-1: a meeting's activity is its own, else its cycle's."""
    cycle = state.table(Cycle).get(row.cycle_id)
    inherited = None if cycle is None else cycle.activity_type
    return value is not None and (row.activity_type or inherited) == value


def _on(row: Meeting, value: Any, state: State) -> bool:
    del state
    return bool(row.scheduled_date == value)


def _number(row: Meeting) -> Hashable | None:
    """R-SCHED-5: teaching meetings of a cycle have numbers of their own."""
    teaches = row.deleted_at is None and row.status.teaches
    return (row.cycle_id, row.number) if teaches and row.number is not None else None


def _place(row: Registration) -> Hashable | None:
    """R-REG-1: one live registration of a student in a cycle."""
    return (row.student_id, row.cycle_id) if row.is_live else None


CYCLES: Final = Resource(
    cls=Cycle,
    name="cycle",
    listing=listings.CYCLES,
    filters={
        **equals("course_id", "branch_id", "instructor_id", "institutional_order_id"),
        **equals("type", "status", "day_of_week", "activity_type"),
        **overlapping("start_date", "end_date"),
    },
    own=_own_cycle,
    references=(
        Reference("course_id", Course, "course"),
        Reference("branch_id", Branch, "branch"),
        Reference("instructor_id", Instructor, "instructor"),
        Reference("institutional_order_id", InstitutionalOrder, "institutional_order"),
    ),
)
MEETINGS: Final = Resource(
    cls=Meeting,
    name="meeting",
    listing=listings.MEETINGS,
    filters={
        **equals("cycle_id", "instructor_id", "status"),
        "branch_id": through("cycle_id", Cycle, "branch_id"),
        "course_id": through("cycle_id", Cycle, "course_id"),
        "activity_type": _activity,
        "date": _on,
        **between("scheduled_date"),
    },
    own=_own_meeting,
    references=(
        Reference("cycle_id", Cycle, "cycle"),
        Reference("instructor_id", Instructor, "instructor"),
        Reference("rescheduled_to_id", Meeting, "meeting"),
        Reference("rescheduled_from_id", Meeting, "meeting"),
    ),
    constraints=(
        Unique(_number, lambda _new, _there: Duplicate("meeting", "number")),
        NeverInTwoPlaces(),
    ),
)
REGISTRATIONS: Final = Resource(
    cls=Registration,
    name="registration",
    listing=listings.REGISTRATIONS,
    filters={
        **equals("student_id", "cycle_id", "status", "payment_status"),
        "customer_id": through("student_id", Student, "customer_id"),
        **between("registration_date"),
    },
    own=_in_own_cycle,
    references=(
        Reference("student_id", Student, "student"),
        Reference("cycle_id", Cycle, "cycle"),
    ),
    constraints=(Unique(_place, lambda new, there: AlreadyRegistered(new.student_id, there.id)),),
    at_commit=must_be_its_payments,
)


class MemoryCycles(RepositoryWithHistory[Cycle]):
    """The cycles."""

    async def relatives(self, cycles: Sequence[Cycle]) -> Relatives:
        """What all these cycles belong to."""
        courses = MemoryRepository(COURSES, self._session)
        branches = MemoryRepository(BRANCHES, self._session)
        instructors = MemoryRepository(INSTRUCTORS, self._session)
        return Relatives(
            courses=await courses.many({c.course_id for c in cycles}),
            branches=await branches.many({c.branch_id for c in cycles}),
            instructors=await instructors.many({c.instructor_id for c in cycles}),
        )

    async def active_count(
        self,
        *,
        course: UUID | None = None,
        branch: UUID | None = None,
        instructor: UUID | None = None,
        order: UUID | None = None,
    ) -> int:
        """How many live, active cycles belong to the one thing named."""
        return len(
            self._live(
                lambda c: (
                    c.status is CycleStatus.ACTIVE
                    and course in (None, c.course_id)
                    and branch in (None, c.branch_id)
                    and instructor in (None, c.instructor_id)
                    and order in (None, c.institutional_order_id)
                )
            )
        )


class MemoryMeetings(MemoryRepository[Meeting]):
    """The meetings."""

    async def of_cycle(self, cycle: CycleId) -> Sequence[Meeting]:
        """All live meetings of a cycle whatever their status, by date, start and id."""
        return in_order(self._live(lambda m: m.cycle_id == cycle))

    async def of_cycles(self, cycles: Iterable[CycleId]) -> Mapping[CycleId, Sequence[Meeting]]:
        """`of_cycle` of each of these cycles."""
        return {cycle: await self.of_cycle(cycle) for cycle in cycles}

    async def tally(self, cycle: CycleId) -> Tally:
        """The counts and dates from which a cycle's progress is derived (R-CYC-1).

        :raises NotFound: there is no such cycle
        """
        row = self._session.state.table(Cycle).get(cycle)
        if row is None:
            raise NotFound("cycle", cycle)
        return tally(self._live(lambda m: m.cycle_id == cycle), row.total_meetings)

    async def clashing(
        self,
        instructor: InstructorId,
        slots: Sequence[tuple[date, TimeSlot]],
        *,
        apart_from: Iterable[UUID] = (),
    ) -> Sequence[Meeting]:
        """The teaching meetings of an instructor that overlap any of the slots (R-SCHED-9)."""
        passed_over = set(apart_from)
        mine = self._live(lambda m: m.instructor_id == instructor and m.id not in passed_over)
        found = {c.meeting.id: c.meeting for c in conflicts(slots, mine)}
        return in_order(found.values())

    async def booked_after(self, instructor: InstructorId, day: date) -> Sequence[Meeting]:
        """The teaching meetings of an instructor on days after `day`, by date, start and id."""
        return in_order(
            self._live(
                lambda m: (
                    m.instructor_id == instructor and m.status.teaches and m.scheduled_date > day
                )
            )
        )

    async def of_instructor(self, instructor: InstructorId, days: DateRange) -> Sequence[Meeting]:
        """The live meetings of an instructor on these days, by date, start and id."""
        return in_order(
            self._live(lambda m: m.instructor_id == instructor and m.scheduled_date in days)
        )

    async def in_room(self, room: str, day: date) -> Sequence[Meeting]:
        """The teaching meetings of a day in a Zoom room, by start and id."""
        cycles = self._session.state.table(Cycle)

        def held_there(meeting: Meeting) -> bool:
            there = meeting.zoom_meeting_id or cycles[meeting.cycle_id].zoom_meeting_id
            return there is not None and room_number(there) == room

        return in_order(
            self._live(lambda m: m.status.teaches and m.scheduled_date == day and held_there(m))
        )

    async def scheduled_count(self, instructor: InstructorId) -> int:
        """How many live meetings of an instructor are scheduled."""
        return len(
            self._live(
                lambda m: m.instructor_id == instructor and m.status is MeetingStatus.SCHEDULED
            )
        )


class MemoryRegistrations(MemoryRepository[Registration]):
    """The registrations."""

    async def of_cycle(self, cycle: CycleId) -> Sequence[Registration]:
        """All registrations of a cycle that are not deleted, by creation and id."""
        found = self._live(lambda r: r.cycle_id == cycle)
        return sorted(found, key=lambda r: (r.created_at, r.id))

    async def of_cycles(
        self, cycles: Iterable[CycleId]
    ) -> Mapping[CycleId, Sequence[Registration]]:
        """`of_cycle` of each of these cycles."""
        return {cycle: await self.of_cycle(cycle) for cycle in cycles}

    async def whose(self, ids: Iterable[RegistrationId]) -> Mapping[RegistrationId, StudentId]:
        """The student of each of these registrations, deleted ones too (R-REG-6)."""
        table = self._session.state.table(Registration)
        return {id: table[id].student_id for id in ids if id in table}

    async def live_count(
        self, *, customer: CustomerId | None = None, student: StudentId | None = None
    ) -> int:
        """How many live registrations a customer's students, or one student, have."""
        students = self._session.state.table(Student)
        return len(
            self._live(
                lambda r: (
                    r.is_live
                    and student in (None, r.student_id)
                    and customer in (None, students[r.student_id].customer_id)
                )
            )
        )
