"""Reading the four reports: revenue, pay, attendance and progress (api.md)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Annotated, Any, ClassVar, Final, Self, TypeVar

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.calendar import CalendarOutOfRange, TeachingDays
from haitech_domain.cycle import CycleStatus
from haitech_domain.errors import BadValue, DomainError, Kind, Problem
from haitech_domain.fields import Between, enforce
from haitech_domain.ids import BranchId
from haitech_domain.ports import Query, Transaction, UnitOfWork
from haitech_domain.ports.cursors import Cursors
from haitech_domain.reports import (
    ALL_ROWS,
    MOST_ROWS,
    Attendance,
    AttendanceBy,
    Cut,
    Filters,
    Held,
    Payments,
    Progresses,
    ProgressRow,
    Report,
    Revenue,
    RevenueBy,
)
from haitech_domain.scheduling import PlanWithoutEnd, RestDay, plan
from haitech_domain.use_cases.school import School

MOST_LINES: Final = 1_000
"""How many meetings are listed at once beside what is paid for them."""
_IN_TURN: Final = (("scheduled_date", False), ("start_time", False))

R = TypeVar("R", bound=Report[Any, Any])


@attrs.frozen
class ReportTooLong(DomainError):
    """A report has more rows than one answer holds, and nobody said which are wanted."""

    kind: ClassVar[Kind] = Kind.INVALID
    reason: ClassVar[str] = "report.too_long"
    says: ClassVar[str] = (
        "there are {rows} rows, and an answer has {most} at most; narrow the report, ask for it in"
        " pieces with limit and offset, or export it"
    )
    rows: int
    most: int

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The limit that is missing."""
        return (Problem("limit", self.message, self.reason),)


