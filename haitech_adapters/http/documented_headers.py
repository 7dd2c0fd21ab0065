"""The headers in the OpenAPI document: what answers carry beside their bodies."""

from __future__ import annotations

from typing import Any, Final

Header = dict[str, Any]

_TEXT: Final = {"type": "string"}

HEADERS: Final[dict[str, Header]] = {
    "X-Request-ID": {
        "description": "The request's id, taken from the request or made; it is in every log line.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
        "example": "019c3b1e-7a52-7c1e-9d0b-2f4a6c8e1b35",
    },
    "Location": {
        "description": "The address of what was made.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
        "example": "/api/v1/customers/019c3b1e-7a52-7c1e-9d0b-2f4a6c8e1b35",
    },
    "WWW-Authenticate": {
        "description": "How to authenticate.",
        "required": True,
        "schema": _TEXT,
        "example": "Bearer",
    },
    "ETag": {
        "description": "The strong tag of the representation, for If-Match and If-None-Match.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9a-f]{32}"$'},
        "example": '"6c1f0f4a5c9b4c0f8a0f4f0a5b7d9e21"',
    },
    "Idempotency-Replayed": {
        "description": "That this is the answer of the first request with the same key.",
        "required": False,
        "schema": {"type": "string", "enum": ["true"]},
        "example": "true",
    },
    "Retry-After": {
        "description": "How many seconds to wait before another try.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
        "example": "30",
    },
}
"""Every header that the document refers to."""

_EVERYWHERE: Final = ("X-Request-ID",)
_BY_STATUS: Final[dict[int, tuple[str, ...]]] = {
    201: ("Location",),
    401: ("WWW-Authenticate",),
    429: ("Retry-After",),
    503: ("Retry-After",),
}


def headers_of(status: int) -> dict[str, Header]:
    """The headers of an answer of this status."""
    names = (*_EVERYWHERE, *_BY_STATUS.get(status, ()))
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
