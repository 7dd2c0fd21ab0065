"""What a webhook's target reads: one event, in the words of the API."""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from decimal import Decimal
from typing import Any, Final, TypeAlias

import attrs

from haitech_domain.change import CATALOGUE
from haitech_domain.fields import annotations_of
from haitech_domain.ids import EventId
from haitech_domain.money import Money

VERSION: Final = 1
"""Of the form of all events: adding to it keeps it, anything else makes another."""

Writing: TypeAlias = Callable[[Any], Any]
"""From a fact as it is stored to the same on the wire."""


@attrs.frozen(kw_only=True)
class StoredEvent:
    """An event as it was stored with the change that made it true; `facts` are plain data."""

    id: EventId
    type: str
    at: datetime
    facts: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its id as targets know it, the same over all tries: `evt_` and 32 hexadecimal digits."""
        return f"evt_{self.id.hex}"


def envelope(event: StoredEvent) -> dict[str, Any]:
    """`{id, type, timestamp, data}`; amounts are decimals, for JSON numbers with two places."""
    return {
        "id": event.name,
        "type": event.type,
        "timestamp": f"{event.at:%Y-%m-%dT%H:%M:%S}Z",
        "data": _data(event),
    }


def _data(event: StoredEvent) -> dict[str, Any]:
    """The facts in the order in which the event's class names them; what it knows no more, last."""
    cls: Any = CATALOGUE.get(event.type)
    writings: Mapping[str, Writing] = {} if cls is None else writings_of(cls)
    order = [] if cls is None else [name for name in facts_named(cls) if name in event.facts]
    rest = sorted(event.facts.keys() - set(order))
    return {
        camel(name): _written(event.facts[name], writings.get(name)) for name in (*order, *rest)
    }


def _written(value: Any, writing: Writing | None) -> Any:
    return value if writing is None or value is None else writing(value)


@functools.cache
def facts_named(cls: Any) -> tuple[str, ...]:
    """The names of what an event tells, without its time, which stands beside it."""
    return tuple(a.name for a in attrs.fields(cls) if a.name != "at")


@functools.cache
def writings_of(cls: Any) -> Mapping[str, Writing]:
    """How the wire writes those of an event's facts that are stored otherwise."""
    found = {name: _writing(annotation) for name, annotation in annotations_of(cls).items()}
    found["fields"] = _names
    return {name: writing for name, writing in found.items() if writing is not None}


def _writing(annotation: Any) -> Writing | None:
    origin = typing.get_origin(annotation)
    if origin in (types.UnionType, typing.Union, typing.Annotated):
        return next(filter(None, map(_writing, typing.get_args(annotation))), None)
    if not isinstance(annotation, type):
        return None
    if issubclass(annotation, Money):
        return Decimal
    return _minutes if issubclass(annotation, time) else None


def _minutes(stored: str) -> str:
    """`16:00` of `16:00:00`."""
    return stored[: len("HH:MM")]


def _names(fields: Sequence[str]) -> Sequence[str]:
    """What changed, by the names that it has in the API."""
    return [camel(field) for field in fields]


def camel(name: str) -> str:
    """A field's name as the wire has it."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
