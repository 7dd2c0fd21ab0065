"""An answer caught before it is sent, and the errors that come instead of one.

Work that may be undone or repeated is not answered before it is kept. So its answer is caught
here, and an error of its handler is not answered but handed on to whoever holds the work.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any, Final

import attrs
import msgspec
from litestar import Response
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from litestar.utils.scope.state import CONNECTION_STATE_KEY

from haitech_adapters.http.shapes import HttpRequest

_HELD: Final = "haitech.held"
_OK: Final = range(200, 300)
_encoder: Final = msgspec.msgpack.Encoder()

Headers = list[tuple[bytes, bytes]]


class Captured(msgspec.Struct, array_like=True):
    """An answer as it would be sent."""

    status: int = 0
    headers: Headers = msgspec.field(default_factory=list)
    body: bytes = b""

    async def collect(self, message: Message) -> None:
        """An ASGI `send`."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    async def sent(self, send: Send, *more: tuple[bytes, bytes]) -> None:
        """Send it, with further headers."""
        await send(
            {
                "type": "http.response.start",
                "status": self.status,
                "headers": [*self.headers, *more],
            }
        )
        await send({"type": "http.response.body", "body": self.body, "more_body": False})

    @property
    def is_success(self) -> bool:
        """Whether what was asked for is done."""
        return self.status in _OK

    def header(self, name: bytes) -> str | None:
        """The value of a header."""
        found = (value for key, value in self.headers if key.lower() == name)
        return next((value.decode("latin-1") for value in found), None)

    def written(self, request: bytes) -> bytes:
        """The answer as bytes, with what it answers."""
        return _encoder.encode((request, self))


_decoder: Final = msgspec.msgpack.Decoder(tuple[bytes, Captured])


def read_back(written: bytes) -> tuple[bytes, Captured]:
    """What was asked, and what was answered."""
    return _decoder.decode(written)


@attrs.define
class _Held:
    error: Exception | None = None


async def captured(app: ASGIApp, scope: Scope, receive: Receive, **instead: Any) -> Captured:
    """What a handler answers to the request, which stays as it was, so it can be asked again.

    `instead` replaces parts of the scope.

    :raises Exception: whatever the handler raised
    """
    held, answer = _Held(), Captured()
    state = dict(scope.get("state") or {})
    if CONNECTION_STATE_KEY in state:  # Litestar's notes of this request: each try has its own
        state[CONNECTION_STATE_KEY] = copy(state[CONNECTION_STATE_KEY])
    tried: Any = {**scope, "state": state, _HELD: held, **instead}
    await app(tried, receive, answer.collect)
    if held.error is not None:
        raise held.error
    return answer


Handler = Callable[[HttpRequest, Any], Response[bytes]]


def unless_held(handle: Handler) -> Handler:
    """The handler of errors, which hands on those of work that somebody holds."""

    def handled(request: HttpRequest, error: Exception) -> Response[bytes]:
        scope: Any = request.scope
        held = scope.get(_HELD)
        if held is None:
            return handle(request, error)
        held.error = error
        return Response(b"", status_code=500)

    return handled
