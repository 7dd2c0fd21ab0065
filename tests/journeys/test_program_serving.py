"""`haitech serve` in a folder of its own: start, answer, stop, share, and survive a kill."""

from __future__ import annotations

import os
import re
import signal
import socket
import threading
import time

import pytest

from tests.journeys.program import EMAIL, PASSWORD, is_alive, programs, run, until

pytestmark = pytest.mark.postgres


@pytest.fixture
def start(tmp_path):
    with programs(tmp_path) as starts:
        yield starts


def test_serves_from_nothing_logs_in_and_says_its_generated_password_once(start, tmp_path):
    """On a bare machine: database, migrations, first admin with a password that is shown once."""
    program = start(admin_email=None, admin_password=None).ready()
    assert program.get("/health").json()["data"]["status"] == "ok"
    assert program.get("/health/ready").json()["data"]["checks"] == {"database": "ok"}
    assert program.get("/meta/schema").json()["openapi"].startswith("3.1")
    [(email, password)] = re.findall(r"first administrator: (\S+), password (\S+)", program.said())
    with program.client(email, password) as client:
        assert client.get("/auth/me").json()["data"]["role"] == "admin"
        wrong = client.post("/auth/login", json={"email": email, "password": password + "x"})
        assert wrong.status_code == 401
    postgres = program.database.pid()
    assert program.stop() == 0
    assert not is_alive(postgres)
    assert program.said().endswith("stopped\n")
    assert password not in program.err.read_text()

    again = start(admin_email=None, admin_password=None).ready()
    with again.client(email, password) as client:
        assert client.get("/auth/me").json()["data"]["email"] == email
    assert again.stop() == 0
    assert "administrator" not in again.said()
    assert "password" not in again.said()
    kept = [p for p in (tmp_path / "data").iterdir() if p.is_file()]
    assert kept, "the secret for signing is kept"
    for file in kept:
        assert password not in file.read_text()
        assert file.stat().st_mode & 0o077 == 0, f"{file.name} can be read by others"


def test_it_logs_lines_of_json_with_actor_and_route_and_no_secret(start):
    """The log says id, method, template, status, milliseconds and who; secrets are never said."""
    program = start().ready()
    with program.client() as client:
        client.get("/courses", headers={"x-request-id": "journey-1"})
        client.get("/courses/0190aaaa-0000-7000-8000-000000000001")
        me = client.get("/auth/me").json()["data"]
        token = client.headers["authorization"].split()[1]
    assert me["email"] == EMAIL
    assert program.stop() == 0
    assert f"first administrator: {EMAIL}, the password that was set" in program.said()
    everything = program.said() + program.err.read_text()
    assert PASSWORD not in everything
    assert token not in everything
    requests = [line for line in program.logged() if line.get("event") == "request"]
    [listed] = [line for line in requests if line["request_id"] == "journey-1"]
    assert (listed["method"], listed["route"], listed["status"]) == ("GET", "/api/v1/courses", 200)
    assert listed["actor"] == f"user:{me['id']}"
    assert isinstance(listed["ms"], float)
    missing = [line["route"] for line in requests if line["status"] == 404]
    assert missing[0].startswith("/api/v1/courses/{")


@pytest.mark.parametrize("how", ["SIGTERM", "SIGINT", "Ctrl-C"])
def test_told_to_stop_it_finishes_the_running_request_and_stops_its_database(start, how):
    """An orderly stop: the answer arrives, the exit status is 0, nothing is left running."""
    program = start().ready()
    answers = []
    with program.client() as client, program.database.connect() as other:
        postgres = program.database.pid()
        other.execute("BEGIN")
        other.execute("LOCK TABLE courses IN ACCESS EXCLUSIVE MODE")
        slow = threading.Thread(target=lambda: answers.append(client.get("/courses")))
        slow.start()
        waiting = "SELECT pid FROM pg_locks WHERE NOT granted"
        until(lambda: other.execute(waiting).fetchall(), why="the request waits for the table")
        if how == "Ctrl-C":  # a terminal tells the whole group, as often as somebody presses it
            for _ in range(3):
                os.killpg(program.process.pid, signal.SIGINT)
                time.sleep(0.1)
        else:
            program.process.send_signal(getattr(signal, how))
        until(lambda: not takes_connections(program.port), why="it takes no new connections")
        assert program.process.poll() is None, "it ended before its request did"
        assert not answers
        other.execute("ROLLBACK")
        slow.join()
    [answer] = answers
    assert answer.status_code == 200
    assert answer.json()["data"] == []
    assert program.ended() == 0
    assert not is_alive(postgres)
    assert program.database.pid() is None
    assert program.said().endswith("stopped\n")
    assert "Traceback" not in program.err.read_text()


