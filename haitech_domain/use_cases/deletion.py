"""Soft deletion and its undoing, of any simple resource (R-PPL-3)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import ClassVar, Generic, TypeVar
from uuid import UUID

import attrs

from haitech_domain.access import Action, Actor
from haitech_domain.change import Change
from haitech_domain.entity import Entity
from haitech_domain.errors import DomainError, NotFound
from haitech_domain.ids import DeletionId
from haitech_domain.ports import Clock, Ids, Repository, Transaction, UnitOfWork
from haitech_domain.records import fields_changed
from haitech_domain.use_cases.spec import Spec, Within

T = TypeVar("T", bound=Entity)


@attrs.frozen
class NotDeleted(DomainError):
    """Something live was to be restored."""

    reason: ClassVar[str] = "restore.not_deleted"
    says: ClassVar[str] = "this {what} is not deleted, so there is nothing to restore"
    what: str


def _called(cls: type[Entity]) -> str:
    """What repositories call one of them, so that a refusal here reads as theirs do."""
    return re.sub("(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()


def must_be_within(entity: Entity, id: UUID, within: Within | None) -> None:
    """:raises NotFound: it belongs to another parent"""
    for field, parent in (within or {}).items():
        if getattr(entity, field) != parent:
            raise NotFound(_called(type(entity)), id)


async def lock_deleted(
    repository: Repository[T], id: UUID, *, own: UUID | None = None, within: Within | None = None
) -> T:
    """The deleted thing with this id, locked; `own` limits only what may be said to be live.

    :raises NotFound: there is none, live or deleted
    :raises NotDeleted: it is live
    """
    try:
        found = await repository.lock_deleted(id)
    except NotFound as gone:
        must_be_within(await repository.get(id, own=own), id, within)
        raise NotDeleted(gone.what) from None
    must_be_within(found, id, within)
    return found


def deleted(entity: T, deletion: UUID, at: datetime) -> T:
    """The thing as one that is gone, by one act of deletion (R-PPL-3)."""
    return entity.changed(at, deleted_at=at, deletion=DeletionId(deletion))


def returned(entity: T, at: datetime) -> T:
    """The thing as one that is back."""
    return entity.changed(at, deleted_at=None, deletion=None)


@attrs.frozen(kw_only=True)
class Delete(Generic[T]):
    """Delete softly; refused while it would orphan something live (R-PPL-3)."""

    spec: Spec[T]
    uow: UnitOfWork
    clock: Clock
    ids: Ids

    async def __call__(self, *, actor: Actor, id: UUID, within: Within | None = None) -> None:
        """Take the thing out of every list; it can be restored.

        :raises Forbidden: the role or scopes do not allow it
        :raises NotFound: there is none
        :raises WouldOrphan: something live depends on it
        """
        spec = self.spec
        mine = spec.limit(actor, Action.DELETE)
        at = self.clock.now()

        async def work(tx: Transaction) -> None:
            repository = spec.repository(tx)
            if spec.first is not None:
                await spec.first(tx)
            await spec.under(tx, within, mine)
            before = await repository.lock(id, own=mine)
            must_be_within(before, id, within)
            spec.must_own(actor, Action.DELETE, before)
            members = await spec.members(tx, before) if spec.members is not None else ()
            await spec.leaving(tx, before)
            act = self.ids.new()
            after = deleted(before, act, at)
            if spec.family is not None:
                gone = [_gone(spec.family, m, deleted(m, act, at), at) for m in members]
                await spec.family.repository(tx).save(*gone)
            await repository.save(_gone(spec, before, after, at))
            if spec.follows is not None:
                await spec.follows(tx, before, after)

        await self.uow.run(actor, work)


@attrs.frozen(kw_only=True)
class Restore(Generic[T]):
    """Undo a deletion; uniqueness is checked again (R-PPL-3)."""

    spec: Spec[T]
    uow: UnitOfWork
    clock: Clock

    async def __call__(self, *, actor: Actor, id: UUID, within: Within | None = None) -> T:
        """The thing, live again.

        :raises Forbidden: the role or scopes do not allow it
        :raises NotFound: nothing has this id, or it is somebody else's
        :raises NotDeleted: it is live
        :raises ParentDeleted: what it belongs to is deleted
        :raises Duplicate: a value that must be unique was taken meanwhile
        """
        spec = self.spec
        mine = spec.limit(actor, Action.DELETE)
        at = self.clock.now()

        async def work(tx: Transaction) -> T:
            repository = spec.repository(tx)
            await spec.under(tx, within, mine)
            before = await lock_deleted(repository, id, own=mine, within=within)
            if spec.is_foreign(actor, before):
                raise NotFound(_called(spec.entity), id)
            await spec.returning(tx, before)
            after = returned(before, at)
            await repository.save(_back(spec, before, at))
            if spec.family is not None and before.deletion is not None:
                family = spec.family.repository(tx)
                gone = await family.deleted_with(before.deletion)
                await family.save(*(_back(spec.family, m, at) for m in gone))
            return after

        return await self.uow.run(actor, work)


def _gone(spec: Spec[T], before: T, after: T, at: datetime) -> Change[T]:
    return Change.updated(before, after, *spec.deleted_events(at, before), action="delete")


def _back(spec: Spec[T], before: T, at: datetime) -> Change[T]:
    """What returns says so as what changes does; `deleted_at` is the field that differs."""
    after = returned(before, at)
    events = spec.updated_events(at, after, fields_changed(before, after))
    return Change.updated(before, after, *events, action="restore")
