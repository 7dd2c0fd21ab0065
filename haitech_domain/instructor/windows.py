"""The hours in which an instructor teaches, week by week (R-SCHED-10)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from typing import Any, Final, Self, cast

import attrs

from haitech_domain.calendar import DayOfWeek
from haitech_domain.errors import BadValue
from haitech_domain.fields import civil_time, rule_of

MOST_WINDOWS: Final = 100
_DAY: Final = rule_of(DayOfWeek)


def _weekday(value: Any) -> DayOfWeek:
    return cast("DayOfWeek", _DAY(value))


@attrs.frozen
class Window:
    """A weekly stretch of time, half-open, whole minutes.

    :raises BadValue: it does not end after it starts, has seconds, or is on no weekday
    """

    day: DayOfWeek = attrs.field(converter=_weekday)
    start: time = attrs.field(converter=civil_time)
    end: time = attrs.field(converter=civil_time)

    def __attrs_post_init__(self) -> None:
        if self.start >= self.end:
            raise BadValue("must end after it starts", reason="time.order")


class WeeklyWindows(tuple[Window, ...]):
    """Windows in the order of a week; those of one day neither overlap nor touch.

    None at all mean `ALWAYS`.
    """

    __slots__ = ()

    @classmethod
    def of(cls, given: object) -> Self:
        """Windows given in any order, those that overlap or touch made one.

        :raises BadValue: they are no windows, or more than anybody has
        """
        if isinstance(given, cls):
            return given
        if not isinstance(given, Iterable):
            raise BadValue("must be a list of windows", reason="value.wrong_type")
        windows = list(given)
        if not all(isinstance(window, Window) for window in windows):
            raise BadValue("must be a list of windows", reason="value.wrong_type")
        if len(windows) > MOST_WINDOWS:
            raise BadValue(f"must be at most {MOST_WINDOWS}", reason="value.out_of_range")
        return cls(_merged(windows))

    @property
    def in_force(self) -> tuple[Window, ...]:
        """Those that hold: themselves, or, where none are set, `ALWAYS`."""
        return self or ALWAYS


NO_WINDOWS: Final = WeeklyWindows()


def _merged(windows: Iterable[Window]) -> list[Window]:
    merged: list[Window] = []
    for window in sorted(windows, key=_place):
        last = merged[-1] if merged else None
        if last is not None and last.day is window.day and window.start <= last.end:
            merged[-1] = attrs.evolve(last, end=max(last.end, window.end))
        else:
            merged.append(window)
    return merged


def _place(window: Window) -> Any:
    return window.day.position, window.start


ALWAYS: Final = tuple(
    Window(day, time(8), time(20)) for day in DayOfWeek if day is not DayOfWeek.SATURDAY
)
"""What no windows set means: 08:00-20:00, Sunday to Friday."""
