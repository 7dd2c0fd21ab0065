"""What a storage of sliding windows does, in the words of the library's own storages."""

from __future__ import annotations

from typing import Final, Protocol

PATIENCE: Final = 0.5
"""Seconds that a storage of all processes may take; no request waits longer for its count."""


class SlidingWindows(Protocol):
    """Two neighbouring windows for each key."""

    async def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int) -> bool:
        """Count one where that stays within `limit` hits in `expiry` seconds; `limit` is above 0."""
        ...

    async def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Hits before, seconds until they no longer count, hits now, seconds until they do not."""
        ...


class Shared(SlidingWindows, Protocol):
    """Windows of all processes."""

    async def close(self) -> None:
        """Give the connections back."""
        ...
