"""What stands in the file of each report: the same figures, by the same questions to the store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Self, TypeAlias

import attrs

from haitech_domain.cycle import CycleStatus
from haitech_domain.errors import Invalid, Problem
from haitech_domain.export import Export, ReportName
from haitech_domain.fields import enforce
from haitech_domain.ports import Transaction
from haitech_domain.ports.cursors import Place
from haitech_domain.reports import (
    ALL_ROWS,
    AttendanceBy,
    Cell,
    Cut,
    Filters,
    Heading,
    Language,
    RevenueBy,
    Table,
    attendance_table,
    line_cells,
    lines_table,
    lines_totals,
    payments_table,
    progress_table,
    revenue_table,
)
from haitech_domain.use_cases.export_writing import Contents
from haitech_domain.use_cases.reports import ReportCycleProgress

LINES_AT_ONCE: Final = 1_000
"""How many meetings are read at a time: little enough that others have their turn between."""
_WHERE: Final = frozenset({"from_day", "to_day", "branch_id", "course_id", "instructor_id"})
_KNOWN: Final = {
    ReportName.REVENUE: _WHERE | {"cycle_id", "revenue_by"},
    ReportName.INSTRUCTOR_PAYMENTS: _WHERE | {"cycle_id", "lines"},
    ReportName.ATTENDANCE_SUMMARY: _WHERE | {"cycle_id", "student_id", "attendance_by"},
    ReportName.CYCLE_PROGRESS: _WHERE | {"cycle_id", "status"},
}
"""What each report can be asked."""
_LINES: Final = "instructor-payment-lines"


@attrs.frozen(kw_only=True)
class Question:
    """What a report is asked. Of what is not about it, nothing is given.

    :raises Invalid: with all that is wrong
    """

    report: ReportName
    filters: Filters = attrs.field(factory=Filters)
    revenue_by: RevenueBy = RevenueBy.MONTH
    attendance_by: AttendanceBy = AttendanceBy.CYCLE
    status: CycleStatus | None = None
    lines: bool = False
    """The meetings that are paid for, one by one."""

    def __attrs_post_init__(self) -> None:
        enforce(self)

    @classmethod
    def of(cls, report: ReportName, asked: Mapping[str, Any]) -> Self:
        """The question of these fields, or of the texts that `written` made of them.

        :raises Invalid: with all that is wrong
        """
        unknown = sorted(asked.keys() - _KNOWN[report])
        if unknown:
            why = "is no parameter of this report"
            raise Invalid(tuple(Problem(name, why, "filter.unknown") for name in unknown))
        names = {attribute.name for attribute in attrs.fields(Filters)}
        narrowing = {name: value for name, value in asked.items() if name in names}
        rest = {name: value for name, value in asked.items() if name not in names}
        return cls(report=report, filters=Filters(**narrowing), **rest)

    def written(self) -> dict[str, str | bool]:
        """The question as plain data, from which it can be made again."""
        values = attrs.asdict(self, recurse=False) | self.filters.given()
        return {
            name: value if isinstance(value, bool) else str(value)
            for name, value in values.items()
            if name in _KNOWN[self.report] and value is not None and value is not False
        }

    def heading(self, language: Language, table: Table | None = None) -> Heading:
        """What a file says before its first row; without a table, as much as its name needs."""
        shown = table or Table(name=_LINES if self.lines else self.report, columns=(), rows=())
        first, last = self.filters.from_day, self.filters.to_day
        return Heading.of(shown, language, first=first, last=last)


@attrs.frozen(kw_only=True)
class ReadContents:
    """Reads the report of an export."""

    cycle_progress: ReportCycleProgress

    async def __call__(self, tx: Transaction, export: Export) -> Contents:
        """What stands in its file. :raises Invalid: its question is none any more"""
        asked = Question.of(export.report, export.filters)
        if asked.lines:
            return await _lines(tx, asked, export.language)
        table = await _TABLES[export.report](self, tx, asked)
        return Contents(
            heading=asked.heading(export.language, table),
            expected=len(table.rows),
            batches=_at_once(table.rows),
            totals=table.totals,
        )

    async def revenue(self, tx: Transaction, asked: Question) -> Table:
        """By whatever it is summed up."""
        by = asked.revenue_by
        return revenue_table(await tx.reports.revenue(by, asked.filters, ALL_ROWS), by)

    async def payments(self, tx: Transaction, asked: Question) -> Table:
        """By instructor."""
        return payments_table(await tx.reports.instructor_payments(asked.filters, ALL_ROWS))

    async def attendance(self, tx: Transaction, asked: Question) -> Table:
        """By whatever it is summed up."""
        by = asked.attendance_by
        found = await tx.reports.attendance_summary(by, asked.filters, ALL_ROWS)
        return attendance_table(found, by)

    async def progress(self, tx: Transaction, asked: Question) -> Table:
        """By cycle."""
        found = await self.cycle_progress.within(tx, asked.filters, asked.status, ALL_ROWS)
        return progress_table(found)


_Tabled: TypeAlias = Callable[[ReadContents, Transaction, Question], Awaitable[Table]]
_TABLES: Final[Mapping[ReportName, _Tabled]] = {
    ReportName.REVENUE: ReadContents.revenue,
    ReportName.INSTRUCTOR_PAYMENTS: ReadContents.payments,
    ReportName.ATTENDANCE_SUMMARY: ReadContents.attendance,
    ReportName.CYCLE_PROGRESS: ReadContents.progress,
}


async def _at_once(rows: Sequence[Sequence[Cell]]) -> AsyncIterator[Iterable[Sequence[Cell]]]:
    yield rows


async def _lines(tx: Transaction, asked: Question, language: Language) -> Contents:
    """The meetings that pay is for, one by one, however many there are.

    How many there are, and what they come to, is what the report itself says of them.
    """
    total = (await tx.reports.instructor_payments(asked.filters, Cut(limit=1))).totals
    return Contents(
        heading=asked.heading(language, lines_table(())),
        expected=total.meetings,
        batches=_in_pages(tx, asked.filters),
        totals=lines_totals(total),
    )


async def _in_pages(tx: Transaction, filters: Filters) -> AsyncIterator[Iterable[Sequence[Cell]]]:
    after = None
    while page := await tx.reports.payment_lines(filters, LINES_AT_ONCE, after):
        yield map(line_cells, page)
        last = page[-1]
        after = Place((last.scheduled_date, last.start_time), last.id)
