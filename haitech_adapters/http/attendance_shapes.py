"""What is read and shown of attendance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from haitech_adapters.http.shapes import Instant, ListQuery, QueryString, View
from haitech_adapters.http.showing import shown
from haitech_domain.access import Actor
from haitech_domain.attendance import AttendanceStatus, Mark, MarkCounts
from haitech_domain.ports import Query
from haitech_domain.reports import written_ratio
from haitech_domain.use_cases import Sheet

Day: TypeAlias = dt.date


class AttendanceQuery(ListQuery, frozen=True, kw_only=True):
    """Which marks to list; `from` and `to` bound the date of the meeting."""

    sort_by: Literal["createdAt"] | UnsetType = UNSET
    meeting_id: UUID | UnsetType = UNSET
    cycle_id: UUID | UnsetType = UNSET
    branch_id: UUID | UnsetType = UNSET
    student_id: UUID | UnsetType = UNSET
    registration_id: UUID | UnsetType = UNSET
    status: AttendanceStatus | UnsetType = UNSET
    is_trial: bool | UnsetType = UNSET
    from_: Day | UnsetType = msgspec.field(default=UNSET, name="from")
    to: Day | UnsetType = UNSET


class AttendanceSummaryQuery(QueryString, frozen=True, kw_only=True):
    """Which marks to count; `from` and `to` bound the date of the meeting."""

    meeting_id: UUID | UnsetType = UNSET
    cycle_id: UUID | UnsetType = UNSET
    branch_id: UUID | UnsetType = UNSET
    student_id: UUID | UnsetType = UNSET
    registration_id: UUID | UnsetType = UNSET
    is_trial: bool | UnsetType = UNSET
    from_: Day | UnsetType = msgspec.field(default=UNSET, name="from")
    to: Day | UnsetType = UNSET

    def asked(self) -> Query:
        """The domain's query."""
        given = {name.rstrip("_"): getattr(self, name) for name in self.__struct_fields__}
        return Query(filters={n: value for n, value in given.items() if value is not UNSET})


class MarkView(View, frozen=True):
    """A mark in a meeting, of exactly one of registration, student and guest."""

    id: UUID
    meeting_id: UUID
    status: AttendanceStatus
    registration_id: UUID | None
    student_id: UUID | None
    guest_name: str | None
    is_trial: bool
    notes: str | None
    recorded_at: Instant
    recorded_by_id: UUID | None
    created_at: Instant
    updated_at: Instant
    version: int


def mark_view(mark: Mark, _: Actor) -> MarkView:
    """A mark; whoever sees it sees all of it."""
    return shown(MarkView, mark)


class SheetMarkView(MarkView, frozen=True, kw_only=True):
    """A mark on a sheet, with the name; null where the registration or student is deleted."""

    name: str | None


class UnmarkedView(View, frozen=True):
    """A registration that has no mark in the meeting."""

    registration_id: UUID
    student_id: UUID
    name: str | None


class CountsView(View, frozen=True):
    """Marks by status."""

    present: int
    absent: int
    late: int


class AttendanceSummaryView(View, frozen=True):
    """How many came. `rate` is (present + late) / marks, from 0 to 1; null without marks."""

    counts: CountsView
    rate: Decimal | None


def summary_view(counts: MarkCounts) -> AttendanceSummaryView:
    """Counts as everybody who sees them sees them."""
    return AttendanceSummaryView(counts=shown(CountsView, counts), rate=written_ratio(counts.rate))


class SheetView(View, frozen=True):
    """A meeting's sheet. `rate` is (present + late) / marks, from 0 to 1; null without marks."""

    meeting_id: UUID
    marks: Sequence[SheetMarkView]
    unmarked: Sequence[UnmarkedView]
    counts: CountsView
    rate: Decimal | None


def sheet_view(sheet: Sheet) -> SheetView:
    """A sheet as everybody who sees it sees it."""
    names = sheet.names
    return SheetView(
        meeting_id=sheet.meeting.id,
        marks=[shown(SheetMarkView, mark, name=names.get(mark.id)) for mark in sheet.marks],
        unmarked=[
            UnmarkedView(registration_id=r.id, student_id=r.student_id, name=names.get(r.id))
            for r in sheet.unmarked
        ],
        counts=shown(CountsView, sheet.counts),
        rate=written_ratio(sheet.counts.rate),
    )
