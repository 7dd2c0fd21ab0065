"""What the API sends of itself, as the OpenAPI document says it: one webhook for each event."""

from __future__ import annotations

from typing import Any, Final

from msgspec import to_builtins

from haitech_adapters.http.endpoint import JSON
from haitech_adapters.http.examples import example_of
from haitech_domain.webhook.catalogue import Told, told

TAG: Final = "events"
TAGGED: Final = {
    "name": TAG,
    "description": "What is sent to the webhooks that want it; the answer's body is not read.",
}
_EVENT_ID: Final = "evt_019c3b1e7a527c1e9d0b2f4a6c8e1b35"
_HEADERS: Final = {
    "webhook-id": ("The event's id, the same over all tries.", _EVENT_ID),
    "webhook-timestamp": ("When this try was signed, in seconds since 1970.", "1770379200"),
    "webhook-signature": (
        "`v1,` and the HMAC-SHA256 in Base64 of id, timestamp and body, between dots; or two of them.",
        "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
    ),
    "X-Webhook-Signature": (
        "`sha256=` and the HMAC-SHA256 of the body in hexadecimal.",
        "sha256=7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069",
    ),
    "X-Webhook-Event": ("The type of the event.", "meeting.completed"),
    "X-Webhook-Delivery": (
        "The id of this delivery, as `GET /api/v1/webhooks/{id}/deliveries` lists it.",
        "019c3b1e-7a52-7c1e-9d0b-2f4a6c8e1b35",
    ),
}


def webhooks() -> dict[str, Any]:
    """Every event that can be told, by its type."""
    return {one.type: {"post": _operation(one)} for one in told()}


def _operation(one: Told) -> dict[str, Any]:
    schema = {key: value for key, value in to_builtins(one.schema).items() if key[0] != "$"}
    data = example_of(
        schema["properties"]["data"], {}, owner=one.type.partition(".")[0].capitalize()
    )
    example = {
        "id": _EVENT_ID,
        "type": one.type,
        "timestamp": "2026-02-06T12:00:00Z",
        "data": data,
    }
    return {
        "operationId": f"events.{one.type}",
        "summary": f"Tell {one.type}",
        "description": one.description,
        "tags": [TAG],
        "parameters": [_header(name, one.type) for name in _HEADERS],
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": schema, "example": example}},
        },
        "responses": {
            "2XX": {"description": "It has arrived"},
            "default": {"description": "It has not; it is sent again, later and later"},
        },
        "security": [],
    }


def _header(name: str, event: str) -> dict[str, Any]:
    said, example = _HEADERS[name]
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": said,
        "schema": {"type": "string"},
        "example": event if name == "X-Webhook-Event" else example,
    }
