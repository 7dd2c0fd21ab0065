"""What instructors are owed for the meetings that they held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Self, TypeAlias

import attrs

from haitech_domain.cycle import ActivityType
from haitech_domain.money import Money
from haitech_domain.reports.asked import ALL_ROWS, Cut, Filters, Report
from haitech_domain.reports.held import Held, meant
from haitech_domain.reports.rows import Named
from haitech_domain.reports.table import (
    Cell,
    CellKind,
    Column,
    Table,
    remark,
    remarks,
    written_hours,
)


@attrs.frozen(kw_only=True)
class Worked:
    """How many meetings and minutes, what is paid for them and what that costs."""

    meetings: int = 0
    minutes: int = 0
    instructor_payment: Money = Money(0)
    employer_cost: Money = Money(0)

    def __add__(self, other: Self) -> Self:
        return type(self)(
            meetings=self.meetings + other.meetings,
            minutes=self.minutes + other.minutes,
            instructor_payment=self.instructor_payment + other.instructor_payment,
            employer_cost=self.employer_cost + other.employer_cost,
        )


@attrs.frozen(kw_only=True)
class PaymentsRow:
    """An instructor's work, by activity; activities that did not occur are left out."""

    instructor: Named
    by_activity: Mapping[ActivityType, Worked]

    @property
    def worked(self) -> Worked:
        """All of it."""
        return sum(self.by_activity.values(), Worked())

    def of(self, activity: ActivityType) -> Worked:
        """What was worked in one activity."""
        return self.by_activity.get(activity, Worked())


Payments: TypeAlias = Report[PaymentsRow, Worked]


def instructor_payments(
    held: Iterable[Held], filters: Filters | None = None, cut: Cut = ALL_ROWS
) -> Payments:
    """Pay counted from the meetings one by one, for each instructor by name and id."""
    sums: dict[Named, dict[ActivityType, Worked]] = {}
    for one in held:
        if meant(one, filters or Filters()):
            theirs = sums.setdefault(one.instructor, {})
            theirs[one.activity] = theirs.get(one.activity, Worked()) + _of(one)
    rows = [
        PaymentsRow(instructor=instructor, by_activity=sums[instructor])
        for instructor in sorted(sums, key=lambda named: (named.name, named.id))
    ]
    return Report(
        rows=cut.of(rows),
        row_count=len(rows),
        totals=sum((row.worked for row in rows), Worked()),
    )


def _of(held: Held) -> Worked:
    return Worked(
        meetings=1,
        minutes=held.minutes,
        instructor_payment=held.figures.instructor_payment,
        employer_cost=held.figures.employer_cost,
    )


def _count(key: str) -> Column:
    return Column(key=key, kind=CellKind.COUNT)


def _amount(key: str) -> Column:
    return Column(key=key, kind=CellKind.AMOUNT)


_HOURS: Final = Column(key="hours", kind=CellKind.HOURS)
_COLUMNS: Final = (
    Column(key="instructor", kind=CellKind.TEXT),
    Column(key="remark", kind=CellKind.WORD),
    _count("meetings"),
    _count("minutes"),
    _HOURS,
    _amount("instructorPayment"),
    _amount("employerCost"),
    Column(key="frontalHours", kind=CellKind.HOURS),
    _amount("frontalPayment"),
    Column(key="onlineHours", kind=CellKind.HOURS),
    _amount("onlinePayment"),
    Column(key="privateLessonHours", kind=CellKind.HOURS),
    _amount("privateLessonPayment"),
)


def payments_table(report: Payments) -> Table:
    """The report as a table, one row for an instructor."""
    by_activity = {
        activity: sum((row.of(activity) for row in report.rows), Worked())
        for activity in ActivityType
    }
    shown_all = len(report.rows) == report.row_count
    return Table(
        name="instructor-payments",
        columns=_COLUMNS,
        rows=[
            (
                row.instructor.name,
                remark(row.instructor),
                *_worked(row.worked),
                *_activities(row.by_activity),
            )
            for row in report.rows
        ],
        totals=(
            None,
            None,
            *_worked(report.totals),
            *(_activities(by_activity) if shown_all else (None,) * (2 * len(ActivityType))),
        ),
    )


def _worked(worked: Worked) -> tuple[Cell, ...]:
    return (
        worked.meetings,
        worked.minutes,
        written_hours(worked.minutes),
        worked.instructor_payment,
        worked.employer_cost,
    )


def _activities(by_activity: Mapping[ActivityType, Worked]) -> Iterator[Cell]:
    for activity in ActivityType:
        worked = by_activity.get(activity, Worked())
        yield written_hours(worked.minutes)
        yield worked.instructor_payment


_LINE_COLUMNS: Final = (
    Column(key="scheduledDate", kind=CellKind.DAY),
    Column(key="startTime", kind=CellKind.CLOCK),
    Column(key="endTime", kind=CellKind.CLOCK),
    Column(key="instructor", kind=CellKind.TEXT),
    Column(key="cycle", kind=CellKind.TEXT),
    Column(key="course", kind=CellKind.TEXT),
    Column(key="branch", kind=CellKind.TEXT),
    Column(key="remark", kind=CellKind.WORD),
    Column(key="activityType", kind=CellKind.WORD),
    _count("minutes"),
    _HOURS,
    _amount("instructorPayment"),
    _amount("employerCost"),
)


def lines_table(lines: Sequence[Held]) -> Table:
    """Meetings as they are paid, one row for each; the totals are of these."""
    total = sum(map(_of, lines), Worked())
    return Table(
        name="instructor-payment-lines",
        columns=_LINE_COLUMNS,
        rows=[line_cells(line) for line in lines],
        totals=lines_totals(total),
    )


def lines_totals(worked: Worked) -> tuple[Cell, ...]:
    """The last row of that table: what all of the lines come to."""
    return (*(None,) * 9, *_worked(worked)[1:])


def line_cells(line: Held) -> tuple[Cell, ...]:
    """One meeting as a row of that table."""
    return (
        line.scheduled_date,
        line.start_time,
        line.end_time,
        line.instructor.name,
        line.cycle.name,
        line.course.name,
        line.branch.name,
        remarks(instructor=line.instructor, course=line.course, branch=line.branch),
        line.activity.value,
        *_worked(_of(line))[1:],
    )
