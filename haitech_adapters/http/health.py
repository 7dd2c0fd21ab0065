"""`/health` and `/meta`: whether the program lives and can work, which it is, what it offers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import ClassVar, TypeAlias

import attrs
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.response.base import ASGIResponse

from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer, encoded
from haitech_adapters.http.openapi import document_of
from haitech_adapters.http.shapes import HttpRequest, View
from haitech_domain.errors import DomainError, Kind, Problem

Checks: TypeAlias = Mapping[str, Callable[[], Awaitable[str | None]]]
"""What must hold before requests can be served, by name: each says why not, or None."""

UseChecks: TypeAlias = NamedDependency[Checks]


@attrs.frozen
class NotReady(DomainError):
    """A part of the program cannot work yet; `parts` says which and why."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    reason: ClassVar[str] = "not_ready"
    says: ClassVar[str] = "not ready to serve"
    parts: tuple[Problem, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Each part that fails."""
        return self.parts


class HealthView(View, frozen=True):
    """How the program is; `checks` says so part by part."""

    status: str
    checks: dict[str, str]


class VersionView(View, frozen=True):
    """Which program this is."""

    name: str
    version: str


class HealthController(Controller):
    """For load balancers and people."""

    path = "/health"
    tags = ("health",)

    @get(
        "/",
        opt={
            "endpoint": Endpoint(summary="Is it there?", open=True, probe=True, result=HealthView)
        },
    )
    async def health(self, request: HttpRequest) -> ASGIResponse:
        """Answer at once, whatever else is the matter."""
        return answer(request, HealthView(status="ok", checks={}))

    @get(
        "/live",
        opt={
            "endpoint": Endpoint(summary="Is it alive?", open=True, probe=True, result=HealthView)
        },
    )
    async def live(self, request: HttpRequest) -> ASGIResponse:
        """Answer at once, whatever else is the matter."""
        return answer(request, HealthView(status="ok", checks={}))

    @get(
        "/ready",
        opt={
            "endpoint": Endpoint(
                summary="Can it work?",
                description="Checks the database and its migrations; 503 where one fails.",
                open=True,
                probe=True,
                result=HealthView,
                errors=(Kind.UNAVAILABLE,),
            )
        },
    )
    async def ready(self, request: HttpRequest, checks: UseChecks) -> ASGIResponse:
        """Ask every part."""
        answers = {name: await check() for name, check in checks.items()}
        failed = tuple(Problem(n, why, "not_ready") for n, why in answers.items() if why)
        if failed:
            raise NotReady(failed)
        return answer(request, HealthView(status="ok", checks=dict.fromkeys(answers, "ok")))


class MetaController(Controller):
    """About the program."""

    path = "/meta"
    tags = ("meta",)

    @get(
        "/version",
        opt={"endpoint": Endpoint(summary="Which version is this?", open=True, result=VersionView)},
    )
    async def version(self, request: HttpRequest) -> ASGIResponse:
        """Name and version."""
        state = request.app.state
        return answer(request, VersionView(name=state.title, version=state.version))

    @get(
        "/schema",
        opt={
            "endpoint": Endpoint(
                summary="This API as an OpenAPI 3.1 document",
                open=True,
                raw=True,
                produces=("application/json",),
            )
        },
    )
    async def schema(self, request: HttpRequest) -> ASGIResponse:
        """The document."""
        body = encoded(await asyncio.to_thread(document_of, request.app))
        return ASGIResponse(body=body, media_type="application/json")
