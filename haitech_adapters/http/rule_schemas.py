"""The domain's rules of single values, as JSON Schema says them.

A rule is written once, as an annotation of the domain (`name: Annotated[str, Text(200)]`). Here
it becomes the keywords that a document adds to the type of a field on the wire.
"""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, Final, TypeAlias

from msgspec import Meta

from haitech_domain.fields import Between, Text, WebAddress
from haitech_domain.money import DECIMALS, Money
from haitech_domain.people import Email, Phone

Schema: TypeAlias = dict[str, Any]
Keywords: TypeAlias = Mapping[str, Schema]
"""What to add to a schema, by the JSON type that it allows."""

_CONTROL: Final = r"\u0000-\u001f\u007f-\u009f"
_CONTROL_IN_LINES: Final = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"
_OVERRIDES: Final = r"\u202a-\u202e\u2066-\u2069"
_YEARS: Final = 100

PHONE: Final = {
    "format": "phone",
    "description": "An Israeli number in any usual writing, or another in E.164.",
}
E164: Final = {"pattern": "^\\+[1-9][0-9]{6,14}$", "description": "E.164."}
EMAIL: Final = {"format": "email", "maxLength": 254}
ANY_AMOUNT: Final = rf"^-?[0-9]{{1,10}}(?:\.[0-9]{{1,{DECIMALS}}})?$"


def like(annotation: Any) -> Meta:
    """A mark on a field of a body whose rule is that of `annotation`, where names differ.

    `reason: Annotated[str, like(Remark)]` documents what `cancellation_reason` demands.
    """
    return Meta(extra={"rule": annotation})


@functools.cache
def keywords_of(annotation: Any) -> Keywords:
    """What the rule of an annotation adds."""
    if isinstance(annotation, typing.NewType):
        return keywords_of(annotation.__supertype__)
    origin = typing.get_origin(annotation)
    if origin in (types.UnionType, typing.Union):
        parts = [part for part in typing.get_args(annotation) if part is not types.NoneType]
        return keywords_of(parts[0]) if len(parts) == 1 else {}
    found: dict[str, Schema] = {}
    if origin is Annotated:
        base, *limits = typing.get_args(annotation)
        found = {kind: dict(words) for kind, words in keywords_of(base).items()}
        for limit in limits:
            for kind, words in _limit(limit).items():
                found.setdefault(kind, {}).update(words)
        return found
    return (
        {"string": PHONE}
        if annotation is Phone
        else {"string": EMAIL}
        if annotation is Email
        else {}
    )


def written(annotation: Any) -> Keywords:
    """What is certain of a value of the domain when it is shown: its writing, not its bounds."""
    words = keywords_of(annotation).get("string", {})
    if words.get("format") == "phone":
        return {"string": E164}
    return {"string": {"format": words["format"]}} if "format" in words else {}


def ruled(schema: Schema, keywords: Keywords) -> Schema:
    """A field's schema with the keywords of its rule, wherever its types allow them."""
    if not keywords:
        return schema
    if "anyOf" in schema:
        return {**schema, "anyOf": [ruled(one, keywords) for one in schema["anyOf"]]}
    if schema.get("format") in {"uuid", "date-time"} or "enum" in schema:
        return schema
    return {**schema, **keywords.get(str(schema.get("type")), {})}


def plain_text(*, lines: bool = False) -> str:
    """The pattern of text without control characters, line feeds and tabs apart."""
    return f"^[^{_CONTROL_IN_LINES if lines else _CONTROL}]*$"


def _limit(limit: Any) -> Keywords:
    for kind, say in _LIMITS.items():
        if isinstance(limit, kind):
            return say(limit)
    return {}


def _text(limit: Text) -> Keywords:
    never = _CONTROL_IN_LINES if limit.lines else _CONTROL + _OVERRIDES
    if limit.blank:
        return {"string": {"maxLength": limit.most, "pattern": f"^[^{never}]*$"}}
    any_of = f"[^{never}]*"
    ink = rf"[^\s{_CONTROL}{_OVERRIDES}]"
    return {
        "string": {"minLength": 1, "maxLength": limit.most, "pattern": f"^{any_of}{ink}{any_of}$"}
    }


def _between(limit: Between) -> Keywords:
    least, most = limit.least, limit.most
    if isinstance(least, date):
        says = f"From {least} to {most}."
        return {"string": {"pattern": _years(least.year, most.year), "description": says}}
    if isinstance(least, Money):
        # every bound of ours is whole shekels, or above 0; a JSON number of it needs no float
        low = {"exclusiveMinimum": 0} if least == Money(1) else {"minimum": int(least.amount)}
        number = {**low, "maximum": int(most.amount)}
        return {"number": number, "string": {"pattern": _amounts(least, most)}}
    return {"integer": {"minimum": least, "maximum": most}}


def _years(first: int, last: int) -> str:
    """The beginnings of dates within whole years, a century at a time where one is whole."""
    years: list[str] = []
    year = first
    while year <= last:
        whole = year % _YEARS == 0 and year + _YEARS - 1 <= last
        years.append(f"{year // _YEARS}[0-9]{{2}}" if whole else str(year))
        year += _YEARS if whole else 1
    return f"^(?:{'|'.join(years)})-[0-9]{{2}}-[0-9]{{2}}$"


def _amounts(least: Money, most: Money) -> str:
    """Amounts as text: exact where they go from 0 to a power of ten, else of their size."""
    digits = len(str(int(most.amount)))
    if least == Money(1):
        return _amounts(Money(0), most).replace("^", "^(?=.*[1-9])", 1)
    if least == Money(0) and int(most.amount) == 10 ** (digits - 1):
        top = rf"{int(most.amount)}(?:\.0{{1,{DECIMALS}}})?"
        return rf"^(?:[0-9]{{1,{digits - 1}}}(?:\.[0-9]{{1,{DECIMALS}}})?|{top})$"
    sign = "-?" if least < Money(0) else ""
    return rf"^{sign}[0-9]{{1,{digits}}}(?:\.[0-9]{{1,{DECIMALS}}})?$"


_LIMITS: Final[Mapping[type, Callable[[Any], Keywords]]] = {
    Text: _text,
    Between: _between,
    WebAddress: lambda _: {"string": {"format": "uri", "pattern": f"^https?://[^{_CONTROL}]*$"}},
}
