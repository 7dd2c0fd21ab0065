"""The shared mechanism of simple resources: create, read, list, update, delete, restore.

A resource is a `Spec`, a declaration; the verbs below work for any of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import attrs

from haitech_domain.access import Action, Actor, Resource, Role, grant, own
from haitech_domain.change import Change, Event
from haitech_domain.entity import Entity
from haitech_domain.ids import DeletionId
from haitech_domain.ports import (
    Clock,
    Ids,
    Listing,
    Page,
    Query,
    Repository,
    Transaction,
    UnitOfWork,
)
from haitech_domain.records import fields_changed

T = TypeVar("T", bound=Entity)

Guard = Callable[[Transaction, Any], Awaitable[None]]


async def _allow(tx: Transaction, entity: Any) -> None:
    """Nothing stands in the way."""


def _silent(*_: Any) -> tuple[Event, ...]:
    return ()


@attrs.frozen(kw_only=True)
class Spec(Generic[T]):
    """What a simple resource is.

    `checked` looks at a new or changed thing before it is saved (do its references exist?),
    `leaving` before it is deleted (would it orphan something?), `returning` before it is
    restored. `first` runs before the thing itself is locked, where other rows have to be locked
    before it; `follows` changes what changes along with it, in the same transaction, and is given
    the thing before and after. The three `…_events` make the events of a change. `for_instructors` is what an
    instructor may ask of the list, where that is less. `members` are the things of the repository
    `family` that are deleted along with one, and come back with it.
    """

    resource: Resource
    entity: type[T]
    repository: Callable[[Transaction], Repository[T]]
    for_instructors: Listing | None = None
    family: Callable[[Transaction], Repository[Any]] | None = None
    members: Callable[[Transaction, Any], Awaitable[Sequence[Any]]] | None = None
    first: Callable[[Transaction], Awaitable[object]] | None = None
    checked: Guard = _allow
    follows: Callable[[Transaction, Any, Any], Awaitable[None]] | None = None
    leaving: Guard = _allow
    returning: Guard = _allow
    created_events: Callable[[datetime, T], tuple[Event, ...]] = _silent
    updated_events: Callable[[datetime, T, tuple[str, ...]], tuple[Event, ...]] = _silent
    deleted_events: Callable[[datetime, T], tuple[Event, ...]] = _silent


@attrs.frozen(kw_only=True)
class Create(Generic[T]):
    """Make a new one. Every value is checked, and everything that is wrong is listed."""

    spec: Spec[T]
    uow: UnitOfWork
    clock: Clock
    ids: Ids

    async def __call__(self, *, actor: Actor, values: Mapping[str, Any]) -> T:
        """Make a thing of the given fields.

        :raises Forbidden: the role or scopes do not allow it
        :raises Invalid: values that break their rules, or name nothing
        :raises Duplicate: a value that must be unique is taken
        """
        spec = self.spec
        grant(actor, Action.CREATE, spec.resource)
        at = self.clock.now()
        entity = spec.entity(**{**values, "id": self.ids.new(), "created_at": at, "updated_at": at})

        async def work(tx: Transaction) -> T:
            await spec.checked(tx, entity)
            change = Change.created(entity, *spec.created_events(at, entity))
            await spec.repository(tx).save(change)
            return entity

        return await self.uow.run(actor, work)


@attrs.frozen(kw_only=True)
class Read(Generic[T]):
    """Read one."""

    spec: Spec[T]
    uow: UnitOfWork

    async def __call__(self, *, actor: Actor, id: UUID) -> T:
        """The live thing with this id, if it exists for the actor.

        :raises Forbidden: the role or scopes do not allow it
        :raises NotFound: there is none
        """
        mine = own(grant(actor, Action.READ, self.spec.resource), actor)
        return await self.uow.read(lambda tx: self.spec.repository(tx).get(id, own=mine))


@attrs.frozen(kw_only=True)
class ListPage(Generic[T]):
    """List, filter, search, sort, page."""

    spec: Spec[T]
    uow: UnitOfWork

    async def __call__(self, *, actor: Actor, query: Query) -> Page[T]:
        """One page of the live things that exist for the actor.

        :raises Forbidden: the role or scopes do not allow it
        :raises Invalid: an unknown filter or sort
        """
        mine = own(grant(actor, Action.READ, self.spec.resource), actor)
        colleague = actor.role is Role.INSTRUCTOR
        listing = self.spec.for_instructors if colleague else None
        asked = attrs.evolve(query, own=mine, listing=listing)
        return await self.uow.read(lambda tx: self.spec.repository(tx).page(asked))


@attrs.frozen(kw_only=True)
class Update(Generic[T]):
    """Change the given fields only; an optional one given as null is cleared."""

    spec: Spec[T]
    uow: UnitOfWork
    clock: Clock
    action: str = "update"
    """The verb by which the audit knows it."""

    async def __call__(self, *, actor: Actor, id: UUID, values: Mapping[str, Any]) -> T:
        """The thing with the given fields changed.

        :raises Forbidden: the role or scopes do not allow it
        :raises NotFound: there is none
        :raises Invalid: values that break their rules, or name nothing
        :raises Duplicate: a value that must be unique is taken
        """
        spec = self.spec
        grant(actor, Action.UPDATE, spec.resource)
        at = self.clock.now()

        async def work(tx: Transaction) -> T:
            repository = spec.repository(tx)
            if spec.first is not None:
                await spec.first(tx)
            before = await repository.lock(id)
            after = before.changed(at, **values)
            if after is before:
                return before
            await spec.checked(tx, after)
            events = spec.updated_events(at, after, fields_changed(before, after))
            await repository.save(Change.updated(before, after, *events, action=self.action))
            if spec.follows is not None:
                await spec.follows(tx, before, after)
            return after

        return await self.uow.run(actor, work)


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

    async def __call__(self, *, actor: Actor, id: UUID) -> None:
        """Take the thing out of every list; it can be restored.

        :raises Forbidden: the role or scopes do not allow it
        :raises NotFound: there is none
        :raises WouldOrphan: something live depends on it
        """
        spec = self.spec
        grant(actor, Action.DELETE, spec.resource)
        at = self.clock.now()

        async def work(tx: Transaction) -> None:
            repository = spec.repository(tx)
            if spec.first is not None:
                await spec.first(tx)
            before = await repository.lock(id)
            await spec.leaving(tx, before)
            after = deleted(before, self.ids.new(), at)
            if spec.family and spec.members and after.deletion:
                await spec.family(tx).save(
                    *(
                        Change.updated(m, deleted(m, after.deletion, at), action="delete")
                        for m in await spec.members(tx, before)
                    )
                )
            events = spec.deleted_events(at, before)
            await repository.save(Change.updated(before, after, *events, action="delete"))
            if spec.follows is not None:
                await spec.follows(tx, before, after)

        await self.uow.run(actor, work)


@attrs.frozen(kw_only=True)
class Restore(Generic[T]):
    """Undo a deletion; uniqueness is checked again (R-PPL-3)."""

    spec: Spec[T]
    uow: UnitOfWork
    clock: Clock

    async def __call__(self, *, actor: Actor, id: UUID) -> T:
        """The thing, live again.

        :raises Forbidden: the role or scopes do not allow it
        :raises NotFound: no deleted thing has this id
        :raises ParentDeleted: what it belongs to is deleted
        :raises Duplicate: a value that must be unique was taken meanwhile
        """
        spec = self.spec
        grant(actor, Action.DELETE, spec.resource)
        at = self.clock.now()

        async def work(tx: Transaction) -> T:
            repository = spec.repository(tx)
            before = await repository.lock_deleted(id)
            await spec.returning(tx, before)
            after = returned(before, at)
            await repository.save(Change.updated(before, after, action="restore"))
            if spec.family is not None and before.deletion is not None:
                family = spec.family(tx)
                gone = await family.deleted_with(before.deletion)
                backs = (Change.updated(m, returned(m, at), action="restore") for m in gone)
                await family.save(*backs)
            return after

        return await self.uow.run(actor, work)


@attrs.frozen(kw_only=True)
class Catalogue(Generic[T]):
    """The six verbs of one simple resource."""

    create: Create[T]
    read: Read[T]
    list: ListPage[T]
    update: Update[T]
    delete: Delete[T]
    restore: Restore[T]

    @classmethod
    def of(cls, spec: Spec[T], *, uow: UnitOfWork, clock: Clock, ids: Ids) -> Catalogue[T]:
        """The verbs for a declared resource, over these ports."""
        return cls(
            create=Create(spec=spec, uow=uow, clock=clock, ids=ids),
            read=Read(spec=spec, uow=uow),
            list=ListPage(spec=spec, uow=uow),
            update=Update(spec=spec, uow=uow, clock=clock),
            delete=Delete(spec=spec, uow=uow, clock=clock, ids=ids),
            restore=Restore(spec=spec, uow=uow, clock=clock),
        )
