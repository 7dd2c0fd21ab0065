"""What one process counts while it works. Nothing here asks the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from haitech_adapters.metrics.pool import PoolCollector
from haitech_domain.change import CATALOGUE, Event
from haitech_domain.registration import RegistrationPaid

SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Where the durations of requests are told apart; 0.15 is what 99 of 100 must keep within."""
METHODS: Final = frozenset(
    {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}
)
OTHER: Final = "_OTHER"
"""Any other method, as OpenTelemetry's conventions name it; callers make them up at will."""
NO_ROUTE: Final = "unmatched"
"""What is asked for where no route is found: whatever the path was."""


class Counted:
    """The counters of a process. Labels come from lists of ours, never from what a caller sent."""

    def __init__(
        self, *, version: str = "", pool: Callable[[], Mapping[str, int]] | None = None
    ) -> None:
        self.registry: Final = CollectorRegistry(auto_describe=False)
        self._durations = Histogram(
            "http_server_request_duration_seconds",
            "How long requests took to be answered, by route template",
            ("http_route", "http_request_method", "http_response_status_code"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._known: dict[tuple[str | None, str, int], Histogram] = {}
        self._active = Gauge(
            "http_server_active_requests", "Requests being answered now", registry=self.registry
        )
        self._replays = self._counter(
            "haitech_idempotent_replays", "Answers given again for a repeated Idempotency-Key"
        )
        self._jobs = self._counter(
            "haitech_jobs",
            "Jobs of the queue that this process worked on, by what became of them",
            ("kind", "outcome"),
        )
        events = self._counter("haitech_events", "What happened in the school, by type", ("type",))
        self._events = {type_: events.labels(type_) for type_ in sorted(CATALOGUE)}
        self._paid = self._counter(
            "haitech_paid_agorot", "Money that came in for registrations, in agorot"
        )
        self._sealing = Gauge(
            "haitech_audit_sealing_ok",
            "Whether the last round of sealing the audit log went well",
            registry=self.registry,
        )
        self._sealed_at = Gauge(
            "haitech_audit_sealed_timestamp_seconds",
            "When the audit log was last sealed, in seconds since 1970",
            registry=self.registry,
        )
        self._seals_broken = Gauge(
            "haitech_audit_seals_broken",
            "Whether the seals of the audit log do not fit what is there: somebody changed it",
            registry=self.registry,
        )
        self._sealing.set(1)
        build = Gauge(
            "haitech_build_info",
            "Which version runs; always 1",
            ("version",),
            registry=self.registry,
        )
        build.labels(version).set(1)
        if pool is not None:
            self.registry.register(PoolCollector(pool))
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)

    def _counter(self, name: str, says: str, labels: Sequence[str] = ()) -> Counter:
        return Counter(name, says, labels, registry=self.registry)

    def began(self) -> None:
        """A request is being answered."""
        self._active.inc()

    def answered(self, *, method: str, route: str | None, status: int, seconds: float) -> None:
        """It was, or its client went away (499); `route` is the template, None where none is."""
        self._active.dec()
        if method not in METHODS:
            method = OTHER
        key = (route, method, status)
        known = self._known.get(key)
        if known is None:  # looking labels up takes longer than counting
            known = self._durations.labels(NO_ROUTE if route is None else route, method, status)
            self._known[key] = known
        known.observe(seconds)

    def replayed(self) -> None:
        """An answer was given again, for a key that was used before."""
        self._replays.inc()

    def job_ended(self, kind: str, outcome: str) -> None:
        """A job was `done`, `put_off`, `buried` or `lost` (to another worker)."""
        self._jobs.labels(kind, outcome).inc()

    def happened(self, events: Sequence[Event]) -> None:
        """These were committed."""
        for event in events:
            self._events[event.type].inc()
            if isinstance(event, RegistrationPaid):
                self._paid.inc(max(event.amount.agorot, 0))  # a counter only grows

    def sealed(self, at: float) -> None:
        """A round of sealing went well, at this instant in seconds since 1970."""
        self._sealing.set(1)
        self._seals_broken.set(0)
        self._sealed_at.set(at)

    def not_sealed(self, *, broken: bool) -> None:
        """It did not; `broken` where the seals do not fit."""
        self._sealing.set(0)
        if broken:
            self._seals_broken.set(1)
