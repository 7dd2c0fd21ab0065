"""`haitech serve` in one folder, from nothing through every way of being killed to an orderly end."""

from __future__ import annotations

import os
import re
import signal
import time

import attrs
import pytest

from tests.journeys.cut_off import kill, retried, sent
from tests.journeys.program import Program, is_alive, takes_connections, until

pytestmark = pytest.mark.postgres

NOBODY_SET = {"admin_email": None, "admin_password": None}
COURSE = {"name": "Python", "category": "programming"}
KILLED = {"name": "killed", "category": "ai"}
PAUSES = (0.0, 0.001, 0.002, 0.004, 0.008, 0.016)
"""Seconds between the request and the end of its connection."""


@attrs.define
class Story:
    """The program as it runs now, whoever may log in, and what was answered before."""

    program: Program
    email: str
    password: str
    course: str = ""

    def client(self):
        return self.program.client(self.email, self.password)


def it_says_a_generated_password_once_and_is_ready(program):
    """On a bare machine: database, migrations, first admin with a password that is shown once."""
    assert program.get("/health").json()["data"]["status"] == "ok"
    assert program.get("/health/ready").json()["data"]["checks"] == {
        "database": "ok",
        "queue": "ok",
    }
    assert program.get("/meta/schema").json()["openapi"].startswith("3.1")
    [(email, password)] = re.findall(r"first administrator: (\S+), password (\S+)", program.said())
    story = Story(program, email, password)
    with story.client() as client:
        assert client.get("/auth/me").json()["data"]["role"] == "admin"
        wrong = client.post("/auth/login", json={"email": email, "password": password + "x"})
        assert wrong.status_code == 401
        story.course = client.post("/courses", json=COURSE).json()["data"]["id"]
    return story


def it_logs_lines_of_json_with_actor_and_route_and_no_secret(story):
    """The log says id, method, template, status, milliseconds and who; secrets are never said."""
    with story.client() as client:
        client.get("/courses", headers={"x-request-id": "journey-1"})
        client.get("/courses/0190aaaa-0000-7000-8000-000000000001")
        me = client.get("/auth/me").json()["data"]
        token = client.headers["authorization"].split()[1]
    requests = [line for line in story.program.logged() if line.get("event") == "request"]
    [listed] = [line for line in requests if line["request_id"] == "journey-1"]
    assert (listed["method"], listed["route"], listed["status"]) == ("GET", "/api/v1/courses", 200)
    assert listed["actor"] == f"user:{me['id']}"
    assert isinstance(listed["ms"], float)
    [missing] = [line["route"] for line in requests if line["status"] == 404]
    assert missing.startswith("/api/v1/courses/{")
    logged = story.program.err.read_text()
    assert story.password not in logged
    assert token not in story.program.said() + logged


def after_a_kill_nothing_of_it_listens_any_more(story):
    """kill -9 of the program itself: its other processes see it and go."""
    story.program.process.kill()
    story.program.process.wait()
    until(
        lambda: not takes_connections(story.program.port),
        why="no process of the killed program listens any more",
    )


def everything_that_was_answered_is_there(story):
    with story.client() as client:
        found = client.get(f"/courses/{story.course}")
        assert found.json()["data"]["name"] == COURSE["name"]
        assert client.get("/auth/me").json()["data"]["email"] == story.email
    assert "administrator" not in story.program.said()
    assert "password" not in story.program.said()


def a_retry_after_a_killed_connection_does_it_once(story):
    """However long after the request its connection ends."""
    with story.client() as client:
        token = client.headers["authorization"]
        for n, pause in enumerate(PAUSES):
            body = {"name": f"cut off {n}", "category": "programming"}
            connection = sent(story.program, token, f"cut-{n}", body)
            time.sleep(pause)
            kill(connection)
            answer = retried(client, f"cut-{n}", body)
            assert answer.status_code == 201
            again = retried(client, f"cut-{n}", body)
            assert again.content == answer.content
            assert again.headers["idempotency-replayed"] == "true"
        found = client.get("/courses", params={"limit": 100, "search": "cut off"}).json()["data"]
        assert sorted(c["name"] for c in found) == [f"cut off {n}" for n in range(len(PAUSES))]


def all_of_it_is_killed_between_the_work_and_the_answer(story):
    """kill -9 of every process of the program, once the work of a request is committed."""
    with story.client() as client:
        connection = sent(story.program, client.headers["authorization"], "killed", KILLED)
    with story.program.database.connect() as other:
        made = "SELECT count(*) FROM courses WHERE name = 'killed'"
        until(lambda: other.execute(made).fetchone() == (1,), why="the work is committed")
    os.killpg(story.program.process.pid, signal.SIGKILL)
    connection.close()
    story.program.ended()


def the_retry_finds_it_done(story):
    with story.client() as client:
        answer = retried(client, "killed", KILLED)
        assert (answer.status_code, answer.headers["idempotency-replayed"]) == (201, "true")
        found = client.get("/courses", params={"search": "killed"}).json()["data"]
        assert [c["id"] for c in found] == [answer.json()["data"]["id"]]


def its_database_is_killed_and_comes_back(story):
    """Refused are 503 meanwhile, never 500; the program lives, and stops in order amid it all."""
    program = story.program
    postgres = program.database.pid()
    with story.client() as client:
        os.kill(postgres, signal.SIGKILL)
        seen = []

        def found_again():
            assert program.get("/health").status_code == 200
            seen.append(client.get("/courses").status_code)
            return seen[-1] == 200

        until(found_again, why="the database is there again")
        assert set(seen) <= {200, 503}
        until(lambda: "runs again" in program.said(), why="it is said")
    again = program.database.pid()
    assert again != postgres
    os.kill(again, signal.SIGKILL)
    until(lambda: not is_alive(again), why="PostgreSQL is gone")
    assert program.stop() == 0
    left = program.database.pid()
    assert left is None or not is_alive(left)


def it_stops_in_order_and_leaves_its_secrets_to_nobody_else(story):
    postgres = story.program.database.pid()
    assert story.program.stop() == 0
    assert not is_alive(postgres)
    assert story.program.said().endswith("stopped\n")
    kept = [path for path in story.program.data.iterdir() if path.is_file()]
    assert kept, "the secret for signing is kept"
    for file in kept:
        assert story.password not in file.read_text()
        assert file.stat().st_mode & 0o077 == 0, f"{file.name} can be read by others"


def test_it_serves_from_nothing_and_loses_nothing_by_being_killed(start):
    """Four starts on one folder: from nothing, and after each way of being killed."""
    program = start(**NOBODY_SET).ready()
    story = it_says_a_generated_password_once_and_is_ready(program)
    it_logs_lines_of_json_with_actor_and_route_and_no_secret(story)
    after_a_kill_nothing_of_it_listens_any_more(story)

    story.program = start(port=program.port, **NOBODY_SET).ready()
    everything_that_was_answered_is_there(story)
    a_retry_after_a_killed_connection_does_it_once(story)
    all_of_it_is_killed_between_the_work_and_the_answer(story)

    story.program = start(**NOBODY_SET).ready()
    the_retry_finds_it_done(story)
    its_database_is_killed_and_comes_back(story)

    story.program = start(**NOBODY_SET).ready()
    everything_that_was_answered_is_there(story)
    it_stops_in_order_and_leaves_its_secrets_to_nobody_else(story)
