"""Which pages of other sites may call from a browser, and what they may see."""

from __future__ import annotations

from typing import Final

import attrs
from litestar.types import HTTPScope

from haitech_adapters.http.negotiation import header

EXPOSED: Final = (
    "Deprecation",
    "ETag",
    "Idempotency-Replayed",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Sunset",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "X-Request-ID",
)
"""What of an answer a page's script can read, besides what every browser shows."""
_ACCEPTED: Final = (
    "Accept",
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "X-API-Key",
    "X-Request-ID",
)
_METHODS: Final = "GET, HEAD, POST, PUT, PATCH, DELETE"
_HOLDS: Final = 600
"""Seconds for which a browser may keep the answer to a preflight."""

Headers = list[tuple[bytes, bytes]]

_VARY: Final = (b"vary", b"Origin")
_SHOWN: Final = (b"access-control-expose-headers", ", ".join(EXPOSED).encode())
_PREFLIGHT: Final[Headers] = [
    (b"access-control-allow-methods", _METHODS.encode()),
    (b"access-control-allow-headers", ", ".join(_ACCEPTED).encode()),
    (b"access-control-max-age", str(_HOLDS).encode()),
]


@attrs.frozen
class Cors:
    """The origins whose pages may call. Credentials are headers here, so none allows cookies."""

    origins: frozenset[str] = frozenset()

    def headers(self, scope: HTTPScope) -> Headers:
        """What an answer says about pages of other sites."""
        if not self.origins:
            return []
        origin = self._known(scope)
        if origin is None:
            return [_VARY]
        allowed = [_VARY, (b"access-control-allow-origin", origin.encode("ascii"))]
        return [*allowed, *(_PREFLIGHT if _asks_first(scope) else [_SHOWN])]

    def answers(self, scope: HTTPScope) -> bool:
        """Whether this is a browser's question before a request, by a page that may call."""
        return _asks_first(scope) and self._known(scope) is not None

    def _known(self, scope: HTTPScope) -> str | None:
        origin = header(scope, b"origin") if self.origins else None
        return origin if origin in self.origins else None


def _asks_first(scope: HTTPScope) -> bool:
    return (
        scope["method"] == "OPTIONS" and header(scope, b"access-control-request-method") is not None
    )