def takes_connections(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_told_to_stop_while_it_starts_it_leaves_nothing_running(start):
    """SIGTERM before the first request: the database stops all the same."""
    program = start()
    postgres = until(program.database.pid, why="PostgreSQL starts")
    program.process.send_signal(signal.SIGTERM)
    assert program.ended() in {0, 128 + signal.SIGTERM}
    until(lambda: not is_alive(postgres), why="PostgreSQL is gone")
    assert "Traceback" not in program.err.read_text()


def test_two_programs_on_one_folder_share_its_database_and_the_last_one_stops_it(start, tmp_path):
    """A second `serve` on the same data directory and another port shares the database."""
    one = start().ready()
    two = start().ready()
    assert one.port != two.port
    postgres = one.database.pid()
    with one.client() as first, two.client() as second:
        made = first.post("/courses", json={"name": "Python", "category": "programming"})
        assert made.status_code == 201, made.text
        seen = second.get(f"/courses/{made.json()['data']['id']}")
        assert seen.json()["data"]["name"] == "Python"
        # a token of the one is good for the other
        assert first.get(f"{two.base}/auth/me").status_code == 200
        third = run(tmp_path, "serve", port=two.port)
        assert (third.returncode, len(third.stderr.splitlines())) == (1, 1)
        assert one.stop() == 0
        assert is_alive(postgres)
        assert second.get("/courses").json()["pagination"]["total"] == 1
    assert two.stop() == 0
    assert not is_alive(postgres)


def test_two_programs_started_at_once_on_an_empty_folder_both_serve(start):
    """Whoever comes second waits for the first to make the database."""
    both = [start(), start()]
    for program in both:
        program.ready()
    said = "".join(program.said() for program in both)
    assert said.count("first administrator") == 1
    postgres = both[0].database.pid()
    assert [program.stop() for program in both] == [0, 0]
    assert not is_alive(postgres)


def test_a_port_that_is_taken_is_said_in_a_line(start, tmp_path):
    """It ends with status 1 before it starts anything."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = run(tmp_path, "serve", "--port", str(port), port=1)
    assert ended.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert not (tmp_path / "data" / "postgres").exists()


def test_after_a_kill_it_starts_again_with_everything_that_was_answered(start):
    """kill -9 loses nothing that was answered, and leaves nothing in the way of the next start."""
    program = start().ready()
    with program.client() as client:
        made = client.post("/courses", json={"name": "Python", "category": "programming"})
    program.process.kill()
    program.process.wait()
    until(
        lambda: not takes_connections(program.port),
        why="no process of the killed program listens any more",
        patience=10,
    )
    again = start(port=program.port).ready()
    postgres = again.database.pid()
    with again.client() as client:
        found = client.get(f"/courses/{made.json()['data']['id']}")
        assert found.json()["data"]["name"] == "Python"
    assert again.stop() == 0
    assert not is_alive(postgres)


def test_when_its_database_is_killed_it_says_503_stops_in_order_and_starts_again(start):
    """While PostgreSQL is gone the program lives and says that it is not ready; never a 500."""
    program = start().ready()
    with program.client() as client:
        client.post("/courses", json={"name": "Python", "category": "programming"})
        postgres = program.database.pid()
        os.kill(postgres, signal.SIGKILL)
        until(lambda: not is_alive(postgres), why="PostgreSQL is gone")
        assert client.get("/courses").status_code == 503
        assert program.get("/health").status_code == 200
        assert program.get("/health/ready").status_code == 503
    assert program.stop() == 0
    again = start().ready()
    with again.client() as client:
        assert client.get("/courses").json()["pagination"]["total"] == 1
    assert again.stop() == 0
