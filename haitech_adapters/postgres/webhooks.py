"""Webhooks and deliveries: what is asked of them, and how events are put on their way."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import attrs
import sqlalchemy as sa
from psycopg.types.json import Jsonb

from haitech_adapters.postgres.compiled import compiled
from haitech_adapters.postgres.fan_out import jobs_for
from haitech_adapters.postgres.mapping import (
    Mapping,
    among,
    civil_days,
    equals,
    ids_of,
    parameter,
)
from haitech_adapters.postgres.repository import PostgresRepository
from haitech_adapters.postgres.tables import (
    deliveries,
    delivery_attempts,
    jobs,
    outbox,
    webhooks,
)
from haitech_domain.errors import NotFound
from haitech_domain.ids import DeliveryId, WebhookId
from haitech_domain.ports import DeliveryFigures, Dispatch, Recovered, listings
from haitech_domain.webhook import (
    BURIED,
    CUT_SHORT,
    DELIVER,
    ERROR_KEPT,
    Attempt,
    Delivery,
    DeliveryStatus,
    Webhook,
    WebhookTested,
)
from haitech_domain.webhook.envelope import StoredEvent

WEBHOOKS: Final = Mapping(
    what="webhook",
    entity=Webhook,
    table=webhooks,
    listing=listings.WEBHOOKS,
    filters=equals(webhooks, "status"),
)
DELIVERIES: Final = Mapping(
    what="delivery",
    entity=Delivery,
    table=deliveries,
    listing=listings.DELIVERIES,
    filters={
        **equals(deliveries, "webhook_id", "status", "event_type"),
        **civil_days(deliveries.c.created_at),
    },
)


_EVENT: Final = ("id", "type", "at", "facts")
_ATTEMPT: Final = ("number", "at", "took_ms", "response_status", "answer", "error")


def _dispatch() -> sa.Select[Any]:
    return (
        sa.select(
            *DELIVERIES.columns,
            *WEBHOOKS.columns,
            *(outbox.c[name] for name in _EVENT),
        )
        .select_from(
            deliveries.join(webhooks, webhooks.c.id == deliveries.c.webhook_id).join(
                outbox, outbox.c.id == deliveries.c.event_id
            )
        )
        .where(deliveries.c.id == parameter("id"))
    )


_DISPATCH: Final = compiled(_dispatch())
_ATTEMPTS_OF: Final = compiled(
    sa.select(delivery_attempts.c.delivery_id, *(delivery_attempts.c[name] for name in _ATTEMPT))
    .where(among(delivery_attempts.c.delivery_id, "ids"))
    .order_by(delivery_attempts.c.delivery_id, delivery_attempts.c.number)
)
_RECORD: Final = compiled(
    delivery_attempts.insert().values(
        {name: parameter(name) for name in ("delivery_id", *_ATTEMPT)}
    )
)
_PUT_EVENT: Final = compiled(
    outbox.insert().values({name: parameter(name) for name in (*_EVENT, "entity", "entity_id")})
)
_PUT_DELIVERY: Final = compiled(
    deliveries.insert().values({name: parameter(name) for name in DELIVERIES.names})
)
_PENDING: Final = (
    sa.select(deliveries.c.id, deliveries.c.webhook_id)
    .where(
        DELIVERIES.live,
        deliveries.c.webhook_id == parameter("webhook"),
        sa.literal_column("deliveries.status = 'pending'", sa.Boolean()),
    )
    .cte("waiting")
)
_RESUME: Final = compiled(jobs_for(_PENDING, parameter("at", jobs.c.due_at.type)))


def _purge() -> sa.Delete:
    pending = (
        sa.select(sa.literal_column("1"))
        .select_from(deliveries)
        .where(
            deliveries.c.event_id == outbox.c.id,
            sa.literal_column("deliveries.status = 'pending'", sa.Boolean()),
        )
        .correlate(outbox)
        .exists()
    )
    old = (
        sa.select(outbox.c.id)
        .where(outbox.c.at < parameter("before"), ~pending)
        .order_by(outbox.c.at, outbox.c.id)
        .limit(parameter("most", sa.Integer()))
        .with_for_update(skip_locked=True)
        .cte("old")
    )
    gone = deliveries.delete().where(deliveries.c.event_id.in_(sa.select(old.c.id))).cte("gone")
    return outbox.delete().where(outbox.c.id.in_(sa.select(old.c.id))).add_cte(gone)


_PURGE: Final = compiled(_purge())


def _figures() -> sa.Select[Any]:
    def counted(status: str, *more: Any) -> Any:
        """Each by a range of the index of its status."""
        of = sa.literal_column(f"deliveries.status = '{status}'", sa.Boolean())
        return sa.select(sa.func.count()).where(DELIVERIES.live, of, *more).scalar_subquery()

    pending = sa.literal_column("deliveries.status = 'pending'", sa.Boolean())
    oldest = sa.select(sa.func.min(deliveries.c.created_at)).where(DELIVERIES.live, pending)
    recent = deliveries.c.created_at >= parameter("since")
    return sa.select(
        counted("pending"),
        counted("dead"),
        oldest.scalar_subquery(),
        *(counted(status.value, recent) for status in DeliveryStatus),
    )


_FIGURES: Final = compiled(_figures())

# Written out, as it is one statement: what is found is locked, and all that follows goes by that.
_RECOVER: Final = """
WITH found AS (
    SELECT deliveries.id, deliveries.webhook_id,
           CASE WHEN jobs.id IS NOT NULL THEN left(%(buried)s || jobs.why, %(kept)s)
                WHEN deliveries.event_type = %(trial)s THEN %(cut_short)s END AS dead
    FROM deliveries JOIN webhooks ON webhooks.id = deliveries.webhook_id
    LEFT JOIN jobs ON jobs.id = deliveries.id
    WHERE deliveries.deleted_at IS NULL AND deliveries.status = 'pending'
      AND deliveries.updated_at < %(before)s
      AND (jobs.id IS NULL OR jobs.buried_at IS NOT NULL)
      AND (webhooks.status <> 'paused' OR webhooks.deleted_at IS NOT NULL)
    ORDER BY deliveries.created_at, deliveries.id LIMIT %(most)s
    FOR UPDATE OF deliveries SKIP LOCKED
), gone AS (
    DELETE FROM jobs USING found WHERE jobs.id = found.id AND jobs.buried_at IS NOT NULL
), dead AS (
    UPDATE deliveries SET status = 'dead', next_at = NULL, error = found.dead,
           updated_at = %(at)s, version = deliveries.version + 1
    FROM found WHERE deliveries.id = found.id AND found.dead IS NOT NULL
    RETURNING deliveries.id
), again AS (
    INSERT INTO jobs (id, kind, due_at, lane, facts, attempts, taken)
    SELECT id, %(kind)s, %(at)s, 'webhook ' || webhook_id, jsonb_build_object('delivery', id), 0, 0
    FROM found WHERE dead IS NULL
    ON CONFLICT DO NOTHING RETURNING id
)
SELECT (SELECT count(*) FROM again), (SELECT count(*) FROM dead)
"""


class PostgresDeliveries(PostgresRepository[Delivery]):
    """The deliveries."""

    async def dispatch(self, id: UUID) -> Dispatch:
        """One with its webhook and its event. :raises NotFound: it was purged"""
        rows = await self._session.rows(_DISPATCH, {"id": id})
        if not rows:
            raise NotFound(self._resource.what, id)
        first, second = len(DELIVERIES.names), len(DELIVERIES.names) + len(WEBHOOKS.names)
        return Dispatch(
            delivery=DELIVERIES.read(rows[0][:first]),
            webhook=WEBHOOKS.read(rows[0][first:second]),
            event=StoredEvent(**dict(zip(_EVENT, rows[0][second:], strict=True))),
        )

    async def attempts_of(self, ids: Sequence[UUID]) -> AnyMapping[UUID, Sequence[Attempt]]:
        """The tries of some deliveries, the first one first."""
        found: dict[UUID, list[Attempt]] = {}
        if ids:
            for delivery, *values in await self._session.rows(_ATTEMPTS_OF, {"ids": ids_of(ids)}):
                attempt = Attempt(**dict(zip(_ATTEMPT, values, strict=True)))
                found.setdefault(delivery, []).append(attempt)
        return found

    async def record(self, delivery: DeliveryId, attempt: Attempt) -> None:
        """Keep a try. :raises Duplicate: that number is there already"""
        self._session.must_write()
        await self._session.write([(_RECORD, {"delivery_id": delivery, **attrs.asdict(attempt)})])

    async def put(self, delivery: Delivery, event: StoredEvent) -> None:
        """Keep an event that is for one webhook alone, with its delivery, and no job."""
        self._session.must_write()
        written = {**attrs.asdict(event), "facts": Jsonb(dict(event.facts))}
        about = {"entity": WEBHOOKS.what, "entity_id": delivery.webhook_id}
        await self._session.write(
            [(_PUT_EVENT, {**written, **about}), (_PUT_DELIVERY, DELIVERIES.write(delivery))]
        )

    async def resume(self, webhook: WebhookId, *, at: datetime) -> int:
        """Put the pending deliveries of a webhook on their way, each once; say how many."""
        self._session.must_write()
        (count,) = await self._session.write([(_RESUME, {"webhook": webhook, "at": at})])
        return count

    async def figures(self, *, since: datetime) -> DeliveryFigures:
        """How they stand; `recent` are those of events since then."""
        ((pending, dead, oldest, *recent),) = await self._session.rows(_FIGURES, {"since": since})
        return DeliveryFigures(
            pending=pending,
            dead=dead,
            oldest_pending_at=oldest,
            recent=dict(zip(DeliveryStatus, recent, strict=True)),
        )

    async def recover(self, *, before: datetime, at: datetime, most: int = 1_000) -> Recovered:
        """See to pending deliveries that nobody works on, and that were left so before then."""
        self._session.must_write()
        words = {
            "buried": BURIED,
            "cut_short": CUT_SHORT,
            "trial": WebhookTested.type,
            "kept": ERROR_KEPT,
        }
        params = {"before": before, "at": at, "most": most, "kind": DELIVER}
        ((again, dead),) = await self._session.rows(_RECOVER, {**params, **words})
        return Recovered(again=again, dead=dead)

    async def purge(self, *, before: datetime, most: int = 1_000) -> int:
        """Forget events from before then of which nothing is pending, with their deliveries."""
        self._session.must_write()
        (count,) = await self._session.write([(_PURGE, {"before": before, "most": most})])
        return count
