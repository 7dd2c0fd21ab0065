"""The queue on PostgreSQL: heard at once, also after a lost connection; claimed by its indexes."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from haitech_adapters.memory import CountingIds, FixedClock
from haitech_adapters.memory.mail import MemoryMailer
from haitech_adapters.postgres import PostgresUnitOfWork, listening
from haitech_adapters.postgres.jobs import _CLAIM
from haitech_adapters.security import AesGcmSealing
from haitech_app.worker import SYSTEM, Worker
from haitech_domain.ids import JobId
from haitech_domain.ports import Job
from haitech_domain.use_cases.coming_round import BeginRounds
from haitech_domain.use_cases.posting import MAIL, SendMail

pytestmark = pytest.mark.anyio
WAIT = 20.0


def a_job(ids, clock, **more):
    given = {"kind": "greet", "due_at": clock.now(), "lane": "greetings"}
    return Job(id=JobId(ids.new()), **{**given, **more})


async def put(uow, *jobs):
    await uow.run(SYSTEM, lambda tx: tx.jobs.put(*jobs))


async def test_workers_hear_of_what_is_added_also_after_a_lost_connection(url, pool, uow, ids):
    heard: asyncio.Queue[int] = asyncio.Queue()
    # the server's own clock decides what is due by now
    clock = FixedClock()
    async with listening(url, lambda: heard.put_nowait(1)):
        async with asyncio.timeout(WAIT):
            await heard.get()  # connected
            await put(uow, a_job(ids, clock))
            await heard.get()
        async with pool.connection() as connection:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'haitech-queue'"
            )
        async with asyncio.timeout(WAIT):
            await heard.get()  # connected again
            await put(uow, a_job(ids, clock))
            await heard.get()
        later = a_job(ids, clock, due_at=clock.now() + timedelta(days=36_500))
        await put(uow, later)
        await put(uow, a_job(ids, clock))
        async with asyncio.timeout(WAIT):
            await heard.get()
        assert heard.empty(), "nobody is woken for what is not due"
        await uow.run(SYSTEM, lambda tx: tx.jobs.hasten(later.id, at=clock.now()))
        async with asyncio.timeout(WAIT):
            await heard.get()


async def test_secrets_lie_encrypted_and_are_told_to_be_lost_with_their_key(pool, uow, ids, clock):
    await put(uow, a_job(ids, clock, kind=MAIL, secret={"to": "dana@example.com"}))
    async with pool.connection() as connection:
        cursor = await connection.execute("SELECT secret, jobs::text FROM jobs")
        ((secret, row),) = await cursor.fetchall()
    assert b"dana" not in bytes(secret)
    assert "dana" not in row
    other = PostgresUnitOfWork(pool, CountingIds(1), clock, sealing=AesGcmSealing(b"x" * 32))
    worker = Worker(
        uow=other,
        clock=clock,
        begin_rounds=BeginRounds(uow=other, clock=clock, ids=ids),
        handlers={MAIL: SendMail(mailer=MemoryMailer())},
    )
    assert await worker.drained() == 1
    async with pool.connection() as connection:
        cursor = await connection.execute("SELECT why FROM jobs WHERE buried_at IS NOT NULL")
        assert await cursor.fetchall() == [("it was encrypted with another secret key",)]
    unsealed = PostgresUnitOfWork(pool, CountingIds(2), clock)
    with pytest.raises(ValueError, match="encrypts"):
        await put(unsealed, a_job(ids, clock, secret={}))


async def test_a_claim_reads_few_rows_however_many_wait(pool, clock):
    async with pool.connection() as connection:
        await connection.execute(
            "INSERT INTO jobs (id, kind, due_at, lane, facts, attempts, taken)"
            " SELECT gen_random_uuid(), 'greet', now() - n * interval '1 ms', 'lane ' || n % 7,"
            " '{}', 0, 0 FROM generate_series(1, 20000) AS n"
        )
        await connection.execute("ANALYZE jobs")
        at = clock.now() + timedelta(days=36_500)
        room = {"most": 50, "per_lane": 8, "spare": 25}
        params = {"at": at, "until": at, "holder": "w", **room}
        cursor = await connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {_CLAIM}", params)
        ((plan,),) = await cursor.fetchall()
    read = list(rows_read(plan[0]["Plan"]))
    assert max(read) <= 1_000, "no part of it goes through all that waits"


def rows_read(node):
    removed = node.get("Rows Removed by Filter", 0)
    yield (node["Actual Rows"] + removed) * node["Actual Loops"]
    for inner in node.get("Plans", ()):
        yield from rows_read(inner)
