"""The cycle."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from typing import Annotated, Final

import attrs

from haitech_domain.calendar import DayOfWeek, TimeSlot
from haitech_domain.cycle.kinds import ActivityType, CycleStatus, CycleType, PaymentMode
from haitech_domain.cycle.progress import Progress
from haitech_domain.entity import Entity, across
from haitech_domain.errors import BadValue, Problem
from haitech_domain.fields import (
    Between,
    Day,
    Derived,
    KeepsHistory,
    Line,
    Name,
    Notes,
    Price,
    Text,
    Url,
)
from haitech_domain.ids import BranchId, CourseId, CycleId, InstructorId, OrderId

Children = Annotated[int, Between(0, 10_000), KeepsHistory()]
OwnPrice = Annotated[Price, KeepsHistory()]
Count = Annotated[int, Derived()]

_PRICE_NEEDED: Final = {
    CycleType.INSTITUTIONAL_FIXED: "meeting_revenue",
    CycleType.INSTITUTIONAL_PER_CHILD: "price_per_student",
}


@attrs.frozen(kw_only=True)
class Cycle(Entity):
    """One run of a course: weekly meetings at a branch with an instructor (R-CYC-7).

    Money: `price_per_student` and `meeting_revenue` for a meeting, `default_registration_amount`
    for a whole registration, `instructor_daily_rate` for a day. `end_date` is derived (R-CYC-4);
    `given_end_date` is what somebody stated. The four counts are kept by `settle`. Whatever a
    meeting's money is reckoned from keeps its history.
    """

    id: CycleId
    name: Name
    course_id: CourseId
    branch_id: BranchId
    instructor_id: Annotated[InstructorId, KeepsHistory()]
    type: Annotated[CycleType, KeepsHistory()]
    start_date: Day
    day_of_week: DayOfWeek
    start_time: time
    end_time: time
    total_meetings: Annotated[int, Between(1, 500), KeepsHistory()]
    institutional_order_id: OrderId | None = None
    given_end_date: Day | None = None
    end_date: Annotated[date, Derived()] | None = None
    price_per_student: OwnPrice | None = None
    default_registration_amount: OwnPrice | None = None
    meeting_revenue: OwnPrice | None = None
    revenue_includes_vat: Annotated[bool, KeepsHistory()] | None = None
    instructor_payment_mode: Annotated[PaymentMode, KeepsHistory()] = PaymentMode.HOURLY
    instructor_daily_rate: OwnPrice | None = None
    student_count: Children | None = None
    max_students: Annotated[int, Between(1, 10_000)] | None = None
    send_parent_reminders: bool = True
    activity_type: Annotated[ActivityType, KeepsHistory()] = ActivityType.FRONTAL
    location: Line | None = None
    zoom_meeting_id: Annotated[str, Text(100)] | None = None
    zoom_join_url: Url | None = None
    notes: Notes | None = None
    status: CycleStatus = CycleStatus.ACTIVE
    completed_meetings: Count = 0
    scheduled_meetings: Count = 0
    cancelled_meetings: Count = 0
    postponed_meetings: Count = 0

    @across("start_date", "given_end_date")
    def begins_before_it_ends(self) -> Iterator[Problem]:
        """R-CYC-7: the stated end does not lie before the start."""
        if self.given_end_date is not None and self.start_date > self.given_end_date:
            yield Problem("end_date", "must not be before the start date", "date.order")

    @across("start_time", "end_time")
    def times_make_a_meeting(self) -> Iterator[Problem]:
        """R-MEET-1, for the meetings that will be planned."""
        try:
            TimeSlot(self.start_time, self.end_time)
        except BadValue as bad:
            yield Problem("end_time", bad.message, bad.reason)

    @across("type", "meeting_revenue", "price_per_student")
    def has_the_price_it_needs(self) -> Iterator[Problem]:
        """R-CYC-7: fixed needs `meeting_revenue`, per child needs `price_per_student`."""
        needed = _PRICE_NEEDED.get(self.type)
        if needed is not None and getattr(self, needed) is None:
            yield Problem(needed, f"is required for a cycle of type {self.type}", "price.required")

    @property
    def slot(self) -> TimeSlot:
        """The times of its meetings."""
        return TimeSlot(self.start_time, self.end_time)

    @property
    def duration_minutes(self) -> int:
        """The length of its meetings."""
        return self.slot.minutes

    @property
    def remaining_meetings(self) -> int:
        """How many of the total are not completed yet; none once the cycle has ended."""
        if self.status is not CycleStatus.ACTIVE:
            return 0
        return max(0, self.total_meetings - self.completed_meetings)

    @property
    def progress(self) -> Progress:
        """R-CYC-1."""
        return Progress(
            total=self.total_meetings,
            completed=self.completed_meetings,
            scheduled=self.scheduled_meetings,
            cancelled=self.cancelled_meetings,
            postponed=self.postponed_meetings,
            remaining=self.remaining_meetings,
        )
