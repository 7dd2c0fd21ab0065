"""Rates and prices keep their history by triggers, which nothing can go past."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from haitech_adapters.postgres import migrate
from haitech_adapters.postgres.mappings import ALL
from haitech_app.testing import databases
from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.errors import Stale
from haitech_domain.money import Money
from haitech_domain.ports import fields_with_history
from haitech_domain.testing.builders import MADE, a_school, furnish

pytestmark = pytest.mark.anyio

SYSTEM = Actor.system("test")
KEEPING = [mapping for mapping in ALL if mapping.history is not None]
TRIGGERS = """
SELECT encode(tgargs, 'escape'), pg_get_triggerdef(oid) FROM pg_trigger
WHERE tgrelid = %s::regclass AND NOT tgisinternal
"""
INSTRUCTOR = """
INSERT INTO instructors
    (id, name, rate_frontal, employment_type, is_active, created_at, updated_at, version)
VALUES ('a0000000-0000-7000-8000-000000000001', 'Dana', 150, 'freelancer', true, %s, %s, 4)
"""


@pytest.fixture
async def school(uow):
    school = a_school()
    await uow.run(SYSTEM, lambda tx: furnish(tx, school))
    return school


def asked(url, query, *params):
    with psycopg.connect(url) as connection:
        return connection.execute(query, params).fetchall()


def entries(url, table, id):
    query = f"SELECT since FROM {table}_history WHERE id = %s ORDER BY position"  # noqa: S608
    return asked(url, query, id)


@pytest.mark.parametrize("mapping", KEEPING, ids=lambda mapping: mapping.what)
def test_the_triggers_watch_and_keep_each_field_that_keeps_its_history(url, mapping):
    fields = fields_with_history(mapping.entity)
    made, changed = sorted(asked(url, TRIGGERS, mapping.table.name), key=lambda t: len(t[1]))
    assert [t[0].split("\\000")[:-1] for t in (made, changed)] == [list(fields)] * 2
    assert "AFTER INSERT" in made[1]
    assert "AFTER UPDATE" in changed[1]
    for field in fields:
        assert f"old.{field} IS DISTINCT FROM new.{field}" in changed[1]


async def test_a_change_past_the_program_is_kept_with_the_time_of_the_database(url, uow, school):
    id = school.instructor.id
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE instructors SET rate_frontal = 99 WHERE id = %s", [id])
    [(_,), (since,)] = entries(url, "instructors", id)
    assert abs(datetime.now(UTC) - since) < timedelta(minutes=5)
    before = await uow.read(lambda tx: tx.instructors.as_of([id], MADE.date()))
    after = await uow.read(lambda tx: tx.instructors.as_of([id], date(2100, 1, 1)))
    assert before[id].thing == school.instructor
    assert after[id].thing.rate_frontal == Money.of(99)


async def test_what_moves_no_price_makes_no_entry(url, uow, school):
    cycle = school.cycle
    counted = cycle.changed(MADE + timedelta(days=1), completed_meetings=5, notes="x")
    await uow.run(SYSTEM, lambda tx: tx.cycles.save(Change.updated(cycle, counted)))
    assert len(entries(url, "cycles", cycle.id)) == 1


async def test_two_changes_at_once_are_both_kept_in_the_order_of_commit(url, uow, school):
    """The later one may have looked at the clock first."""
    id = school.instructor.id

    async def raised(shekels, at):
        async def work(tx):
            seen = await tx.instructors.lock(id)
            await asyncio.sleep(0)
            after = seen.changed(at, rate_frontal=Money.of(shekels))
            await tx.instructors.save(Change.updated(seen, after))

        await uow.run(SYSTEM, work)

    noon = MADE + timedelta(days=3)
    await asyncio.gather(*(raised(200 + n, noon - timedelta(seconds=n)) for n in range(6)))
    now = await uow.read(lambda tx: tx.instructors.get(id))
    then = await uow.read(lambda tx: tx.instructors.as_of([id], noon.date()))
    before = await uow.read(lambda tx: tx.instructors.as_of([id], MADE.date()))
    assert len(entries(url, "instructors", id)) == 7
    assert then[id].thing == now
    assert before[id].thing.rate_frontal == school.instructor.rate_frontal


async def test_of_two_that_saw_the_same_the_refused_one_leaves_no_entry(url, uow, school):
    cycle, at = school.cycle, MADE + timedelta(days=3)

    def save(shekels):
        change = Change.updated(cycle, cycle.changed(at, meeting_revenue=Money.of(shekels)))
        return uow.run(SYSTEM, lambda tx: tx.cycles.save(change))

    done = await asyncio.gather(save(700), save(800), return_exceptions=True)
    assert [type(one) for one in done if one is not None] == [Stale]
    now = await uow.read(lambda tx: tx.cycles.get(cycle.id))
    held = await uow.read(lambda tx: tx.cycles.as_of([cycle.id], at.date()))
    assert len(entries(url, "cycles", cycle.id)) == 2
    assert held[cycle.id].thing == now


def test_what_is_there_when_the_history_begins_is_known_since_it_was_last_written():
    url = databases.new_database(migrated=False)
    migrate.upgrade(url, "0006")
    written = datetime(2026, 2, 1, 12, tzinfo=UTC)
    with psycopg.connect(url) as connection:
        connection.execute(INSTRUCTOR, [MADE, written])
    migrate.upgrade(url)
    assert asked(url, "SELECT since, rate_frontal FROM instructors_history") == [(written, 150)]
