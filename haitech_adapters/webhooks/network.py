"""Connecting to the very address that was checked.

httpx hands a host's name down to here, and takes it for the Host header, the name in the
handshake and the name in the certificate. Here it is looked up, checked and connected to in one
act, so there is no second look-up that could find something else.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterable
from typing import Final

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
MOST_IDLE: Final = 32

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


class GuardedTransport(httpx.AsyncBaseTransport):
    """HTTP/1.1 over the guarded network, for any number of targets at once.

    There is no limit of connections here, because a request that is given up while it waits for
    one would leave its place in the pool taken: whoever sends limits how much is sent at once.
    """

    def __init__(self, network: GuardedNetwork, trust: ssl.SSLContext) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trust,
            max_connections=None,
            max_keepalive_connections=MOST_IDLE,
            keepalive_expiry=IDLE,
            network_backend=network,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """What a target answers, without what would make the client follow or remember."""
        answer = await self._pool.handle_async_request(
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
        return httpx.Response(
            answer.status,
            headers=[header for header in answer.headers if header[0].lower() not in _UNREAD],
            stream=_Body(answer),
        )

    async def aclose(self) -> None:
        """Close what is open."""
        await self._pool.aclose()


_UNREAD: Final = frozenset({b"location", b"set-cookie"})


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._answer.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._answer.aclose()
