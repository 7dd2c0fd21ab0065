"""Connecting to the very address that was checked.

httpx hands a host's name down to here, and takes it for the Host header, the name in the
handshake and the name in the certificate. Here it is looked up, checked and connected to in one
act, so there is no second look-up that could find something else.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import AsyncIterator, Iterable
from typing import Final

import attrs
import httpcore
import httpx
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_exponential

from haitech_adapters.webhooks.guard import Guard
from haitech_adapters.webhooks.looking_up import Unreachable

CONNECTING: Final = 5.0
"""Seconds for one address; after that the host's next one has its chance."""
TIMES: Final = 3
PAUSE: Final = 0.3
"""Seconds before connecting is tried again; three times as many before the last time."""
IDLE: Final = 2.0
"""Seconds for which a connection is kept for the next event: fewer than any usual server's, or it
might be closed while we write."""
MOST_IDLE: Final = 8
"""For one target: as many as its lane sends at once."""

Options = Iterable[
    tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
]


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """What a pool of connections connects by. Where no byte was sent, it tries again at once."""

    def __init__(self, guard: Guard, *, pause: float = PAUSE) -> None:
        self._guard = guard
        self._tcp = httpcore.AnyIOBackend()
        self._retrying = AsyncRetrying(
            retry=retry_if_exception(_for_now),
            stop=stop_after_attempt(TIMES),
            wait=wait_exponential(multiplier=pause, exp_base=3),
            reraise=True,
        )

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
        local_address: str | None = None,
        socket_options: Options | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to a host. The rest of what httpcore may ask for, nobody asks for here.

        :raises RefusedTarget: it is where nothing is sent to
        :raises Unreachable: it is not to be found, or takes no connection
        """
        del timeout, local_address, socket_options
        return await self._retrying.copy()(self._connected, host, port)

    async def _connected(self, host: str, port: int) -> httpcore.AsyncNetworkStream:
        failed = Unreachable("there is no such host", for_now=False)
        for address in await self._guard.addresses(host, port):
            try:
                return await self._tcp.connect_tcp(str(address), port, timeout=CONNECTING)
            except httpcore.ConnectError:
                failed = Unreachable("it takes no connection", for_now=True)
            except httpcore.ConnectTimeout:
                failed = Unreachable("no connection came about in time", for_now=False)
        raise failed


def _for_now(error: BaseException) -> bool:
    return isinstance(error, Unreachable) and error.for_now


@attrs.define
class _Origin:
    """The connections to one target, and whether anybody uses them."""

    pool: httpcore.AsyncConnectionPool
    in_use: int = 0
    left_at: float = 0.0

    def leave(self) -> None:
        """A request is over."""
        self.in_use -= 1
        self.left_at = time.monotonic()

    def is_over(self, now: float) -> bool:
        """Whether its connections are kept for nobody any more."""
        return not self.in_use and now - self.left_at > IDLE


class GuardedTransport(httpx.AsyncBaseTransport):
    """HTTP/1.1 over the guarded network, for any number of targets at once.

    Each target has a pool of its own. In one for all, httpcore looks at every connection of every
    target for each request, and counts those that hang as idle ones of which there are too many,
    so that targets which are well lose theirs.

    There is no limit of connections here, because a request that is given up while it waits for
    one would leave its place in the pool taken: whoever sends limits how much is sent at once.
    """

    def __init__(self, network: GuardedNetwork, trust: ssl.SSLContext) -> None:
        self._network = network
        self._trust = trust
        self._origins: dict[tuple[bytes, bytes, int | None], _Origin] = {}
        self._swept_at = time.monotonic()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """What a target answers, without what would make the client follow or remember."""
        await self._sweep()
        origin = self._origin(request.url)
        origin.in_use += 1
        try:
            answer = await origin.pool.handle_async_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(
                        scheme=request.url.raw_scheme,
                        host=request.url.raw_host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        except BaseException:
            origin.leave()
            raise
        return httpx.Response(
            answer.status,
            headers=[header for header in answer.headers if header[0].lower() not in _UNREAD],
            stream=_Body(answer, origin),
        )

    def _origin(self, url: httpx.URL) -> _Origin:
        place = (url.raw_scheme, url.raw_host, url.port)
        found = self._origins.get(place)
        if found is None:
            pool = httpcore.AsyncConnectionPool(
                ssl_context=self._trust,
                max_connections=None,
                max_keepalive_connections=MOST_IDLE,
                keepalive_expiry=IDLE,
                network_backend=self._network,
            )
            found = self._origins[place] = _Origin(pool)
        return found

    async def _sweep(self) -> None:
        """Close what is kept for nobody: a pool by itself looks only when it is used again."""
        now = time.monotonic()
        if now - self._swept_at < IDLE:
            return
        self._swept_at = now
        over = [place for place, origin in self._origins.items() if origin.is_over(now)]
        for origin in [self._origins.pop(place) for place in over]:
            await origin.pool.aclose()

    async def aclose(self) -> None:
        """Close what is open."""
        while self._origins:
            await self._origins.popitem()[1].pool.aclose()


_UNREAD: Final = frozenset({b"location", b"set-cookie"})


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response, origin: _Origin) -> None:
        self._answer = answer
        self._origin = origin

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._answer.aiter_stream():
            yield part

    async def aclose(self) -> None:
        try:
            await self._answer.aclose()
        finally:
            self._origin.leave()
