"""What stands in the file of each report: the same figures, by the same questions to the store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs

from haitech_domain.calendar import HolidayCalendar
from haitech_domain.export import Export, ReportName
from haitech_domain.ports import Transaction
from haitech_domain.ports.cursors import Place
from haitech_domain.reports import (
    ALL_ROWS,
    Cell,
    Cut,
    Filters,
    Heading,
    Table,
    line_cells,
    lines_table,
    lines_totals,
)
from haitech_domain.use_cases.export_writing import Contents

LINES_AT_ONCE: Final = 1_000
"""How many meetings are read at a time: little enough that others have their turn between."""


def heading_of(table: Table, export: Export, filters: Filters) -> Heading:
    """What is known of a file before its first row."""
    return Heading.of(table, export.language, first=filters.from_day, last=filters.to_day)


async def _at_once(rows: Sequence[Sequence[Cell]]) -> AsyncIterator[Iterable[Sequence[Cell]]]:
    yield rows


def whole(table: Table, heading: Heading) -> Contents:
    """A report that is summed up, and so never long."""
    return Contents(
        heading=heading,
        expected=len(table.rows),
        batches=_at_once(table.rows),
        totals=table.totals,
    )


async def lines(tx: Transaction, filters: Filters, heading: Callable[[Table], Heading]) -> Contents:
    """The meetings that pay is for, one by one, however many there are.

    How many there are, and what they come to, is what the report itself says of them.
    """
    total = (await tx.reports.instructor_payments(filters, Cut(limit=1))).totals
    return Contents(
        heading=heading(lines_table(())),
        expected=total.meetings,
        batches=_in_pages(tx, filters),
        totals=lines_totals(total),
    )


async def _in_pages(tx: Transaction, filters: Filters) -> AsyncIterator[Iterable[Sequence[Cell]]]:
    after = None
    while page := await tx.reports.payment_lines(filters, LINES_AT_ONCE, after):
        yield map(line_cells, page)
        last = page[-1]
        after = Place((last.scheduled_date, last.start_time), last.id)
