"""Transactions under trouble: broken connections, deadlocks, full pools, cancellations."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from haitech_adapters.context import RequestFacts, bind
from haitech_adapters.postgres import (
    PoolSettings,
    PostgresUnitOfWork,
    TransactionFailed,
    WriteInReading,
    make_pool,
)
from haitech_adapters.postgres.failures import Repeat, judged_in_commit
from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.errors import Duplicate, NotFound
from haitech_domain.ports import Unavailable
from haitech_domain.testing.builders import MADE, a_customer

pytestmark = pytest.mark.anyio

SYSTEM = Actor.system("test")


async def count(pool, table):
    async with pool.connection() as connection:
        cursor = await connection.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
        return (await cursor.fetchone())[0]


async def pid_of(tx):
    ((pid,),) = await tx.customers._session.rows("SELECT pg_backend_pid()", None)
    return pid


async def kill(pool, pid):
    async with pool.connection() as connection:
        await connection.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


async def test_row_audit_and_event_come_together_with_the_request(uow, pool):
    customer = a_customer()
    facts = RequestFacts(
        request_id="r-1", method="POST", path="/", address="198.51.100.7", user_agent="curl"
    )
    with bind(facts):
        await uow.run(SYSTEM, lambda tx: tx.customers.save(Change.created(customer)))
    async with pool.connection() as connection:
        cursor = await connection.execute(
            "SELECT actor_kind, actor_id, actor_name, action, entity, entity_id, request_id,"
            " address, user_agent, new->>'name' FROM audit_log"
        )
        [row] = await cursor.fetchall()
    assert row == (
        *("system", None, "test", "create", "customer", customer.id, "r-1"),
        *("198.51.100.7", "curl", customer.name),
    )


async def test_nothing_of_a_refused_work_is_left(uow, pool):
    customer = a_customer()

    async def work(tx):
        await tx.customers.save(Change.created(customer))
        raise NotFound("nothing", 1)

    with pytest.raises(NotFound):
        await uow.run(SYSTEM, work)
    for table in ("customers", "audit_log", "outbox"):
        assert await count(pool, table) == 0


async def test_a_refusal_that_the_work_hides_still_keeps_nothing(uow, pool):
    one = a_customer()
    other = a_customer(phone=one.phone)

    async def work(tx):
        await tx.customers.save(Change.created(one))
        with pytest.raises(Duplicate):
            await tx.customers.save(Change.created(other))

    with pytest.raises(TransactionFailed):
        await uow.run(SYSTEM, work)
    assert await count(pool, "customers") == 0


async def test_nothing_is_asked_after_a_refusal(uow):
    customer = a_customer()

    async def work(tx):
        with pytest.raises(Duplicate):
            await tx.customers.save(Change.created(customer), Change.created(customer))
        with pytest.raises(TransactionFailed):
            await tx.customers.get(customer.id)
        raise NotFound("nothing", 1)

    with pytest.raises(NotFound):
        await uow.run(SYSTEM, work)


async def test_reading_neither_saves_nor_locks(uow):
    customer = a_customer()
    for work in (
        lambda tx: tx.customers.save(Change.created(customer)),
        lambda tx: tx.customers.lock(customer.id),
        lambda tx: tx.customers.lock_deleted(customer.id),
        lambda tx: tx.imports.record([]),
    ):
        with pytest.raises(WriteInReading):
            await uow.read(work)


async def test_a_connection_killed_before_the_commit_is_repeated(uow, pool):
    tries = []
    customer = a_customer()

    async def work(tx):
        tries.append(await pid_of(tx))
        await tx.customers.save(Change.created(customer))
        if len(tries) == 1:
            await kill(pool, tries[0])
        assert await tx.customers.get(customer.id) == customer
        return "done"

    assert await uow.run(SYSTEM, work) == "done"
    assert len(set(tries)) == 2
    assert await count(pool, "customers") == 1
    assert await count(pool, "audit_log") == 1


async def test_a_killed_connection_is_repeated_whatever_the_work_makes_of_it(uow, pool):
    tries = []

    async def work(tx):
        tries.append(await pid_of(tx))
        if len(tries) > 1:
            return "done"
        await kill(pool, tries[0])
        try:
            await pid_of(tx)
        except Exception:  # noqa: BLE001  # as careless as work can be
            raise LookupError from None

    assert await uow.run(SYSTEM, work) == "done"


async def test_reading_on_a_connection_that_was_killed_is_repeated(uow, pool):
    pids = {await uow.read(pid_of) for _ in range(3)}
    for pid in pids:
        with psycopg.connect(pool.conninfo, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    assert await uow.read(pid_of) not in pids


async def test_work_whose_connection_always_breaks_ends_unavailable(uow, pool):
    tries = []

    async def work(tx):
        tries.append(await pid_of(tx))
        await kill(pool, tries[-1])
        await pid_of(tx)

    with pytest.raises(Unavailable):
        await uow.run(SYSTEM, work)
    assert 2 < len(tries) < 10


async def test_a_connection_killed_during_the_commit_is_not_repeated(uow, pool):
    tries = []

    async def work(tx):
        tries.append(1)
        await tx.customers.save(Change.created(a_customer()))
        await kill(pool, await pid_of(tx))  # found out only by the commit

    with pytest.raises(Unavailable):
        await uow.run(SYSTEM, work)
    assert len(tries) == 1


def test_a_serialization_failure_of_the_commit_is_repeated():
    assert isinstance(judged_in_commit(psycopg.errors.SerializationFailure()), Repeat)
    assert isinstance(judged_in_commit(psycopg.OperationalError("gone")), Unavailable)


async def test_a_deadlock_is_repeated_and_both_get_through(uow):
    one, two = a_customer(), a_customer()
    await uow.run(SYSTEM, lambda tx: tx.customers.save(*map(Change.created, (one, two))))
    both = asyncio.Barrier(2)
    tries = []

    async def crossed(first, second):
        async def work(tx):
            tries.append(1)
            await tx.customers.lock(first.id)
            if len(tries) <= 2:
                await both.wait()
            found = await tx.customers.lock(second.id)
            after = found.changed(MADE, city=f"{first.name} {len(tries)}")
            await tx.customers.save(Change.updated(found, after))

        await uow.run(SYSTEM, work)

    await asyncio.gather(crossed(one, two), crossed(two, one))
    assert len(tries) >= 3, "one of them again, and perhaps once more"


async def test_a_full_pool_is_unavailable_and_recovers(url, ids, clock):
    settings = PoolSettings(min_size=1, max_size=1, timeout=0.2)
    async with make_pool(url, settings) as pool:
        uow = PostgresUnitOfWork(pool, ids, clock)
        begun, enough = asyncio.Event(), asyncio.Event()

        async def slow(_tx):
            begun.set()
            await enough.wait()

        busy = asyncio.create_task(uow.read(slow))
        await begun.wait()
        with pytest.raises(Unavailable):
            await uow.read(pid_of)
        with pytest.raises(Unavailable):
            await uow.run(SYSTEM, pid_of)
        enough.set()
        await busy
        assert await uow.read(pid_of)


async def test_no_database_is_unavailable(ids, clock):
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    pool = make_pool(nowhere, PoolSettings(timeout=0.2, connect_timeout=1))
    await pool.open()
    with pytest.raises(Unavailable):
        await PostgresUnitOfWork(pool, ids, clock).read(pid_of)
    await pool.close()
    with pytest.raises(Unavailable):
        await PostgresUnitOfWork(pool, ids, clock).read(pid_of)


async def test_a_lock_that_never_comes_is_unavailable(url, ids, clock):
    settings = PoolSettings(lock_timeout_ms=100, statement_timeout_ms=200)
    async with make_pool(url, settings) as pool:
        uow = PostgresUnitOfWork(pool, ids, clock)
        customer = a_customer()
        await uow.run(SYSTEM, lambda tx: tx.customers.save(Change.created(customer)))
        with psycopg.connect(url) as other:
            other.execute("SELECT FROM customers FOR UPDATE")
            with pytest.raises(Unavailable):
                await uow.run(SYSTEM, lambda tx: tx.customers.lock(customer.id))

        async def sleepy(tx):
            await tx.customers._session.rows("SELECT pg_sleep(5)", None)

        with pytest.raises(Unavailable):
            await uow.read(sleepy)


async def test_cancelling_work_in_the_middle_leaves_the_pool_whole(uow, pool):
    async def sleepy(tx):
        await tx.customers.save(Change.created(a_customer()))
        await tx.customers._session.rows("SELECT pg_sleep(30)", None)

    tasks = [asyncio.create_task(uow.run(SYSTEM, sleepy)) for _ in range(6)]
    tasks += [asyncio.create_task(uow.run(SYSTEM, sleepy)) for _ in range(6)]  # some wait
    await asyncio.sleep(0.3)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert all(task.cancelled() for task in tasks)
    await asyncio.gather(*(uow.run(SYSTEM, pid_of) for _ in range(16)))
    assert await count(pool, "customers") == 0
    assert pool.get_stats().get("returns_bad", 0) == 0


async def test_statements_are_logged_without_parameters(pool, ids, clock):
    told = []
    uow = PostgresUnitOfWork(pool, ids, clock, lambda sql, seconds: told.append((sql, seconds)))
    customer = a_customer(name="סוד")
    await uow.run(SYSTEM, lambda tx: tx.customers.save(Change.created(customer)))
    assert [sql.split()[0] for sql, _seconds in told] == ["BEGIN", "INSERT", "WITH"]
    assert all(seconds > 0 for _sql, seconds in told)
    assert "סוד" not in str(told)
