"""Planning a cycle's meetings (R-SCHED-1…8)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta
from functools import partial
from itertools import islice
from typing import ClassVar, Final, NamedTuple, cast

import attrs

from haitech_domain.calendar import FIRST_DAY, LAST_DAY, CalendarOutOfRange, DayOfWeek, TeachingDays
from haitech_domain.errors import DomainError, Kind, Problem
from haitech_domain.scheduling.numbers import missing_numbers

_WEEK: Final = timedelta(days=7)
MOST_CLOSED_WEEKS: Final = 104
"""R-SCHED-8: two years of closed weeks in a row end a plan."""


@attrs.frozen
class RestDay(DomainError):
    """R-SCHED-3: a cycle cannot run on a rest day."""

    kind: ClassVar[Kind] = Kind.INVALID
    reason: ClassVar[str] = "cycle.rest_day"
    says: ClassVar[str] = "{day} is a rest day; choose another weekday"
    day: DayOfWeek

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The weekday."""
        return (Problem("day_of_week", self.message, self.reason),)


@attrs.frozen
class NoTeachingDay(DomainError):
    """R-MEET-5: a meeting on a day without teaching, which the request did not allow."""

    reason: ClassVar[str] = "meeting.no_teaching_day"
    says: ClassVar[str] = "there is no teaching on {day} ({why}); choose another day or allow it"
    day: date
    why: str


@attrs.frozen
class PlanWithoutEnd(DomainError):
    """R-SCHED-8: the calendar closes every week for two years."""

    reason: ClassVar[str] = "plan.without_end"
    says: ClassVar[str] = "every {weekday} from {first} on is closed for {weeks} weeks"
    weekday: DayOfWeek
    first: date
    weeks: int


class Planned(NamedTuple):
    """One meeting to be made. A tuple, because plans are long and made often."""

    day: date
    number: int


_planned: Final = cast("Callable[[tuple[date, int]], Planned]", partial(tuple.__new__, Planned))
"""`Planned._make`, without a call in Python for each of a plan's meetings."""


@attrs.frozen(order=True)
class Skipped:
    """One day that was passed over, and why (R-SCHED-6). Prints as «2026-04-05 Pesach»."""

    day: date
    why: str

    def __str__(self) -> str:
        return f"{self.day} {self.why}"


@attrs.frozen
class Plan:
    """The meetings to be made, by date, and the days passed over between them."""

    meetings: tuple[Planned, ...]
    skipped: tuple[Skipped, ...]


def plan(
    *,
    weekday: DayOfWeek,
    start: date,
    total: int,
    teaching: TeachingDays,
    taken: Collection[int] = (),
    last_day: date | None = None,
) -> Plan:
    """R-SCHED-1…6: the meetings that a cycle still misses, weekly.

    `taken` are the numbers that teaching meetings hold, `last_day` the date of the last of them;
    the plan goes on strictly after it, and never before `start`.

    >>> class Purim:
    ...     def closed_on(self, day):
    ...         return "Purim" if day == date(2026, 3, 3) else None
    >>> made = plan(
    ...     weekday=DayOfWeek.TUESDAY, start=date(2026, 3, 1), total=2, teaching=TeachingDays(Purim())
    ... )
    >>> [str(meeting.day) for meeting in made.meetings], [str(day) for day in made.skipped]
    (['2026-03-10', '2026-03-17'], ['2026-03-03 Purim'])

    :raises RestDay: the weekday is a rest day
    :raises PlanWithoutEnd: two years of weeks in a row are closed
    :raises CalendarOutOfRange: the plan leaves the calendar's years
    """
    must_not_rest(weekday, teaching)
    missing = missing_numbers(taken, total)
    if not missing:
        return Plan((), ())
    skipped: list[Skipped] = []
    first = start if last_day is None else max(start, last_day + timedelta(days=1))
    days = islice(_open_days(weekday, first, teaching, skipped.append), len(missing))
    return Plan(tuple(map(_planned, zip(days, missing, strict=False))), tuple(skipped))


def next_teaching_day(
    weekday: DayOfWeek, after: date, teaching: TeachingDays, free: Callable[[date], bool]
) -> date:
    """R-MEET-5: the first such weekday strictly after `after` that teaches and is `free`.

    >>> class NoHolidays:
    ...     def closed_on(self, day):
    ...         return None
    >>> teaching = TeachingDays(NoHolidays())
    >>> print(next_teaching_day(DayOfWeek.TUESDAY, date(2026, 3, 3), teaching, lambda day: True))
    2026-03-10

    :raises RestDay: the weekday is a rest day
    :raises PlanWithoutEnd: none for two years of weeks
    :raises CalendarOutOfRange: none within the calendar's years
    """
    must_not_rest(weekday, teaching)
    days = _open_days(weekday, after + timedelta(days=1), teaching, lambda _: None)
    for _ in range(MOST_CLOSED_WEEKS):
        day = next(days)
        if free(day):
            return day
    raise PlanWithoutEnd(weekday, after, MOST_CLOSED_WEEKS)


def _open_days(
    weekday: DayOfWeek,
    start: date,
    teaching: TeachingDays,
    skip: Callable[[Skipped], None],
) -> Iterator[date]:
    if start < FIRST_DAY:
        raise CalendarOutOfRange(start)
    day = weekday.on_or_after(start)
    closed_on = teaching.closed_on_any(weekday)
    first_closed, closed = day, 0
    while True:
        why = closed_on(day)
        if why is None:
            closed = 0
            yield day
        else:
            skip(Skipped(day, why))
            first_closed = first_closed if closed else day
            closed += 1
            if closed >= MOST_CLOSED_WEEKS:
                raise PlanWithoutEnd(weekday, first_closed, closed)
        day += _WEEK
        if day > LAST_DAY:
            raise CalendarOutOfRange(day)


def must_not_rest(weekday: DayOfWeek, teaching: TeachingDays) -> None:
    """R-SCHED-3. :raises RestDay: the weekday is a rest day"""
    if weekday in teaching.rest_days:
        raise RestDay(weekday)


def must_teach(day: date, teaching: TeachingDays) -> None:
    """R-MEET-5. :raises NoTeachingDay: there is no teaching that day"""
    why = teaching.closed_on(day)
    if why is not None:
        raise NoTeachingDay(day, why)
