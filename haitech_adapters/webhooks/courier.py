"""Carrying events to their targets."""

from __future__ import annotations

import asyncio
import ssl
import time
from datetime import datetime
from typing import Final

import attrs
import httpcore
import httpx

from haitech_adapters.webhooks.answers import asked_to_wait, beginning
from haitech_adapters.webhooks.guard import Guard, read
from haitech_adapters.webhooks.looking_up import LookUp, SystemLookUp, Unreachable
from haitech_adapters.webhooks.network import PAUSE, GuardedNetwork, GuardedTransport
from haitech_adapters.webhooks.signature import signed
from haitech_domain.ports import Parcel, Receipt, RefusedTarget

SECONDS: Final = 15.0
"""From the look-up of the host to the end of the answer, however little of it comes at a time."""
LOOKING_UP: Final = 5.0
_PORTS: Final = {"http": 80, "https": 443}


class HttpCourier:
    """The `Courier` port. Close it at the end of the process.

    `allowed` are the hosts that may be anywhere (`Guard`); `seconds` is the time for one try. The
    rest is given in tests: a look-up of theirs, whom to trust, how long to wait between connecting
    and connecting again.
    """

    def __init__(
        self,
        allowed: frozenset[str] = frozenset(),
        *,
        seconds: float = SECONDS,
        look_up: LookUp | None = None,
        trust: ssl.SSLContext | None = None,
        pause: float = PAUSE,
    ) -> None:
        self._seconds = seconds
        self._system = SystemLookUp()
        self._guard = Guard(look_up=look_up or self._system, allowed=allowed)
        self._network = GuardedNetwork(self._guard, pause=pause)
        self._trust = trust
        self._opened: httpx.AsyncClient | None = None

    async def check(self, url: str) -> None:
        """Whether anything would be sent there. :raises RefusedTarget: it would not"""
        target = read(url)
        host, port = target.raw_host.decode("ascii"), target.port or _PORTS[target.scheme]
        try:
            async with asyncio.timeout(min(self._seconds, LOOKING_UP)):
                await self._guard.addresses(host, port)
        except (Unreachable, TimeoutError):
            raise RefusedTarget(
                "must name a host that can be looked up", reason="url.unknown_host"
            ) from None

    async def carry(self, parcel: Parcel, *, at: datetime) -> Receipt:
        """Sign it as of this moment and send it once. It never raises for what the target does.

        Only an answer that came whole, or as far as it is read, counts as one.
        """
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self._seconds):
                receipt = await self._answer(parcel, at)
        except TimeoutError:
            receipt = _failed(f"no whole answer within {self._seconds:g} s")
        except RefusedTarget as refused:
            receipt = _failed(f"nothing was sent: the address {refused.message}")
        except Unreachable as why:
            receipt = _failed(f"nothing was sent: {why}")
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            receipt = _failed(_what_broke(error))
        return attrs.evolve(receipt, took_ms=round((time.perf_counter() - began) * 1000))

    async def _answer(self, parcel: Parcel, at: datetime) -> Receipt:
        letter = signed(parcel, at=at)
        client = await self._client()
        async with client.stream(
            "POST", read(parcel.url), content=letter.body, headers=dict(letter.headers)
        ) as response:
            return Receipt(
                took_ms=0,
                response_status=response.status_code,
                answer=await beginning(response),
                retry_after=asked_to_wait(response.headers.get("retry-after"), at=at),
            )

    async def _client(self) -> httpx.AsyncClient:
        """What sends, made when there is something to send: it reads a file of certificates."""
        trust = self._trust
        if trust is None:
            trust = await asyncio.to_thread(httpx.create_ssl_context, trust_env=False)
        if self._opened is None:
            self._trust = trust
            self._opened = httpx.AsyncClient(
                transport=GuardedTransport(self._network, trust),
                trust_env=False,
                follow_redirects=False,
                timeout=None,  # noqa: S113  # nosec B113  # one deadline for the whole of it, above
            )
        return self._opened

    async def aclose(self) -> None:
        """Close every connection; look up nothing more."""
        if self._opened is not None:
            await self._opened.aclose()
        self._system.close()


def _failed(error: str) -> Receipt:
    return Receipt(took_ms=0, error=error)


def _what_broke(error: Exception) -> str:
    """What to tell of a failure: the same words for the same thing, none of the system's own."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"nothing was sent: its certificate is not accepted ({cause.verify_message})"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpcore.ConnectError):
        return "nothing was sent: no encrypted connection came about"
    if isinstance(error, httpcore.RemoteProtocolError):
        return "its answer is not HTTP, or broke off"
    return "the connection broke before the answer ended"
