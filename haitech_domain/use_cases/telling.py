"""Telling webhooks of events: each try, by itself, by hand, and as a trial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.change import Change
from haitech_domain.errors import NotFound
from haitech_domain.ids import DeliveryId, EventId, JobId
from haitech_domain.ports import (
    DONE,
    Clock,
    Courier,
    Dispatch,
    Ids,
    Job,
    Note,
    Outcome,
    Page,
    Parcel,
    Query,
    Receipt,
    Transaction,
    UnitOfWork,
    Vault,
)
from haitech_domain.records import facts_of
from haitech_domain.use_cases.deletion import must_be_within
from haitech_domain.use_cases.webhooks import WEBHOOKS
from haitech_domain.webhook import (
    ANSWER_KEPT,
    DELIVER,
    ERROR_KEPT,
    Attempt,
    Delivery,
    DeliveryStatus,
    DeliveryWaits,
    WebhookStatus,
    WebhookTested,
    after_try,
    again,
    given_up,
    lane_of,
    told,
)
from haitech_domain.webhook.envelope import StoredEvent, envelope

_LOST: Final = "its secret was encrypted with another key; rotate it"


@attrs.frozen(kw_only=True)
class Carrier:
    """Makes one try of a delivery."""

    clock: Clock
    vault: Vault
    courier: Courier

    async def __call__(self, dispatch: Dispatch) -> tuple[Attempt, Receipt]:
        """What came of it, as it is kept and as it came.

        :raises ValueError: the secret can be read no more
        """
        at = self.clock.now()
        receipt = await self.courier.carry(self._parcel(dispatch, at), at=at)
        attempt = Attempt(
            number=dispatch.delivery.attempts + 1,
            at=at,
            took_ms=receipt.took_ms,
            response_status=receipt.response_status,
            answer=None if receipt.answer is None else receipt.answer[:ANSWER_KEPT],
            error=None if receipt.error is None else receipt.error[:ERROR_KEPT],
        )
        return attempt, receipt

    def _parcel(self, dispatch: Dispatch, at: datetime) -> Parcel:
        webhook, event = dispatch.webhook, dispatch.event
        secret, previous = webhook.secrets(at)
        return Parcel(
            url=webhook.url,
            headers=webhook.headers,
            delivery=dispatch.delivery.id,
            event_name=event.name,
            event_type=event.type,
            content=envelope(event),
            secret=self.vault.open(secret, about=webhook.id),
            previous_secret=None if previous is None else self._if_it_opens(previous, webhook.id),
        )

    def _if_it_opens(self, sealed: str, about: UUID) -> str | None:
        """The secret before; one that was lost with its key is not missed, as that was rotated for."""
        try:
            return self.vault.open(sealed, about=about)
        except ValueError:
            return None


@attrs.frozen(kw_only=True)
class Deliver:
    """Work off a delivery: one try, and what follows from it."""

    uow: UnitOfWork
    clock: Clock
    carry: Carrier

    async def __call__(self, job: Job) -> Outcome:
        """Whatever the target does is an outcome; the next try is due by the schedule."""
        try:
            dispatch = await self._found(UUID(job.facts["delivery"]))
        except NotFound:
            return DONE
        webhook = dispatch.webhook
        if dispatch.delivery.status is not DeliveryStatus.PENDING:
            return DONE
        if webhook.deleted_at is not None or webhook.status is WebhookStatus.DISABLED:
            return self._dead(dispatch, "its webhook was disabled or deleted")
        if webhook.status is WebhookStatus.PAUSED:
            return DONE  # it waits, and is put on its way when the webhook goes on
        try:
            attempt, receipt = await self.carry(dispatch)
        except ValueError:
            return self._dead(dispatch, _LOST)
        at = self.clock.now()
        change = after_try(
            dispatch.delivery,
            attempt,
            at=at,
            retry_after=receipt.retry_after,
            last=bool(job.facts.get("by_hand")),
        )
        settle = partial(_settle, dispatch, attempt, change, at)
        return Outcome(settle=settle, again_at=change.after.next_at)

    async def _found(self, id: UUID) -> Dispatch:
        return await self.uow.read(lambda tx: tx.deliveries.dispatch(id))

    def _dead(self, dispatch: Dispatch, reason: str) -> Outcome:
        change = given_up(dispatch.delivery, reason, at=self.clock.now())
        return Outcome(settle=lambda tx: tx.deliveries.save(change))


async def _settle(
    dispatch: Dispatch, attempt: Attempt, change: Change[Delivery], at: datetime, tx: Transaction
) -> Note | None:
    await tx.deliveries.record(dispatch.delivery.id, attempt)
    await tx.deliveries.save(change)
    if told(dispatch.webhook, attempt, at=at).is_empty:
        return None
    try:
        webhook = await tx.webhooks.lock(dispatch.webhook.id)
    except NotFound:
        return None
    after = told(webhook, attempt, at=at)
    await tx.webhooks.save(after)
    if not after.events:
        return None
    why = after.after.status_reason or ""
    return Note("a webhook is disabled", {"webhook_id": str(webhook.id), "why": why})


@attrs.frozen(kw_only=True)
class Told:
    """A delivery with its tries."""

    delivery: Delivery
    attempts: Sequence[Attempt]


@attrs.frozen(kw_only=True)
class TestWebhook:
    """Send `webhook.test` to a webhook at once, whatever its status, and show what came of it.

    It is tried this once, and changes nothing of the webhook.
    """

    __test__ = False  # no test of pytest's, for all its name

    uow: UnitOfWork
    clock: Clock
    ids: Ids
    carry: Carrier

    async def __call__(self, *, actor: Actor, id: UUID) -> Told:
        """The delivery with its try.

        :raises Forbidden: the caller is no administrator
        :raises NotFound: there is no such webhook
        """
        grant(actor, Action.UPDATE, Resource.WEBHOOKS)
        at = self.clock.now()

        async def begin(tx: Transaction) -> Dispatch:
            webhook = await tx.webhooks.get(id)
            trial = WebhookTested(at=at, webhook_id=webhook.id, message="a trial; nothing happened")
            event = StoredEvent(
                id=EventId(self.ids.new()), type=trial.type, at=at, facts=facts_of(trial)
            )
            delivery = Delivery(
                id=DeliveryId(self.ids.new()),
                webhook_id=webhook.id,
                event_id=event.id,
                event_type=event.type,
                created_at=at,
                updated_at=at,
            )
            await tx.deliveries.put(delivery, event)
            return Dispatch(delivery=delivery, webhook=webhook, event=event)

        dispatch = await self.uow.run(actor, begin)
        try:
            attempt, _ = await self.carry(dispatch)
        except ValueError:
            attempt = Attempt(number=1, at=at, took_ms=0, error=_LOST)
        change = after_try(dispatch.delivery, attempt, at=self.clock.now(), last=True)

        async def end(tx: Transaction) -> None:
            await tx.deliveries.record(dispatch.delivery.id, attempt)
            await tx.deliveries.save(change)

        await self.uow.run(actor, end)
        return Told(delivery=change.after, attempts=[attempt])


@attrs.frozen(kw_only=True)
class ListDeliveries:
    """List deliveries, the newest first, each with its tries."""

    uow: UnitOfWork

    async def __call__(
        self, *, actor: Actor, query: Query
    ) -> tuple[Page[Delivery], Mapping[UUID, Sequence[Attempt]]]:
        """One page, and the tries of each delivery on it.

        :raises Forbidden: the caller is no administrator
        :raises Invalid: an unknown filter or sort
        """
        grant(actor, Action.READ, Resource.WEBHOOKS)

        async def work(
            tx: Transaction,
        ) -> tuple[Page[Delivery], Mapping[UUID, Sequence[Attempt]]]:
            page = await tx.deliveries.page(query)
            return page, await tx.deliveries.attempts_of([d.id for d in page.items])

        return await self.uow.read(work)


@attrs.frozen(kw_only=True)
class RetryDelivery:
    """Send a delivery once more, by hand: one that is dead, or one that has arrived already.

    One that waits for its next try is tried now instead, and its schedule goes on from there. The
    id of the event stays the same.
    """

    uow: UnitOfWork
    clock: Clock

    async def __call__(self, *, actor: Actor, webhook_id: UUID, delivery_id: UUID) -> Told:
        """The delivery, on its way.

        :raises Forbidden: the caller is no administrator
        :raises NotFound: there is no such delivery of this webhook
        :raises DeliveryWaits: it is on its way already
        :raises WebhookIsSilent: the webhook is not active
        """
        grant(actor, Action.UPDATE, Resource.WEBHOOKS)
        at = self.clock.now()

        async def work(tx: Transaction) -> Told:
            delivery = await tx.deliveries.lock(delivery_id)  # then the webhook, as each try does
            must_be_within(delivery, delivery_id, {"webhook_id": webhook_id})
            webhook = await WEBHOOKS.lock(tx, webhook_id)
            change = again(delivery, webhook, at=at)
            await tx.deliveries.save(change)
            await self._sent(tx, delivery, at)
            tries = await tx.deliveries.attempts_of([delivery.id])
            return Told(delivery=change.after, attempts=tries.get(delivery.id, ()))

        return await self.uow.run(actor, work)

    async def _sent(self, tx: Transaction, delivery: Delivery, at: datetime) -> None:
        """Put it on its way. :raises DeliveryWaits: it is being tried at this moment"""
        job = Job(
            id=JobId(delivery.id),
            kind=DELIVER,
            lane=lane_of(delivery.webhook_id),
            due_at=at,
            facts={"delivery": str(delivery.id), "by_hand": True},
        )
        if delivery.status is not DeliveryStatus.PENDING:
            await tx.jobs.put(job)
        elif not await tx.jobs.hasten(job.id, at=at):
            raise DeliveryWaits
