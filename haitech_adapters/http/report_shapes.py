"""How the reports are shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, TypeAlias
from uuid import UUID

from msgspec import UNSET, UnsetType

from haitech_adapters.http.attendance_shapes import CountsView
from haitech_adapters.http.names import KnownByNameView, known_by_name
from haitech_adapters.http.shapes import HHMM, Amount, View, hhmm
from haitech_adapters.http.showing import shown
from haitech_domain.attendance import MarkCounts
from haitech_domain.cycle import ActivityType, CycleStatus, CycleType
from haitech_domain.money import decimal_of
from haitech_domain.reports import (
    Attendance,
    AttendanceBy,
    AttendanceRow,
    Earned,
    Held,
    Named,
    Payments,
    PaymentsRow,
    Progresses,
    ProgressRow,
    Revenue,
    RevenueBy,
    RevenueRow,
    Worked,
    written_hours,
    written_ratio,
)
from haitech_domain.use_cases.reports import Lines

Day: TypeAlias = dt.date
_PERCENT: Final = 100
_PLACES: Final = 2


class EarnedView(View, frozen=True):
    """How many meetings, and what they come to in shekels.

    `margin` is profit / revenue, with four decimals; null where there is no revenue.
    """

    meetings: int
    revenue: Amount
    instructor_payment: Amount
    employer_cost: Amount
    profit: Amount
    margin: Decimal | None


class RevenueRowView(EarnedView, frozen=True, kw_only=True):
    """One row: `key` is the day, the week's Sunday, the month (`2026-02`), an id, or a type.

    Things have a name, which stays when they are deleted.
    """

    key: str
    name: str | None
    is_deleted: bool


class RevenueView(View, frozen=True):
    """Revenue. `totals` are of all `rowCount` rows, whichever of them are shown."""

    group_by: RevenueBy
    rows: Sequence[RevenueRowView]
    row_count: int
    totals: EarnedView


def revenue_view(report: Revenue, by: RevenueBy) -> RevenueView:
    """Revenue, for whoever may see reports."""
    return RevenueView(
        group_by=by,
        rows=[_revenue_row(row, by) for row in report.rows],
        row_count=report.row_count,
        totals=EarnedView(**_earned(report.totals)),
    )


def _revenue_row(row: RevenueRow, by: RevenueBy) -> RevenueRowView:
    of, earned = row.of, _earned(row.earned)
    if isinstance(of, Named):
        return RevenueRowView(key=str(of.id), name=of.name, is_deleted=of.is_deleted, **earned)
    if isinstance(of, CycleType):
        key = of.value
    else:
        key = f"{of:%Y-%m}" if by is RevenueBy.MONTH else of.isoformat()
    return RevenueRowView(key=key, name=None, is_deleted=False, **earned)


def _earned(earned: Earned) -> dict[str, Any]:
    money = earned.figures
    return {
        "meetings": earned.meetings,
        "revenue": money.revenue.amount,
        "instructor_payment": money.instructor_payment.amount,
        "employer_cost": money.employer_cost.amount,
        "profit": money.profit.amount,
        "margin": written_ratio(earned.margin),
    }


class WorkedView(View, frozen=True):
    """What was worked: `minutes` exactly, `hours` with two decimals; amounts in shekels."""

    meetings: int
    minutes: int
    hours: Decimal
    instructor_payment: Amount
    employer_cost: Amount


class ActivityWorkedView(WorkedView, frozen=True, kw_only=True):
    """What was worked in one activity."""

    activity_type: ActivityType


class PaymentsRowView(WorkedView, frozen=True, kw_only=True):
    """An instructor; activities that did not occur are left out."""

    instructor: KnownByNameView
    by_activity: Sequence[ActivityWorkedView]


class PaidMeetingView(View, frozen=True):
    """A completed meeting, as it is paid."""

    id: UUID
    scheduled_date: Day
    start_time: HHMM
    end_time: HHMM
    number: int | None
    activity_type: ActivityType
    minutes: int
    hours: Decimal
    instructor_payment: Amount
    employer_cost: Amount
    instructor: KnownByNameView
    cycle: KnownByNameView
    course: KnownByNameView
    branch: KnownByNameView


class PaymentsView(View, frozen=True):
    """What instructors are owed. `totals` are of all `rowCount` rows, whichever are shown.

    `meetings` are there with `include=meetings`; `nextMeetingsCursor` where more of them follow.
    """

    rows: Sequence[PaymentsRowView]
    row_count: int
    totals: WorkedView
    meetings: Sequence[PaidMeetingView] | UnsetType = UNSET
    next_meetings_cursor: str | UnsetType = UNSET


def payments_view(report: Payments, lines: Lines | None) -> PaymentsView:
    """Payments, for whoever may see reports."""
    cursor = None if lines is None else lines.next_cursor
    return PaymentsView(
        rows=[_payments_row(row) for row in report.rows],
        row_count=report.row_count,
        totals=WorkedView(**_worked(report.totals)),
        meetings=UNSET if lines is None else [_paid(held) for held in lines.meetings],
        next_meetings_cursor=UNSET if cursor is None else cursor,
    )


def _payments_row(row: PaymentsRow) -> PaymentsRowView:
    return PaymentsRowView(
        instructor=known_by_name(row.instructor),
        by_activity=[
            ActivityWorkedView(activity_type=activity, **_worked(row.by_activity[activity]))
            for activity in ActivityType
            if activity in row.by_activity
        ],
        **_worked(row.worked),
    )


def _worked(worked: Worked) -> dict[str, Any]:
    return {
        "meetings": worked.meetings,
        "minutes": worked.minutes,
        "hours": written_hours(worked.minutes),
        "instructor_payment": worked.instructor_payment.amount,
        "employer_cost": worked.employer_cost.amount,
    }


def _paid(held: Held) -> PaidMeetingView:
    return PaidMeetingView(
        id=held.id,
        scheduled_date=held.scheduled_date,
        start_time=hhmm(held.start_time),
        end_time=hhmm(held.end_time),
        number=held.number,
        activity_type=held.activity,
        minutes=held.minutes,
        hours=written_hours(held.minutes),
        instructor_payment=held.figures.instructor_payment.amount,
        employer_cost=held.figures.employer_cost.amount,
        instructor=known_by_name(held.instructor),
        cycle=known_by_name(held.cycle),
        course=known_by_name(held.course),
        branch=known_by_name(held.branch),
    )


class MarksView(View, frozen=True):
    """Marks by status. `rate` is (present + late) / marks, from 0 to 1; null without marks."""

    marks: int
    counts: CountsView
    rate: Decimal | None


class AttendanceRowView(MarksView, frozen=True, kw_only=True):
    """One row; all guests together have neither key nor name."""

    key: UUID | None
    name: str | None
    is_deleted: bool


class AttendanceReportView(View, frozen=True):
    """How many came. `totals` are of all `rowCount` rows, whichever of them are shown."""

    group_by: AttendanceBy
    rows: Sequence[AttendanceRowView]
    row_count: int
    totals: MarksView


def attendance_view(report: Attendance, by: AttendanceBy) -> AttendanceReportView:
    """Attendance, for whoever may see reports."""
    return AttendanceReportView(
        group_by=by,
        rows=[_attendance_row(row) for row in report.rows],
        row_count=report.row_count,
        totals=MarksView(**_marks(report.totals)),
    )


def _attendance_row(row: AttendanceRow) -> AttendanceRowView:
    of = row.of
    return AttendanceRowView(
        key=None if of is None else of.id,
        name=None if of is None else of.name,
        is_deleted=of is not None and of.is_deleted,
        **_marks(row.counts),
    )


def _marks(counts: MarkCounts) -> dict[str, Any]:
    return {
        "marks": counts.total,
        "counts": shown(CountsView, counts),
        "rate": written_ratio(counts.rate),
    }


class ProgressRowView(View, frozen=True):
    """A cycle.

    `percent` is completed of planned, at most 100. `registrations` counts the students who take
    part. `revenue` is that of all its completed meetings, whichever days are asked for.
    """

    cycle: KnownByNameView
    status: CycleStatus
    type: CycleType
    course: KnownByNameView
    branch: KnownByNameView
    instructor: KnownByNameView
    start_date: Day
    planned: int
    completed: int
    scheduled: int
    remaining: int
    percent: Decimal
    registrations: int
    revenue: Amount
    expected_end: Day | None


class ProgressTotalsView(View, frozen=True):
    """Sums over cycles; `percent` is null where there are none."""

    cycles: int
    planned: int
    completed: int
    remaining: int
    percent: Decimal | None
    registrations: int
    revenue: Amount


class CycleProgressView(View, frozen=True):
    """Progress. `totals` are of all `rowCount` cycles, whichever of them are shown."""

    rows: Sequence[ProgressRowView]
    row_count: int
    totals: ProgressTotalsView


def progress_view(report: Progresses) -> CycleProgressView:
    """Progress, for whoever may see reports."""
    part = report.totals.part
    percent = None if part is None else decimal_of(part * _PERCENT, _PLACES)
    return CycleProgressView(
        rows=[_progress_row(row) for row in report.rows],
        row_count=report.row_count,
        totals=shown(ProgressTotalsView, report.totals, percent=percent),
    )


def _progress_row(row: ProgressRow) -> ProgressRowView:
    return shown(
        ProgressRowView,
        row,
        cycle=known_by_name(row.cycle),
        course=known_by_name(row.course),
        branch=known_by_name(row.branch),
        instructor=known_by_name(row.instructor),
        percent=decimal_of(row.part * _PERCENT, _PLACES),
    )
