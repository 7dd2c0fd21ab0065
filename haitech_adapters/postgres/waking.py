"""Hearing at once that work was added to the queue, on a connection of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import psycopg
import structlog

from haitech_adapters.postgres.jobs import WAKE

log = structlog.get_logger("haitech.queue")

PAUSE: Final = 1.0
"""Seconds before a lost connection is made anew; until then the queue is only polled."""
_ALIVE: Final[dict[str, Any]] = {"keepalives": 1, "keepalives_idle": 30, "keepalives_interval": 10}


@asynccontextmanager
async def listening(url: str, heard: Callable[[], object]) -> AsyncIterator[None]:
    """Call `heard` when work was added, for as long as the context lasts.

    It is called after each new connection, too: what was added meanwhile was not heard.
    """
    task = asyncio.create_task(_listen(url, heard))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _listen(url: str, heard: Callable[[], object]) -> None:
    well = True
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(
                url, autocommit=True, application_name="haitech-queue", **_ALIVE
            ) as connection:
                await connection.execute(f"LISTEN {WAKE}")
                well = True
                heard()
                async for _ in connection.notifies():
                    heard()
        except psycopg.Error as error:
            if well:
                log.warning("the queue is only polled for now", why=type(error).__name__)
            well = False
        await asyncio.sleep(PAUSE)
