"""How exports are asked for and shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from haitech_adapters.http.examples import ID
from haitech_adapters.http.querying import query_of
from haitech_adapters.http.report_queries import (
    AttendanceReportQuery,
    PaymentsQuery,
    ProgressQuery,
    ReportQuery,
    RevenueQuery,
)
from haitech_adapters.http.shapes import Body, Instant, ListQuery, View, camel
from haitech_adapters.http.showing import shown
from haitech_domain.cycle import CycleStatus
from haitech_domain.export import Export, ExportFormat, ExportStatus, ReportName
from haitech_domain.reports import Language

BASE: Final = "/api/v1/reports/exports"
Value = str | int | bool


GroupBy = Literal[
    "day", "week", "month", "branch", "course", "instructor", "cycleType", "cycle", "student"
]
"""Whatever some report is grouped by; which of them, each says itself."""


class ExportQuery(ListQuery, frozen=True, kw_only=True):
    """Which exports to list."""

    sort_by: Literal["createdAt"] | UnsetType = UNSET
    report: ReportName | UnsetType = UNSET
    format: ExportFormat | UnsetType = UNSET
    status: ExportStatus | UnsetType = UNSET
    from_: date | UnsetType = UNSET
    to: date | UnsetType = UNSET


class ExportView(View, frozen=True):
    """An export.

    `filters` are those of the report, by their names in its query. `rows` is how many are written
    so far, `size` the bytes of the file. `failure` says why it failed, or, while it is queued, why
    its last try did. `downloadUrl` is there while the file is, until `expiresAt`.
    """

    id: UUID
    owner_id: UUID
    report: ReportName
    format: ExportFormat
    language: Language
    filters: Mapping[str, Value]
    file_name: str
    status: ExportStatus
    progress: Annotated[int, Meta(ge=0, le=100, description="In percent.")]
    rows: int
    size: int | None
    failure: str | None
    download_url: str | None
    created_at: Instant
    started_at: Instant | None
    finished_at: Instant | None
    expires_at: Instant | None
    version: int


class ExportBody(Body, frozen=True, kw_only=True):
    """A report to be written to a file.

    Beside `report`, `format` and `language` stand the fields of the report's own query, as
    `GET /reports/…` has them: `groupBy` of revenue and attendance, `include` of instructors'
    payments (`meetings` lists the meetings themselves, however many), `status` of cycles.
    """

    report: ReportName
    format: ExportFormat = ExportFormat.XLSX
    language: Language = Language.HEBREW
    from_: date | UnsetType = msgspec.field(default=UNSET, name="from")
    to: date | UnsetType = UNSET
    branch_id: UUID | UnsetType = UNSET
    course_id: UUID | UnsetType = UNSET
    instructor_id: UUID | UnsetType = UNSET
    cycle_id: UUID | UnsetType = UNSET
    student_id: UUID | UnsetType = UNSET
    group_by: GroupBy | UnsetType = UNSET
    status: CycleStatus | UnsetType = UNSET
    include: Literal["meetings"] | UnsetType = UNSET

    def asked(self) -> dict[str, Any]:
        """The report's question, read as the query of the report itself is.

        :raises Invalid: it is no question of this report
        """
        wire = {field.name: field.encode_name for field in msgspec.structs.fields(ExportBody)}
        given = self.given(apart_from=("report", "format", "language"))
        query = urlencode({wire[name]: str(value) for name, value in given.items()})
        return question_of(query_of(query.encode(), _QUERIES[self.report]))


_QUERIES: Final[Mapping[ReportName, type[ReportQuery]]] = {
    ReportName.REVENUE: RevenueQuery,
    ReportName.INSTRUCTOR_PAYMENTS: PaymentsQuery,
    ReportName.ATTENDANCE_SUMMARY: AttendanceReportQuery,
    ReportName.CYCLE_PROGRESS: ProgressQuery,
}


def question_of(query: ReportQuery) -> dict[str, Any]:
    """The fields of a report's question. :raises Invalid: its days are out of order or range"""
    asked: dict[str, Any] = query.filters().given()
    match query:
        case RevenueQuery():
            asked["revenue_by"] = query.group_by
        case PaymentsQuery() if query.include is not UNSET:
            asked["lines"] = True
        case AttendanceReportQuery():
            asked["attendance_by"] = query.group_by
        case ProgressQuery() if query.status is not UNSET:
            asked["status"] = query.status
    return asked


_WIRE: Final = {
    "from_day": "from",
    "to_day": "to",
    "revenue_by": "groupBy",
    "attendance_by": "groupBy",
    "lines": "include",
}


def _filters(export: Export) -> dict[str, Value]:
    """A report's question by the names of its query."""
    return {
        _WIRE.get(name, camel(name)): "meetings" if name == "lines" else value
        for name, value in export.filters.items()
    }


BODY_EXAMPLE: Final = {
    "report": "revenue",
    "format": "xlsx",
    "from": "2026-01-01",
    "to": "2026-12-31",
    "groupBy": "month",
}
EXAMPLE: Final = {
    "id": ID,
    "ownerId": "019c3b1e-7a52-7c1e-9d0b-2f4a6c8e1b01",
    "report": "revenue",
    "format": "xlsx",
    "language": "he",
    "filters": {"from": "2026-01-01", "groupBy": "month", "to": "2026-12-31"},
    "fileName": "דוח הכנסות 2026-01-01 – 2026-12-31.xlsx",
    "status": "done",
    "progress": 100,
    "rows": 12,
    "size": 6_812,
    "failure": None,
    "downloadUrl": f"{BASE}/{ID}/download",
    "createdAt": "2027-01-03T07:30:00Z",
    "startedAt": "2027-01-03T07:30:00Z",
    "finishedAt": "2027-01-03T07:30:01Z",
    "expiresAt": "2027-01-10T07:30:01Z",
    "version": 4,
}
WAITING_EXAMPLE: Final = {
    **EXAMPLE,
    "status": "queued",
    "progress": 0,
    "rows": 0,
    **dict.fromkeys(("size", "downloadUrl", "startedAt", "finishedAt", "expiresAt")),
    "version": 1,
}
CANCELLED_EXAMPLE: Final = {
    **WAITING_EXAMPLE,
    "status": "cancelled",
    "finishedAt": "2027-01-03T07:30:01Z",
    "version": 2,
}


def address_of(export: Export) -> str:
    """Where an export is looked at."""
    return f"{BASE}/{export.id}"


def export_view(export: Export) -> ExportView:
    """An export in the words of the wire."""
    ready = export.status is ExportStatus.DONE
    return shown(
        ExportView,
        export,
        filters=_filters(export),
        rows=export.rows_written,
        download_url=f"{address_of(export)}/download" if ready else None,
    )
