"""The school whose year is played: how large it is, its verbs, its database, and who does what."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID

import attrs
from psycopg_pool import AsyncConnectionPool

from haitech_adapters.calendar import IsraeliSchoolCalendar
from haitech_adapters.memory import FixedClock
from haitech_adapters.postgres import PoolSettings, PostgresUnitOfWork, make_pool
from haitech_adapters.system import TimeOrderedIds
from haitech_app.testing import databases, verbs_over
from haitech_domain.access import Actor, ActorKind, Role
from haitech_domain.errors import DomainError
from haitech_domain.ids import InstructorId
from haitech_domain.ports import Unavailable
from haitech_domain.testing.builders import an_id
from haitech_domain.use_cases import Verbs

ADMIN: Final = Actor(kind=ActorKind.USER, id=an_id(), name="office", role=Role.ADMIN)
CALENDAR: Final = IsraeliSchoolCalendar()
CONNECTIONS: Final = 8
"""So many acts really run beside each other."""

Act = Callable[[], Awaitable[Any]]


@attrs.frozen(kw_only=True)
class Size:
    """How large the school is, and which days are played (both included)."""

    cycles: int
    instructors: int
    families: int
    first: date
    last: date
    second_term: date
    busy: float
    """How busy a day of the office is, beside that of two hundred cycles."""

    @property
    def weeks(self) -> int:
        """How long it is."""
        return (self.last - self.first).days // 7


YEAR: Final = Size(
    cycles=200,
    instructors=40,
    families=500,
    first=date(2024, 9, 1),
    last=date(2025, 6, 30),
    second_term=date(2025, 2, 2),
    busy=1,
)
"""5785: the autumn holidays in October, VAT from 17 to 18 % on 1 January, Purim to Shavuot."""
MONTH: Final = Size(
    cycles=8,
    instructors=4,
    families=14,
    first=date(2024, 12, 22),
    last=date(2025, 1, 12),
    second_term=date(2025, 1, 6),
    busy=0.4,
)
"""A few weeks of a few cycles, in the middle of which VAT rises."""


@attrs.frozen(kw_only=True)
class YearSchool:
    """The verbs over one database, and what was told of them."""

    size: Size
    clock: FixedClock
    uow: PostgresUnitOfWork
    verbs: Verbs
    pool: AsyncConnectionPool
    chance: random.Random
    teachers: dict[UUID, Actor] = attrs.field(factory=dict)
    told: Counter[tuple[str, str]] = attrs.field(factory=Counter)
    """How often each verb was done (`done`) and refused, by the reason."""

    async def rows(self, sql: str, *params: Any) -> list[Any]:
        """What the database itself says."""
        async with self.pool.connection() as connection:
            cursor = await connection.execute(sql, params)
            return list(await cursor.fetchall())

    async def prepares_for_counting(self) -> None:
        """Let the server know its tables, which a year has filled."""
        async with self.pool.connection() as connection:
            await connection.execute("ANALYZE")

    def at(self, day: date, hour: int) -> None:
        """Let the clock show this hour."""
        self.clock.set(datetime.combine(day, time(hour)))

    def today(self) -> date:
        """The civil day."""
        return self.clock.civil().date()

    async def at_once(self, acts: Sequence[Act]) -> None:
        """Do all acts, as many beside each other as there are connections."""
        waiting = iter(acts)

        async def hand() -> None:
            for act in waiting:
                await self.do(act)

        await asyncio.gather(*(hand() for _ in range(CONNECTIONS)))

    async def do(self, act: Act) -> Any:
        """One act; a refusal is an answer like any other, and is counted."""
        work = act()
        verb = getattr(work, "__qualname__", "an act").removesuffix(".__call__")
        try:
            done = await work
        except Unavailable:
            raise
        except DomainError as refusal:
            self.told[verb, refusal.reason] += 1
            return None
        self.told[verb, "done"] += 1
        return done


@asynccontextmanager
async def year_school(size: Size, seed: int) -> AsyncIterator[YearSchool]:
    """An empty school on PostgreSQL, on the morning of its first day."""
    clock = FixedClock.at(datetime.combine(size.first, time(7)))
    ids = TimeOrderedIds()
    settings = PoolSettings(
        min_size=2,
        max_size=CONNECTIONS,
        timeout=60,
        statement_timeout_ms=300_000,  # a recount reads everything
    )
    async with make_pool(databases.emptied(), settings) as pool:
        uow = PostgresUnitOfWork(pool, ids, clock)
        yield YearSchool(
            size=size,
            clock=clock,
            uow=uow,
            verbs=verbs_over(uow, clock, ids),
            pool=pool,
            chance=random.Random(seed),  # noqa: S311  # chance, no secret
        )


def teacher(instructor: UUID, user: UUID) -> Actor:
    """An instructor who has logged in."""
    return Actor(
        kind=ActorKind.USER,
        id=user,
        name="teacher",
        role=Role.INSTRUCTOR,
        instructor_id=InstructorId(instructor),
    )
