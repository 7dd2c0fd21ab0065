"""What follows from each try (api.md «Webhooks»)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import attrs

from haitech_domain.change import Change
from haitech_domain.webhook.entity import Attempt, Delivery, DeliveryStatus, Webhook, WebhookStatus
from haitech_domain.webhook.events import WebhookDisabled

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
GONE: Final = 410
"""The answer of a target that wants to hear no more."""


@attrs.frozen(kw_only=True)
class Followed:
    """What a try led to: the delivery and the webhook after it, and when the next try is due."""

    delivery: Change[Delivery]
    webhook: Change[Webhook]
    again_at: datetime | None


def after_try(
    delivery: Delivery,
    webhook: Webhook,
    attempt: Attempt,
    *,
    at: datetime,
    retry_after: timedelta | None = None,
    by_hand: bool = False,
) -> Followed:
    """Delivered, due again, or dead; the webhook well again, failing, or disabled.

    `retry_after` is what the target asked for; it puts the next try off, a day at most. A try by
    hand of what was dead does not begin the schedule anew.
    """
    again_at = None
    if attempt.succeeded:
        status = DeliveryStatus.DELIVERED
    else:
        again_at = None if by_hand else _next(attempt, at, retry_after)
        gone = attempt.response_status == GONE
        status = DeliveryStatus.DEAD if gone or again_at is None else DeliveryStatus.PENDING
        again_at = None if status is DeliveryStatus.DEAD else again_at
    after = delivery.changed(
        at,
        status=status,
        attempts=attempt.number,
        next_at=again_at,
        delivered_at=at if attempt.succeeded else None,
        response_status=attempt.response_status,
        error=attempt.error,
    )
    return Followed(
        delivery=Change.updated(delivery, after),
        webhook=_told(webhook, attempt, at),
        again_at=again_at,
    )


def _next(attempt: Attempt, at: datetime, retry_after: timedelta | None) -> datetime | None:
    if attempt.number > len(SCHEDULE):
        return None
    pause = max(SCHEDULE[attempt.number - 1], min(retry_after or timedelta(0), SCHEDULE[-1]))
    return at + pause


def _told(webhook: Webhook, attempt: Attempt, at: datetime) -> Change[Webhook]:
    if attempt.succeeded:
        return Change.updated(webhook, webhook.changed(at, failing_since=None), action="deliver")
    since = webhook.failing_since or at
    reason = None
    if attempt.response_status == GONE:
        reason = "its target answered 410: it wants to hear no more"
    elif at - since >= GIVEN_UP_AFTER:
        reason = f"every try has failed since {since:%Y-%m-%d}"
    if reason is None or webhook.status is WebhookStatus.DISABLED:
        after = webhook.changed(at, failing_since=since)
        return Change.updated(webhook, after, action="deliver")
    return disabled(webhook, reason, at=at)


def disabled(webhook: Webhook, reason: str, *, at: datetime) -> Change[Webhook]:
    """The webhook as one that is told nothing any more, and why."""
    after = webhook.changed(
        at, status=WebhookStatus.DISABLED, status_reason=reason, failing_since=None
    )
    event = WebhookDisabled(at=at, webhook_id=webhook.id, name=webhook.name, reason=reason)
    return Change.updated(webhook, after, event, action="disable")


def given_up(delivery: Delivery, reason: str, *, at: datetime) -> Change[Delivery]:
    """A delivery that is not tried any more, and why."""
    after = delivery.changed(at, status=DeliveryStatus.DEAD, next_at=None, error=reason)
    return Change.updated(delivery, after)
