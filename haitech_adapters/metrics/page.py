"""The page that Prometheus reads: who may, and what stands there."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, Final

import attrs
from prometheus_client import generate_latest
from prometheus_client.core import Metric

from haitech_adapters.metrics.standing import standing
from haitech_adapters.metrics.together import Together
from haitech_domain.errors import NotFound
from haitech_domain.ports import Unauthenticated, Unavailable
from haitech_domain.use_cases.watching import Watched

TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"


@attrs.frozen(kw_only=True)
class MetricsPage:
    """For whoever has the token; on a port of its own, where none is set, for whoever gets there."""

    together: Together
    watch: Callable[[], Awaitable[Watched]]
    token: str | None = attrs.field(default=None, repr=False)

    def must_open(self, given: str | None, *, own_port: bool = False) -> None:
        """Whether these credentials open it.

        :raises NotFound: no token is set, so there is no such page beside the API
        :raises Unauthenticated: they do not
        """
        if self.token is None:
            if own_port:
                return
            raise NotFound("page", "metrics")
        scheme, _, token = (given or "").strip().partition(" ")
        fits = hmac.compare_digest(token.strip().encode(), self.token.encode())
        if scheme.lower() != "bearer" or not fits:
            raise Unauthenticated("send Authorization: Bearer HAITECH_METRICS_TOKEN")

    async def text(self) -> bytes:
        """All of it in Prometheus's text form; without the database, what needs none."""
        try:
            watched = await self.watch()
        except Unavailable:
            watched = None
        found: Any = _Found([*await self.together.collected(), *standing(watched)])
        return await asyncio.to_thread(generate_latest, found)


@attrs.frozen
class _Found:
    """What was collected, as `generate_latest` wants it."""

    metrics: Sequence[Metric]

    def collect(self) -> Iterator[Metric]:
        """Each."""
        return iter(self.metrics)
