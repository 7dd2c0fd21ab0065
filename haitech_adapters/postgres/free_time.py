"""Who is free at a time, asked of all instructors in one statement (R-SCHED-10)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa

from haitech_adapters.postgres.kinds import windows_written
from haitech_adapters.postgres.mapping import Clause, Spread
from haitech_adapters.postgres.tables import instructors, meetings, time_off
from haitech_adapters.postgres.tables.teaching import TEACHES
from haitech_domain.calendar import DayOfWeek
from haitech_domain.instructor import ALWAYS
from haitech_domain.scheduling import FreeTime

_Bound = sa.BindParameter[Any]
_USUAL: Final[sa.ColumnElement[Any]] = sa.literal_column(
    f"'{json.dumps(windows_written(ALWAYS).obj)}'::jsonb"
)
_NONE_SET: Final = sa.literal_column("instructors.windows = '[]'", sa.Boolean())
_NOTHING: Final = sa.func.tsmultirange()


def _parts(wanted: FreeTime) -> dict[str, Any]:
    parts = {"day": wanted.day, "weekday": DayOfWeek.of(wanted.day).value}
    slot = wanted.slot
    return parts if slot is None else {**parts, "start": slot.start, "end": slot.end}


def _stretch(day: Any, start: Any, end: Any) -> sa.ColumnElement[Any]:
    return sa.func.tsrange(day + start, day + end)


def _together(stretches: sa.Select[Any]) -> sa.ColumnElement[Any]:
    """Stretches as one value, for the instructor who is asked about; empty where there are none."""
    return sa.func.coalesce(stretches.correlate(instructors).scalar_subquery(), _NOTHING)


def _open(day: Any, weekday: _Bound) -> sa.ColumnElement[Any]:
    window = (
        sa.func.jsonb_to_recordset(sa.case((_NONE_SET, _USUAL), else_=instructors.c.windows))
        .table_valued(
            sa.column("day", sa.Text()), sa.column("start", sa.Time()), sa.column("end", sa.Time())
        )
        .render_derived(name="weekly", with_types=True)
    )
    return _together(
        sa.select(sa.func.range_agg(_stretch(day, window.c.start, window.c.end)))
        .select_from(window)
        .where(window.c.day == weekday)
    )


def _taken(day: Any) -> sa.ColumnElement[Any]:
    booked = meetings.alias("booked")
    return _together(
        sa.select(
            sa.func.range_agg(
                _stretch(booked.c.scheduled_date, booked.c.start_time, booked.c.end_time)
            )
        ).where(
            booked.c.instructor_id == instructors.c.id,
            booked.c.scheduled_date == day,
            booked.c.deleted_at.is_(None),
            sa.literal_column(f"booked.{TEACHES}", sa.Boolean()),
        )
    )


def _off(day: Any) -> Clause:
    return (
        sa.select(sa.literal_column("1"))
        .select_from(time_off)
        .where(
            time_off.c.instructor_id == instructors.c.id,
            time_off.c.first_day <= day,
            time_off.c.last_day >= day,
            time_off.c.deleted_at.is_(None),
        )
        .correlate(instructors)
        .exists()
    )


def _holds(given: Mapping[str, _Bound]) -> Clause:
    """Windows less meetings, without time off: all of the wanted stretch, or anything at all."""
    day: Any = sa.cast(given["day"], sa.Date())
    free = _open(day, given["weekday"]).op("-")(_taken(day))
    if "start" in given:
        start, end = (sa.cast(given[name], sa.Time()) for name in ("start", "end"))
        wanted: Clause = free.op("@>", is_comparison=True)(_stretch(day, start, end))
    else:
        wanted = ~sa.func.isempty(free)
    return sa.and_(wanted, ~_off(day))


FREE_TIME: Final = Spread(_parts, _holds)
"""The filter `free`, whose value is a `FreeTime` on a day that teaches."""
