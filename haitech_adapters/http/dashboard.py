"""`/dashboard`: a school's day at a glance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from litestar import Controller, get
from litestar.response.base import ASGIResponse
from msgspec import UNSET, UnsetType

from haitech_adapters.http.attendance_shapes import CountsView
from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer
from haitech_adapters.http.figure_shapes import FiguresView, figures_view
from haitech_adapters.http.names import KnownByNameView, known_by_name
from haitech_adapters.http.querying import read_query
from haitech_adapters.http.shapes import HHMM, Amount, HttpRequest, QueryString, UseVerbs, View
from haitech_adapters.http.showing import shown
from haitech_domain.access import Action, Resource
from haitech_domain.cycle import ActivityType
from haitech_domain.errors import Kind
from haitech_domain.meeting import MeetingNature, MeetingStatus
from haitech_domain.reports import Daily, DayLine, MeetingRow, written_ratio
from haitech_domain.use_cases import DayAsked, ReadDay

Day: TypeAlias = dt.date


class DailyQuery(QueryString, frozen=True, kw_only=True):
    """Which day to show; today, where none is given."""

    rules = DayAsked
    date: Day | UnsetType = UNSET


class HeldView(View, frozen=True):
    """A meeting with what it belongs to."""

    id: UUID
    number: int | None
    scheduled_date: Day
    start_time: HHMM
    end_time: HHMM
    cycle: KnownByNameView
    course: KnownByNameView
    branch: KnownByNameView
    instructor: KnownByNameView


class DayMeetingView(HeldView, frozen=True, kw_only=True):
    """A meeting of the day.

    `children` is how many the cycle states, else `registered`: the students who take part, of whom
    `unmarked` have no mark yet; `attendanceRate` is (present + late) / marks. Where `isForecast`,
    the money is what completing it now would fix.
    """

    status: MeetingStatus
    nature: MeetingNature
    activity_type: ActivityType
    topic: str | None
    conflict_override: bool
    children: int
    registered: int
    marked: int
    unmarked: int
    marks: CountsView
    attendance_rate: Decimal | None
    revenue: Amount
    instructor_payment: Amount
    employer_cost: Amount
    profit: Amount
    is_forecast: bool


class StatusCountsView(View, frozen=True):
    """The day's meetings by status."""

    scheduled: int
    completed: int
    cancelled: int
    postponed: int


class ClosedBranchView(View, frozen=True):
    """A branch that does not teach on the day."""

    branch_id: UUID
    branch_name: str
    reason: str


class UnreportedMeetingView(HeldView, frozen=True, kw_only=True):
    """A scheduled meeting that has ended; `daysLate` is 0 on its own day."""

    days_late: int


class UnreportedView(View, frozen=True):
    """How many meetings wait for a report, and the oldest hundred of them."""

    total: int
    meetings: Sequence[UnreportedMeetingView]


class DailyView(View, frozen=True):
    """A school's day.

    `noTeaching` is why the whole school does not teach; `closures` are of single branches.
    `totals` count completed meetings, `expected` the scheduled ones.
    """

    date: Day
    no_teaching: str | None
    closures: Sequence[ClosedBranchView]
    counts: StatusCountsView
    totals: FiguresView
    expected: FiguresView
    meetings: Sequence[DayMeetingView]
    unreported: UnreportedView


def daily_view(daily: Daily) -> DailyView:
    """A day, for whoever may see reports."""
    late = [
        shown(
            UnreportedMeetingView, row.meeting, **_belongings(row), days_late=daily.days_late(row)
        )
        for row in daily.unreported.rows
    ]
    return DailyView(
        date=daily.day,
        no_teaching=daily.no_teaching,
        closures=[
            ClosedBranchView(branch_id=c.branch.id, branch_name=c.branch.name, reason=c.why)
            for c in daily.closed
        ],
        counts=StatusCountsView(**{s.value: number for s, number in daily.counts.items()}),
        totals=figures_view(daily.totals),
        expected=figures_view(daily.expected),
        meetings=[_line_view(line) for line in daily.lines],
        unreported=UnreportedView(total=daily.unreported.total, meetings=late),
    )


def _line_view(line: DayLine) -> DayMeetingView:
    row, money = line.row, line.money
    return shown(
        DayMeetingView,
        row.meeting,
        **_belongings(row),
        activity_type=row.meeting.activity_type or row.cycle.activity_type,
        children=row.children,
        registered=row.registered,
        marked=row.marks.total,
        unmarked=row.unmarked,
        marks=shown(CountsView, row.marks),
        attendance_rate=written_ratio(row.marks.rate),
        revenue=money.revenue.amount,
        instructor_payment=money.instructor_payment.amount,
        employer_cost=money.employer_cost.amount,
        profit=money.profit.amount,
        is_forecast=line.is_forecast,
    )


def _belongings(row: MeetingRow) -> dict[str, Any]:
    instructor = row.instructor
    return {
        "cycle": KnownByNameView(id=row.cycle.id, name=row.cycle.name, is_deleted=False),
        "course": known_by_name(row.course),
        "branch": known_by_name(row.branch),
        "instructor": KnownByNameView(
            id=instructor.id, name=instructor.name, is_deleted=instructor.deleted_at is not None
        ),
    }


class DashboardController(Controller):
    """The school's day."""

    path = "/dashboard"
    tags = ("dashboard",)

    @get(
        "/daily",
        opt={
            "endpoint": Endpoint(
                summary="A school's day",
                use_case=ReadDay,
                access=(Action.READ, Resource.REPORTS),
                query=DailyQuery,
                result=DailyView,
                errors=(Kind.CONFLICT,),
                conflicts=("vat.no_rate",),
            )
        },
    )
    async def daily(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Show it."""
        asked = read_query(request, DailyQuery)
        day = None if asked.date is UNSET else asked.date
        found = await verbs.read_day(actor=actor_of(request), day=day)
        return answer(request, daily_view(found))
