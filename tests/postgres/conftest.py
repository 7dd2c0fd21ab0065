"""A store on PostgreSQL for each test; everything here needs a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from haitech_adapters.memory import CountingIds, FixedClock
from haitech_adapters.postgres import PoolSettings, PostgresUnitOfWork, make_pool
from haitech_adapters.security import AesGcmSealing
from haitech_adapters.security.keys import LENGTH
from haitech_app.testing import databases

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.postgres)


@pytest.fixture
def url():
    return databases.emptied()


@pytest.fixture
async def pool(url):
    pool = make_pool(url, PoolSettings(min_size=1, max_size=8))
    async with pool:
        yield pool


@pytest.fixture
def clock():
    return FixedClock()


@pytest.fixture
def ids():
    return CountingIds()


@pytest.fixture
def uow(pool, ids, clock):
    return PostgresUnitOfWork(pool, ids, clock, sealing=AesGcmSealing(bytes(LENGTH)))
