"""The shared mechanism of simple resources: create, read, list, update, delete, restore.

A resource is a `Spec`, a declaration; the verbs below work for any of them.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

import attrs

from haitech_domain.access import Action, Actor, ActorKind, Forbidden, Resource, Role, grant, own
from haitech_domain.change import Change, Event, Verb
from haitech_domain.entity import Entity
from haitech_domain.errors import DomainError, Invalid, NotFound, Problem, UnknownReference
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
from haitech_domain.use_cases.references import References, missing

T = TypeVar("T", bound=Entity)

Guard = Callable[[Transaction, Any], Awaitable[None]]


async def _allow(tx: Transaction, entity: Any) -> None:
    """Nothing stands in the way."""


async def _go(tx: Transaction, before: Any, after: Any) -> None:
    """Nothing else has to move."""


async def _alone(tx: Transaction, entity: Any) -> None:
    """Nothing is shown along with it."""


def _agree(actor: Actor, entity: Any) -> None:
    """Whoever may write may say anything."""


def _any_day(*_: Any) -> tuple[Problem, ...]:
    """Nothing depends on the day."""
    return ()


def _silent(*_: Any) -> tuple[Event, ...]:
    return ()


@attrs.frozen
class NotDeleted(DomainError):
    """Something live was to be restored."""

    reason: ClassVar[str] = "restore.not_deleted"
    says: ClassVar[str] = "this {what} is not deleted, so there is nothing to restore"
    what: str


@attrs.frozen(kw_only=True)
class Spec(Generic[T]):
    """What a simple resource is.

    `dated` says what is wrong with given values on the day (in Israel) of the act. `named` says
    what given values name, so that a new thing with other faults is told of those as well.
    `checked` looks at a new or changed thing before it is saved (do its references exist?),
    `leaving` before it is deleted (would it orphan something?), `returning` before it is
    restored. `first` runs before the thing itself is locked, where other rows have to be locked
    before it; `follows` changes what changes along with it when it is changed or deleted, and is
    given the thing before and after. `moving` sees what it was (None for a new one) and what it becomes, and may move
    others out of its way. The three `…_events` make the events of a change. `for_instructors` is
    what an instructor may ask of the list, where that is less. `members` are the things of the
    repository `family` that are deleted along with one, and come back with it; it locks them, and
    runs before `leaving`, so that nothing new depends on them after that has looked. `relatives` are
    what is shown along with a single one.

    Of a part of another resource (`is_part`), any writing is an update of that. What people have for themselves names by `owner` the field that holds whose it is: the
    repository's own rule then limits reading to what the actor may see, and only the owner
    writes; `judged` may refuse what this actor says.
    """

    resource: Resource
    entity: type[T]
    repository: Callable[[Transaction], Repository[T]]
    for_instructors: Listing | None = None
    family: Callable[[Transaction], Repository[Any]] | None = None
    members: Callable[[Transaction, Any], Awaitable[Sequence[Any]]] | None = None
    first: Callable[[Transaction], Awaitable[object]] | None = None
    follows: Callable[[Transaction, Any, Any], Awaitable[None]] | None = None
    is_part: bool = False
    owner: str | None = None
    judged: Callable[[Actor, T], None] = _agree
    relatives: Callable[[Transaction, T], Awaitable[Any]] = _alone
    dated: Callable[[date, Mapping[str, Any]], Iterable[Problem]] = _any_day
    named: Callable[[Transaction, Mapping[str, Any]], References] | None = None
    checked: Guard = _allow
    moving: Callable[[Transaction, T | None, T], Awaitable[None]] = _go
    leaving: Guard = _allow
    returning: Guard = _allow
    created_events: Callable[[datetime, T], tuple[Event, ...]] = _silent
    updated_events: Callable[[datetime, T, tuple[str, ...]], tuple[Event, ...]] = _silent
    deleted_events: Callable[[datetime, T], tuple[Event, ...]] = _silent

    async def lock(self, tx: Transaction, id: UUID) -> T:
        """The live thing with this id, kept from change. :raises NotFound: there is none"""
        return await self.repository(tx).lock(id)

    def action(self, action: Action) -> Action:
        """What an action on one counts as."""
        return Action.UPDATE if self.is_part and action is not Action.READ else action

    def limit(self, actor: Actor, action: Action) -> UUID | None:
        """Whose rows the actor may do this with; None for everybody's.

        :raises Forbidden: the role or scopes do not allow it
        """
        reach = grant(actor, self.action(action), self.resource)
        return actor.id if self.owner else own(reach, actor)

    def is_foreign(self, actor: Actor, entity: T) -> bool:
        """Whether it belongs to somebody else, so that the actor may not write it."""
        if self.owner is None or actor.kind is ActorKind.SYSTEM:
            return False
        return bool(getattr(entity, self.owner) != actor.id)

    def must_own(self, actor: Actor, action: Action, entity: T) -> None:
        """:raises Forbidden: it belongs to somebody else"""
        if self.is_foreign(actor, entity):
            raise Forbidden("whoever is not their owner", action, self.resource)


Within = Mapping[str, UUID]
"""The parent under which a thing is looked for: its field and the parent's id."""


