"""Everything that is wrong with a JSON body, once it is known that something is.

msgspec stops at the first problem. Here each object is opened one level at a time with its
values left raw, and each value is decoded by its own type, so that a value means here exactly
what it means when the whole body is decoded at once (numbers never pass through a float).
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec
from msgspec import Raw
from msgspec.structs import FieldInfo

from haitech_adapters.http.wording import FieldType, place, sentence, shown
from haitech_adapters.http.written_amounts import why_unread
from haitech_domain.errors import Problem
from haitech_domain.fields import is_control, problems_in

MOST_PROBLEMS: Final = 100
DEEPEST: Final = 32

_SUSPICIOUS: Final = re.compile(
    rb"\\u00(?:[01][0-9a-fA-F]|7[fF]|[89][0-9a-fA-F])|\\[bf]|\x7f|\xc2[\x80-\x9f]"
)
_FAULTY: Final = object()


class _Enough(Exception):
    """More problems than anybody reads."""


class _Found(list[Problem]):
    """The problems so far, without one that says of a field again what was said already."""

    def add(self, field: str, message: str, reason: str) -> None:
        if any(known.field == field and known.reason == reason for known in self):
            return
        if len(self) == MOST_PROBLEMS:
            self.append(Problem("", f"and more: only the first {MOST_PROBLEMS} are listed", "more"))
            raise _Enough
        self.append(Problem(field, message, reason))


def problems_of(
    raw: bytes, shape: type[msgspec.Struct], error: str, entity: type | None
) -> list[Problem]:
    """What is wrong with `raw` as a `shape`, of which msgspec said `error`.

    The single-value rules of `entity` are applied to those values that are of their type.

    :raises msgspec.DecodeError: it is no JSON at all
    :raises RecursionError: it is nested too deep
    """
    found = _Found()
    try:
        if not raw.lstrip().startswith(b"{"):
            msgspec.json.decode(raw, type=Raw)
            found.add("", "the body must be an object", "body.not_an_object")
            return found
        values = _object(raw, shape, "", found)
        for problem in _broken_by(shape, values, entity):
            found.add(problem.field, problem.message, problem.reason)
        for problem in oddities(raw):
            found.add(problem.field, problem.message, problem.reason)
        if not found:  # a rule between fields, which no single value shows
            found.add(place(error), sentence(error), "value.invalid")
    except _Enough:
        return found
    return found


def _broken_by(
    shape: type[msgspec.Struct], values: Mapping[str, Any], entity: type | None = None
) -> Iterator[Problem]:
    """The same by the rules that are said to hold for a shape, if any are."""
    rules = entity or getattr(shape, "rules", None)
    return iter(()) if rules is None else broken_rules(shape, values, rules)


def broken_rules(
    shape: type[msgspec.Struct], values: Mapping[str, Any], entity: type
) -> Iterator[Problem]:
    """What the rules of `entity` say of single values, by their names on the wire."""
    wire = dict(zip(shape.__struct_fields__, shape.__struct_encode_fields__, strict=True))
    single = {
        name: value
        for name, value in values.items()
        if value is not msgspec.UNSET and not isinstance(value, (list, dict, tuple, msgspec.Struct))
    }
    for problem in problems_in(entity, single):
        yield Problem(wire[problem.field], problem.message, problem.reason)


def oddities(raw: bytes) -> Iterator[Problem]:
    """What no field's type forbids, by JSON that was read once already.

    A name that stands twice in an object: one reader takes the first value and another the last, so
    what somebody checked before us need not be what we do. Texts with control characters (line feeds
    and tabs apart), and nesting without end.

    :raises RecursionError: it is nested too deep even to look
    """
    twice: dict[str, None] = {}

    def named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        whole = dict(pairs)
        if len(whole) < len(pairs):
            seen: set[str] = set()
            for name, _ in pairs:
                if name in seen:
                    twice[name] = None
                seen.add(name)
        return whole

    # numbers stay text: nothing is to be learnt from them, and some are huge
    whole = json.loads(
        raw,
        object_pairs_hook=named_once,
        parse_int=str,
        parse_float=str,
        parse_constant=str,
        strict=False,
    )
    for name in twice:
        yield Problem(shown(name), "must be given once", "field.twice")
    deep = raw.count(b"{") + raw.count(b"[") > DEEPEST
    if deep or _SUSPICIOUS.search(raw):
        yield from _unprintable(whole, "", 1)


def _unprintable(value: Any, path: str, depth: int) -> Iterator[Problem]:
    if isinstance(value, str):
        if any(is_control(char) and char not in "\n\r\t" for char in value):
            yield Problem(path, "must not hold control characters", "text.control_character")
        return
    if not isinstance(value, (dict, list)):
        return
    if depth > DEEPEST:
        yield Problem(path[:100], f"is nested deeper than {DEEPEST} levels", "json.too_deep")
        return
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in inner:
        if isinstance(key, int):
            yield from _unprintable(item, f"{path}[{key}]", depth + 1)
        else:
            here = _under(path, shown(key))
            if any(map(is_control, key)):
                yield Problem(here, "has control characters in its name", "text.control_character")
            yield from _unprintable(item, here, depth + 1)


def _under(path: str, name: str) -> str:
    return f"{path}{name}" if name.startswith("[") or not path else f"{path}.{name}"


@functools.cache
def _fields(shape: type[msgspec.Struct]) -> tuple[tuple[FieldInfo, FieldType], ...]:
    return tuple((field, FieldType.of(field.type)) for field in msgspec.structs.fields(shape))


def _object(raw: bytes, shape: type[msgspec.Struct], path: str, found: _Found) -> dict[str, Any]:
    values: dict[str, Any] = {}
    given = msgspec.json.decode(raw, type=dict[str, Raw])
    for field, kind in _fields(shape):
        here = _under(path, field.encode_name)
        if field.encode_name in given:
            value = _value(bytes(given[field.encode_name]), kind, here, found)
            if value is not _FAULTY:
                values[field.name] = value
        elif field.required:
            found.add(here, "is required", "value.required")
    known = set(shape.__struct_encode_fields__)
    for name in given:
        if name not in known:
            found.add(_under(path, shown(name)), "is not a field of this request", "field.unknown")
    return values


def _value(raw: bytes, kind: FieldType, path: str, found: _Found) -> Any:
    if raw == b"null":
        if not kind.nullable and kind.base is not Any:
            found.add(path, "must not be null", "value.required")
            return _FAULTY
        return None
    before = len(found)
    if raw.startswith(b"[") and kind.base is list and kind.args:
        inner = FieldType.of(kind.args[0])
        for position, item in enumerate(msgspec.json.decode(raw, type=list[Raw])):
            _value(bytes(item), inner, f"{path}[{position}]", found)
    elif raw.startswith(b"{") and _is_struct(kind.base):
        values = _object(raw, kind.base, path, found)
        for problem in _broken_by(kind.base, values):
            found.add(_under(path, problem.field), problem.message, problem.reason)
    return _FAULTY if len(found) > before else _single(raw, kind, path, found)


def _single(raw: bytes, kind: FieldType, path: str, found: _Found) -> Any:
    """A value that is not opened, as its own type reads it."""
    if kind.base is Decimal and (unread := why_unread(raw)):
        found.add(path, unread.message, unread.reason)
        return _FAULTY
    try:
        return msgspec.json.decode(raw, type=kind.core)
    except msgspec.ValidationError as wrong:
        message, reason = kind.refusal(str(wrong))
        deeper = place(str(wrong))
        if deeper:  # within a value that is not opened here, such as an object of free names
            message, reason = sentence(str(wrong)), "value.invalid"
        found.add(_under(path, shown(deeper)) if deeper else path, message, reason)
        return _FAULTY


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)
