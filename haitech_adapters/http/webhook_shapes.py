"""What is read and shown of webhooks and deliveries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from haitech_adapters.http.shapes import Body, Instant, ListQuery, SearchedQuery, View
from haitech_adapters.http.showing import shown
from haitech_domain.access import Actor
from haitech_domain.use_cases.webhooks import ToldSecret
from haitech_domain.webhook import Attempt, Delivery, DeliveryStatus, Webhook, WebhookStatus
from haitech_domain.webhook.values import (
    LONGEST_VALUE,
    MOST_HEADERS,
    MOST_PATTERNS,
    TOKEN,
    VALUE,
    patterns,
)

Day: TypeAlias = dt.date
EventPattern: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": sorted(patterns())})]
HeaderValue: TypeAlias = Annotated[
    str, Meta(extra_json_schema={"pattern": f"^{VALUE.pattern}$", "maxLength": LONGEST_VALUE})
]
_EVENTS: Final[dict[str, Any]] = {"minItems": 1, "maxItems": MOST_PATTERNS}
_HEADERS: Final[dict[str, Any]] = {
    "maxProperties": MOST_HEADERS,
    "propertyNames": {"pattern": f"^{TOKEN.pattern}$"},
}


class WebhookDetails(Body, frozen=True):
    """What may be said of a webhook besides where and what."""

    name: str | UnsetType | None = UNSET
    headers: Annotated[dict[str, HeaderValue], Meta(extra_json_schema=_HEADERS)] | UnsetType = UNSET
    status: WebhookStatus | UnsetType = UNSET


class WebhookBody(WebhookDetails, frozen=True, kw_only=True):
    """A webhook to be made; `events` are types, families like `meeting.*`, or `*`."""

    url: str
    events: Annotated[tuple[EventPattern, ...], Meta(extra_json_schema=_EVENTS)]


class WebhookChanges(WebhookDetails, frozen=True, kw_only=True):
    """Fields of a webhook to be changed."""

    url: str | UnsetType = UNSET
    events: Annotated[tuple[EventPattern, ...], Meta(extra_json_schema=_EVENTS)] | UnsetType = UNSET


class WebhookQuery(SearchedQuery, frozen=True, kw_only=True):
    """Which webhooks to list."""

    sort_by: Literal["name", "createdAt"] | UnsetType = UNSET
    status: WebhookStatus | UnsetType = UNSET


class WebhookView(View, frozen=True):
    """A webhook. Its secret is there only in the answer that made it, in both writings."""

    id: UUID
    url: str
    events: list[str]
    name: str | None
    headers: dict[str, str]
    status: WebhookStatus
    status_reason: str | None
    """Why it was disabled by itself."""
    failing_since: Instant | None
    """Since when no try has succeeded."""
    rotated_at: Instant | None
    """When the secret was replaced; for 24 hours the one before signs as well."""
    created_at: Instant
    updated_at: Instant
    version: int
    secret: str | UnsetType
    whsec: str | UnsetType
    """The secret as the Standard Webhooks spec writes it."""


class DeliveryQuery(ListQuery, frozen=True, kw_only=True):
    """Which deliveries to list; `from` and `to` bound the day on which the event happened."""

    sort_by: Literal["createdAt"] | UnsetType = UNSET
    webhook_id: UUID | UnsetType = UNSET
    status: DeliveryStatus | UnsetType = UNSET
    event_type: str | UnsetType = UNSET
    from_: Day | UnsetType = msgspec.field(default=UNSET, name="from")
    to: Day | UnsetType = UNSET


class AttemptView(View, frozen=True):
    """One try: when, how long, and what was answered (its beginning), or what failed."""

    number: int
    at: Instant
    took_ms: int
    response_status: int | None
    answer: str | None
    error: str | None


class DeliveryView(View, frozen=True):
    """One event on its way to one webhook, with its tries."""

    id: UUID
    webhook_id: UUID
    event_id: str
    event_type: str
    status: DeliveryStatus
    attempts: int
    next_at: Instant | None
    delivered_at: Instant | None
    response_status: int | None
    error: str | None
    created_at: Instant
    tries: Sequence[AttemptView]


class EventTypeView(View, frozen=True):
    """A type of event, and the JSON Schema of the body in which it is sent."""

    type: str
    description: str
    version: int
    schema: dict[str, Any]


def webhook_view(known: Webhook | ToldSecret, actor: Actor) -> WebhookView:
    """A webhook; with its secret where that is told just now."""
    del actor
    secret = known if isinstance(known, ToldSecret) else None
    kept = known.webhook if isinstance(known, ToldSecret) else known
    return shown(
        WebhookView,
        kept,
        events=list(kept.events),
        headers=dict(kept.headers),
        secret=UNSET if secret is None else secret.secret,
        whsec=UNSET if secret is None else secret.whsec,
    )


def delivery_view(delivery: Delivery, tries: Sequence[Attempt]) -> DeliveryView:
    """A delivery with its tries, the first one first."""
    return shown(
        DeliveryView,
        delivery,
        event_id=f"evt_{delivery.event_id.hex}",
        tries=[shown(AttemptView, attempt) for attempt in tries],
    )


BODY_EXAMPLE: Final = {
    "url": "https://hooks.example/haitech",
    "events": ["meeting.*", "registration.paid"],
    "name": "The accountant",
}
