"""The headers in the OpenAPI document: those that requests may have, and those of answers."""

from __future__ import annotations

from typing import Any, Final

from haitech_adapters.http.endpoint import Declared, Endpoint
from haitech_adapters.http.repeating import LONGEST_KEY, takes_key
from haitech_adapters.http.singles import CONDITIONAL, TAGGED

Header = dict[str, Any]

_TEXT: Final = {"type": "string"}
_TAG: Final = {
    "type": "string",
    "format": "etag",
    "pattern": r'^(?:\*|"[\x21\x23-\x7e]*")$',
}
_COUNT: Final = {"type": "string", "pattern": "^[0-9]+$"}

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
    "X-RateLimit-Limit": {
        "description": "How many requests the tighter of the caller's limits allows.",
        "schema": _COUNT,
        "example": "100",
    },
    "X-RateLimit-Remaining": {
        "description": "How many of them are left.",
        "schema": _COUNT,
        "example": "97",
    },
    "X-RateLimit-Reset": {
        "description": "When that limit's window ends, in seconds since 1970.",
        "schema": _COUNT,
        "example": "1770379260",
    },
    "RateLimit": {
        "description": "How the caller stands with each limit: left, and seconds to the end.",
        "schema": _TEXT,
        "example": '"hour";r=941;t=1800, "minute";r=97;t=30',
    },
    "RateLimit-Policy": {
        "description": "Each limit: requests, and seconds of its window.",
        "schema": _TEXT,
        "example": '"hour";q=1000;w=3600, "minute";q=100;w=60',
    },
    "ETag": {
        "description": "The version of what is shown, for `If-Match` and `If-None-Match`.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9a-f]+"$'},
        "example": '"5f2b9c0d7e1a4c8836d0b7a91c5e2f40"',
    },
    "Content-Range": {
        "description": "Which bytes of how many these are.",
        "required": True,
        "schema": {"type": "string", "pattern": r"^bytes (?:[0-9]+-[0-9]+|\*)/[0-9]+$"},
        "example": "bytes 0-1048575/5242880",
    },
    "Accept-Ranges": {
        "description": "Parts can be had by `Range`.",
        "required": True,
        "schema": {"type": "string", "const": "bytes"},
        "example": "bytes",
    },
    "Content-Disposition": {
        "description": "What the file is called, in any script (RFC 6266).",
        "required": True,
        "schema": _TEXT,
        "example": "attachment; filename=\"______.csv\"; filename*=UTF-8''%D7%93%D7%95%D7%97.csv",
    },
    "File-Name": {
        "description": "What a file is called, in any script (RFC 6266); JSON has no such header.",
        "schema": _TEXT,
        "example": "attachment; filename=\"______.csv\"; filename*=UTF-8''%D7%93%D7%95%D7%97.csv",
    },
    "Content-Language": {
        "description": "In which language the titles of a file are; JSON has no such header.",
        "schema": {"type": "string", "enum": ["he", "en"]},
        "example": "he",
    },
    "Idempotency-Replayed": {
        "description": "This is the answer that the first request with this key had.",
        "schema": {"type": "string", "const": "true"},
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

_EVERYWHERE: Final = (
    "X-Request-ID",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "RateLimit",
    "RateLimit-Policy",
)
_BY_STATUS: Final[dict[int, tuple[str, ...]]] = {
    201: ("Location",),
    202: ("Location", "Retry-After"),
    206: ("Content-Range", "ETag", "Accept-Ranges", "Content-Disposition"),
    304: ("ETag",),
    416: ("Content-Range",),
    401: ("WWW-Authenticate",),
    429: ("Retry-After",),
    503: ("Retry-After",),
}

PARAMETERS: Final[dict[str, Header]] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Makes a retry safe: for 24 hours the same key gets the same answer, and"
        " the work is done once. Bare or quoted.",
        "schema": {
            "type": "string",
            "minLength": 1,
            "maxLength": LONGEST_KEY,
            "pattern": r"^[\x21\x23-\x7e](?:[\x20\x21\x23-\x7e]*[\x21\x23-\x7e])?$",
        },
        "example": "8f14e45f-ceea-467f-a9b1-0b6c2d3e4f50",
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "Changes it only if it still is the version that an `ETag` named, or `*`.",
        "schema": _TAG,
        "example": "*",
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "Answers 304 if the caller has the version that an `ETag` named.",
        "schema": _TAG,
        "example": '"5f2b9c0d7e1a4c8836d0b7a91c5e2f40"',
    },
    "AcceptLanguage": {
        "name": "Accept-Language",
        "in": "header",
        "description": "English titles in files where it is wanted more than Hebrew, else Hebrew.",
        "schema": _TEXT,
        "example": "he-IL,he;q=0.9,en;q=0.8",
    },
    "Range": {
        "name": "Range",
        "in": "header",
        "description": "The bytes that are wanted, counted from 0 (the last ones with `bytes=-500`);"
        " what is no part, or several at once, is passed over.",
        "schema": _TEXT,
        "example": "bytes=0-1048575",
    },
    "IfRange": {
        "name": "If-Range",
        "in": "header",
        "description": "The `ETag` of the file of which a part is had already; of another the whole"
        " is answered.",
        "schema": _TEXT,
        "example": '"5f2b9c0d7e1a4c8836d0b7a91c5e2f40"',
    },
    "ZoomSignature": {
        "name": "x-zm-signature",
        "in": "header",
        "required": True,
        "description": "`v0=` and the HMAC-SHA256 of `v0:TIMESTAMP:BODY` with the secret token of"
        " the app at Zoom, in hexadecimal.",
        "schema": {"type": "string", "pattern": "^v0=[0-9a-f]{64}$"},
        "example": "v0=8c5e5b2c7a0f4d1e9b3a6f7d2c1b0a998877665544332211ffeeddccbbaa0099",
    },
    "ZoomTimestamp": {
        "name": "x-zm-request-timestamp",
        "in": "header",
        "required": True,
        "description": "When it was signed, in seconds since 1970; good for five minutes.",
        "schema": {"type": "string", "pattern": "^[0-9]{1,12}$"},
        "example": "1792348260",
    },
}
"""The headers of requests that the document refers to."""


