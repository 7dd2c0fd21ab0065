"""Targets of webhooks on this machine, many and fast, of which some misbehave on purpose."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import attrs

OK: Final = b"HTTP/1.1 204 No Content\r\n\r\n"
BROKEN: Final = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
ELSEWHERE: Final = b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"
FOREVER: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
DRIP: Final = 0.2
"""Seconds between two bytes."""


@attrs.define(kw_only=True)
class Receiver:
    """One target. `arrived` has the moments at which each event came, by its id."""

    behaviour: str
    port: int = 0
    connections: int = 0
    arrived: dict[str, list[float]] = attrs.field(factory=dict)
    about: dict[str, set[str]] = attrs.field(factory=dict)
    """Of each customer that was told of, the ids of the events."""

    @property
    def is_healthy(self) -> bool:
        return self.behaviour == "ok"

    @property
    def repeats(self) -> int:
        """How often something came that had come before."""
        return sum(len(moments) - 1 for moments in self.arrived.values())

    def take(self, head: bytes, body: bytes) -> None:
        at = time.time()
        lines = head.decode("latin-1").split("\r\n")
        headers = {n.lower(): v for n, _, v in (line.partition(": ") for line in lines[1:])}
        self.arrived.setdefault(headers["webhook-id"], []).append(at)
        customer = json.loads(body)["data"]["customerId"]
        self.about.setdefault(customer, set()).add(headers["webhook-id"])


class _Connection(asyncio.Protocol):
    """One connection, answered as its receiver behaves."""

    def __init__(self, receiver: Receiver, location: Callable[[], str]) -> None:
        self._receiver = receiver
        self._location = location
        self._buffer = b""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._receiver.connections += 1

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            if len(rest) < length:
                return
            self._buffer = rest[length:]
            self._receiver.take(head, rest[:length])
            self._answer()

    def _answer(self) -> None:
        match self._receiver.behaviour:
            case "ok":
                self._transport.write(OK)
            case "500":
                self._transport.write(BROKEN)
            case "redirect":
                self._transport.write(ELSEWHERE % self._location().encode())
            case "reset":
                self._transport.abort()
            case "drip":
                self._transport.write(FOREVER)
                self._drip()
            case _:
                pass  # it hangs

    def _drip(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(b"x")
            asyncio.get_running_loop().call_later(DRIP, self._drip)


@asynccontextmanager
async def receivers(behaviours: Sequence[str]) -> AsyncIterator[list[Receiver]]:
    """One for each behaviour; those that redirect do so to the one that is hidden."""
    made = [Receiver(behaviour=behaviour) for behaviour in behaviours]
    loop, servers = asyncio.get_running_loop(), []
    hidden = next((one for one in made if one.behaviour == "hidden"), made[0])
    for receiver in made:
        server = await loop.create_server(
            lambda receiver=receiver: _Connection(  # type: ignore[misc]  # each has its own
                receiver, lambda: f"http://127.0.0.1:{hidden.port}/"
            ),
            "127.0.0.1",
            0,
            backlog=512,
        )
        receiver.port = server.sockets[0].getsockname()[1]
        servers.append(server)
    try:
        yield made
    finally:
        for server in servers:
            server.close()
