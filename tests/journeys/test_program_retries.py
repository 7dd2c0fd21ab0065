"""A retry after a killed connection, or after a killed server, does it once."""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import time

import pytest

from tests.journeys.program import programs, until

pytestmark = pytest.mark.postgres

PAUSES = (0.0, 0.001, 0.002, 0.004, 0.008, 0.016)


@pytest.fixture
def start(tmp_path):
    with programs(tmp_path) as starts:
        yield starts


def sent(program, token, key, body):
    """A connection on which the whole request was sent, and nothing was read."""
    raw = json.dumps(body).encode()
    head = (
        "POST /api/v1/courses HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: {token}\r\nIdempotency-Key: {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n"
    )
    connection = socket.create_connection(("127.0.0.1", program.port), 10)
    connection.sendall(head.encode() + raw)
    return connection


def kill(connection):
    """End a connection without a word: the other side gets a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def retried(client, key, body):
    """The answer in the end, however often the first try is still running."""

    def answered():
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        answer = client.post("/courses", content=json.dumps(body), headers=headers)
        if answer.status_code == 409:
            assert answer.json()["error"]["reason"] == "idempotency.in_progress"
            return None
        return answer

    return until(answered, why="the first try is over")


def test_a_retry_after_a_killed_connection_or_server_does_it_once(start):
    program = start().ready()
    with program.client() as client:
        token = client.headers["authorization"]
        for n, pause in enumerate(PAUSES):
            body = {"name": f"cut off {n}", "category": "programming"}
            connection = sent(program, token, f"cut-{n}", body)
            time.sleep(pause)
            kill(connection)
            answer = retried(client, f"cut-{n}", body)
            assert answer.status_code == 201
            again = retried(client, f"cut-{n}", body)
            assert (again.content, again.headers["idempotency-replayed"]) == (
                answer.content,
                "true",
            )
        found = client.get("/courses", params={"limit": 100, "search": "cut off"}).json()["data"]
        assert sorted(c["name"] for c in found) == [f"cut off {n}" for n in range(len(PAUSES))]

    body = {"name": "killed", "category": "ai"}
    connection = sent(program, token, "killed", body)
    with program.database.connect() as other:
        made = "SELECT count(*) FROM courses WHERE name = 'killed'"
        until(lambda: other.execute(made).fetchone() == (1,), why="the work is committed")
    os.killpg(program.process.pid, signal.SIGKILL)
    connection.close()
    program.ended()
    back = start().ready()
    with back.client() as client:
        answer = retried(client, "killed", body)
        assert (answer.status_code, answer.headers["idempotency-replayed"]) == (201, "true")
        found = client.get("/courses", params={"search": "killed"}).json()["data"]
        assert [c["id"] for c in found] == [answer.json()["data"]["id"]]
