"""Apps whose every request comes from a given address, as a real connection would."""

from __future__ import annotations

from typing import Any

from litestar import Litestar


def reached_from(app: Litestar, address: str | None) -> Litestar:
    """The same app, behind a connection from this address."""
    inner = app.asgi_handler

    async def connected(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            scope["client"] = None if address is None else (address, 4711)
        await inner(scope, receive, send)

    app.asgi_handler = connected
    return app


def nothing_to_check() -> dict[str, Any]:
    """The checks of a program that is always ready."""
    return {}
