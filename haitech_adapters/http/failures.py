"""Every refusal and every failure as an answer: the one place that knows statuses and codes."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import attrs
import structlog
from litestar import Response
from litestar.exceptions import HTTPException
from litestar.response.base import ASGIResponse
from litestar.types import ExceptionHandlersMap

from haitech_adapters.http.captured import Handler, unless_held
from haitech_adapters.http.endpoint import JSON
from haitech_adapters.http.envelope import (
    ErrorBody,
    ErrorDetail,
    ErrorFacts,
    ProblemDocument,
    encoded,
    meta,
)
from haitech_adapters.http.negotiation import PROBLEM, wants_problem
from haitech_adapters.http.reading import Unreadable
from haitech_adapters.http.shapes import HttpRequest, camel
from haitech_domain.errors import DomainError, Invalid, Kind, Several

log = structlog.get_logger("haitech.http")

BY_KIND: Final[Mapping[Kind, tuple[int, str]]] = {
    Kind.INVALID: (400, "VALIDATION_ERROR"),
    Kind.UNAUTHENTICATED: (401, "UNAUTHORIZED"),
    Kind.FORBIDDEN: (403, "FORBIDDEN"),
    Kind.NOT_FOUND: (404, "NOT_FOUND"),
    Kind.CONFLICT: (409, "CONFLICT"),
    Kind.STALE: (412, "PRECONDITION_FAILED"),
    Kind.KEY_REUSED: (422, "IDEMPOTENCY_KEY_REUSED"),
    Kind.LIMITED: (429, "RATE_LIMITED"),
    Kind.UNAVAILABLE: (503, "UNAVAILABLE"),
}
"""The domain's classes of refusal as the contract answers them."""

_LISTS_FIELDS: Final = frozenset({"attendance.one_target", "sort.unknown"})
"""Reasons whose messages list fields by the domain's names."""

BY_STATUS: Final[Mapping[int, tuple[str, str, str]]] = {
    400: ("VALIDATION_ERROR", "request.malformed", "this request cannot be read"),
    401: ("UNAUTHORIZED", "credentials.invalid", "this needs credentials"),
    403: ("FORBIDDEN", "access.denied", "this is not allowed"),
    404: ("NOT_FOUND", "route.unknown", "there is nothing at this address"),
    405: ("METHOD_NOT_ALLOWED", "method.not_allowed", "this address takes the methods in Allow"),
    406: ("NOT_ACCEPTABLE", "accept.unknown", "this cannot be had in the wanted form"),
    409: ("CONFLICT", "conflict", "this conflicts with the current state"),
    412: ("PRECONDITION_FAILED", "version.stale", "this was changed by someone else meanwhile"),
    413: ("PAYLOAD_TOO_LARGE", "body.too_large", "a body may have at most 1 MiB"),
    415: ("UNSUPPORTED_MEDIA_TYPE", "body.not_json", "the body must be application/json"),
    416: ("RANGE_NOT_SATISFIABLE", "range.unsatisfiable", "this file has no such part"),
    422: ("IDEMPOTENCY_KEY_REUSED", "idempotency.reused", "this key was used for another request"),
    429: ("RATE_LIMITED", "rate.limited", "too many requests; wait as Retry-After says"),
    500: ("INTERNAL_ERROR", "internal", "something went wrong here; the request id names it"),
    503: ("UNAVAILABLE", "unavailable", "this is not available at the moment; try again"),
}
"""Code, reason and message of what HTTP itself refuses.

Whoever raises Litestar's `HTTPException` may give another message as its detail and another
reason in its `extra`, as `{"reason": …}`.
"""


@attrs.frozen(kw_only=True)
class Failure:
    """What is to be answered where something went wrong."""

    status: int
    code: str
    reason: str
    message: str
    details: tuple[ErrorDetail, ...] = ()
    headers: Mapping[str, str] = attrs.field(factory=dict)

    def written(self, *, problem: bool) -> bytes:
        """The answer's body, in the envelope or as RFC 9457 has it."""
        about = meta()
        if not problem:
            facts = ErrorFacts(
                code=self.code, message=self.message, reason=self.reason, details=self.details
            )
            return encoded(ErrorBody(error=facts, meta=about))
        return encoded(
            ProblemDocument(
                type=f"urn:haitech:problem:{self.reason}",
                title=HTTPStatus(self.status).phrase,
                status=self.status,
                detail=self.message,
                instance=f"urn:haitech:request:{about.request_id}",
                code=self.code,
                reason=self.reason,
                errors=self.details,
                request_id=about.request_id,
            )
        )


