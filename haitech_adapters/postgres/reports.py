"""Rows for reports, each kind in one question; every statement is compiled once, here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import accumulate, chain
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by

from haitech_adapters.postgres.compiled import compiled
from haitech_adapters.postgres.kinds import kind_of
from haitech_adapters.postgres.mapping import among, parameter
from haitech_adapters.postgres.mappings import CLOSURES, CYCLES, INSTRUCTORS, MEETINGS
from haitech_adapters.postgres.school_reports import PostgresSchoolReports
from haitech_adapters.postgres.session import Row
from haitech_adapters.postgres.tables import (
    attendance,
    branches,
    closures,
    courses,
    cycles,
    instructors,
    meetings,
    registrations,
)
from haitech_adapters.postgres.tables.columns import ordered_text
from haitech_domain.attendance import AttendanceStatus, MarkCounts
from haitech_domain.money import Money
from haitech_domain.registration import RegistrationStatus
from haitech_domain.reports import ClosedBranch, DayRow, MeetingRow, Named, Unreported

_LIVE: Final = (MEETINGS.live, CYCLES.live)


def _named(table: sa.Table) -> tuple[sa.ColumnElement[Any], ...]:
    return table.c.id, table.c.name, table.c.deleted_at.is_not(None)


_PARTS: Final = (
    MEETINGS.columns,
    CYCLES.columns,
    INSTRUCTORS.columns,
    _named(courses),
    _named(branches),
)
_COLUMNS: Final = tuple(chain.from_iterable(_PARTS))
_, _CYCLE, _INSTRUCTOR, _COURSE, _BRANCH, _ = accumulate(map(len, _PARTS), initial=0)
"""Where in a row each of the parts begins."""


_HELD: Final = (
    meetings.join(cycles, cycles.c.id == meetings.c.cycle_id)
    .join(instructors, instructors.c.id == meetings.c.instructor_id)
    .join(courses, courses.c.id == cycles.c.course_id)
    .join(branches, branches.c.id == cycles.c.branch_id)
)
_DAY: Final = compiled(
    sa.select(*_COLUMNS)
    .select_from(_HELD)
    .where(*_LIVE, meetings.c.scheduled_date == parameter("day"))
    .order_by(meetings.c.start_time, meetings.c.id)
)

_WAITING: Final = (
    *_LIVE,
    sa.literal_column("meetings.status = 'scheduled'", sa.Boolean()),
    meetings.c.scheduled_date <= parameter("today"),
    sa.or_(
        meetings.c.scheduled_date < parameter("today"),
        meetings.c.end_time <= parameter("now", sa.Time()),
    ),
)
_UNREPORTED: Final = compiled(
    sa.select(
        *_COLUMNS,
        sa.select(sa.func.count())
        .select_from(meetings.join(cycles, cycles.c.id == meetings.c.cycle_id))
        .where(*_WAITING)
        .correlate(None)
        .scalar_subquery(),
    )
    .select_from(_HELD)
    .where(*_WAITING)
    .order_by(meetings.c.scheduled_date, meetings.c.start_time, meetings.c.id)
    .limit(parameter("most", sa.Integer()))
)


def _is(column: sa.Column[Any], words: Iterable[str]) -> sa.ColumnElement[bool]:
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.literal_column(f"{column} IN ({listed})", sa.Boolean())


def _taking_part() -> sa.Select[Any]:
    """For each meeting: its students, those of them without a mark, and the prices."""
    theirs = registrations.alias("theirs")
    marked = (
        sa.select(
            attendance.c.meeting_id,
            sa.func.coalesce(attendance.c.student_id, theirs.c.student_id).label("student_id"),
        )
        .distinct()
        .select_from(
            attendance.join(meetings, meetings.c.id == attendance.c.meeting_id).outerjoin(
                theirs,
                (theirs.c.id == attendance.c.registration_id)
                & (theirs.c.cycle_id == meetings.c.cycle_id)
                & theirs.c.deleted_at.is_(None),
            )
        )
        .where(attendance.c.deleted_at.is_(None), among(attendance.c.meeting_id, "meetings"))
        .cte("marked")
    )
    status, student = registrations.c.status, registrations.c.student_id
    expected = ~_is(status, [RegistrationStatus.CANCELLED])
    bearing = _is(status, [one for one in RegistrationStatus if one.bears_revenue])
    place = (registrations.c.created_at, registrations.c.id)
    return (
        sa.select(
            meetings.c.id,
            sa.func.count(student.distinct()).filter(expected),
            sa.func.count(student.distinct()).filter(expected, marked.c.student_id.is_(None)),
            sa.func.array_agg(aggregate_order_by(registrations.c.amount, *place)).filter(bearing),
        )
        .select_from(
            meetings.join(registrations, registrations.c.cycle_id == meetings.c.cycle_id).outerjoin(
                marked,
                (marked.c.meeting_id == meetings.c.id) & (marked.c.student_id == student),
            )
        )
        .where(among(meetings.c.id, "meetings"), registrations.c.deleted_at.is_(None))
        .group_by(meetings.c.id)
    )


_TAKING_PART: Final = compiled(_taking_part())
_MARKS: Final = compiled(
    sa.select(
        attendance.c.meeting_id,
        *(
            sa.func.count().filter(_is(attendance.c.status, [status]))
            for status in AttendanceStatus
        ),
    )
    .where(attendance.c.deleted_at.is_(None), among(attendance.c.meeting_id, "meetings"))
    .group_by(attendance.c.meeting_id)
)
_CLOSED: Final = compiled(
    sa.select(*_named(branches), closures.c.why)
    .select_from(closures.join(branches, branches.c.id == closures.c.branch_id))
    .where(
        CLOSURES.live,
        branches.c.deleted_at.is_(None),
        closures.c.first_day <= parameter("day"),
        closures.c.last_day >= parameter("day"),
    )
    .order_by(ordered_text(branches.c.name), branches.c.id, closures.c.first_day, closures.c.id)
)


class PostgresReports(PostgresSchoolReports):
    """Rows for reports as one transaction sees them."""

    async def day(self, day: date) -> Sequence[DayRow]:
        """The meetings of a day whatever their status, by start and id."""
        rows = await self._session.rows(_DAY, {"day": day})
        if not rows:
            return []
        held = [(told["meeting"].id, told) for told in map(_told, rows)]
        ids = {"meetings": [id for id, _ in held]}
        parts = {id: part for id, *part in await self._session.rows(_TAKING_PART, ids)}
        marks = {id: mark for id, *mark in await self._session.rows(_MARKS, ids)}
        return [_day_row(told, parts.get(id), marks.get(id)) for id, told in held]

    async def unreported(self, now: datetime, most: int) -> Unreported:
        """The scheduled meetings that had ended at the civil moment `now`, the oldest first."""
        asked = {"today": now.date(), "now": now.time(), "most": most}
        rows = await self._session.rows(_UNREPORTED, asked)
        if not rows:
            return Unreported()
        return Unreported(total=rows[0][-1], rows=tuple(MeetingRow(**_told(row)) for row in rows))

    async def closed_on(self, day: date) -> Sequence[ClosedBranch]:
        """The live branches that a closure of their own keeps from teaching on a day."""
        rows = await self._session.rows(_CLOSED, {"day": day})
        return [ClosedBranch(branch=Named(id=r[0], name=r[1]), why=r[3]) for r in rows]


def _told(row: Row) -> dict[str, Any]:
    return {
        "meeting": MEETINGS.read(row),
        "cycle": CYCLES.read(row[_CYCLE:]),
        "instructor": INSTRUCTORS.read(row[_INSTRUCTOR:]),
        "course": _read_name(row[_COURSE:]),
        "branch": _read_name(row[_BRANCH:]),
    }


def _read_name(row: Row) -> Named:
    id, name, is_deleted, *_ = row
    return Named(id=id, name=name, is_deleted=is_deleted)


_PRICE: Final = kind_of(Money).read or Money.of


def _day_row(
    told: dict[str, Any], part: Sequence[Any] | None, marks: Sequence[Any] | None
) -> DayRow:
    registered, unmarked, prices = part or (0, 0, None)
    counted = dict(zip(AttendanceStatus, marks or (0, 0, 0), strict=True))
    return DayRow(
        **told,
        registered=registered,
        unmarked=unmarked,
        prices=tuple(price if price is None else _PRICE(price) for price in prices or ()),
        marks=MarkCounts(**{status.value: number for status, number in counted.items()}),
    )
