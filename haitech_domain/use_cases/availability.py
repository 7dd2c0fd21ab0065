"""When an instructor teaches and could teach (R-SCHED-10): windows, free slots, schedule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from typing import Final
from uuid import UUID

import attrs

from haitech_domain.access import Action, Actor, Resource, grant, own
from haitech_domain.branch import Branch
from haitech_domain.calendar import LAST_DAY, DateRange, DayOfWeek
from haitech_domain.change import Change
from haitech_domain.cycle import Cycle
from haitech_domain.errors import BadValue, Invalid, Problem
from haitech_domain.fields import Day, rule_of
from haitech_domain.ids import InstructorId
from haitech_domain.instructor import Instructor, TimeOff, WeeklyWindows, Window
from haitech_domain.meeting import Meeting
from haitech_domain.ports import Clock, Transaction, UnitOfWork
from haitech_domain.scheduling import Availability, FreeSlot, Skipped, free_slots
from haitech_domain.use_cases.school import School

MOST_DAYS: Final = 92
USUAL_DAYS: Final = 7
_DAY: Final = rule_of(Day)

Asked = tuple[date | None, date | None]
"""A first and a last day, as far as they are given."""
ANY: Final[Asked] = (None, None)
Hours = Sequence[tuple[DayOfWeek, time | str, time | str]]
"""Weekly windows as they are given: weekday, from, to."""


def days_asked(today: date, asked: Asked) -> DateRange:
    """The days from the first (today) to the last (a week in all), both included.

    :raises Invalid: outside 2000-2100, the wrong way round, or more than `MOST_DAYS`
    """
    first, last = asked
    start = today if first is None else first
    end = min(start + timedelta(days=USUAL_DAYS - 1), LAST_DAY) if last is None else last
    problems = [*_no_day("from", start), *_no_day("to", end)]
    if not problems and start > end:
        problems.append(Problem("to", "must not be before from", "date.order"))
    if not problems and (end - start).days >= MOST_DAYS:
        problems.append(Problem("to", f"must be within {MOST_DAYS} days", "range.too_long"))
    if problems:
        raise Invalid(tuple(problems))
    return DateRange(start, end)


def _no_day(field: str, day: date) -> Iterator[Problem]:
    try:
        _DAY(day)
    except BadValue as bad:
        yield Problem(field, bad.message, bad.reason)


@attrs.frozen(kw_only=True)
class Times:
    """An instructor's weekly windows, and what becomes of them on some days."""

    instructor: Instructor
    days: DateRange
    time_off: Sequence[TimeOff]
    no_teaching: Sequence[Skipped]
    free: Sequence[FreeSlot]


async def _times(tx: Transaction, school: School, instructor: Instructor, days: DateRange) -> Times:
    time_off = await tx.time_off.touching(instructor.id, days)
    meetings = await tx.meetings.of_instructor(instructor.id, days)
    teaching = school.days_of_all
    availability = Availability(instructor.windows, tuple(off.days for off in time_off))
    closed = ((day, teaching.closed_on(day)) for day in days)
    return Times(
        instructor=instructor,
        days=days,
        time_off=time_off,
        no_teaching=[Skipped(day, why) for day, why in closed if why is not None],
        free=free_slots(days, availability, teaching, meetings),
    )


@attrs.frozen(kw_only=True)
class ReadAvailability:
    """When an instructor could teach on some days: today and the six days after, unless told.

    Free is what lies in the weekly windows, less time off, days without teaching and live
    meetings. Where no windows are set, the usual hours stand in: 08:00 to 20:00, Sunday to Friday.
    Closures of single branches are no part of it.
    """

    uow: UnitOfWork
    clock: Clock
    school: School

    async def __call__(
        self,
        *,
        actor: Actor,
        instructor_id: InstructorId,
        days: Asked = ANY,
    ) -> Times:
        """Windows, time off, no-teaching days and free slots.

        :raises Forbidden: the role or scopes do not allow it
        :raises Invalid: days that are none, or too many
        :raises NotFound: there is no such instructor, or it is a colleague
        """
        mine = own(grant(actor, Action.SEE_TIMES, Resource.INSTRUCTORS), actor)
        stretch = days_asked(self.clock.civil().date(), days)

        async def work(tx: Transaction) -> Times:
            instructor = await tx.instructors.get(instructor_id, own=mine)
            return await _times(tx, self.school, instructor, stretch)

        return await self.uow.read(work)


