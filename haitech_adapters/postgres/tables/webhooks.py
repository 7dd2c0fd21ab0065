"""Webhooks, and what became of each event that was to be told to them."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from haitech_adapters.postgres.kinds import INSTANT
from haitech_adapters.postgres.tables.columns import (
    METADATA,
    by_name,
    check,
    entity_table,
    live_index,
    searched,
    unique,
)
from haitech_domain.webhook import Delivery, Webhook

webhooks: Final = entity_table("webhooks", Webhook)
by_name(webhooks)
searched(webhooks, "name")
live_index("ix_webhooks_status", webhooks.c.status)

deliveries: Final = entity_table(
    "deliveries", Delivery, references={"webhook_id": "webhooks", "event_id": "outbox"}
)
# an event is told to a webhook once
unique(deliveries, "webhook_id", "event_id", name="uq_deliveries_event_id")
sa.Index("ix_deliveries_event_id", deliveries.c.event_id)
live_index("ix_deliveries_webhook_id", *(deliveries.c["webhook_id", "created_at", "id"]))
live_index("ix_deliveries_status", *(deliveries.c["status", "created_at", "id"]))
live_index("ix_deliveries_event_type", *(deliveries.c["event_type", "created_at", "id"]))

delivery_attempts: Final = sa.Table(
    "delivery_attempts",
    METADATA,
    sa.Column("delivery_id", sa.Uuid(), primary_key=True),
    sa.Column("number", sa.Integer(), primary_key=True),
    sa.Column("at", INSTANT, nullable=False),
    sa.Column("took_ms", sa.Integer(), nullable=False),
    sa.Column("response_status", sa.Integer()),
    sa.Column("answer", sa.Text()),
    sa.Column("error", sa.Text()),
    sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], ondelete="CASCADE"),
    check("answer", "char_length(answer) <= 1024"),
)
