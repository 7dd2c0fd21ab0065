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
from haitech_domain.fields import annotations_of
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

_NOTHING: Final = frozenset[str]()

V = TypeVar("V", bound=View)


def shown(view: type[V], entity: Any, *, without: frozenset[str] = frozenset(), **also: Any) -> V:
    """A view of an entity: each field from the attribute of its name, `also` for the others.

    Fields named in `without` are absent from the answer.
    """
    plan = _plan(view, entity.__class__, without, frozenset(also) if also else _NOTHING)
    values = list(plan.read(entity))
    for place, write in plan.written:
        value = values[place]
        if value is not None:
            values[place] = write(value)
    made: V = plan.make(values, also)
    return made


@attrs.frozen(kw_only=True)
class _Plan:
    """What `shown` does for one view of one class."""

    read: Callable[[Any], tuple[Any, ...]]
    written: tuple[tuple[int, Callable[[Any], Any]], ...]
    """Which of what was read are written otherwise."""
    make: Callable[[list[Any], Mapping[str, Any]], Any]


@functools.lru_cache(maxsize=1_024)
def _plan(view: type[View], cls: type, without: frozenset[str], also: frozenset[str]) -> _Plan:
    names = tuple(n for n in view.__struct_fields__ if n not in without and n not in also)
    writers = {name: _writer(hint) for name, hint in typing.get_type_hints(view).items()}
    if attrs.has(cls):  # what it works out is known by the view's types alone
        writers |= {name: _writer(hint, own=True) for name, hint in annotations_of(cls).items()}
    places = enumerate(writers[name] for name in names)
    return _Plan(
        read=_reader(names),
        written=tuple((place, write) for place, write in places if write is not None),
        make=_maker(view, names, without),
    )


def _maker(
    view: type[View], names: tuple[str, ...], without: frozenset[str]
) -> Callable[[list[Any], Mapping[str, Any]], View]:
    """From the values of these fields, and those that are given, to a view."""
    if names == view.__struct_fields__ == view.__match_args__:
        return lambda values, _: view(*values)  # at a third of what names cost
    absent = dict.fromkeys(without.intersection(view.__struct_fields__), UNSET)
    known = set(view.__struct_fields__) - absent.keys()
    return lambda values, also: view(
        **dict(zip(names, values, strict=True)),
        **{name: value for name, value in also.items() if name in known},
        **absent,
    )


def _reader(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """`attrgetter`, which gives a tuple only of two or more."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda entity: tuple(getattr(entity, name) for name in names)


def _writer(hint: Any, *, own: bool = False) -> Callable[[Any], Any] | None:
    """How values of this type are written; None where they are shown as they are.

    A text of the class's `own` is one; a text of a view may be a phone.
    """
    kinds = [kind for kind in _types(hint) if not _as_it_is(kind) and not (own and kind is str)]
    if not kinds:
        return None
    (kind, *others) = kinds
    return _by_class if others else _WRITTEN.get(kind, _by_class)


def _as_it_is(kind: Any) -> bool:
    return kind in _AS_IT_IS or (isinstance(kind, type) and issubclass(kind, Enum))


def _by_class(value: Any) -> Any:
    write = _WRITTEN.get(value.__class__)
    return value if write is None else write(value)


def _types(hint: Any) -> Iterator[Any]:
    """The plain types that a hint allows."""
    if isinstance(hint, typing.NewType):
        yield from _types(hint.__supertype__)
    elif typing.get_origin(hint) in {types.UnionType, typing.Union}:
        for part in typing.get_args(hint):
            yield from _types(part)
    elif typing.get_origin(hint) is typing.Annotated:
        yield from _types(typing.get_args(hint)[0])
    else:
        yield hint
