"""The app factory that the server calls in each of its processes."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import TYPE_CHECKING, Final

from litestar import Litestar

from haitech_adapters.http.health import Checks
from haitech_adapters.metrics import own_port
from haitech_adapters.postgres import ready
from haitech_adapters.postgres.revisions import head
from haitech_app import garbage, logs
from haitech_app.http_app import app_over
from haitech_app.periodic import every
from haitech_app.sealing import EVERY, Sealing
from haitech_app.serving_container import ServingContainer
from haitech_app.settings import Environment, Settings
from haitech_app.telemetry import failures_of, sent, traced_app
from haitech_app.work import at_work

if TYPE_CHECKING:
    from haitech_adapters.telemetry.failures import Failures

_NOTING: Final = 15.0
"""Seconds between two writings of the uses of all keys; what a killed process loses at most."""


def follow_the_parent() -> None:
    """End this process in order when the one that started it is gone, even by kill -9.

    A worker without its parent would hold the port against the next start.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="follow-the-parent", daemon=True).start()


def leave_ctrl_c_to_the_parent() -> None:
    """Ignore SIGINT in this process: its parent ends it in order, by SIGTERM.

    A terminal's Ctrl-C reaches all processes at once, and a second signal makes granian drop the
    requests that the first one lets finish. Called once granian has set its own handlers.
    """
    if multiprocessing.parent_process() is not None:
        asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def create() -> Litestar:
    """The app over PostgreSQL, by the settings of the environment."""
    follow_the_parent()
    settings = Settings.load(os.environ)
    failures = failures_of(settings)
    logs.configure(settings.effective_log_level, hear=failures)
    with garbage.nothing_to_collect():
        return app_of(settings, failures=failures)


def app_of(
    settings: Settings,
    *,
    container: ServingContainer | None = None,
    failures: Failures | None = None,
) -> Litestar:
    """The app by these settings, over parts of your own if you bring their container.

    Nothing is opened before it is served.
    """
    container = container or ServingContainer(settings=settings)
    pool = container.pool()
    key_uses = container.key_uses()
    counted, page, tracing = container.counted(), container.metrics(), container.tracing()
    seal_audit = Sealing(container.sealer(), container.clock(), counted)

    @asynccontextmanager
    async def serving(_: Litestar) -> AsyncIterator[None]:
        leave_ctrl_c_to_the_parent()
        await pool.open()
        garbage.seldom()
        try:
            async with (
                every(_NOTING, key_uses.write, name="uses of API keys", also_at_the_end=True),
                every(EVERY, seal_audit, name="sealing of the audit log"),
                at_work(container) if settings.worker_inside else nullcontext(),
                container.together().telling(),
                own_port(page, checks, host=settings.host, port=settings.metrics_port),
            ):
                yield
        finally:
            await container.courier().aclose()
            await container.windows().close()
            await pool.close()
            await sent(tracing, failures)

    async def database() -> str | None:
        return await ready(pool, head=head())

    async def queue() -> str | None:
        return container.worker().trouble

    checks: Checks = {"database": database}
    if settings.worker_inside:
        checks = {**checks, "queue": queue}
    app = app_over(
        container.verbs(),
        tokens=container.tokens(),
        sealing=container.sealing(),
        keys=container.known_keys(),
        checks=checks,
        lifespan=[serving],
        limiter=container.limiter(),
        edge=container.edge(),
        meter=counted,
        metrics=page,
        debug=settings.env is Environment.DEV,
    )
    app.asgi_handler = traced_app(app.asgi_handler, tracing)
    return app
