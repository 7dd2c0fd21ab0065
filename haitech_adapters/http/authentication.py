"""Who is calling, and whether the route is for them at all: 401 and 403 before anything is read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Protocol
from uuid import UUID

from litestar.types import ASGIApp, Receive, Scope, Send

from haitech_adapters import context
from haitech_adapters.http.endpoint import endpoint_of
from haitech_adapters.http.negotiation import header
from haitech_adapters.http.shapes import HttpRequest
from haitech_domain.access import Actor, grant
from haitech_domain.ports import Tokens, Unauthenticated

KEY_PREFIX: Final = "haitech_"
_LONGEST: Final = 8_192


class ApiKeys(Protocol):
    """Where API keys are known."""

    async def read(self, key: str) -> Actor:
        """The actor whom a key names. :raises Unauthenticated: unknown, expired or inactive"""
        ...


Recognised = Callable[[tuple[UUID, UUID | None]], Awaitable[Actor]]
"""Who a user's id and session are now. :raises Unauthenticated: the session is over"""


class Authentication:
    """Middleware that finds the actor of routes that are not open.

    The actor becomes the request's `user` and part of the request's facts. A route without a
    declaration is closed to nobody known, and open to nobody else. `Authorization` goes before
    `X-API-Key` where both are sent.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        tokens: Tokens,
        keys: ApiKeys | None = None,
        users: Recognised | None = None,
    ) -> None:
        self._app = app
        self._tokens = tokens
        self._keys = keys
        self._users = users

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its actor.

        :raises Unauthenticated: no, bad or expired credentials
        """
        endpoint = endpoint_of(scope.get("route_handler"))
        preflight = endpoint is None and scope.get("method") == "OPTIONS"
        if not preflight and not (endpoint is not None and endpoint.open):
            actor = scope["user"] = await self._actor(scope)
            facts = context.current()
            if facts is not None:
                facts.actor = actor
        await self._app(scope, receive, send)

    async def _actor(self, scope: Scope) -> Actor:
        authorization = header(scope, b"authorization")
        if authorization is not None:
            scheme, _, credentials = authorization.strip().partition(" ")
            if scheme.lower() != "bearer":
                raise Unauthenticated("send credentials as Authorization: Bearer …")
        else:
            credentials = header(scope, b"x-api-key") or ""
            if not credentials:
                raise Unauthenticated("this needs credentials: Authorization: Bearer …")
        credentials = credentials.strip()
        if not credentials or len(credentials) > _LONGEST or not credentials.isascii():
            raise Unauthenticated("these credentials are not readable")
        if authorization is None or credentials.startswith(KEY_PREFIX):
            return await self._by_key(credentials)
        return await self._by_token(credentials)

    async def _by_token(self, token: str) -> Actor:
        """The user as they are now, whatever the token says of role and name."""
        claimed = self._tokens.read(token)
        if self._users is None or claimed.id is None:
            return claimed
        return await self._users((claimed.id, claimed.session_id))

    async def _by_key(self, key: str) -> Actor:
        if self._keys is None:
            raise Unauthenticated("API keys are not accepted here")
        return await self._keys.read(key)


class Authorization:
    """Middleware that asks the matrix, once it is known who calls."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on.

        :raises Forbidden: the route is not for this actor
        """
        endpoint = endpoint_of(scope.get("route_handler"))
        actor = scope.get("user")
        if isinstance(actor, Actor) and endpoint is not None and endpoint.access is not None:
            grant(actor, *endpoint.access)
        await self._app(scope, receive, send)


def actor_of(request: HttpRequest) -> Actor:
    """Who is calling.

    :raises Unauthenticated: the route is open, so nobody was asked
    """
    actor = request.scope.get("user")
    if not isinstance(actor, Actor):
        raise Unauthenticated("this needs credentials")
    return actor
