"""How the queue and the deliveries stand, of the whole program and not of one process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prometheus_client.core import GaugeMetricFamily

from haitech_domain.use_cases.watching import Watched


def standing(watched: Watched | None) -> Iterator[GaugeMetricFamily]:
    """The gauges; without the database, only that it is away."""
    up = "Whether the database could be asked"
    yield _one("haitech_database_up", up, float(watched is not None))
    if watched is None:
        return
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


def _several(name: str, says: str, label: str, values: Mapping[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, says, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family
