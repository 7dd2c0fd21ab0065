"""The envelope of every answer, as bytes, straight from structs."""

from __future__ import annotations

import functools
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final, Generic, TypeVar
from uuid import uuid4

import msgspec
from litestar import Response
from litestar.response.base import ASGIResponse
from msgspec import UNSET, UnsetType

from haitech_adapters import context
from haitech_adapters.http.endpoint import JSON
from haitech_adapters.http.etags import is_known, named, tag_of
from haitech_adapters.http.shapes import HttpRequest, View
from haitech_adapters.http.singles import TAGGED
from haitech_domain.ports.query import Page

T = TypeVar("T")


class AnswerMeta(View, frozen=True):
    """Which request this answers, and when."""

    request_id: str
    timestamp: str


class Pagination(View, frozen=True):
    """Where in a list an answer stands.

    `next_cursor` begins the next page, if there is one. A page that was asked for by a cursor has
    an `offset` of 0: how many rows are before it is not counted. A `total` above 10,000 is counted once
    in ten seconds, so it may lag so far behind.
    """

    total: int
    limit: int
    offset: int
    has_more: bool
    next_cursor: str | UnsetType = UNSET


class Envelope(View, Generic[T], frozen=True):
    """One thing."""

    data: T
    meta: AnswerMeta


class Paged(View, Generic[T], frozen=True):
    """A part of a list."""

    data: Sequence[T]
    pagination: Pagination
    meta: AnswerMeta


class ErrorDetail(View, frozen=True):
    """One value at fault; `field` is its path in what was sent, empty for the whole."""

    field: str
    message: str
    reason: str | UnsetType = UNSET


class ErrorFacts(View, frozen=True):
    """A refusal: its coarse class, the rule that refused, and everything at fault."""

    code: str
    message: str
    reason: str
    details: Sequence[ErrorDetail]


class ErrorBody(View, frozen=True):
    """A refusal in its envelope."""

    error: ErrorFacts
    meta: AnswerMeta


class ProblemDocument(View, frozen=True):
    """A refusal as RFC 9457 writes it."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    reason: str
    errors: Sequence[ErrorDetail]
    request_id: str


_encoder: Final = msgspec.json.Encoder(decimal_format="number")


def encoded(value: Any) -> bytes:
    """Any struct or plain value as JSON, decimals as numbers.

    An amount is shown as its `Money.amount`, which has two decimals whatever its value; msgspec
    would write a `Money` itself as an object of its agorot.
    """
    return _encoder.encode(value)


def meta() -> AnswerMeta:
    """What every answer says of itself."""
    facts = context.current()
    return AnswerMeta(
        request_id=facts.request_id if facts else str(uuid4()), timestamp=_written(int(time.time()))
    )


@functools.lru_cache(maxsize=2)
def _written(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))


def answer(
    request: HttpRequest,
    data: Any,
    *,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> ASGIResponse:
    """One thing in its envelope; the status is the one that the handler declares, unless given.

    The single representation of something has an ETag, and is left out (304) for a caller who
    names that.
    """
    if not request.route_handler.opt.get(TAGGED):
        return _sent(request, Envelope(data=data, meta=meta()), status, headers)
    shown = _encoder.encode(data)
    tagged = {**(headers or {}), "ETag": tag_of(shown)}
    if request.scope["method"] == "GET":
        known = named(request.scope, b"if-none-match")
        if known is not None and is_known(tagged["ETag"], known):
            return ASGIResponse(status_code=304, headers=tagged)
    return _sent(request, Envelope(data=msgspec.Raw(shown), meta=meta()), status, tagged)


def page(
    request: HttpRequest,
    items: Sequence[Any],
    page: Page[Any],
    *,
    headers: Mapping[str, str] | None = None,
) -> ASGIResponse:
    """A part of a list in its envelope: what to show, and the page that it was made from."""
    place = Pagination(
        total=page.total,
        limit=page.limit,
        offset=page.offset,
        has_more=page.has_more,
        next_cursor=UNSET if page.next_cursor is None else page.next_cursor,
    )
    return _sent(request, Paged(data=items, pagination=place, meta=meta()), None, headers)


def no_content() -> Response[None]:
    """An answer that says nothing but that it is done."""
    return Response(None, status_code=204)


def _sent(
    request: HttpRequest, body: View, status: int | None, headers: Mapping[str, str] | None
) -> ASGIResponse:
    return ASGIResponse(
        body=_encoder.encode(body),
        media_type=JSON,
        status_code=status or request.route_handler.status_code,
        headers=dict(headers) if headers else None,
    )
