"""Migrations while programs of the version before work on."""

from __future__ import annotations

import ast
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from haitech_adapters.postgres import make_pool, migrate, ready
from haitech_adapters.postgres.revisions import MIGRATIONS, covers, current, head
from haitech_app.database import bring_up_to_date
from haitech_app.settings import Environment, Settings
from haitech_app.testing import databases
from haitech_domain.ports import Unavailable
from tests.journeys.program import until

ANOTHER = """
from alembic import op
from pathlib import Path

revision = "9999"
down_revision = "{before}"


def upgrade():
    with op.get_context().autocommit_block():
        op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text("utf-8"))


def downgrade():
    pass
"""
QUICKLY = migrate.Patience(lock_ms=100, attempts=200, pause=0.05)
VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_courses_of_a_test'::regclass"


@pytest.fixture
def url():
    return databases.new_database()


@pytest.fixture
def with_another(folder):
    """The migrations, and one more after them, which the function's SQL is for."""

    def make(statement):
        scripts = folder / "migrations"
        shutil.copytree(MIGRATIONS, scripts)
        made = scripts / "versions" / "9999_of_a_test.py"
        made.write_text(ANOTHER.format(before=head()), "utf-8")
        made.with_suffix(".sql").write_text(statement, "utf-8")
        return scripts

    return make


def test_every_migration_is_sql_that_a_linter_can_read():
    """What is done is in the .sql beside it, and nothing is done elsewhere."""
    for path in sorted((MIGRATIONS / "versions").glob("[0-9]*.py")):
        assert path.with_suffix(".sql").exists(), path.name
        tree = ast.parse(path.read_text("utf-8"))
        [upgrade] = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "upgrade"]
        done = [node for node in upgrade.body if not isinstance(node, ast.With)]
        inner = [n for w in upgrade.body if isinstance(w, ast.With) for n in w.body]
        [statement] = [*done, *inner]
        assert "exec_driver_sql" in ast.unparse(statement), path.name
        alone = path.with_suffix(".sql").read_text("utf-8").startswith("-- alone")
        assert alone == bool(inner), f"{path.name}: its two files disagree on the transaction"


def test_a_migration_that_waits_lets_others_pass_and_comes_through_in_the_end(url, with_another):
    """While somebody holds the table, readers are not queued up behind the migration for long."""
    scripts = with_another("ALTER TABLE courses ADD COLUMN of_a_test text")
    with (
        psycopg.connect(url) as holder,
        psycopg.connect(url, autocommit=True) as reader,
        ThreadPoolExecutor(1) as threads,
    ):
        holder.execute("SELECT FROM courses")  # and stays in its transaction
        migrating = threads.submit(migrate.upgrade, url, scripts=scripts, patience=QUICKLY)
        waiting = "SELECT FROM pg_locks WHERE NOT granted AND relation = 'courses'::regclass"
        until(lambda: reader.execute(waiting).fetchone() is not None, why="the migration waits")
        reader.execute("SET statement_timeout = '30s'")
        for _ in range(5):
            assert reader.execute("SELECT count(*) FROM courses").fetchone() == (0,)
        assert not migrating.done()
        holder.rollback()
        migrating.result()
        assert current(url) == "9999"


def test_a_table_that_is_never_free_is_said_to_be_and_left_as_it_was(url, with_another):
    scripts = with_another("ALTER TABLE courses ADD COLUMN of_a_test text")
    patience = migrate.Patience(lock_ms=20, attempts=2, pause=0.0)
    with psycopg.connect(url) as holder:
        holder.execute("SELECT FROM courses")
        with pytest.raises(Unavailable, match="a table that is to be changed"):
            migrate.upgrade(url, scripts=scripts, patience=patience)
    assert current(url) == head()


def test_an_index_is_made_beside_the_work_also_by_two_programs_at_once(url, with_another):
    """`CREATE INDEX CONCURRENTLY` waits for all others: so nobody may wait for it in a transaction."""
    scripts = with_another(
        "-- alone\nCREATE INDEX CONCURRENTLY ix_courses_of_a_test ON courses (name)"
    )
    begin = threading.Barrier(3)

    def upgrade():
        begin.wait()
        migrate.upgrade(url, scripts=scripts, patience=QUICKLY)

    with ThreadPoolExecutor(3) as threads:
        for done in [threads.submit(upgrade) for _ in range(3)]:
            done.result()
    with psycopg.connect(url) as connection:
        assert connection.execute(VALID).fetchone() == (True,)
    assert current(url) == "9999"


@pytest.mark.anyio
async def test_a_program_goes_on_and_starts_on_a_database_of_the_next_version(url, with_another):
    """Until the new servers stand, the old ones serve; and if they restart, they serve again."""
    migrate.upgrade(url, scripts=with_another("ALTER TABLE courses ADD COLUMN of_a_test text"))
    async with make_pool(url) as pool:
        assert await ready(pool, head=head()) is None
    settings = Settings(env=Environment.STAGING, database_url=url)
    bring_up_to_date(settings, embedded_server=False)
    migrate.upgrade(url)
    assert current(url) == "9999", "an older program takes nothing back"


def test_a_newer_database_has_what_an_older_program_needs_and_not_the_other_way_round():
    assert covers("0015", "0014")
    assert covers("0014", "0014")
    assert not covers("0013", "0014")
    assert not covers(None, "0001")
