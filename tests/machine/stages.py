"""Stages for the machine: the memory adapters, and a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import Any, TypeVar

import attrs
from psycopg_pool import AsyncConnectionPool

from haitech_adapters.calendar import IsraeliSchoolCalendar
from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_adapters.postgres import PoolSettings, PostgresUnitOfWork, make_pool
from haitech_adapters.security import Argon2Passwords, JwtTokens, SystemRandomness
from haitech_adapters.system import TimeOrderedIds
from haitech_domain.ports import Clock, Ids, UnitOfWork
from haitech_domain.testing.contracts import Journal
from haitech_domain.use_cases import School, Verbs
from tests.doors import doors
from tests.postgres import databases

R = TypeVar("R")

SCHOOL = School(holidays=IsraeliSchoolCalendar())
AUDIT = "SELECT action, entity, entity_id, old, new FROM audit_log ORDER BY position"
EVENTS = "SELECT type, facts FROM outbox ORDER BY position"


def verbs_over(uow: UnitOfWork, clock: Clock, ids: Ids, school: School = SCHOOL) -> Verbs:
    """Every verb; of what lets people in, nothing is called here."""
    return Verbs.over(
        uow=uow,
        clock=clock,
        ids=ids,
        passwords=_passwords(),
        tokens=JwtTokens(secret="a secret of the tests " * 2, clock=clock, life=timedelta(hours=1)),
        randomness=SystemRandomness(),
        school=school,
        **doors(clock),
    )


@cache
def _passwords() -> Argon2Passwords:
    return Argon2Passwords()


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
        return Journal(
            audit=[
                {
                    "action": entry.action,
                    "entity": entry.entity,
                    "entity_id": entry.entity_id,
                    "old": entry.old,
                    "new": entry.new,
                }
                for committed in self.uow.committed
                for entry in committed.audit
            ],
            events=[
                {"type": event.type, "facts": event.facts}
                for committed in self.uow.committed
                for event in committed.outbox
            ],
        )


@attrs.frozen(kw_only=True)
class PostgresStage(InALoop):
    """The tables of this process's database."""

    pool: AsyncConnectionPool

    async def journal(self) -> Journal:
        return Journal(audit=await self._all(AUDIT), events=await self._all(EVENTS))

    async def _all(self, query: Any) -> list[dict[str, Any]]:
        async with self.pool.connection() as connection:
            cursor = await connection.execute(query)
            names = [column.name for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in await cursor.fetchall()]


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
    ids, clock = TimeOrderedIds(), FixedClock()
    with asyncio.Runner() as runner:
        pool = make_pool(databases.database(), PoolSettings(min_size=1, max_size=2))
        runner.run(_entered(pool))
        uow = PostgresUnitOfWork(pool, ids, clock)
        verbs = verbs_over(uow, clock, ids)

        @contextmanager
        def open_stage() -> Iterator[PostgresStage]:
            databases.emptied()
            yield PostgresStage(
                uow=uow, ids=ids, clock=clock, verbs=verbs, runner=runner, pool=pool
            )

        try:
            yield open_stage
        finally:
            runner.run(pool.close())


async def _entered(pool: AsyncConnectionPool) -> None:
    await pool.open(wait=True)
