"""Writing an export: its report read at one moment, to a file that is kept as a whole or not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeAlias
from uuid import UUID

import attrs

from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.errors import DomainError, Invalid, NotFound
from haitech_domain.export import (
    Export,
    ExportTakenOver,
    ExportTooLarge,
    File,
    begun,
    completed,
    failed,
    further,
    put_off,
)
from haitech_domain.ids import ExportId
from haitech_domain.ports import (
    DONE,
    Clock,
    Ids,
    Job,
    Outcome,
    Snapshots,
    Spool,
    SpoolFile,
    Transaction,
    UnitOfWork,
)
from haitech_domain.reports import Cell, FileFormat, Heading

MOST_TRIES: Final = 5
"""After so many an export has failed; whoever wants it asks anew."""
MOST_AT_ONCE: Final = 2
"""How many exports one process writes at a time; each has a thread, and a connection of its own."""
TOLD_EVERY: Final = timedelta(seconds=1)
"""How often the progress is written down, at most."""
_FIRST_PAUSE: Final = timedelta(seconds=10)
_WRITTEN: Final = 90
"""Percent of the progress that reading and writing take; keeping the file takes the rest."""
_SYSTEM: Final = Actor.system("export")
_NEVER_ENDED: Final = "it was begun {tries} times and never ended; the server's log says why"


@attrs.frozen(kw_only=True)
class Contents:
    """What stands in a file: `expected` rows in `batches`, and their totals.

    A batch may be gone through once only, off the event loop.
    """

    heading: Heading
    expected: int
    batches: AsyncIterator[Iterable[Sequence[Cell]]]
    totals: Sequence[Cell] | None


Read: TypeAlias = Callable[[Transaction, Export], Awaitable[Contents]]
"""How the report of an export is read. :raises Invalid: its question is none (any more)"""


@attrs.define
class _Counted:
    """Rows that are counted while somebody goes through them."""

    rows: int = 0

    def through(self, batch: Iterable[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
        """The batch itself."""
        for row in batch:
            yield row
            self.rows += 1


@attrs.frozen(kw_only=True)
class WriteExport:
    """Write the file of an export that lies in the queue.

    A worker that is killed is followed by another, which begins anew: half of a file is never
    shown. A try that fails is repeated some times; then the export has failed and says why.
    """

    uow: UnitOfWork
    clock: Clock
    ids: Ids
    snapshots: Snapshots
    spool: Spool
    read: Read
    turns: asyncio.Semaphore = attrs.field(factory=lambda: asyncio.Semaphore(MOST_AT_ONCE))

    async def __call__(self, job: Job) -> Outcome:
        """Write it.

        :raises Unavailable: the store cannot be reached; it is tried again
        """
        id = ExportId(UUID(job.facts["export"]))
        if job.attempts > MOST_TRIES:
            why = _NEVER_ENDED.format(tries=MOST_TRIES)
            return self._given_up(id, why, reason="never ended")
        async with self.turns:
            try:
                export = await self._begun(id, job)
                file = await self._written(export)
            except (ExportTakenOver, NotFound):
                return DONE
            except DomainError as refused:
                return self._failed(id, job, refused)
        return Outcome(settle=lambda tx: self._kept(tx, export, file))

    async def _begun(self, id: ExportId, job: Job) -> Export:
        async def work(tx: Transaction) -> Export:
            change = begun(await tx.exports.lock(id), attempt=job.taken, at=self.clock.now())
            await tx.exports.save(change)
            await tx.export_files.forget(id)
            return change.after

        return await self.uow.run(_SYSTEM, work)

    async def _written(self, export: Export) -> File:
        """The file, which nothing names yet.

        :raises ExportTakenOver: it was cancelled, or somebody else writes it
        """

        async def work(tx: Transaction) -> File:
            contents = await self.read(tx, export)
            async with self.spool.begin(FileFormat(export.format), contents.heading) as spooled:
                return await self._spooled(export, contents, spooled)

        return await self.snapshots.read(work)

    async def _spooled(self, export: Export, contents: Contents, spooled: SpoolFile) -> File:
        counted, told = _Counted(), self.clock.now()
        async for batch in contents.batches:
            await spooled.rows(counted.through(batch))
            if self.clock.now() - told >= TOLD_EVERY:
                told = self.clock.now()
                percent = counted.rows * _WRITTEN // max(contents.expected, 1)
                await self._further(export, counted.rows, min(percent, _WRITTEN))
        whole = await spooled.end(contents.totals)
        file = File(id=self.ids.new(), size=whole.size, digest=whole.digest, rows=counted.rows)
        number = kept = 0
        async for piece in spooled.pieces():
            kept += len(piece)
            percent = _WRITTEN + kept * (100 - _WRITTEN) // max(file.size, 1)
            await self._further(export, file.rows, percent, (file.id, number, piece))
            number += 1
        return file

    async def _further(
        self,
        export: Export,
        rows: int,
        percent: int,
        piece: tuple[UUID, int, bytes] | None = None,
    ) -> None:
        """Write down how far it is, and keep a piece of the file, if this is one."""

        async def work(tx: Transaction) -> None:
            now = await tx.exports.lock(export.id)
            change = further(
                now, attempt=export.attempt, rows=rows, progress=percent, at=self.clock.now()
            )
            await tx.exports.save(change)
            if piece is not None:
                await tx.export_files.put(export.id, *piece)

        await self.uow.run(_SYSTEM, work)

    async def _kept(self, tx: Transaction, export: Export, file: File) -> None:
        """In the transaction that ends the job: the file is there from now on, or never."""
        now = await tx.exports.lock(export.id)
        try:
            change = completed(now, file, attempt=export.attempt, at=self.clock.now())
        except ExportTakenOver:
            return  # it was cancelled in the very end, and its pieces are gone
        await tx.exports.save(change)

    def _failed(self, id: ExportId, job: Job, refused: DomainError) -> Outcome:
        hopeless = isinstance(refused, (Invalid, ExportTooLarge))
        if hopeless or job.attempts >= MOST_TRIES:
            return self._given_up(id, refused.message, reason=refused.reason)
        at = self.clock.now() + _FIRST_PAUSE * 3 ** (job.attempts - 1)
        return Outcome(
            again_at=at,
            why=refused.reason,
            settle=lambda tx: self._ended(tx, id, lambda e, at: put_off(e, refused.message, at=at)),
        )

    def _given_up(self, id: ExportId, why: str, *, reason: str) -> Outcome:
        return Outcome(
            buried=True,
            why=reason,
            settle=lambda tx: self._ended(tx, id, lambda e, at: failed(e, why, at=at)),
        )

    async def _ended(
        self, tx: Transaction, id: ExportId, end: Callable[[Export, datetime], Change[Export]]
    ) -> None:
        """Write down what became of it, and leave nothing of its file."""
        try:
            export = await tx.exports.lock(id)
        except NotFound:
            return
        await tx.exports.save(end(export, self.clock.now()))
        if export.is_under_way:
            await tx.export_files.forget(id)
