"""Work that comes round by itself while the program serves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import structlog

log = structlog.get_logger("haitech.periodic")


@asynccontextmanager
async def every(
    seconds: float, work: Callable[[], Awaitable[object]], *, name: str
) -> AsyncIterator[None]:
    """Do the work after each pause for as long as the context lasts; a failure is logged.

    Every serving process does it, so work that must not run twice at once sees to that itself.
    """
    task = asyncio.create_task(_repeated(seconds, work, name))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _repeated(seconds: float, work: Callable[[], Awaitable[object]], name: str) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception:
            log.exception("periodic work failed", work=name)
