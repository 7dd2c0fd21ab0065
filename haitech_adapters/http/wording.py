"""What is said of a value that is not of its type: a sentence for people and a stable reason."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import attrs
import msgspec
from msgspec import Meta, UnsetType

_AT: Final = re.compile(r" - at `\$\.?(?P<path>.*)`$", re.DOTALL)
_EXPECTED: Final = re.compile(r"^Expected `\w+` (?=of|<|>|matching)")
_SHOWN: Final = 80

_BY_TYPE: Final[Mapping[Any, tuple[str, str]]] = {
    str: ("must be text", "value.not_text"),
    int: ("must be a whole number", "value.not_a_number"),
    float: ("must be a number", "value.not_a_number"),
    bool: ("must be true or false", "value.not_a_truth_value"),
    Decimal: ("must be an amount like 45.50", "money.not_a_number"),
    date: ("must be a date like 2026-01-31", "date.invalid"),
    datetime: ("must be a moment with an offset, like 2026-01-31T16:30:00Z", "instant.invalid"),
    UUID: ("must be a UUID", "id.invalid"),
    list: ("must be a list", "value.wrong_type"),
    dict: ("must be an object", "value.wrong_type"),
}


@attrs.frozen
class FieldType:
    """A field's annotation taken apart: what remains when absence and null are set aside.

    `core` is the annotation to decode by, `base` its bare class (None for a union of several),
    `args` the arguments of that class.
    """

    core: Any
    base: Any
    args: tuple[Any, ...]
    nullable: bool
    marks: tuple[Meta, ...] = ()

    @classmethod
    def of(cls, annotation: Any) -> FieldType:
        """Take `annotation` apart."""
        nullable = False
        marks: list[Meta] = []
        while True:
            origin = typing.get_origin(annotation)
            if origin is Annotated:
                annotation, *found = typing.get_args(annotation)
                marks.extend(mark for mark in found if isinstance(mark, Meta))
            elif origin in (types.UnionType, typing.Union):
                parts = typing.get_args(annotation)
                kept = tuple(p for p in parts if p not in (types.NoneType, UnsetType))
                nullable = nullable or types.NoneType in parts
                if len(kept) != 1:
                    return cls(typing.Union[kept], None, (), nullable)  # noqa: UP007  # built here
                annotation = kept[0]
            else:
                core = Annotated[(annotation, *marks)] if marks else annotation
                args = typing.get_args(annotation)
                return cls(core, origin or annotation, args, nullable, tuple(marks))

    @property
    def choices(self) -> tuple[str, ...]:
        """The allowed values, where only some are."""
        if self.base is Literal:
            return tuple(str(arg) for arg in self.args)
        if isinstance(self.base, type) and issubclass(self.base, Enum):
            return tuple(str(member.value) for member in self.base)
        return ()

    def refusal(self, error: str) -> tuple[str, str]:
        """What to say, and the reason, where msgspec said `error`."""
        for mark in self.marks:
            if mark.extra and "says" in mark.extra:
                return mark.extra["says"], mark.extra["reason"]
        if self.choices:
            return f"must be one of {', '.join(self.choices)}", "value.unknown"
        if isinstance(self.base, type) and issubclass(self.base, msgspec.Struct):
            return _BY_TYPE[dict]
        constraint = any(
            word in error for word in (" of length ", "matching", "`int` ", "`float` ")
        )
        if self.base in _BY_TYPE and not constraint:
            return _BY_TYPE[self.base]
        return sentence(error), "value.out_of_range" if constraint else "value.invalid"


def sentence(error: str) -> str:
    """msgspec's own words without the path, as they follow a field's name."""
    bare = _EXPECTED.sub("must be ", _AT.sub("", error)).replace("`", "")
    return f"{bare[:1].lower()}{bare[1:]}"


def place(error: str) -> str:
    """The path that msgspec names, empty for the whole."""
    found = _AT.search(error)
    return found["path"] if found else ""


def shown(name: str) -> str:
    """A name from outside as it may be repeated: printable, and not endless."""
    return "".join(_printable(name[:_SHOWN])) + ("…" if len(name) > _SHOWN else "")


def _printable(text: str) -> Iterator[str]:
    return (char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
