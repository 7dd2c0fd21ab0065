"""A school into which exports are imported, and what can then be seen of it through its ports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import attrs

from haitech_adapters.legacy import read_cycles, read_meetings
from haitech_domain.access import Actor
from haitech_domain.cycle import Cycle
from haitech_domain.meeting import Meeting
from haitech_domain.ports import Clock, Ids, Query, Transaction, UnitOfWork
from haitech_domain.use_cases.import_legacy import ImportLegacy
from haitech_domain.use_cases.legacy import ImportReport
from haitech_domain.use_cases.school import School
from tests.journeys.legacy_files import REAL, write_export

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
