"""`haitech serve`: how it stops, shares its folder, and what of its port it says."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time

import psycopg
import pytest

from haitech_app.testing import databases
from tests.journeys.command import call
from tests.journeys.program import as_url, is_alive, takes_connections, until

pytestmark = pytest.mark.postgres

WAITING = """
SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database
WHERE NOT granted AND datname = current_database()
"""


@pytest.mark.parametrize("how", ["SIGTERM", "SIGINT", "Ctrl-C"])
def test_told_to_stop_it_finishes_the_running_request_and_exits_with_0(start, how):
    """An orderly stop: the answer arrives, and nothing of it listens any more."""
    url = as_url(databases.new_database())
    program = start(database_url=url).ready()
    answers = []
    with program.client() as client, psycopg.connect(url) as other:
        other.execute("LOCK TABLE courses IN ACCESS EXCLUSIVE MODE")
        slow = threading.Thread(target=lambda: answers.append(client.get("/courses")))
        slow.start()
        until(lambda: other.execute(WAITING).fetchall(), why="the request waits for the table")
        if how == "Ctrl-C":  # a terminal tells the whole group, as often as somebody presses it
            for _ in range(3):
                os.killpg(program.process.pid, signal.SIGINT)
                time.sleep(0.1)
        else:
            program.process.send_signal(getattr(signal, how))
        until(lambda: not takes_connections(program.port), why="it takes no new connections")
        assert program.process.poll() is None, "it ended before its request did"
        assert not answers
        other.rollback()
        slow.join()
    [answer] = answers
    assert answer.status_code == 200
    assert answer.json()["data"] == []
    assert program.ended() == 0
    assert program.said().endswith("stopped\n")
    assert "Traceback" not in program.err.read_text()


def test_told_to_stop_while_it_starts_it_leaves_nothing_running(start):
    """SIGTERM before the first request: the database stops all the same."""
    program = start()
    postgres = until(program.database.pid, why="PostgreSQL starts")
    program.process.send_signal(signal.SIGTERM)
    assert program.ended() in {0, 128 + signal.SIGTERM}
    until(lambda: not is_alive(postgres), why="PostgreSQL is gone")
    assert "Traceback" not in program.err.read_text()


def test_two_programs_started_at_once_on_an_empty_folder_share_its_database(start, folder):
    """Whoever comes second waits for the first to make it; whoever goes last stops it, and not
    before its request is answered."""
    one, two = start(), start()
    both = [one.ready(), two.ready()]
    assert "".join(program.said() for program in both).count("first administrator") == 1
    postgres = one.database.pid()
    with one.client() as first, two.client() as second:
        made = first.post("/courses", json={"name": "Python", "category": "programming"})
        assert made.status_code == 201, made.text
        seen = second.get(f"/courses/{made.json()['data']['id']}")
        assert seen.json()["data"]["name"] == "Python"
        # a token of the one is good for the other
        assert first.get(f"{two.base}/auth/me").status_code == 200
        third = call(folder, "serve", port=two.port)
        assert (third.returncode, len(third.stderr.splitlines())) == (1, 1)
        assert one.stop() == 0
        assert is_alive(postgres)

        answers = []
        with two.database.connect() as other, other.transaction():
            other.execute("LOCK TABLE courses IN ACCESS EXCLUSIVE MODE")
            slow = threading.Thread(target=lambda: answers.append(second.get("/courses")))
            slow.start()
            until(lambda: other.execute(WAITING).fetchall(), why="the request waits for the table")
            two.process.send_signal(signal.SIGTERM)
            until(lambda: not takes_connections(two.port), why="it takes no new connections")
        slow.join()
        assert [answer.json()["pagination"]["total"] for answer in answers] == [1]
    assert two.ended() == 0
    assert not is_alive(postgres)
    assert two.database.pid() is None


def test_a_port_that_is_taken_is_said_in_a_line(folder):
    """It ends with status 1 before it starts anything."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = call(folder, "serve", "--port", str(port), port=1)
    assert ended.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert not (folder / "data").exists()
