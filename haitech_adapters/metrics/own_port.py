"""A port for those who watch: `/metrics`, and `/health` for probes, apart from the API.

A worker has no other; a server's keeps what is counted off the port that the world reaches. It
speaks as much HTTP as Prometheus and probes need.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final, TypeAlias

import attrs
import msgspec
import structlog

from haitech_adapters.metrics.page import TEXT, MetricsPage
from haitech_domain.ports import Unauthenticated

PATIENCE: Final = 10.0
"""Seconds that a connection has, from its first byte to its last."""
LONGEST: Final = 16 * 1024
"""Bytes of a request's head."""
JSON: Final = "application/json"

Checks: TypeAlias = Mapping[str, Callable[[], Awaitable[str | None]]]
"""What must hold, by name: each says why not, or None."""

log = structlog.get_logger("haitech.metrics")


@attrs.frozen(kw_only=True)
class _Port:
    page: MetricsPage
    checks: Checks
    _serving: set[asyncio.Task[None]] = attrs.field(factory=set, init=False)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve it in a task of its own; it is closed also when that was ended before it began."""

        def close(ended: asyncio.Task[None]) -> None:
            self._serving.discard(ended)
            writer.close()

        serving = asyncio.ensure_future(self.serve(reader, writer))
        self._serving.add(serving)
        serving.add_done_callback(close)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: one question, one answer."""
        try:
            async with asyncio.timeout(PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
                status, media, body = await self._answer(head.decode("latin-1"))
                writer.write(_written(status, media, body, alone=head[:5] == b"HEAD "))
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            log.debug("a connection was given up")
        except Exception:
            log.exception("the page could not be made")

    async def _answer(self, head: str) -> tuple[HTTPStatus, str, bytes]:
        line, *headers = head.split("\r\n")
        method, _, rest = line.partition(" ")
        path = rest.partition(" ")[0].partition("?")[0]
        if method not in {"GET", "HEAD"}:
            return HTTPStatus.METHOD_NOT_ALLOWED, JSON, b"{}"
        if path == "/metrics":
            return await self._metrics(headers)
        if path == "/health/live":
            return HTTPStatus.OK, JSON, _said("ok")
        if path in {"/health", "/health/ready"}:
            answers = {name: await check() or "ok" for name, check in self.checks.items()}
            if all(answer == "ok" for answer in answers.values()):
                return HTTPStatus.OK, JSON, _said("ok", answers)
            return HTTPStatus.SERVICE_UNAVAILABLE, JSON, _said("not ready", answers)
        return HTTPStatus.NOT_FOUND, JSON, b"{}"

    async def _metrics(self, headers: list[str]) -> tuple[HTTPStatus, str, bytes]:
        named = (header.partition(":") for header in headers)
        given = {name.strip().lower(): value.strip() for name, _, value in named}
        try:
            self.page.must_open(given.get("authorization"), own_port=True)
        except Unauthenticated as refused:
            return HTTPStatus.UNAUTHORIZED, JSON, _said(refused.message)
        return HTTPStatus.OK, TEXT, await self.page.text()


def _said(status: str, checks: Mapping[str, str] | None = None) -> bytes:
    return msgspec.json.encode({"status": status, "checks": dict(checks or {})})


def _written(status: HTTPStatus, media: str, body: bytes, *, alone: bool) -> bytes:
    """An answer; `alone` without its body."""
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        f"Content-Type: {media}",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Connection: close",
    ]
    if status is HTTPStatus.UNAUTHORIZED:
        lines.append("WWW-Authenticate: Bearer")
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    return head if alone else head + body


@asynccontextmanager
async def own_port(
    page: MetricsPage, checks: Checks, *, host: str, port: int | None
) -> AsyncIterator[None]:
    """Answer there for as long as the context lasts; without a port, nowhere.

    Several processes may listen there together: each answers for all (`together.py`).

    :raises OSError: it cannot be had
    """
    if port is None:
        yield
        return
    server = await asyncio.start_server(
        _Port(page=page, checks=checks).accept, host, port, limit=LONGEST, reuse_port=True
    )
    try:
        yield
    finally:
        server.close()
        await server.wait_closed()
