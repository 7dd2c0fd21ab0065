"""The refusals in the OpenAPI document: which a route can give, with an example of each.

The examples are not written but given: the route's own reader is asked to read something bad, and
the domain's own refusals say their sentences.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any, Final, cast

import attrs
import msgspec
from litestar.types import Scope

from haitech_adapters.http.component_schemas import bodies
from haitech_adapters.http.documented_headers import headers_of, is_conditional, is_revalidated
from haitech_adapters.http.endpoint import JSON, Declared, Endpoint
from haitech_adapters.http.envelope import AnswerMeta, encoded
from haitech_adapters.http.etags import named
from haitech_adapters.http.examples import FACTS, ID
from haitech_adapters.http.failures import BY_KIND, BY_STATUS, Failure, refusal
from haitech_adapters.http.negotiation import PROBLEM
from haitech_adapters.http.querying import query_of
from haitech_adapters.http.ranges import BEYOND
from haitech_adapters.http.reading import decoded, identifier
from haitech_adapters.http.repeating import Outdated, key_of, takes_key
from haitech_domain.access import Action, Forbidden, Resource
from haitech_domain.change import Transition
from haitech_domain.errors import DomainError, Duplicate, Invalid, Kind, NotFound
from haitech_domain.money import Money
from haitech_domain.ports import (
    AnswerUnreadable,
    KeyInProgress,
    KeyReused,
    Unauthenticated,
    Unavailable,
)
from haitech_domain.registration import (
    PaymentAbovePrice,
    PaymentContradicts,
    PaymentStatus,
    PriceUnset,
    RefundAbovePaid,
)

Response = dict[str, Any]

_META: Final = AnswerMeta(request_id=ID, timestamp="2026-02-06T12:00:00Z")
_ALWAYS: Final = frozenset({406, 500})
_WITH_BODY: Final = {400, 413, 415}
_WITH_KEY: Final = {400, 409, 413, 422}
_WITH_IF_MATCH: Final = {400, 412, 413}
_LIMITED: Final = BY_KIND[Kind.LIMITED][0]
_BAD_REQUEST: Final = BY_KIND[Kind.INVALID][0]
_UNAUTHENTICATED: Final = BY_KIND[Kind.UNAUTHENTICATED][0]
_FORBIDDEN: Final = BY_KIND[Kind.FORBIDDEN][0]
_NOT_FOUND: Final = BY_KIND[Kind.NOT_FOUND][0]
_CONFLICT: Final = BY_KIND[Kind.CONFLICT][0]
_UNAVAILABLE: Final = BY_KIND[Kind.UNAVAILABLE][0]
_IDS: Final = re.compile(r"{(id|\w+_id)}")
_ONE: Final = re.compile(r"(?<=ch)es$|s$")
_PRICE, _PAID, _MORE = Money.of(2880), Money.of(1440), Money.of(1800)
_SAID: Final = {
    "instructor.busy": "the instructor is busy (1 overlapping); choose another time or allow it",
    **{
        refused.reason: refused.message
        for refused in (
            PaymentContradicts(PaymentStatus.PAID, PaymentStatus.PARTIAL, _PAID, _PRICE),
            PaymentAbovePrice(_MORE, _PAID, _PRICE),
            PriceUnset(_PAID),
            RefundAbovePaid(_MORE, _PAID),
        )
    },
}
"""What refusals say whose sentences need facts that go together."""
TRANSITIONS: Final = {
    "cycle.cannot_cancel": ("completed", "active"),
    "cycle.cannot_complete": ("cancelled", "active"),
    "cycle.cannot_reopen": ("active", "completed, cancelled"),
    "export.cannot_cancel": ("done", "queued, running"),
    "lead.cannot_close": ("converted", "new, contacted, in_progress, closed"),
    "lead.cannot_convert": ("closed", "new, contacted, in_progress"),
    "lead.cannot_reopen": ("converted", "new, contacted, in_progress, closed"),
    "meeting.cannot_cancel": ("completed", "scheduled"),
    "meeting.cannot_complete": ("cancelled", "scheduled"),
    "meeting.cannot_link": ("completed", "scheduled"),
    "meeting.cannot_postpone": ("completed", "scheduled"),
    "meeting.cannot_recalculate": ("scheduled", "completed"),
    "meeting.cannot_reopen": ("scheduled", "completed"),
    "meeting.cannot_restore": ("completed", "cancelled"),
    "registration.cannot_cancel": ("completed", "registered, active, trial"),
    "registration.cannot_complete": ("cancelled", "registered, active, trial"),
}
"""A status that refuses a verb, and the one that it wants."""


def refusals(route: Declared, endpoint: Endpoint) -> dict[str, Response]:
    """What a route can refuse with, by status."""
    documented = {
        str(status): {"$ref": f"#/components/responses/{_name(status)}"}
        for status in sorted(_statuses(route, endpoint))
    }
    own = {
        _BAD_REQUEST: list(_unreadable(route, endpoint)),
        _NOT_FOUND: [refusal(NotFound(one_of(route), ID))],
        _CONFLICT: list(_conflicts(route, endpoint)),
    }
    for status, failures in own.items():
        if str(status) in documented and failures:
            documented[str(status)] = _response(status, failures)
    return documented


def error_components() -> dict[str, Response]:
    """Every refusal of the contract, to be referred to by the routes."""
    return {_name(status): _response(status, [_usual(status)]) for status in sorted(BY_STATUS)}


def reasons_known() -> frozenset[str]:
    """Every reason that some refusal of the program gives by itself."""
    given: list[object] = [cls.reason for cls in _classes(DomainError)]
    return frozenset(reason for reason in given if isinstance(reason, str)) | TRANSITIONS.keys()


def _statuses(route: Declared, endpoint: Endpoint) -> frozenset[int]:
    named = {BY_KIND[kind][0] for kind in endpoint.errors}
    has_id = _IDS.search(route.path) is not None
    implied = (
        ("{" in route.path, {_NOT_FOUND}),
        (endpoint.query is not None or has_id or is_revalidated(route), {_BAD_REQUEST}),
        (endpoint.body is not None, _WITH_BODY),
        (bool(endpoint.conflicts), {_CONFLICT}),
        (takes_key(route.method, route.path, endpoint), _WITH_KEY),
        (is_conditional(route, endpoint), _WITH_IF_MATCH),
        (endpoint.access is not None, {_FORBIDDEN}),
        (not endpoint.open, {_UNAUTHENTICATED}),
        (not endpoint.open or endpoint.use_case is not None, {_UNAVAILABLE}),
        (endpoint.in_parts, {BEYOND}),
        (not endpoint.probe, {_LIMITED}),
    )
    return _ALWAYS.union(named, *(statuses for holds, statuses in implied if holds))


def _name(status: int) -> str:
    return "".join(word.capitalize() for word in BY_STATUS[status][0].split("_"))


def one_of(route: Declared) -> str:
    """What one of a route's things is called: `/branches/{id}` is about a branch."""
    before = route.path.partition("/{")[0].rpartition("/")[2]
    return _ONE.sub("", before).replace("-", " ")


