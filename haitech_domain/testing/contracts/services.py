"""What calendars, clocks and ids promise, beyond what their types say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from haitech_domain.calendar import (
    FIRST_DAY,
    LAST_DAY,
    CalendarOutOfRange,
    DateRange,
    HolidayCalendar,
)
from haitech_domain.ports import Clock, Ids

YEAR = DateRange(date(2026, 1, 1), date(2026, 12, 31))


class HolidayCalendarContract:
    """R-SCHED-2. Inherit it in a class named `Test…`, beside a fixture named `calendar`."""

    def test_knows_the_years_that_the_school_plans_in(self, calendar: HolidayCalendar) -> None:
        """From 2000 to 2100, without the network."""
        for day in (FIRST_DAY, LAST_DAY):
            calendar.closed_on(day)

    def test_refuses_days_that_it_does_not_know(self, calendar: HolidayCalendar) -> None:
        """Silence would mean that there is teaching."""
        for day in (FIRST_DAY - timedelta(days=1), LAST_DAY + timedelta(days=1)):
            with pytest.raises(CalendarOutOfRange):
                calendar.closed_on(day)

    def test_gives_a_reason_that_can_be_read(self, calendar: HolidayCalendar) -> None:
        """R-SCHED-6: a plan names why it passed a day over."""
        reasons = {calendar.closed_on(day) for day in YEAR}
        assert all(why is None or why.strip() for why in reasons)
        assert None in reasons, "a school that never teaches plans nothing"

    def test_says_the_same_whenever_it_is_asked(self, calendar: HolidayCalendar) -> None:
        """A plan is made again from the same days."""
        days = list(YEAR)
        once = [calendar.closed_on(day) for day in days]
        assert [calendar.closed_on(day) for day in reversed(days)] == once[::-1]


class ClockContract:
    """R-SCHED-7. Inherit it in a class named `Test…`, beside a fixture named `clock`."""

    def test_tells_an_instant_in_utc(self, clock: Clock) -> None:
        """Aware, so that nobody takes it for the wall clock."""
        assert clock.now().tzinfo is UTC

    def test_does_not_go_back(self, clock: Clock) -> None:
        """Neither does what is stored by it."""
        first, second = clock.now(), clock.now()
        assert first <= second

    def test_shows_the_wall_clock_of_jerusalem(self, clock: Clock) -> None:
        """In winter two hours before UTC, in summer three."""
        for instant, wall in (
            (datetime(2026, 1, 15, 12, 0, tzinfo=UTC), 14),
            (datetime(2026, 7, 15, 12, 0, tzinfo=UTC), 15),
        ):
            shown = clock.civil(instant)
            assert (shown.tzinfo, shown.hour) == (None, wall)
            assert clock.instant(shown) == instant

    def test_takes_the_first_of_two_hours_that_look_alike(self, clock: Clock) -> None:
        """When the clocks go back, 01:30 is shown twice."""
        twice = datetime(2026, 10, 25, 1, 30)  # noqa: DTZ001  # the wall clock is naive
        assert clock.instant(twice) == datetime(2026, 10, 24, 22, 30, tzinfo=UTC)


class IdsContract:
    """Inherit it in a class named `Test…`, beside a fixture named `ids`."""

    def test_gives_no_id_twice(self, ids: Ids) -> None:
        """Whatever was given before."""
        given = [ids.new() for _ in range(1_000)]
        assert len(set(given)) == len(given)

    def test_later_ids_sort_after_earlier_ones(self, ids: Ids) -> None:
        """Lists of what came in are in order of id."""
        given = [ids.new() for _ in range(1_000)]
        assert given == sorted(given)
