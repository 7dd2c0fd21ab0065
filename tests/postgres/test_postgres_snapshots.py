"""Reading for a long time on a connection of its own, as it was when it began."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from haitech_adapters.postgres import PoolSettings, PostgresSnapshots, WriteInReading
from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.ports import Query, Unavailable
from haitech_domain.testing.builders import a_course

pytestmark = pytest.mark.anyio

SYSTEM = Actor.system("test")


@pytest.fixture
def snapshots(url, ids, clock):
    return PostgresSnapshots(url, ids, clock)


async def total(tx):
    return (await tx.courses.page(Query())).total


async def test_all_of_it_is_as_it_was_when_it_began(uow, snapshots):
    """What is committed meanwhile, by the same task too, is not seen."""
    await uow.run(SYSTEM, lambda tx: tx.courses.save(Change.created(a_course())))

    async def work(tx):
        before = await total(tx)
        await uow.run(SYSTEM, lambda tx: tx.courses.save(Change.created(a_course())))
        return before, await total(tx), await uow.read(total)

    assert await snapshots.read(work) == (1, 1, 2)
    assert await snapshots.read(total) == 2


async def test_it_neither_saves_nor_locks(uow, snapshots):
    course = a_course()
    await uow.run(SYSTEM, lambda tx: tx.courses.save(Change.created(course)))
    for work in (
        lambda tx: tx.courses.save(Change.created(a_course())),
        lambda tx: tx.courses.lock(course.id),
    ):
        with pytest.raises(WriteInReading):
            await snapshots.read(work)


OURS = "application_name = 'haitech-export' AND datname = current_database()"


async def test_it_has_a_connection_of_its_own_and_leaves_none(pool, snapshots):
    async def connections():
        async with pool.connection() as connection:
            found = await connection.execute(f"SELECT FROM pg_stat_activity WHERE {OURS}")
            return found.rowcount

    assert await snapshots.read(lambda _tx: connections()) == 1
    with pytest.raises(ZeroDivisionError):
        await snapshots.read(lambda _tx: 1 // 0)
    async with asyncio.timeout(30):
        while await connections():  # noqa: ASYNC110  # the server sees it a moment later
            await asyncio.sleep(0.01)


async def test_a_database_that_is_gone_is_unavailable(ids, clock, pool, snapshots):
    nowhere = PostgresSnapshots("postgresql://nobody@127.0.0.1:1/nothing", ids, clock)
    with pytest.raises(Unavailable):
        await nowhere.read(total)
    cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OURS}"  # noqa: S608

    async def work(tx):
        async with pool.connection() as connection:
            await connection.execute(cut)
        return await total(tx)

    with pytest.raises(Unavailable):
        await snapshots.read(work)


async def test_what_hangs_is_ended(url, ids, clock):
    impatient = PoolSettings(statement_timeout_ms=50, application_name="haitech-export")
    snapshots = PostgresSnapshots(url, ids, clock, settings=impatient)
    work: Any = lambda tx: tx.session.rows("SELECT pg_sleep(5)", None)  # noqa: E731
    with pytest.raises(Unavailable):
        await snapshots.read(work)
