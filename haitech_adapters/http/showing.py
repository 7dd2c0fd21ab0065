"""From entities to views: the fields of a view, read from an entity, as the wire writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import time
from typing import Any, Final, TypeVar

from msgspec import UNSET

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

V = TypeVar("V", bound=View)


def shown(view: type[V], entity: Any, *, without: frozenset[str] = frozenset(), **also: Any) -> V:
    """A view of an entity: each field from the attribute of its name, `also` for the others.

    Fields named in `without` are absent from the answer.
    """
    values: dict[str, Any] = {}
    for name in view.__struct_fields__:
        if name in without:
            values[name] = UNSET
        elif name in also:
            values[name] = also[name]
        else:
            value = getattr(entity, name)
            write = _WRITTEN.get(value.__class__)
            values[name] = value if write is None else write(value)
    return view(**values)