def refusal(error: DomainError) -> Failure:
    """What the domain refused."""
    status, code = BY_KIND[error.kind]
    path = str if isinstance(error, Unreadable) else camel  # the former speaks the wire's language
    headers = {}
    if error.kind is Kind.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = "Bearer"
    if error.kind in {Kind.UNAVAILABLE, Kind.LIMITED}:
        headers["Retry-After"] = str(getattr(error, "retry_after", 1))
    return Failure(
        status=status,
        code=code,
        reason=error.reason,
        message="Invalid input" if _lists_values(error) else error.message,
        details=tuple(
            ErrorDetail(
                field=path(p.field),
                message=path(p.message) if p.reason in _LISTS_FIELDS else p.message,
                reason=p.reason,
            )
            for p in error.problems
        ),
        headers=headers,
    )


def _lists_values(error: DomainError) -> bool:
    """Whether what is wrong is all in the details, under the names of the wire."""
    several = isinstance(error, Several) and error.kind is Kind.INVALID
    return several or isinstance(error, Invalid)


def protocol_failure(error: HTTPException) -> Failure:
    """What HTTP itself refused; a status of the server's own says nothing of the inside."""
    status = error.status_code if error.status_code in BY_STATUS else _class_of(error.status_code)
    code, reason, message = BY_STATUS[status]
    headers = {name.title(): value for name, value in (error.headers or {}).items()}
    if status == BAD_CREDENTIALS:
        headers.setdefault("Www-Authenticate", "Bearer")
    own = error.detail and error.detail != HTTPStatus(error.status_code).phrase
    extra = error.extra if isinstance(error.extra, dict) else {}
    return Failure(
        status=status,
        code=code,
        reason=str(extra.get("reason", reason)),
        message=error.detail if own and status != INTERNAL else message,
        headers=headers,
    )


INTERNAL: Final = 500
BAD_REQUEST: Final = 400
BAD_CREDENTIALS: Final = 401


def _class_of(status: int) -> int:
    return BAD_REQUEST if BAD_REQUEST <= status < INTERNAL else INTERNAL


def _answer(request: HttpRequest, failure: Failure) -> Response[bytes]:
    problem = wants_problem(request.headers.get("accept", ""))
    return Response(
        failure.written(problem=problem),
        status_code=failure.status,
        media_type=PROBLEM if problem else JSON,
        headers=dict(failure.headers),
    )


def refused(request: HttpRequest, error: DomainError) -> Response[bytes]:
    """Litestar's handler of the domain's refusals."""
    return _answer(request, refusal(error))


def misdirected(request: HttpRequest, error: HTTPException) -> Response[bytes]:
    """Litestar's handler of its own refusals."""
    failure = protocol_failure(error)
    if failure.status == INTERNAL:
        return failed(request, error)
    return _answer(request, failure)


def failed(request: HttpRequest, error: Exception) -> Response[bytes]:
    """Litestar's handler of everything else: the log has the stack, the caller the request id."""
    log.error("unexpected failure", exc_info=error, route=request.scope.get("path_template"))
    code, reason, message = BY_STATUS[INTERNAL]
    return _answer(request, Failure(status=INTERNAL, code=code, reason=reason, message=message))


def outside(failure: Failure, *, problem: bool = False) -> ASGIResponse:
    """A refusal where there is no route."""
    return ASGIResponse(
        body=failure.written(problem=problem),
        media_type=PROBLEM if problem else JSON,
        status_code=failure.status,
        headers=dict(failure.headers),
    )


def last_resort(_: Exception) -> ASGIResponse:
    """The same where not even a request could be made of what came."""
    code, reason, message = BY_STATUS[INTERNAL]
    return outside(Failure(status=INTERNAL, code=code, reason=reason, message=message))


def handlers() -> ExceptionHandlersMap:
    """All of them, by what they handle."""
    by_kind: dict[type[Exception], Handler] = {
        DomainError: refused,
        HTTPException: misdirected,
        Exception: failed,
    }
    return {kind: unless_held(handle) for kind, handle in by_kind.items()}
