"""Values that break one rule, by the annotation whose rule it is; each just beyond its edge."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import cache
from typing import Annotated, Any, Final
from uuid import UUID

import attrs
from hypothesis import strategies as st

from haitech_domain.access import Scopes
from haitech_domain.fields import Between, Text, WebAddress
from haitech_domain.instructor import WeeklyWindows
from haitech_domain.instructor.windows import MOST_WINDOWS
from haitech_domain.money import MOST, Money
from haitech_domain.people import Email, Phone
from haitech_domain.registration.payment import DayOrInstant
from haitech_domain.saved_view import Filters
from haitech_domain.saved_view.entity import MOST_COLUMNS, MOST_FILTERS, ColumnNames
from haitech_domain.testing.strategies.people import windows
from haitech_domain.testing.strategies.text import blanks, invalid_emails, invalid_phones, texts
from haitech_domain.webhook import Headers
from haitech_domain.webhook.values import Patterns


@attrs.frozen
class Wrong:
    """Values that a field refuses, and the reason that it gives."""

    values: st.SearchStrategy[Any]
    reason: str

    @classmethod
    def one_of(cls, reason: str, *values: Any) -> Wrong:
        """Some values, the plainest first."""
        return cls(st.sampled_from(values), reason)


_BY_TYPE: Final[Mapping[Any, tuple[Wrong, ...]]] = {
    int: (Wrong(st.sampled_from(["7", 1.5, True]), "value.not_a_number"),),
    bool: (Wrong.one_of("value.not_a_truth_value", 1, "true"),),
    str: (Wrong.one_of("value.not_text", 7, ["text"]),),
    date: (Wrong.one_of("date.invalid", "2026-02-30", "31.1.2026", 20_260_131),),
    time: (Wrong.one_of("time.invalid", "24:00", "4 pm", time(16, 30, 1)),),
    datetime: (
        Wrong.one_of("instant.invalid", "2026-01-31T16:30", datetime(2026, 1, 31, 16, 30)),  # noqa: DTZ001  # the mistake itself
    ),
    UUID: (Wrong.one_of("id.invalid", "17", 17),),
    Phone: (Wrong(invalid_phones(), "phone.invalid"),),
    Email: (Wrong(invalid_emails(), "email.invalid"),),
    Scopes: (
        Wrong.one_of("scope.none", []),
        Wrong.one_of("scope.unknown", ["read:everything"], "read:*"),
    ),
    Filters: (
        Wrong.one_of("value.wrong_type", [], {"status": None}, {7: "seven"}),
        Wrong.one_of("value.out_of_range", {str(n): n for n in range(MOST_FILTERS + 1)}),
        Wrong.one_of("text.too_long", {"status": "a" * 501}),
    ),
    Headers: (
        Wrong.one_of("value.wrong_type", []),
        Wrong.one_of("header.name", {"a b": "x"}, {"": "x"}),
        Wrong.one_of("header.ours", {"Host": "x"}, {"X_Webhook_Signature": "x"}),
        Wrong.one_of("header.value", {"X-Ours": "שלום"}, {"X-Ours": "a\nb"}, {"X-Ours": 7}),
        Wrong.one_of("value.twice", {"X-Ours": "a", "x-ours": "b"}),
    ),
    WeeklyWindows: (
        Wrong.one_of("value.wrong_type", 7, ["sunday"]),
        Wrong(windows().map(lambda window: [window] * (MOST_WINDOWS + 1)), "value.out_of_range"),
    ),
}
"""By base type; what has an `of` of its own refuses by that."""
_MONEY: Final = (
    Wrong.one_of("money.not_a_number", 45.5, "12 shekels", "1e3"),
    Wrong.one_of("money.too_many_decimals", "45.505"),
    Wrong.one_of("money.out_of_range", str(MOST // 100 + 1)),
)


def wrong_for(annotation: Any, *, required: bool = True) -> tuple[Wrong, ...]:
    """What a field with this annotation refuses; `required` where None is refused, too."""
    found = _wrong_for(annotation)
    takes_none = type(None) in typing.get_args(annotation)
    if not found or takes_none or not required:
        return found
    return (Wrong.one_of("value.required", None), *found)


@cache
def _wrong_for(annotation: Any) -> tuple[Wrong, ...]:
    if isinstance(annotation, typing.NewType):
        return _wrong_for(annotation.__supertype__)
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        return tuple(_limited(parts[0], parts[1:]))
    if origin in (types.UnionType, typing.Union):
        inner = [part for part in parts if part is not type(None)]
        return _wrong_for(inner[0]) if len(inner) == 1 else (_STRANGE,)
    return _by_class(origin or annotation)


def _by_class(kind: Any) -> tuple[Wrong, ...]:
    if kind in _BY_TYPE:
        return _BY_TYPE[kind]
    if not isinstance(kind, type) or kind is object:
        return ()
    if issubclass(kind, Enum):
        return (Wrong.one_of("value.unknown", "unheard of", 7),)
    return _MONEY if issubclass(kind, Money) else (_STRANGE,)


@attrs.frozen
class Strange:
    """What no field is of."""


_STRANGE: Final = Wrong.one_of("value.wrong_type", Strange())


def _limited(base: Any, limits: tuple[Any, ...]) -> Iterator[Wrong]:
    """What breaks the base's rule, and just breaks each limit."""
    for limit in limits:
        if isinstance(limit, DayOrInstant):
            yield Wrong.one_of("date.invalid", "2026-02-30", "2026-13-01T16:30:00Z")
            yield Wrong.one_of("date.out_of_range", date(1999, 12, 31), date(2101, 1, 1))
            return
    yield from _wrong_for(base)
    for limit in limits:
        beyond = _BEYOND.get(type(limit))
        if beyond is not None:
            yield from beyond(limit)


def _beyond_text(limit: Text) -> Iterator[Wrong]:
    if not limit.blank:
        yield Wrong(blanks(), "text.blank")
    longest = limit.most + 1
    yield Wrong(texts(10).map(lambda text: text[0] * longest), "text.too_long")
    yield Wrong.one_of("text.control_character", "a\x00", "a\x1b[0m")
    if not limit.lines:
        yield Wrong.one_of("text.direction_override", "a\u202eb")


def _beyond_bounds(limit: Between) -> Iterator[Wrong]:
    step: Any = {int: 1, date: timedelta(days=1)}.get(type(limit.least), Money(1))
    yield Wrong.one_of("value.out_of_range", limit.least - step, limit.most + step)


def _beyond_addresses(_limit: WebAddress) -> Iterator[Wrong]:
    yield Wrong.one_of("url.invalid", "ftp://a.example", "javascript:alert(1)", "a.example")


def _beyond_columns(_limit: ColumnNames) -> Iterator[Wrong]:
    many = tuple(str(number) for number in range(MOST_COLUMNS + 1))
    yield Wrong.one_of("value.twice", ("name", "name"))
    yield Wrong.one_of("value.out_of_range", many)


def _beyond_patterns(_limit: Patterns) -> Iterator[Wrong]:
    yield Wrong.one_of("event.none", ())
    yield Wrong.one_of("event.unknown", ("meeting.exploded",), ("meetings.*",))


_BEYOND: Final[Mapping[type, Callable[[Any], Iterator[Wrong]]]] = {
    Text: _beyond_text,
    Between: _beyond_bounds,
    WebAddress: _beyond_addresses,
    ColumnNames: _beyond_columns,
    Patterns: _beyond_patterns,
}
