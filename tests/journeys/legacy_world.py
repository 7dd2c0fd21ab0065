"""A school into which exports are imported, and what can then be seen of it through its ports."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import pytest

from haitech_adapters.legacy import read_cycles, read_meetings
from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_adapters.postgres import PoolSettings, PostgresUnitOfWork, make_pool
from haitech_app.testing import databases
from haitech_domain.access import Actor
from haitech_domain.cycle import Cycle
from haitech_domain.meeting import Meeting
from haitech_domain.ports import Clock, Ids, Query, Transaction, UnitOfWork
from haitech_domain.use_cases.import_legacy import ImportLegacy
from haitech_domain.use_cases.legacy import Counts, ImportReport
from haitech_domain.use_cases.school import School
from tests.journeys.legacy_files import REAL, meeting, write_export

AUDIT = "SELECT action, entity, actor_kind FROM audit_log"
SOMEBODY = Actor.system("test")


class EverOpen:
    """A calendar that closes no day: imports never ask it."""

    def closed_on(self, day: date) -> str | None:
        raise AssertionError(f"an import asked whether {day} teaches")


@attrs.frozen
class LegacyWorld:
    """A fresh store, and a folder for files."""

    uow: UnitOfWork
    ids: Ids
    clock: Clock
    folder: Path
    journal: Callable[[], Awaitable[tuple[list[Any], int]]]
    """What was audited (action, entity, kind of actor), and how many events were told."""

    @property
    def use_case(self) -> ImportLegacy:
        return ImportLegacy(
            uow=self.uow, clock=self.clock, ids=self.ids, school=School(holidays=EverOpen())
        )

    async def imports(self, cycles: Any, meetings: Any, **how: Any) -> ImportReport:
        paths = write_export(self.folder, cycles, meetings)
        return await self.use_case(
            cycles=read_cycles(paths[0]), meetings=read_meetings(paths[1]), **how
        )

    async def imports_real(self, **how: Any) -> ImportReport:
        return await self.use_case(
            cycles=read_cycles(REAL / "legacy_cycles.csv"),
            meetings=read_meetings(REAL / "legacy_meetings.csv"),
            **how,
        )

    async def all(self, repository: str) -> list[Any]:
        """Every live thing of a repository, by creation."""

        async def work(tx: Transaction) -> list[Any]:
            things: list[Any] = []
            while True:
                query = Query(sort_by="created_at", limit=100, offset=len(things))
                page = await getattr(tx, repository).page(query)
                things += page.items
                if not page.has_more:
                    return things

        return await self.uow.read(work)

    async def cycle(self, name: str = "חוג א") -> Cycle:
        [found] = [c for c in await self.all("cycles") if c.name == name]
        cycle: Cycle = found
        return cycle

    async def meetings(self, cycle: Cycle) -> Sequence[Meeting]:
        return await self.uow.read(lambda tx: tx.meetings.of_cycle(cycle.id))

    async def save(self, **changes: Any) -> None:
        """Save one change for each repository named."""

        async def work(tx: Transaction) -> None:
            for repository, change in changes.items():
                await getattr(tx, repository).save(change)

        await self.uow.run(SOMEBODY, work)


def memory_world(folder):
    ids, clock = CountingIds(), FixedClock()
    uow = MemoryUnitOfWork(ids, clock)

    async def journal():
        audit = [
            (entry.action, entry.entity, entry.actor_kind.value)
            for committed in uow.committed
            for entry in committed.audit
        ]
        return audit, sum(len(committed.outbox) for committed in uow.committed)

    return LegacyWorld(uow, ids, clock, folder, journal)


def postgres_world(folder, pool):
    ids, clock = CountingIds(), FixedClock()

    async def journal():
        async with pool.connection() as connection:
            audit = await (await connection.execute(AUDIT)).fetchall()
            events = await (await connection.execute("SELECT count(*) FROM outbox")).fetchone()
            return [tuple(row) for row in audit], events[0]

    return LegacyWorld(PostgresUnitOfWork(pool, ids, clock), ids, clock, folder, journal)


class OnBothStores:
    """Tests that run on memory and on PostgreSQL alike."""

    @pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
    async def world(self, request, tmp_path):
        if request.param == "memory":
            yield memory_world(tmp_path)
            return
        settings = PoolSettings(min_size=1)
        async with make_pool(databases.emptied(), settings) as pool:
            yield postgres_world(tmp_path, pool)


def counts(read: int, created: int = 0, unchanged: int = 0, rejected: int = 0) -> Counts:
    return Counts(read=read, created=created, unchanged=unchanged, rejected=rejected)


def sundays(many: int, **cells: str) -> list[dict[str, str]]:
    days = ["02/11", "09/11", "16/11", "23/11", "30/11", "07/12", "14/12"][:many]
    return [meeting(f"{day}/2025 16:00", **cells) for day in days]
