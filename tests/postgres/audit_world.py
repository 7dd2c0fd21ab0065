"""An audit log on PostgreSQL, signed and sealed, and somebody who edits it behind its back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import attrs
import psycopg
from psycopg_pool import AsyncConnectionPool

from haitech_adapters.memory import CountingIds, FixedClock
from haitech_adapters.postgres import (
    Anchor,
    AuditKey,
    AuditSealer,
    AuditVerifier,
    PoolSettings,
    PostgresUnitOfWork,
    Verified,
    make_pool,
)
from haitech_app.testing import databases
from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.testing.builders import a_course
from tests.postgres.unguarded import unguarded

KEY = AuditKey(b"a key of the tests, 32 bytes long")
SYSTEM = Actor.system("test")


async def _save(course, tx):
    await tx.courses.save(Change.created(course))


@attrs.define
class AuditWorld:
    """The log with its writers, its sealer and its verifier."""

    url: str
    pool: AsyncConnectionPool
    clock: FixedClock
    uow: PostgresUnitOfWork
    sealer: AuditSealer
    verifier: AuditVerifier
    seen: Verified = attrs.field(factory=Verified)

    async def write(self, rows: int) -> list[str]:
        """Make courses, each in a transaction of its own; their ids."""
        made = [a_course() for _ in range(rows)]
        for course in made:
            await self.uow.run(SYSTEM, partial(_save, course))
        return [str(course.id) for course in made]

    async def sealed(self, rows: int) -> list[str]:
        """The same, sealed."""
        ids = await self.write(rows)
        await self.sealer()
        return ids

    def another_sealer(self, key: AuditKey = KEY) -> AuditSealer:
        """Of another process."""
        return AuditSealer(self.pool, key, self.clock)

    async def findings(self, **how) -> list[str]:
        """What verifying says, in lines without ids."""
        found = [finding async for finding in self.verifier(progress=self.saw, **how)]
        return [str(finding).replace(f" {finding.entity_id}", "") for finding in found]

    def saw(self, verified: Verified) -> None:
        self.seen = verified

    def behind_its_back(self, *statements: str) -> None:
        """With the rules of the tables out of force."""
        with psycopg.connect(self.url) as connection, unguarded(connection):
            for statement in statements:
                cursor = connection.execute(statement)
                assert cursor.rowcount, statement

    def rows(self, query: str) -> list[tuple]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query).fetchall()

    @property
    def last(self):
        """The position of the newest row."""
        [(position,)] = self.rows("SELECT max(position) FROM audit_log")
        return position

    @property
    def anchor(self) -> Anchor:
        """Where the chain ends, as it is noted elsewhere."""
        assert self.sealer.head is not None
        return Anchor.of(self.sealer.head.anchor)


@asynccontextmanager
async def an_audit_world(url: str | None = None) -> AsyncIterator[AuditWorld]:
    url = url or databases.emptied()
    clock = FixedClock()
    async with make_pool(url, PoolSettings(min_size=1, max_size=8)) as pool:
        uow = PostgresUnitOfWork(pool, CountingIds(), clock, audit_key=KEY)
        yield AuditWorld(
            url, pool, clock, uow, AuditSealer(pool, KEY, clock), AuditVerifier(pool, KEY)
        )
