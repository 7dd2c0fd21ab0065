"""Driving a server: connections that are kept open, each asking again as soon as it is answered.

The load shares two cores with what it measures, so the client costs as little as can be: a
protocol over one socket that writes bytes and reads a status and a body. (httpx takes ten times
the CPU of such a request, which would be measured instead of the server.)
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, cast

import attrs

_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length: "
_OK: Final = range(200, 300)


class LostConnection(Exception):
    """The server closed it before it answered."""


class _Protocol(asyncio.Protocol):
    def __init__(self) -> None:
        self._buffer = b""
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(LostConnection(str(exc or "closed")))
        self._transport = None

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, rest = self._buffer.partition(_END)
        if not end:
            return
        lowered = head.lower()
        at = lowered.find(_LENGTH)
        length = 0 if at < 0 else int(lowered[at + len(_LENGTH) :].split(b"\r\n", 1)[0])
        if len(rest) < length:
            return
        self._buffer = rest[length:]
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((int(head[9:12]), rest[:length]))

    @property
    def is_closed(self) -> bool:
        return self._transport is None

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        if self._transport is None:
            raise LostConnection("closed")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


@attrs.define
class Caller:
    """One connection to a server, with the headers that it always sends."""

    host: str
    port: int
    headers: bytes = b""
    _protocol: _Protocol | None = attrs.field(default=None, init=False)

    async def ask(
        self, method: str, path: str, body: bytes = b"", *, headers: bytes = b""
    ) -> tuple[int, bytes]:
        """Status and body. :raises LostConnection: it was closed; the next call opens another"""
        if self._protocol is None or self._protocol.is_closed:  # kept for long without a request
            loop = asyncio.get_running_loop()
            _, self._protocol = await loop.create_connection(_Protocol, self.host, self.port)
        sent = b"content-type: application/json\r\ncontent-length: %d\r\n" % len(body)
        request = b"%b %b HTTP/1.1\r\nhost: %b:%d\r\n%b%b%b\r\n%b" % (
            method.encode(),
            path.encode(),
            self.host.encode(),
            self.port,
            self.headers,
            headers,
            sent if body else b"",
            body,
        )
        try:
            return await self._protocol.ask(request)
        except LostConnection:
            self._protocol = None
            raise

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._protocol is not None:
            self._protocol.close()


Act = Callable[[Caller, int], Awaitable[tuple[int, bytes]]]
"""One request; it is told how many were before it on this connection."""


@attrs.frozen(kw_only=True)
class Driven:
    """What came of it. Delays are in seconds."""

    seconds: float
    delays: Sequence[float] = attrs.field(repr=False)
    statuses: Counter[int]

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.delays) / self.seconds

    @property
    def errors(self) -> int:
        """Answers other than 2xx."""
        return sum(n for status, n in self.statuses.items() if status not in _OK)

    def delay(self, part: float) -> float:
        """The delay that this part of all requests kept to."""
        ordered = sorted(self.delays)
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


async def drive(callers: Sequence[Caller], act: Act, *, seconds: float) -> Driven:
    """Let each caller do its act again and again for so long."""
    delays: list[float] = []
    statuses: Counter[int] = Counter()
    began = time.perf_counter()
    end = began + seconds

    async def one(caller: Caller) -> None:
        number = 0
        while (at := time.perf_counter()) < end:
            status, _ = await act(caller, number)
            delays.append(time.perf_counter() - at)
            statuses[status] += 1
            number += 1

    await asyncio.gather(*map(one, callers))
    return Driven(seconds=time.perf_counter() - began, delays=delays, statuses=statuses)
