"""What is read and shown of cycles."""

from __future__ import annotations

import datetime as dt
from typing import Final, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from haitech_adapters.http.shapes import HHMM, Amount, Body, Instant, SearchedQuery, View
from haitech_adapters.http.showing import shown
from haitech_domain.access import Actor, sees_money
from haitech_domain.calendar import DayOfWeek
from haitech_domain.cycle import ActivityType, Cycle, CycleStatus, CycleType, PaymentMode
from haitech_domain.ports import Relatives

Day: TypeAlias = dt.date


class CycleDetails(Body, frozen=True):
    """What may be said of a cycle besides what it needs; money is in shekels."""

    institutional_order_id: UUID | UnsetType | None = UNSET
    end_date: Day | UnsetType | None = UNSET
    duration_minutes: int | UnsetType | None = UNSET
    price_per_student: Amount | UnsetType | None = UNSET
    default_registration_amount: Amount | UnsetType | None = UNSET
    meeting_revenue: Amount | UnsetType | None = UNSET
    revenue_includes_vat: bool | UnsetType | None = UNSET
    instructor_payment_mode: PaymentMode | UnsetType = UNSET
    instructor_daily_rate: Amount | UnsetType | None = UNSET
    student_count: int | UnsetType | None = UNSET
    max_students: int | UnsetType | None = UNSET
    send_parent_reminders: bool | UnsetType = UNSET
    activity_type: ActivityType | UnsetType = UNSET
    location: str | UnsetType | None = UNSET
    zoom_meeting_id: str | UnsetType | None = UNSET
    zoom_join_url: str | UnsetType | None = UNSET
    notes: str | UnsetType | None = UNSET
    status: CycleStatus | UnsetType = UNSET


class CycleBody(CycleDetails, frozen=True, kw_only=True):
    """A cycle to be made."""

    name: str
    course_id: UUID
    branch_id: UUID
    instructor_id: UUID
    type: CycleType
    start_date: Day
    day_of_week: DayOfWeek
    start_time: HHMM
    end_time: HHMM
    total_meetings: int


class CycleFields(CycleDetails, frozen=True, kw_only=True):
    """Fields of cycles to be changed; `status` runs the verb that leads to it."""

    rules = Cycle

    name: str | UnsetType = UNSET
    course_id: UUID | UnsetType = UNSET
    branch_id: UUID | UnsetType = UNSET
    instructor_id: UUID | UnsetType = UNSET
    type: CycleType | UnsetType = UNSET
    start_date: Day | UnsetType = UNSET
    day_of_week: DayOfWeek | UnsetType = UNSET
    start_time: HHMM | UnsetType = UNSET
    end_time: HHMM | UnsetType = UNSET
    total_meetings: int | UnsetType = UNSET


class CycleChanges(CycleFields, frozen=True, kw_only=True):
    """Fields of a cycle to be changed; `status` runs the verb that leads to it."""

    allow_conflicts: bool = False


class CycleQuery(SearchedQuery, frozen=True, kw_only=True):
    """Which cycles to list; `from` and `to` mean overlap with start-end."""

    sort_by: Literal["name", "startDate", "endDate", "createdAt"] | UnsetType = UNSET
    course_id: UUID | UnsetType = UNSET
    branch_id: UUID | UnsetType = UNSET
    instructor_id: UUID | UnsetType = UNSET
    institutional_order_id: UUID | UnsetType = UNSET
    type: CycleType | UnsetType = UNSET
    status: CycleStatus | UnsetType = UNSET
    day_of_week: DayOfWeek | UnsetType = UNSET
    activity_type: ActivityType | UnsetType = UNSET
    from_: Day | UnsetType = msgspec.field(default=UNSET, name="from")
    to: Day | UnsetType = UNSET


class NamedView(View, frozen=True):
    """A thing that something belongs to."""

    id: UUID
    name: str


class ProgressView(View, frozen=True):
    """How far a cycle is, in meetings."""

    total: int
    completed: int
    scheduled: int
    cancelled: int
    postponed: int
    remaining: int


class CycleView(View, frozen=True):
    """A cycle. Its prices are absent for an instructor; a deleted relative is null."""

    id: UUID
    name: str
    course_id: UUID
    branch_id: UUID
    instructor_id: UUID
    institutional_order_id: UUID | None
    type: CycleType
    status: CycleStatus
    start_date: Day
    end_date: Day | None
    day_of_week: DayOfWeek
    start_time: HHMM
    end_time: HHMM
    duration_minutes: int
    total_meetings: int
    completed_meetings: int
    remaining_meetings: int
    price_per_student: Amount | UnsetType | None
    default_registration_amount: Amount | UnsetType | None
    meeting_revenue: Amount | UnsetType | None
    revenue_includes_vat: bool | UnsetType | None
    instructor_payment_mode: PaymentMode | UnsetType
    instructor_daily_rate: Amount | UnsetType | None
    student_count: int | None
    max_students: int | None
    send_parent_reminders: bool
    activity_type: ActivityType
    location: str | None
    zoom_meeting_id: str | None
    zoom_join_url: str | None
    notes: str | None
    course: NamedView | None
    branch: NamedView | None
    instructor: NamedView | None
    progress: ProgressView
    created_at: Instant
    updated_at: Instant
    version: int


_PRICES: Final = frozenset(
    {
        "price_per_student",
        "default_registration_amount",
        "meeting_revenue",
        "revenue_includes_vat",
        "instructor_payment_mode",
        "instructor_daily_rate",
    }
)


def cycle_view(cycle: Cycle, actor: Actor, relatives: Relatives) -> CycleView:
    """A cycle as this actor sees it."""
    course = relatives.courses.get(cycle.course_id)
    branch = relatives.branches.get(cycle.branch_id)
    instructor = relatives.instructors.get(cycle.instructor_id)
    return shown(
        CycleView,
        cycle,
        without=frozenset() if sees_money(actor) else _PRICES,
        course=NamedView(id=course.id, name=course.name) if course else None,
        branch=NamedView(id=branch.id, name=branch.name) if branch else None,
        instructor=NamedView(id=instructor.id, name=instructor.name) if instructor else None,
        progress=shown(ProgressView, cycle.progress),
    )


BODY_EXAMPLE: Final = {
    "name": "Python, Sunday 16:00",
    "courseId": "0190aaaa-0000-7000-8000-000000000001",
    "branchId": "0190aaaa-0000-7000-8000-000000000002",
    "instructorId": "0190aaaa-0000-7000-8000-000000000003",
    "type": "institutional_fixed",
    "startDate": "2026-09-06",
    "dayOfWeek": "sunday",
    "startTime": "16:00",
    "endTime": "17:30",
    "totalMeetings": 30,
    "meetingRevenue": 600,
}
