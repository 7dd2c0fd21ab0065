"""Clock and ids that do what they are told, for trying out and for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

JERUSALEM: Final = ZoneInfo("Asia/Jerusalem")
_START: Final = datetime(2026, 1, 4, 6, 0, tzinfo=UTC)


class FixedClock:
    """A clock that stands still until it is set.

    >>> FixedClock(datetime(2026, 7, 1, 12, 0, tzinfo=UTC)).civil()
    datetime.datetime(2026, 7, 1, 15, 0)
    """

    def __init__(self, now: datetime = _START) -> None:
        self._now = _aware(now)

    @classmethod
    def at(cls, civil: datetime) -> FixedClock:
        """A clock that shows this naive wall-clock moment in Asia/Jerusalem."""
        return cls(_from_civil(civil))

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return self._now

    def civil(self, at: datetime | None = None) -> datetime:
        """The wall clock in Asia/Jerusalem, naive: of now, or of an instant."""
        return (at or self._now).astimezone(JERUSALEM).replace(tzinfo=None)

    def instant(self, civil: datetime) -> datetime:
        """When that wall clock shows this (naive), the first time where it does so twice."""
        return _from_civil(civil)

    def set(self, now: datetime) -> None:
        """Make it this instant (aware), or this moment of the wall clock (naive)."""
        self._now = _from_civil(now) if now.tzinfo is None else _aware(now)

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self._now += by


def _aware(now: datetime) -> datetime:
    if now.tzinfo is None:
        message = "an instant has an offset; use FixedClock.at for a wall-clock moment"
        raise ValueError(message)
    return now.astimezone(UTC)


def _from_civil(civil: datetime) -> datetime:
    if civil.tzinfo is not None:
        message = "a wall-clock moment has no offset"
        raise ValueError(message)
    return civil.replace(tzinfo=JERUSALEM).astimezone(UTC)


class CountingIds:
    """Ids in a row, the same in every run; series of different numbers never meet.

    >>> ids = CountingIds()
    >>> ids.new() < ids.new()
    True
    """

    def __init__(self, series: int = 0) -> None:
        self._series = series
        self._last = 0

    def new(self) -> UUID:
        """The next id; it looks like a UUID of version 7, which sorts by creation too."""
        self._last += 1
        return UUID(f"{self._series:08x}-0000-7000-8000-{self._last:012x}")
