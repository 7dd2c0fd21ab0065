"""Stages for the machine: the memory adapters, and a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import attrs
from psycopg_pool import AsyncConnectionPool

from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_adapters.postgres import PoolSettings, make_pool
from haitech_adapters.system import TimeOrderedIds
from haitech_app.testing import PostgresWorld, databases, journal_of, verbs_over
from haitech_app.testing.worlds import SCHOOL
from haitech_domain.ports import Ids
from haitech_domain.testing.contracts import Journal
from haitech_domain.use_cases import School, Verbs

R = TypeVar("R")


@attrs.frozen(kw_only=True)
class InALoop:
    """A stage whose ports live in an event loop of their own."""

    uow: Any
    ids: Ids
    clock: FixedClock
    verbs: Verbs
    runner: asyncio.Runner
    school: School = SCHOOL

    def run(self, work: Awaitable[R]) -> R:
        async def awaited() -> R:
            return await work

        return self.runner.run(awaited())


@attrs.frozen(kw_only=True)
class MemoryStage(InALoop):
    """The memory adapters."""

    async def journal(self) -> Journal:
        return journal_of(self.uow)


@attrs.frozen(kw_only=True)
class PostgresStage(InALoop):
    """The tables of this process's database."""

    world: PostgresWorld

    async def journal(self) -> Journal:
        return await self.world.journal()


@contextmanager
def memory_stage(
    broken: Callable[[Verbs], Verbs] = lambda verbs: verbs,
    *,
    uow_of: Any = MemoryUnitOfWork,
    by: School = SCHOOL,
) -> Iterator[MemoryStage]:
    """An empty school in memory; `broken` puts wrong verbs in the place of right ones, `by` a rule."""
    ids, clock = CountingIds(), FixedClock()
    uow = uow_of(ids, clock)
    verbs = broken(verbs_over(uow, clock, ids, by))
    with asyncio.Runner() as runner:
        yield MemoryStage(uow=uow, ids=ids, clock=clock, verbs=verbs, runner=runner)


@contextmanager
def postgres_stages() -> Iterator[Callable[[], Any]]:
    """A way to open stages on PostgreSQL, each of them emptied, over one pool of connections."""
    with asyncio.Runner() as runner:
        pool = make_pool(databases.database(), PoolSettings(min_size=1, max_size=2))
        runner.run(_entered(pool))
        world = PostgresWorld.over(pool, ids=TimeOrderedIds())

        @contextmanager
        def open_stage() -> Iterator[PostgresStage]:
            databases.emptied()
            yield PostgresStage(
                uow=world.uow,
                ids=world.ids,
                clock=world.clock,
                verbs=world.verbs,
                runner=runner,
                world=world,
            )

        try:
            yield open_stage
        finally:
            runner.run(pool.close())


async def _entered(pool: AsyncConnectionPool) -> None:
    await pool.open(wait=True)
