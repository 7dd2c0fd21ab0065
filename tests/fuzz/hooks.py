"""What schemathesis is told of this API: its formats, and the rules that no schema can state."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final
from uuid import uuid4

import httpx
import schemathesis
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance

RULES_BETWEEN: Final = frozenset(
    {
        "attendance.fixed",  # a mark is of somebody else
        "attendance.one_target",
        "attendance.trial",
        "attendance.twice",
        "credentials.weak",  # a password that everybody knows, or that has the address in it
        "cursor.invalid",  # only the server makes one
        "cursor.with_offset",
        "cycle.rest_day",
        "cycle.status",  # a new cycle is active
        "date.future",
        "date.order",
        "date.out_of_range",  # of an instant
        "expiry.past",
        "header.ours",
        "id.repeated",  # in another writing
        "filter.twice",  # `search` and its other name `q`
        "meeting.contradicted",  # a random id is not that of the path
        "not_found",  # told beside what else is wrong with a request over many things
        "money.too_many_decimals",  # of a number: `multipleOf: 0.01` divides floats
        "payment.nothing_stated",  # either of two fields
        "password.common",
        "password.personal",
        "password.wrong",  # a random one is not the caller's
        "price.required",  # by the type of the cycle
        "range.too_long",  # of days, from one date to another
        "reference.unknown",  # a random id names nothing
        "sort.unknown",  # of the list that a saved view is of, or of an instructor's narrower one
        "text.blank",  # white space that JSON Schema does not count as such
        "time.duration",
        "time.order",
        "token.invalid",  # of a link that was never sent
        "url.invalid",  # a name of more than 253 letters, say
        "url.private",
        "url.unknown_host",  # what can be looked up depends on where it runs
        "value.surplus",  # what only goes with another field
        "value.unexpected",  # a reason where nothing is cancelled
        "view.no_list",  # what the caller may not list
    }
)
"""Reasons for which a request that fits the document may be refused with 400."""

GOES_WITH_TIMES: Final = "is required where times are given"
"""Of the day on which somebody is to be free."""
NEEDED_BY_STATE: Final = frozenset({("childName", "value.required")})
"""A lead that names no child is converted with the name of one."""
_STEP: Final = re.compile(r"[^.\[\]]+")

schemathesis.openapi.format(
    "phone",
    st.one_of(
        st.integers(0, 9_999_999).map(lambda n: f"050-{n:07}"),
        st.integers(0, 9_999_999).map(lambda n: f"+97254{n:07}"),
        st.integers(0, 9_999_999).map(lambda n: f"+44 20 {n:07}"),
    ),
)
schemathesis.openapi.format("date", st.dates(date(2000, 1, 1), date(2100, 12, 31)).map(str))


NOT_NOW: Final = {412: "version.stale", 422: "idempotency.reused"}
"""What `If-Match` and `Idempotency-Key` are for."""
NARROWER: Final = "is no filter of this list"
"""What an instructor, who asks less of a list, is told, and of a saved view's filters."""

LONGEST_KEY: Final = 255
schemathesis.openapi.format("etag", st.sampled_from(["*", '"1a2b"', '"00000000"']))


@schemathesis.hook
def before_call(ctx: Any, case: Any, kwargs: Any) -> None:
    """Give each request a key of its own; with one for all, nearly all would be 422."""
    del ctx, kwargs
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and key.isascii() and key.isalnum() and len(key) <= LONGEST_KEY:
        case.headers["Idempotency-Key"] = uuid4().hex


@schemathesis.check
def acceptance(ctx: Any, response: Any, case: Any) -> bool | None:
    """A request that fits the document is accepted, or refused by a rule between its values."""
    if response.status_code in NOT_NOW:
        assert response.json()["error"]["reason"] == NOT_NOW[response.status_code]
        return None
    refused = _details(response) if response.status_code == httpx.codes.BAD_REQUEST else []
    if refused and all(_is_no_schemas_business(detail, case.body) for detail in refused):
        return None
    return positive_data_acceptance(ctx, response, case)


def _details(response: Any) -> list[dict[str, str]]:
    error = response.json()["error"]
    return error["details"] or [error]


def _at(body: Any, path: str) -> Any:
    """What a body has at a path like `data.totalMeetings` or `records[2].status`."""
    for name in _STEP.findall(path):
        if isinstance(body, dict):
            body = body.get(name)
        elif isinstance(body, list) and name.isdigit() and int(name) < len(body):
            body = body[int(name)]
        else:
            return None
    return body


def _is_no_schemas_business(detail: dict[str, str], body: Any) -> bool:
    if detail["reason"] in RULES_BETWEEN or detail["message"] in {NARROWER, GOES_WITH_TIMES}:
        return True
    if (detail["field"], detail["reason"]) in NEEDED_BY_STATE:
        return True
    if detail["reason"] == "value.invalid" and detail["message"].endswith("got float"):
        return True  # `62714.0` as below, among free names
    value = _at(body, detail["field"])
    # `203.0` is an integer to JSON Schema and none to this API, which reads types as written
    return detail["reason"] == "value.not_a_number" and isinstance(value, float)
