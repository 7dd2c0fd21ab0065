"""Webhooks: who is told of events, and what became of the telling."""

from haitech_domain.webhook.delivering import (
    DELIVER,
    GONE,
    SCHEDULE,
    DeliveryWaits,
    WebhookIsSilent,
    after_try,
    again,
    given_up,
    lane_of,
    told,
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
    "DELIVER",
    "GONE",
    "SCHEDULE",
    "Attempt",
    "Delivery",
    "DeliveryStatus",
    "DeliveryWaits",
    "Headers",
    "Patterns",
    "Webhook",
    "WebhookDisabled",
    "WebhookIsSilent",
    "WebhookStatus",
    "WebhookTested",
    "after_try",
    "again",
    "families",
    "given_up",
    "is_ours",
    "lane_of",
    "matches",
    "told",
    "whsec",
]
