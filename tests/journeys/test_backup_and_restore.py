"""deploy/backup.sh and deploy/restore.sh: a school comes back as it was, or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from haitech_adapters.postgres.revisions import head
from haitech_app.testing import databases
from tests.journeys.command import call
from tests.journeys.legacy_files import REAL
from tests.journeys.program import EMAIL, PASSWORD, as_url, environment
from tests.postgres.client_programs import folder_of_programs

pytestmark = pytest.mark.postgres

SCRIPTS = Path(__file__).resolve().parents[2] / "deploy"
SECRET = "a secret key of the tests, long enough"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


def run(folder, script, argument, url, **settings):
    known = environment(folder, database_url=url, **settings)
    return subprocess.run(
        ["bash", SCRIPTS / script, argument],
        env={**known, "PG_BIN": str(folder_of_programs())},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def backed_up(folder, url):
    """The copy of the database, and what is noted beside it."""
    done = run(folder, "backup.sh", folder / "copies", url)
    assert done.returncode == 0, done.stderr
    [dump] = (folder / "copies").glob("*.dump")
    assert done.stdout == dump.with_suffix(".json").read_text("utf-8")
    return dump, json.loads(done.stdout)


def everything(url):
    """The rows of every table and their checksum, counted without the scripts."""
    found = {}
    with psycopg.connect(url) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for (name,) in connection.execute(TABLES).fetchall():
            rows = connection.execute(
                sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(name))
            ).fetchall()
            whole = "\n".join(sorted(row for (row,) in rows))
            found[name] = (len(rows), hashlib.sha256(whole.encode()).hexdigest())
    return found


@pytest.fixture
def school():
    """The URL of a school that has an audit log."""
    url = as_url(databases.new_database())
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO branches (id, created_at, updated_at, version, name, type, is_active)"
            " VALUES (gen_random_uuid(), now(), now(), 1, 'אולם', 'school', true)"
        )
    return url


@pytest.fixture
def empty():
    return as_url(databases.new_database(migrated=False))


@pytest.mark.skipif(
    not (REAL / "legacy_cycles.csv").exists(),
    reason="the export of a real school is not beside the project (../shared/data/legacy)",
)
def test_a_real_school_comes_back_with_every_row_and_an_audit_log_that_holds(folder, empty):
    url = as_url(databases.new_database())
    known = {"secret_key": SECRET, "admin_password": PASSWORD}
    files = ("--cycles", REAL / "legacy_cycles.csv", "--meetings", REAL / "legacy_meetings.csv")
    assert (
        call(folder, "import", "legacy", *map(str, files), database_url=url, **known).returncode
        == 0
    )
    made = call(folder, "admin", "create", "--email", EMAIL, database_url=url, **known)
    assert made.returncode == 0
    seal = call(folder, "audit", "verify", database_url=url, **known).stdout.split()[-1]

    dump, noted = backed_up(folder, url)
    assert noted["contents"]["head"] == seal
    before = everything(url)
    assert {name: table["rows"] for name, table in noted["contents"]["tables"].items()} == {
        name: rows for name, (rows, _) in before.items()
    }
    assert before["meetings"][0] > 1_000

    done = run(folder, "restore.sh", dump, empty)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == f"now: haitech audit verify --expect {seal}"
    assert everything(empty) == before
    verified = call(folder, "audit", "verify", "--expect", seal, database_url=empty, **known)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert call(folder, "migrate", database_url=empty).stdout == f"database: {head()} -> {head()}\n"


def test_what_is_not_the_file_that_was_made_is_not_restored(folder, school, empty):
    dump, _ = backed_up(folder, school)
    dump.write_bytes(dump.read_bytes()[:-1] + b"x")
    refused = run(folder, "restore.sh", dump, empty)
    assert refused.returncode == 1
    assert "is not the file that was made" in refused.stderr
    assert everything(empty) == {}


def test_a_database_with_something_in_it_is_not_restored_into(folder, school):
    dump, _ = backed_up(folder, school)
    before = everything(school)
    refused = run(folder, "restore.sh", dump, school)
    assert refused.returncode == 1
    assert "restore into an empty one" in refused.stderr
    assert everything(school) == before


def test_one_row_that_is_not_what_was_noted_is_told(folder, school, empty):
    """The note is of the moment of the copy: here it is made to be of another."""
    dump, noted = backed_up(folder, school)
    said = dump.with_suffix(".json")
    right = noted["contents"]["tables"]["branches"]["sum"]
    said.write_text(said.read_text("utf-8").replace(right, "1"), "utf-8")
    refused = run(folder, "restore.sh", dump, empty)
    assert refused.returncode == 1
    assert "what was restored is not what was noted" in refused.stderr


def test_a_database_that_does_not_answer_leaves_no_copy(folder):
    done = run(folder, "backup.sh", folder / "copies", "postgresql://nobody@127.0.0.1:1/nothing")
    assert done.returncode != 0
    assert list((folder / "copies").iterdir()) == []


def test_copies_that_are_too_old_go_when_there_is_a_new_one(folder, school):
    copies = folder / "copies"
    copies.mkdir()
    long_ago = [copies / f"haitech-2020-01-01T000000Z.{kind}" for kind in ("dump", "json")]
    others = [copies / "haitech-notes.txt", copies / "another-2020-01-01T000000Z.dump"]
    for path in (*long_ago, *others):
        path.write_text("old")
        os.utime(path, (1_577_836_800, 1_577_836_800))
    done = run(folder, "backup.sh", copies, school, backup_days=30)
    assert done.returncode == 0, done.stderr
    assert [path for path in (*long_ago, *others) if path.exists()] == others
    assert len(list(copies.glob("*.dump"))) == 2
