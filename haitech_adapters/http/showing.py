"""From entities to views: the fields of a view, read from an entity, as the wire writes them."""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from enum import Enum
from operator import attrgetter
from typing import Any, Final, TypeVar
from uuid import UUID

import attrs
from msgspec import UNSET, UnsetType

from haitech_adapters.http.shapes import View, hhmm
from haitech_domain.money import Gross, Money, Net
from haitech_domain.people import Email, Phone

_WRITTEN: Final[Mapping[type, Callable[[Any], Any]]] = {
    Money: lambda money: money.amount,
    Net: lambda money: money.amount,
    Gross: lambda money: money.amount,
    Phone: str,
    Email: str,
    time: hhmm,
}
_AS_IT_IS: Final = frozenset({UUID, bool, int, date, datetime, types.NoneType, UnsetType})

V = TypeVar("V", bound=View)


def shown(view: type[V], entity: Any, *, without: frozenset[str] = frozenset(), **also: Any) -> V:
    """A view of an entity: each field from the attribute of its name, `also` for the others.

    Fields named in `without` are absent from the answer.
    """
    plan = _plan(view, without, frozenset(also))
    values: dict[str, Any] = dict(zip(plan.names, plan.read(entity), strict=True))
    for name in plan.written:
        value = values[name]
        write = _WRITTEN.get(value.__class__)
        if write is not None:
            values[name] = write(value)
    for name in plan.given:
        values[name] = also[name]
    return view(**values, **plan.absent)


@attrs.frozen(kw_only=True)
class _Plan:
    """What `shown` does for one view: names are read together, and looked at where they must be."""

    names: tuple[str, ...]
    read: Callable[[Any], tuple[Any, ...]]
    written: tuple[str, ...]
    given: tuple[str, ...]
    absent: Mapping[str, Any]


@functools.lru_cache(maxsize=1_024)
def _plan(view: type[View], without: frozenset[str], also: frozenset[str]) -> _Plan:
    absent = without.intersection(view.__struct_fields__)
    given = tuple(n for n in view.__struct_fields__ if n in also and n not in absent)
    names = tuple(n for n in view.__struct_fields__ if n not in also and n not in absent)
    hints = typing.get_type_hints(view)
    return _Plan(
        names=names,
        read=_reader(names),
        written=tuple(n for n in names if not all(map(_passes, _types(hints[n])))),
        given=given,
        absent=dict.fromkeys(absent, UNSET),
    )


def _reader(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """`attrgetter`, which gives a tuple only of two or more."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda entity: tuple(getattr(entity, name) for name in names)


def _types(hint: Any) -> Iterator[Any]:
    if typing.get_origin(hint) in {types.UnionType, typing.Union}:
        for part in typing.get_args(hint):
            yield from _types(part)
    else:
        yield hint


def _passes(kind: Any) -> bool:
    """Whether values of this type are shown as they are, whatever they are."""
    return kind in _AS_IT_IS or (isinstance(kind, type) and issubclass(kind, Enum))
