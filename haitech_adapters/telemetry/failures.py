"""Failures of the program, sent to Sentry: which, where in the code, in which request.

The extra `sentry` brings what this imports.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, cast

import sentry_sdk
from sentry_sdk.types import Event, Hint

_LEVELS: Final = frozenset({"error", "critical"})
_TAGS: Final = ("request_id", "trace_id", "route", "kind", "work", "logger")
_KEPT: Final = frozenset(
    {"event_id", "timestamp", "level", "logger", "message", "tags", "exception", "platform"}
    | {"release", "environment", "sdk"}
)
_OF_A_FRAME: Final = frozenset(
    {"filename", "abs_path", "function", "module", "lineno", "context_line", "in_app"}
    | {"pre_context", "post_context"}
)


class Failures:
    """Tells Sentry of what is logged as an error. One a process; `close` sends what is left."""

    def __init__(self, *, dsn: str, version: str, environment: str) -> None:
        sentry_sdk.init(
            dsn,
            release=f"haitech@{version}",
            environment=environment,
            default_integrations=False,  # they read argv, hosts, requests, and what is logged
            auto_enabling_integrations=False,
            include_local_variables=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            traces_sample_rate=None,
            auto_session_tracking=False,
            send_client_reports=False,
            before_send=bare,
        )

    def __call__(
        self, _: Any, level: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """A processor of structlog: it hears of every line and changes none."""
        if event.get("level", level) in _LEVELS:
            error = _error_of(event.get("exc_info"))
            with sentry_sdk.new_scope() as scope:
                for name in _TAGS:
                    if event.get(name) is not None:
                        scope.set_tag(name, str(event[name]))
                if error is None:
                    scope.capture_message(_said(event), level="error")
                else:
                    scope.set_tag("said", _said(event))
                    scope.capture_exception(error)
        return event

    @staticmethod
    def close() -> None:
        """Send what is left, within two seconds."""
        sentry_sdk.get_client().close(timeout=2.0)


def _said(event: Mapping[str, Any]) -> str:
    """Our own sentences hold no values; what a library says may, so only its name is told."""
    ours = str(event.get("logger", "")).startswith("haitech")
    return str(event.get("event")) if ours else "a library logged an error"


def _error_of(exc_info: Any) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return cast("BaseException | None", exc_info[1])
    return sys.exc_info()[1] if exc_info else None


def bare(event: Event, _: Hint) -> Event:
    """What may leave: no message of an error, no variable, and nothing that was not asked for."""
    kept: dict[str, Any] = {name: value for name, value in event.items() if name in _KEPT}
    exception = cast("Mapping[str, Any]", kept.get("exception") or {})
    values = [
        {
            "type": one.get("type"),
            "module": one.get("module"),
            "stacktrace": {
                "frames": [
                    {name: value for name, value in frame.items() if name in _OF_A_FRAME}
                    for frame in ((one.get("stacktrace") or {}).get("frames") or ())
                ]
            },
        }
        for one in exception.get("values") or ()
    ]
    if values:
        kept["exception"] = {"values": values}
    return cast("Event", kept)
