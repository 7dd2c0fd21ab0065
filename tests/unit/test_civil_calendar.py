"""R-MEET-1, R-SCHED-2, R-SCHED-3: weekdays, time slots, ranges of days, and which days teach."""

from __future__ import annotations

from datetime import date, datetime, time

import attrs
import pytest

from haitech_domain.calendar import (
    FIRST_DAY,
    LAST_DAY,
    CalendarOutOfRange,
    DateRange,
    DayOfWeek,
    TeachingDays,
    TimeSlot,
    civil,
    minute_of,
)
from haitech_domain.errors import BadValue

SUNDAY, SATURDAY = date(2026, 2, 1), date(2026, 2, 7)


@attrs.frozen
class Feasts:
    """A holiday calendar of named days."""

    days: dict[date, str] = attrs.field(factory=dict)

    def closed_on(self, day: date) -> str | None:
        return self.days.get(day)


def test_the_week_begins_on_sunday() -> None:
    """R-SCHED-1: weekdays by name, Sunday first."""
    names = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
    assert [day.value for day in DayOfWeek] == names
    assert [day.position for day in DayOfWeek] == list(range(7))
    assert [DayOfWeek.of(date(2026, 2, day)).value for day in range(1, 8)] == names


def test_the_first_weekday_from_a_date_on_includes_the_date() -> None:
    """R-SCHED-1: the first is the first such day on or after `start_date`."""
    assert DayOfWeek.SUNDAY.on_or_after(SUNDAY) == SUNDAY
    assert DayOfWeek.SATURDAY.on_or_after(SUNDAY) == SATURDAY
    assert DayOfWeek.SUNDAY.on_or_after(date(2026, 2, 2)) == date(2026, 2, 8)


def test_the_first_weekday_beyond_2100_is_out_of_range() -> None:
    """R-SCHED-2: the calendar knows the years 2000-2100; 2100-12-31 is a Friday."""
    assert DayOfWeek.FRIDAY.on_or_after(LAST_DAY) == LAST_DAY
    assert DayOfWeek.FRIDAY.on_or_after(date(2100, 12, 25)) == LAST_DAY
    for day in (LAST_DAY, date.max):
        with pytest.raises(CalendarOutOfRange):
            DayOfWeek.THURSDAY.on_or_after(day)


def test_the_refusal_beyond_2100_tells_no_untruth() -> None:
    """R-SCHED-2: the day that it calls «outside 2000-2100» lies outside."""
    with pytest.raises(CalendarOutOfRange) as refused:
        DayOfWeek.SATURDAY.on_or_after(LAST_DAY)
    assert not FIRST_DAY <= refused.value.day <= LAST_DAY, refused.value.message


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        (time(16), time(16, 5), 5),
        (time(16), time(17, 30), 90),
        (time(8), time(20), 720),
        (time(0), time(12), 720),
        (time(23, 54), time(23, 59), 5),
    ],
)
def test_a_slot_lasts_from_five_minutes_to_twelve_hours(
    start: time, end: time, minutes: int
) -> None:
    """R-MEET-1: duration 5 minutes to 12 hours, both included."""
    assert TimeSlot(start, end).minutes == minutes


@pytest.mark.parametrize(
    ("start", "end", "reason", "message"),
    [
        (time(16), time(16), "time.order", "must end after it starts, on the same day"),
        (time(16), time(15), "time.order", "must end after it starts, on the same day"),
        (time(23), time(1), "time.order", "must end after it starts, on the same day"),
        (time(16), time(16, 4), "time.duration", "must last 5 minutes to 12 hours"),
        (time(8), time(20, 1), "time.duration", "must last 5 minutes to 12 hours"),
    ],
)
def test_a_slot_that_no_meeting_could_have_is_refused(
    start: time, end: time, reason: str, message: str
) -> None:
    """R-MEET-1: start < end, same date."""
    with pytest.raises(BadValue) as refused:
        TimeSlot(start, end)
    assert (refused.value.reason, refused.value.message) == (reason, message)


def test_a_slot_shorter_than_five_minutes_by_seconds_is_refused() -> None:
    """R-MEET-1: 16:00:30 to 16:05:00 lasts four and a half minutes."""
    with pytest.raises(BadValue, match="must begin and end at whole minutes") as refused:
        TimeSlot(time(16, 0, 30), time(16, 5))
    assert refused.value.reason == "time.invalid"


