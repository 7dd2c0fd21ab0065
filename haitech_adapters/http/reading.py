"""Reading what a request carries: its body, its query and the ids in its path.

What is wrong is refused with everything that is wrong, named as the wire names it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from itertools import islice
from typing import Final, TypeVar
from uuid import UUID

import attrs
import msgspec
from litestar.exceptions import ClientException, HTTPException, InternalServerException

from haitech_adapters.http.endpoint import endpoint_of
from haitech_adapters.http.finding import (
    MOST_PROBLEMS,
    broken_rules,
    oddities,
    problems_of,
)
from haitech_adapters.http.shapes import HttpRequest
from haitech_adapters.http.written_amounts import any_unread
from haitech_domain.errors import Invalid, Problem

R = TypeVar("R", bound=msgspec.Struct)
S = TypeVar("S", bound=msgspec.Struct)

_CANONICAL: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_JSON_TYPE: Final = re.compile(r"application/(?:[a-z0-9.+-]+\+)?json\s*(?:;.*)?", re.IGNORECASE)


@attrs.frozen
class Unreadable(Invalid):
    """An `Invalid` whose paths are those of the wire already."""

    @classmethod
    def whole(cls, message: str, reason: str) -> Unreadable:
        """The request as such is at fault, not a field of it."""
        return cls((Problem("", message, reason),))


async def read_body(
    request: HttpRequest,
    shape: type[S],
    *,
    required: bool = True,
    entity: type | None = None,
    is_new: bool = False,
) -> S:
    """The request's JSON body as a `shape`; where none is `required`, an empty one for no body.

    The single-value rules of `entity` (the one that the route declares, unless another is given)
    are applied to fields of the same name, so that one answer lists wrong types and broken rules
    together, before anything is loaded. For a new thing
    (`is_new`) well-typed values are left to its use case, which knows all of its rules.

    :raises Invalid: with everything that is wrong
    :raises HTTPException: 413 more than 1 MiB, 415 not said to be JSON, or compressed
    """
    raw = await body_of(request)
    if raw is None:
        if required:
            raise Unreadable.whole("a body is required", "body.required")
        return shape()
    if entity is None:
        endpoint = endpoint_of(request.route_handler)
        entity = endpoint.entity if endpoint is not None else None
    return decoded(raw, shape, entity=entity, is_new=is_new)


async def read_either(
    request: HttpRequest, shapes: Mapping[str, type[R]], otherwise: type[S]
) -> R | S:
    """The body as the shape whose telling field it has, else as `otherwise`.

    :raises Invalid: as `read_body`
    """
    raw = await body_of(request)
    if raw is None:
        raise Unreadable.whole("a body is required", "body.required")
    try:
        names = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        names = {}  # whatever is wrong with it, reading it says so
    for name, shape in shapes.items():
        if name in names:
            return decoded(raw, shape)
    return decoded(raw, otherwise)


async def body_of(request: HttpRequest) -> bytes | None:
    """The JSON body as it came, or None for none (or nothing but white space).

    :raises HTTPException: 413 more than 1 MiB, 415 not said to be JSON, or compressed
    """
    raw = await raw_body(request)
    if not raw or raw.isspace():
        return None
    if not _JSON_TYPE.fullmatch(request.headers.get("content-type", "").strip()):
        raise HTTPException("the body must be application/json", status_code=415)
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        # a small body could be a huge one
        raise HTTPException(
            "the body must be sent as it is, without a Content-Encoding",
            status_code=415,
            extra={"reason": "body.encoded"},
        )
    return raw


async def raw_body(request: HttpRequest) -> bytes:
    """The body as it came, whatever it is.

    :raises HTTPException: 413 more than 1 MiB
    """
    try:
        return await request.body()
    except InternalServerException:
        raise ClientException("the request ended before its body") from None


def decoded(raw: bytes, shape: type[S], *, entity: type | None = None, is_new: bool = False) -> S:
    """JSON as a `shape`.

    :raises Invalid: with everything that is wrong
    """
    try:
        body: S = _decoder(shape).decode(raw)
        if any_unread(raw, shape):
            raise Unreadable(tuple(_all_problems(raw, shape, "", entity)))
        problems = list(islice(oddities(raw), MOST_PROBLEMS))
        if entity is not None and not is_new:
            names = shape.__struct_fields__
            problems.extend(
                broken_rules(shape, {name: getattr(body, name) for name in names}, entity)
            )
    except RecursionError:
        raise Unreadable.whole("the JSON is nested too deep", "json.too_deep") from None
    except msgspec.ValidationError as wrong:
        raise Unreadable(tuple(_all_problems(raw, shape, str(wrong), entity))) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as malformed:
        raise _malformed(malformed) from None
    if problems:
        raise Unreadable(tuple({(p.field, p.reason): p for p in problems}.values()))
    return body


def _all_problems(
    raw: bytes, shape: type[msgspec.Struct], error: str, entity: type | None
) -> list[Problem]:
    try:
        return problems_of(raw, shape, error, entity)
    except RecursionError:
        raise Unreadable.whole("the JSON is nested too deep", "json.too_deep") from None
    except (msgspec.DecodeError, ValueError) as malformed:
        raise _malformed(malformed) from None


def _malformed(why: Exception) -> Unreadable:
    if isinstance(why, UnicodeDecodeError):
        return Unreadable.whole("the body is not valid UTF-8", "json.malformed")
    return Unreadable.whole(f"the body is not valid JSON ({why})", "json.malformed")


@functools.cache
def _decoder(shape: type[S]) -> msgspec.json.Decoder[S]:
    return msgspec.json.Decoder(shape)


def identifier(value: str, field: str = "id") -> UUID:
    """An id from the path.

    :raises Invalid: it is no UUID in its usual writing
    """
    if not _CANONICAL.fullmatch(value):
        raise Unreadable((Problem(field, "must be a UUID", "id.invalid"),))
    return UUID(value)
