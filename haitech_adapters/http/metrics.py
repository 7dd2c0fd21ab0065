"""`/metrics` beside the API, and what the HTTP adapter tells whoever counts."""

from __future__ import annotations

from typing import Final, Protocol, runtime_checkable

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.response.base import ASGIResponse

from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.negotiation import header
from haitech_adapters.http.shapes import HttpRequest
from haitech_domain.errors import Kind, NotFound

TEXT: Final = "text/plain; version=0.0.4"
"""Litestar adds the charset."""


class Meter(Protocol):
    """Whoever counts requests."""

    def began(self) -> None:
        """A request is being answered."""
        ...

    def answered(self, *, method: str, route: str | None, status: int, seconds: float) -> None:
        """It was; `route` is the template, None where there is none, 499 a client who left."""
        ...

    def replayed(self) -> None:
        """Its answer was one given before, for the same Idempotency-Key."""
        ...


@runtime_checkable
class Page(Protocol):
    """What Prometheus reads. Litestar asks an argument of a handler whether it is one."""

    def must_open(self, given: str | None) -> None:
        """:raises NotFound: there is no such page; :raises Unauthenticated: not for these"""
        ...

    async def text(self) -> bytes:
        """The page."""
        ...


class NoPage:
    """Where nothing is counted."""

    def must_open(self, _: str | None) -> None:
        """:raises NotFound: always"""
        raise NotFound("page", "metrics")

    async def text(self) -> bytes:
        """Nothing."""
        return b""


UseMetrics = NamedDependency[Page]


class MetricsController(Controller):
    """For Prometheus, beside the API."""

    path = "/metrics"
    tags = ("meta",)

    @get(
        "/",
        opt={
            "endpoint": Endpoint(
                summary="What this program counts, for Prometheus",
                description="For whoever has HAITECH_METRICS_TOKEN; where none is set, 404.",
                open=True,
                probe=True,
                raw=True,
                produces=("text/plain",),
                errors=(Kind.NOT_FOUND, Kind.UNAUTHENTICATED),
            )
        },
    )
    async def read(self, request: HttpRequest, metrics: UseMetrics) -> ASGIResponse:
        """Ask the database, and tell."""
        metrics.must_open(header(request.scope, b"authorization"))
        return ASGIResponse(
            body=await metrics.text(),
            media_type=TEXT,
            headers={"cache-control": "no-store"},
        )
