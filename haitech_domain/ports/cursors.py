"""Cursors: the place behind a row of a list, as a text that a caller hands back unread.

A cursor holds the values by which its list is ordered, and the row's id. So the next page begins
there whatever was added or removed before it meanwhile. It says nothing of who may see what: the
same rules hold for every page. It is bound to its list, order, filters and search by a digest,
which tells a cursor that was cut, mistyped or taken from elsewhere. The digest is no secret:
whoever forges one has only chosen another place to begin.
"""

from __future__ import annotations

import base64
import functools
import json
import types
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import attrs

from haitech_domain.errors import Invalid, plain
from haitech_domain.fields import annotations_of, is_control
from haitech_domain.ports.query import Query

Order = tuple[tuple[str, bool], ...]
"""The fields that a list is sorted by, and whether each falls; ties are broken by id."""

LONGEST: Final = 2_048
_DIGEST: Final = 16
_PART: Final = json.JSONEncoder(ensure_ascii=False)
_NO_OFFSET: Final = timedelta(0)


@attrs.frozen
class Place:
    """Behind which row a page begins: that row's values of the order's fields, and its id."""

    values: tuple[Any, ...]
    id: UUID


@attrs.frozen
class Cursors:
    """The cursors of one list: of the things called `what`, as one question orders them."""

    what: str
    entity: type
    order: Order
    query: Query

    def behind(self, row: Any) -> str:
        """The cursor of the page that begins behind this row."""
        parts = [_written(getattr(row, field)) for field, _falls in self.order]
        body = f"[{','.join(map(_PART.encode, (*parts, str(row.id))))}]"
        whole = f"{self._digest(body)}{body}".encode()
        return base64.urlsafe_b64encode(whole).rstrip(b"=").decode()

    def place(self) -> Place | None:
        """Where the question's own page begins; None for the beginning of the list.

        :raises Invalid: the cursor is none of this list, in this order, with these filters
        """
        text = self.query.cursor
        if text is None:
            return None
        try:
            return self._read(text)
        except (ValueError, RecursionError):  # the latter of JSON that is nested without end
            raise Invalid.because(
                "cursor",
                "is none of this list in this order and with these filters; begin without one",
                reason="cursor.invalid",
            ) from None

    def _read(self, text: str) -> Place:
        """:raises ValueError: it is no cursor of this list; RecursionError: nested without end"""
        if len(text) > LONGEST or not text.isascii():
            raise ValueError(text)
        whole = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        body = whole[_DIGEST:].decode()
        if whole[:_DIGEST].decode() != self._digest(body):
            raise ValueError(text)
        *parts, id = _list(json.loads(body))
        if len(parts) != len(self.order) or not isinstance(id, str):
            raise ValueError(text)
        allowed = [_types(self.entity, field) for field, _falls in self.order]
        values = (_value(part, kinds) for part, kinds in zip(parts, allowed, strict=True))
        return Place(tuple(values), UUID(id))

    def _digest(self, body: str) -> str:
        query = self.query
        filters = tuple((n, v.__class__, _still(v)) for n, v in query.filters.items())
        bound = _bound(self.what, self.order, filters, query.search, query.own)
        return sha256(f"{bound}, {json.dumps(body)}]".encode()).hexdigest()[:_DIGEST]


def _still(value: Any) -> Any:
    """A filter's value as one that can be a key."""
    return tuple(value) if isinstance(value, list) else value


@functools.lru_cache(maxsize=1_024)
def _bound(
    what: str,
    order: Order,
    filters: tuple[tuple[str, type, Any], ...],
    search: str | None,
    own: UUID | None,
) -> str:
    """What a cursor is bound to: a list in JSON, open for one more."""
    told = sorted((name, str(plain(value))) for name, _, value in filters)
    return json.dumps([what, order, told, search, str(own)])[:-1]


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise ValueError(value)
    return value


_WRITE: Final[Mapping[type, Callable[[Any], str]]] = {
    str: str,
    date: date.isoformat,
    time: time.isoformat,
    datetime: lambda at: at.astimezone(UTC).isoformat(),
}


def _text(value: str) -> str:
    if any(map(is_control, value)):
        raise ValueError(value)
    return value


def _time(value: str) -> time:
    at = time.fromisoformat(value)
    if at.tzinfo is not None:
        raise ValueError(value)
    return at


def _instant(value: str) -> datetime:
    at = datetime.fromisoformat(value)
    if at.utcoffset() != _NO_OFFSET:
        raise ValueError(value)
    return at


_READ: Final[Mapping[type, Callable[[str], Any]]] = {
    str: _text,
    date: date.fromisoformat,
    time: _time,
    datetime: _instant,
}


def _written(value: Any) -> str | None:
    if value is None:
        return None
    value = plain(value)
    return _WRITE[type(value)](value)


def _value(part: Any, kinds: frozenset[type]) -> Any:
    """:raises ValueError: no value of these kinds"""
    if part is None:
        if types.NoneType not in kinds:
            raise ValueError(part)
        return None
    if not isinstance(part, str):
        raise ValueError(part)  # noqa: TRY004  # one word for whatever is no cursor
    (kind,) = kinds - {types.NoneType}
    return _READ[kind](part)


@functools.cache
def _types(entity: type, field: str) -> frozenset[type]:
    """The plain types that a field's values have."""
    return frozenset(_plain_types(annotations_of(entity)[field]))


def _plain_types(annotation: Any) -> set[type]:
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _plain_types(typing.get_args(annotation)[0])
    if origin in (types.UnionType, typing.Union):
        return set().union(*map(_plain_types, typing.get_args(annotation)))
    return {str} if issubclass(annotation, Enum) else {annotation}
