"""The clock and the ids of a real machine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from uuid_utils.compat import uuid7

JERUSALEM: Final = ZoneInfo("Asia/Jerusalem")


class SystemClock:
    """The `Clock` port: this machine's time."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return datetime.now(UTC)

    def civil(self, at: datetime | None = None) -> datetime:
        """The wall clock in Asia/Jerusalem, naive: of now, or of an instant."""
        return (at or self.now()).astimezone(JERUSALEM).replace(tzinfo=None)

    def instant(self, civil: datetime) -> datetime:
        """When that wall clock shows this (naive), the first time where it does so twice."""
        return civil.replace(tzinfo=JERUSALEM).astimezone(UTC)


class TimeOrderedIds:
    """The `Ids` port: UUIDs of version 7, which sort by their time and keep indexes compact."""

    def new(self) -> UUID:
        """An id that nothing has yet."""
        return uuid7()
