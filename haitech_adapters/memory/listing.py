"""Lists: which rows a query means, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from haitech_adapters.memory.declaration import Resource
from haitech_adapters.memory.state import State
from haitech_domain.entity import Entity
from haitech_domain.people import Phone, phone_search_digits
from haitech_domain.ports import Listing, Page, Query

T = TypeVar("T", bound=Entity)


def page_of(resource: Resource[T], query: Query, state: State) -> Page[T]:
    """One page of a resource's live rows.

    :raises Invalid: an unknown filter or sort
    """
    listing = query.listing or resource.listing
    listing.check(query)
    rows = [row for row in live(resource, state) if _meant(resource, listing, row, query, state)]
    ordered = in_order(rows, listing, query)
    return Page(
        items=tuple(ordered[query.offset : query.offset + query.limit]),
        total=len(rows),
        limit=query.limit,
        offset=query.offset,
    )


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
    digits = phone_search_digits(term)
    lowered = term.lower()
    for field in fields:
        value = getattr(row, field)
        if isinstance(value, Phone):
            if digits is not None and digits in value.e164:
                return True
        elif value is not None and lowered in str(value).lower():
            return True
    return False


def in_order(rows: Iterable[T], listing: Listing, query: Query) -> list[T]:
    """The rows as the query orders them; what has no value comes last both ways, ties by id."""
    keys = ordering(listing, query)
    falls = keys[0][1]
    ordered = sorted(rows, key=_id, reverse=falls)
    for field, descending in reversed(keys):
        # a stable sort by each key, the least one first; reversing keeps ties as they are
        ordered.sort(key=_nulls_last(field, descending=descending), reverse=descending)
    return ordered


def ordering(listing: Listing, query: Query) -> tuple[tuple[str, bool], ...]:
    """The fields to sort by and whether each falls.

    A field that begins the resource's own order brings the rest of that order along, so dates
    are sorted by start within a date, too.
    """
    if query.sort_by is None:
        if query.descending is None:
            return listing.order
        return tuple((field, query.descending) for field, _falls in listing.order)
    falls = bool(query.descending)
    own = tuple(field for field, _falls in listing.order)
    fields = own if own[0] == query.sort_by else (query.sort_by,)
    return tuple((field, falls) for field in fields)


def _id(row: Any) -> Any:
    return row.id


def _nulls_last(field: str, *, descending: bool) -> Any:
    def key(row: Any) -> tuple[Any, ...]:
        value = getattr(row, field)
        missing = value is None
        return (missing is not descending,) if missing else (missing is not descending, value)

    return key