def _usual(status: int) -> Failure:
    code, reason, message = BY_STATUS[status]
    known: dict[int, DomainError] = {
        401: Unauthenticated("this needs credentials: Authorization: Bearer …"),
        403: Forbidden("instructor", Action.UPDATE, Resource.CUSTOMERS),
        404: NotFound("customer", ID),
        412: Outdated(),
        422: KeyReused(),
        503: Unavailable("the database", 1),
    }
    if status in known:
        return refusal(known[status])
    return Failure(status=status, code=code, reason=reason, message=message)


def _unreadable(route: Declared, endpoint: Endpoint) -> Iterator[Failure]:
    """What the route's own readers say of an id, a query and a body that are wrong."""
    query, entity = endpoint.query, endpoint.entity
    attempts: list[Callable[[], object]] = []
    if _IDS.search(route.path):
        attempts.append(lambda: identifier("7"))
    if query is not None:
        attempts.append(lambda: query_of(b"colour=red", query))
        attempts.append(lambda: query_of(b"limit=1000", query))
    if takes_key(route.method, route.path, endpoint):
        attempts.append(lambda: key_of(_with_header(b"idempotency-key", b"")))
    if is_conditional(route, endpoint):
        attempts.append(lambda: named(_with_header(b"if-match", b"1a2b"), b"if-match"))
    if is_revalidated(route):
        attempts.append(lambda: named(_with_header(b"if-none-match", b"1a2b"), b"if-none-match"))
    for shape in bodies(endpoint):
        attempts.append(lambda shape=shape: decoded(b"{}", shape, entity=entity))  # type: ignore[misc]
        attempts.append(
            lambda shape=shape: decoded(b'{"colour":"red"}', shape, entity=entity)  # type: ignore[misc]
        )
    for attempt in attempts:
        try:
            attempt()
        except Invalid as refused:
            yield refusal(refused)


