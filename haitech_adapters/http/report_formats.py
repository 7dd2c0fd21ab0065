"""In which form a report is answered: by the parameter `format`, else by `Accept`, else as JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Any, Final

import attrs
from litestar.datastructures.headers import Accept
from litestar.response.base import ASGIResponse
from msgspec import UnsetType

from haitech_adapters.http.endpoint import JSON
from haitech_adapters.http.envelope import answer
from haitech_adapters.http.shapes import HttpRequest, View
from haitech_domain.reports import Filters, Table


class ReportFormat(StrEnum):
    """The forms of a report."""

    JSON = "json"


MEDIA: Final[Mapping[ReportFormat, str]] = {ReportFormat.JSON: JSON}
"""What each form is called in `Accept` and `Content-Type`."""


@attrs.frozen(kw_only=True)
class Shown:
    """A report that can be shown as a JSON view or written as a table; only one of them is made."""

    view: Callable[[], View]
    table: Callable[[], Table]
    filters: Filters


Writer = Callable[[HttpRequest, Shown], Awaitable[ASGIResponse]]
"""Answers with a report in one form, without an envelope where it is no JSON."""


async def as_json(request: HttpRequest, report: Shown) -> ASGIResponse:
    """In the envelope."""
    return answer(request, report.view())


WRITERS: Final[Mapping[ReportFormat, Writer]] = {ReportFormat.JSON: as_json}


def wanted(request: HttpRequest, given: ReportFormat | UnsetType) -> ReportFormat:
    """The form that is asked for; the parameter goes before `Accept`."""
    if not isinstance(given, UnsetType):
        return given
    accepted: Any = request.headers.get("accept", "")
    best = Accept(accepted).best_match(list(MEDIA.values())) if accepted else None
    return next((form for form, media in MEDIA.items() if media == best), ReportFormat.JSON)


async def reported(
    request: HttpRequest, given: ReportFormat | UnsetType, report: Shown
) -> ASGIResponse:
    """The report in the form that is asked for."""
    return await WRITERS[wanted(request, given)](request, report)
