"""`/metrics`: what this process counted, and how the database stands, for Prometheus."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from typing import Final

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.response.base import ASGIResponse
from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.negotiation import header
from haitech_adapters.http.shapes import HttpRequest, UseVerbs
from haitech_domain.errors import Kind, NotFound
from haitech_domain.ports import Unauthenticated, Unavailable
from haitech_domain.use_cases.watching import Watched

TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """What one process counts, and who may read it: whoever has the token, nobody without one."""

    def __init__(self, token: str | None = None) -> None:
        self._token = token
        self._database = _Database()
        self.registry: Final = CollectorRegistry(auto_describe=False)
        self.registry.register(self._database)
        self._jobs = Counter(
            "haitech_jobs",
            "Jobs of the queue that this process worked on, by what became of them",
            ("kind", "outcome"),
            registry=self.registry,
        )

    def job_ended(self, kind: str, outcome: str) -> None:
        """A job was `done`, `put_off`, `buried` or `lost` (to another worker)."""
        self._jobs.labels(kind, outcome).inc()

    def must_open(self, given: str | None) -> None:
        """Whether these credentials open it.

        :raises NotFound: no token is set, so there is no such page
        :raises Unauthenticated: they do not
        """
        if self._token is None:
            raise NotFound("page", "metrics")
        scheme, _, token = (given or "").strip().partition(" ")
        fits = hmac.compare_digest(token.strip().encode(), self._token.encode())
        if scheme.lower() != "bearer" or not fits:
            raise Unauthenticated("send Authorization: Bearer HAITECH_METRICS_TOKEN")

    def exposed(self, watched: Watched | None) -> bytes:
        """Everything in Prometheus's text form; None where the database cannot be reached."""
        self._database.watched = watched
        return generate_latest(self.registry)


class _Database(Collector):
    """How the database stands, as it was last looked at."""

    watched: Watched | None = None

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The gauges; without the database, only that it is away."""
        watched = self.watched
        up = "Whether the database could be asked"
        yield _one("haitech_database_up", up, float(watched is not None))
        if watched is not None:
            yield from _gauges(watched)


def _gauges(watched: Watched) -> Iterator[GaugeMetricFamily]:
    queue, deliveries = watched.queue, watched.deliveries
    jobs = {"waiting": queue.waiting, "held": queue.held, "buried": queue.buried}
    yield _several("haitech_queue_jobs", "Jobs of the queue", "state", jobs)
    oldest = queue.oldest_due_at
    late = 0.0 if oldest is None else (watched.at - oldest).total_seconds()
    yield _one("haitech_queue_oldest_due_seconds", "How long the oldest due job has waited", late)
    kept = {"pending": deliveries.pending, "dead": deliveries.dead}
    yield _several("haitech_webhook_deliveries", "Deliveries that are not over", "status", kept)
    yield _several(
        "haitech_webhook_deliveries_recent",
        "Deliveries of the events of the last 24 hours",
        "status",
        {status.value: count for status, count in deliveries.recent.items()},
    )
    since = deliveries.oldest_pending_at
    waits = 0.0 if since is None else (watched.at - since).total_seconds()
    yield _one(
        "haitech_webhook_oldest_pending_seconds", "Age of the oldest pending delivery", waits
    )


def _one(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, says, value=value)


def _several(name: str, says: str, label: str, values: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, says, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family


UseMetrics = NamedDependency[Metrics]


class MetricsController(Controller):
    """For Prometheus, beside the API."""

    path = "/metrics"
    tags = ("meta",)

    @get(
        "/",
        opt={
            "endpoint": Endpoint(
                summary="What this process counts, for Prometheus",
                description="For whoever has HAITECH_METRICS_TOKEN; where none is set, 404.",
                open=True,
                probe=True,
                raw=True,
                produces=("text/plain",),
                errors=(Kind.NOT_FOUND, Kind.UNAUTHENTICATED),
            )
        },
    )
    async def read(
        self, request: HttpRequest, verbs: UseVerbs, metrics: UseMetrics
    ) -> ASGIResponse:
        """Ask the database, and tell."""
        metrics.must_open(header(request.scope, b"authorization"))
        try:
            watched = await verbs.watch()
        except Unavailable:
            watched = None
        return ASGIResponse(
            body=metrics.exposed(watched),
            media_type=TEXT,
            headers={"cache-control": "no-store"},
        )
