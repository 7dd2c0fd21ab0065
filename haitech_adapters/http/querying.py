"""Reading a query string: every parameter known, given once, not empty, and of its type."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

import msgspec

from haitech_adapters.http.reading import Unreadable
from haitech_adapters.http.shapes import HttpRequest
from haitech_adapters.http.wording import FieldType, place, sentence, shown
from haitech_domain.errors import Problem
from haitech_domain.fields import is_control

S = TypeVar("S", bound=msgspec.Struct)

MOST_PARAMETERS: Final = 100
_SHORT: Final = 512
"""Bytes of a question that is worth remembering how it was read."""
_WHOLE: Final = re.compile(r"-?[0-9]{1,18}", re.ASCII)

_EXACT: Final[Mapping[Any, Callable[[str], object]]] = {
    # msgspec would take 1, TRUE and 1e2 as well, which no document of ours promises
    bool: {"true", "false"}.__contains__,
    int: _WHOLE.fullmatch,
}


def read_query(request: HttpRequest, shape: type[S]) -> S:
    """The request's query as a `shape`.

    :raises Invalid: with everything that is wrong
    """
    raw = request.scope.get("query_string", b"")
    return (_read if len(raw) <= _SHORT else query_of)(raw, shape)


def query_of(raw: bytes, shape: type[S]) -> S:
    """What follows the `?` as a `shape`.

    :raises Invalid: with everything that is wrong
    """
    values, problems = _collected(raw, _kinds(shape))
    said = ""
    if not problems:
        try:
            return msgspec.convert(values, shape, strict=False)
        except msgspec.ValidationError as refused:
            said = str(refused)
    problems += _mistyped(values, shape, {problem.field for problem in problems})
    found = problems or [Problem(place(said), sentence(said), "value.invalid")]
    raise Unreadable(tuple(found))


@functools.lru_cache(maxsize=1_024)
def _read(raw: bytes, shape: type[S]) -> S:
    """`query_of` for questions that are asked again and again; what is refused is not kept."""
    return query_of(raw, shape)


def _collected(raw: bytes, kinds: Mapping[str, FieldType]) -> tuple[dict[str, str], list[Problem]]:
    values: dict[str, str] = {}
    problems: dict[tuple[str, str], Problem] = {}
    for name, value in _pairs(raw):
        kind = kinds.get(name)
        if kind is None:
            refusal = "is no parameter of this request", "filter.unknown"
        elif name in values:
            refusal = "must be given once", "filter.twice"
        elif not value:
            refusal = "must not be empty", "filter.empty"
        elif any(map(is_control, value)):
            refusal = "must not hold control characters", "text.control_character"
        elif kind.base in _EXACT and not _EXACT[kind.base](value):
            refusal = kind.refusal("")
        else:
            values[name] = value
            continue
        if kind is not None:
            values.setdefault(name, value)
        problems.setdefault((name, refusal[1]), Problem(shown(name), *refusal))
    return values, list(problems.values())


def _mistyped(
    values: Mapping[str, str], shape: type[msgspec.Struct], known: set[str]
) -> list[Problem]:
    problems = []
    for field in msgspec.structs.fields(shape):
        name = field.encode_name
        if name in known:
            continue
        if name not in values:
            if field.required:
                problems.append(Problem(name, "is required", "value.required"))
            continue
        kind = _kinds(shape)[name]
        try:
            msgspec.convert(values[name], kind.core, strict=False)
        except msgspec.ValidationError as refused:
            problems.append(Problem(name, *kind.refusal(str(refused))))
    return problems


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    if not raw:
        return []
    try:
        return parse_qsl(
            raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS
        )
    except UnicodeDecodeError:
        raise Unreadable.whole("the query is not valid UTF-8", "query.malformed") from None
    except ValueError:
        raise Unreadable.whole(
            f"the query has more than {MOST_PARAMETERS} parameters", "query.malformed"
        ) from None


@functools.cache
def _kinds(shape: type[msgspec.Struct]) -> Mapping[str, FieldType]:
    return {field.encode_name: FieldType.of(field.type) for field in msgspec.structs.fields(shape)}
