"""What a resource declares, and how its rows become entities and back."""

from __future__ import annotations

import collections.abc
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import Any, Final, Generic, TypeVar

import attrs
import sqlalchemy as sa

from haitech_adapters.postgres.kinds import Convert, Kind, kinds_of
from haitech_domain.entity import Entity, hydrator
from haitech_domain.people import Email, Phone
from haitech_domain.ports import Listing, fields_with_history

T = TypeVar("T", bound=Entity)

Clause = sa.ColumnElement[bool]
ZONE: Final = sa.literal_column("'Asia/Jerusalem'", sa.Text())
Filter = Callable[[sa.BindParameter[Any]], Clause]
"""How a filter asks for its value."""


@attrs.frozen(eq=False)
class Whether:
    """A filter that takes a truth value: what holds, or does not."""

    holds: Clause


@attrs.frozen(eq=False)
class Spread:
    """A filter whose value is made of several parts, each a parameter of its own.

    `parts` takes a value apart; `holds` asks with those parts that there are.
    """

    parts: Callable[[Any], dict[str, Any]]
    holds: Callable[[collections.abc.Mapping[str, sa.BindParameter[Any]]], Clause]


def nobody(own: sa.BindParameter[Any]) -> Clause:
    """R-ACC-1: rows that no rule calls an instructor's own are nobody's."""
    del own
    return sa.false()


@attrs.frozen(kw_only=True, eq=False)
class Mapping(Generic[T]):
    """One resource: its table, its lists, and whose its rows are.

    `what` is what refusals and audit rows call one of it; `stands` is what must hold besides for
    a row that is not deleted to be there; `history` is where values are whose past is kept.
    """

    what: str
    entity: type[T]
    table: sa.Table
    listing: Listing
    filters: dict[str, Filter | Whether | Spread] = attrs.field(factory=dict)
    own: Filter = nobody
    stands: Clause | None = None
    history: sa.Table | None = None
    kinds: collections.abc.Mapping[str, Kind] = attrs.field(init=False)
    names: tuple[str, ...] = attrs.field(init=False)
    _hydrated: Callable[[Iterable[Any]], T] = attrs.field(init=False)
    _reads: tuple[tuple[int, Convert], ...] = attrs.field(init=False)
    _writes: tuple[tuple[str, Convert], ...] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        if set(self.filters) != self.listing.filters:
            message = f"the filters of {self.what} are not those of its listing"
            raise ValueError(message)
        if bool(fields_with_history(self.entity)) is (self.history is None):
            message = f"the past of {self.what} is kept nowhere, or for nothing"
            raise ValueError(message)
        cls: Any = self.entity
        kinds = kinds_of(cls)
        derived = {
            "kinds": kinds,
            "names": tuple(kinds),
            "_reads": tuple(
                (place, k.read) for place, k in enumerate(kinds.values()) if k.read is not None
            ),
            "_hydrated": hydrator(self.entity, tuple(kinds)),
            "_writes": tuple((n, k.write) for n, k in kinds.items() if k.write is not None),
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    @property
    def columns(self) -> list[sa.Column[Any]]:
        """The columns in the order in which `read` takes them."""
        return [self.table.c[name] for name in self.names]

    @property
    def live(self) -> Clause:
        """The rows that are there."""
        kept = self.table.c.deleted_at.is_(None)
        return kept if self.stands is None else sa.and_(kept, self.stands)

    def select(self, *clauses: Clause) -> sa.Select[Any]:
        """The rows of which all `clauses` hold."""
        return sa.select(*self.columns).where(*clauses)

    def read(self, row: Sequence[Any]) -> T:
        """The entity of a row; whatever the row has beyond its columns is passed over."""
        values = list(row)
        for place, convert in self._reads:
            value = values[place]
            if value is not None:
                values[place] = convert(value)
        return self._hydrated(values)

    def write(self, entity: T) -> dict[str, Any]:
        """The parameters of an entity's row."""
        values = {name: getattr(entity, name) for name in self.names}
        for name, convert in self._writes:
            value = values[name]
            if value is not None:
                values[name] = convert(value)
        return values


class Undeletable(Mapping[Any]):
    """A resource whose rows are never deleted by themselves."""

    @property
    def live(self) -> Clause:
        """All of them, as far as something else does not decide."""
        return sa.true() if self.stands is None else self.stands


def equals(table: sa.Table, *fields: str) -> dict[str, Filter | Whether | Spread]:
    """Filters that compare a column of their own name."""
    return {field: _equal(table.c[field]) for field in fields}


def _equal(column: sa.Column[Any]) -> Filter:
    return lambda value: column == value


def overlapping(
    first: sa.Column[Any], last: sa.Column[Any]
) -> dict[str, Filter | Whether | Spread]:
    """`from` and `to` as a stretch that the row's own must touch; no end means for ever."""
    if last.nullable:
        return {
            "from": lambda value: sa.or_(last >= value, last.is_(None)),
            "to": lambda value: first <= value,
        }
    return {"from": lambda value: last >= value, "to": lambda value: first <= value}


def filled(wanted: Filter | Whether | Spread, name: str, value: Any) -> tuple[Any, dict[str, Any]]:
    """A filter with its value: what of it decides the SQL, and the parameters."""
    if isinstance(wanted, Spread):
        parts = wanted.parts(value)
        return tuple(parts), {f"filter_{name}_{part}": v for part, v in parts.items()}
    decides = value if isinstance(wanted, Whether) and isinstance(value, bool) else None
    return decides, {f"filter_{name}": plain(value)}


def civil_days(column: sa.Column[Any]) -> dict[str, Filter | Whether | Spread]:
    """`from` and `to` as inclusive bounds of the civil day of a moment."""
    return {
        "from": lambda value: column >= midnight(value, after_days=0),
        "to": lambda value: column < midnight(value, after_days=1),
    }


def midnight(day: sa.ColumnElement[Any], *, after_days: int) -> sa.ColumnElement[Any]:
    """When a civil day begins in Asia/Jerusalem, or one so many days later."""
    then = sa.cast(day, sa.Date()) + sa.literal_column(str(after_days), sa.Integer())
    return sa.func.timezone(ZONE, sa.cast(then, sa.DateTime()))


def parameter(name: str, type_: Any = None) -> sa.BindParameter[Any]:
    """A parameter of a statement."""
    return sa.bindparam(name, type_=type_)


def among(column: sa.ColumnElement[Any], name: str) -> Clause:
    """The column is one of the values of a list parameter."""
    return column == sa.any_(sa.bindparam(name, type_=sa.ARRAY(column.type)))


_AS_TEXT: Final = (Phone, Email)


def plain(value: Any) -> Any:
    """A value of the domain as a parameter."""
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, _AS_TEXT) else value


def ids_of(ids: Iterable[Any]) -> list[Any]:
    """Ids as one list parameter, each once."""
    return list(dict.fromkeys(ids))
