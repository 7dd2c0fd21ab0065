"""How a report is asked for as a file: by the fields of its own query, which read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from haitech_adapters.http.querying import query_of
from haitech_adapters.http.reading import Unreadable, body_of, decoded
from haitech_adapters.http.report_queries import (
    AttendanceReportQuery,
    PaymentsQuery,
    ProgressQuery,
    ReportQuery,
    RevenueQuery,
)
from haitech_adapters.http.shapes import Body, HttpRequest
from haitech_domain.cycle import CycleStatus
from haitech_domain.export import ExportFormat, ReportName
from haitech_domain.reports import AttendanceBy, Language, RevenueBy


class ExportBody(Body, frozen=True, kw_only=True):
    """What any report can be asked for as a file; `from` and `to` are both included."""

    report: ReportName
    format: ExportFormat = ExportFormat.XLSX
    language: Language = Language.HEBREW
    from_: date | UnsetType = msgspec.field(default=UNSET, name="from")
    to: date | UnsetType = UNSET
    branch_id: UUID | UnsetType = UNSET
    course_id: UUID | UnsetType = UNSET
    instructor_id: UUID | UnsetType = UNSET
    cycle_id: UUID | UnsetType = UNSET

    def asked(self) -> dict[str, Any]:
        """The report's question, read as the query of the report itself is.

        :raises Invalid: it is no question of this report
        """
        wire = {field.name: field.encode_name for field in msgspec.structs.fields(self)}
        given = self.given(apart_from=("report", "format", "language"))
        query = urlencode({wire[name]: str(value) for name, value in given.items()})
        return question_of(query_of(query.encode(), _SHAPES[ReportName(self.report)][1]))


class RevenueExportBody(ExportBody, frozen=True, kw_only=True):
    """The revenue report as a file."""

    report: Literal["revenue"]  # type: ignore[assignment]  # one of them
    group_by: RevenueBy | UnsetType = UNSET


class PaymentsExportBody(ExportBody, frozen=True, kw_only=True):
    """Instructors' payments as a file; `include=meetings` has a row for each meeting instead."""

    report: Literal["instructor-payments"]  # type: ignore[assignment]  # one of them
    include: Literal["meetings"] | UnsetType = UNSET


class AttendanceExportBody(ExportBody, frozen=True, kw_only=True):
    """The attendance summary as a file."""

    report: Literal["attendance-summary"]  # type: ignore[assignment]  # one of them
    group_by: AttendanceBy | UnsetType = UNSET
    student_id: UUID | UnsetType = UNSET


class ProgressExportBody(ExportBody, frozen=True, kw_only=True):
    """The progress of cycles as a file."""

    report: Literal["cycle-progress"]  # type: ignore[assignment]  # one of them
    status: CycleStatus | UnsetType = UNSET


AnyExportBody: TypeAlias = (
    RevenueExportBody | PaymentsExportBody | AttendanceExportBody | ProgressExportBody
)
_SHAPES: Final[Mapping[str, tuple[type[ExportBody], type[ReportQuery]]]] = {
    ReportName.REVENUE: (RevenueExportBody, RevenueQuery),
    ReportName.INSTRUCTOR_PAYMENTS: (PaymentsExportBody, PaymentsQuery),
    ReportName.ATTENDANCE_SUMMARY: (AttendanceExportBody, AttendanceReportQuery),
    ReportName.CYCLE_PROGRESS: (ProgressExportBody, ProgressQuery),
}


class _Named(msgspec.Struct):
    report: str


async def read_export(request: HttpRequest) -> ExportBody:
    """The body, in the shape of the report that it names.

    :raises Invalid: with everything that is wrong
    :raises HTTPException: 413 more than 1 MiB, 415 not said to be JSON
    """
    raw = await body_of(request)
    if raw is None:
        raise Unreadable.whole("a body is required", "body.required")
    try:
        name = msgspec.json.decode(raw, type=_Named).report
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        name = ""  # whatever is wrong with it, reading it says so
    shape, _ = _SHAPES.get(name, (ExportBody, None))
    return decoded(raw, shape)


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
