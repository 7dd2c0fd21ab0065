"""What a webhook's target reads: one event, in the words of the API."""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import attrs

from haitech_domain.change import CATALOGUE
from haitech_domain.fields import annotations_of
from haitech_domain.ids import EventId
from haitech_domain.money import Money

VERSION: Final = 1
"""Of the form of all events: adding to it keeps it, anything else makes another."""

NAMES_OF_FIELDS: Final = "fields"
"""The fact in which an event says what changed: names, which the wire writes its own way."""


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
    amounts = frozenset[str]() if cls is None else amounts_of(cls)
    order = [] if cls is None else [name for name in facts_named(cls) if name in event.facts]
    rest = sorted(event.facts.keys() - set(order))
    return {
        camel(name): _shown(name, event.facts[name], is_amount=name in amounts)
        for name in (*order, *rest)
    }


def _shown(name: str, value: Any, *, is_amount: bool) -> Any:
    if name == NAMES_OF_FIELDS:
        return [camel(field) for field in value]
    return Decimal(value) if is_amount and value is not None else value


@functools.cache
def facts_named(cls: Any) -> tuple[str, ...]:
    """The names of what an event tells, without its time, which stands beside it."""
    return tuple(a.name for a in attrs.fields(cls) if a.name != "at")


@functools.cache
def amounts_of(cls: Any) -> frozenset[str]:
    """Which of an event's facts are amounts."""
    return frozenset(name for name, of in annotations_of(cls).items() if _is_money(of))


def _is_money(annotation: Any) -> bool:
    origin = typing.get_origin(annotation)
    if origin in (types.UnionType, typing.Union, typing.Annotated):
        return any(map(_is_money, typing.get_args(annotation)))
    return isinstance(annotation, type) and issubclass(annotation, Money)


def camel(name: str) -> str:
    """A field's name as the wire has it."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
