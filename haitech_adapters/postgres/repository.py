"""The one repository that every resource uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

import attrs

from haitech_adapters.postgres.compiled import sql_of
from haitech_adapters.postgres.mapping import Mapping as Resource
from haitech_adapters.postgres.mapping import filled, ids_of
from haitech_adapters.postgres.session import Params, Row, Session
from haitech_adapters.postgres.shapes import (
    ById,
    CountOf,
    DeletedWith,
    Insert,
    Many,
    PageOf,
    Update,
    pattern,
)
from haitech_adapters.postgres.totals import agreeing
from haitech_domain.change import Change
from haitech_domain.entity import Entity
from haitech_domain.errors import NotFound, Stale
from haitech_domain.ids import DeletionId
from haitech_domain.people import phone_readings
from haitech_domain.ports import Listing, Page, Query
from haitech_domain.ports.cursors import Cursors, Place

T = TypeVar("T", bound=Entity)


class PostgresRepository(Generic[T]):
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
        return await self._by_id(ById(self._resource, own=own is not None), id, own)

    async def lock(self, id: UUID, *, own: UUID | None = None) -> T:
        """`get`, and nobody else changes it until this transaction ends.

        :raises NotFound: none, deleted, or not theirs
        """
        self._session.must_write()
        return await self._by_id(ById(self._resource, own=own is not None, locked=True), id, own)

    async def lock_deleted(self, id: UUID) -> T:
        """The deleted row with this id, locked. :raises NotFound: none, or not deleted"""
        self._session.must_write()
        return await self._by_id(ById(self._resource, deleted=True, locked=True), id)

    async def many(self, ids: Iterable[UUID], *, own: UUID | None = None) -> Mapping[UUID, T]:
        """The live rows among these ids, in one question."""
        return await self._many(Many(self._resource, own=own is not None), ids, own)

    async def lock_many(self, ids: Iterable[UUID]) -> Mapping[UUID, T]:
        """`many`, each locked in order of id: one that is gone by its turn is not among them."""
        self._session.must_write()
        return await self._many(Many(self._resource, locked=True), ids)

    async def page(self, query: Query) -> Page[T]:
        """One page of the live rows. :raises Invalid: an unknown filter or sort"""
        listing = query.listing or self._resource.listing
        listing.check(query)
        resource = self._resource
        cursors = Cursors(resource.what, resource.entity, listing.ordering(query), query)
        place = cursors.place()
        shape, params = self._asked(query, listing, place)
        by_cursor = place is not None
        totals = self._session.totals
        known = None if totals is None else totals.of(shape, params)
        if known is not None:  # one row more than the page tells whether there are others
            shape = attrs.evolve(shape, with_total=False)
            params |= {"limit": query.limit + 1}
        rows = await self._session.rows(sql_of(shape), params)
        items = tuple(map(resource.read, rows[: query.limit]))
        if known is None:
            total = rows[0][-1] if rows else await self._total(shape, params)
            more = len(rows) > len(items) if by_cursor else query.offset + len(items) < total
            if totals is not None:
                totals.counted(shape, params, total)
        else:
            more = len(rows) > len(items)
            total = known
            if not by_cursor:
                total = agreeing(known, offset=query.offset, shown=len(items), more=more)
        return Page(
            items=items,
            total=total,
            limit=query.limit,
            offset=query.offset,
            next_cursor=cursors.behind(items[-1]) if items and more else None,
            by_cursor=by_cursor,
        )

    def _asked(
        self, query: Query, listing: Listing, place: Place | None
    ) -> tuple[PageOf, dict[str, Any]]:
        filters = self._resource.filters
        known = {n: filled(filters[n], n, value) for n, value in query.filters.items()}
        readings = () if query.search is None else phone_readings(query.search)
        shape = PageOf(
            self._resource,
            filters=frozenset((name, decides) for name, (decides, _) in known.items()),
            order=listing.ordering(query),
            searched=listing.searched,
            search=None if query.search is None else len(readings),
            cased=query.search is None or query.search.lower() != query.search.upper(),
            own=query.own is not None,
            after=None if place is None else tuple(value is None for value in place.values),
        )
        params: dict[str, Any] = {}
        for _, values in known.values():
            params |= values
        params |= {"limit": query.limit, "offset": query.offset, "own": query.own}
        if query.search is not None:
            params["search"] = pattern(query.search)
            params |= {f"digits_{n}": pattern(digits) for n, digits in enumerate(readings)}
        if place is not None:
            names = (name for name, _falls in shape.order)
            params |= {f"after_{n}": v for n, v in zip(names, place.values, strict=True)}
            params |= {"after_id": place.id, "limit": query.limit + 1}  # one more tells of others
        return shape, params

    async def _total(self, shape: PageOf, params: dict[str, Any]) -> int:
        """The total where no row of the page could bring it."""
        if params["offset"] == 0 and shape.after is None:
            return 0
        ((total,),) = await self._session.rows(sql_of(CountOf(shape)), params)
        return int(total)

    async def save(self, *changes: Change[T]) -> None:
        """Write the changes in this order, with their audit rows and events.

        :raises Stale: a row is no longer at the version that its change saw
        :raises DomainError: what a broken constraint means (`violations.py`)
        """
        self._session.must_write()
        kept = [change for change in changes if not change.is_empty]
        if not kept:
            return
        counts = await self._session.write([self._written(change) for change in kept], kept)
        for change, count in zip(kept, counts, strict=True):
            if count == 0:
                raise self._session.failed(Stale(self._resource.what, _id(change.after)))
        self._session.journal.note(self._resource.what, kept)

    def _written(self, change: Change[T]) -> tuple[str, Params]:
        params = self._resource.write(change.after)
        if change.before is None:
            return sql_of(Insert(self._resource)), params
        params |= {"row_id": _id(change.before), "row_seen": change.before.version}
        return sql_of(Update(self._resource)), params

    async def deleted_with(self, deletion: DeletionId) -> Sequence[T]:
        """What one act of deletion took along, in order of id."""
        return await self._all(sql_of(DeletedWith(self._resource)), {"deletion": deletion})

    async def _by_id(self, shape: ById, id: UUID, own: UUID | None = None) -> T:
        rows = await self._session.rows(sql_of(shape), {"id": id, "own": own})
        if not rows:
            raise NotFound(self._resource.what, id)
        return self._resource.read(rows[0])

    async def _many(
        self, shape: Many, ids: Iterable[UUID], own: UUID | None = None
    ) -> Mapping[UUID, T]:
        wanted = ids_of(ids)
        if not wanted:
            return {}
        rows = await self._all(sql_of(shape), {"ids": wanted, "own": own})
        return {_id(row): row for row in rows}

    async def _all(self, sql: str, params: Params) -> list[T]:
        """The rows of a query over this resource's columns."""
        return [self._resource.read(row) for row in await self._session.rows(sql, params)]

    async def _first(self, sql: str, params: Params) -> T | None:
        """The first row of such a query, if there is one."""
        rows = await self._session.rows(sql, params)
        return self._resource.read(rows[0]) if rows else None

    async def _only(self, sql: str, params: Params) -> Row:
        """The one row of a query that counts."""
        (row,) = await self._session.rows(sql, params)
        return row


def _id(row: Any) -> UUID:
    id: UUID = row.id
    return id
