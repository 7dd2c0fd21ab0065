"""What spans are put around: the HTTP app, units of work, deliveries and jobs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final, TypeVar

import attrs
from opentelemetry.trace import Link, SpanKind, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from haitech_adapters.telemetry.tracing import Facts, Tracing, failed
from haitech_domain.access import Actor
from haitech_domain.ports import (
    Courier,
    Handler,
    Job,
    Outcome,
    Parcel,
    Receipt,
    Transaction,
    UnitOfWork,
)

R = TypeVar("R")
App = Callable[[Any, Any, Any], Awaitable[None]]
"""An ASGI application."""

_SERVER_ERROR: Final = 500
_LEFT: Final = 499
_propagator: Final = TraceContextTextMapPropagator()


@attrs.frozen
class TracedApp:
    """An ASGI application with a span for each request, named by its route's template.

    A caller's own trace is linked to and not gone on with: nobody outside chooses our ids, or how
    much is sampled.
    """

    app: App
    tracing: Tracing

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method = scope["method"]
        answer: dict[str, Any] = {}

        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                answer.update(status=message["status"], headers=message.get("headers", ()))
            await send(message)

        facts = {"http.request.method": method, "url.scheme": scope["scheme"]}
        links = _links(scope)
        with self.tracing.span(method, facts, kind=SpanKind.SERVER, links=links) as span:
            try:
                await self.app(scope, receive, sending)
            finally:
                route = scope.get("path_template")
                status = answer.get("status", _LEFT)
                if route:
                    span.update_name(f"{method} {route}")
                    span.set_attribute("http.route", route)
                span.set_attribute("http.response.status_code", status)
                for name, value in answer.get("headers", ()):
                    if name == b"x-request-id":
                        span.set_attribute("haitech.request_id", value.decode("ascii"))
                if status >= _SERVER_ERROR:
                    failed(span, str(status))


def _links(scope: Any) -> tuple[Link, ...]:
    """The trace that a caller says it is in."""
    given = [value for name, value in scope["headers"] if name == b"traceparent"]
    if len(given) != 1:
        return ()
    carried = _propagator.extract({"traceparent": given[0].decode("latin-1")})
    context = get_current_span(carried).get_span_context()
    return (Link(context),) if context.is_valid else ()


@attrs.frozen
class TracedUnitOfWork:
    """A unit of work with a span around each piece, within whatever is traced already."""

    uow: UnitOfWork
    tracing: Tracing

    async def run(self, actor: Actor, work: Callable[[Transaction], Awaitable[R]]) -> R:
        """As the unit of work does it."""
        if not get_current_span().is_recording():
            return await self.uow.run(actor, work)
        facts = {"code.function.name": _called(work), "haitech.actor": actor.kind.value}
        with self.tracing.span("run", facts):
            return await self.uow.run(actor, work)

    async def read(self, work: Callable[[Transaction], Awaitable[R]]) -> R:
        """As the unit of work does it."""
        if not get_current_span().is_recording():
            return await self.uow.read(work)
        with self.tracing.span("read", {"code.function.name": _called(work)}):
            return await self.uow.read(work)


def _called(work: Callable[..., object]) -> str:
    """The use case whose work it is, as it is called in the code."""
    module = getattr(work, "__module__", "")
    name: str = getattr(work, "__qualname__", type(work).__qualname__)
    return f"{module}.{name.replace('.<locals>', '')}"


@attrs.frozen
class TracedCourier:
    """A courier with a span for each try, whose id the target is told (`traceparent`)."""

    courier: Courier
    tracing: Tracing

    async def check(self, url: str) -> None:
        """As the courier does it. :raises RefusedTarget: nothing would be sent there"""
        await self.courier.check(url)

    async def carry(self, parcel: Parcel, *, at: datetime) -> Receipt:
        """As the courier does it."""
        facts = {
            "http.request.method": "POST",
            "haitech.event_type": parcel.event_type,
            "haitech.delivery_id": str(parcel.delivery),
        }
        with self.tracing.span("POST webhook", facts, kind=SpanKind.CLIENT) as span:
            carrier: dict[str, str] = {}
            _propagator.inject(carrier)
            own = {name.lower() for name in parcel.headers}
            more = {name: value for name, value in carrier.items() if name not in own}
            headers = {**parcel.headers, **more}
            receipt = await self.courier.carry(attrs.evolve(parcel, headers=headers), at=at)
            if receipt.response_status is not None:
                span.set_attribute("http.response.status_code", receipt.response_status)
            if receipt.error is not None:
                failed(span, "no answer")
            return receipt


@attrs.frozen
class TracedHandler:
    """What does the jobs of one kind, with a span for each."""

    handler: Handler
    tracing: Tracing

    async def __call__(self, job: Job) -> Outcome:
        """Do it."""
        facts: Facts = {"haitech.job_id": str(job.id), "haitech.attempt": job.attempts}
        with self.tracing.span(f"job {job.kind}", facts, kind=SpanKind.CONSUMER) as span:
            outcome = await self.handler(job)
            if outcome.buried or outcome.again_at is not None:
                span.set_attribute("haitech.outcome", "buried" if outcome.buried else "put_off")
            return outcome
