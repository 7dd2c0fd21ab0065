"""Migrations go up, down and up again, and make what the program describes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from haitech_adapters.postgres import make_pool, migrate, ready
from haitech_adapters.postgres.revisions import current, head
from haitech_adapters.postgres.tables import METADATA
from haitech_app.testing import databases
from haitech_domain.ports import Unavailable

COLUMNS = """
SELECT table_name, column_name, data_type, numeric_precision, numeric_scale, is_nullable,
       is_identity, column_default
FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
"""
CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  AND conrelid::regclass::text <> 'alembic_version'
  AND contype <> 't'
"""
"""All but triggers, which the migrations alone make."""
INDEXES = """
SELECT tablename, indexname, indexdef FROM pg_indexes
WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


def asked(url, query):
    with psycopg.connect(url) as connection:
        return set(connection.execute(query).fetchall())


def engine(url):
    return sa.create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=sa.NullPool
    )


def reflected_whole(_object, name, kind, _reflected, _compare_to):
    """Whether SQLAlchemy reads it back whole: of an index's columns it forgets the collation."""
    return not (kind == "index" and name.endswith("_name"))


@pytest.fixture
def bare():
    """The URL of a database without tables."""
    return databases.new_database(migrated=False)


def test_goes_up_down_and_up_again(bare):
    assert current(bare) is None
    migrate.upgrade(bare)
    assert current(bare) == head()
    first = asked(bare, INDEXES) | asked(bare, CONSTRAINTS)
    migrate.downgrade(bare)
    assert current(bare) is None
    assert asked(bare, TABLES) == {("alembic_version",)}
    migrate.upgrade(bare)
    assert asked(bare, INDEXES) | asked(bare, CONSTRAINTS) == first


def test_going_up_twice_changes_nothing(bare):
    migrate.upgrade(bare)
    migrate.upgrade(bare)
    assert current(bare) == head()


def test_two_programs_that_start_at_once_do_not_collide(bare):
    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(migrate.upgrade, bare) for _ in range(4)]:
            done.result()
    assert current(bare) == head()


def test_alembic_finds_no_difference_between_the_migrations_and_the_tables(bare):
    migrate.upgrade(bare)
    with engine(bare).connect() as connection:
        options = {"compare_type": True, "include_object": reflected_whole}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, METADATA) == []


@pytest.mark.parametrize("query", [COLUMNS, CONSTRAINTS, INDEXES], ids=["columns", "rules", "ix"])
def test_every_column_constraint_and_index_is_the_same_from_both(bare, query):
    described = databases.new_database(migrated=False)
    with engine(described).begin() as connection:
        connection.execute(sa.text("CREATE EXTENSION btree_gist"))
        connection.execute(sa.text("CREATE EXTENSION pg_trgm"))
        METADATA.create_all(connection)
    migrate.upgrade(bare)
    assert asked(bare, query) == asked(described, query)


def test_an_unreachable_database_is_unavailable():
    with pytest.raises(Unavailable):
        migrate.upgrade("postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=1")


@pytest.mark.anyio
class TestReadiness:
    async def test_ready_at_the_newest_migration(self, pool):
        assert await ready(pool, head=head()) is None

    async def test_not_ready_at_another_migration(self, pool):
        assert "haitech migrate" in str(await ready(pool, head="9999"))

    async def test_not_ready_without_migrations(self, bare):
        async with make_pool(bare) as pool:
            assert "haitech migrate" in str(await ready(pool, head=head()))

    async def test_not_ready_without_a_database(self):
        pool = make_pool("postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=1")
        await pool.open()
        assert await ready(pool, head=head()) == "the database cannot be reached"
        await pool.close()
