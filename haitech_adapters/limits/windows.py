"""What a storage of sliding windows does, in the words of the library's own storages."""

from __future__ import annotations

from typing import Protocol


class SlidingWindows(Protocol):
    """Two neighbouring windows for each key."""

    async def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int) -> bool:
        """Count one where that stays within `limit` hits in `expiry` seconds; `limit` is above 0."""
        ...

    async def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Hits before, seconds until they no longer count, hits now, seconds until they do not."""
        ...
