"""What is read and shown of meetings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from haitech_adapters.http.rule_schemas import like
from haitech_adapters.http.shapes import HHMM, Amount, Body, Instant, ListQuery, View
from haitech_adapters.http.showing import shown
from haitech_domain import fields
from haitech_domain.access import Actor, sees_money
from haitech_domain.cycle import ActivityType
from haitech_domain.fields import Remark
from haitech_domain.meeting import Meeting, MeetingNature, MeetingStatus, Settlement

Day: TypeAlias = dt.date


class MeetingDetails(Body, frozen=True):
    """What may be said of a meeting besides its cycle, date and times."""

    instructor_id: UUID | UnsetType = UNSET
    nature: MeetingNature | UnsetType = UNSET
    activity_type: ActivityType | UnsetType | None = UNSET
    topic: str | UnsetType | None = UNSET
    notes: str | UnsetType | None = UNSET
    zoom_meeting_id: str | UnsetType | None = UNSET
    zoom_join_url: str | UnsetType | None = UNSET
    allow_conflicts: bool = False
    allow_no_teaching_day: bool = False


class MeetingBody(MeetingDetails, frozen=True, kw_only=True):
    """A meeting to be made by hand."""

    cycle_id: UUID
    scheduled_date: Day
    start_time: HHMM
    end_time: HHMM


class MeetingChanges(MeetingDetails, frozen=True, kw_only=True):
    """Fields of a meeting to be changed."""

    scheduled_date: Day | UnsetType = UNSET
    start_time: HHMM | UnsetType = UNSET
    end_time: HHMM | UnsetType = UNSET


FLAGS: Final = ("allow_conflicts", "allow_no_teaching_day")


class MeetingQuery(ListQuery, frozen=True, kw_only=True):
    """Which meetings to list; `from` and `to` are inclusive."""

    sort_by: Literal["scheduledDate", "startTime", "createdAt"] | UnsetType = UNSET
    cycle_id: UUID | UnsetType = UNSET
    instructor_id: UUID | UnsetType = UNSET
    branch_id: UUID | UnsetType = UNSET
    course_id: UUID | UnsetType = UNSET
    status: MeetingStatus | UnsetType = UNSET
    activity_type: ActivityType | UnsetType = UNSET
    date: Day | UnsetType = UNSET
    from_: Day | UnsetType = msgspec.field(default=UNSET, name="from")
    to: Day | UnsetType = UNSET


class CompletionBody(Body, frozen=True):
    """What is noted on completing."""

    topic: str | UnsetType | None = UNSET
    notes: str | UnsetType | None = UNSET


class CancellationBody(Body, frozen=True):
    """Why a meeting is cancelled."""

    reason: Annotated[str, like(Remark)] | None = None


class PostponementBody(Body, frozen=True):
    """When a meeting is to be held instead; without a date, at the next time that fits."""

    new_date: Annotated[Day, like(fields.Day)] | None = None
    new_start_time: HHMM | None = None
    new_end_time: HHMM | None = None
    notes: str | None = None
    allow_conflicts: bool = False
    allow_no_teaching_day: bool = False


class MeetingView(View, frozen=True):
    """A meeting. For an instructor its revenue, cost and profit are absent."""

    id: UUID
    cycle_id: UUID
    instructor_id: UUID
    number: int | None
    scheduled_date: Day
    start_time: HHMM
    end_time: HHMM
    status: MeetingStatus
    nature: MeetingNature
    activity_type: ActivityType | None
    topic: str | None
    notes: str | None
    zoom_meeting_id: str | None
    zoom_join_url: str | None
    revenue: Amount | UnsetType
    instructor_payment: Amount | UnsetType
    employer_cost: Amount | UnsetType
    profit: Amount | UnsetType
    completed_at: Instant | None
    cancellation_reason: str | None
    rescheduled_to_id: UUID | None
    rescheduled_from_id: UUID | None
    started_at: Instant | None
    ended_at: Instant | None
    recording_url: str | None
    conflict_override: bool
    created_at: Instant
    updated_at: Instant
    version: int


_MONEY: Final = frozenset({"revenue", "employer_cost", "profit"})


def meeting_view(meeting: Meeting, actor: Actor) -> MeetingView:
    """A meeting as this actor sees it; of a colleague's pay an instructor sees nothing."""
    if sees_money(actor):
        return shown(MeetingView, meeting)
    colleague = meeting.instructor_id != actor.instructor_id
    hidden = _MONEY | {"instructor_payment"} if colleague else _MONEY
    return shown(MeetingView, meeting, without=hidden)


class LineView(View, frozen=True):
    """One step of a calculation; `text` is the step as it is read aloud."""

    text: str
    amount: Amount
    rule: str
    quantity: str | None
    unit: str | None
    rate: str | None


class FinancialsView(View, frozen=True):
    """A meeting's money in shekels, with the lines that lead to it."""

    meeting_id: UUID
    status: MeetingStatus
    is_forecast: bool
    revenue: Amount
    instructor_payment: Amount
    employer_cost: Amount
    profit: Amount
    explanation: Sequence[LineView]


def financials_view(meeting: Meeting, money: Settlement, *, is_forecast: bool) -> FinancialsView:
    """The figures with their explanation."""
    return FinancialsView(
        meeting_id=meeting.id,
        status=meeting.status,
        is_forecast=is_forecast,
        revenue=money.revenue.amount,
        instructor_payment=money.instructor_payment.amount,
        employer_cost=money.employer_cost.amount,
        profit=money.profit.amount,
        explanation=[shown(LineView, line) for line in money.explanation],
    )


class PostponedView(View, frozen=True):
    """A postponed meeting and the one that takes its place."""

    original: MeetingView
    new_meeting: MeetingView


BODY_EXAMPLE: Final = {
    "cycleId": "0190aaaa-0000-7000-8000-000000000004",
    "scheduledDate": "2026-09-06",
    "startTime": "16:00",
    "endTime": "17:30",
}
