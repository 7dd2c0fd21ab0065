"""How exports are asked for and shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final, Literal
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from haitech_adapters.http.examples import ID
from haitech_adapters.http.shapes import Instant, ListQuery, View, camel
from haitech_adapters.http.showing import shown
from haitech_domain.export import Export, ExportFormat, ExportStatus, ReportName
from haitech_domain.reports import Language

BASE: Final = "/api/v1/reports/exports"
Value = str | int | bool


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
