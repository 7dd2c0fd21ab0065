"""What browsers are told of every answer, as Helmet sets it by default."""

from __future__ import annotations

from typing import Final

_POLICY: Final = (
    "default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';"
    "frame-ancestors 'self';img-src 'self' data:;object-src 'none';script-src 'self';"
    "script-src-attr 'none';style-src 'self' https: 'unsafe-inline'"
)
SECURITY_HEADERS: Final = {
    # what one caller is shown is for nobody else, and is asked for again by its ETag
    "cache-control": "private, no-cache",
    "content-security-policy": _POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "origin-agent-cluster": "?1",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-dns-prefetch-control": "off",
    "x-download-options": "noopen",
    "x-frame-options": "SAMEORIGIN",
    "x-permitted-cross-domain-policies": "none",
    "x-xss-protection": "0",
}
"""A route's own header of the same name stands instead."""

IN_PRODUCTION: Final = {"content-security-policy": f"{_POLICY};upgrade-insecure-requests"}
"""What differs where there is an https address to be upgraded to."""

OVER_HTTPS: Final = {"strict-transport-security": "max-age=31536000; includeSubDomains"}
"""In production, and only where it came over https: browsers ignore it elsewhere."""

Headers = list[tuple[bytes, bytes]]


def _encoded(headers: dict[str, str]) -> Headers:
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]


_PLAIN: Final = _encoded(SECURITY_HEADERS)
_PRODUCTION: Final = _encoded(SECURITY_HEADERS | IN_PRODUCTION)
_SECURE: Final = _encoded(SECURITY_HEADERS | IN_PRODUCTION | OVER_HTTPS)


def security_headers(*, production: bool, scheme: str) -> Headers:
    """Those for one answer."""
    if not production:
        return _PLAIN
    return _SECURE if scheme == "https" else _PRODUCTION
