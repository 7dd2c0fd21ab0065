"""Bodies that never end do not hold a place for ever."""

from __future__ import annotations

import asyncio
import json

import pytest

from haitech_adapters.http.request_scope import RequestScope
from haitech_adapters.http.slow_bodies import Unhurried
from tests.http.kernel_school import school

pytestmark = pytest.mark.anyio
POST = {
    "type": "http",
    "asgi": {"version": "3.0"},
    "http_version": "1.1",
    "method": "POST",
    "scheme": "http",
    "path": "/pupils/act",
    "raw_path": b"/pupils/act",
    "query_string": b"",
    "root_path": "",
    "headers": [(b"host", b"x"), (b"content-type", b"application/json")],
    "client": ("192.0.2.1", 1),
    "server": ("127.0.0.1", 80),
    "state": {},
}


async def test_a_body_that_never_ends_is_refused_in_the_envelope():
    """The first byte comes, the second does not."""
    app = school()
    app.asgi_handler = RequestScope(app.asgi_handler, {}, patience=0.05)
    parts = iter([{"type": "http.request", "body": b"{", "more_body": True}])
    sent = []

    async def receive():
        try:
            return next(parts)
        except StopIteration:
            return await asyncio.Event().wait()

    async def send(message):
        sent.append(message)

    async with asyncio.timeout(20):
        await app(dict(POST), receive, send)  # type: ignore[arg-type]
    assert sent[0]["status"] == 400
    error = json.loads(sent[1]["body"])["error"]
    assert (error["code"], error["reason"]) == ("VALIDATION_ERROR", "body.too_slow")


async def test_a_whole_body_is_followed_by_whatever_comes_however_late():
    """After the body there is only word that the client left, for which nobody is in a hurry."""
    parts = iter(
        [
            {"type": "http.request", "body": b"{", "more_body": True},
            {"type": "http.request", "body": b"}"},
            {"type": "http.disconnect"},
        ]
    )

    async def receive():
        return next(parts)

    patient = Unhurried(receive, 20)
    assert [(await patient())["type"] for _ in range(3)] == [
        "http.request",
        "http.request",
        "http.disconnect",
    ]
