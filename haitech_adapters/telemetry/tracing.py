"""Traces: spans of requests, units of work, statements, deliveries and jobs, sent by OTLP over HTTP.

Settings of OpenTelemetry's own (`OTEL_…`) hold: headers of the exporter, sampling, the service's
name. The extra `telemetry` brings what this imports.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import (
    Link,
    Span,
    SpanKind,
    Status,
    StatusCode,
    format_trace_id,
    get_current_span,
    set_span_in_context,
    use_span,
)

Facts = Mapping[str, str | int]
_NANO: Final = 1_000_000_000
_PATH: Final = "/v1/traces"


class Tracing:
    """Where spans are made. One a process; `close` sends what is left."""

    def __init__(self, *, url: str | None, version: str, environment: str) -> None:
        """`url` is the receiver's base address; None leaves it to `OTEL_EXPORTER_OTLP_…`."""
        exporter = OTLPSpanExporter(endpoint=None if url is None else f"{url.rstrip('/')}{_PATH}")
        named = {
            "service.name": "haitech",
            "service.version": version,
            "deployment.environment.name": environment,
        }
        # what OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say goes before ours
        resource = Resource(named).merge(Resource.create())
        if str(resource.attributes.get("service.name")).startswith("unknown_service"):
            resource = resource.merge(Resource({"service.name": "haitech"}))
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("haitech", version)

    @contextmanager
    def span(
        self,
        name: str,
        facts: Facts,
        *,
        kind: SpanKind = SpanKind.INTERNAL,
        links: tuple[Link, ...] = (),
    ) -> Iterator[Span]:
        """A span around what is done within; its trace's id is on every log line meanwhile.

        Of what is raised, the type is told and never the message, which may hold anything.
        """
        span = self._tracer.start_span(name, kind=kind, attributes=dict(facts), links=list(links))
        trace_id = format_trace_id(span.get_span_context().trace_id)
        with (
            use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False),
            structlog.contextvars.bound_contextvars(trace_id=trace_id),
        ):
            try:
                yield span
            except BaseException as error:
                failed(span, type(error).__name__)
                raise

    def statement(self, sql: str, seconds: float) -> None:
        """A span for a statement that has just ended: its text, whose values are all parameters.

        Outside of a request or a job there is none: the queue is looked at all the time.
        """
        around = get_current_span()
        if not around.is_recording():
            return
        text = " ".join(sql.split())
        ended = time.time_ns()
        span = self._tracer.start_span(
            text.partition(" ")[0].rstrip(";"),
            context=set_span_in_context(around),
            kind=SpanKind.CLIENT,
            attributes={"db.system.name": "postgresql", "db.query.text": text},
            start_time=ended - int(seconds * _NANO),
        )
        span.end(ended)

    def close(self) -> None:
        """Send what is left, within a few seconds."""
        self._provider.shutdown()


def failed(span: Span, why: str) -> None:
    """Say what went wrong, by a word that is no message."""
    span.set_status(Status(StatusCode.ERROR, why))
    span.set_attribute("error.type", why)
