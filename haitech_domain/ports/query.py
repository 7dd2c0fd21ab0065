"""How lists are asked for, whatever stores them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

import attrs

from haitech_domain.errors import Invalid, Problem

MOST_AT_ONCE: Final = 100
LARGEST_OFFSET: Final = 10_000_000


def dates_in_order(filters: Mapping[str, Any]) -> Iterator[Problem]:
    """A stretch from one date to another must be one."""
    first, last = filters.get("from"), filters.get("to")
    if first is not None and last is not None and first > last:
        yield Problem("to", "must not be before from", "date.order")


@attrs.frozen
class Listing:
    """What can be asked of a resource's list: the names of its filters and sorts.

    `order` is the default: a field's name and whether it falls. `between` says what is wrong with
    filters that are given together.
    """

    filters: frozenset[str] = frozenset()
    sorts: tuple[str, ...] = ("created_at",)
    searched: tuple[str, ...] = ()
    order: tuple[tuple[str, bool], ...] = (("created_at", True),)
    between: Callable[[Mapping[str, Any]], Iterable[Problem]] = dates_in_order

    def ordering(self, query: Query) -> tuple[tuple[str, bool], ...]:
        """The fields to sort by and whether each falls.

        A field that begins the list's own order brings the rest of that order along, so dates are
        sorted by start within a date, too.
        """
        if query.sort_by is None:
            if query.descending is None:
                return self.order
            return tuple((field, query.descending) for field, _falls in self.order)
        falls = bool(query.descending)
        own = tuple(field for field, _falls in self.order)
        fields = own if own[0] == query.sort_by else (query.sort_by,)
        return tuple((field, falls) for field in fields)

    def check(self, query: Query) -> None:
        """Whether every name in the query is known.

        :raises Invalid: an unknown filter or sort, or a search where nothing is searched
        """
        unknown = [name for name in query.filters if name not in self.filters]
        if unknown:
            raise Invalid.because(unknown[0], "is no filter of this list", reason="filter.unknown")
        if query.sort_by is not None and query.sort_by not in self.sorts:
            raise Invalid.because(
                "sort_by", f"must be one of {', '.join(self.sorts)}", reason="sort.unknown"
            )
        problems = tuple(self.between(query.filters))
        if problems:
            raise Invalid(problems)
        if query.search is not None and not self.searched:
            raise Invalid.because("search", "this list is not searched", reason="filter.unknown")


@attrs.frozen(kw_only=True)
class Query:
    """One page of a list.

    `listing` narrows what may be asked to less than the resource's own list allows. `filters`
    maps a filter's name to its value, for the names that the repository's `filters` declare.
    `own` limits the list to what exists for one instructor (R-ACC-2), or, of what people have
    for themselves, for the user or API key with this id. `sort_by` None means the resource's own
    order, turned by `descending` where that is given. Ties are broken by id. Deleted rows never
    appear. `cursor` is where another page of the same question ended, instead of an `offset`.
    """

    filters: Mapping[str, Any] = attrs.field(factory=dict)
    search: str | None = None
    sort_by: str | None = None
    descending: bool | None = None
    limit: int = 20
    offset: int = 0
    own: UUID | None = None
    listing: Listing | None = None
    cursor: str | None = None

    def __attrs_post_init__(self) -> None:
        if not 1 <= self.limit <= MOST_AT_ONCE:
            raise Invalid.because("limit", f"must be between 1 and {MOST_AT_ONCE}")
        if not 0 <= self.offset <= LARGEST_OFFSET:
            raise Invalid.because("offset", f"must be between 0 and {LARGEST_OFFSET}")
        if self.cursor is not None and self.offset:
            raise Invalid.because(
                "cursor", "goes without an offset; give one of them", reason="cursor.with_offset"
            )


T_co = TypeVar("T_co", covariant=True)


@attrs.frozen(kw_only=True)
class Page(Generic[T_co]):
    """Some rows of a list and how many there are in all.

    `next_cursor` is where the next page begins, if there is one. A page `by_cursor` does not know
    how many rows are before it.
    """

    items: tuple[T_co, ...]
    total: int
    limit: int
    offset: int
    next_cursor: str | None = None
    by_cursor: bool = False

    @property
    def has_more(self) -> bool:
        """Whether rows follow this page."""
        if self.by_cursor:
            return self.next_cursor is not None
        return self.offset + len(self.items) < self.total
