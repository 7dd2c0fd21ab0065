"""Traces and reports of failures, where they are set; nothing of theirs is imported elsewhere."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from haitech_adapters.postgres import log_statement
from haitech_app.handlers import as_it_is
from haitech_app.settings import PREFIX, Environment, Settings, SettingsError
from haitech_domain.ports import Courier, Handler, UnitOfWork

if TYPE_CHECKING:
    from haitech_adapters.telemetry.failures import Failures
    from haitech_adapters.telemetry.tracing import Tracing

STANDARD: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
"""OpenTelemetry's own variables that say where traces go."""

Log = Callable[[str, float], None]


def traces_are_wanted(settings: Settings, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether somebody said where they go."""
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    return settings.otlp_url is not None or any(environment.get(name) for name in STANDARD)


def tracing_of(settings: Settings) -> Tracing | None:
    """Where spans are made; None where nobody wants them.

    :raises SettingsError: the extra `telemetry` is not installed
    """
    if not traces_are_wanted(settings):
        return None
    must_be_installed(settings)
    from haitech_adapters.telemetry.tracing import Tracing

    return Tracing(
        url=settings.otlp_url, version=version("haitech"), environment=settings.env.value
    )


def failures_of(settings: Settings) -> Failures | None:
    """Who tells Sentry; None where no DSN is set.

    :raises SettingsError: the extra `sentry` is not installed
    """
    if settings.sentry_dsn is None:
        return None
    must_be_installed(settings)
    from haitech_adapters.telemetry.failures import Failures

    return Failures(
        dsn=settings.sentry_dsn, version=version("haitech"), environment=settings.env.value
    )


def must_be_installed(settings: Settings) -> None:
    """Find out at the start whether what is set can be imported; nothing is opened.

    :raises SettingsError: an extra is missing
    """
    wanted = (
        (traces_are_wanted(settings), "opentelemetry.sdk", f"{PREFIX}OTLP_URL", "telemetry"),
        (settings.sentry_dsn is not None, "sentry_sdk", f"{PREFIX}SENTRY_DSN", "sentry"),
    )
    for is_set, module, setting, extra in wanted:
        if not is_set:
            continue
        try:
            import_module(module)
        except ImportError as missing:
            raise _not_installed(setting, extra) from missing


def _not_installed(setting: str, extra: str) -> SettingsError:
    return SettingsError([f"{setting} needs the extra «{extra}»: pip install 'haitech[{extra}]'"])


async def sent(tracing: Tracing | None, failures: Failures | None) -> None:
    """At the end: send what is left, which takes a few seconds at most."""
    for telling in (tracing, failures):
        if telling is not None:
            await asyncio.to_thread(telling.close)


def traced_app(app: Any, tracing: Tracing | None) -> Any:
    """An ASGI application, with a span for each request."""
    if tracing is None:
        return app
    from haitech_adapters.telemetry.spans import TracedApp

    return TracedApp(app, tracing)


def traced_uow(uow: UnitOfWork, tracing: Tracing | None) -> UnitOfWork:
    """A unit of work, with a span for each piece."""
    if tracing is None:
        return uow
    from haitech_adapters.telemetry.spans import TracedUnitOfWork

    return TracedUnitOfWork(uow, tracing)


def traced_courier(courier: Courier, tracing: Tracing | None) -> Courier:
    """A courier, with a span for each try."""
    if tracing is None:
        return courier
    from haitech_adapters.telemetry.spans import TracedCourier

    return TracedCourier(courier, tracing)


def around_jobs(tracing: Tracing | None) -> Callable[[Handler], Handler]:
    """What is put around whatever does jobs."""
    if tracing is None:
        return as_it_is
    from haitech_adapters.telemetry.spans import TracedHandler

    return lambda handler: TracedHandler(handler, tracing)


def statement_log(env: Environment, tracing: Tracing | None = None) -> Log | None:
    """Who hears of every statement: the log in development, the trace where there is one."""
    logged = log_statement if env is Environment.DEV else None
    if tracing is None:
        return logged
    if logged is None:
        return tracing.statement

    def both(sql: str, seconds: float) -> None:
        logged(sql, seconds)
        tracing.statement(sql, seconds)

    return both
