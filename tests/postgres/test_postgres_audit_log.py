"""The audit log only grows, by the database's own rule."""

from __future__ import annotations

import psycopg
import pytest

from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.testing.builders import a_customer, an_instructor

pytestmark = pytest.mark.anyio

SYSTEM = Actor.system("test")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET actor_name = 'nobody'",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log",
        "TRUNCATE audit_log, outbox CASCADE",
    ],
)
async def test_no_row_is_changed_or_removed(uow, pool, statement):
    await uow.run(SYSTEM, lambda tx: tx.customers.save(Change.created(a_customer())))
    async with pool.connection() as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute(statement)
        cursor = await connection.execute("SELECT actor_name FROM audit_log")
        assert await cursor.fetchall() == [("test",)]


async def test_ids_are_the_database_s_own(pool):
    async with pool.connection() as connection:
        with pytest.raises(psycopg.errors.GeneratedAlways):
            await connection.execute(
                "INSERT INTO audit_log (position, id, created_at, actor_kind, actor_name, action,"
                " entity, entity_id, old, new, mac) VALUES (1, gen_random_uuid(), now(), 'system',"
                " '', '', '', gen_random_uuid(), '{}', '{}', '')"
            )


async def test_bank_details_are_masked(uow, pool):
    row = an_instructor(account_number="12-345-678")
    await uow.run(SYSTEM, lambda tx: tx.instructors.save(Change.created(row)))
    async with pool.connection() as connection:
        cursor = await connection.execute("SELECT new FROM audit_log")
        ((new,),) = await cursor.fetchall()
    assert new["account_number"] == "***"
    assert await uow.read(lambda tx: tx.instructors.get(row.id)) == row


async def test_a_change_of_derived_figures_alone_leaves_no_row(uow, pool):
    before = a_customer()
    after = before.changed(before.created_at, deletion=before.id)
    await uow.run(SYSTEM, lambda tx: tx.customers.save(Change.created(before)))
    await uow.run(SYSTEM, lambda tx: tx.customers.save(Change.updated(before, after)))
    async with pool.connection() as connection:
        cursor = await connection.execute("SELECT count(*) FROM audit_log")
        assert await cursor.fetchall() == [(1,)]
