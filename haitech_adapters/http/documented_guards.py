"""What conditions and retries add to the OpenAPI document, of every route that knows them."""

from __future__ import annotations

from typing import Any, Final

from haitech_adapters.http.documented_headers import headers_of
from haitech_adapters.http.endpoint import Declared, Endpoint
from haitech_adapters.http.repeating import LONGEST_KEY, is_keyless
from haitech_adapters.http.singles import CONDITIONAL, SHOWN_BY, TAGGED, WRITING

_TAG: Final = '"6c1f0f4a5c9b4c0f8a0f4f0a5b7d9e21"'
_PARAMETERS: Final[dict[str, dict[str, Any]]] = {
    "Idempotency-Key": {
        "description": (
            "A text of the caller's own. A retry with the same one within 24 hours gets the first"
            " answer, and nothing is done twice. Another request with it is refused (422), and so"
            " is a retry while the first is still running (409)."
        ),
        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
        "example": "5f0c2c3e-registration-of-noam",
    },
    "If-Match": {
        "description": "The ETag that was seen; refused (412) where it is no longer the one.",
        "schema": {"type": "string"},
        "example": _TAG,
    },
    "If-None-Match": {
        "description": "The ETag that the caller has; where it still is the one, 304.",
        "schema": {"type": "string"},
        "example": _TAG,
    },
}
PARAMETERS: Final = {
    name: {"name": name, "in": "header", "required": False, **said}
    for name, said in _PARAMETERS.items()
}
"""The headers that requests may carry."""

_BAD_REQUEST: Final = 400
_CONFLICT: Final = 409
_PRECONDITION: Final = 412
_REUSED: Final = 422


def _takes_key(route: Declared, endpoint: Endpoint) -> bool:
    return route.method in WRITING and not endpoint.open and not is_keyless(route.path)


def _takes_match(route: Declared, endpoint: Endpoint) -> bool:
    known = route.method in CONDITIONAL and not endpoint.open
    return known and SHOWN_BY in route.handler.opt


def _is_shown(route: Declared) -> bool:
    return route.method == "GET" and TAGGED in route.handler.opt


def guard_parameters(route: Declared, endpoint: Endpoint) -> list[dict[str, Any]]:
    """The headers by which a request to this route guards itself."""
    taken = {
        "Idempotency-Key": _takes_key(route, endpoint),
        "If-Match": _takes_match(route, endpoint),
        "If-None-Match": _is_shown(route),
    }
    return [PARAMETERS[name] for name, takes in taken.items() if takes]


def guard_statuses(route: Declared, endpoint: Endpoint) -> set[int]:
    """The refusals that such headers bring."""
    statuses: set[int] = set()
    if _is_shown(route):
        statuses.add(_BAD_REQUEST)
    if _takes_key(route, endpoint):
        statuses |= {_BAD_REQUEST, _CONFLICT, _REUSED}
    if _takes_match(route, endpoint):
        statuses |= {_BAD_REQUEST, _PRECONDITION}
    return statuses


def guard_headers(route: Declared, endpoint: Endpoint) -> dict[str, Any]:
    """What an answer of success carries because of them."""
    carried = {
        "ETag": TAGGED in route.handler.opt,
        "Idempotency-Replayed": _takes_key(route, endpoint),
    }
    return {
        name: {"$ref": f"#/components/headers/{name}"}
        for name, is_there in carried.items()
        if is_there
    }


def not_modified(route: Declared) -> dict[str, Any]:
    """The answer to whoever has the representation already."""
    if not _is_shown(route):
        return {}
    tag = {"ETag": {"$ref": "#/components/headers/ETag"}}
    return {"304": {"description": "Not changed", "headers": {**headers_of(304), **tag}}}