def _called(cls: type[Entity]) -> str:
    """What repositories call one of them, so that a refusal here reads as theirs do."""
    return re.sub("(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()


def must_be_within(entity: Entity, id: UUID, within: Within | None) -> None:
    """:raises NotFound: it belongs to another parent"""
    for field, parent in (within or {}).items():
        if getattr(entity, field) != parent:
            raise NotFound(_called(type(entity)), id)


@contextmanager
def _under(within: Within) -> Iterator[None]:
    """:raises NotFound: what is refused within is that the parent does not exist"""
    try:
        yield
    except Invalid as refused:
        for problem in refused.found:
            if problem.field in within and problem.reason == UnknownReference.reason:
                what = problem.field.removesuffix("_id")
                raise NotFound(what, within[problem.field]) from None
        raise


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


def _faultless(make: Callable[[], T], besides: Iterable[Problem]) -> T:
    """What `make` makes. :raises Invalid: with what it refuses, and `besides` of other fields"""
    also = tuple(besides)
    try:
        made = make()
    except Invalid as wrong:
        known = {problem.field for problem in wrong.found}
        also = tuple(problem for problem in also if problem.field not in known)
        raise Invalid((*wrong.found, *also)) from None
    if also:
        raise Invalid(also)
    return made


@attrs.frozen(kw_only=True)
class Create(Generic[T]):
    """Make a new one. Every value is checked, and everything that is wrong is listed."""

    spec: Spec[T]
    uow: UnitOfWork
    clock: Clock
    ids: Ids

    async def __call__(
        self, *, actor: Actor, values: Mapping[str, Any], within: Within | None = None
    ) -> T:
        """Make a thing of the given fields, or `within` the parent that is named beside them.

        :raises Forbidden: the role or scopes do not allow it
        :raises NotFound: that parent does not exist
        :raises Invalid: values that break their rules, or name nothing
        :raises Duplicate: a value that must be unique is taken
        """
        spec = self.spec
        mine = spec.limit(actor, Action.CREATE)
        at = self.clock.now()
        made = {"id": self.ids.new(), "created_at": at, "updated_at": at, **(within or {})}
        if spec.owner is not None and mine is not None:
            made[spec.owner] = mine
        besides = spec.dated(self.clock.civil().date(), values)
        try:
            entity = _faultless(lambda: spec.entity(**{**values, **made}), besides)
        except Invalid as wrong:
            raise await self._whole(actor, values, wrong) from None
        spec.judged(actor, entity)

        async def work(tx: Transaction) -> T:
            with _under(within or {}):
                await spec.checked(tx, entity)
                await spec.moving(tx, None, entity)
            change = Change.created(entity, *spec.created_events(at, entity))
            await spec.repository(tx).save(change)
            return entity

        return await self.uow.run(actor, work)

    async def _whole(self, actor: Actor, values: Mapping[str, Any], wrong: Invalid) -> Invalid:
        """The refusal, with the values that keep their rules and name nothing."""
        named = self.spec.named
        if named is None:
            return wrong
        known = {problem.field for problem in wrong.found}
        sound = {name: value for name, value in values.items() if name not in known}

        async def work(tx: Transaction) -> list[Problem]:
            return await missing(named(tx, sound))

        return Invalid((*wrong.found, *await self.uow.run(actor, work)))


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
        mine = self.spec.limit(actor, Action.READ)
        return await self.uow.read(lambda tx: self.spec.repository(tx).get(id, own=mine))


@attrs.frozen(kw_only=True)
class Related(Generic[T]):
    """What is shown along with one that the actor has in hand already."""

    spec: Spec[T]
    uow: UnitOfWork

    async def __call__(self, entity: T) -> Any:
        """Its relatives, as its declaration has them."""
        return await self.uow.read(lambda tx: self.spec.relatives(tx, entity))


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
        mine = self.spec.limit(actor, Action.READ)
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
    action: Verb = "update"
    """The verb by which the audit knows it."""

    async def __call__(self, *, actor: Actor, id: UUID, values: Mapping[str, Any]) -> T:
        """The thing with the given fields changed.

        :raises Forbidden: the role or scopes do not allow it
        :raises NotFound: there is none
        :raises Invalid: values that break their rules, or name nothing
        :raises Duplicate: a value that must be unique is taken
        """
        spec = self.spec
        mine = spec.limit(actor, Action.UPDATE)
        at = self.clock.now()
        wrong = tuple(spec.dated(self.clock.civil().date(), values))
        if wrong:
            raise Invalid(wrong)

        async def work(tx: Transaction) -> T:
            repository = spec.repository(tx)
            if spec.first is not None:
                await spec.first(tx)
            before = await repository.lock(id, own=mine)
            spec.must_own(actor, Action.UPDATE, before)
            after = before.changed(at, **values)
            if after is before:
                return before
            spec.judged(actor, after)
            await spec.checked(tx, after)
            await spec.moving(tx, before, after)
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
            before = await repository.lock(id, own=mine)
            must_be_within(before, id, within)
            spec.must_own(actor, Action.DELETE, before)
            members = await spec.members(tx, before) if spec.members is not None else ()
            await spec.leaving(tx, before)
            act = self.ids.new()
            after = deleted(before, act, at)
            if spec.family is not None:
                gone = (Change.updated(m, deleted(m, act, at), action="delete") for m in members)
                await spec.family(tx).save(*gone)
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
            before = await lock_deleted(repository, id, own=mine, within=within)
            if spec.is_foreign(actor, before):
                raise NotFound(_called(spec.entity), id)
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
    """The six verbs of one simple resource, and what is shown along with one."""

    create: Create[T]
    read: Read[T]
    related: Related[T]
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
            related=Related(spec=spec, uow=uow),
            list=ListPage(spec=spec, uow=uow),
            update=Update(spec=spec, uow=uow, clock=clock),
            delete=Delete(spec=spec, uow=uow, clock=clock, ids=ids),
            restore=Restore(spec=spec, uow=uow, clock=clock),
        )
