"""What bodies, queries and results are made of: the base structs and the types of their fields.

Field names are snake_case here and camelCase on the wire. An absent field is `UNSET`; a field
that may be absent is written `name: str | UnsetType = UNSET`.
"""

from __future__ import annotations

import functools
import re
from datetime import datetime, time
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias
from uuid import UUID

import msgspec
from litestar import Request
from litestar.di import NamedDependency
from msgspec import UNSET, Meta, UnsetType

from haitech_domain.errors import Invalid
from haitech_domain.ports.cursors import LONGEST
from haitech_domain.ports.query import LARGEST_OFFSET, MOST_AT_ONCE, Query
from haitech_domain.use_cases import Verbs
from haitech_domain.user.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD

HttpRequest: TypeAlias = Request[Any, Any, Any]
"""Litestar's request, with the actor as its user."""

HHMM: TypeAlias = Annotated[
    str,
    Meta(
        pattern="^(?:[01][0-9]|2[0-3]):[0-5][0-9]$",
        min_length=5,
        max_length=5,  # `$` alone would let a line feed through
        examples=["16:30"],
        extra={"reason": "time.invalid", "says": "must be a time like 16:30"},
    ),
]
"""A civil time of whole minutes."""

DayOrInstant: TypeAlias = Annotated[
    str,
    Meta(
        extra_json_schema={
            "anyOf": [{"type": "string", "format": form} for form in ("date", "date-time")]
        },
    ),
]
"""A civil date, or a moment with an offset, whose date in Israel is meant."""

UseVerbs: TypeAlias = NamedDependency[Verbs]
"""The use cases, as handlers ask for them (`verbs: UseVerbs`)."""

Instant: TypeAlias = Annotated[datetime, Meta(tz=True)]
NewPassword: TypeAlias = Annotated[
    str, Meta(extra_json_schema={"minLength": SHORTEST_PASSWORD, "maxLength": LONGEST_PASSWORD})
]
"""Its length is documented here, and seen to by the policy, which says more of what is wrong."""
"""A moment with an offset."""

Amount: TypeAlias = Decimal
"""Shekels, read from a number or a text without passing through a float; written as a number."""

_HUMP: Final = re.compile(r"(?<=[a-z0-9])([A-Z])")
_JOINT: Final = re.compile(r"_([a-z0-9])")


class Body(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True, frozen=True):
    """What a request's body holds."""

    rules: ClassVar[type | None] = None
    """The entity whose rules hold for fields of its fields' names, where no `Endpoint` says so:
    in a shape that stands within another, or beside others."""

    def given(self, *, apart_from: tuple[str, ...] = ()) -> dict[str, Any]:
        """The fields that were given, by their snake_case names."""
        return {
            name: value
            for name in self.__struct_fields__
            if (value := getattr(self, name)) is not UNSET and name not in apart_from
        }


class View(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """What an answer shows. A field that is `UNSET` is left out."""


class QueryString(
    msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True, frozen=True
):
    """What may follow the `?`: texts, whole numbers, truth values, dates, ids and choices."""


class ListQuery(QueryString, frozen=True, kw_only=True):
    """What every list takes.

    The further fields of a subclass are the list's filters; one whose name is a word of Python
    has an underscore behind it (`from_`).

    A subclass narrows `sort_by` to a `Literal` of its wire names, so that the document and the
    refusal both name them.
    """

    limit: Annotated[int, Meta(ge=1, le=MOST_AT_ONCE)] = 20
    offset: (
        Annotated[int, Meta(ge=0, le=LARGEST_OFFSET, extra_json_schema={"default": 0})] | UnsetType
    ) = UNSET
    cursor: Annotated[str, Meta(max_length=LONGEST)] | UnsetType = UNSET
    sort_by: str | UnsetType = UNSET
    sort_order: Literal["asc", "desc"] | UnsetType = UNSET

    def term(self) -> str | None:
        """What is searched for; this list is not searched."""
        return None

    def asked(self, *, own: UUID | None = None, **filters: Any) -> Query:
        """The domain's query: this struct's own filters, and those that the caller adds.

        :raises Invalid: `limit` or `offset` out of range, both `search` and `q`, or both `cursor`
            and `offset`
        """
        if self.cursor is not UNSET and self.offset is not UNSET:
            raise Invalid.because(
                "cursor", "goes without an offset; give one of them", reason="cursor.with_offset"
            )
        own_filters = ((name, getattr(self, field)) for field, name in _filters_of(type(self)))
        values = dict(own_filters) | filters
        return Query(
            filters={name: value for name, value in values.items() if value is not UNSET},
            search=self.term(),
            sort_by=None if self.sort_by is UNSET else snake(self.sort_by),
            descending=None if self.sort_order is UNSET else self.sort_order == "desc",
            limit=self.limit,
            offset=0 if self.offset is UNSET else self.offset,
            cursor=None if self.cursor is UNSET else self.cursor,
            own=own,
        )


class SearchedQuery(ListQuery, frozen=True, kw_only=True):
    """What every list takes that can be searched: part of a word, a phone in any writing."""

    search: str | UnsetType = UNSET
    q: str | UnsetType = UNSET
    """The same as `search`, for clients that say so."""

    def term(self) -> str | None:
        """What is searched for. :raises Invalid: both names are given"""
        if self.search is not UNSET and self.q is not UNSET:
            raise Invalid.because(
                "q", "is another name for search; give one", reason="filter.twice"
            )
        term = self.q if self.search is UNSET else self.search
        return None if term is UNSET else term


_NOT_FILTERS: Final = frozenset(SearchedQuery.__struct_fields__)


@functools.cache
def _filters_of(shape: type[ListQuery]) -> tuple[tuple[str, str], ...]:
    """The fields of a list's query that are filters of its own, each with the filter's name."""
    fields = (name for name in shape.__struct_fields__ if name not in _NOT_FILTERS)
    return tuple((name, name.rstrip("_")) for name in fields)


class NoBody(Body, frozen=True):
    """The body of a verb that takes none: empty, or an empty object."""


def snake(name: str) -> str:
    """`startDate` as the domain says it, `start_date`."""
    return _HUMP.sub(lambda hump: f"_{hump[1].lower()}", name)


def camel(path: str) -> str:
    """`records[2].start_date` as the wire says it, `records[2].startDate`."""
    return _JOINT.sub(lambda joint: joint[1].upper(), path)


@functools.lru_cache(maxsize=1_440)  # the minutes of a day
def hhmm(moment: time) -> str:
    """A civil time as the wire says it."""
    return moment.isoformat("minutes")
