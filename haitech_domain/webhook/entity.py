"""The webhook, and what became of each event that was to be told to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final

import attrs

from haitech_domain.entity import Entity
from haitech_domain.fields import Name, Passing, Secret, Text, Url
from haitech_domain.ids import DeliveryId, EventId, WebhookId
from haitech_domain.webhook.values import NO_HEADERS, Headers, Patterns, matches

BOTH_SECRETS: Final = timedelta(hours=24)
"""How long after a rotation the secret before signs as well."""
ANSWER_KEPT: Final = 1_024
"""Characters of a target's answer that are kept."""
ERROR_KEPT: Final = 500
"""Characters of what failed that are kept."""


class WebhookStatus(StrEnum):
    """`paused` keeps its events until it goes on; `disabled` is told nothing, and keeps nothing."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class DeliveryStatus(StrEnum):
    """`pending` waits for its first or next try; `dead` was given up, and can be tried by hand."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


Sealed = Annotated[str, Text(500), Secret()]
"""A secret as it is kept: encrypted."""


@attrs.frozen(kw_only=True)
class Webhook(Entity):
    """An address that is told of events. Its secrets are kept encrypted.

    `failing_since` is when the tries began of which none has succeeded since; `status_reason` says
    why it was disabled by itself.
    """

    id: WebhookId
    url: Annotated[Url, Secret()]
    events: Annotated[tuple[str, ...], Patterns()]
    name: Name | None = None
    headers: Annotated[Headers, Secret()] = NO_HEADERS
    status: WebhookStatus = WebhookStatus.ACTIVE
    status_reason: Annotated[str, Text(200)] | None = None
    sealed_secret: Sealed
    previous_secret: Sealed | None = None
    rotated_at: datetime | None = None
    failing_since: Annotated[datetime, Passing()] | None = None

    def wants(self, event_type: str) -> bool:
        """Whether it is told of events of this type."""
        return any(matches(pattern, event_type) for pattern in self.events)

    def rotated(self, sealed: str, *, at: datetime) -> Webhook:
        """The same with another secret; the one so far signs as well for a day."""
        return self.changed(
            at, sealed_secret=sealed, previous_secret=self.sealed_secret, rotated_at=at
        )

    def secrets(self, at: datetime) -> tuple[str, str | None]:
        """The secret that signs, and the one before it while both do; as they are kept."""
        overlap = self.rotated_at is not None and at < self.rotated_at + BOTH_SECRETS
        return self.sealed_secret, self.previous_secret if overlap else None


@attrs.frozen(kw_only=True)
class Delivery(Entity):
    """One event on its way to one webhook, made in the transaction that made the event true.

    `attempts` counts its tries; the last of them ended with `response_status`, or with an `error`
    where nothing answered. `next_at` is when the next is due.
    """

    id: DeliveryId
    webhook_id: WebhookId
    event_id: EventId
    event_type: Annotated[str, Text(100)]
    status: Annotated[DeliveryStatus, Passing()] = DeliveryStatus.PENDING
    attempts: Annotated[int, Passing()] = 0
    next_at: Annotated[datetime, Passing()] | None = None
    delivered_at: Annotated[datetime, Passing()] | None = None
    response_status: Annotated[int, Passing()] | None = None
    error: Annotated[str, Text(ERROR_KEPT), Passing()] | None = None


@attrs.frozen(kw_only=True)
class Attempt:
    """One try: when, how long it took (milliseconds), and what the target answered, or what failed."""

    number: int
    at: datetime
    took_ms: int
    response_status: int | None = None
    answer: str | None = None
    error: str | None = None

    @property
    def succeeded(self) -> bool:
        """Any 2xx."""
        return self.response_status is not None and 200 <= self.response_status < 300  # noqa: PLR2004  # HTTP's own
