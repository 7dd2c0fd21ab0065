"""How the pool of database connections stands, and what it did since the start."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

_MILLI: Final = 1_000
_GAUGES: Final = (
    ("pool_size", "haitech_pool_connections", "Connections to the database that the pool has"),
    ("pool_available", "haitech_pool_idle", "Connections that wait for work"),
    ("pool_max", "haitech_pool_connections_max", "The most that it may have (HAITECH_POOL_SIZE)"),
    ("requests_waiting", "haitech_pool_waiting", "Pieces of work that wait for a connection"),
)
_COUNTERS: Final = (
    ("requests_num", "haitech_pool_requests", "Connections asked for", 1),
    ("requests_queued", "haitech_pool_requests_queued", "Those that had to wait for one", 1),
    ("requests_wait_ms", "haitech_pool_wait_seconds", "Seconds waited for connections", _MILLI),
    ("requests_errors", "haitech_pool_timeouts", "Those that got none in time, or at once", 1),
    ("usage_ms", "haitech_pool_usage_seconds", "Seconds that connections were in use", _MILLI),
    ("connections_num", "haitech_pool_connects", "Connections that were tried", 1),
    ("connections_errors", "haitech_pool_connect_errors", "Connections that could not be made", 1),
    ("connections_lost", "haitech_pool_connections_lost", "Connections found broken", 1),
)


class PoolCollector(Collector):
    """Reads the pool's own figures when it is asked, and costs nothing between."""

    def __init__(self, figures: Callable[[], Mapping[str, int]]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        """The figures, by names of ours."""
        found = self._figures()
        for key, name, says in _GAUGES:
            yield GaugeMetricFamily(name, says, value=found.get(key, 0))
        for key, name, says, unit in _COUNTERS:
            yield CounterMetricFamily(name, says, value=found.get(key, 0) / unit)
