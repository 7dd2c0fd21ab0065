"""The app factory that the server calls in each of its processes."""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any, Final

from litestar import Litestar, Router
from litestar.di import Provide

from haitech_adapters.http import build_app
from haitech_adapters.http.auth import AuthController
from haitech_adapters.http.branches import BranchController
from haitech_adapters.http.courses import CourseController
from haitech_adapters.http.cycles import CyclesController
from haitech_adapters.http.docs_page import DocsController
from haitech_adapters.http.health import Checks, HealthController, MetaController
from haitech_adapters.http.instructors import InstructorController
from haitech_adapters.http.meetings import MeetingsController
from haitech_adapters.postgres import pool as pools
from haitech_app import logs
from haitech_app.container import Container
from haitech_app.settings import Environment, Settings
from haitech_domain.ports import Tokens
from haitech_domain.use_cases import Verbs

TITLE: Final = "HaiTech CRM"
BASE: Final = "/api/v1"
_YOUNG: Final = 50_000
"""Allocations between collections of the youngest generation: each request makes some hundreds
that die with it, and the long-lived rest is frozen."""

CONTROLLERS: Final = (
    AuthController,
    BranchController,
    CourseController,
    CyclesController,
    DocsController,
    HealthController,
    InstructorController,
    MeetingsController,
    MetaController,
)


def app_over(
    verbs: Verbs,
    *,
    tokens: Tokens,
    checks: Checks,
    lifespan: list[Any] | None = None,
    debug: bool = False,
) -> Litestar:
    """The HTTP app over any set of verbs; `checks` are what readiness means."""

    def the_verbs() -> Verbs:
        return verbs

    def the_checks() -> Checks:
        return checks

    return build_app(
        controllers=[Router(BASE, route_handlers=list(CONTROLLERS))],
        tokens=tokens,
        dependencies={
            "verbs": Provide(the_verbs, sync_to_thread=False),
            "checks": Provide(the_checks, sync_to_thread=False),
        },
        lifespan=lifespan or [],
        debug=debug,
        title=TITLE,
        version=version("haitech"),
    )


def create() -> Litestar:
    """The app over PostgreSQL, by the settings of the environment."""
    settings = Settings.load(os.environ)
    logs.configure(settings.log_level)
    container = Container(settings=settings)
    pool = container.pool()

    @asynccontextmanager
    async def serving(_: Litestar) -> AsyncIterator[None]:
        await pool.open()
        gc.collect()
        gc.freeze()
        gc.set_threshold(_YOUNG, 20, 20)
        try:
            yield
        finally:
            await pool.close()

    async def database_is_ready() -> bool:
        return await pools.ready(pool)

    return app_over(
        container.verbs(),
        tokens=container.tokens(),
        checks={"database": database_is_ready},
        lifespan=[serving],
        debug=settings.env is Environment.DEV,
    )
