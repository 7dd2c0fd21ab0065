"""In which form a report is answered: by the parameter `format`, else by `Accept`, else as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

import attrs
from litestar.response.base import ASGIResponse
from msgspec import UNSET, UnsetType

from haitech_adapters.http.endpoint import JSON
from haitech_adapters.http.envelope import answer
from haitech_adapters.http.etags import is_known, named, tag_of
from haitech_adapters.http.languages import language_of
from haitech_adapters.http.negotiation import best_of
from haitech_adapters.http.ranges import attachment, inline
from haitech_adapters.http.shapes import HttpRequest, QueryString, View
from haitech_domain.ports import Sheets
from haitech_domain.reports import FileFormat, Filters, Heading, Language, Table

CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HTML: Final = "text/html"


class ReportFormat(StrEnum):
    """The forms of a report."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    HTML = "html"


MEDIA: Final[Mapping[ReportFormat, str]] = {
    ReportFormat.JSON: JSON,
    ReportFormat.CSV: CSV,
    ReportFormat.XLSX: XLSX,
    ReportFormat.HTML: HTML,
}
"""What each form is called in `Accept` and `Content-Type`."""
PRODUCED: Final = tuple(MEDIA.values())
_VARY: Final = {"Vary": "Accept, Accept-Language"}


class FormQuery(QueryString, frozen=True, kw_only=True):
    """In which form something is wanted, and in which language; headers say it where this does not.

    `language` is of titles in files, which JSON does not have.
    """

    format: ReportFormat | UnsetType = UNSET
    language: Language | UnsetType = UNSET

    def form(self, request: HttpRequest) -> FileFormat | None:
        """The file that is wanted, None for JSON; `format` goes before `Accept`."""
        if self.format is UNSET:
            accepted = request.headers.get("accept", "")
            best = best_of(accepted, PRODUCED) if accepted else None
            wanted = next((f for f, media in MEDIA.items() if media == best), ReportFormat.JSON)
        else:
            wanted = self.format
        return None if wanted is ReportFormat.JSON else FileFormat(wanted.value)

    def said_in(self, request: HttpRequest) -> Language:
        """The language; `language` goes before `Accept-Language`."""
        if self.language is not UNSET:
            return self.language
        return language_of(request.headers.get("accept-language", ""))


@attrs.frozen(kw_only=True)
class Shown:
    """A report that can be shown as a JSON view or written as a table; only one of them is made.

    `row_count` is how many rows there are in all, where the table may have fewer.
    """

    view: Callable[[], View]
    table: Callable[[], Table]
    filters: Filters
    row_count: int | None = None


async def reported(
    request: HttpRequest, asked: FormQuery, report: Shown, sheets: Sheets
) -> ASGIResponse:
    """The report in the form that is asked for; 304 for a caller who has that already."""
    form = asked.form(request)
    if form is None:
        return answer(request, report.view(), headers=_VARY)
    table = report.table()
    heading = Heading.of(
        table,
        asked.said_in(request),
        first=report.filters.from_day,
        last=report.filters.to_day,
        row_count=report.row_count,
    )
    known = named(request.scope, b"if-none-match")
    body = await sheets.written(form, heading, table)
    headers = {**_VARY, "ETag": tag_of(body)}
    if known is not None and is_known(headers["ETag"], known):
        return ASGIResponse(status_code=304, headers=headers)
    name = sheets.file_name(form, heading)
    headers["Content-Disposition"] = inline(name) if form is FileFormat.HTML else attachment(name)
    headers["Content-Language"] = heading.language.value
    return ASGIResponse(
        body=body, media_type=MEDIA[ReportFormat(form.value)], encoding="utf-8", headers=headers
    )
