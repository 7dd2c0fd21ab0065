"""Dates, times, and days on which nobody teaches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import attrs
from hypothesis import strategies as st

from haitech_domain.calendar import (
    FIRST_DAY,
    LAST_DAY,
    CalendarOutOfRange,
    DateRange,
    DayOfWeek,
    TeachingDays,
    TimeSlot,
)
from haitech_domain.testing.strategies.once import made_once

EARLIEST: Final = date(2013, 6, 2)
"""The first day of Israel's VAT schedule: every date from here on has a rate."""
_MINUTES: Final = 24 * 60
_SHORTEST: Final = 5
_LONGEST: Final = 12 * 60


@attrs.frozen
class ClosedDays:
    """A holiday calendar that closes the days it is given, and no other."""

    closed: Mapping[date, str] = attrs.field(factory=dict)

    def closed_on(self, day: date) -> str | None:
        """Why nobody teaches on `day`. :raises CalendarOutOfRange: outside 2000–2100"""
        if not FIRST_DAY <= day <= LAST_DAY:
            raise CalendarOutOfRange(day)
        return self.closed.get(day)


@made_once
def civil_dates(least: date = EARLIEST, most: date = LAST_DAY) -> st.SearchStrategy[date]:
    """Civil dates, by default 2013–2100; shrinks to 2026-01-01 where that is within."""
    near = min(max(date(2026, 1, 1), least), most)
    later = st.integers(0, (most - near).days).map(lambda n: near + timedelta(days=n))
    earlier = st.integers(0, (near - least).days).map(lambda n: near - timedelta(days=n))
    return later | earlier


@made_once
def instants() -> st.SearchStrategy[datetime]:
    """Aware moments in UTC, 2013–2100, to the microsecond."""
    return st.datetimes(
        datetime(2013, 6, 2),  # noqa: DTZ001  # Hypothesis takes naive bounds
        datetime(2100, 12, 30),  # noqa: DTZ001  # as above
        timezones=st.just(UTC),
    )


@made_once
def civil_times() -> st.SearchStrategy[time]:
    """Times of day in whole minutes."""
    return st.integers(0, _MINUTES - 1).map(_time)


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60)


@made_once
@st.composite
def time_slots(draw: st.DrawFn) -> TimeSlot:
    """Slots that a meeting may have: 5 minutes to 12 hours within one day (R-MEET-1)."""
    start = draw(st.integers(0, _MINUTES - 1 - _SHORTEST))
    longest = min(_LONGEST, _MINUTES - 1 - start)
    return TimeSlot(_time(start), _time(start + draw(st.integers(_SHORTEST, longest))))


@made_once
@st.composite
def date_ranges(draw: st.DrawFn, *, near: date | None = None, longest: int = 60) -> DateRange:
    """Ranges of 1 to `longest` + 1 days; those `near` a date begin within a year around it."""
    start = draw(_days(near))
    length = draw(st.integers(0, min(longest, (LAST_DAY - start).days)))
    return DateRange(start, start + timedelta(days=length))


@made_once
def _days(near: date | None) -> st.SearchStrategy[date]:
    if near is None:
        return civil_dates()
    year = timedelta(days=365)
    reach = civil_dates(max(FIRST_DAY, near - year), min(LAST_DAY, near + year))
    return st.just(near) | reach


@made_once
def days_of_week(*, rest: frozenset[DayOfWeek] = frozenset()) -> st.SearchStrategy[DayOfWeek]:
    """Weekdays, without those of `rest`."""
    return st.sampled_from([day for day in DayOfWeek if day not in rest])


@made_once
def reasons() -> st.SearchStrategy[str]:
    """Why a day is closed."""
    return st.sampled_from(["Pesach", "יום כיפור", "strike", "שיפוצים", "snow"])


def holiday_calendars(*, near: date | None = None) -> st.SearchStrategy[ClosedDays]:
    """Calendars that close up to a dozen days."""
    return st.builds(ClosedDays, st.dictionaries(_days(near), reasons(), max_size=12))


def teaching_days(
    *, near: date | None = None, rest_days: frozenset[DayOfWeek] = frozenset({DayOfWeek.SATURDAY})
) -> st.SearchStrategy[TeachingDays]:
    """Holidays and closures at random, with the given rest days."""
    closures = st.dictionaries(date_ranges(near=near), reasons(), max_size=4)
    return st.builds(TeachingDays, holiday_calendars(near=near), closures, st.just(rest_days))