@attrs.frozen
class TooManyLines(DomainError):
    """A file would list more meetings than one answer holds."""

    kind: ClassVar[Kind] = Kind.INVALID
    reason: ClassVar[str] = "report.too_many_lines"
    says: ClassVar[str] = (
        "there are {lines} meetings, and a file has {most} at most; narrow from and to, or export"
        " them"
    )
    lines: int
    most: int

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The days that are too many."""
        return (Problem("from", self.message, self.reason),)


@attrs.frozen
class SumTooLarge(DomainError):
    """A sum is beyond a million millions of shekels, which is no school's."""

    kind: ClassVar[Kind] = Kind.INVALID
    reason: ClassVar[str] = "report.sum_too_large"
    says: ClassVar[str] = "a sum is larger than amounts can be; narrow the report"

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The whole question."""
        return (Problem("", self.message, self.reason),)


async def _bounded(cut: Cut, read: Callable[[Cut], Awaitable[R]]) -> R:
    """A report with the rows that are asked for, all of them where nothing is said.

    :raises ReportTooLong: all of them are too many
    :raises SumTooLarge: a sum is no amount any more
    """
    try:
        report = await read(cut if cut.limit is not None else attrs.evolve(cut, limit=MOST_ROWS))
    except BadValue:
        raise SumTooLarge from None
    if cut.limit is not None:
        return report
    left = report.row_count - cut.offset
    if left > MOST_ROWS:
        raise ReportTooLong(left, MOST_ROWS)
    return report


@attrs.frozen(kw_only=True)
class ReportRevenue:
    """What completed meetings earned and cost, by time, or by what they belong to.

    Meetings are counted on their scheduled dates; weeks start on Sunday. Money is as it was fixed
    when each meeting was completed. `margin` is profit / revenue, null where there is no revenue.
    Totals are the exact sums of all rows. Deleted branches, courses and instructors stay by name;
    a deleted cycle's money is in no report.
    """

    uow: UnitOfWork

    async def __call__(
        self, *, actor: Actor, by: RevenueBy, filters: Filters, cut: Cut = ALL_ROWS
    ) -> Revenue:
        """The report.

        :raises Forbidden: the actor may not read reports
        :raises ReportTooLong: it has more rows than an answer holds
        """
        grant(actor, Action.READ, Resource.REPORTS)
        return await _bounded(
            cut, lambda part: self.uow.read(lambda tx: tx.reports.revenue(by, filters, part))
        )


@attrs.frozen(kw_only=True)
class Lines:
    """Meetings as they are paid; `next_cursor` is where the rest of them begins, if there is one."""

    meetings: Sequence[Held]
    next_cursor: str | None = None


@attrs.frozen(kw_only=True)
class LinesAsked:
    """Which part of the meetings is wanted. :raises Invalid: more than are listed at once"""

    limit: Annotated[int, Between(1, MOST_LINES)] = MOST_LINES
    cursor: str | None = None

    def __attrs_post_init__(self) -> None:
        enforce(self)


@attrs.frozen(kw_only=True)
class ReportInstructorPayments:
    """What each instructor is owed for completed meetings, by activity and in all.

    That is how many they held, for how long, what they are paid and what it costs the business.
    With `include=meetings` the meetings themselves are listed beside it, by date and start, at most
    a thousand at once; `meetingsCursor` goes on where the last answer ended.
    """

    uow: UnitOfWork

    async def __call__(self, *, actor: Actor, filters: Filters, cut: Cut = ALL_ROWS) -> Payments:
        """The report.

        :raises Forbidden: the actor may not read reports
        :raises ReportTooLong: it has more rows than an answer holds
        """
        grant(actor, Action.READ, Resource.REPORTS)
        return await _bounded(
            cut,
            lambda part: self.uow.read(lambda tx: tx.reports.instructor_payments(filters, part)),
        )

    async def lines(self, *, actor: Actor, filters: Filters, asked: LinesAsked) -> Lines:
        """Some of the meetings that it counts, in order.

        :raises Forbidden: the actor may not read reports
        :raises Invalid: the cursor is none of these meetings
        """
        grant(actor, Action.READ, Resource.REPORTS)
        cursors = Cursors(
            "payment line", Held, _IN_TURN, Query(filters=filters.given(), cursor=asked.cursor)
        )
        place = cursors.place()
        found = await self.uow.read(
            lambda tx: tx.reports.payment_lines(filters, asked.limit + 1, place)
        )
        meetings = found[: asked.limit]
        more = len(found) > asked.limit
        return Lines(meetings=meetings, next_cursor=cursors.behind(meetings[-1]) if more else None)

    async def all_lines(self, *, actor: Actor, filters: Filters) -> Lines:
        """All meetings that it counts, in order, for a file.

        :raises Forbidden: the actor may not read reports
        :raises TooManyLines: these are more than an answer holds
        """
        grant(actor, Action.READ, Resource.REPORTS)

        async def read(tx: Transaction) -> Lines:
            found = await tx.reports.payment_lines(filters, MOST_ROWS + 1, None)
            if len(found) > MOST_ROWS:
                counted = await tx.reports.instructor_payments(filters, Cut(limit=1))
                raise TooManyLines(counted.totals.meetings, MOST_ROWS)
            return Lines(meetings=found)

        return await self.uow.read(read)


@attrs.frozen(kw_only=True)
class ReportAttendance:
    """How many came: marks by status with their rate, by cycle, student, branch or instructor.

    Marks in meetings that were cancelled or postponed do not count. `rate` is
    (present + late) / marks, null without marks. Whoever is marked as a guest is counted in one row
    without a name. Deleted students, branches and instructors stay by name.
    """

    uow: UnitOfWork

    async def __call__(
        self, *, actor: Actor, by: AttendanceBy, filters: Filters, cut: Cut = ALL_ROWS
    ) -> Attendance:
        """The report.

        :raises Forbidden: the actor may not read reports
        :raises ReportTooLong: it has more rows than an answer holds
        """
        grant(actor, Action.READ, Resource.REPORTS)
        return await _bounded(
            cut,
            lambda part: self.uow.read(lambda tx: tx.reports.attendance_summary(by, filters, part)),
        )


@attrs.frozen(kw_only=True)
class ReportCycleProgress:
    """How far the cycles are, and when they are expected to end.

    That is: meetings planned, completed and remaining, students who take part, revenue so far.
    `from` and `to` mean cycles that run on one of these days. A cycle whose meetings are not all
    planned yet is expected to end where planning them now would put the last one, holidays and the
    branch's closures left out; null where no such day can be found.
    """

    uow: UnitOfWork
    school: School

    async def __call__(
        self,
        *,
        actor: Actor,
        filters: Filters,
        status: CycleStatus | None = None,
        cut: Cut = ALL_ROWS,
    ) -> Progresses:
        """The report.

        :raises Forbidden: the actor may not read reports
        :raises ReportTooLong: it has more rows than an answer holds
        """
        grant(actor, Action.READ, Resource.REPORTS)
        return await _bounded(
            cut, lambda part: self.uow.read(lambda tx: self.within(tx, filters, status, part))
        )

    async def within(
        self, tx: Transaction, filters: Filters, status: CycleStatus | None, cut: Cut
    ) -> Progresses:
        """The report as a transaction sees it, for whoever was let in already."""
        report = await tx.reports.cycle_progress(filters, status, cut)
        waiting = {BranchId(row.branch.id) for row in report.rows if row.is_waiting}
        calendars = await self.school.teaching_days_of(tx, waiting)
        rows = [
            attrs.evolve(row, expected_end=expected(row, calendars.get(BranchId(row.branch.id))))
            for row in report.rows
        ]
        return attrs.evolve(report, rows=rows)


def expected(row: ProgressRow, teaching: TeachingDays | None) -> date | None:
    """When a cycle is expected to end.

    That is its end (R-CYC-4), unless meetings are still to be planned; then the day on which
    planning them would put the last (R-SCHED-4); None where the calendar has none.
    """
    if not row.is_waiting or teaching is None:
        return row.last_day
    try:
        planned = plan(
            weekday=row.day_of_week,
            start=row.start_date,
            total=row.unplanned,
            teaching=teaching,
            last_day=row.last_meeting,
        )
    except (RestDay, PlanWithoutEnd, CalendarOutOfRange):
        return None
    return planned.meetings[-1].day


@attrs.frozen(kw_only=True)
class ReportVerbs:
    """The use cases of reports."""

    revenue: ReportRevenue
    instructor_payments: ReportInstructorPayments
    attendance: ReportAttendance
    cycle_progress: ReportCycleProgress

    @classmethod
    def of(cls, *, uow: UnitOfWork, school: School) -> Self:
        """All of them over these ports."""
        return cls(
            revenue=ReportRevenue(uow=uow),
            instructor_payments=ReportInstructorPayments(uow=uow),
            attendance=ReportAttendance(uow=uow),
            cycle_progress=ReportCycleProgress(uow=uow, school=school),
        )
