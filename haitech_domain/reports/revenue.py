"""What completed meetings earned and cost, by time or by what they belong to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final, Self, TypeAlias

import attrs

from haitech_domain.cycle import CycleType
from haitech_domain.meeting import Figures
from haitech_domain.reports.asked import ALL_ROWS, Cut, Filters, Report
from haitech_domain.reports.held import Held, meant
from haitech_domain.reports.rows import Named
from haitech_domain.reports.table import Cell, CellKind, Column, Table, remark, written_ratio


class RevenueBy(StrEnum):
    """By what revenue is summed. Days are scheduled dates; weeks start on Sunday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    BRANCH = "branch"
    COURSE = "course"
    INSTRUCTOR = "instructor"
    CYCLE_TYPE = "cycleType"

    @property
    def is_time(self) -> bool:
        """Whether a row is a stretch of days."""
        return self in _FIRST_DAY

    @property
    def is_named(self) -> bool:
        """Whether a row is a thing with a name."""
        return not self.is_time and self is not RevenueBy.CYCLE_TYPE


_FIRST_DAY: Final[Mapping[RevenueBy, Callable[[date], date]]] = {
    RevenueBy.DAY: lambda day: day,
    RevenueBy.WEEK: lambda day: day - timedelta(days=day.isoweekday() % 7),
    RevenueBy.MONTH: lambda day: day.replace(day=1),
}

Of: TypeAlias = "date | CycleType | Named"
"""What a row is of: a stretch of days by its first, a type of cycles, or a thing by name."""


@attrs.frozen(kw_only=True)
class Earned:
    """How many meetings, and what they come to."""

    meetings: int = 0
    figures: Figures = attrs.field(factory=Figures)

    @property
    def margin(self) -> Fraction | None:
        """Profit as a part of revenue; None where there is no revenue."""
        revenue = self.figures.revenue.agorot
        return Fraction(self.figures.profit.agorot, revenue) if revenue else None

    def __add__(self, other: Self) -> Self:
        return type(self)(
            meetings=self.meetings + other.meetings, figures=self.figures + other.figures
        )


@attrs.frozen(kw_only=True)
class RevenueRow:
    """One row of the report."""

    of: Of
    earned: Earned


Revenue: TypeAlias = Report[RevenueRow, Earned]


def revenue(
    held: Iterable[Held],
    by: RevenueBy,
    filters: Filters | None = None,
    cut: Cut = ALL_ROWS,
) -> Revenue:
    """Revenue counted from the meetings one by one.

    Times in order, types as they are listed, things by name and id; what has no meeting has no row.
    """
    sums: dict[Of, Earned] = {}
    for one in held:
        if meant(one, filters or Filters()):
            key = _of(one, by)
            sums[key] = sums.get(key, Earned()) + Earned(meetings=1, figures=one.figures)
    rows = [RevenueRow(of=of, earned=sums[of]) for of in sorted(sums, key=in_order)]
    return Report(
        rows=cut.of(rows),
        row_count=len(rows),
        totals=sum((row.earned for row in rows), Earned()),
    )


def _of(held: Held, by: RevenueBy) -> Of:
    if by.is_time:
        return _FIRST_DAY[by](held.scheduled_date)
    if by is RevenueBy.CYCLE_TYPE:
        return held.cycle_type
    named: Named = getattr(held, by.value)
    return named


def in_order(of: Of) -> tuple[Any, ...]:
    """Where a row stands among those of its report."""
    if isinstance(of, Named):
        return of.name, of.id
    return (list(CycleType).index(of),) if isinstance(of, CycleType) else (of,)


_AMOUNTS: Final = (
    Column(key="meetings", kind=CellKind.COUNT),
    *(
        Column(key=key, kind=CellKind.AMOUNT)
        for key in ("revenue", "instructorPayment", "employerCost", "profit")
    ),
    Column(key="margin", kind=CellKind.RATIO),
)


def revenue_table(report: Revenue, by: RevenueBy) -> Table:
    """The report as a table."""
    kind = CellKind.DAY if by in {RevenueBy.DAY, RevenueBy.WEEK} else CellKind.TEXT
    if by is RevenueBy.CYCLE_TYPE:
        kind = CellKind.WORD
    remarks = (Column(key="remark", kind=CellKind.WORD),) if by.is_named else ()
    return Table(
        name="revenue",
        columns=(Column(key=by.value, kind=kind), *remarks, *_AMOUNTS),
        rows=[(*_heading(row.of, by), *_cells(row.earned)) for row in report.rows],
        totals=(None, *(None for _ in remarks), *_cells(report.totals)),
    )


def _heading(of: Of, by: RevenueBy) -> tuple[Cell, ...]:
    if isinstance(of, Named):
        return of.name, remark(of)
    if isinstance(of, CycleType):
        return (of.value,)
    return (f"{of:%Y-%m}" if by is RevenueBy.MONTH else of,)


def _cells(earned: Earned) -> tuple[Cell, ...]:
    money = earned.figures
    return (
        earned.meetings,
        money.revenue,
        money.instructor_payment,
        money.employer_cost,
        money.profit,
        written_ratio(earned.margin),
    )
