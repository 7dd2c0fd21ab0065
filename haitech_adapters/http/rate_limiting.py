"""How often a caller may ask: counted after it is known who calls, before anything is read."""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Callable
from typing import ClassVar

import attrs
from litestar.types import ASGIApp, Receive, Scope, Send

from haitech_adapters import context
from haitech_adapters.http.endpoint import endpoint_of
from haitech_domain.access import Actor
from haitech_domain.errors import DomainError, Kind
from haitech_domain.ports import (
    Rate,
    RateLimits,
    RequestRates,
    Unauthenticated,
    Verdict,
    neighbourhood,
)


@attrs.frozen
class TooManyRequests(DomainError):
    """The caller has used up the hour or the minute; `retry_after` seconds from now it goes on."""

    kind: ClassVar[Kind] = Kind.LIMITED
    reason: ClassVar[str] = "rate.limited"
    says: ClassVar[str] = "too many requests; try again in {retry_after} s"
    retry_after: int


RateOf = Callable[[RequestRates], Rate]


@attrs.frozen(kw_only=True)
class Limiter:
    """Counts requests, and has the answer say how its caller stands."""

    limits: RateLimits
    rates: RequestRates

    async def count(self, subject: str, actor: Actor | None, *, also: RateOf | None = None) -> None:
        """Count one, and where it is allowed, against a rate of its own, too.

        :raises TooManyRequests: it is one too many
        """
        verdict = await self.limits.spend(subject, self.rates.of(actor))
        if also is not None and verdict.retry_after is None:
            own = await self.limits.spend(subject, [also(self.rates)])
            standings = (*verdict.standings, *own.standings)
            verdict = Verdict(standings=standings, retry_after=own.retry_after)
        facts = context.current()
        if facts is not None:
            facts.headers.update(standing_headers(verdict))
        if verdict.retry_after is not None:
            raise TooManyRequests(verdict.retry_after)


class StrangerLimiting:
    """Middleware around authentication: whoever sends bad credentials is counted by address.

    Those are a count of their own, so that nobody can use up what others at the same address
    need for logging in.
    """

    def __init__(self, app: ASGIApp, *, limiter: Limiter) -> None:
        self._app = app
        self._limiter = limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on.

        :raises TooManyRequests: refused too often already
        """
        try:
            await self._app(scope, receive, send)
        except Unauthenticated:
            await self._limiter.count(f"refused:{whereabouts(scope)}", None)
            raise


class RateLimiting:
    """Middleware that counts a request for its actor; on an open route, for its address.

    Routes that load balancers ask, and the answers to OPTIONS, are not counted.
    """

    def __init__(self, app: ASGIApp, *, limiter: Limiter) -> None:
        self._app = app
        self._limiter = limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on.

        :raises TooManyRequests: the caller has used up what is allowed
        """
        endpoint = endpoint_of(scope.get("route_handler"))
        actor = scope.get("user")
        if isinstance(actor, Actor):
            also = None if endpoint is None else endpoint.also_limited
            subject = f"{actor.kind.value}:{actor.id or actor.name}"
            await self._limiter.count(subject, actor, also=also)
        elif endpoint is not None and not endpoint.probe:
            await self._limiter.count(f"address:{whereabouts(scope)}", None)
        await self._app(scope, receive, send)


def whereabouts(scope: Scope) -> str:
    """Where a request comes from, as it is counted."""
    client = scope.get("client")
    return "unknown" if client is None else neighbourhood(client[0])


def standing_headers(verdict: Verdict) -> dict[str, str]:
    """How a caller stands, in the words of both families of headers.

    `X-RateLimit-*` are about the rate that leaves fewest, with the end of its window as seconds
    since 1970; `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers) list all.
    """
    tight = verdict.tightest
    return {
        "X-RateLimit-Limit": str(tight.rate.most),
        "X-RateLimit-Remaining": str(tight.remaining),
        "X-RateLimit-Reset": str(math.ceil(time.time() + tight.resets_in)),
        "RateLimit": ", ".join(
            f'"{one.rate.name}";r={one.remaining};t={math.ceil(one.resets_in)}'
            for one in verdict.standings
        ),
        "RateLimit-Policy": _policy(tuple(one.rate for one in verdict.standings)),
    }


@functools.lru_cache(maxsize=1_024)
def _policy(rates: tuple[Rate, ...]) -> str:
    return ", ".join(f'"{one.name}";q={one.most};w={one.seconds}' for one in rates)
