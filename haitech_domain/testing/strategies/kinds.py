"""A strategy for whatever the domain has, by its class: `valid(Customer)`, `valid(MeetingCompleted)`.

Classes with rules of their own have strategies of their own. Those without are derived from the
annotations of their fields, which say what a valid value is, so a new event or row of a report has
its strategy the moment it is written.
"""

from __future__ import annotations

import collections.abc
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

import attrs
from hypothesis import strategies as st

from haitech_domain.change import CATALOGUE, Event
from haitech_domain.fields import Between, Text, WebAddress, annotations_of
from haitech_domain.money import Money
from haitech_domain.registration.payment import DayOrInstant
from haitech_domain.saved_view.entity import ColumnNames
from haitech_domain.testing.strategies.calendar import civil_dates, civil_times, instants
from haitech_domain.testing.strategies.declared import DECLARED
from haitech_domain.testing.strategies.making import either, maybe
from haitech_domain.testing.strategies.money import amounts
from haitech_domain.testing.strategies.once import made_once
from haitech_domain.testing.strategies.text import texts, web_addresses
from haitech_domain.testing.strategies.webhooks import patterns
from haitech_domain.webhook.values import Patterns

T = TypeVar("T")

PLAIN: Final[st.SearchStrategy[Any]] = st.none() | st.booleans() | st.integers(0, 99) | texts(20)
"""What stands where anything may: a value that JSON has, too."""
_BY_TYPE: Final[Mapping[Any, Callable[[], st.SearchStrategy[Any]]]] = {
    int: lambda: st.integers(0, 10_000),
    bool: st.booleans,
    str: lambda: texts(100),
    bytes: lambda: st.binary(max_size=40),
    float: lambda: st.floats(0, 10_000),
    date: civil_dates,
    time: civil_times,
    datetime: instants,
    timedelta: lambda: st.timedeltas(timedelta(0), timedelta(days=30)),
    UUID: st.uuids,
    Decimal: lambda: st.integers(0, 999).map(lambda n: Decimal(n).scaleb(-2)),
    object: lambda: PLAIN,
    Any: lambda: PLAIN,
}
_LISTS: Final = (
    list,
    tuple,
    collections.abc.Sequence,
    collections.abc.Iterable,
    collections.abc.Collection,
)
_SETS: Final = (set, frozenset, collections.abc.Set)
_MAPPINGS: Final = (dict, collections.abc.Mapping)


def valid(kind: type[T], /, **overrides: Any) -> st.SearchStrategy[T]:
    """Valid things of a class: an entity, a value, an event, what a verb is told.

    Fields are overridden by value or strategy, as everywhere in the kit.
    """
    declared: Callable[..., st.SearchStrategy[T]] | None = DECLARED.get(kind)
    if declared is not None:
        return declared(**overrides)
    if overrides:
        given = {name: either(value) for name, value in overrides.items()}
        return st.builds(kind, **{**_fields(kind), **given})
    return _derived(kind)


@made_once
def _derived(kind: Any) -> st.SearchStrategy[Any]:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    if not attrs.has(kind):
        message = f"{kind} is nothing that the domain makes"
        raise TypeError(message)
    return st.builds(kind, **_fields(kind))


def _fields(kind: Any) -> dict[str, st.SearchStrategy[Any]]:
    """A strategy for each field, by the name under which it is given."""
    hints = annotations_of(kind)
    return {
        field.alias: values_for(hints[field.name]) for field in attrs.fields(kind) if field.init
    }


@made_once
def values_for(annotation: Any) -> st.SearchStrategy[Any]:
    """Valid values of a field with this annotation."""
    if isinstance(annotation, typing.NewType):
        return values_for(annotation.__supertype__)
    if isinstance(annotation, TypeVar):
        return values_for(annotation.__bound__ or Any)
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        return _limited(parts[0], parts[1:])
    if origin in (types.UnionType, typing.Union):
        inner = [values_for(part) for part in parts if part is not type(None)]
        return maybe(st.one_of(inner)) if type(None) in parts else st.one_of(inner)
    return _by_class(origin or annotation, parts)


def _by_class(kind: Any, parts: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if kind is typing.Literal:
        return st.sampled_from(parts)
    if kind is collections.abc.Callable:
        return st.just(_does_nothing)
    if kind in _BY_TYPE:
        return _BY_TYPE[kind]()
    return _collected(kind, parts) if parts and kind in _COLLECTIONS else valid(kind)


async def _does_nothing(*_: Any) -> None:
    """What stands for what is called back."""


_COLLECTIONS: Final = frozenset({*_LISTS, *_SETS, *_MAPPINGS})


def _collected(origin: Any, parts: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if origin is tuple and Ellipsis not in parts:
        return st.tuples(*map(values_for, parts))
    if origin in _MAPPINGS:
        return st.dictionaries(values_for(parts[0]), values_for(parts[1]), max_size=3)
    inner = values_for(parts[0])
    return (
        st.frozensets(inner, max_size=3)
        if origin in _SETS
        else st.lists(inner, max_size=3).map(tuple)
    )


def _limited(base: Any, limits: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    """Values of a base that keep rules of their own; marks are no rules."""
    for limit in sorted(limits, key=lambda limit: isinstance(limit, (Text, Between))):
        within = _WITHIN.get(type(limit))
        if within is not None:
            return within(base, limit)
    return values_for(base)


def _between(base: Any, limit: Between) -> st.SearchStrategy[Any]:
    if isinstance(limit.least, Money):
        return amounts(base, least=limit.least.agorot, most=limit.most.agorot)
    if isinstance(limit.least, date):
        return civil_dates(limit.least, limit.most)
    return st.integers(limit.least, limit.most)


_WITHIN: Final[Mapping[type, Callable[[Any, Any], st.SearchStrategy[Any]]]] = {
    WebAddress: lambda _base, _limit: web_addresses(),
    Patterns: lambda _base, _limit: patterns(),
    ColumnNames: lambda _base, _limit: st.lists(texts(100), unique=True, max_size=4).map(tuple),
    DayOrInstant: lambda _base, _limit: civil_dates() | instants(),
    Text: lambda _base, limit: texts(limit.most, lines=limit.lines),
    Between: _between,
}


def events() -> st.SearchStrategy[Event]:
    """Any event of the domain's catalogue."""
    return st.one_of([valid(cls) for _, cls in sorted(CATALOGUE.items())])
