"""Working: in the processes that serve, or as a program that does nothing else."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from haitech_adapters.metrics import Checks, own_port
from haitech_adapters.postgres import listening, ready
from haitech_adapters.postgres.revisions import head
from haitech_app import logs
from haitech_app.address import claim
from haitech_app.container import Container
from haitech_app.periodic import every
from haitech_app.sealing import EVERY, Sealing
from haitech_app.settings import Settings, url_of
from haitech_app.telemetry import failures_of, sent
from haitech_app.worker import Worker

log = structlog.get_logger("haitech.worker")


@asynccontextmanager
async def at_work(container: Container) -> AsyncIterator[Worker]:
    """Work in this process for as long as the context lasts; the pool is open."""
    worker = container.worker()
    async with listening(url_of(container.settings()), worker.wake), worker.working():
        yield worker


def work(settings: Settings) -> None:
    """What `haitech worker` does: until SIGTERM or SIGINT; then running work has time to end.

    :raises AddressTaken: another program listens on the port for those who watch
    """
    if settings.metrics_port is not None:
        claim(settings.host, settings.metrics_port)
    if sys.platform == "win32":
        asyncio.run(until_stopped(settings))
    else:
        import uvloop  # noqa: PLC0415  # which Windows does not have

        uvloop.run(until_stopped(settings))


async def until_stopped(settings: Settings) -> None:
    """Work; for a loop that runs already."""
    failures = failures_of(settings)
    if failures is not None:
        logs.configure(settings.log_level or "INFO", hear=failures)
    container = Container(settings=settings)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    pool, counted = container.pool(), container.counted()
    seal_audit = Sealing(container.sealer(), container.clock(), counted)

    async def database() -> str | None:
        return await ready(pool, head=head())

    async def queue() -> str | None:
        return container.worker().trouble

    checks: Checks = {"database": database, "queue": queue}
    watched = own_port(container.metrics(), checks, host=settings.host, port=settings.metrics_port)
    async with pool, at_work(container) as worker, watched:
        log.info("working", name=worker.name)
        async with every(EVERY, seal_audit, name="sealing of the audit log"):
            await stopped.wait()
    await container.courier().aclose()
    await container.windows().close()
    await sent(container.tracing(), failures)
