"""The windows of one process, in its memory.

The library's own memory storage sets off a task with every hit that walks through all keys, and
locks that belong to one event loop. This one has neither; its windows begin with a subject's
first hit, as the library's Redis scripts have it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

MOST_KEYS: Final = 100_000
"""Beyond that the oldest keys are forgotten: memory is worth more than an attacker's count."""
_FEW: Final = 1_024


class _Window:
    """Two neighbouring windows of one key: the one before, and the one that `began`."""

    __slots__ = ("began", "current", "ends", "previous")

    def __init__(self, began: float, seconds: int) -> None:
        self.began = began
        self.previous = 0
        self.current = 0
        self.ends = began + 2 * seconds


class MemoryWindows:
    """A storage of sliding windows. `now` gives seconds that never run backwards."""

    def __init__(
        self, now: Callable[[], float] = time.monotonic, *, most_keys: int = MOST_KEYS
    ) -> None:
        self._now = now
        self._most = most_keys
        self._windows: dict[str, _Window] = {}
        self._sweep_at = min(_FEW, most_keys)

    def __len__(self) -> int:
        return len(self._windows)

    async def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int) -> bool:
        """Count one where that stays within `limit` hits in `expiry` seconds; `limit` is above 0."""
        now = self._now()
        window = self._found(key, expiry, now) or self._made(key, expiry, now)
        left = max(0.0, window.began + expiry - now)
        if int(window.previous * left / expiry) + window.current >= limit:
            return False
        window.current += 1
        return True

    async def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Hits before, seconds until they no longer count, hits now, seconds until they do not."""
        now = self._now()
        window = self._found(key, expiry, now)
        if window is None:
            return 0, 0.0, 0, 0.0
        left = max(0.0, window.began + expiry - now)
        return window.previous, left if window.previous else 0.0, window.current, left + expiry

    def _found(self, key: str, expiry: int, now: float) -> _Window | None:
        window = self._windows.get(key)
        if window is None:
            return None
        if now >= window.ends:
            del self._windows[key]
            return None
        if now - window.began >= expiry:
            window.previous, window.current = window.current, 0
            window.began += expiry
            window.ends += expiry
        return window

    def _made(self, key: str, expiry: int, now: float) -> _Window:
        if len(self._windows) >= self._sweep_at:
            self._sweep(now)
        window = self._windows[key] = _Window(now, expiry)
        return window

    def _sweep(self, now: float) -> None:
        """Forget what has ended; the next time is when there are twice as many."""
        self._windows = {key: one for key, one in self._windows.items() if now < one.ends}
        while len(self._windows) >= self._most:
            del self._windows[next(iter(self._windows))]
        self._sweep_at = min(max(_FEW, 2 * len(self._windows)), self._most)
