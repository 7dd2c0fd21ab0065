"""Serving: the database, the migrations, the first administrator, then granian until told to stop."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
from collections.abc import Callable
from contextlib import nullcontext
from types import FrameType
from typing import Final

from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from granian.server import MPServer

from haitech_app import asgi, logs
from haitech_app.address import claim
from haitech_app.container import Container
from haitech_app.database import bring_up_to_date, database, embedded_files, revived
from haitech_app.letting_in import mails
from haitech_app.processes import meeting
from haitech_app.secrets_file import SECRETS, with_secrets
from haitech_app.settings import PREFIX, Settings
from haitech_app.telemetry import must_be_installed

PATIENCE: Final = 30
"""Seconds that running requests have to finish after a SIGTERM."""

Say = Callable[[str], None]


def serve(
    settings: Settings, *, say: Say, prepared: Callable[[Settings], None] | None = None
) -> None:
    """Serve until SIGTERM or SIGINT; then let running requests finish and stop the database.

    `prepared` is called once the database is migrated, before the first request.

    :raises SettingsError: an extra that is set is not installed
    :raises NotMigrated: the database is behind, and migrating it is not ours
    :raises NoEmbeddedServer: no database was set, and none can be started
    :raises AddressTaken: another program listens there
    """
    logs.configure(settings.effective_log_level)
    _stop_in_order()
    must_be_installed(settings)
    claim(settings.host, settings.port)
    if settings.metrics_port is not None:
        claim(settings.host, settings.metrics_port)
    embedded_server = settings.database_url is None
    if embedded_server:
        say(f"starting the embedded PostgreSQL in {embedded_files(settings)}")
    if not mails(settings):
        say(f"no mail is sent: {PREFIX}SMTP_URL is not set; nobody can reset a forgotten password")
    with database(settings) as reachable:
        bring_up_to_date(reachable, embedded_server=embedded_server)
        ready = with_secrets(reachable)
        first_admin(ready, say=say)
        if prepared is not None:
            prepared(ready)
        say(f"serving on http://{ready.host}:{ready.port}/api/v1 (docs at /api/v1/docs)")
        _export(ready)
        cared_for = revived(settings, say=say) if embedded_server else nullcontext()
        with meeting(ready.workers), cared_for:
            _server(ready).serve()
    say("stopped")


def _stop_in_order() -> None:
    """Until granian takes the signals over, let SIGTERM end the program by way of its contexts."""

    def stop(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, stop)


def first_admin(settings: Settings, *, say: Say) -> None:
    """Make the first administrator where there is no user: the one set, or one with a new password.

    A password that was made up is said once and stored nowhere.
    """
    email = settings.admin_email or "admin@haitech.local"
    password = settings.admin_password or secrets.token_urlsafe(12)

    async def make() -> bool:
        container = Container(settings=settings)
        async with container.pool():
            made = await container.verbs().create_admin.if_none(email=email, password=password)
        return made is not None

    if asyncio.run(make()):
        shown = "the password that was set" if settings.admin_password else f"password {password}"
        say(f"first administrator: {email}, {shown}")


def _export(settings: Settings) -> None:
    """What the server's processes read their settings from: the environment, as we were."""
    os.environ[f"{PREFIX}DATABASE_URL"] = settings.database_url or ""
    for name in SECRETS:
        os.environ[f"{PREFIX}{name.upper()}"] = getattr(settings, name) or ""
    os.environ[f"{PREFIX}PUBLIC_URL"] = settings.effective_public_url
    os.environ[f"{PREFIX}HOST"] = settings.host
    os.environ[f"{PREFIX}ENV"] = settings.env.value
    os.environ[f"{PREFIX}LOG_LEVEL"] = settings.effective_log_level


def _server(settings: Settings) -> MPServer:
    return MPServer(
        f"{asgi.__name__}:{asgi.create.__name__}",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        workers=settings.workers,
        websockets=False,
        workers_kill_timeout=PATIENCE,
        log_level=LogLevels.warning,
    )
