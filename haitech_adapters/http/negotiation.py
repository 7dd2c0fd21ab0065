"""What the caller can read: 406 where it is nothing that the route produces."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from litestar.datastructures.headers import Accept, MediaTypeHeader
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, Receive, Scope, Send

from haitech_adapters.http.endpoint import JSON, endpoint_of

MOST_RANGES: Final = 100
"""Browsers write about ten. Each costs some microseconds, and a header may be of many kilobytes."""
PROBLEM: Final = "application/problem+json"


class Negotiation:
    """Middleware that refuses what could not be answered anyway."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on.

        :raises HTTPException: 406
        """
        wanted = header(scope, b"accept") or ""
        plain = "q=" not in wanted.lower() and ("*/*" in wanted or JSON in wanted)
        if wanted.strip() and not plain:
            endpoint = endpoint_of(scope.get("route_handler"))
            produced = [*(endpoint.produces if endpoint else ()), JSON, PROBLEM]
            if best_of(wanted, produced) is None:
                offered = ", ".join(dict.fromkeys(produced))
                raise HTTPException(f"this can be had as {offered}", status_code=406)
        await self._app(scope, receive, send)


def best_of(accept: str, produced: Iterable[str]) -> str | None:
    """Which of the types that can be had is wanted most; None where none is wanted."""
    ranges = [part for part in ranges_of(accept) if _quality_of(part) > 0]
    return Accept(",".join(ranges)).best_match(list(produced)) if ranges else None


def ranges_of(accepted: str) -> list[str]:
    """The parts of a header that says what is wanted; whoever writes hundreds is heard in the first."""
    return accepted.split(",", MOST_RANGES)[:MOST_RANGES]


def wants_problem(accept: str) -> bool:
    """Whether a refusal is to be written as RFC 9457 has it.

    Whoever names both forms alike takes the one for what goes well, the other for what does not.
    """
    return PROBLEM in accept and _quality(accept, PROBLEM) >= max(1, _quality(accept, JSON))


def _quality(accept: str, kind: str) -> int:
    """How much this very type is wanted, in hundredths; 0 where it is not named."""
    parts = (part for part in ranges_of(accept) if part.partition(";")[0].strip().lower() == kind)
    return max(map(_quality_of, parts), default=0)


def _quality_of(part: str) -> int:
    """How much a range is wanted, in hundredths; a range wanted without bounds (`q=1e999`) is none."""
    try:
        return MediaTypeHeader(part).priority[0]
    except OverflowError:
        return 0


def header(scope: Scope, name: bytes) -> str | None:
    """The first header of this name, or None."""
    for key, value in scope["headers"]:
        if key == name:
            return value.decode("latin-1")
    return None
