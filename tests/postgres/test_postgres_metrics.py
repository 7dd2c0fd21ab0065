"""What is counted of work on a real database: events once they are committed, and the pool."""

from __future__ import annotations

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from haitech_adapters.metrics import Counted
from haitech_adapters.postgres import PostgresUnitOfWork
from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.customer import CustomerCreated
from haitech_domain.errors import NotFound
from haitech_domain.testing.builders import a_customer

pytestmark = pytest.mark.anyio
SYSTEM = Actor.system("test")


@pytest.fixture
def counted(pool):
    return Counted(pool=pool.get_stats)


@pytest.fixture
def uow(pool, ids, clock, counted):
    return PostgresUnitOfWork(pool, ids, clock, told=counted.happened)


def figures(counted):
    text = generate_latest(counted.registry).decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_an_event_counts_once_it_is_committed(uow, counted, clock):
    def work(*, fails):
        async def saved(tx):
            customer = a_customer()
            event = CustomerCreated(at=clock.now(), customer_id=customer.id, name="x")
            await tx.customers.save(Change.created(customer, event))
            if fails:
                raise NotFound("page", "none")

        return saved

    await uow.run(SYSTEM, work(fails=False))
    with pytest.raises(NotFound):
        await uow.run(SYSTEM, work(fails=True))
    assert figures(counted)["haitech_events_total", "customer.created"] == 1


async def test_the_pool_says_how_it_stands(uow, counted):
    before = figures(counted)["haitech_pool_requests_total",]
    assert figures(counted)["haitech_pool_connections_max",] == 8

    async def work(tx):
        found = figures(counted)
        return found["haitech_pool_connections",] - found["haitech_pool_idle",]

    assert await uow.read(work) >= 1
    after = figures(counted)
    assert after["haitech_pool_requests_total",] == before + 1
    assert after["haitech_pool_timeouts_total",] == 0
    assert after["haitech_pool_usage_seconds_total",] >= 0
