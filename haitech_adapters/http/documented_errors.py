"""The refusals in the OpenAPI document: which a route can give, with an example of each."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from haitech_adapters.http.endpoint import JSON, Declared, Endpoint
from haitech_adapters.http.failures import BY_KIND, BY_STATUS
from haitech_adapters.http.negotiation import PROBLEM
from haitech_domain.errors import Kind

_META: Final = {
    "requestId": "019c3b1e-7a52-7c1e-9d0b-2f4a6c8e1b35",
    "timestamp": "2026-02-06T12:00:00Z",
}
_INVALID: Final = (
    "phone.invalid",
    "Invalid input",
    [
        {
            "field": "phone",
            "message": "not an Israeli or E.164 number",
            "reason": "phone.invalid",
        }
    ],
)
_HEADERS: Final[dict[int, str]] = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}
_ALWAYS: Final = (406, 429, 500, 503)
_WITH_BODY: Final = (400, 413, 415)
_CONFLICT: Final = 409
_BAD_REQUEST: Final = 400


def refusals(route: Declared, endpoint: Endpoint) -> dict[str, dict[str, Any]]:
    """What a route can refuse with, by status."""
    statuses = {*_ALWAYS, *(BY_KIND[kind][0] for kind in endpoint.errors)}
    if "{" in route.path:
        statuses |= {400, 404}
    if endpoint.query is not None:
        statuses.add(_BAD_REQUEST)
    if endpoint.body is not None:
        statuses.update(_WITH_BODY)
    if not endpoint.open:
        statuses |= {401, 403}
    if endpoint.conflicts:
        statuses.add(_CONFLICT)
    documented = {
        str(status): {"$ref": f"#/components/responses/{_name(status)}"}
        for status in sorted(statuses)
    }
    if endpoint.conflicts:
        documented[str(_CONFLICT)] = _response(_CONFLICT, endpoint.conflicts)
    return documented


def error_components() -> dict[str, dict[str, Any]]:
    """Every refusal of the contract, to be referred to by the routes."""
    return {_name(status): _response(status) for status in sorted(BY_STATUS)}


def _name(status: int) -> str:
    return "".join(word.capitalize() for word in BY_STATUS[status][0].split("_"))


def _response(status: int, reasons: tuple[str, ...] = ()) -> dict[str, Any]:
    code, reason, message = BY_STATUS[status]
    details: list[dict[str, str]] = []
    if status == BY_KIND[Kind.INVALID][0]:
        reason, message, details = _INVALID
    if status == BY_KIND[Kind.NOT_FOUND][0]:
        reason, message = "not_found", "there is no customer with this id"
    examples = {
        one: {
            "value": {
                "error": {"code": code, "message": message, "reason": one, "details": details},
                "meta": _META,
            }
        }
        for one in reasons or (reason,)
    }
    described: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "content": {
            JSON: {"schema": {"$ref": "#/components/schemas/ErrorBody"}, "examples": examples},
            PROBLEM: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}},
        },
    }
    if status in _HEADERS:
        described["headers"] = {_HEADERS[status]: {"schema": {"type": "string"}}}
    return described
