"""Webhooks: who is told of events, and what became of the telling."""

from haitech_domain.webhook.delivering import (
    GONE,
    SCHEDULE,
    Followed,
    after_try,
    disabled,
    given_up,
)
from haitech_domain.webhook.entity import (
    ANSWER_KEPT,
    BOTH_SECRETS,
    Attempt,
    Delivery,
    DeliveryStatus,
    Webhook,
    WebhookStatus,
)
from haitech_domain.webhook.events import WebhookDisabled, WebhookTested
from haitech_domain.webhook.values import ALL, Headers, Patterns, families, is_ours, matches, whsec

__all__ = [
    "ALL",
    "ANSWER_KEPT",
    "BOTH_SECRETS",
    "GONE",
    "SCHEDULE",
    "Attempt",
    "Delivery",
    "DeliveryStatus",
    "Followed",
    "Headers",
    "Patterns",
    "Webhook",
    "WebhookDisabled",
    "WebhookStatus",
    "WebhookTested",
    "after_try",
    "disabled",
    "families",
    "given_up",
    "is_ours",
    "matches",
    "whsec",
]