def _with_header(name: bytes, value: bytes) -> Scope:
    return cast("Scope", {"headers": [(name, value)]})


def _conflicts(route: Declared, endpoint: Endpoint) -> Iterator[Failure]:
    for reason in endpoint.conflicts:
        yield _conflict(reason, route, endpoint)
    if takes_key(route.method, route.path, endpoint):
        yield refusal(KeyInProgress())
        yield refusal(AnswerUnreadable())


def _conflict(reason: str, route: Declared, endpoint: Endpoint) -> Failure:
    code = BY_STATUS[_CONFLICT][0]
    if reason == Duplicate.reason:
        entity: Any = endpoint.entity
        fields = getattr(endpoint.body, "__struct_fields__", ()) or (
            [field.name for field in attrs.fields(entity)] if entity else ()
        )
        field = next((f for f in ("phone", "email") if f in fields), "name")
        return refusal(Duplicate(one_of(route), field))
    return Failure(status=_CONFLICT, code=code, reason=reason, message=_sentence(reason))


def _sentence(reason: str) -> str:
    if reason in _SAID:
        return _SAID[reason]
    if reason in TRANSITIONS:
        what, _, verb = reason.partition(".cannot_")
        status, wanted = TRANSITIONS[reason]
        return Transition(what, status, verb, (wanted,)).message
    for cls in _classes(DomainError):
        if cls.reason == reason:
            return str(cls.says).format_map(_Facts(FACTS))
    return BY_STATUS[_CONFLICT][2]


class _Facts(dict[str, Any]):
    """Facts of refusals; one that is not known is called by its name."""

    def __missing__(self, name: str) -> str:
        return name.replace("_", " ")


def _classes(cls: type[DomainError]) -> Iterator[type[DomainError]]:
    yield cls
    for inner in cls.__subclasses__():
        yield from _classes(inner)


def _response(status: int, failures: list[Failure]) -> Response:
    examples = {one.reason: {"value": _body(one)} for one in reversed(failures)}
    return {
        "description": HTTPStatus(status).phrase,
        "headers": headers_of(status),
        "content": {
            JSON: {
                "schema": {"$ref": "#/components/schemas/ErrorBody"},
                "examples": dict(reversed(examples.items())),
            },
            PROBLEM: {
                "schema": {"$ref": "#/components/schemas/ProblemDocument"},
                "example": _body(failures[0], problem=True),
            },
        },
    }


def _body(failure: Failure, *, problem: bool = False) -> Any:
    body = cast("dict[str, Any]", msgspec.json.decode(failure.written(problem=problem)))
    told = msgspec.json.decode(encoded(_META))
    if problem:
        return body | {"requestId": ID, "instance": f"urn:haitech:request:{ID}"}
    return body | {"meta": told}
