"""The events that there are, each with the JSON Schema of what it tells."""

from __future__ import annotations

import functools
import inspect
import types
import typing
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from enum import Enum
from typing import Any, Final
from uuid import UUID

import attrs

from haitech_domain.change import CATALOGUE
from haitech_domain.fields import annotations_of
from haitech_domain.money import Money
from haitech_domain.people import Email, Phone
from haitech_domain.webhook.envelope import VERSION, camel, facts_named

Schema = Mapping[str, Any]

_PLAIN: Final[Mapping[Any, Schema]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    UUID: {"type": "string", "format": "uuid"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    time: {"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}$"},
    Phone: {"type": "string", "pattern": r"^\+[1-9][0-9]{6,14}$"},
    Email: {"type": "string", "format": "email"},
}


@attrs.frozen(kw_only=True)
class Told:
    """One type of event: what it says, and the schema of its whole body."""

    type: str
    description: str
    version: int
    schema: Schema


@functools.cache
def told() -> Sequence[Told]:
    """Every type of event, in order of name."""
    return tuple(
        Told(
            type=name,
            description=inspect.cleandoc(cls.__doc__ or ""),
            version=VERSION,
            schema=schema_of(cls),
        )
        for name, cls in sorted(CATALOGUE.items())
    )


def schema_of(cls: Any) -> Schema:
    """The JSON Schema of the body in which events of a class are sent.

    Whoever reads one must pass over what they do not know: adding is no new version.
    """
    annotations = annotations_of(cls)
    data = {camel(name): _schema(annotations[name]) for name in facts_named(cls)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["id", "type", "timestamp", "data"],
        "properties": {
            "id": {"type": "string", "pattern": "^evt_[0-9a-f]{32}$"},
            "type": {"const": cls.type},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": {"type": "object", "required": list(data), "properties": data},
        },
    }


def _schema(annotation: Any) -> Schema:
    if isinstance(annotation, typing.NewType):
        return _schema(annotation.__supertype__)
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (types.UnionType, typing.Union):
        parts = [_schema(part) for part in inner if part is not type(None)]
        return {"anyOf": [*parts, {"type": "null"}]}
    if origin is tuple:
        return {"type": "array", "items": _schema(inner[0])}
    return _plain(annotation)


def _plain(annotation: Any) -> Schema:
    if issubclass(annotation, Enum):
        return {"enum": [member.value for member in annotation]}
    if issubclass(annotation, Money):
        return {"type": "number", "multipleOf": 0.01}
    return _PLAIN[annotation]