@attrs.frozen(kw_only=True)
class SetAvailability:
    """Replace an instructor's weekly windows by these; none mean the usual hours again.

    Windows of a day that overlap or touch become one. It moves no meeting, and refuses none that
    is outside: availability informs.
    """

    uow: UnitOfWork
    clock: Clock
    school: School

    async def __call__(
        self,
        *,
        actor: Actor,
        instructor_id: InstructorId,
        windows: Hours,
        days: Asked = ANY,
    ) -> Times:
        """The availability on some days, as it is now.

        :raises Forbidden: the role or scopes do not allow it
        :raises Invalid: windows that end before they start, or too many; or as for reading
        :raises NotFound: there is no such instructor, or it is a colleague
        """
        mine = own(grant(actor, Action.ANNOTATE, Resource.INSTRUCTORS), actor)
        stretch = days_asked(self.clock.civil().date(), days)
        week = _week(windows)
        at = self.clock.now()

        async def work(tx: Transaction) -> Times:
            before = await tx.instructors.lock(instructor_id, own=mine)
            after = before.changed(at, windows=week)
            await tx.instructors.save(Change.updated(before, after))
            return await _times(tx, self.school, after, stretch)

        return await self.uow.run(actor, work)


def _week(hours: Hours) -> WeeklyWindows:
    windows: list[Window] = []
    problems: list[Problem] = []
    for place, (day, start, end) in enumerate(hours):
        try:
            windows.append(Window(day, start, end))
        except BadValue as bad:
            field = f"windows[{place}]" + (".to" if bad.reason == "time.order" else "")
            problems.append(Problem(field, bad.message, bad.reason))
    if problems:
        raise Invalid(tuple(problems))
    try:
        return WeeklyWindows.of(windows)
    except BadValue as bad:
        raise Invalid.because("windows", bad.message, reason=bad.reason) from None


@attrs.frozen(kw_only=True)
class Schedule:
    """The meetings of an instructor on some days, with what a week view says of them, by id."""

    meetings: Sequence[Meeting]
    cycles: Mapping[UUID, Cycle]
    branches: Mapping[UUID, Branch]


@attrs.frozen(kw_only=True)
class ReadSchedule:
    """The meetings that an instructor teaches on some days, by date and start.

    Without days, today and the six days after. Cancelled and postponed ones are not among them.
    """

    uow: UnitOfWork
    clock: Clock

    async def __call__(
        self,
        *,
        actor: Actor,
        instructor_id: InstructorId,
        days: Asked = ANY,
    ) -> Schedule:
        """The meetings, with their cycles and branches.

        :raises Forbidden: the role or scopes do not allow it
        :raises Invalid: days that are none, or too many
        :raises NotFound: there is no such instructor, or it is a colleague
        """
        mine = own(grant(actor, Action.SEE_TIMES, Resource.INSTRUCTORS), actor)
        may_read_meetings(actor)
        stretch = days_asked(self.clock.civil().date(), days)

        async def work(tx: Transaction) -> Schedule:
            instructor = await tx.instructors.get(instructor_id, own=mine)
            found = await tx.meetings.of_instructor(instructor.id, stretch)
            teaching = [meeting for meeting in found if meeting.status.teaches]
            cycles = await tx.cycles.many({m.cycle_id for m in teaching})
            branches = await tx.branches.many({c.branch_id for c in cycles.values()})
            return Schedule(meetings=teaching, cycles=cycles, branches=branches)

        return await self.uow.read(work)


def may_read_meetings(actor: Actor) -> None:
    """Whoever sees a schedule sees meetings and the names of their cycles.

    :raises Forbidden: the role or scopes do not allow that
    """
    grant(actor, Action.READ, Resource.MEETINGS)
    grant(actor, Action.READ, Resource.CYCLES)
