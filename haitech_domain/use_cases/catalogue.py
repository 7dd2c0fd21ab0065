"""The shared mechanism of simple resources: create, read, list, update, delete, restore.

A resource is a `Spec`, a declaration; the verbs work for any of them. Those of deletion are in
`deletion`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Generic, TypeVar
from uuid import UUID

import attrs

from haitech_domain.access import Action, Actor, Role
from haitech_domain.change import Change, Verb
from haitech_domain.entity import Entity
from haitech_domain.errors import Invalid, NotFound, Problem, UnknownReference
from haitech_domain.ports import (
    Clock,
    Ids,
    Page,
    Query,
    Transaction,
    UnitOfWork,
)
from haitech_domain.records import fields_changed
from haitech_domain.use_cases.deletion import Delete, Restore, must_be_within
from haitech_domain.use_cases.references import missing
from haitech_domain.use_cases.spec import Spec, Within

T = TypeVar("T", bound=Entity)


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
            await spec.under(tx, within, mine)
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

    async def __call__(self, *, actor: Actor, id: UUID, within: Within | None = None) -> T:
        """The live thing with this id, if it exists for the actor.

        :raises Forbidden: the role or scopes do not allow it
        :raises NotFound: there is none
        """
        spec = self.spec
        mine = spec.limit(actor, Action.READ)

        async def work(tx: Transaction) -> T:
            await spec.under(tx, within, mine, locked=False)
            found = await spec.repository(tx).get(id, own=mine)
            must_be_within(found, id, within)
            return found

        return await self.uow.read(work)


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

    async def __call__(
        self, *, actor: Actor, query: Query, within: Within | None = None
    ) -> Page[T]:
        """One page of the live things that exist for the actor, or `within` a parent.

        :raises Forbidden: the role or scopes do not allow it
        :raises NotFound: that parent does not exist
        :raises Invalid: an unknown filter or sort
        """
        spec = self.spec
        mine = spec.limit(actor, Action.READ)
        colleague = actor.role is Role.INSTRUCTOR
        asked = attrs.evolve(
            query,
            filters={**query.filters, **(within or {})},
            own=mine,
            listing=spec.for_instructors if colleague else None,
        )

        async def work(tx: Transaction) -> Page[T]:
            await spec.under(tx, within, mine, locked=False)
            return await spec.repository(tx).page(asked)

        return await self.uow.read(work)


@attrs.frozen(kw_only=True)
class Update(Generic[T]):
    """Change the given fields only; an optional one given as null is cleared."""

    spec: Spec[T]
    uow: UnitOfWork
    clock: Clock
    action: Verb = "update"
    """The verb by which the audit knows it."""

    async def __call__(
        self, *, actor: Actor, id: UUID, values: Mapping[str, Any], within: Within | None = None
    ) -> T:
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
            await spec.under(tx, within, mine)
            before = await repository.lock(id, own=mine)
            must_be_within(before, id, within)
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
