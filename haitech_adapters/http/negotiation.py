"""What the caller can read: 406 where it is nothing that the route produces."""

from __future__ import annotations

from typing import Final

from litestar.datastructures.headers import Accept
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, Receive, Scope, Send

from haitech_adapters.http.endpoint import JSON, endpoint_of

PROBLEM: Final = "application/problem+json"


class Negotiation:
    """Middleware that refuses what could not be answered anyway."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on.

        :raises HTTPException: 406
        """
        wanted = header(scope, b"accept")
        if wanted is not None and "*/*" not in wanted and JSON not in wanted:
            endpoint = endpoint_of(scope.get("route_handler"))
            produced = [*(endpoint.produces if endpoint else ()), JSON, PROBLEM]
            if Accept(wanted).best_match(produced) is None:
                offered = ", ".join(dict.fromkeys(produced))
                raise HTTPException(f"this can be had as {offered}", status_code=406)
        await self._app(scope, receive, send)


def wants_problem(accept: str) -> bool:
    """Whether a refusal is to be written as RFC 9457 has it."""
    return PROBLEM in accept


def header(scope: Scope, name: bytes) -> str | None:
    """The first header of this name, or None."""
    for key, value in scope["headers"]:
        if key == name:
            return value.decode("latin-1")
    return None
