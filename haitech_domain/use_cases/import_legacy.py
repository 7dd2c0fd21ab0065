"""Importing the export of another program: all of it in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Final, TypeVar

import attrs

from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.entity import Entity
from haitech_domain.ports import Clock, Ids, Repository, Transaction, UnitOfWork
from haitech_domain.use_cases.legacy.plan import Plan, Planner
from haitech_domain.use_cases.legacy.report import ImportReport, Rejection
from haitech_domain.use_cases.legacy.rows import CycleRow, MeetingRow
from haitech_domain.use_cases.school import School

IMPORT: Final = Actor.system("import")
BATCH: Final = 500
"""How many rows one save writes, and one step of the progress counts at most."""

Progress = Callable[[int, int], None]
"""Told how many of how many rows are written. Begins again where the transaction does."""

_E = TypeVar("_E", bound=Entity)


@attrs.frozen(kw_only=True)
class ImportLegacy:
    """Import cycles and meetings of another program's export.

    Rows are known by a stored key, so importing the same files again creates nothing; new rows of
    a later export are added. Courses, branches and instructors are found or made by name. Every
    row is audited under the system's import; no events are told.
    """

    uow: UnitOfWork
    clock: Clock
    ids: Ids
    school: School

    async def __call__(
        self,
        *,
        cycles: Sequence[CycleRow | Rejection],
        meetings: Sequence[MeetingRow | Rejection],
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Import the rows; those refused while they were read are counted along.

        :raises Duplicate: another import of the same rows ran at the same time
        """

        async def work(tx: Transaction) -> ImportReport:
            plan = await self._planner(tx, lock=not dry_run).plan(cycles, meetings)
            if not dry_run:
                await _store(tx, plan, progress)
            return plan.report

        return await (self.uow.read(work) if dry_run else self.uow.run(IMPORT, work))

    def _planner(self, tx: Transaction, *, lock: bool) -> Planner:
        return Planner(tx=tx, ids=self.ids, school=self.school, at=self.clock.now(), lock=lock)


class _Written:
    """Counts what is written, and tells of it."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._done = 0
        self._total = total
        self._progress = progress

    def add(self, rows: int) -> None:
        """So many rows more."""
        self._done += rows
        if self._progress is not None:
            self._progress(self._done, self._total)


async def _store(tx: Transaction, plan: Plan, progress: Progress | None) -> None:
    """Write a plan, what others refer to first."""
    written = _Written(len(plan.cycles) + len(plan.meetings), progress)
    written.add(0)
    # first of all: of two imports at once, the second fails here, before it has done any work
    await tx.imports.record(plan.entries)
    names = plan.names
    await tx.courses.save(*names.made(names.courses))
    await tx.branches.save(*names.made(names.branches))
    await tx.instructors.save(*names.made(names.instructors))
    await _save(tx.cycles, plan.cycles, written)
    await _save(tx.meetings, plan.meetings, written)
    await tx.registrations.save(*plan.registrations)


async def _save(things: Repository[_E], changes: Sequence[Change[_E]], written: _Written) -> None:
    rest = iter(changes)
    while batch := tuple(islice(rest, BATCH)):
        await things.save(*batch)
        written.add(len(batch))