def headers_of(status: int) -> dict[str, Header]:
    """The headers of any answer of this status."""
    names = (*_EVERYWHERE, *_BY_STATUS.get(status, ()))
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def headers_of_success(route: Declared, endpoint: Endpoint) -> dict[str, Header]:
    """The headers of a route's good answer."""
    names = [*(["ETag"] if TAGGED in route.handler.opt else [])]
    if endpoint.in_parts:
        names += ["Accept-Ranges", "Content-Disposition"]
    if takes_key(route.method, route.path, endpoint):
        names.append("Idempotency-Replayed")
    described = {name: name for name in names}
    if endpoint.files:
        described |= {"Content-Disposition": "File-Name", "Content-Language": "Content-Language"}
    return headers_of(route.handler.status_code) | {
        name: {"$ref": f"#/components/headers/{described_as}"}
        for name, described_as in described.items()
    }


def headers_asked(route: Declared, endpoint: Endpoint) -> list[Header]:
    """The headers that a request of this route may have."""
    names = [*endpoint.headers]
    if takes_key(route.method, route.path, endpoint):
        names.append("IdempotencyKey")
    if is_conditional(route, endpoint):
        names.append("IfMatch")
    if is_revalidated(route):
        names.append("IfNoneMatch")
    if endpoint.in_parts:
        names += ["Range", "IfRange"]
    if endpoint.files:
        names.append("AcceptLanguage")
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def is_conditional(route: Declared, endpoint: Endpoint) -> bool:
    """Whether If-Match is judged."""
    return route.method in CONDITIONAL and not endpoint.open


def is_revalidated(route: Declared) -> bool:
    """Whether If-None-Match may give 304."""
    return route.method == "GET" and TAGGED in route.handler.opt
