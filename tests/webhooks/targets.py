"""Targets on this machine, good and bad, and parcels for them."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from decimal import Decimal
from ipaddress import ip_address
from typing import Any
from uuid import UUID

import attrs

from haitech_adapters.webhooks import HttpCourier
from haitech_domain.ids import DeliveryId
from haitech_domain.ports import Parcel

AT = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
SECRET = "o" * 39 + "1"
OLD_SECRET = "n" * 39 + "0"
EVENT = "evt_0123456789abcdef0123456789abcdef"
CONTENT = {
    "id": EVENT,
    "type": "meeting.completed",
    "timestamp": "2026-11-25T12:00:00Z",
    "data": {"meetingId": "m", "topic": "רובוטיקה — מתקדמים", "revenue": Decimal("1250.50")},
}
NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Whom most tests trust: it takes a while to read the usual list."""
OK = b"HTTP/1.1 204 No Content\r\n\r\n"


def now() -> datetime:
    """This very moment."""
    return datetime.now(UTC)


def parcel(url: str, **changes: Any) -> Parcel:
    """An event on its way to an address."""
    facts = {
        "headers": {},
        "delivery": DeliveryId(UUID(int=7)),
        "event_name": EVENT,
        "event_type": "meeting.completed",
        "content": CONTENT,
        "secret": SECRET,
        **changes,
    }
    return Parcel(url=url, **facts)


def answer(status: str, body: bytes = b"", **headers: str) -> bytes:
    """An answer as it goes over the wire."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


@attrs.frozen
class Received:
    """A request as it came."""

    line: str
    headers: Mapping[str, str]
    body: bytes


Behaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]


@attrs.define
class Target:
    """A server that keeps what it gets: connections, then requests."""

    behave: Behaviour
    greeting: bytes = b""
    host: str = "127.0.0.1"
    port: int = 0
    connections: int = 0
    requests: list[Received] = attrs.field(factory=list)
    served_as: list[str | None] = attrs.field(factory=list)
    _over: bool = False
    _writers: list[asyncio.StreamWriter] = attrs.field(factory=list)
    _tasks: set[asyncio.Task[None]] = attrs.field(factory=set)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}/hook"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.greeting:
            await and_hang_up(self.greeting)(writer)
            return
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
                pairs = (line.partition(": ") for line in head[1:] if line)
                headers = {name: value for name, _, value in pairs}
                lower = {name.lower(): value for name, value in headers.items()}
                body = await reader.readexactly(int(lower["content-length"]))
                self.requests.append(Received(head[0], headers, body))
                await self.behave(writer)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve it in a task of its own; one that comes when all is over is not let in."""
        if self._over:
            writer.transport.abort()
            return
        self._writers.append(writer)
        self._tasks.add(asyncio.ensure_future(self.serve(reader, writer)))

    async def hang_up(self) -> None:
        self._over = True
        for writer in self._writers:
            writer.transport.abort()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def target(
    behave: Behaviour | bytes = OK, *, greeting: bytes = b"", tls: ssl.SSLContext | None = None
) -> AsyncIterator[Target]:
    """A target that answers so; without it, as one that is content. One that greets, greets alone."""
    made = Target(answering(behave) if isinstance(behave, bytes) else behave, greeting)
    server = await asyncio.start_server(made.accept, made.host, 0, ssl=tls, limit=2**20)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await made.hang_up()


def answering(*parts: bytes) -> Behaviour:
    """Give these answers in turn, the last one for ever."""
    left = list(parts)

    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(left.pop(0) if len(left) > 1 else left[0])
        await writer.drain()

    return behave


def and_hang_up(said: bytes) -> Behaviour:
    """Say so much, and close."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    return behave


async def hanging(_: asyncio.StreamWriter) -> None:
    """Say nothing."""
    await asyncio.Event().wait()


def dripping(said: bytes) -> Behaviour:
    """Say so much, and then a byte at a time without an end."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    return behave


async def endless(writer: asyncio.StreamWriter) -> None:
    """Answer with more than anybody wants."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"y" * 16_384)
        await writer.drain()


def resetting(said: bytes = b"") -> Behaviour:
    """Say so much, and break the connection."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        if said:
            writer.write(said)
            await writer.drain()
        raw = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return behave


@asynccontextmanager
async def deaf() -> AsyncIterator[tuple[str, int]]:
    """A server that takes no connection out of its queue, which is full: even the handshake waits."""
    loop = asyncio.get_running_loop()
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        place = server.getsockname()
        queued = [socket.socket() for _ in range(8)]
        for one in queued:
            one.setblocking(False)
        waiting = [asyncio.ensure_future(loop.sock_connect(one, place)) for one in queued]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        try:
            yield place
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            for one in queued:
                one.close()


class Names:
    """A look-up that knows what it was told: for each question the next answer, the last for ever.

    An answer has all the addresses of the host.
    """

    def __init__(self, known: Mapping[str, Sequence[str]]) -> None:
        self._known = {host: list(answers) for host, answers in known.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str) -> tuple[Any, ...]:
        self.asked.append(host)
        answers = self._known[host]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return tuple(ip_address(one) for one in found.split())


@asynccontextmanager
async def courier(*allowed: str, **options: Any) -> AsyncIterator[HttpCourier]:
    """A courier that is impatient, and closed at the end."""
    quick = {"seconds": 10.0, "pause": 0.0, "trust": NOBODY}
    made = HttpCourier(frozenset(allowed), **{**quick, **options})
    try:
        yield made
    finally:
        await made.aclose()


def closed_port() -> int:
    """One on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
