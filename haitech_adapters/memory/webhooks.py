"""Webhooks and deliveries in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from haitech_adapters.memory.constraints import Unique
from haitech_adapters.memory.declaration import Reference, Resource, civil_days, equals
from haitech_adapters.memory.repository import MemoryRepository
from haitech_adapters.memory.state import Committed, QueuedJob, State
from haitech_domain.errors import Duplicate, NotFound
from haitech_domain.ids import DeliveryId, JobId, WebhookId
from haitech_domain.ports import DeliveryFigures, Dispatch, Ids, Job, Recovered, listings
from haitech_domain.webhook import (
    BURIED,
    CUT_SHORT,
    DELIVER,
    Attempt,
    Delivery,
    DeliveryStatus,
    Webhook,
    WebhookStatus,
    WebhookTested,
    given_up,
    lane_of,
)
from haitech_domain.webhook.envelope import StoredEvent

WEBHOOKS: Final = Resource(
    cls=Webhook, name="webhook", listing=listings.WEBHOOKS, filters=equals("status")
)
DELIVERIES: Final = Resource(
    cls=Delivery,
    name="delivery",
    listing=listings.DELIVERIES,
    filters={
        **equals("webhook_id", "status", "event_type"),
        **civil_days("created_at"),
    },
    references=(Reference("webhook_id", Webhook, "webhook"),),
    constraints=(
        Unique(
            lambda row: (row.webhook_id, row.event_id),
            lambda _new, _there: Duplicate("delivery", "event_id"),
        ),
    ),
)


def fan_out(state: State, written: Committed, ids: Ids) -> None:
    """Put the events of a transaction on their way to the webhooks that want them."""
    live = [w for w in state.live(Webhook) if w.status is not WebhookStatus.DISABLED]
    for entry in written.outbox:
        for webhook in (w for w in live if w.wants(entry.type)):
            state.events[entry.id] = StoredEvent(
                id=entry.id, type=entry.type, at=entry.at, facts=entry.facts
            )
            delivery = Delivery(
                id=DeliveryId(ids.new()),
                webhook_id=webhook.id,
                event_id=entry.id,
                event_type=entry.type,
                created_at=entry.at,
                updated_at=entry.at,
            )
            state.table(Delivery)[delivery.id] = delivery
            if webhook.status is WebhookStatus.ACTIVE:
                _send(state, delivery, entry.at)


def _send(state: State, delivery: Delivery, at: datetime) -> None:
    job = Job(
        id=JobId(delivery.id),
        kind=DELIVER,
        lane=lane_of(delivery.webhook_id),
        due_at=at,
        facts={"delivery": str(delivery.id)},
    )
    state.jobs[job.id] = QueuedJob(job=job)


class MemoryDeliveries(MemoryRepository[Delivery]):
    """The deliveries."""

    async def dispatch(self, id: UUID) -> Dispatch:
        """One with its webhook and its event. :raises NotFound: it was purged"""
        state = self._session.state
        delivery = state.table(Delivery).get(id)
        if delivery is None:
            raise NotFound("delivery", id)
        return Dispatch(
            delivery=delivery,
            webhook=state.table(Webhook)[delivery.webhook_id],
            event=state.events[delivery.event_id],
        )

    async def attempts_of(self, ids: Sequence[UUID]) -> Mapping[UUID, Sequence[Attempt]]:
        """The tries of some deliveries, the first one first."""
        attempts = self._session.state.attempts
        return {id: attempts[id] for id in ids if id in attempts}

    async def record(self, delivery: DeliveryId, attempt: Attempt) -> None:
        """Keep a try. :raises Duplicate: that number is there already"""
        with self._session.writing():
            attempts = self._session.state.attempts
            known = attempts.get(delivery, ())
            if attempt.number in {one.number for one in known}:
                raise Duplicate("delivery attempt", "number")
            attempts[delivery] = (*known, attempt)

    async def put(self, delivery: Delivery, event: StoredEvent) -> None:
        """Keep an event that is for one webhook alone, with its delivery, and no job."""
        with self._session.writing():
            self._session.state.events[event.id] = event
            self._session.state.table(Delivery)[delivery.id] = delivery

    async def resume(self, webhook: WebhookId, *, at: datetime) -> int:
        """Put the pending deliveries of a webhook on their way, each once; say how many."""
        with self._session.writing():
            state = self._session.state
            waiting = [
                d
                for d in self._live(lambda d: d.webhook_id == webhook)
                if d.status is DeliveryStatus.PENDING and JobId(d.id) not in state.jobs
            ]
            for delivery in waiting:
                _send(state, delivery, at)
            return len(waiting)

    async def figures(self, *, since: datetime) -> DeliveryFigures:
        """How they stand; `recent` are those of events since then."""
        live = list(self._live(lambda _: True))
        pending = [d.created_at for d in live if d.status is DeliveryStatus.PENDING]
        recent = Counter(d.status for d in live if d.created_at >= since)
        return DeliveryFigures(
            pending=len(pending),
            dead=sum(d.status is DeliveryStatus.DEAD for d in live),
            oldest_pending_at=min(pending, default=None),
            recent={status: recent[status] for status in DeliveryStatus},
        )

    async def recover(self, *, before: datetime, at: datetime, most: int = 1_000) -> Recovered:
        """See to pending deliveries that nobody works on, and that were left so before then."""
        with self._session.writing():
            left = sorted(
                self._live(lambda d: d.updated_at < before and self._is_left(d)),
                key=lambda d: (d.created_at, d.id),
            )[:most]
            dead = 0
            for delivery in left:
                job = self._session.state.jobs.pop(JobId(delivery.id), None)
                if job is None and delivery.event_type != WebhookTested.type:
                    _send(self._session.state, delivery, at)
                    continue
                reason = CUT_SHORT if job is None else f"{BURIED}{job.why}"
                change = given_up(delivery, reason, at=at)
                self._session.state.table(Delivery)[delivery.id] = change.after
                dead += 1
            return Recovered(again=len(left) - dead, dead=dead)

    def _is_left(self, delivery: Delivery) -> bool:
        state = self._session.state
        webhook = state.table(Webhook)[delivery.webhook_id]
        job = state.jobs.get(JobId(delivery.id))
        waits = webhook.status is WebhookStatus.PAUSED and webhook.deleted_at is None
        worked_on = job is not None and job.buried_at is None
        return delivery.status is DeliveryStatus.PENDING and not (waits or worked_on)

    async def purge(self, *, before: datetime, most: int = 1_000) -> int:
        """Forget events from before then of which nothing is pending, with their deliveries."""
        with self._session.writing():
            state = self._session.state
            table = state.table(Delivery)
            pending = {d.event_id for d in table.values() if d.status is DeliveryStatus.PENDING}
            old = sorted((e.at, e.id) for e in state.events.values() if e.at < before)
            chosen = {id for _, id in [pair for pair in old if pair[1] not in pending][:most]}
            for id in [d.id for d in table.values() if d.event_id in chosen]:
                del table[id]
                state.attempts.pop(id, None)
            for event in chosen:
                del state.events[event]
            return len(chosen)
