"""Amounts that a body gives as text: read as the domain reads them, not as `Decimal` would.

`Decimal` takes spaces, underscores, exponents and the digits of every script for a number; an
amount is written with the digits 0 to 9 (R-MONEY-1), as the document says, too.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Raw

from haitech_adapters.http.wording import FieldType
from haitech_domain.errors import BadValue
from haitech_domain.money import Money


def why_unread(raw: bytes) -> BadValue | None:
    """What is wrong with an amount in JSON, where it is a text that the domain does not read."""
    if not raw.startswith(b'"'):
        return None
    try:
        Money.of(msgspec.json.decode(raw, type=str))
    except BadValue as bad:
        return bad
    return None


def any_unread(raw: bytes, shape: type[msgspec.Struct]) -> bool:
    """Whether a body that is a `shape` has such a text."""
    return any(map(why_unread, _amounts(raw, shape)))


def _amounts(raw: bytes, shape: type[msgspec.Struct]) -> Iterator[bytes]:
    """Each amount in an object, as it stands there."""
    places = _places(shape)
    given = msgspec.json.decode(raw, type=dict[str, Raw]) if places else {}
    for name, within in places:
        value = bytes(given.get(name, b""))
        if within is None:
            yield value
        elif value.startswith(b"{"):
            yield from _amounts(value, within)


@functools.cache
def _places(shape: type[msgspec.Struct]) -> tuple[tuple[str, type[msgspec.Struct] | None], ...]:
    """Where amounts are in a shape: fields of its own, and objects that have some within."""
    return tuple(_found(shape))


def _found(shape: type[msgspec.Struct]) -> Iterator[tuple[str, Any]]:
    for field in msgspec.structs.fields(shape):
        base = FieldType.of(field.type).base
        if base is Decimal:
            yield field.encode_name, None
        elif isinstance(base, type) and issubclass(base, msgspec.Struct) and _places(base):
            yield field.encode_name, base
