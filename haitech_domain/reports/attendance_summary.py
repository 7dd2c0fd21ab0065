"""How many came, by cycle, student, branch or instructor (R-ATT-4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Final, TypeAlias

import attrs

from haitech_domain.attendance import AttendanceStatus, MarkCounts
from haitech_domain.reports.asked import ALL_ROWS, Cut, Filters, Report
from haitech_domain.reports.rows import Named
from haitech_domain.reports.table import Cell, CellKind, Column, Table, remark, written_ratio

GUESTS: Final = "guests"


class AttendanceBy(StrEnum):
    """By what marks are counted; the instructor is the meeting's."""

    CYCLE = "cycle"
    STUDENT = "student"
    BRANCH = "branch"
    INSTRUCTOR = "instructor"


@attrs.frozen(kw_only=True)
class Marked:
    """A live mark in a live meeting that teaches, of a live cycle, with what it belongs to.

    `student` is the one of the registration, also of a deleted one (R-REG-6), or the one on trial;
    None for a guest. Whatever a mark belongs to may be deleted: it stays in every total (R-PPL-4).
    """

    status: AttendanceStatus
    scheduled_date: date
    student: Named | None
    cycle: Named
    course: Named
    branch: Named
    instructor: Named


@attrs.frozen(kw_only=True)
class AttendanceRow:
    """One row of the report; `of` is None for all guests together."""

    of: Named | None
    counts: MarkCounts


Attendance: TypeAlias = Report[AttendanceRow, MarkCounts]


def attendance_summary(
    marks: Iterable[Marked],
    by: AttendanceBy,
    filters: Filters | None = None,
    cut: Cut = ALL_ROWS,
) -> Attendance:
    """Marks counted one by one; rows by name and id, guests last."""
    sums: dict[Named | None, MarkCounts] = {}
    for mark in marks:
        if _meant(mark, filters or Filters()):
            key = getattr(mark, by.value)
            sums[key] = sums.get(key, MarkCounts()) + MarkCounts(**{mark.status.value: 1})
    named = sorted((of for of in sums if of is not None), key=lambda of: (of.name, of.id))
    guests = [None] if None in sums else []
    rows = [AttendanceRow(of=of, counts=sums[of]) for of in (*named, *guests)]
    return Report(
        rows=cut.of(rows),
        row_count=len(rows),
        totals=sum((row.counts for row in rows), MarkCounts()),
    )


def _meant(mark: Marked, filters: Filters) -> bool:
    return filters.mean(
        mark.scheduled_date,
        branch_id=mark.branch.id,
        course_id=mark.course.id,
        instructor_id=mark.instructor.id,
        cycle_id=mark.cycle.id,
        student_id=None if mark.student is None else mark.student.id,
    )


_COUNTS: Final = (
    *(
        Column(key=key, kind=CellKind.COUNT)
        for key in ("marks", *(status.value for status in AttendanceStatus))
    ),
    Column(key="rate", kind=CellKind.RATIO),
)


def attendance_table(report: Attendance, by: AttendanceBy) -> Table:
    """The report as a table."""
    heading = (
        Column(key=by.value, kind=CellKind.TEXT),
        Column(key="remark", kind=CellKind.WORD),
    )
    return Table(
        name="attendance-summary",
        columns=(*heading, *_COUNTS),
        rows=[(*_heading(row.of), *_cells(row.counts)) for row in report.rows],
        totals=(None, None, *_cells(report.totals)),
    )


def _heading(of: Named | None) -> tuple[Cell, ...]:
    return (None, GUESTS) if of is None else (of.name, remark(of))


def _cells(counts: MarkCounts) -> tuple[Cell, ...]:
    by_status = (getattr(counts, status.value) for status in AttendanceStatus)
    return (counts.total, *by_status, written_ratio(counts.rate))
