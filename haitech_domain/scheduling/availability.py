"""When an instructor could teach (R-SCHED-10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, time

import attrs

from haitech_domain.calendar import DateRange, DayOfWeek, TeachingDays, TimeSlot
from haitech_domain.instructor import NO_WINDOWS, WeeklyWindows
from haitech_domain.meeting import Meeting


@attrs.frozen
class Availability:
    """An instructor's weekly windows (none mean the usual hours) and days off."""

    windows: WeeklyWindows = NO_WINDOWS
    time_off: tuple[DateRange, ...] = ()

    def on(self, day: date) -> list[tuple[time, time]]:
        """The stretches of one day, in order, before anything else is looked at."""
        if any(day in days for days in self.time_off):
            return []
        weekday = DayOfWeek.of(day)
        return [(w.start, w.end) for w in self.windows.in_force if w.day is weekday]


@attrs.frozen(order=True)
class FreeSlot:
    """A stretch of one day in which nothing stands in the way, half-open."""

    day: date
    start: time
    end: time


@attrs.frozen
class FreeTime:
    """What somebody looks for: any free time on a day, or all of one stretch of it."""

    day: date
    slot: TimeSlot | None = None

    def is_in(self, slots: Iterable[FreeSlot]) -> bool:
        """Whether one of these free slots of the day has it."""
        wanted = self.slot
        return any(
            wanted is None or (free.start <= wanted.start and wanted.end <= free.end)
            for free in slots
        )


def free_slots(
    days: DateRange,
    availability: Availability,
    teaching: TeachingDays,
    meetings: Iterable[Meeting],
) -> list[FreeSlot]:
    """Windows − time off − no-teaching days − live meetings, by date and time.

    >>> class NoHolidays:
    ...     def closed_on(self, day):
    ...         return None
    >>> weekend = DateRange(date(2026, 3, 6), date(2026, 3, 7))
    >>> for slot in free_slots(weekend, Availability(), TeachingDays(NoHolidays()), []):
    ...     print(slot.day, slot.start, slot.end)
    2026-03-06 08:00:00 20:00:00

    :raises CalendarOutOfRange: a day outside the calendar's years
    """
    by_day: dict[date, list[Meeting]] = {}
    for meeting in meetings:
        by_day.setdefault(meeting.scheduled_date, []).append(meeting)
    return [
        slot
        for day in days
        if teaching.closed_on(day) is None
        for slot in free_on(day, availability, by_day.get(day, ()))
    ]


def free_on(day: date, availability: Availability, meetings: Iterable[Meeting]) -> list[FreeSlot]:
    """What is free on one day that teaches, by time; `meetings` are those of that day."""
    taken = sorted(
        (meeting.start_time, meeting.end_time)
        for meeting in meetings
        if meeting.deleted_at is None and meeting.status.teaches
    )
    return [
        FreeSlot(day, start, end)
        for window in availability.on(day)
        for start, end in _without(window, taken)
    ]


def _without(
    window: tuple[time, time], taken: Iterable[tuple[time, time]]
) -> Iterator[tuple[time, time]]:
    start, end = window
    for begins, ends in taken:
        if begins > start:
            yield start, min(begins, end)
        start = max(start, ends)
        if start >= end:
            return
    yield start, end
