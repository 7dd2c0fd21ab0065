"""Bodies that never end: whoever sends a byte now and then does not hold a place for ever."""

from __future__ import annotations

import asyncio
from typing import Final

from litestar.exceptions import ClientException
from litestar.types import HTTPReceiveMessage, Receive

PATIENCE: Final = 60.0
"""Seconds for a whole body: a MiB at 18 KB/s. Heads have granian's own 30."""


class Unhurried:
    """Receives a body until it is whole, for so many seconds since it was first asked for."""

    def __init__(self, receive: Receive, seconds: float = PATIENCE) -> None:
        self._receive = receive
        self._seconds = seconds
        self._until: float | None = None
        self._whole = False

    async def __call__(self) -> HTTPReceiveMessage:
        """The next part of it, or word that the client left.

        :raises ClientException: it takes too long
        """
        if self._whole:
            return await self._received()
        if self._until is None:
            self._until = asyncio.get_running_loop().time() + self._seconds
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._received()
        except TimeoutError:
            self._whole = True
            raise ClientException(
                "the body took too long to arrive", extra={"reason": "body.too_slow"}
            ) from None
        self._whole = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    async def _received(self) -> HTTPReceiveMessage:
        message: HTTPReceiveMessage = await self._receive()  # type: ignore[assignment]  # of HTTP
        return message
