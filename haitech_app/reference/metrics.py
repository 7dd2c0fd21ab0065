"""`docs/reference/metrics.md`: what `/metrics` serves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from prometheus_client.core import Metric

import haitech_domain.use_cases  # noqa: F401  # opens every room, and with it the catalogue of events
from haitech_adapters.metrics import Counted
from haitech_adapters.metrics.standing import standing
from haitech_app.reference.markdown import MADE
from haitech_domain.change import CATALOGUE
from haitech_domain.ports import DeliveryFigures, QueueFigures
from haitech_domain.use_cases.watching import Watched
from haitech_domain.webhook import DeliveryStatus

_HEAD: Final = f"""\
# Metrics

{MADE}
What `/metrics` serves, in Prometheus's text form. How to read it, with a dashboard and alerts:
[how to monitor](../how-to/monitor.md).

- Beside the API, `/metrics` is for whoever sends `Authorization: Bearer HAITECH_METRICS_TOKEN`;
  where no token is set there is no such page.
- On a port of its own (`HAITECH_METRICS_PORT`, for `haitech serve` and `haitech worker`) the same
  page stands at `/metrics`, for whoever gets there; where a token is set, it is wanted there, too.
- A server of several processes (`--workers`) answers for all of them, whichever is asked: each
  sample then has the label `process`. So sum over it.
- What counts the whole program (`haitech_queue_…`, `haitech_webhook_…`, `haitech_database_up`) is
  read from the database at each scrape and is the same on every machine: take the `max`.
- Labels come from lists of ours. A path that no route answers is `unmatched`, a method that HTTP
  does not have is `_OTHER`, a client who left before the answer is status `499`.
- A counter's name ends in `_total`, a histogram has `_bucket`, `_sum` and `_count`.

"""


def sampled() -> list[Metric]:
    """Every metric, with a sample of each of its labels."""
    counted = Counted(version="0", pool=dict)
    counted.began()
    counted.answered(method="GET", route="/", status=200, seconds=0.0)
    counted.job_ended("mail.send", "done")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    watched = Watched(
        at=at,
        queue=QueueFigures(waiting=0, held=0, buried=0, oldest_due_at=None),
        deliveries=DeliveryFigures(
            pending=0, dead=0, oldest_pending_at=None, recent=dict.fromkeys(DeliveryStatus, 0)
        ),
    )
    return [*counted.registry.collect(), *standing(watched)]


def page() -> str:
    """The page."""
    return _HEAD + "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    found = sorted(sampled(), key=lambda metric: metric.name)
    ours = [m for m in found if not m.name.startswith(("process_", "python_"))]
    yield "| metric | type | labels | meaning |"
    yield "|---|---|---|---|"
    yield from map(_row, ours)
    yield ""
    yield "Of the process and of Python, as prometheus-client has them (`process_…` on Linux only):"
    yield ""
    yield "| metric | type | labels | meaning |"
    yield "|---|---|---|---|"
    yield from (_row(metric) for metric in found if metric not in ours)
    yield ""
    yield "`type` of `haitech_events_total` is one of the [events](events.md):"
    yield ""
    yield ", ".join(f"`{type_}`" for type_ in sorted(CATALOGUE)) + "."


def _row(metric: Metric) -> str:
    name = f"{metric.name}_total" if metric.type == "counter" else metric.name
    labels = sorted({label for sample in metric.samples for label in sample.labels} - {"le"})
    shown = ", ".join(f"`{label}`" for label in labels) or "–"
    return f"| `{name}` | {metric.type} | {shown} | {metric.documentation.rstrip('.')} |"