def test_slots_are_half_open() -> None:
    """R-SCHED-9: one may start when the other ends."""
    first, second = TimeSlot(time(16), time(17)), TimeSlot(time(17), time(18))
    across = TimeSlot(time(16, 55), time(17, 5))
    assert not first.overlaps(second)
    assert not second.overlaps(first)
    assert first.overlaps(across)
    assert across.overlaps(second)
    assert first.overlaps(first)
    assert first < second


def test_minutes_are_counted_from_midnight() -> None:
    """R-PAY-2: minutes of a civil time."""
    assert (minute_of(time(0)), minute_of(time(16, 30)), minute_of(time(23, 59))) == (0, 990, 1439)


def test_a_range_holds_both_its_ends() -> None:
    """R-SCHED-2: branch closures are a date range."""
    days = DateRange(date(2026, 2, 27), date(2026, 3, 2))
    assert [day.day for day in days] == [27, 28, 1, 2]
    assert date(2026, 2, 27) in days
    assert date(2026, 3, 2) in days
    assert date(2026, 2, 26) not in days
    assert date(2026, 3, 3) not in days
    assert "2026-02-28" not in days
    assert list(DateRange(SUNDAY, SUNDAY)) == [SUNDAY]
    around = [date(2026, 3, 2), date(2026, 2, 27), date(2026, 3, 1)]
    assert DateRange.around(around) == days


def test_a_range_that_ends_before_it_starts_is_refused() -> None:
    """R-SCHED-2."""
    with pytest.raises(BadValue, match=r"^must not end before it starts$") as refused:
        DateRange(SATURDAY, SUNDAY)
    assert refused.value.reason == "date.order"


def test_saturday_rests_and_friday_teaches() -> None:
    """R-SCHED-3: Saturday is a rest day (setting); Friday is a teaching day."""
    days = TeachingDays(Feasts())
    assert days.closed_on(SATURDAY) == "rest day"
    assert [days.closed_on(date(2026, 2, day)) for day in range(1, 7)] == [None] * 6
    friday = TeachingDays(Feasts(), rest_days=frozenset({DayOfWeek.FRIDAY}))
    assert friday.closed_on(date(2026, 2, 6)) == "rest day"
    assert friday.closed_on(SATURDAY) is None


def test_closures_of_the_branch_add_to_the_holidays() -> None:
    """R-SCHED-2: a date range with a reason; a holiday's name goes before a closure's."""
    days = TeachingDays(
        Feasts({SUNDAY: "Purim", SATURDAY: "Shabbat Shuva"}),
        {
            DateRange(date(2026, 2, 3), date(2026, 2, 4)): "painting",
            DateRange(SUNDAY, SUNDAY): "moving",
        },
    )
    assert days.closed_on(SUNDAY) == "Purim"
    assert days.closed_on(date(2026, 2, 2)) is None
    assert days.closed_on(date(2026, 2, 3)) == "painting"
    assert days.closed_on(date(2026, 2, 4)) == "painting"
    assert days.closed_on(date(2026, 2, 5)) is None
    assert days.closed_on(SATURDAY) == "rest day"


@pytest.mark.parametrize("day", [date(1999, 12, 31), date(2101, 1, 1)])
def test_a_day_outside_the_calendars_years_is_no_answer(day: date) -> None:
    """R-SCHED-2: any year 2000-2100."""
    with pytest.raises(CalendarOutOfRange) as refused:
        TeachingDays(Feasts()).closed_on(day)
    assert refused.value.reason == "calendar.out_of_range"
    assert str(refused.value) == f"{day} is outside the years 2000-2100 that the calendar knows"
    assert TeachingDays(Feasts()).closed_on(FIRST_DAY) == "rest day"
    assert TeachingDays(Feasts()).closed_on(LAST_DAY) is None


def test_a_civil_moment_carries_no_offset() -> None:
    """R-SCHED-7: wall-clock values are civil."""
    moment = civil(SUNDAY, time(16, 30))
    assert moment == datetime.fromisoformat("2026-02-01T16:30")
    assert moment.tzinfo is None
