"""Where windows are kept: in Redis while it answers, else in this process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import structlog
from limits.errors import StorageError

from haitech_adapters.limits.memory import MemoryWindows
from haitech_adapters.limits.windows import PATIENCE, Shared, SlidingWindows

PAUSE: Final = 5.0
"""Seconds in which nobody asks a Redis that did not answer."""

R = TypeVar("R")

log = structlog.get_logger("haitech.limits")


class Windows:
    """Runs questions about windows on the shared storage, or on this process's own.

    After a failure the shared one is left alone for a while; then one request tries it again.
    The log is told once when it goes, and once when it is back.
    """

    def __init__(
        self,
        own: MemoryWindows | None = None,
        shared: Shared | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
        patience: float = PATIENCE,
    ) -> None:
        self._own = MemoryWindows() if own is None else own
        self._shared = shared
        self._now = now
        self._patience = patience
        self._lost = False
        self._ask_again = 0.0

    async def ask(self, question: Callable[[SlidingWindows], Awaitable[R]]) -> R:
        """The answer of the shared storage, else of this process's own."""
        if self._shared is None or (self._lost and self._now() < self._ask_again):
            return await question(self._own)
        if self._lost:
            self._ask_again = self._now() + PAUSE  # the others go on meanwhile
        try:
            async with asyncio.timeout(self._patience):
                answer = await question(self._shared)
        except (StorageError, OSError) as failure:
            self._goes(failure)
            return await question(self._own)
        if self._lost:
            self._lost = False
            log.info("rate limits are counted in Redis again")
        return answer

    def _goes(self, failure: Exception) -> None:
        self._ask_again = self._now() + PAUSE
        if not self._lost:
            self._lost = True
            log.warning(
                "Redis does not answer; rate limits are counted in this process meanwhile",
                why=type(
                    failure.args[0] if isinstance(failure, StorageError) else failure
                ).__name__,
            )

    async def close(self) -> None:
        """Give the connections back."""
        if self._shared is not None:
            await self._shared.close()


def shared_windows(url: str | None) -> Windows:
    """Windows in the Redis at this address, or, without one, in this process."""
    if url is None:
        return Windows()
    from haitech_adapters.limits.redis import SharedWindows  # noqa: PLC0415  # a client that few need

    return Windows(shared=SharedWindows(url))
