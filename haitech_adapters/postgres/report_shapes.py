"""The statements of reports: sums by what is asked for, their totals, and a page of their rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import attrs
import sqlalchemy as sa

from haitech_adapters.postgres.mapping import Clause, parameter
from haitech_adapters.postgres.mappings import CYCLES, MEETINGS
from haitech_adapters.postgres.tables import (
    attendance,
    attendance_months,
    branches,
    courses,
    cycles,
    instructors,
    meetings,
    registrations,
    students,
)
from haitech_adapters.postgres.tables.columns import ordered_text
from haitech_domain.attendance import AttendanceStatus
from haitech_domain.cycle import ActivityType, CycleType
from haitech_domain.reports import AttendanceBy, RevenueBy

Given = frozenset[str]
Column = sa.ColumnElement[Any]

ACTIVITIES: Final = tuple(ActivityType)
_NAMED: Final = {
    "branch": (branches, cycles.c.branch_id),
    "course": (courses, cycles.c.course_id),
    "cycle": (cycles, meetings.c.cycle_id),
    "instructor": (instructors, meetings.c.instructor_id),
}
"""What rows are of: the table that has its name, and which one a meeting has."""
_AMOUNTS: Final = (
    meetings.c.revenue,
    meetings.c.instructor_payment,
    meetings.c.employer_cost,
)
_FILTERS: Final[dict[str, Clause]] = {
    "from_day": meetings.c.scheduled_date >= parameter("from_day", sa.Date()),
    "to_day": meetings.c.scheduled_date <= parameter("to_day", sa.Date()),
    "cycle_id": meetings.c.cycle_id == parameter("cycle_id", sa.Uuid()),
    "instructor_id": meetings.c.instructor_id == parameter("instructor_id", sa.Uuid()),
    "branch_id": cycles.c.branch_id == parameter("branch_id", sa.Uuid()),
    "course_id": cycles.c.course_id == parameter("course_id", sa.Uuid()),
}
_COMPLETED: Final = sa.literal_column("meetings.status = 'completed'", sa.Boolean())
_TEACHES: Final = sa.literal_column("meetings.status IN ('scheduled', 'completed')", sa.Boolean())
_IN_CYCLE: Final = meetings.join(cycles, cycles.c.id == meetings.c.cycle_id)
_ACTIVITY: Final = sa.func.coalesce(meetings.c.activity_type, cycles.c.activity_type)
_STRETCH: Final = meetings.c.end_time - meetings.c.start_time


def _sum(column: Column, nothing: str = "0") -> Column:
    zero = sa.literal_column(nothing, column.type)
    return sa.func.coalesce(sa.func.sum(column), zero)


def _gone(table: sa.Table) -> Column:
    return table.c.deleted_at.is_not(None).label(f"{table.name}_gone")


def _literal(text: str, kind: Any) -> Column:
    return sa.literal_column(text, kind)


def _name_of(table: sa.Table) -> tuple[Column, ...]:
    return table.c.id, table.c.name, _gone(table)


def _held(given: Given) -> list[Clause]:
    """R-PPL-4: completed live meetings of live cycles, as far as they are meant."""
    return [MEETINGS.live, _COMPLETED, CYCLES.live, *_meant(given)]


def _meant(given: Given) -> list[Clause]:
    return [_FILTERS[name] for name in sorted(given)]


def _paged(
    groups: sa.FromClause,
    totals: Iterable[Column],
    source: sa.FromClause,
    shown: Sequence[Column],
    order: Sequence[Column],
) -> sa.Select[Any]:
    """How many groups there are, their totals, and beside them some of the groups, if any.

    The totals stand in every row, and in one without anything beside them where no group is shown.
    """
    counted = sa.select(sa.func.count(), *totals).select_from(groups).subquery("totals")
    place = [column.label(f"place_{n}") for n, column in enumerate(order)]
    page = (
        sa.select(_literal("true", sa.Boolean()).label("there"), *shown, *place)
        .select_from(source)
        .order_by(*(column.nulls_last() for column in order))
        .limit(parameter("limit", sa.Integer()))
        .offset(parameter("offset", sa.Integer()))
        .subquery("page")
    )
    columns = list(page.c)
    wanted, places = columns[: len(columns) - len(place)], columns[len(columns) - len(place) :]
    return (
        sa.select(*counted.c, *wanted)
        .select_from(counted.outerjoin(page, sa.true()))
        .order_by(*(column.nulls_last() for column in places))
    )


@attrs.frozen
class RevenueOf:
    """Completed meetings and their amounts, by time, type or name."""

    by: RevenueBy
    given: Given

    def statement(self) -> sa.Select[Any]:
        """Summed first by what the meetings themselves have, then by what that belongs to."""
        by = self.by
        sums = (sa.func.count().label("meetings"), *(_sum(a).label(a.name) for a in _AMOUNTS))
        days = (
            sa.select(self._key().label("key"), *sums)
            .select_from(_IN_CYCLE)
            .where(*_held(self.given))
            .group_by(sa.literal_column("1"))
        )
        groups = days.cte("groups")
        if by in {RevenueBy.WEEK, RevenueBy.MONTH}:
            inner = days.subquery("days")
            first_day = _FIRST_DAY[by].label("key")
            groups = (
                sa.select(first_day, *(_sum(inner.c[s.name]).label(s.name) for s in sums))
                .select_from(inner)
                .group_by(sa.literal_column("1"))
                .cte("groups")
            )
        columns = [groups.c[s.name] for s in sums]
        source: sa.FromClause = groups
        name: tuple[Column, ...] = (_literal("NULL", sa.Text()), _literal("NULL", sa.Boolean()))
        order: tuple[Column, ...] = (groups.c.key,)
        if by.is_named:
            table, _ = _NAMED[by.value]
            source = groups.join(table, table.c.id == groups.c.key)
            name = (table.c.name, _gone(table))
            order = (ordered_text(table.c.name), groups.c.key)
        elif by is RevenueBy.CYCLE_TYPE:
            types = ", ".join(f"'{type_}'" for type_ in CycleType)
            order = (sa.func.array_position(_literal(f"ARRAY[{types}]", sa.Text()), groups.c.key),)
        return _paged(
            groups, map(_sum, columns), source, [groups.c.key, *_unlike(name), *columns], order
        )

    def _key(self) -> Column:
        if self.by.is_time:
            return meetings.c.scheduled_date
        if self.by is RevenueBy.CYCLE_TYPE:
            return cycles.c.type
        return _NAMED[self.by.value][1]


def _unlike(columns: Sequence[Column]) -> list[Column]:
    """The columns under names of their own."""
    return [column.label(f"name_{n}") for n, column in enumerate(columns)]


# date_trunc would go through the session's time zone; 1999-12-26 is a Sunday before all days
_FIRST_DAY: Final = {
    RevenueBy.WEEK: _literal("days.key - (days.key - DATE '1999-12-26') % 7", sa.Date()),
    RevenueBy.MONTH: _literal("days.key - (EXTRACT(day FROM days.key)::integer - 1)", sa.Date()),
}


@attrs.frozen
class PaymentsOf:
    """What is paid, by instructor, with sums of each activity side by side."""

    given: Given

    def statement(self) -> sa.Select[Any]:
        """Summed by instructor and activity first, which are few."""
        work = (
            sa.select(
                meetings.c.instructor_id.label("key"),
                _ACTIVITY.label("activity"),
                sa.func.count().label("meetings"),
                sa.func.sum(_STRETCH).label("stretch"),
                sa.func.sum(meetings.c.instructor_payment).label("payment"),
                sa.func.sum(meetings.c.employer_cost).label("cost"),
            )
            .select_from(_IN_CYCLE)
            .where(*_held(self.given))
            .group_by(sa.literal_column("1"), sa.literal_column("2"))
            .subquery("work")
        )
        nothing = {"meetings": "0", "stretch": "INTERVAL '0'", "payment": "0", "cost": "0"}
        sums = [
            sa.func.coalesce(
                sa.func.sum(work.c[name]).filter(
                    _literal(f"work.activity = '{activity}'", sa.Boolean())
                ),
                _literal(zero, work.c[name].type),
            ).label(f"{activity}_{name}")
            for activity in ACTIVITIES
            for name, zero in nothing.items()
        ]
        groups = sa.select(work.c.key, *sums).group_by(work.c.key).cte("groups")
        totals = [
            sum(
                (_sum(groups.c[f"{activity}_{name}"], zero) for activity in ACTIVITIES[1:]),
                start=_sum(groups.c[f"{ACTIVITIES[0]}_{name}"], zero),
            ).label(name)
            for name, zero in nothing.items()
        ]
        shown = [groups.c.key, instructors.c.name, _gone(instructors)]
        return _paged(
            groups,
            totals,
            groups.join(instructors, instructors.c.id == groups.c.key),
            [*shown, *(groups.c[column.name] for column in sums)],
            (ordered_text(instructors.c.name), groups.c.key),
        )


@attrs.frozen
class LinesOf:
    """The completed meetings themselves, by date, start and id, perhaps behind one of them."""

    given: Given
    behind: bool = False

    def statement(self) -> sa.Select[Any]:
        """One page."""
        place = meetings.c["scheduled_date", "start_time", "id"]
        after = sa.tuple_(
            parameter("after_day", sa.Date()),
            parameter("after_start", sa.Time()),
            parameter("after_id", sa.Uuid()),
        )
        return (
            sa.select(
                *place[2:],
                *place[:2],
                meetings.c.end_time,
                meetings.c.number,
                _ACTIVITY,
                *_AMOUNTS,
                *cycles.c["id", "name", "type"],
                *_name_of(courses),
                *_name_of(branches),
                *_name_of(instructors),
            )
            .select_from(
                _IN_CYCLE.join(courses, courses.c.id == cycles.c.course_id)
                .join(branches, branches.c.id == cycles.c.branch_id)
                .join(instructors, instructors.c.id == meetings.c.instructor_id)
            )
            .where(*_held(self.given), *([sa.tuple_(*place) > after] if self.behind else []))
            .order_by(*place)
            .limit(parameter("most", sa.Integer()))
        )


_STUDENT: Final = sa.func.coalesce(attendance.c.student_id, registrations.c.student_id)
_GUEST: Final = _literal("'00000000-0000-0000-0000-000000000000'", sa.Uuid())


@attrs.frozen
class AttendanceOf:
    """Marks by status, by cycle, student, branch or instructor.

    `given` has no days: whole months, if there are any, come from what is counted by month, and the
    `edges` around them, each a stretch of days, from the marks themselves.
    """

    by: AttendanceBy
    given: Given
    months: bool
    edges: int

    def statement(self) -> sa.Select[Any]:
        """Marks of a student are found by the registration, also a deleted one (R-REG-6)."""
        parts = [self._of_months()] if self.months else []
        parts += [self._of_marks(edge) for edge in range(self.edges)]
        groups = parts[0].cte("groups")
        if len(parts) > 1:
            both = sa.union_all(*parts).subquery("parts")
            sums = (_sum(both.c[status]).label(status) for status in AttendanceStatus)
            groups = sa.select(both.c.key, *sums).group_by(both.c.key).cte("groups")
        columns = [groups.c[status] for status in AttendanceStatus]
        table = students if self.by is AttendanceBy.STUDENT else _NAMED[self.by.value][0]
        return _paged(
            groups,
            map(_sum, columns),
            groups.outerjoin(table, table.c.id == groups.c.key),
            [groups.c.key, table.c.name, _gone(table), *columns],
            (ordered_text(table.c.name), groups.c.key),
        )

    def _of_months(self) -> sa.Select[Any]:
        kept = attendance_months.c
        of = {
            "cycle": kept.cycle_id,
            "student": sa.func.nullif(kept.student_id, _GUEST),
            "branch": cycles.c.branch_id,
            "instructor": kept.instructor_id,
        }
        meant = {
            **_FILTERS,
            "cycle_id": kept.cycle_id == parameter("cycle_id", sa.Uuid()),
            "instructor_id": kept.instructor_id == parameter("instructor_id", sa.Uuid()),
            "student_id": kept.student_id == parameter("student_id", sa.Uuid()),
        }
        present, absent, late = (sa.func.sum(kept[status]) for status in AttendanceStatus)
        counts = (
            s.label(name) for s, name in zip((present, absent, late), AttendanceStatus, strict=True)
        )
        return (
            sa.select(of[self.by.value].label("key"), *counts)
            .select_from(attendance_months.join(cycles, cycles.c.id == kept.cycle_id))
            .where(
                CYCLES.live,
                kept.month >= parameter("first_month", sa.Date()),
                kept.month <= parameter("last_month", sa.Date()),
                *(meant[name] for name in sorted(self.given)),
            )
            .group_by(sa.literal_column("1"))
            .having(present + absent + late > _literal("0", sa.Integer()))
        )

    def _of_marks(self, edge: int) -> sa.Select[Any]:
        of = _STUDENT if self.by is AttendanceBy.STUDENT else _NAMED[self.by.value][1]
        meant = {**_FILTERS, "student_id": parameter("student_id", sa.Uuid()) == _STUDENT}
        counts: list[Column] = [
            sa.func.count()
            .filter(_literal(f"attendance.status = '{status}'", sa.Boolean()))
            .label(status)
            for status in AttendanceStatus
        ]
        first, last = (parameter(f"{end}_{edge}", sa.Date()) for end in ("first", "last"))
        return (
            sa.select(of.label("key"), *counts)
            .select_from(
                attendance.join(meetings, meetings.c.id == attendance.c.meeting_id)
                .join(cycles, cycles.c.id == meetings.c.cycle_id)
                .outerjoin(registrations, registrations.c.id == attendance.c.registration_id)
            )
            .where(
                attendance.c.deleted_at.is_(None),
                MEETINGS.live,
                _TEACHES,
                CYCLES.live,
                meetings.c.scheduled_date.between(first, last),
                *(meant[name] for name in sorted(self.given)),
            )
            .group_by(sa.literal_column("1"))
        )


_OVERLAPS: Final[dict[str, Clause]] = {
    "from_day": sa.or_(
        cycles.c.end_date >= parameter("from_day", sa.Date()), cycles.c.end_date.is_(None)
    ),
    "to_day": cycles.c.start_date <= parameter("to_day", sa.Date()),
    "cycle_id": cycles.c.id == parameter("cycle_id", sa.Uuid()),
    "instructor_id": cycles.c.instructor_id == parameter("instructor_id", sa.Uuid()),
    "branch_id": _FILTERS["branch_id"],
    "course_id": _FILTERS["course_id"],
    "status": cycles.c.status == parameter("status", sa.Text()),
}
_REMAINING: Final = _literal(
    "CASE WHEN cycles.status = 'active'"
    " THEN greatest(0, cycles.total_meetings - cycles.completed_meetings) ELSE 0 END",
    sa.Integer(),
)
_SCHEDULED: Final = _literal("meetings.status = 'scheduled'", sa.Boolean())
_IN_PLAN: Final = meetings.c.number <= cycles.c.total_meetings
_TAKES_PART: Final = _literal("registrations.status <> 'cancelled'", sa.Boolean())


@attrs.frozen
class ProgressOf:
    """Live cycles with what is counted of their meetings and registrations."""

    given: Given

    def statement(self) -> sa.Select[Any]:
        """What is counted, by cycle, is joined to the cycles that are meant."""
        meant = [CYCLES.live, *(_OVERLAPS[name] for name in sorted(self.given))]
        done = (
            sa.select(
                meetings.c.cycle_id,
                sa.func.sum(meetings.c.revenue).label("revenue"),
                sa.func.count().filter(_IN_PLAN).label("in_plan"),
                sa.func.max(meetings.c.scheduled_date).label("last"),
            )
            .select_from(_IN_CYCLE)
            .where(MEETINGS.live, _COMPLETED, *meant)
            .group_by(meetings.c.cycle_id)
            .subquery("done")
        )
        waiting = (
            sa.select(
                meetings.c.cycle_id,
                sa.func.count().filter(_IN_PLAN).label("in_plan"),
                sa.func.max(meetings.c.scheduled_date).label("last"),
            )
            .select_from(_IN_CYCLE)
            .where(MEETINGS.live, _SCHEDULED, *meant)
            .group_by(meetings.c.cycle_id)
            .subquery("waiting")
        )
        once = (
            sa.select(*registrations.c["cycle_id", "student_id"])
            .distinct()
            .select_from(registrations.join(cycles, cycles.c.id == registrations.c.cycle_id))
            .where(registrations.c.deleted_at.is_(None), _TAKES_PART, *meant)
            .subquery("once")
        )
        taking = (
            sa.select(once.c.cycle_id, sa.func.count().label("students"))
            .group_by(once.c.cycle_id)
            .subquery("taking")
        )
        nothing = _literal("0", sa.Integer())
        groups = (
            sa.select(
                *cycles.c["id", "name", "status", "type", "start_date", "day_of_week", "end_date"],
                *cycles.c["total_meetings", "completed_meetings", "scheduled_meetings"],
                _REMAINING.label("remaining"),
                (
                    cycles.c.total_meetings
                    - sa.func.coalesce(done.c.in_plan, nothing)
                    - sa.func.coalesce(waiting.c.in_plan, nothing)
                ).label("unplanned"),
                sa.func.greatest(done.c.last, waiting.c.last).label("last_meeting"),
                sa.func.coalesce(taking.c.students, nothing).label("students"),
                sa.func.coalesce(done.c.revenue, _literal("0", sa.Numeric())).label("revenue"),
                *cycles.c["course_id", "branch_id", "instructor_id"],
            )
            .select_from(
                cycles.outerjoin(done, done.c.cycle_id == cycles.c.id)
                .outerjoin(waiting, waiting.c.cycle_id == cycles.c.id)
                .outerjoin(taking, taking.c.cycle_id == cycles.c.id)
            )
            .where(*meant)
            .cte("groups")
        )
        summed = ("total_meetings", "completed_meetings", "remaining", "students", "revenue")
        return _paged(
            groups,
            [_sum(groups.c[name]).label(name) for name in summed],
            groups.join(courses, courses.c.id == groups.c.course_id)
            .join(branches, branches.c.id == groups.c.branch_id)
            .join(instructors, instructors.c.id == groups.c.instructor_id),
            [
                *list(groups.c)[:-3],
                *_labelled(courses),
                *_labelled(branches),
                *_labelled(instructors),
            ],
            (ordered_text(groups.c.name), groups.c.id),
        )


def _labelled(table: sa.Table) -> list[Column]:
    return [column.label(f"{table.name}_{n}") for n, column in enumerate(_name_of(table))]
