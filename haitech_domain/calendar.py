"""Civil dates and times: weekdays, time slots, date ranges, and which days teach.

Wall-clock values carry no offset; they are Asia/Jerusalem by convention (R-SCHED-7).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import ClassVar, Final, Protocol, Self

import attrs

from haitech_domain.errors import BadValue, DomainError

FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2100, 12, 31)
SHORTEST: Final = timedelta(minutes=5)
LONGEST: Final = timedelta(hours=12)


@attrs.frozen
class CalendarOutOfRange(DomainError):
    """R-SCHED-2: the calendar knows the years 2000–2100."""

    reason: ClassVar[str] = "calendar.out_of_range"
    says: ClassVar[str] = "{day} is outside the years 2000-2100 that the calendar knows"
    day: date


class DayOfWeek(StrEnum):
    """A weekday; the school's week begins on Sunday.

    >>> print(DayOfWeek.TUESDAY.on_or_after(date(2026, 3, 1)))
    2026-03-03
    """

    SUNDAY = "sunday"
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"

    @property
    def position(self) -> int:
        """0 for Sunday … 6 for Saturday."""
        return _POSITION[self]

    @classmethod
    def of(cls, day: date) -> DayOfWeek:
        """The weekday of a date."""
        return _WEEK[day.isoweekday() % 7]

    def on_or_after(self, day: date) -> date:
        """The first such weekday from `day` on, `day` included.

        :raises CalendarOutOfRange: it would lie beyond 2100
        """
        if day > LAST_DAY:
            raise CalendarOutOfRange(day)
        reached = day + timedelta(days=(self.position - DayOfWeek.of(day).position) % 7)
        if reached > LAST_DAY:
            raise CalendarOutOfRange(reached)
        return reached


_WEEK: Final = tuple(DayOfWeek)
_POSITION: Final = {day: position for position, day in enumerate(_WEEK)}


@attrs.frozen(order=True)
class TimeSlot:
    """A half-open stretch of one day, whole minutes (R-MEET-1: 5 minutes to 12 hours).

    >>> lesson = TimeSlot(time(16), time(17, 30))
    >>> lesson.minutes, lesson.overlaps(TimeSlot(time(17, 30), time(19)))
    (90, False)

    :raises BadValue: not start < end, or too short, or too long
    """

    start: time
    end: time

    def __attrs_post_init__(self) -> None:
        if any(moment.second or moment.microsecond for moment in (self.start, self.end)):
            raise BadValue("must begin and end at whole minutes", reason="time.invalid")
        if self.start >= self.end:
            raise BadValue("must end after it starts, on the same day", reason="time.order")
        if not SHORTEST <= timedelta(minutes=self.minutes) <= LONGEST:
            raise BadValue("must last 5 minutes to 12 hours", reason="time.duration")

    @property
    def minutes(self) -> int:
        """Its length."""
        return minute_of(self.end) - minute_of(self.start)

    def overlaps(self, other: TimeSlot) -> bool:
        """Half-open: a slot may start in the minute in which another ends."""
        return self.start < other.end and other.start < self.end


def minute_of(moment: time) -> int:
    """Minutes since midnight."""
    return moment.hour * 60 + moment.minute


@attrs.frozen(order=True)
class DateRange:
    """Days from `start` to `end`, both included.

    >>> date(2026, 4, 8) in DateRange(date(2026, 4, 1), date(2026, 4, 8))
    True

    :raises BadValue: it ends before it starts
    """

    start: date
    end: date

    def __attrs_post_init__(self) -> None:
        if self.start > self.end:
            raise BadValue("must not end before it starts", reason="date.order")

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day <= self.end

    def __iter__(self) -> Iterator[date]:
        for ahead in range((self.end - self.start).days + 1):
            yield self.start + timedelta(days=ahead)

    @classmethod
    def around(cls, days: list[date]) -> Self:
        """The shortest range that holds all of `days` (at least one)."""
        return cls(min(days), max(days))


class HolidayCalendar(Protocol):
    """Which days the school does not teach; offline, for any year 2000–2100 (R-SCHED-2)."""

    def closed_on(self, day: date) -> str | None:
        """The name of the reason why nobody teaches on `day`, None on a teaching day.

        :raises CalendarOutOfRange: `day` is outside 2000–2100
        """
        ...


@attrs.frozen
class TeachingDays:
    """The answer to «is there teaching that day?»: holidays, closures of a branch, rest days.

    >>> class NoHolidays:
    ...     def closed_on(self, day):
    ...         return None
    >>> moving = {DateRange(date(2026, 3, 1), date(2026, 3, 5)): "moving house"}
    >>> days = TeachingDays(NoHolidays(), closures=moving)
    >>> days.closed_on(date(2026, 3, 3)), days.closed_on(date(2026, 3, 7))
    ('moving house', 'rest day')
    """

    holidays: HolidayCalendar
    closures: Mapping[DateRange, str] = attrs.field(factory=dict)
    rest_days: frozenset[DayOfWeek] = frozenset({DayOfWeek.SATURDAY})

    def closed_on(self, day: date) -> str | None:
        """Why there is no teaching on `day`; None when there is.

        :raises CalendarOutOfRange: `day` is outside 2000–2100
        """
        if not FIRST_DAY <= day <= LAST_DAY:
            raise CalendarOutOfRange(day)
        return self.closed_on_any(DayOfWeek.of(day))(day)

    def closed_on_any(self, weekday: DayOfWeek) -> Callable[[date], str | None]:
        """`closed_on` for days that are all this weekday and within 2000–2100.

        What does not depend on the day is asked once: a plan looks at a cycle's weekday for years.
        """
        if weekday in self.rest_days:
            return lambda _: "rest day"
        return self._closed_on_working_day if self.closures else self.holidays.closed_on

    def _closed_on_working_day(self, day: date) -> str | None:
        closed = self.holidays.closed_on(day)
        if closed is not None:
            return closed
        return next((why for days, why in self.closures.items() if day in days), None)


def civil(day: date, moment: time) -> datetime:
    """A date and a time of day as one naive civil moment."""
    return datetime.combine(day, moment)
