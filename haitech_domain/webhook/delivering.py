"""What follows from each try (api.md «Webhooks»)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

import attrs

from haitech_domain.change import Change
from haitech_domain.errors import DomainError
from haitech_domain.webhook.entity import (
    ERROR_KEPT,
    Attempt,
    Delivery,
    DeliveryStatus,
    Webhook,
    WebhookStatus,
)
from haitech_domain.webhook.events import WebhookDisabled

DELIVER: Final = "webhook.deliver"
"""The kind of job that a delivery is; its id is the delivery's, so there is one at most."""
SCHEDULE: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=24),
)
"""The pauses between the tries; after the last of them a delivery is dead."""
GIVEN_UP_AFTER: Final = timedelta(days=5)
"""A webhook of which every try has failed for so long is disabled."""
CUT_SHORT: Final = "its trial was cut short"
"""Why a trial is dead whose program ended before it did."""
BURIED: Final = "its job was given up: "
"""Why a delivery is dead whose job was buried; the job's own reason follows."""
GONE: Final = 410
"""The answer of a target that wants to hear no more."""


@attrs.frozen
class DeliveryWaits(DomainError):
    """What is being tried, or waits for its first try, is not sent by hand beside that."""

    reason: ClassVar[str] = "delivery.pending"
    says: ClassVar[str] = "this delivery is on its way already"


@attrs.frozen
class WebhookIsSilent(DomainError):
    """Nothing is sent to a webhook that is not active."""

    reason: ClassVar[str] = "webhook.not_active"
    says: ClassVar[str] = "this webhook is {status}; make it active first"
    status: WebhookStatus


def after_try(
    delivery: Delivery,
    attempt: Attempt,
    *,
    at: datetime,
    retry_after: timedelta | None = None,
    last: bool = False,
) -> Change[Delivery]:
    """The delivery after a try: delivered, due again (`next_at`), or dead.

    `retry_after` is what the target asked for; it puts the next try off, a day at most. After the
    `last` try, as one by hand or a trial is, there is none.
    """
    status, next_at = DeliveryStatus.DEAD, None
    if attempt.succeeded:
        status = DeliveryStatus.DELIVERED
    elif not last and attempt.response_status != GONE:
        next_at = _next(attempt, at, retry_after)
        status = DeliveryStatus.DEAD if next_at is None else DeliveryStatus.PENDING
    after = delivery.changed(
        at,
        status=status,
        attempts=attempt.number,
        next_at=next_at,
        delivered_at=at if attempt.succeeded else None,
        response_status=attempt.response_status,
        error=attempt.error,
    )
    return Change.updated(delivery, after, action="deliver")


def _next(attempt: Attempt, at: datetime, retry_after: timedelta | None) -> datetime | None:
    if attempt.number > len(SCHEDULE):
        return None
    pause = max(SCHEDULE[attempt.number - 1], min(retry_after or timedelta(0), SCHEDULE[-1]))
    return at + pause


def told(webhook: Webhook, attempt: Attempt, *, at: datetime) -> Change[Webhook]:
    """The webhook after a try: well again, failing, or disabled; mostly nothing changes."""
    if webhook.status is WebhookStatus.DISABLED:
        return Change.updated(webhook, webhook)
    if attempt.succeeded:
        return Change.updated(webhook, webhook.changed(at, failing_since=None), action="deliver")
    since = webhook.failing_since or at
    reason = None
    if attempt.response_status == GONE:
        reason = "its target answered 410: it wants to hear no more"
    elif at - since >= GIVEN_UP_AFTER:
        reason = f"every try has failed since {since:%Y-%m-%d}"
    if reason is None:
        after = webhook.changed(at, failing_since=since)
        return Change.updated(webhook, after, action="deliver")
    after = webhook.changed(
        at, status=WebhookStatus.DISABLED, status_reason=reason, failing_since=None
    )
    event = WebhookDisabled(at=at, webhook_id=webhook.id, name=webhook.name, reason=reason)
    return Change.updated(webhook, after, event, action="disable")


def given_up(delivery: Delivery, reason: str, *, at: datetime) -> Change[Delivery]:
    """A delivery that is not tried any more, and why."""
    after = delivery.changed(
        at, status=DeliveryStatus.DEAD, next_at=None, error=reason[:ERROR_KEPT]
    )
    return Change.updated(delivery, after, action="deliver")


def again(delivery: Delivery, webhook: Webhook, *, at: datetime) -> Change[Delivery]:
    """A delivery that somebody wants to be tried once more, or sooner than it would be.

    :raises DeliveryWaits: it is on its way
    :raises WebhookIsSilent: its webhook is told nothing
    """
    pauses = delivery.next_at is not None and delivery.next_at > at
    if delivery.status is DeliveryStatus.PENDING and not pauses:
        raise DeliveryWaits
    if webhook.status is not WebhookStatus.ACTIVE:
        raise WebhookIsSilent(webhook.status)
    after = delivery.changed(at, status=DeliveryStatus.PENDING, next_at=at)
    return Change.updated(delivery, after, action="deliver")


def lane_of(webhook: UUID) -> str:
    """The lane of a webhook's deliveries: one that is slow delays no other."""
    return f"webhook {webhook}"
