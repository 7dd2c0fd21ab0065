"""Worlds: a unit of work with its ids and clock over an empty store, and every verb over them."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any, Final, LiteralString

import attrs

from haitech_adapters.calendar import IsraeliSchoolCalendar
from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_adapters.postgres import PostgresUnitOfWork
from haitech_adapters.postgres.unit_of_work import Pool
from haitech_adapters.security import (
    AesGcmSealing,
    Argon2Passwords,
    JwtTokens,
    SystemRandomness,
)
from haitech_adapters.security.keys import LENGTH
from haitech_app.testing.doors import doors
from haitech_domain.ports import Clock, Ids, UnitOfWork
from haitech_domain.testing.contracts import Journal
from haitech_domain.use_cases import School, Verbs

SCHOOL: Final = School(holidays=IsraeliSchoolCalendar())
_AUDIT: Final = (
    "SELECT action, entity, entity_id, old, new, actor_kind FROM audit_log ORDER BY position"
)
_EVENTS: Final = "SELECT type, facts FROM outbox ORDER BY position"
_SECRET: Final = "a secret of the tests " * 2


def verbs_over(uow: UnitOfWork, clock: Clock, ids: Ids, school: School = SCHOOL) -> Verbs:
    """Every verb over these ports; mail, webhooks and limits are in memory."""
    return Verbs.over(
        uow=uow,
        clock=clock,
        ids=ids,
        passwords=_passwords(),
        tokens=JwtTokens(secret=_SECRET, clock=clock, life=timedelta(hours=1)),
        randomness=SystemRandomness(),
        school=school,
        **doors(clock),
    )


@cache
def _passwords() -> Argon2Passwords:
    return Argon2Passwords()


def journal_of(uow: MemoryUnitOfWork) -> Journal:
    """What every committed transaction wrote beside its rows."""
    return Journal(
        audit=[
            {
                "action": entry.action,
                "entity": entry.entity,
                "entity_id": entry.entity_id,
                "old": entry.old,
                "new": entry.new,
                "actor_kind": entry.actor_kind.value,
            }
            for committed in uow.committed
            for entry in committed.audit
        ],
        events=[
            {"type": event.type, "facts": event.facts}
            for committed in uow.committed
            for event in committed.outbox
        ],
    )


@attrs.frozen(kw_only=True)
class MemoryWorld:
    """The memory adapters over a fresh store in this process."""

    uow: MemoryUnitOfWork
    ids: CountingIds
    clock: FixedClock
    verbs: Verbs

    @classmethod
    def fresh(cls, school: School = SCHOOL) -> MemoryWorld:
        """One with nothing in it; its ids count up, and its clock stands still until it is moved."""
        ids, clock = CountingIds(), FixedClock()
        uow = MemoryUnitOfWork(ids, clock)
        return cls(uow=uow, ids=ids, clock=clock, verbs=verbs_over(uow, clock, ids, school))

    async def journal(self) -> Journal:
        """What every committed transaction wrote beside its rows."""
        return journal_of(self.uow)


@attrs.frozen(kw_only=True)
class PostgresWorld:
    """The PostgreSQL adapters over the tables of one database."""

    uow: PostgresUnitOfWork
    ids: Ids
    clock: FixedClock
    pool: Pool
    verbs: Verbs

    @classmethod
    def over(cls, pool: Pool, *, ids: Ids | None = None, school: School = SCHOOL) -> PostgresWorld:
        """One over an open pool; its tables are as they are (`databases.emptied`)."""
        ids, clock = ids or CountingIds(), FixedClock()
        uow = PostgresUnitOfWork(pool, ids, clock, sealing=AesGcmSealing(bytes(LENGTH)))
        verbs = verbs_over(uow, clock, ids, school)
        return cls(uow=uow, ids=ids, clock=clock, pool=pool, verbs=verbs)

    async def journal(self) -> Journal:
        """What every committed transaction wrote beside its rows."""
        return Journal(audit=await self._all(_AUDIT), events=await self._all(_EVENTS))

    async def _all(self, query: LiteralString) -> list[dict[str, Any]]:
        async with self.pool.connection() as connection:
            cursor = await connection.execute(query)
            names = [column.name for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in await cursor.fetchall()]
