"""The clock, the ids and the secrets of a real machine."""

from __future__ import annotations

import secrets
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

    def civil(self) -> datetime:
        """The wall clock in Asia/Jerusalem, naive."""
        return datetime.now(JERUSALEM).replace(tzinfo=None)


class TimeOrderedIds:
    """The `Ids` port: UUIDs of version 7, which sort by their time and keep indexes compact."""

    def new(self) -> UUID:
        """An id that nothing has yet."""
        return uuid7()


class SystemRandomness:
    """The `Randomness` port: the operating system's."""

    def text(self, size: int) -> str:
        """URL-safe text of `size` random bytes that nobody can foresee."""
        return secrets.token_urlsafe(size)
