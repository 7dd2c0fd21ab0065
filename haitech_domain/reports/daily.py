"""A school's day: what is held, what it comes to, and what nobody has reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import attrs

from haitech_domain.ids import MeetingId
from haitech_domain.meeting import Figures, MeetingStatus, Settlement
from haitech_domain.reports.rows import DayRow, MeetingRow, Named

MOST_UNREPORTED: Final = 100
"""How many unreported meetings are named; how many there are is always said."""


@attrs.frozen(kw_only=True)
class ClosedBranch:
    """A branch that does not teach on a day, and why."""

    branch: Named
    why: str


@attrs.frozen(kw_only=True)
class Unreported:
    """Scheduled meetings that have ended: how many, and the oldest of them in order."""

    total: int = 0
    rows: tuple[MeetingRow, ...] = ()


@attrs.frozen(kw_only=True)
class DayLine:
    """One meeting of the day with its money; what a scheduled one would earn is a forecast."""

    row: DayRow
    money: Settlement
    is_forecast: bool = False


@attrs.frozen(kw_only=True)
class Daily:
    """The day.

    `totals` are the figures of its completed meetings, as they were fixed; `expected` those that
    its scheduled ones would have if they were completed now. Cancelled and postponed meetings earn
    and cost nothing. `unreported` is about all days up to `today`, whichever day this is.
    """

    day: date
    today: date
    no_teaching: str | None
    closed: Sequence[ClosedBranch]
    lines: Sequence[DayLine]
    counts: Mapping[MeetingStatus, int]
    totals: Figures
    expected: Figures
    unreported: Unreported

    def days_late(self, row: MeetingRow) -> int:
        """For how many days a meeting has been waiting for its report; 0 on its own day."""
        return (self.today - row.meeting.scheduled_date).days


def daily(
    rows: Sequence[DayRow],
    forecasts: Mapping[MeetingId, Settlement],
    *,
    day: date,
    today: date,
    no_teaching: str | None = None,
    closed: Sequence[ClosedBranch] = (),
    unreported: Unreported | None = None,
) -> Daily:
    """The day of these rows. `forecasts` has the money of each of them that is scheduled.

    :raises KeyError: a scheduled meeting has no forecast
    """
    lines = [_line(row, forecasts) for row in rows]
    statuses = Counter(row.meeting.status for row in rows)
    completed = (x.money for x in lines if x.row.meeting.status is MeetingStatus.COMPLETED)
    return Daily(
        day=day,
        today=today,
        no_teaching=no_teaching,
        closed=closed,
        lines=lines,
        counts={status: statuses[status] for status in MeetingStatus},
        totals=Figures.total(completed),
        expected=Figures.total(line.money for line in lines if line.is_forecast),
        unreported=unreported or Unreported(),
    )


def _line(row: DayRow, forecasts: Mapping[MeetingId, Settlement]) -> DayLine:
    if row.meeting.status is MeetingStatus.SCHEDULED:
        return DayLine(row=row, money=forecasts[row.meeting.id], is_forecast=True)
    return DayLine(row=row, money=row.meeting.money)
