"""Lists: which rows a query means, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from haitech_adapters.memory.declaration import Resource
from haitech_adapters.memory.state import State
from haitech_domain.entity import Entity
from haitech_domain.people import Phone, phone_readings
from haitech_domain.ports import Listing, Page, Query
from haitech_domain.ports.cursors import Cursors, Order, Place

T = TypeVar("T", bound=Entity)


def page_of(resource: Resource[T], query: Query, state: State) -> Page[T]:
    """One page of a resource's live rows.

    :raises Invalid: an unknown filter or sort
    """
    listing = query.listing or resource.listing
    rows = meant(resource, query, state)
    order = listing.ordering(query)
    cursors = Cursors(resource.name, resource.cls, order, query)
    place = cursors.place()
    ordered = in_order(rows, order)
    rest = ordered[query.offset :] if place is None else _behind(ordered, order, place)
    items = tuple(rest[: query.limit])
    return Page(
        items=items,
        total=len(rows),
        limit=query.limit,
        offset=query.offset,
        next_cursor=cursors.behind(items[-1]) if len(rest) > len(items) else None,
        by_cursor=place is not None,
    )


def meant(resource: Resource[T], query: Query, state: State) -> list[T]:
    """The rows that a query means, whatever its page. :raises Invalid: an unknown filter or sort"""
    listing = query.listing or resource.listing
    listing.check(query)
    return [row for row in live(resource, state) if _meant(resource, listing, row, query, state)]


def _behind(ordered: Sequence[T], order: Order, place: Place) -> list[T]:
    """The rows of an ordered list that come after a place in it."""
    ids_fall = order[0][1]

    def is_behind(row: Any) -> bool:
        for (field, falls), there in zip(order, place.values, strict=True):
            value = getattr(row, field)
            if value == there:
                continue
            if value is None or there is None:
                return value is None
            return bool(value < there if falls else value > there)
        return bool(row.id < place.id if ids_fall else row.id > place.id)

    return [row for row in ordered if is_behind(row)]


def live(resource: Resource[T], state: State) -> Iterator[T]:
    """The rows of a resource that are there."""
    return (row for row in state.live(resource.cls) if resource.stands(row, state))


def _meant(resource: Resource[T], listing: Listing, row: T, query: Query, state: State) -> bool:
    if query.own is not None and not resource.own(row, query.own, state):
        return False
    if query.search is not None and not _found(row, listing.searched, query.search):
        return False
    return all(resource.filters[name](row, value, state) for name, value in query.filters.items())


def _found(row: Entity, fields: Iterable[str], term: str) -> bool:
    """Text by any part of it whatever the case, phones by their digits in any writing."""
    readings = phone_readings(term)
    lowered = term.lower()
    for field in fields:
        value = getattr(row, field)
        if isinstance(value, Phone):
            if any(digits in value.e164 for digits in readings):
                return True
        elif value is not None and lowered in str(value).lower():
            return True
    return False


def in_order(rows: Iterable[T], order: Order) -> list[T]:
    """The rows in this order; what has no value comes last both ways, ties by id."""
    falls = order[0][1]
    ordered = sorted(rows, key=_id, reverse=falls)
    for field, descending in reversed(order):
        # a stable sort by each key, the least one first; reversing keeps ties as they are
        ordered.sort(key=_nulls_last(field, descending=descending), reverse=descending)
    return ordered


def _id(row: Any) -> Any:
    return row.id


def _nulls_last(field: str, *, descending: bool) -> Any:
    def key(row: Any) -> tuple[Any, ...]:
        value = getattr(row, field)
        missing = value is None
        return (missing is not descending,) if missing else (missing is not descending, value)

    return key
