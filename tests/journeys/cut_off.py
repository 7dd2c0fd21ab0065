"""Requests whose answers never arrive, and their retries."""

from __future__ import annotations

import json
import socket
import struct

from tests.journeys.program import until


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
