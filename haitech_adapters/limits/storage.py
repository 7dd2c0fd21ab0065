"""Where windows are kept: in Redis while it answers, else in this process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import structlog
from limits.aio.storage import RedisStorage
from limits.errors import StorageError
from redis.asyncio import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from haitech_adapters.limits.memory import MemoryWindows
from haitech_adapters.limits.windows import SlidingWindows

PATIENCE: Final = 0.5
"""Seconds that Redis may take; no request waits longer for its count."""
PAUSE: Final = 5.0
"""Seconds in which nobody asks a Redis that did not answer."""
_CONNECTIONS: Final = 32
_PREFIX: Final = "haitech:limits"

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
        shared: SharedWindows | None = None,
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


class SharedWindows(RedisStorage):
    """The library's Redis storage, over connections of our own that never keep anybody waiting."""

    STORAGE_SCHEME: list[str] = []  # noqa: RUF012  # as the library has it; not found by a URL

    def __init__(self, url: str, *, patience: float = PATIENCE) -> None:
        self._pool: Any = BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=patience,
            socket_timeout=patience,
            socket_connect_timeout=patience,
            retry=Retry(NoBackoff(), 0),
        )
        super().__init__(
            f"async+{url}",
            wrap_exceptions=True,
            implementation="redispy",
            key_prefix=_PREFIX,
            connection_pool=self._pool,  # type: ignore[arg-type]  # passed on as it is
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.disconnect()


def shared_windows(url: str | None) -> Windows:
    """Windows in the Redis at this address, or, without one, in this process."""
    return Windows(shared=None if url is None else SharedWindows(url))
