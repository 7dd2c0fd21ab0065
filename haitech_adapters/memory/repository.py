"""The one repository that every resource uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

from haitech_adapters.memory.declaration import Resource, referred
from haitech_adapters.memory.listing import live, page_of
from haitech_adapters.memory.session import Session
from haitech_domain.change import Change
from haitech_domain.entity import Entity
from haitech_domain.errors import Duplicate, NotFound, Stale, UnknownReference
from haitech_domain.ids import DeletionId
from haitech_domain.ports import Listing, Page, Query

T = TypeVar("T", bound=Entity)


class MemoryRepository(Generic[T]):
    """A resource's rows as one transaction sees them."""

    def __init__(self, resource: Resource[T], session: Session) -> None:
        self._resource = resource
        self._session = session

    @property
    def listing(self) -> Listing:
        """What can be asked of `page`."""
        return self._resource.listing

    async def get(self, id: UUID, *, own: UUID | None = None) -> T:
        """The live row with this id. :raises NotFound: none, deleted, or not theirs"""
        state = self._session.state
        row = state.table(self._resource.cls).get(id)
        if row is None or not self._is_live(row):
            raise NotFound(self._resource.name, id)
        if own is not None and not self._resource.own(row, own, state):
            raise NotFound(self._resource.name, id)
        return row

    async def lock(self, id: UUID, *, own: UUID | None = None) -> T:
        """`get`; transactions that write run one after another, so everything is locked."""
        self._session.must_write()
        return await self.get(id, own=own)

    async def lock_deleted(self, id: UUID) -> T:
        """The deleted row with this id. :raises NotFound: none, or not deleted"""
        self._session.must_write()
        row = self._session.state.table(self._resource.cls).get(id)
        if row is None or row.deleted_at is None:
            raise NotFound(self._resource.name, id)
        return row

    async def many(self, ids: Iterable[UUID], *, own: UUID | None = None) -> Mapping[UUID, T]:
        """The live rows among these ids."""
        state = self._session.state
        table = state.table(self._resource.cls)
        found = {id: table[id] for id in ids if id in table}
        return {
            id: row
            for id, row in found.items()
            if self._is_live(row) and (own is None or self._resource.own(row, own, state))
        }

    async def lock_many(self, ids: Iterable[UUID]) -> Mapping[UUID, T]:
        """`many`; transactions that write run one after another, so everything is locked."""
        self._session.must_write()
        return await self.many(ids)

    async def page(self, query: Query) -> Page[T]:
        """One page of the live rows. :raises Invalid: an unknown filter or sort"""
        return page_of(self._resource, query, self._session.state)

    async def save(self, *changes: Change[T]) -> None:
        """Write the changes with their audit rows and events.

        :raises Stale: a row is no longer at the version that its change saw
        :raises Duplicate: a value is taken by something live
        :raises UnknownReference: a field names nothing
        """
        with self._session.writing():
            kept = [change for change in changes if not change.is_empty]
            self._write(kept)
            # after all of them: two rows of one save may name each other
            for change in kept:
                self._check_references(change.after)
            for change in kept:
                self._session.note(self._resource.name, change)
                self._session.promise(self._resource, _id(change.after))

    def _write(self, changes: Sequence[Change[T]]) -> None:
        table = self._session.state.table(self._resource.cls)
        watches = [rule.watch(table.values()) for rule in self._resource.constraints]
        for change in changes:
            there = self._replaced(change)
            for watch in watches:
                if there is not None:
                    watch.leave(there)
                watch.enter(change.after)
            self._session.state.write(change.after, _id(change.after))

    def _replaced(self, change: Change[T]) -> T | None:
        there = self._session.state.table(self._resource.cls).get(_id(change.after))
        if change.before is None:
            if there is not None:
                raise Duplicate(self._resource.name, "id")
            return None
        if there is None or there.version != change.before.version:
            raise Stale(self._resource.name, _id(change.after))
        return there

    def _check_references(self, row: T) -> None:
        for reference in self._resource.references:
            if not referred(self._session.state, reference, getattr(row, reference.field)):
                raise UnknownReference(reference.field, reference.what)

    async def deleted_with(self, deletion: DeletionId) -> Sequence[T]:
        """What one act of deletion took along, in order of id."""
        rows = self._session.state.table(self._resource.cls).values()
        taken = [r for r in rows if r.deleted_at is not None and r.deletion == deletion]
        return sorted(taken, key=_id)

    def _live(self, test: Callable[[T], bool]) -> list[T]:
        """The live rows that pass a test, in no order."""
        return [row for row in live(self._resource, self._session.state) if test(row)]

    def _is_live(self, row: T) -> bool:
        return row.deleted_at is None and self._resource.stands(row, self._session.state)


class NamedRepository(MemoryRepository[T]):
    """A resource whose rows can be found by their exact name."""

    async def by_name(self, name: str) -> T | None:
        """The live row of exactly this name; the oldest of several."""
        named = self._live(lambda row: getattr(row, "name", None) == name)
        return min(named, key=lambda row: (row.created_at, _id(row)), default=None)


def _id(row: Any) -> UUID:
    id: UUID = row.id
    return id
