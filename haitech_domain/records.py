"""Changes and events as plain data: what audit rows, outbox rows and exports hold.

One converter for all. Amounts and ids become text, so nothing passes through a float; enums
their values; dates ISO 8601.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Final
from uuid import UUID

import attrs
from cattrs import Converter

from haitech_domain.change import Change, Event
from haitech_domain.entity import Entity
from haitech_domain.fields import Derived, Passing, Secret, marked
from haitech_domain.money import Money
from haitech_domain.people import Email, Phone

MASK: Final = "***"
_BOOKKEEPING: Final = frozenset({"id", "version", "created_at", "updated_at", "deletion"})


def _converter() -> Converter:
    converter = Converter()
    as_text = (Money, Phone, Email, UUID, Decimal)
    converter.register_unstructure_hook_func(
        lambda kind: isinstance(kind, type) and issubclass(kind, as_text), str
    )
    for moment in (date, time, datetime):
        converter.register_unstructure_hook(moment, lambda value: value.isoformat())
    # cattrs takes the marks of an annotated mapping for the type of its values
    converter.register_unstructure_hook_func(
        _is_marked_mapping,
        lambda value: plain_data(value),  # noqa: PLW0108  # it is made below
    )
    return converter


def _is_marked_mapping(kind: Any) -> bool:
    if typing.get_origin(kind) is not Annotated:
        return False
    base = typing.get_args(kind)[0]
    base = typing.get_origin(base) or base
    return isinstance(base, type) and issubclass(base, Mapping)


CONVERTER: Final = _converter()


def plain_data(value: Any) -> Any:
    """A value of the domain as data that JSON can hold."""
    if isinstance(value, Mapping):
        return {str(key): plain_data(item) for key, item in value.items()}
    if isinstance(value, (frozenset, set)):
        return sorted(plain_data(item) for item in value)
    if isinstance(value, (tuple, list)):
        return [plain_data(item) for item in value]
    return CONVERTER.unstructure(value)


def facts_of(event: Event) -> dict[str, Any]:
    """What an event tells, without its type and time, which stand beside it."""
    return {
        a.name: plain_data(getattr(event, a.name))
        for a in attrs.fields(type(event))
        if a.name != "at"
    }


def differences(change: Change[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The old and new values of what a change changed; secrets as `***`, derived figures left out.

    Both are empty where only derived figures moved, or what changes by mere use.
    """
    cls: Any = type(change.after)
    passed_over = _BOOKKEEPING | marked(cls, Derived) | marked(cls, Passing)
    secret = marked(cls, Secret)
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for attribute in attrs.fields(cls):
        name = attribute.name
        if name in passed_over:
            continue
        before = None if change.before is None else getattr(change.before, name)
        after = getattr(change.after, name)
        if before == after:
            continue
        if change.before is not None:
            old[name] = _shown(before, masked=name in secret)
        new[name] = _shown(after, masked=name in secret)
    return old, new


def _shown(value: Any, *, masked: bool) -> Any:
    return MASK if masked and value is not None else plain_data(value)


def fields_changed(before: Entity, after: Entity) -> tuple[str, ...]:
    """The names of the fields that differ, without bookkeeping and derived figures."""
    cls: Any = type(after)
    passed_over = _BOOKKEEPING | marked(cls, Derived)
    return tuple(
        a.name
        for a in attrs.fields(cls)
        if a.name not in passed_over and getattr(before, a.name) != getattr(after, a.name)
    )
