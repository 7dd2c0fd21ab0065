"""R-REG-4: the ledger by the database's own rules, whoever writes past the use cases."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.testing.builders import MADE, a_payment, a_school, furnish

pytestmark = pytest.mark.anyio

SYSTEM = Actor.system("test")
SAY = "UPDATE registrations SET paid_amount = {};"


def enter(amount, kind=None):
    """An entry for the one registration there is."""
    kind = kind or ("payment" if amount > 0 else "refund")
    columns = "id, created_at, registration_id, kind, amount, paid_at"
    values = f"gen_random_uuid(), now(), id, '{kind}', {amount}, DATE '2026-03-01'"
    return f"INSERT INTO payments ({columns}) SELECT {values} FROM registrations;"  # noqa: S608


@pytest.fixture
async def paid(uow):
    """A registration with 100.00 in its ledger."""
    school = a_school()

    async def work(tx):
        await furnish(tx, school)
        await tx.payments.add(a_payment(registration_id=school.registration.id))
        after = school.registration.changed(MADE, paid_amount="100.00")
        await tx.registrations.save(Change.updated(school.registration, after))

    await uow.run(SYSTEM, work)
    return school.registration


async def rows(pool, sql):
    async with pool.connection() as connection:
        return await (await connection.execute(sql)).fetchall()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments SET amount = 1",
        "UPDATE payments SET paid_at = paid_at",
        "DELETE FROM payments",
        "TRUNCATE payments",
        "TRUNCATE registrations CASCADE",
    ],
)
async def test_no_entry_is_changed_or_removed(paid, pool, statement):
    async with pool.connection() as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute(statement)
    assert await rows(pool, "SELECT amount::text FROM payments") == [("100.00",)]


@pytest.mark.parametrize(
    ("statements", "kept"),
    [
        (enter(50), False),
        (SAY.format(150), False),
        (enter(50) + SAY.format(149.99), False),
        (enter(-100), False),
        ("UPDATE registrations SET paid_amount = paid_amount, notes = 'x';", True),
        (enter(50) + SAY.format(150), True),
        (SAY.format(150) + enter(50), True),
        (enter(-100) + SAY.format(0), True),
        (enter(50) + enter(-50), True),
        (SAY.format(7) + SAY.format(100), True),
    ],
)
async def test_what_is_paid_is_the_sum_at_every_commit(paid, pool, statements, kept):
    async with pool.connection() as connection:
        if kept:
            await connection.execute(statements)
        else:
            with pytest.raises(psycopg.errors.CheckViolation, match=str(paid.id)):
                await connection.execute(statements)
    sums = await rows(
        pool,
        "SELECT paid_amount = (SELECT coalesce(sum(amount), 0) FROM payments) FROM registrations",
    )
    assert sums == [(True,)]


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ"])
async def test_two_that_enter_at_once_and_say_so_blindly_are_not_both_kept(paid, pool, level):
    """Each adds 50 to the 100 that both have seen."""
    async with pool.connection() as one, pool.connection() as other:
        for connection in (one, other):
            await connection.execute(f"BEGIN ISOLATION LEVEL {level}")
            await connection.execute("SELECT count(*) FROM payments")
            await connection.execute(enter(50))
        await one.execute(SAY.format(150))
        waiting = asyncio.create_task(other.execute(SAY.format(150) + "COMMIT"))
        await one.commit()
        with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.SerializationFailure)):
            await waiting
        await other.rollback()
    assert await rows(pool, "SELECT sum(amount)::text FROM payments") == [("150.00",)]


@pytest.mark.parametrize(("kind", "amount"), [("payment", -1), ("refund", 1), ("payment", 0)])
async def test_an_entry_goes_the_way_that_it_says(paid, pool, kind, amount):
    async with pool.connection() as connection:
        with pytest.raises(psycopg.errors.CheckViolation) as caught:
            await connection.execute(enter(amount, kind))
    assert caught.value.diag.constraint_name == "ck_payments_direction"


async def test_a_registration_with_a_ledger_is_never_erased(paid, pool):
    async with pool.connection() as connection:
        await connection.execute("DELETE FROM attendance")
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            await connection.execute("DELETE FROM registrations")
