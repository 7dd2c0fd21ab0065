"""From a field's annotation to its column, and back from a column's value to the field's.

One reading of an entity's annotations gives, for each field, the SQL type, the rule that a CHECK
repeats, and how a value is written and read. So a field cannot be stored one way and read
another, and a new field needs no line here.
"""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Final
from uuid import UUID

import attrs
import sqlalchemy as sa
from psycopg.types.json import Jsonb
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from haitech_domain.access import Scopes
from haitech_domain.calendar import DayOfWeek
from haitech_domain.explanation import Line
from haitech_domain.fields import annotations_of
from haitech_domain.instructor import WeeklyWindows, Window
from haitech_domain.money import Money
from haitech_domain.people import Email, Phone
from haitech_domain.saved_view import Filters
from haitech_domain.webhook import Headers

Convert = Callable[[Any], Any]

MONEY: Final = sa.Numeric(14, 2)
INSTANT: Final = sa.DateTime(timezone=True)

_PLAIN: Final[Mapping[Any, TypeEngine[Any]]] = {
    str: sa.Text(),
    int: sa.Integer(),
    bool: sa.Boolean(),
    date: sa.Date(),
    time: sa.Time(),
    datetime: INSTANT,
    UUID: sa.Uuid(),
}


@attrs.frozen(kw_only=True)
class Kind:
    """How one field is kept. `read` and `write` are None where a value passes as it is."""

    sql: TypeEngine[Any]
    base: Any
    optional: bool = False
    limits: tuple[Any, ...] = ()
    read: Convert | None = None
    write: Convert | None = None


@functools.cache
def kinds_of(cls: Any) -> Mapping[str, Kind]:
    """Each field's kind, by name."""
    return {name: kind_of(annotation) for name, annotation in annotations_of(cls).items()}


def kind_of(annotation: Any) -> Kind:
    """The kind that an annotation states."""
    if isinstance(annotation, typing.NewType):
        return kind_of(annotation.__supertype__)
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        base, *limits = typing.get_args(annotation)
        inner = kind_of(base)
        return attrs.evolve(inner, limits=(*inner.limits, *limits))
    if origin in (types.UnionType, typing.Union):
        (part,) = (p for p in typing.get_args(annotation) if p is not type(None))
        return attrs.evolve(kind_of(part), optional=True)
    if origin in (tuple, Mapping):
        return _kind_of_collection(origin, typing.get_args(annotation)[0])
    return _kind_of_type(annotation)


def _kind_of_collection(origin: Any, item: Any) -> Kind:
    if origin is Mapping:
        return Kind(sql=JSONB(), base=dict)
    if item is Line:
        return Kind(sql=JSONB(), base=tuple, read=_lines_read, write=_lines_written)
    return Kind(sql=sa.ARRAY(kind_of(item).sql), base=tuple, read=tuple, write=list)


def _kind_of_type(annotation: Any) -> Kind:
    if annotation in _PLAIN:
        return Kind(sql=_PLAIN[annotation], base=annotation)
    if issubclass(annotation, StrEnum):
        # psycopg writes an enum by its name; its value is what the domain calls it
        members = {member.value: member for member in annotation}
        return Kind(sql=sa.Text(), base=annotation, read=members.__getitem__, write=str)
    if issubclass(annotation, Money):
        return Kind(
            sql=MONEY, base=annotation, read=_money_reader(annotation), write=_money_written
        )
    if annotation in (Phone, Email):
        return Kind(sql=sa.Text(), base=annotation, read=_wrapper(annotation), write=str)
    for ours, kind in _COLLECTIONS.items():
        if issubclass(annotation, ours):
            return attrs.evolve(kind, base=annotation)
    message = f"{annotation} has no column type"
    raise TypeError(message)


# Values of our own rows are made past their rules, as `hydrate` makes the entities around them:
# they were checked when they were written.


def _money_reader(cls: type[Money]) -> Convert:
    @functools.lru_cache(maxsize=4096)  # amounts repeat, and an amount is a value
    def read(text: str) -> Money:
        return _money(cls, int(Decimal(text).scaleb(2)))

    return lambda amount: read(str(amount))  # the hash of a text comes at a tenth of a Decimal's


def _money(cls: type[Money], agorot: int) -> Money:
    money = object.__new__(cls)
    object.__setattr__(money, "agorot", agorot)
    return money


def _money_written(money: Money) -> Decimal:
    return Decimal(money.agorot).scaleb(-2)


def _wrapper(cls: type[Phone | Email]) -> Convert:
    (field,) = (a.name for a in attrs.fields(cls))
    put = getattr(cls, field).__set__

    def read(text: str) -> Phone | Email:
        value = object.__new__(cls)
        put(value, text)
        return value

    return read


def _pairs_written(pairs: Filters | Headers) -> Jsonb:
    return Jsonb(dict(pairs))


def windows_written(windows: Iterable[Window]) -> Jsonb:
    """Weekly windows as JSON."""
    return Jsonb(
        [
            {"day": w.day.value, "start": f"{w.start:%H:%M}", "end": f"{w.end:%H:%M}"}
            for w in windows
        ]
    )


@functools.lru_cache(maxsize=4096)  # hours repeat, and a window is a value
def _window(day: str, start: str, end: str) -> Window:
    return Window(DayOfWeek(day), time.fromisoformat(start), time.fromisoformat(end))


def _windows_read(rows: list[dict[str, str]]) -> WeeklyWindows:
    return WeeklyWindows(_window(row["day"], row["start"], row["end"]) for row in rows)


_PARTS: Final = ("quantity", "unit", "rate")


def _lines_written(lines: tuple[Line, ...]) -> Jsonb:
    """An explanation as JSON."""
    return Jsonb([_line_written(line) for line in lines])


def _line_written(line: Line) -> dict[str, str]:
    written = {"text": line.text, "amount": str(line.amount), "rule": line.rule}
    for part in _PARTS:
        value = getattr(line, part)
        if value is not None:
            written[part] = value
    return written


def _lines_read(rows: list[dict[str, str]]) -> tuple[Line, ...]:
    return tuple(
        Line(
            row["text"],
            _money(Money, int(row["amount"].replace(".", ""))),
            row["rule"],
            *(row.get(part) for part in _PARTS),
        )
        for row in rows
    )


_COLLECTIONS: Final[Mapping[type, Kind]] = {
    Filters: Kind(sql=JSONB(), base=Filters, read=Filters.of, write=_pairs_written),
    Headers: Kind(sql=JSONB(), base=Headers, read=Headers.of, write=_pairs_written),
    Scopes: Kind(sql=sa.ARRAY(sa.Text()), base=Scopes, read=Scopes, write=sorted),
    WeeklyWindows: Kind(sql=JSONB(), base=WeeklyWindows, read=_windows_read, write=windows_written),
}
