"""When an instructor could teach (R-SCHED-10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, time
from typing import Final

import attrs

from haitech_domain.calendar import DateRange, DayOfWeek, TeachingDays
from haitech_domain.errors import BadValue
from haitech_domain.meeting import Meeting


@attrs.frozen(order=True)
class Window:
    """A weekly stretch of time, half-open. :raises BadValue: it does not end after it starts"""

    day: DayOfWeek
    start: time
    end: time

    def __attrs_post_init__(self) -> None:
        if self.start >= self.end:
            raise BadValue("must end after it starts", reason="time.order")


@attrs.frozen
class TimeOff:
    """Days off, both ends included."""

    days: DateRange
    why: str


ALWAYS: Final = tuple(
    Window(day, time(8), time(20)) for day in DayOfWeek if day is not DayOfWeek.SATURDAY
)
"""What no windows set means: 08:00-20:00, Sunday to Friday."""


@attrs.frozen
class Availability:
    """An instructor's weekly windows and days off."""

    windows: tuple[Window, ...] = ()
    time_off: tuple[TimeOff, ...] = ()

    def on(self, day: date) -> list[tuple[time, time]]:
        """The stretches of one day, merged, before anything else is looked at."""
        if any(day in off.days for off in self.time_off):
            return []
        weekday = DayOfWeek.of(day)
        merged: list[tuple[time, time]] = []
        for window in sorted(w for w in (self.windows or ALWAYS) if w.day is weekday):
            if merged and window.start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], window.end))
            else:
                merged.append((window.start, window.end))
        return merged


@attrs.frozen(order=True)
class FreeSlot:
    """A stretch of one day in which nothing stands in the way, half-open."""

    day: date
    start: time
    end: time


def free_slots(
    days: DateRange,
    availability: Availability,
    teaching: TeachingDays,
    meetings: Iterable[Meeting],
) -> list[FreeSlot]:
    """Windows − time off − no-teaching days − live meetings, by date and time.

    :raises CalendarOutOfRange: a day outside the calendar's years
    """
    busy: dict[date, list[tuple[time, time]]] = {}
    for meeting in meetings:
        if meeting.deleted_at is None and meeting.status.teaches:
            span = (meeting.start_time, meeting.end_time)
            busy.setdefault(meeting.scheduled_date, []).append(span)
    return [
        FreeSlot(day, start, end)
        for day in days
        if teaching.closed_on(day) is None
        for window in availability.on(day)
        for start, end in _without(window, sorted(busy.get(day, [])))
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
