"""What keeping webhooks promises: that events are put on their way with what made them true."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from haitech_domain.change import Change
from haitech_domain.customer import CustomerCreated
from haitech_domain.errors import Duplicate, NotFound
from haitech_domain.ids import EventId, JobId
from haitech_domain.ports import Job, Query, Recovered, Transaction
from haitech_domain.records import MASK
from haitech_domain.testing.builders import MADE, a_customer, a_delivery, a_webhook, an_id, gone
from haitech_domain.testing.contracts.world import (
    SYSTEM,
    Contract,
    RolledBackError,
    World,
    add,
    save,
)
from haitech_domain.webhook import (
    BURIED,
    CUT_SHORT,
    DELIVER,
    Attempt,
    Delivery,
    DeliveryStatus,
    Webhook,
)
from haitech_domain.webhook.envelope import StoredEvent

LATER = MADE + timedelta(days=365)


async def _happen(world: World) -> None:
    """A customer is made, which `customer.created` says."""
    await world.uow.run(SYSTEM, _making)


async def _making(tx: Transaction) -> None:
    customer = a_customer()
    event = CustomerCreated(at=MADE, customer_id=customer.id, name=customer.name)
    await tx.customers.save(Change.created(customer, event))


async def _webhook(world: World, **more: object) -> Webhook:
    made = a_webhook(**more)
    await add(world, lambda tx: tx.webhooks, made)
    return made


async def _deliveries(world: World, **filters: object) -> list[Delivery]:
    page = await world.uow.read(lambda tx: tx.deliveries.page(Query(filters=filters, limit=100)))
    return list(page.items)


async def _jobs(world: World) -> list[Job]:
    async def work(tx: Transaction) -> list[Job]:
        found = await tx.jobs.claim(at=LATER, until=LATER, holder="test", most=100, per_lane=100)
        return list(found.jobs)

    return await world.uow.run(SYSTEM, work)


class WebhooksContract(Contract):
    """Events reach those that want them, once, and none that never happened."""

    @pytest.mark.parametrize(
        ("events", "times"),
        [
            (("*",), 1),
            (("customer.*",), 1),
            (("customer.created", "meeting.*", "customer.*"), 1),
            (("customer.deleted",), 0),
            (("meeting.*",), 0),
        ],
    )
    async def test_an_event_goes_to_the_webhooks_that_want_it(
        self, world: World, events: tuple[str, ...], times: int
    ) -> None:
        """All events, those of a family, or the one."""
        webhook = await _webhook(world, events=events)
        await _happen(world)
        assert webhook.wants("customer.created") is bool(times)
        found = [(d.webhook_id, d.event_type, d.status) for d in await _deliveries(world)]
        assert found == [(webhook.id, "customer.created", DeliveryStatus.PENDING)] * times

    async def test_a_delivery_has_a_job_in_its_webhooks_lane(self, world: World) -> None:
        """The job's id is the delivery's."""
        one, two = await _webhook(world), await _webhook(world)
        await _happen(world)
        found = {d.id: d for d in await _deliveries(world)}
        jobs = {job.id: job for job in await _jobs(world)}
        assert {JobId(id) for id in found} == set(jobs)
        for id, delivery in found.items():
            job = jobs[JobId(id)]
            assert (job.kind, dict(job.facts)) == (DELIVER, {"delivery": str(id)})
            assert job.lane == f"webhook {delivery.webhook_id}"
        assert {d.webhook_id for d in found.values()} == {one.id, two.id}

    async def test_what_is_undone_is_told_to_nobody(self, world: World) -> None:
        """A rollback sends nothing."""
        await _webhook(world)

        async def work(tx: Transaction) -> None:
            await _making(tx)
            raise RolledBackError

        with pytest.raises(RolledBackError):
            await world.uow.run(SYSTEM, work)
        assert not await _deliveries(world)
        assert not await _jobs(world)

    async def test_a_paused_webhook_is_told_later_and_a_disabled_or_deleted_one_never(
        self, world: World
    ) -> None:
        """Resuming puts each pending delivery on its way once."""
        paused = await _webhook(world, status="paused")
        await _webhook(world, status="disabled")
        await add(world, lambda tx: tx.webhooks, gone(a_webhook()))
        await _happen(world)
        await _happen(world)
        assert [d.webhook_id for d in await _deliveries(world)] == [paused.id] * 2
        assert not await _jobs(world)

        async def resumed() -> int:
            return await world.uow.run(SYSTEM, lambda tx: tx.deliveries.resume(paused.id, at=MADE))

        assert [await resumed(), await resumed()] == [2, 0]
        assert len(await _jobs(world)) == 2

    async def test_a_dispatch_is_all_that_a_try_needs(self, world: World) -> None:
        """Delivery, webhook and event, also where the webhook is deleted by now."""
        webhook = await _webhook(world, headers={"Authorization": "Bearer x"})
        await _happen(world)
        (delivery,) = await _deliveries(world)
        found = await world.uow.read(lambda tx: tx.deliveries.dispatch(delivery.id))
        assert (found.delivery, found.webhook) == (delivery, webhook)
        assert (found.event.type, found.event.id) == ("customer.created", delivery.event_id)
        assert found.event.at == MADE
        assert set(found.event.facts) == {"customer_id", "name"}
        deleted = Change.updated(webhook, gone(webhook), action="delete")
        await world.uow.run(SYSTEM, lambda tx: tx.webhooks.save(deleted))
        again = await world.uow.read(lambda tx: tx.deliveries.dispatch(delivery.id))
        assert again.webhook.deleted_at is not None
        with pytest.raises(NotFound):
            await world.uow.read(lambda tx: tx.deliveries.dispatch(an_id()))

    async def test_tries_are_kept_in_order_each_once(self, world: World) -> None:
        """With what was answered."""
        webhook = await _webhook(world)
        await _happen(world)
        (delivery,) = await _deliveries(world, webhook_id=webhook.id)
        tries = [
            Attempt(number=1, at=MADE, took_ms=15_000, error="no answer in time"),
            Attempt(number=2, at=MADE, took_ms=3, response_status=200, answer="תודה"),
        ]

        async def record(attempt: Attempt) -> None:
            await world.uow.run(SYSTEM, lambda tx: tx.deliveries.record(delivery.id, attempt))

        for attempt in tries:
            await record(attempt)
        with pytest.raises(Duplicate):
            await record(tries[1])
        found = await world.uow.read(lambda tx: tx.deliveries.attempts_of([delivery.id, an_id()]))
        assert {id: list(attempts) for id, attempts in found.items()} == {delivery.id: tries}
        assert await world.uow.read(lambda tx: tx.deliveries.attempts_of([])) == {}

    async def test_what_is_for_one_webhook_alone_is_kept_without_a_job(self, world: World) -> None:
        """As a trial is."""
        webhook = await _webhook(world)
        await _webhook(world)
        event = StoredEvent(
            id=EventId(world.ids.new()), type="webhook.test", at=MADE, facts={"message": "שלום"}
        )
        delivery = a_delivery(webhook_id=webhook.id, event_id=event.id)
        await world.uow.run(SYSTEM, lambda tx: tx.deliveries.put(delivery, event))
        assert await _deliveries(world, event_type="webhook.test") == [delivery]
        found = await world.uow.read(lambda tx: tx.deliveries.dispatch(delivery.id))
        assert found.event == event
        assert not await _jobs(world)

    async def test_old_events_go_with_their_deliveries_once_nothing_is_pending(
        self, world: World
    ) -> None:
        """What waits is kept, however old."""
        await _webhook(world)
        await _happen(world)
        await _happen(world)
        done, _waits = await _deliveries(world)
        after = done.changed(MADE, status=DeliveryStatus.DEAD, attempts=1)
        await world.uow.run(SYSTEM, lambda tx: tx.deliveries.save(Change.updated(done, after)))
        attempt = Attempt(number=1, at=MADE, took_ms=1, error="refused")
        await world.uow.run(SYSTEM, lambda tx: tx.deliveries.record(done.id, attempt))

        async def purged(most: int = 10) -> int:
            return await world.uow.run(
                SYSTEM, lambda tx: tx.deliveries.purge(before=LATER, most=most)
            )

        assert [await purged(), await purged()] == [1, 0]
        assert len(await _deliveries(world)) == 1

    async def test_what_was_left_behind_is_sent_or_dead(self, world: World) -> None:
        """Without a job: sent, a trial: dead; with a buried one: dead, and its job is gone."""
        webhook = await _webhook(world)
        for _ in range(3):
            await _happen(world)
        lost, buried, worked_on = await _jobs(world)
        await world.uow.run(SYSTEM, lambda tx: tx.jobs.finish(lost))
        why = "taken up 12 times " + "x" * 600
        await world.uow.run(SYSTEM, lambda tx: tx.jobs.bury(buried, at=MADE, why=why))
        trial = StoredEvent(id=EventId(world.ids.new()), type="webhook.test", at=MADE, facts={})
        tried = a_delivery(webhook_id=webhook.id, event_id=trial.id)
        await world.uow.run(SYSTEM, lambda tx: tx.deliveries.put(tried, trial))

        async def recovered(before: datetime = LATER, most: int = 10) -> Recovered:
            return await world.uow.run(
                SYSTEM, lambda tx: tx.deliveries.recover(before=before, at=LATER, most=most)
            )

        assert (await recovered(MADE)).count == 0, "it is not so long ago"
        found = [await recovered(most=2), await recovered(), await recovered()]
        assert sum(one.again for one in found) == 1
        assert [one.count for one in found] == [2, 1, 0]
        now = {JobId(d.id): d for d in await _deliveries(world)}
        assert {id: (d.status.value, d.version) for id, d in now.items()} == {
            lost.id: ("pending", 1),
            buried.id: ("dead", 2),
            worked_on.id: ("pending", 1),
            JobId(tried.id): ("dead", 2),
        }
        assert now[JobId(tried.id)].error == CUT_SHORT
        assert now[buried.id].error == f"{BURIED}{why}"[:500]
        again = {job.id: (job.kind, job.lane) for job in await _jobs(world)}
        assert again == {lost.id: (lost.kind, lost.lane), worked_on.id: (DELIVER, lost.lane)}
        await world.uow.run(SYSTEM, lambda tx: tx.jobs.put(buried))
        assert buried.id in {job.id for job in await _jobs(world)}, "it can be tried by hand"

    async def test_what_waits_for_its_paused_webhook_is_not_left_behind(self, world: World) -> None:
        """But once that is deleted, nobody would ever see to it."""
        webhook = await _webhook(world, status="paused")
        await _happen(world)

        async def recovered() -> int:
            found = await world.uow.run(
                SYSTEM, lambda tx: tx.deliveries.recover(before=LATER, at=LATER)
            )
            return found.again

        assert await recovered() == 0
        deleted = Change.updated(webhook, gone(webhook), action="delete")
        await world.uow.run(SYSTEM, lambda tx: tx.webhooks.save(deleted))
        assert [await recovered(), await recovered()] == [1, 0]

    async def test_how_deliveries_stand(self, world: World) -> None:
        """By status: all that are not over, and those of late."""
        await _webhook(world)
        empty = await world.uow.read(lambda tx: tx.deliveries.figures(since=MADE))
        assert (empty.pending, empty.dead, empty.oldest_pending_at) == (0, 0, None)
        assert set(empty.recent.values()) == {0}
        for _ in range(4):
            await _happen(world)
        for delivery, status in zip(
            await _deliveries(world), ("dead", "delivered", "delivered"), strict=False
        ):
            change = Change.updated(delivery, delivery.changed(MADE, status=status))
            await save(world, lambda tx: tx.deliveries, change)
        found = await world.uow.read(lambda tx: tx.deliveries.figures(since=MADE))
        assert (found.pending, found.dead, found.oldest_pending_at) == (1, 1, MADE)
        assert found.recent == {
            DeliveryStatus.PENDING: 1,
            DeliveryStatus.DELIVERED: 2,
            DeliveryStatus.DEAD: 1,
        }
        later = await world.uow.read(lambda tx: tx.deliveries.figures(since=LATER))
        assert (later.pending, later.dead) == (1, 1)
        assert set(later.recent.values()) == {0}

    async def test_deliveries_leave_no_trace_in_the_audit(self, world: World) -> None:
        """They are a journal themselves; a webhook's secret is masked there."""
        webhook = await _webhook(world)
        await _happen(world)
        (delivery,) = await _deliveries(world)
        after = delivery.changed(MADE, status=DeliveryStatus.DELIVERED, delivered_at=MADE)
        await world.uow.run(SYSTEM, lambda tx: tx.deliveries.save(Change.updated(delivery, after)))
        failing = webhook.changed(MADE, failing_since=MADE)
        await world.uow.run(SYSTEM, lambda tx: tx.webhooks.save(Change.updated(webhook, failing)))
        entries = (await world.journal()).audit
        assert [entry["entity"] for entry in entries] == ["webhook", "customer"]
        shown = entries[0]["new"]
        assert {shown[name] for name in ("sealed_secret", "url", "headers")} == {MASK}
