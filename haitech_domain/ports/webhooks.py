"""Telling others of events: where webhooks and deliveries are kept, and who carries them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import attrs

from haitech_domain.errors import BadValue
from haitech_domain.ids import DeliveryId, WebhookId
from haitech_domain.ports.repositories import Repository
from haitech_domain.webhook import Attempt, Delivery, DeliveryStatus, Webhook
from haitech_domain.webhook.envelope import StoredEvent


class Webhooks(Repository[Webhook], Protocol):
    """The webhooks. Whatever is saved with events is put on its way to those that want them.

    That happens in the transaction of the change: for each event and each live webhook that is
    not disabled and wants it, a delivery; with it a job, unless the webhook is paused.
    """


@attrs.frozen(kw_only=True)
class Dispatch:
    """A delivery with all that is needed to make it. A deleted webhook is here, too."""

    delivery: Delivery
    webhook: Webhook
    event: StoredEvent


@attrs.frozen(kw_only=True)
class Recovered:
    """Of deliveries that were left behind: how many are on their way again, and how many dead."""

    again: int
    dead: int

    @property
    def count(self) -> int:
        """How many they were."""
        return self.again + self.dead


@attrs.frozen(kw_only=True)
class DeliveryFigures:
    """How deliveries stand: all that are pending or dead, and those of late by their status."""

    pending: int
    dead: int
    oldest_pending_at: datetime | None
    recent: Mapping[DeliveryStatus, int]


class Deliveries(Repository[Delivery], Protocol):
    """The deliveries."""

    async def dispatch(self, id: UUID) -> Dispatch:
        """One with its webhook and its event. :raises NotFound: it was purged"""
        ...

    async def attempts_of(self, ids: Sequence[UUID]) -> Mapping[UUID, Sequence[Attempt]]:
        """The tries of some deliveries, the first one first."""
        ...

    async def record(self, delivery: DeliveryId, attempt: Attempt) -> None:
        """Keep a try. :raises Duplicate: that number is there already"""
        ...

    async def put(self, delivery: Delivery, event: StoredEvent) -> None:
        """Keep an event that is for one webhook alone, with its delivery, and no job."""
        ...

    async def resume(self, webhook: WebhookId, *, at: datetime) -> int:
        """Put the pending deliveries of a webhook on their way, each once; say how many."""
        ...

    async def figures(self, *, since: datetime) -> DeliveryFigures:
        """How they stand; `recent` are those of events since then."""
        ...

    async def recover(self, *, before: datetime, at: datetime, most: int = 1_000) -> Recovered:
        """See to pending deliveries that nobody works on, and that were left so before then.

        One whose job was buried is dead, and its job gone; so is a trial. One without a job is put
        on its way. Those of a paused webhook wait, which is as it should be. At most so many at
        once, the oldest first.
        """
        ...

    async def purge(self, *, before: datetime, most: int = 1_000) -> int:
        """Forget events from before then of which nothing is pending, with their deliveries.

        At most so many at once; says how many.
        """
        ...


@attrs.frozen(kw_only=True)
class Parcel:
    """What is carried: an event, to where, and what it is signed with."""

    url: str
    headers: Mapping[str, str] = attrs.field(repr=False)
    delivery: DeliveryId
    event_name: str
    event_type: str
    content: Mapping[str, Any] = attrs.field(repr=False)
    secret: str = attrs.field(repr=False)
    previous_secret: str | None = attrs.field(default=None, repr=False)
    """The secret before, while both sign."""


@attrs.frozen(kw_only=True)
class Receipt:
    """What came of carrying: a status and the beginning of an answer, or an error; milliseconds.

    `retry_after` is what the target asked for.
    """

    took_ms: int
    response_status: int | None = None
    answer: str | None = None
    error: str | None = None
    retry_after: timedelta | None = None


class RefusedTarget(BadValue):
    """An address that nothing is sent to: private, or none at all."""


class Courier(Protocol):
    """Carries events to their targets over the network."""

    async def check(self, url: str) -> None:
        """Whether anything would be sent there. :raises RefusedTarget: it would not"""
        ...

    async def carry(self, parcel: Parcel, *, at: datetime) -> Receipt:
        """Sign it as of this moment and send it once. It never raises for what the target does."""
        ...


class Vault(Protocol):
    """Keeps short secrets: what it gives can be stored and shown to nobody's use."""

    def seal(self, secret: str, *, about: UUID) -> str:
        """The secret, encrypted; it opens only with the same `about`."""
        ...

    def open(self, sealed: str, *, about: UUID) -> str:
        """The secret. :raises ValueError: sealed with another key, or about something else"""
        ...
