"""What the repositories of cycles, meetings, registrations and attendance can do besides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeVar
from uuid import UUID

import attrs
import sqlalchemy as sa

from haitech_adapters.postgres.compiled import compiled, sql_of
from haitech_adapters.postgres.history import RepositoryWithHistory
from haitech_adapters.postgres.mapping import among, ids_of, parameter
from haitech_adapters.postgres.mappings import (
    ATTENDANCE,
    BRANCHES,
    COURSES,
    CYCLES,
    INSTRUCTORS,
    MEETINGS,
    REGISTRATIONS,
)
from haitech_adapters.postgres.repository import PostgresRepository
from haitech_adapters.postgres.shapes import Many, PageOf
from haitech_adapters.postgres.tables import (
    attendance,
    cycles,
    meetings,
    registrations,
    students,
)
from haitech_adapters.postgres.tables.columns import room_of
from haitech_adapters.postgres.tables.teaching import HAS_PLACE, TEACHES
from haitech_domain.attendance import Mark, MarkCounts
from haitech_domain.calendar import DateRange, TimeSlot
from haitech_domain.cycle import Cycle, Tally
from haitech_domain.errors import NotFound
from haitech_domain.ids import (
    CustomerId,
    CycleId,
    InstructorId,
    MeetingId,
    RegistrationId,
    StudentId,
)
from haitech_domain.meeting import Meeting
from haitech_domain.ports import Query, Relatives
from haitech_domain.registration import Registration

_TEACHES: Final = sa.literal_column(f"meetings.{TEACHES}", sa.Boolean())
_BY_START: Final = (meetings.c.scheduled_date, meetings.c.start_time, meetings.c.id)


T = TypeVar("T", Meeting, Registration)


def by_cycle(cycles: Iterable[CycleId], rows: Iterable[T]) -> Mapping[CycleId, Sequence[T]]:
    """The rows of each cycle, in their order."""
    found: dict[CycleId, list[T]] = {cycle: [] for cycle in cycles}
    for row in rows:
        found[row.cycle_id].append(row)
    return found


def _status(words: str) -> sa.ColumnElement[bool]:
    return sa.literal_column(f"meetings.status = '{words}'", sa.Boolean())


def _active_count(field: str) -> str:
    active = sa.literal_column("cycles.status = 'active'", sa.Boolean())
    return compiled(
        sa.select(sa.func.count())
        .select_from(cycles)
        .where(CYCLES.live, active, cycles.c[field] == parameter("of"))
    )


_ACTIVE_COUNT: Final = {
    field: _active_count(field)
    for field in ("course_id", "branch_id", "instructor_id", "institutional_order_id")
}


class PostgresCycles(RepositoryWithHistory[Cycle]):
    """The cycles."""

    async def relatives(self, cycles: Sequence[Cycle]) -> Relatives:
        """What all these cycles belong to, in one round trip."""
        if not cycles:
            return Relatives(courses={}, branches={}, instructors={})
        asked = (
            (COURSES, [c.course_id for c in cycles]),
            (BRANCHES, [c.branch_id for c in cycles]),
            (INSTRUCTORS, [c.instructor_id for c in cycles]),
        )
        courses, branches, instructors = await self._session.rows_of_each(
            [(sql_of(Many(of)), {"ids": ids_of(ids), "own": None}) for of, ids in asked]
        )
        return Relatives(
            courses={row.id: row for row in map(COURSES.read, courses)},
            branches={row.id: row for row in map(BRANCHES.read, branches)},
            instructors={row.id: row for row in map(INSTRUCTORS.read, instructors)},
        )

    async def active_count(
        self,
        *,
        course: UUID | None = None,
        branch: UUID | None = None,
        instructor: UUID | None = None,
        order: UUID | None = None,
    ) -> int:
        """How many live, active cycles belong to the one thing named.

        :raises ValueError: none is named, or more than one
        """
        named = {
            "course_id": course,
            "branch_id": branch,
            "instructor_id": instructor,
            "institutional_order_id": order,
        }
        given = [(field, id) for field, id in named.items() if id is not None]
        if len(given) != 1:
            raise ValueError("name exactly one thing that cycles belong to")
        ((field, id),) = given
        (count,) = await self._only(_ACTIVE_COUNT[field], {"of": id})
        return int(count)


def _tally() -> sa.Select[Any]:
    counted = sa.func.count(meetings.c.id)
    planned = _status("completed") & (meetings.c.number <= cycles.c.total_meetings)
    return (
        sa.select(
            counted.filter(_status("completed")),
            counted.filter(_status("scheduled")),
            counted.filter(_status("cancelled")),
            counted.filter(_status("postponed")),
            counted.filter(planned),
            sa.func.max(meetings.c.scheduled_date).filter(_TEACHES),
            sa.func.coalesce(
                sa.func.max(meetings.c.number).filter(_TEACHES), sa.literal_column("0")
            ),
        )
        .select_from(
            cycles.outerjoin(meetings, (meetings.c.cycle_id == cycles.c.id) & MEETINGS.live)
        )
        .where(cycles.c.id == parameter("cycle"))
        .group_by(cycles.c.id)
    )


def _clashing() -> sa.Select[Any]:
    wanted = (
        sa.func.unnest(
            parameter("days", sa.ARRAY(sa.Date())),
            parameter("starts", sa.ARRAY(sa.Time())),
            parameter("ends", sa.ARRAY(sa.Time())),
        )
        .table_valued(
            sa.column("day", sa.Date()),
            sa.column("starts", sa.Time()),
            sa.column("ends", sa.Time()),
        )
        .render_derived(name="wanted")
    )
    overlaps = (
        sa.select(sa.literal_column("1"))
        .select_from(wanted)
        .where(
            wanted.c.day == meetings.c.scheduled_date,
            wanted.c.starts < meetings.c.end_time,
            meetings.c.start_time < wanted.c.ends,
        )
        .correlate(meetings)
        .exists()
    )
    return MEETINGS.select(
        MEETINGS.live,
        _TEACHES,
        meetings.c.instructor_id == parameter("instructor"),
        # so that the index reads these days alone
        meetings.c.scheduled_date == sa.any_(parameter("days", sa.ARRAY(sa.Date()))),
        meetings.c.id != sa.all_(parameter("apart_from", sa.ARRAY(sa.Uuid()))),
        overlaps,
    ).order_by(*_BY_START)


_OF_CYCLE: Final = compiled(
    MEETINGS.select(MEETINGS.live, meetings.c.cycle_id == parameter("cycle")).order_by(*_BY_START)
)
_OF_CYCLES: Final = compiled(
    MEETINGS.select(MEETINGS.live, among(meetings.c.cycle_id, "cycles")).order_by(*_BY_START)
)
_TALLY: Final = compiled(_tally())
_CLASHING: Final = compiled(_clashing())
_BOOKED_AFTER: Final = compiled(
    MEETINGS.select(
        MEETINGS.live,
        _TEACHES,
        meetings.c.instructor_id == parameter("instructor"),
        meetings.c.scheduled_date > parameter("day"),
    ).order_by(*_BY_START)
)
_OF_INSTRUCTOR: Final = compiled(
    MEETINGS.select(
        MEETINGS.live,
        meetings.c.instructor_id == parameter("instructor"),
        meetings.c.scheduled_date.between(parameter("first"), parameter("last")),
    ).order_by(*_BY_START)
)
_THERE: Final = cycles.alias("there")
_IN_ROOM: Final = compiled(
    MEETINGS.select(
        MEETINGS.live,
        _TEACHES,
        meetings.c.scheduled_date == parameter("day"),
        sa.or_(
            room_of(meetings.c.zoom_meeting_id) == parameter("room"),
            meetings.c.zoom_meeting_id.is_(None)
            & (
                meetings.c.cycle_id
                == sa.any_(
                    sa.func.array(
                        sa.select(_THERE.c.id)
                        .where(room_of(_THERE.c.zoom_meeting_id) == parameter("room"))
                        .where(_THERE.c.deleted_at.is_(None))
                        .scalar_subquery(),
                        type_=sa.ARRAY(sa.Uuid()),
                    )
                )
            ),
        ),
    ).order_by(*_BY_START)
)
_SCHEDULED_COUNT: Final = compiled(
    sa.select(sa.func.count())
    .select_from(meetings)
    .where(MEETINGS.live, _status("scheduled"), meetings.c.instructor_id == parameter("instructor"))
)


class PostgresMeetings(PostgresRepository[Meeting]):
    """The meetings."""

    async def of_cycle(self, cycle: CycleId) -> Sequence[Meeting]:
        """All live meetings of a cycle whatever their status, by date, start and id."""
        return await self._all(_OF_CYCLE, {"cycle": cycle})

    async def of_cycles(self, cycles: Iterable[CycleId]) -> Mapping[CycleId, Sequence[Meeting]]:
        """`of_cycle` of each of these cycles, in one question."""
        wanted = ids_of(cycles)
        return by_cycle(wanted, await self._all(_OF_CYCLES, {"cycles": wanted}))

    async def tally(self, cycle: CycleId) -> Tally:
        """The counts and dates from which a cycle's progress is derived (R-CYC-1).

        :raises NotFound: there is no such cycle
        """
        rows = await self._session.rows(_TALLY, {"cycle": cycle})
        if not rows:
            raise NotFound("cycle", cycle)
        completed, scheduled, cancelled, postponed, in_plan, last_day, highest = rows[0]
        return Tally(
            completed=completed,
            scheduled=scheduled,
            cancelled=cancelled,
            postponed=postponed,
            completed_in_plan=in_plan,
            last_day=last_day,
            highest_number=highest,
        )

    async def clashing(
        self,
        instructor: InstructorId,
        slots: Sequence[tuple[date, TimeSlot]],
        *,
        apart_from: Iterable[UUID] = (),
    ) -> Sequence[Meeting]:
        """The teaching meetings of an instructor that overlap any of the slots (R-SCHED-9)."""
        if not slots:
            return []
        params = {
            "instructor": instructor,
            "days": [day for day, _slot in slots],
            "starts": [slot.start for _day, slot in slots],
            "ends": [slot.end for _day, slot in slots],
            "apart_from": ids_of(apart_from),
        }
        return await self._all(_CLASHING, params)

    async def booked_after(self, instructor: InstructorId, day: date) -> Sequence[Meeting]:
        """The teaching meetings of an instructor on days after `day`, by date, start and id."""
        return await self._all(_BOOKED_AFTER, {"instructor": instructor, "day": day})

    async def of_instructor(self, instructor: InstructorId, days: DateRange) -> Sequence[Meeting]:
        """The live meetings of an instructor on these days, by date, start and id."""
        params = {"instructor": instructor, "first": days.start, "last": days.end}
        return await self._all(_OF_INSTRUCTOR, params)

    async def in_room(self, room: str, day: date) -> Sequence[Meeting]:
        """The teaching meetings of a day in a Zoom room, by start and id."""
        return await self._all(_IN_ROOM, {"room": room, "day": day})

    async def scheduled_count(self, instructor: InstructorId) -> int:
        """How many live meetings of an instructor are scheduled."""
        (count,) = await self._only(_SCHEDULED_COUNT, {"instructor": instructor})
        return int(count)


_HAS_PLACE: Final = sa.literal_column(f"registrations.{HAS_PLACE}", sa.Boolean())
_BY_CREATION: Final = (registrations.c.created_at, registrations.c.id)
_REGISTRATIONS_OF: Final = compiled(
    REGISTRATIONS.select(
        REGISTRATIONS.live, registrations.c.cycle_id == parameter("cycle")
    ).order_by(*_BY_CREATION)
)
_REGISTRATIONS_OF_MANY: Final = compiled(
    REGISTRATIONS.select(REGISTRATIONS.live, among(registrations.c.cycle_id, "cycles")).order_by(
        *_BY_CREATION
    )
)
_WHOSE: Final = compiled(
    sa.select(registrations.c.id, registrations.c.student_id).where(
        among(registrations.c.id, "ids")
    )
)
_LIVE: Final = (
    sa.select(sa.func.count()).select_from(registrations).where(REGISTRATIONS.live, _HAS_PLACE)
)
_CHILDREN: Final = sa.select(students.c.id).where(students.c.customer_id == parameter("customer"))
_OF_STUDENT: Final = registrations.c.student_id == parameter("student")
_OF_CUSTOMER: Final = registrations.c.student_id.in_(_CHILDREN)
_LIVE_COUNT: Final = {
    (False, True): compiled(_LIVE.where(_OF_STUDENT)),
    (True, False): compiled(_LIVE.where(_OF_CUSTOMER)),
    (True, True): compiled(_LIVE.where(_OF_CUSTOMER, _OF_STUDENT)),
}


class PostgresRegistrations(PostgresRepository[Registration]):
    """The registrations."""

    async def of_cycle(self, cycle: CycleId) -> Sequence[Registration]:
        """All registrations of a cycle that are not deleted, by creation and id."""
        return await self._all(_REGISTRATIONS_OF, {"cycle": cycle})

    async def of_cycles(
        self, cycles: Iterable[CycleId]
    ) -> Mapping[CycleId, Sequence[Registration]]:
        """`of_cycle` of each of these cycles, in one question."""
        wanted = ids_of(cycles)
        return by_cycle(wanted, await self._all(_REGISTRATIONS_OF_MANY, {"cycles": wanted}))

    async def whose(self, ids: Iterable[RegistrationId]) -> Mapping[RegistrationId, StudentId]:
        """The student of each of these registrations, deleted ones too (R-REG-6)."""
        wanted = ids_of(ids)
        return dict(await self._session.rows(_WHOSE, {"ids": wanted})) if wanted else {}

    async def live_count(
        self, *, customer: CustomerId | None = None, student: StudentId | None = None
    ) -> int:
        """How many live registrations a customer's students, or one student, have.

        :raises ValueError: neither is named
        """
        if customer is None and student is None:
            raise ValueError("name a customer or a student")
        sql = _LIVE_COUNT[customer is not None, student is not None]
        (count,) = await self._only(sql, {"customer": customer, "student": student})
        return int(count)


_MARKS_OF: Final = compiled(
    ATTENDANCE.select(ATTENDANCE.live, attendance.c.meeting_id == parameter("meeting")).order_by(
        attendance.c.created_at, attendance.c.id
    )
)


@attrs.frozen
class MarksByStatus:
    """How many marks a page's query has in all, of each status that occurs."""

    page: PageOf

    def statement(self) -> sa.Select[Any]:
        """SELECT status, count(*) … GROUP BY status."""
        held = sa.select(meetings.c.id).where(_TEACHES)
        return (
            sa.select(attendance.c.status, sa.func.count())
            .where(*self.page.clauses(), attendance.c.meeting_id.in_(held))
            .group_by(attendance.c.status)
        )


class PostgresAttendance(PostgresRepository[Mark]):
    """The marks."""

    async def of_meeting(self, meeting: MeetingId) -> Sequence[Mark]:
        """The live marks of a meeting, by creation and id."""
        return await self._all(_MARKS_OF, {"meeting": meeting})

    async def counts(self, query: Query) -> MarkCounts:
        """R-ATT-4: how many marks a query means, by status, in meetings that teach.

        :raises Invalid: an unknown filter
        """
        listing = query.listing or self.listing
        listing.check(query)
        shape, params = self._asked(query, listing, None)
        return MarkCounts(**dict(await self._session.rows(sql_of(MarksByStatus(shape)), params)))
