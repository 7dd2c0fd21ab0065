"""Work that comes round by itself while the program serves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import structlog

log = structlog.get_logger("haitech.periodic")


@asynccontextmanager
async def every(
    seconds: float,
    work: Callable[[], Awaitable[object]],
    *,
    name: str,
    also_at_the_end: bool = False,
) -> AsyncIterator[None]:
    """Do the work after each pause for as long as the context lasts; a failure is logged.

    Work whose last round must not be lost is done once more when the context ends. Every serving
    process does it, so work that must not run twice at once sees to that itself.
    """
    task = asyncio.create_task(_repeated(seconds, work, name))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        if also_at_the_end:
            await _done(work, name)


async def _repeated(seconds: float, work: Callable[[], Awaitable[object]], name: str) -> None:
    while True:
        await asyncio.sleep(seconds)
        await _done(work, name)


async def _done(work: Callable[[], Awaitable[object]], name: str) -> None:
    try:
        await work()
    except Exception:
        log.exception("periodic work failed", work=name)
