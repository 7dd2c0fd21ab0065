"""A pytest plugin: `memory_world` and `postgres_world`, each with an empty store for every test.

They are asynchronous fixtures of the anyio plugin, which runs on asyncio:

    import pytest

    pytestmark = pytest.mark.anyio

    async def test_a_customer_is_there(memory_world):
        made = await memory_world.verbs.customers.create(actor=..., values=...)
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from haitech_adapters.postgres import PoolSettings, make_pool
from haitech_adapters.postgres.unit_of_work import Pool
from haitech_app.testing import databases
from haitech_app.testing.worlds import MemoryWorld, PostgresWorld


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Asyncio alone: the adapters run on nothing else."""
    return "asyncio"


@pytest.fixture
async def memory_world() -> MemoryWorld:
    """The memory adapters over a fresh store."""
    return MemoryWorld.fresh()


@pytest.fixture(scope="module")
async def postgres_pool() -> AsyncIterator[Pool]:
    """Connections to this process's database, which stay for the tests of a module."""
    async with make_pool(databases.database(), PoolSettings(min_size=1)) as pool:
        yield pool


@pytest.fixture
async def postgres_world(postgres_pool: Pool) -> PostgresWorld:
    """The PostgreSQL adapters over this process's database, emptied."""
    databases.emptied()
    return PostgresWorld.over(postgres_pool)
