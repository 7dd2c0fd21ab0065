"""Events on their way: from the change that made them true to their targets, through the queue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import attrs
import pytest
from structlog.testing import capture_logs

from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_adapters.memory.courier import MemoryCourier, MemoryVault
from haitech_adapters.security import SystemRandomness
from haitech_app.worker import LEASE, Worker
from haitech_domain.access import Actor, Forbidden, Role
from haitech_domain.change import Change
from haitech_domain.customer import CustomerCreated
from haitech_domain.errors import Invalid, NotFound
from haitech_domain.ids import EventId
from haitech_domain.ports import JobLost, Query, Receipt
from haitech_domain.testing.builders import a_customer, a_user, an_id
from haitech_domain.use_cases.coming_round import BeginRounds
from haitech_domain.use_cases.webhook_verbs import WebhookVerbs
from haitech_domain.webhook import (
    DELIVER,
    Delivery,
    DeliveryStatus,
    DeliveryWaits,
    WebhookIsSilent,
)
from haitech_domain.webhook.envelope import StoredEvent

pytestmark = pytest.mark.anyio

ADMIN = a_user(role=Role.ADMIN).actor(session_id=None)
SYSTEM = Actor.system("test")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FINE = Receipt(took_ms=3, response_status=200, answer="thanks")
BROKEN = Receipt(took_ms=15_000, error="no whole answer within 15 s")


@attrs.define
class Post:
    """The verbs of webhooks over an empty store, and a worker that does their jobs."""

    clock: FixedClock
    uow: MemoryUnitOfWork
    ids: CountingIds
    courier: MemoryCourier
    vault: MemoryVault
    verbs: WebhookVerbs
    worker: Worker

    async def webhook(self, **values: Any) -> Any:
        given = {"url": "https://hooks.example/one", "events": ("*",), **values}
        return (await self.verbs.create(actor=ADMIN, values=given)).webhook

    async def update(self, webhook: Any, **values: Any) -> Any:
        return await self.verbs.update(actor=ADMIN, id=webhook.id, values=values)

    async def now(self, webhook: Any) -> Any:
        return await self.uow.read(lambda tx: tx.webhooks.get(webhook.id))

    async def happen(self) -> None:
        customer = a_customer()
        event = CustomerCreated(at=self.clock.now(), customer_id=customer.id, name="Noa")
        change = Change.created(customer, event)
        await self.uow.run(SYSTEM, lambda tx: tx.customers.save(change))

    async def deliveries(self, **filters: Any) -> list[Delivery]:
        query = Query(filters=filters, limit=100)
        return list((await self.verbs.deliveries(actor=ADMIN, query=query))[0].items)

    async def one(self) -> Delivery:
        (found,) = await self.deliveries()
        return found

    async def tries(self, delivery: Delivery) -> Any:
        query = Query(filters={}, limit=100)
        return (await self.verbs.deliveries(actor=ADMIN, query=query))[1].get(delivery.id, ())

    async def retry(self, delivery: Delivery) -> Any:
        return await self.verbs.retry(
            actor=ADMIN, webhook_id=delivery.webhook_id, delivery_id=delivery.id
        )

    async def jobs(self) -> int:
        figures = await self.uow.read(lambda tx: tx.jobs.figures(at=self.clock.now()))
        return figures.waiting

    def answer(self, *receipts: Receipt | Callable[[], Receipt]) -> None:
        """Answer with each in turn, the last one for ever."""
        left = list(receipts)

        def answers(_: Any) -> Receipt:
            receipt = left.pop(0) if len(left) > 1 else left[0]
            return receipt if isinstance(receipt, Receipt) else receipt()

        self.courier.answers = answers


@pytest.fixture
def post() -> Post:
    clock, ids = FixedClock(), CountingIds()
    uow = MemoryUnitOfWork(ids, clock)
    courier, vault = MemoryCourier(), MemoryVault()
    verbs = WebhookVerbs.of(
        uow=uow, clock=clock, ids=ids, randomness=SystemRandomness(), vault=vault, courier=courier
    )
    worker = Worker(
        uow=uow,
        clock=clock,
        begin_rounds=BeginRounds(uow=uow, clock=clock, ids=ids),
        handlers={DELIVER: verbs.deliver},
    )
    return Post(clock, uow, ids, courier, vault, verbs, worker)


# --- telling -----------------------------------------------------------------------------------


async def test_what_happens_is_told_signed_with_the_secret_that_was_shown(post):
    shown = await post.verbs.create(
        actor=ADMIN,
        values={"url": "https://a.example/", "events": ("customer.*",), "headers": {"X-A": "1"}},
    )
    await post.happen()
    assert await post.worker.drained() == 1
    (parcel,) = post.courier.carried
    assert (parcel.url, dict(parcel.headers)) == ("https://a.example/", {"X-A": "1"})
    assert (parcel.secret, parcel.previous_secret) == (shown.secret, None)
    assert len(shown.secret) == 40
    assert shown.whsec.startswith("whsec_")
    assert parcel.content["id"] == parcel.event_name
    assert parcel.content["data"]["name"] == "Noa"
    assert shown.secret not in repr(parcel)
    delivery = await post.one()
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.DELIVERED, 1)
    assert delivery.delivered_at == post.clock.now()
    assert parcel.delivery == delivery.id


async def test_by_the_schedule_and_the_id_stays_the_same(post):
    await post.webhook()
    post.answer(BROKEN)
    await post.happen()
    delivery, began, came = await post.one(), post.clock.now(), []
    for _ in range(8):
        before = len(post.courier.carried)
        await post.worker.drained()
        came += [post.clock.now() - began] * (len(post.courier.carried) - before)
        delivery = await post.one()
        if delivery.next_at is not None:
            post.clock.set(delivery.next_at - timedelta(seconds=1))
            assert await post.worker.drained() == 0, "not before its time"
            post.clock.set(delivery.next_at)
    assert [int(after / MINUTE) for after in came] == [0, 1, 6, 36, 156, 1596]
    assert len({(p.event_name, p.delivery, str(p.content)) for p in post.courier.carried}) == 1
    tries = await post.tries(delivery)
    assert [one.number for one in tries] == [1, 2, 3, 4, 5, 6]
    assert {one.error for one in tries} == {BROKEN.error}
    assert (delivery.status, delivery.error) == (DeliveryStatus.DEAD, BROKEN.error)
    assert await post.jobs() == 0


async def test_a_late_success_ends_it(post):
    await post.webhook()
    post.answer(BROKEN, Receipt(took_ms=1, response_status=503, answer="busy"), FINE)
    await post.happen()
    for _ in range(3):
        await post.worker.drained()
        post.clock.advance(HOUR)
    delivery = await post.one()
    assert (delivery.status, delivery.attempts, delivery.error) == ("delivered", 3, None)
    assert [one.response_status for one in await post.tries(delivery)] == [None, 503, 200]
    assert await post.jobs() == 0


@pytest.mark.parametrize(("asked", "waits"), [(HOUR, HOUR), (30 * DAY, DAY), (MINUTE / 2, MINUTE)])
async def test_a_target_may_ask_for_later(post, asked, waits):
    await post.webhook()
    post.answer(Receipt(took_ms=1, response_status=429, retry_after=asked))
    await post.happen()
    await post.worker.drained()
    assert (await post.one()).next_at == post.clock.now() + waits


async def test_each_goes_its_own_way(post):
    good = await post.webhook()
    await post.webhook(url="https://hooks.example/bad")
    await post.webhook(events=("meeting.*",))
    post.courier.answers = lambda parcel: FINE if parcel.url == good.url else BROKEN
    await post.happen()
    await post.worker.drained()
    found = {d.webhook_id: d.status for d in await post.deliveries()}
    assert len(found) == 2
    assert found[good.id] == "delivered"
    assert (await post.now(good)).failing_since is None


async def test_long_answers_and_errors_are_kept_as_far_as_they_go(post):
    await post.webhook()
    post.answer(Receipt(took_ms=1, response_status=500, answer="א" * 5_000, error="e" * 900))
    await post.happen()
    await post.worker.drained()
    delivery = await post.one()
    (attempt,) = await post.tries(delivery)
    assert (len(attempt.answer), len(attempt.error), len(delivery.error)) == (1024, 500, 500)


# --- a webhook that fails ------------------------------------------------------------------------


async def test_410_disables_the_webhook_says_so_and_is_logged(post):
    gone = await post.webhook(name="The accountant")
    listener = await post.webhook(url="https://hooks.example/two", events=("webhook.disabled",))
    post.courier.answers = lambda parcel: (
        Receipt(took_ms=1, response_status=410) if parcel.url == gone.url else FINE
    )
    await post.happen()
    await post.happen()
    with capture_logs() as lines:
        await post.worker.drained()
    now = await post.now(gone)
    assert now.status == "disabled"
    assert [line["event"] for line in lines] == ["a webhook is disabled"]
    assert lines[0]["webhook_id"] == str(gone.id)
    assert lines[0]["why"] == now.status_reason
    assert "hooks.example" not in str(lines)
    (event,) = await post.deliveries(webhook_id=listener.id)
    assert (event.event_type, event.status) == ("webhook.disabled", "delivered")
    told = post.courier.carried[-1].content["data"]
    assert (told["webhookId"], told["reason"]) == (str(gone.id), now.status_reason)
    dead = await post.deliveries(webhook_id=gone.id)
    assert [d.status for d in dead] == ["dead", "dead"], "the rest is not tried"
    await post.happen()
    assert len(await post.deliveries(webhook_id=gone.id)) == 2, "and hears no more"


async def test_five_days_of_failure_disable_and_going_on_clears_it(post):
    webhook = await post.webhook()
    post.answer(BROKEN)
    with capture_logs() as lines:
        for _ in range(6):
            await post.happen()
            await post.worker.drained()
            post.clock.advance(DAY)
    now = await post.now(webhook)
    assert now.status == "disabled"
    assert [line["event"] for line in lines] == ["a webhook is disabled"]
    post.answer(FINE)
    assert await post.worker.drained() > 0
    assert {d.status for d in await post.deliveries()} == {"dead"}
    on = await post.update(webhook, status="active")
    assert (on.status_reason, on.failing_since) == (None, None)
    await post.happen()
    await post.worker.drained()
    assert (await post.deliveries())[0].status == "delivered"


async def test_a_success_clears_since_when_it_fails(post):
    webhook = await post.webhook()
    post.answer(BROKEN, FINE)
    await post.happen()
    await post.worker.drained()
    assert (await post.now(webhook)).failing_since == post.clock.now()
    post.clock.advance(MINUTE)
    await post.worker.drained()
    assert (await post.now(webhook)).failing_since is None


# --- one that is paused, disabled or deleted --------------------------------------------------------


async def test_a_paused_one_keeps_its_events_and_is_told_each_once(post):
    webhook = await post.webhook()
    post.answer(BROKEN, FINE)
    await post.happen()
    await post.worker.drained()
    await post.update(webhook, status="paused")
    await post.happen()
    post.clock.advance(HOUR)
    await post.worker.drained()
    assert len(post.courier.carried) == 1, "nothing while it pauses"
    assert [d.status for d in await post.deliveries()] == ["pending"] * 2
    for _ in range(2):
        await post.update(webhook, status="active")
    await post.worker.drained()
    assert [d.status for d in await post.deliveries()] == ["delivered"] * 2
    assert len(post.courier.carried) == 3


@pytest.mark.parametrize("end", ["disabled", "deleted"])
async def test_what_waits_for_one_that_is_gone_is_dead(post, end):
    webhook = await post.webhook()
    await post.happen()
    if end == "deleted":
        await post.verbs.delete(actor=ADMIN, id=webhook.id)
    else:
        await post.update(webhook, status="disabled")
    await post.worker.drained()
    found = await post.one()
    assert (found.status, found.attempts) == ("dead", 0)
    assert found.error == "its webhook was disabled or deleted"
    assert post.courier.carried == []


async def test_a_webhook_that_is_deleted_while_it_is_told_changes_no_more(post):
    webhook = await post.webhook()

    def meanwhile() -> Receipt:
        state = post.uow._state
        table = state.table(type(webhook))
        table[webhook.id] = attrs.evolve(webhook, deleted_at=post.clock.now())
        return BROKEN

    post.answer(meanwhile)
    await post.happen()
    await post.worker.drained()
    assert (await post.one()).attempts == 1


async def test_a_delivery_that_is_over_or_purged_is_passed_over(post):
    await post.webhook()
    await post.happen()
    delivery = await post.one()
    job = SimpleNamespace(facts={"delivery": str(delivery.id)})
    await post.worker.drained()
    for facts in (job.facts, {"delivery": str(an_id())}):
        outcome = await post.verbs.deliver(SimpleNamespace(facts=facts))
        assert (outcome.settle, outcome.again_at, outcome.buried) == (None, None, False)
    assert len(post.courier.carried) == 1


async def test_whoever_lost_the_job_writes_nothing(post):
    await post.webhook()
    await post.happen()

    async def claim(tx: Any) -> Any:
        at = post.clock.now()
        return (await tx.jobs.claim(at=at, until=at + LEASE, holder="one", most=1)).jobs[0]

    first = await post.uow.run(SYSTEM, claim)
    late = await post.verbs.deliver(first)
    post.clock.advance(LEASE)
    assert await post.worker.drained() == 1

    async def end(tx: Any) -> None:
        await tx.jobs.finish(first)
        await late.settle(tx)

    with pytest.raises(JobLost):
        await post.uow.run(SYSTEM, end)
    delivery = await post.one()
    assert (delivery.attempts, len(await post.tries(delivery))) == (1, 1)
    assert len({p.event_name for p in post.courier.carried}) == 1, "twice, with the same id"


# --- secrets --------------------------------------------------------------------------------------


async def test_both_secrets_sign_for_a_day(post):
    webhook = await post.webhook()
    old = (await post.now(webhook)).sealed_secret
    shown = await post.verbs.rotate(actor=ADMIN, id=webhook.id)
    for after, previous in ((timedelta(0), True), (DAY - MINUTE, True), (DAY, False)):
        post.clock.set(shown.webhook.rotated_at + after)
        await post.happen()
        await post.worker.drained()
        parcel = post.courier.carried[-1]
        assert parcel.secret == shown.secret
        expected = post.vault.open(old, about=webhook.id) if previous else None
        assert parcel.previous_secret == expected


async def test_a_secret_that_was_lost_with_its_key_ends_in_a_clear_word(post):
    webhook = await post.webhook()
    broken = attrs.evolve(webhook, sealed_secret="another key's", version=2)
    await post.uow.run(SYSTEM, lambda tx: tx.webhooks.save(Change.updated(webhook, broken)))
    await post.happen()
    await post.worker.drained()
    delivery = await post.one()
    assert (delivery.status, delivery.attempts) == ("dead", 0)
    assert delivery.error == "its secret was encrypted with another key; rotate it"
    trial = await post.verbs.test(actor=ADMIN, id=webhook.id)
    assert (trial.delivery.status, trial.delivery.error) == ("dead", delivery.error)
    await post.verbs.rotate(actor=ADMIN, id=webhook.id)
    await post.retry(delivery)
    await post.worker.drained()
    assert (await post.deliveries(event_type="customer.created"))[0].status == "delivered"
    assert post.courier.carried[-1].previous_secret is None


# --- by hand ----------------------------------------------------------------------------------------


async def test_one_that_waits_is_tried_now_and_its_schedule_goes_on(post):
    await post.webhook()
    post.answer(BROKEN, BROKEN, FINE)
    await post.happen()
    delivery = await post.one()
    with pytest.raises(DeliveryWaits):
        await post.retry(delivery)
    await post.worker.drained()
    await post.retry(delivery)
    with pytest.raises(DeliveryWaits):
        await post.retry(delivery)
    await post.worker.drained()
    tried = await post.one()
    assert (tried.status, tried.attempts) == ("pending", 2)
    assert tried.next_at == post.clock.now() + 5 * MINUTE
    await post.retry(delivery)
    await post.worker.drained()
    assert ((await post.one()).status, await post.jobs()) == ("delivered", 0)


async def test_one_that_is_being_tried_is_not_sent_beside_that(post):
    webhook = await post.webhook()
    await post.happen()
    delivery = await post.one()
    later = delivery.changed(post.clock.now(), next_at=post.clock.now() + MINUTE)
    await post.uow.run(SYSTEM, lambda tx: tx.deliveries.save(Change.updated(delivery, later)))
    at = post.clock.now()
    await post.uow.run(
        SYSTEM, lambda tx: tx.jobs.claim(at=at, until=at + LEASE, holder="one", most=1)
    )
    with pytest.raises(DeliveryWaits):
        await post.retry(later)
    assert (await post.one()).next_at == at + MINUTE
    assert (await post.now(webhook)).status == "active"


async def test_a_dead_one_is_sent_once_more_by_hand(post):
    await post.webhook()
    post.answer(Receipt(took_ms=1, response_status=404), BROKEN, FINE)
    await post.happen()
    await post.worker.drained()
    delivery = await post.one()
    dead = delivery.changed(post.clock.now(), status="dead", next_at=None)
    await post.uow.run(SYSTEM, lambda tx: tx.deliveries.save(Change.updated(delivery, dead)))
    for _ in range(3):
        post.clock.advance(DAY)
        await post.worker.drained()
    assert len(post.courier.carried) == 1, "its job found it dead"
    told = await post.retry(delivery)
    assert (told.delivery.status, [a.number for a in told.attempts]) == ("pending", [1])
    await post.worker.drained()
    failed = await post.one()
    assert (failed.status, failed.attempts, failed.next_at) == ("dead", 2, None)
    await post.retry(delivery)
    await post.worker.drained()
    assert ((await post.one()).status, await post.jobs()) == ("delivered", 0)
    assert len({p.event_name for p in post.courier.carried}) == 1


async def test_one_that_arrived_can_be_sent_again(post):
    await post.webhook()
    await post.happen()
    await post.worker.drained()
    await post.retry(await post.one())
    await post.worker.drained()
    assert [(d.status, d.attempts) for d in await post.deliveries()] == [("delivered", 2)]


async def test_nothing_is_sent_by_hand_to_a_webhook_that_is_not_active(post):
    webhook = await post.webhook()
    await post.happen()
    await post.worker.drained()
    await post.update(webhook, status="paused")
    with pytest.raises(WebhookIsSilent):
        await post.retry(await post.one())


async def test_a_delivery_is_found_only_under_its_own_webhook(post):
    await post.webhook()
    await post.happen()
    await post.worker.drained()
    other = await post.webhook(url="https://hooks.example/two")
    delivery = await post.one()
    for webhook, id in ((other.id, delivery.id), (delivery.webhook_id, an_id())):
        with pytest.raises(NotFound):
            await post.verbs.retry(actor=ADMIN, webhook_id=webhook, delivery_id=id)


@pytest.mark.parametrize("status", ["active", "paused", "disabled"])
async def test_a_trial_is_tried_once_whatever_the_status_and_changes_nothing(post, status):
    webhook = await post.webhook(status=status, events=("meeting.*",))
    post.answer(BROKEN)
    trial = await post.verbs.test(actor=ADMIN, id=webhook.id)
    assert (trial.delivery.status, len(trial.attempts)) == ("dead", 1)
    post.answer(FINE)
    trial = await post.verbs.test(actor=ADMIN, id=webhook.id)
    assert (trial.delivery.status, trial.attempts[0].answer) == ("delivered", "thanks")
    assert await post.now(webhook) == webhook
    assert await post.jobs() == 0
    content = post.courier.carried[-1].content
    assert content["type"] == "webhook.test"
    assert content["data"]["webhookId"] == str(webhook.id)
    found = await post.deliveries(webhook_id=webhook.id, event_type="webhook.test")
    assert len(found) == 2


# --- what was left behind ----------------------------------------------------------------------------


async def test_a_delivery_whose_job_was_buried_is_dead_and_can_be_sent_by_hand(post):
    await post.webhook()
    await post.happen()
    for _ in range(13):  # a worker is killed each time
        at = post.clock.now()
        claim = partial(_claim, at)
        await post.uow.run(SYSTEM, claim)
        post.clock.advance(LEASE)
    with capture_logs():
        await post.worker.drained()
    assert (await post.one()).status == "pending"
    post.clock.advance(HOUR)
    found = await post.verbs.recover(actor=SYSTEM)
    assert (found.again, found.dead, found.count) == (0, 1, 1)
    dead = await post.one()
    assert (dead.status, dead.error) == (
        "dead",
        "its job was given up: taken up 13 times and never ended",
    )
    await post.retry(dead)
    await post.worker.drained()
    assert (await post.one()).status == "delivered"


async def _claim(at: Any, tx: Any) -> None:
    await tx.jobs.claim(at=at, until=at + LEASE, holder="killed", most=1)


async def test_a_delivery_without_a_job_is_sent_after_a_while(post):
    webhook = await post.webhook(status="paused")
    await post.happen()
    # as where an event came about in the very moment in which the webhook was made to go on
    on = attrs.evolve(webhook, status="active", version=2)
    await post.uow.run(SYSTEM, lambda tx: tx.webhooks.save(Change.updated(webhook, on)))
    assert (await post.verbs.recover(actor=SYSTEM)).count == 0
    post.clock.advance(HOUR)
    assert (await post.verbs.recover(actor=SYSTEM)).again == 1
    await post.worker.drained()
    assert (await post.one()).status == "delivered"


# --- upkeep and access -----------------------------------------------------------------------------------


async def test_events_are_kept_a_month_after_they_are_told(post):
    await post.webhook()
    await post.happen()
    await post.worker.drained()
    post.clock.advance(30 * DAY)
    assert await post.verbs.forget(actor=SYSTEM) == 0
    post.clock.advance(MINUTE)
    assert [await post.verbs.forget(actor=SYSTEM) for _ in range(2)] == [1, 0]
    assert await post.deliveries() == []


async def test_a_private_address_is_refused_when_it_is_given(post):
    with pytest.raises(Invalid) as refused:
        await post.webhook(url="https://private.example/")
    assert [p.field for p in refused.value.problems] == ["url"]
    webhook = await post.webhook()
    with pytest.raises(Invalid):
        await post.update(webhook, url="https://private.example/")
    renamed = await post.update(webhook, name="Other")
    assert (renamed.name, renamed.url) == ("Other", webhook.url)


async def test_only_administrators_have_to_do_with_webhooks(post):
    webhook = await post.webhook()
    await post.happen()
    delivery = await post.one()
    verbs, manager = post.verbs, a_user().actor(session_id=None)
    asked = (
        lambda: verbs.create(actor=manager, values={"url": webhook.url, "events": ("*",)}),
        lambda: verbs.read(actor=manager, id=webhook.id),
        lambda: verbs.list(actor=manager, query=Query()),
        lambda: verbs.update(actor=manager, id=webhook.id, values={"name": "x"}),
        lambda: verbs.delete(actor=manager, id=webhook.id),
        lambda: verbs.rotate(actor=manager, id=webhook.id),
        lambda: verbs.test(actor=manager, id=webhook.id),
        lambda: verbs.deliveries(actor=manager, query=Query()),
        lambda: verbs.retry(actor=manager, webhook_id=webhook.id, delivery_id=delivery.id),
    )
    for ask in asked:
        with pytest.raises(Forbidden):
            await ask()


async def test_a_stored_event_is_named_by_its_id():
    id = EventId(UUID(int=7))
    event = StoredEvent(id=id, type="webhook.test", at=FixedClock().now(), facts={})
    assert event.name == "evt_" + "0" * 31 + "7"
