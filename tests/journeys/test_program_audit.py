"""`haitech audit verify`: what it finds, says and ends with."""

from __future__ import annotations

import asyncio
import json

import psycopg
import pytest

from haitech_adapters.postgres import Anchor
from haitech_app.container import Container
from haitech_app.settings import Settings
from haitech_app.testing import databases
from tests.journeys.command import call
from tests.journeys.program import EMAIL, PASSWORD, as_url, run
from tests.postgres.unguarded import unguarded

pytestmark = pytest.mark.postgres

SECRET = "a secret key of the tests, long enough"
VERIFY = ("audit", "verify")


@pytest.fixture
def url():
    return as_url(databases.new_database())


def administrator(url, email=EMAIL):
    """A row of the log, as any process of the school writes it."""

    async def make():
        container = Container(
            settings=Settings(database_url=url, secret_key=SECRET, jwt_secret=SECRET)
        )
        async with container.pool():
            await container.verbs().create_admin(email=email, password=PASSWORD)

    asyncio.run(make())


def verify(folder, url, *options, how=call, secret_key=SECRET):
    return how(folder, *VERIFY, *options, database_url=url, secret_key=secret_key)


def behind_its_back(url, statement):
    with psycopg.connect(url) as connection, unguarded(connection):
        connection.execute(statement)


def test_it_seals_what_is_new_and_says_that_nothing_is_wrong(folder, url):
    administrator(url)
    done = verify(folder, url, how=run)
    assert done.returncode == 0, done.stderr[-500:]
    summary, head = done.stdout.splitlines()
    assert summary == "1 sealed rows, 0 new ones: nothing wrong"
    assert head.startswith("head 1:")
    administrator(url, "other@school.example")
    again = verify(folder, url, "--expect", head.removeprefix("head "))
    assert (again.returncode, again.stdout.splitlines()[0]) == (
        0,
        "2 sealed rows, 0 new ones: nothing wrong",
    )


def test_it_names_what_was_edited_and_ends_with_status_1(folder, url):
    for name in ("first", "second", "third"):
        administrator(url, f"{name}@school.example")
    assert verify(folder, url).returncode == 0
    behind_its_back(url, "UPDATE audit_log SET action = 'update' WHERE position = 1")
    behind_its_back(url, "DELETE FROM audit_log WHERE position = 3")
    said = verify(folder, url, how=run)
    assert said.returncode == 1
    lines = said.stdout.splitlines()
    assert lines[0].startswith("row 1 (user ")
    assert lines[0].endswith(": changed")
    assert lines[1].startswith("row 3 (user ")
    assert lines[1].endswith(": removed")
    assert lines[2] == "3 sealed rows, 0 new ones: 2 found"

    told = verify(folder, url, "--json")
    assert told.returncode == 1
    report = json.loads(told.stdout)
    changed, removed = report.pop("findings")
    assert report.pop("head").startswith("3:")
    assert report == {"ok": False, "sealed": 3, "unsealed": 0}
    assert (changed["what"], changed["position"], changed["entity"]) == ("changed", 1, "user")
    assert {"id", "entityId", "seal"} <= set(changed)
    assert (removed["what"], removed["position"]) == ("removed", 3)
    assert "id" not in removed


def test_the_newest_rows_removed_with_their_seals_are_missed(folder, url):
    for name in ("first", "second"):
        administrator(url, f"{name}@school.example")
    assert verify(folder, url).returncode == 0
    behind_its_back(url, "DELETE FROM audit_log WHERE position = 2")
    behind_its_back(url, "DELETE FROM audit_seals WHERE position = 2")
    said = verify(folder, url)
    assert said.returncode == 1
    assert "number 2, the last one over row 2" in said.stdout


def test_another_secret_is_said_to_be_one(folder, url):
    administrator(url)
    assert verify(folder, url).returncode == 0
    other = verify(folder, url, secret_key="another secret key of the tests, long")
    assert other.returncode == 1
    assert "HAITECH_SECRET_KEY" in other.stderr
    assert "Traceback" not in other.stderr
    assert verify(folder, url).returncode == 0


@pytest.mark.parametrize("anchor", ["x", "1", "1:xyz", "-1:00", ":", "9" * 30 + ":00"])
def test_what_is_no_head_is_none(anchor):
    with pytest.raises(ValueError, match="head"):
        Anchor.of(anchor)


def test_what_is_no_head_is_refused_before_anything_is_started(folder):
    refused = call(folder, *VERIFY, "--expect", "1:xyz")
    assert refused.returncode == 2
    assert "--expect" in refused.stderr
    assert not (folder / "data").exists()


def test_a_log_that_was_wholly_erased_is_named(folder, url):
    administrator(url)
    assert verify(folder, url).returncode == 0
    for erase in ("DELETE FROM audit_seals", "DELETE FROM audit_log", "DELETE FROM audit_head"):
        behind_its_back(url, erase)
    for _ in range(2):  # naming it repairs nothing
        said = verify(folder, url)
        assert said.returncode == 1
        assert said.stdout.splitlines() == [
            "head removed",
            "0 sealed rows, 0 new ones: 1 found",
        ]
        assert "nothing was sealed: the audit log is gone" in said.stderr


@pytest.mark.parametrize("env", [None, "demo"])
def test_where_there_is_no_database_none_is_made(folder, env):
    refused = call(folder, *VERIFY, env=env)
    assert refused.returncode == 2
    [line] = refused.stderr.splitlines()
    where = folder / "data" / "demo" if env else folder / "data"
    assert line.startswith(f"there is no database in {where / 'postgres'}: ")
    assert not refused.stdout
    assert not (folder / "data").exists()


def test_a_database_with_nothing_in_it_is_refused_and_left_so(folder):
    url = as_url(databases.new_database(migrated=False))
    refused = verify(folder, url)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "the database is empty" in refused.stderr
    with psycopg.connect(url) as connection:
        tables = "SELECT FROM pg_tables WHERE schemaname = 'public'"
        assert connection.execute(tables).fetchall() == []
