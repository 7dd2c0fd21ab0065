"""Putting events on their way to webhooks, in the statement that writes the events."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from haitech_adapters.postgres.tables import deliveries, jobs, webhooks
from haitech_domain.webhook import DELIVER


def _text(word: str) -> sa.ColumnElement[Any]:
    return sa.literal_column(f"'{word}'", sa.Text())


_ZERO: Final[sa.ColumnElement[Any]] = sa.literal_column("0")
_MADE: Final = (
    "id",
    "webhook_id",
    "event_id",
    "event_type",
    "status",
    "attempts",
    "version",
    "created_at",
    "updated_at",
)


def jobs_for(found: Any, at: sa.ColumnElement[Any]) -> sa.Insert:
    """The jobs of the deliveries found (`id`, `webhook_id`), one for each at most."""
    job = sa.select(
        found.c.id,
        _text(DELIVER),
        at,
        sa.func.concat(_text("webhook "), found.c.webhook_id),
        sa.func.jsonb_build_object(_text("delivery"), found.c.id),
        _ZERO,
        _ZERO,
    ).select_from(found)
    columns = ["id", "kind", "due_at", "lane", "facts", "attempts", "taken"]
    return insert(jobs).from_select(columns, job).on_conflict_do_nothing()


def told_to_webhooks(told: Any, at: sa.ColumnElement[Any]) -> sa.Insert:
    """Of events just written (`id`, `type`, `at`): a delivery for each webhook that wants it, and a job.

    A webhook wants all events, those of a family, or those of a type; a paused one gets no job.
    """
    family = sa.func.concat(
        sa.func.split_part(told.c.type, _text("."), sa.literal_column("1")), _text(".*")
    )
    wanted = sa.func.array_position(webhooks.c.events, _text("*")).is_not(None)
    wanted |= told.c.type == sa.any_(webhooks.c.events)
    wanted |= family == sa.any_(webhooks.c.events)
    listening = sa.literal_column("webhooks.status IN ('active', 'paused')", sa.Boolean())
    made = sa.select(
        sa.func.gen_random_uuid(),
        webhooks.c.id,
        told.c.id,
        told.c.type,
        _text("pending"),
        _ZERO,
        sa.literal_column("1"),
        told.c.at,
        told.c.at,
    ).select_from(told.join(webhooks, sa.and_(webhooks.c.deleted_at.is_(None), listening, wanted)))
    sent = (
        deliveries.insert()
        .from_select(list(_MADE), made)
        .returning(deliveries.c.id, deliveries.c.webhook_id)
        .cte("sent")
    )
    active = (
        sa.select(sent.c.id, sent.c.webhook_id)
        .select_from(sent.join(webhooks, webhooks.c.id == sent.c.webhook_id))
        .where(sa.literal_column("webhooks.status = 'active'", sa.Boolean()))
        .cte("on_their_way")
    )
    return jobs_for(active, at)
