"""Looking up where hosts are."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, Protocol

Address = IPv4Address | IPv6Address

THREADS: Final = 32
"""How many hosts are looked up at once: the system's way holds a thread, for long if a name server
is silent. Threads of our own, so that nothing else waits for them."""
_FOR_GOOD: Final = frozenset({socket.EAI_NONAME, socket.EAI_NODATA, socket.EAI_FAIL})


class Unreachable(Exception):
    """No byte could be sent; `for_now` where the next moment may be better."""

    def __init__(self, why: str, *, for_now: bool) -> None:
        super().__init__(why)
        self.for_now = for_now


class LookUp(Protocol):
    """Where a host is. At least one address."""

    async def __call__(self, host: str) -> Sequence[Address]:
        """Its addresses. :raises Unreachable: there is no such host, or nobody knows now"""
        ...


class SystemLookUp:
    """As the system does it: hosts file, name servers. A host is asked for once at a time."""

    def __init__(self, threads: int = THREADS) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="look-up")
        self._asked: dict[str, asyncio.Future[Sequence[Address]]] = {}

    async def __call__(self, host: str) -> Sequence[Address]:
        """Its addresses. :raises Unreachable: there is no such host, or nobody knows now"""
        asked = self._asked.get(host)
        if asked is None:
            asked = asyncio.get_running_loop().run_in_executor(self._threads, _addresses, host)
            self._asked[host] = asked
            asked.add_done_callback(lambda done: self._answered(host, done))
        try:
            return await asyncio.shield(asked)  # others may wait for it, too
        except socket.gaierror as failed:
            if failed.errno in _FOR_GOOD:
                raise Unreachable("there is no such host", for_now=False) from None
            raise Unreachable("the host cannot be looked up now", for_now=True) from None

    def close(self) -> None:
        """Look up nothing more. What is being looked up is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _answered(self, host: str, done: asyncio.Future[Sequence[Address]]) -> None:
        del self._asked[host]
        if not done.cancelled():
            done.exception()  # whoever waited has heard of it; if nobody did, nobody needs to


def _addresses(host: str) -> Sequence[Address]:
    answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(ip_address(address[0]) for *_, address in answers))
