"""The saved view: a list's filters, columns and order, kept under a name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Final, Self
from uuid import UUID

import attrs

from haitech_domain.access import Resource
from haitech_domain.entity import Entity
from haitech_domain.errors import BadValue
from haitech_domain.fields import Between, Name, Text
from haitech_domain.ids import SavedViewId

MOST_FILTERS: Final = 50
MOST_COLUMNS: Final = 100
NAME: Final = Text(100)
TEXT: Final = Text(500)
NUMBER: Final = Between(-(2**53), 2**53)


class SortOrder(StrEnum):
    """Rising or falling."""

    ASC = "asc"
    DESC = "desc"


@attrs.frozen
class Filters(Mapping[str, Any]):
    """A list's filters by name, each a text, a whole number or a truth value; never changed.

    >>> dict(Filters.of({"status": "active", "is_active": True}))
    {'is_active': True, 'status': 'active'}
    """

    _pairs: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, given: object) -> Self:
        """Filters from a mapping. :raises BadValue: it is none, too many, or not such values"""
        if isinstance(given, cls):
            return given
        if not isinstance(given, Mapping):
            raise BadValue("must be an object", reason="value.wrong_type")
        if len(given) > MOST_FILTERS:
            raise BadValue(f"must be at most {MOST_FILTERS}", reason="value.out_of_range")
        return cls(tuple(sorted((_named(name), _plain(given[name])) for name in given)))

    def __getitem__(self, name: str) -> Any:
        return dict(self._pairs)[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)


def _named(name: object) -> str:
    if not isinstance(name, str):
        raise BadValue("must have texts as names", reason="value.wrong_type")
    return NAME(name)


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return NUMBER(value)
    if isinstance(value, str):
        return TEXT(value)
    raise BadValue("must be texts, whole numbers or truth values", reason="value.wrong_type")


@attrs.frozen
class ColumnNames:
    """The rule of a list of columns: short names, none twice."""

    def __call__(self, value: tuple[Any, ...]) -> tuple[str, ...]:
        """The names themselves. :raises BadValue: too many, twice the same, or no names"""
        if len(value) > MOST_COLUMNS:
            raise BadValue(f"must be at most {MOST_COLUMNS}", reason="value.out_of_range")
        names = tuple(map(_named, value))
        if len(set(names)) < len(names):
            raise BadValue("must not name a column twice", reason="value.twice")
        return names


@attrs.frozen(kw_only=True)
class SavedView(Entity):
    """How its owner, a user or an API key, looks at the list of a resource.

    A public one is read by everybody. Of an owner's views of one resource, at most one is the
    default. `sort_by` None means the list's own order.
    """

    id: SavedViewId
    owner_id: UUID
    name: Name
    entity: Resource
    filters: Filters = Filters()
    columns: Annotated[tuple[str, ...], ColumnNames()] = ()
    sort_by: Annotated[str, NAME] | None = None
    sort_order: SortOrder | None = None
    is_default: bool = False
    is_public: bool = False
