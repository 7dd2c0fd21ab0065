"""Around every request: its id, what is known of it, its line in the log, its headers.

This stands outside Litestar's routing, so it also sees what no route answers: 404, 405, a CORS
preflight, and an error in the middle of another error.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Mapping
from typing import Final, cast
from uuid import uuid4

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from haitech_adapters import context
from haitech_adapters.http import failures
from haitech_adapters.http.edge import Edge
from haitech_adapters.http.metrics import Meter
from haitech_adapters.http.security_headers import Headers
from haitech_adapters.http.slow_bodies import PATIENCE, Unhurried

_SAFE_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")  # a UUID is one of these
_LONGEST_AGENT: Final = 300
_CLIENT_LEFT: Final = 499
"""What the log says where the client went away before it was answered, as nginx has it."""

log = structlog.get_logger("haitech.http")


class RequestScope:
    """The outermost ASGI layer."""

    def __init__(
        self,
        app: ASGIApp,
        methods: Mapping[str, str],
        *,
        edge: Edge | None = None,
        probes: Collection[str] = (),
        patience: float = PATIENCE,
        meter: Meter | None = None,
    ) -> None:
        self._app = app
        self._meter = meter
        self._edge = edge or Edge()
        self._probes = probes
        self._patience = patience
        self._methods = methods
        """What each route's OPTIONS says in Allow: where several handlers share a path, Litestar's
        own answer names the methods of the first only."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        await self._answer(scope, receive, send)

    async def _answer(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        begun = time.perf_counter()
        said = self._edge.proxies.believed(scope)
        facts = facts_of(scope)
        framed = Framed(send, facts, self._edge.headers(scope), bodiless=scope["method"] == "HEAD")
        if scope["method"] == "OPTIONS":
            framed.allow = lambda: self._methods.get(_route(scope) or "")
        if scope["method"] == "HEAD":
            scope["method"] = "GET"  # the same, without its body; parts are for GET alone
            scope["headers"] = [one for one in scope["headers"] if one[0] != b"range"]
        with (
            context.bind(facts),
            structlog.contextvars.bound_contextvars(request_id=facts.request_id),
        ):
            if self._meter is not None:
                self._meter.began()
            try:
                settled = self._edge.answer(scope, said, self._probes)
                await (settled or self._app)(scope, Unhurried(receive, self._patience), framed)
            except Exception as error:
                log.exception("request failed outside of its route", route=_route(scope))
                if framed.status:
                    raise  # too late to say anything; the server ends the connection
                await failures.last_resort(error)(scope, receive, framed)
            finally:
                facts.route = _route(scope)
                status = framed.status or _CLIENT_LEFT
                seconds = time.perf_counter() - begun
                if self._meter is not None:
                    self._counted(self._meter, facts, status, seconds)
                log.info(
                    "request",
                    request_id=facts.request_id,
                    method=facts.method,
                    route=facts.route,
                    status=status,
                    ms=round(seconds * 1000, 2),
                    actor=facts.who,
                )

    @staticmethod
    def _counted(meter: Meter, facts: context.RequestFacts, status: int, seconds: float) -> None:
        meter.answered(method=facts.method, route=facts.route, status=status, seconds=seconds)
        if facts.replayed:
            meter.replayed()


class Framed:
    """Sends, with the headers that every answer has; for HEAD, without the body."""

    def __init__(
        self, send: Send, facts: context.RequestFacts, headers: Headers, *, bodiless: bool
    ) -> None:
        self._send = send
        self._facts = facts
        self._headers = headers
        self._bodiless = bodiless
        self.status = 0
        """What was answered; 0 while nothing was."""
        self.allow: Callable[[], str | None] = lambda: None
        """What stands in Allow, where that is known better here."""

    async def __call__(self, message: Message) -> None:
        """Send one message of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            own = {name.lower() for name, _ in headers}
            if b"allow" in own:
                headers = [self._allowing(*header) for header in headers]
            headers += [one for one in self._headers if one[0] not in own or one[0] == b"vary"]
            headers += [
                (name.encode("latin-1"), value.encode("latin-1"))
                for name, value in self._facts.headers.items()
            ]
            headers.append((b"x-request-id", self._facts.request_id.encode("ascii")))
            message["headers"] = headers
        elif message["type"] == "http.response.body" and self._bodiless:
            message["body"] = b""
        await self._send(message)

    def _allowing(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        if name.lower() != b"allow":
            return name, value
        methods = set((self.allow() or value.decode("latin-1")).replace(" ", "").split(","))
        if "GET" in methods:
            methods.add("HEAD")
        return name, ", ".join(sorted(methods)).encode("latin-1")


def facts_of(scope: HTTPScope) -> context.RequestFacts:
    """What a request says of itself before anybody has looked into it."""
    request_id = agent = None
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _SAFE_ID.fullmatch(value):
            request_id = value.decode("ascii")
        elif name == b"user-agent":
            agent = value[:_LONGEST_AGENT].decode("utf-8", "replace")
    if agent is not None and not agent.isprintable():
        agent = "".join(char if char.isprintable() else "?" for char in agent)
    client = scope.get("client")
    return context.RequestFacts(
        request_id=request_id or str(uuid4()),
        method=scope["method"],
        path=scope["path"],
        address=client[0] if client else None,
        user_agent=agent,
    )


def _route(scope: HTTPScope) -> str | None:
    """The template of the route that was found, if one was."""
    return cast("str | None", scope.get("path_template"))
