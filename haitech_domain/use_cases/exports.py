"""Exports: looking at them, fetching their files, cancelling, and clearing away (api.md)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from typing import ClassVar, Final
from uuid import UUID

import attrs

from haitech_domain.access import Action, Actor, Resource, Role, grant
from haitech_domain.change import Change
from haitech_domain.errors import DomainError, Kind
from haitech_domain.export import (
    Export,
    File,
    cancelled,
    expired,
    failed,
    file_to_fetch,
)
from haitech_domain.ports import PIECE, Clock, Page, Query, Transaction, UnitOfWork

LEFT_BEHIND_AFTER: Final = timedelta(minutes=10)
"""How long an export may be under way without a job."""
GIVEN_UP: Final = "writing it was given up; the server's log says why"
"""What is told of an export whose job ended without a word."""
_A_STRETCH: Final = 10


def whose(actor: Actor) -> UUID | None:
    """Whose exports exist for the actor: everybody's for administrators, else the actor's own.

    :raises Forbidden: the role or scopes do not let the actor read reports
    """
    grant(actor, Action.READ, Resource.REPORTS)
    return None if actor.role is Role.ADMIN else actor.id


@attrs.frozen(kw_only=True)
class ReadExport:
    """One export: how far it is, in percent, and where its file is once there is one.

    Administrators see everybody's exports, managers and API keys their own.
    """

    uow: UnitOfWork

    async def __call__(self, *, actor: Actor, id: UUID) -> Export:
        """The export.

        :raises Forbidden: the actor may not read reports
        :raises NotFound: there is none, or it is not the actor's
        """
        mine = whose(actor)
        return await self.uow.read(lambda tx: tx.exports.get(id, own=mine))


@attrs.frozen(kw_only=True)
class ListExports:
    """Exports, newest first, also those whose files are there no more.

    Administrators see everybody's exports, managers and API keys their own.
    """

    uow: UnitOfWork

    async def __call__(self, *, actor: Actor, query: Query) -> Page[Export]:
        """One page of those that exist for the actor.

        :raises Forbidden: the actor may not read reports
        :raises Invalid: an unknown filter or sort
        """
        asked = attrs.evolve(query, own=whose(actor))
        return await self.uow.read(lambda tx: tx.exports.page(asked))


@attrs.frozen(kw_only=True)
class CancelExport:
    """Cancel an export that waits or is being written. What is ready stays until its time is over."""

    uow: UnitOfWork
    clock: Clock

    async def __call__(self, *, actor: Actor, id: UUID) -> Export:
        """The export as one that nobody writes; whoever is at it stops.

        :raises Forbidden: the actor may not read reports
        :raises NotFound: there is none, or it is not the actor's
        :raises Transition: it is over already
        """
        mine = whose(actor)

        async def work(tx: Transaction) -> Export:
            change = cancelled(await tx.exports.lock(id, own=mine), at=self.clock.now())
            await tx.exports.save(change)
            await tx.export_files.forget(change.after.id)
            return change.after

        return await self.uow.run(actor, work)


@attrs.frozen
class FileGone(DomainError):
    """A file was removed while it was read: the rest of the answer does not come."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    reason: ClassVar[str] = "export.file_gone"
    says: ClassVar[str] = "the file of this export was removed while it was read; ask for it anew"


@attrs.frozen(kw_only=True)
class FetchExport:
    """The file of an export, whole or in part (`Range`); it is kept for seven days.

    Whether the caller may read reports is asked anew at each fetching.
    """

    uow: UnitOfWork
    clock: Clock

    async def __call__(self, *, actor: Actor, id: UUID) -> tuple[Export, File]:
        """The export and its file.

        :raises Forbidden: the actor may not read reports (any more)
        :raises NotFound: there is none, or it is not the actor's
        :raises ExportNotReady: there is no file yet, or there will be none
        :raises ExportExpired: the file was kept as long as files are
        """
        mine = whose(actor)
        export = await self.uow.read(lambda tx: tx.exports.get(id, own=mine))
        return export, file_to_fetch(export, self.clock.now())

    async def part(self, file: File, first: int, last: int) -> AsyncIterator[bytes]:
        """The bytes of a file from the `first` to the `last`, both included, piece by piece.

        Nothing is held between two pieces, so whoever is slow takes nothing from others.

        :raises FileGone: the file was removed meanwhile
        """
        for number in range(first // PIECE, last // PIECE + 1):
            # a client that leaves in the middle would take the connection along
            piece = await asyncio.shield(self._piece(file, number))
            begins = number * PIECE
            yield piece[max(0, first - begins) : last + 1 - begins]

    async def _piece(self, file: File, number: int) -> bytes:
        piece = await self.uow.read(lambda tx: tx.export_files.piece(file.id, number))
        if piece is None:
            raise FileGone
        return piece


@attrs.frozen(kw_only=True)
class ForgetFiles:
    """Remove the files whose time is over; the exports stay, as expired."""

    uow: UnitOfWork
    clock: Clock

    async def __call__(self, *, actor: Actor) -> int:
        """How many files were removed; the oldest go first, some at once."""
        at = self.clock.now()

        async def work(tx: Transaction) -> int:
            over = await tx.exports.over(at=at, most=_A_STRETCH)
            return await _ended(tx, over, lambda export: expired(export, at=at))

        return await self.uow.run(actor, work)


@attrs.frozen(kw_only=True)
class RecoverExports:
    """See to exports that are under way although nobody works on them: they have failed.

    That is how it ends where a job is buried because whoever did it was killed again and again.
    """

    uow: UnitOfWork
    clock: Clock

    async def __call__(self, *, actor: Actor) -> int:
        """How many have failed; the oldest go first, some at once."""
        at = self.clock.now()

        async def work(tx: Transaction) -> int:
            left = await tx.exports.left_behind(before=at - LEFT_BEHIND_AFTER, most=_A_STRETCH)
            return await _ended(tx, left, lambda export: failed(export, GIVEN_UP, at=at))

        return await self.uow.run(actor, work)


async def _ended(
    tx: Transaction, exports: Sequence[Export], end: Callable[[Export], Change[Export]]
) -> int:
    """End some exports, and remove what is kept of their files; how many they were."""
    for export in exports:
        await tx.export_files.forget(export.id)
    await tx.exports.save(*map(end, exports))
    return len(exports)
