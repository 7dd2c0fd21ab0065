"""How far cycles are, what they have earned, and when they are expected to end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import Final, Self, TypeAlias

import attrs

from haitech_domain.calendar import DayOfWeek
from haitech_domain.cycle import Cycle, CycleStatus, CycleType
from haitech_domain.meeting import Meeting, MeetingStatus
from haitech_domain.money import Net
from haitech_domain.registration import Registration, RegistrationStatus
from haitech_domain.reports.asked import ALL_ROWS, Cut, Filters, Report
from haitech_domain.reports.rows import Named
from haitech_domain.reports.table import Cell, CellKind, Column, Table, remarks, written_ratio


@attrs.frozen(kw_only=True)
class ProgressRow:
    """A live cycle.

    `planned` is the size of its plan, `remaining` that of R-CYC-1, `unplanned` how many numbers of
    its plan no live meeting holds; `registrations` counts the students who take part, each once,
    as a day does; `revenue` is that of all its completed meetings, whenever they were.
    `last_day` is its end (R-CYC-4), `last_meeting` the date of its last live meeting, and
    `expected_end` what a calendar makes of the rest.
    """

    cycle: Named
    status: CycleStatus
    type: CycleType
    course: Named
    branch: Named
    instructor: Named
    start_date: date
    day_of_week: DayOfWeek
    last_day: date | None
    last_meeting: date | None
    planned: int
    completed: int
    scheduled: int
    remaining: int
    unplanned: int
    registrations: int
    revenue: Net
    expected_end: date | None = None

    @property
    def part(self) -> Fraction:
        """How much of the plan is completed; extra meetings do not make it more than all."""
        return Fraction(min(self.completed, self.planned), self.planned)

    @property
    def is_waiting(self) -> bool:
        """Whether meetings that nobody planned yet are still to come."""
        return self.status is CycleStatus.ACTIVE and self.unplanned > 0


@attrs.frozen(kw_only=True)
class ProgressTotals:
    """Sums over cycles."""

    cycles: int = 0
    planned: int = 0
    completed: int = 0
    remaining: int = 0
    registrations: int = 0
    revenue: Net = Net(0)

    @classmethod
    def of(cls, row: ProgressRow) -> Self:
        """One cycle."""
        return cls(
            cycles=1,
            planned=row.planned,
            completed=row.completed,
            remaining=row.remaining,
            registrations=row.registrations,
            revenue=row.revenue,
        )

    def __add__(self, other: Self) -> Self:
        names = (attribute.name for attribute in attrs.fields(type(self)))
        return type(self)(**{name: getattr(self, name) + getattr(other, name) for name in names})

    @property
    def part(self) -> Fraction | None:
        """How much of all plans is completed, at most all; None without cycles."""
        if not self.planned:
            return None
        return Fraction(min(self.completed, self.planned), self.planned)


Progresses: TypeAlias = Report[ProgressRow, ProgressTotals]


@attrs.frozen(kw_only=True)
class Run:
    """A live cycle with all that is counted of it."""

    cycle: Cycle
    course: Named
    branch: Named
    instructor: Named
    meetings: Sequence[Meeting]
    registrations: Sequence[Registration]


def progress_row(run: Run) -> ProgressRow:
    """A cycle counted from its meetings and registrations one by one."""
    cycle = run.cycle
    live = [meeting for meeting in run.meetings if meeting.deleted_at is None]
    held = {meeting.number for meeting in live if meeting.status.teaches}
    done = [meeting for meeting in live if meeting.status is MeetingStatus.COMPLETED]
    taking_part = {
        registration.student_id
        for registration in run.registrations
        if registration.deleted_at is None
        and registration.status is not RegistrationStatus.CANCELLED
    }
    return ProgressRow(
        cycle=Named(id=cycle.id, name=cycle.name),
        status=cycle.status,
        type=cycle.type,
        course=run.course,
        branch=run.branch,
        instructor=run.instructor,
        start_date=cycle.start_date,
        day_of_week=cycle.day_of_week,
        last_day=cycle.end_date,
        last_meeting=max((m.scheduled_date for m in live if m.status.teaches), default=None),
        planned=cycle.total_meetings,
        completed=cycle.completed_meetings,
        scheduled=cycle.scheduled_meetings,
        remaining=cycle.remaining_meetings,
        unplanned=sum(number not in held for number in range(1, cycle.total_meetings + 1)),
        registrations=len(taking_part),
        revenue=Net.total(meeting.revenue for meeting in done),
    )


def cycle_progress(
    runs: Iterable[Run],
    filters: Filters | None = None,
    status: CycleStatus | None = None,
    cut: Cut = ALL_ROWS,
) -> Progresses:
    """Progress counted from everything; cycles by name and id.

    Days mean cycles whose stretch from start to end has one of them, as in the list of cycles.
    """
    asked = filters or Filters()
    rows = [
        progress_row(run)
        for run in runs
        if status in {None, run.cycle.status} and _meant(run, asked)
    ]
    rows.sort(key=lambda row: (row.cycle.name, row.cycle.id))
    return Report(
        rows=cut.of(rows),
        row_count=len(rows),
        totals=sum(map(ProgressTotals.of, rows), ProgressTotals()),
    )


def _meant(run: Run, filters: Filters) -> bool:
    cycle = run.cycle
    within = attrs.evolve(filters, from_day=None, to_day=None)
    ends = cycle.end_date
    if filters.from_day is not None and ends is not None and ends < filters.from_day:
        return False
    if filters.to_day is not None and cycle.start_date > filters.to_day:
        return False
    return within.mean(
        cycle.start_date,
        branch_id=cycle.branch_id,
        course_id=cycle.course_id,
        instructor_id=cycle.instructor_id,
        cycle_id=cycle.id,
    )


_COLUMNS: Final = (
    *(Column(key=key, kind=CellKind.TEXT) for key in ("cycle", "course", "branch", "instructor")),
    Column(key="remark", kind=CellKind.WORD),
    Column(key="status", kind=CellKind.WORD),
    *(Column(key=key, kind=CellKind.COUNT) for key in ("planned", "completed", "remaining")),
    Column(key="percent", kind=CellKind.RATIO),
    Column(key="registrations", kind=CellKind.COUNT),
    Column(key="revenue", kind=CellKind.AMOUNT),
    Column(key="expectedEnd", kind=CellKind.DAY),
)


def progress_table(report: Progresses) -> Table:
    """The report as a table."""
    return Table(
        name="cycle-progress",
        columns=_COLUMNS,
        rows=[
            (
                row.cycle.name,
                row.course.name,
                row.branch.name,
                row.instructor.name,
                remarks(course=row.course, branch=row.branch, instructor=row.instructor),
                row.status.value,
                *_cells(row),
                row.expected_end,
            )
            for row in report.rows
        ],
        totals=(*(None,) * 6, *_cells(report.totals), None),
    )


def _cells(counted: ProgressRow | ProgressTotals) -> tuple[Cell, ...]:
    return (
        counted.planned,
        counted.completed,
        counted.remaining,
        written_ratio(counted.part),
        counted.registrations,
        counted.revenue,
    )
