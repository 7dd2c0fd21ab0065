"""The meeting, and the money that its completion fixes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import Annotated, Any, Final

import attrs

from haitech_domain.calendar import TimeSlot, civil
from haitech_domain.cycle import ActivityType, Tally
from haitech_domain.entity import Entity, across
from haitech_domain.errors import BadValue, Problem
from haitech_domain.explanation import Line
from haitech_domain.fields import Between, Day, Notes, Remark, Text, Url
from haitech_domain.fields import Line as ShortText
from haitech_domain.ids import CycleId, InstructorId, MeetingId
from haitech_domain.meeting.kinds import MeetingNature, MeetingStatus, PayBasis
from haitech_domain.money import Money, Net

_NOTHING: Final = Money(0)
_NOT_NEGATIVE: Final = Between(Money(0), Money.of(100_000_000))
Pay = Annotated[Money, _NOT_NEGATIVE]


@attrs.frozen(kw_only=True)
class Settlement:
    """The money of a meeting: what it earns, what its instructor gets, what that costs, the rest.

    :raises BadValue: pay or cost below zero (R-PAY-6)
    """

    revenue: Net = Net(0)
    instructor_payment: Money = _NOTHING
    employer_cost: Money = _NOTHING
    basis: PayBasis | None = None
    explanation: tuple[Line, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.instructor_payment < _NOTHING or self.employer_cost < _NOTHING:
            raise BadValue("pay and cost are never negative", reason="settlement.negative")

    @property
    def profit(self) -> Money:
        """R-PAY-5: revenue − employer cost."""
        return Money(self.revenue.agorot) - self.employer_cost

    def as_fields(self) -> dict[str, Any]:
        """The fields of a meeting that hold it."""
        return {
            "revenue": self.revenue,
            "instructor_payment": self.instructor_payment,
            "employer_cost": self.employer_cost,
            "profit": self.profit,
            "pay_basis": self.basis,
            "explanation": self.explanation,
        }


NO_MONEY: Final = Settlement()


@attrs.frozen(kw_only=True)
class Meeting(Entity):
    """One lesson of a cycle. Only a completed one has money (R-MEET-3)."""

    id: MeetingId
    cycle_id: CycleId
    instructor_id: InstructorId
    scheduled_date: Day
    start_time: time
    end_time: time
    number: Annotated[int, Between(1, 10_000)] | None = None
    status: MeetingStatus = MeetingStatus.SCHEDULED
    nature: MeetingNature = MeetingNature.REGULAR
    activity_type: ActivityType | None = None
    topic: ShortText | None = None
    notes: Notes | None = None
    zoom_meeting_id: Annotated[str, Text(100)] | None = None
    zoom_join_url: Url | None = None
    revenue: Net = Net(0)
    instructor_payment: Pay = _NOTHING
    employer_cost: Pay = _NOTHING
    profit: Money = _NOTHING
    pay_basis: PayBasis | None = None
    explanation: tuple[Line, ...] = ()
    completed_at: datetime | None = None
    cancellation_reason: Remark | None = None
    cancelled_with_cycle: bool = False
    rescheduled_to_id: MeetingId | None = None
    rescheduled_from_id: MeetingId | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    recording_url: Url | None = None
    conflict_override: bool = False

    @across("start_time", "end_time")
    def times_make_a_meeting(self) -> Iterator[Problem]:
        """R-MEET-1."""
        try:
            TimeSlot(self.start_time, self.end_time)
        except BadValue as bad:
            yield Problem("end_time", bad.message, bad.reason)

    @across("status", "revenue", "instructor_payment", "employer_cost", "profit", "pay_basis")
    def has_money_only_when_completed(self) -> Iterator[Problem]:
        """R-MEET-3, R-PAY-5."""
        if self.status is not MeetingStatus.COMPLETED and self.money != NO_MONEY:
            yield Problem("revenue", f"a {self.status} meeting has no money", "meeting.money")
        if self.profit.agorot != self.revenue.agorot - self.employer_cost.agorot:
            yield Problem("profit", "is revenue less employer cost", "meeting.profit")

    @across("status", "number")
    def has_a_number_while_it_teaches(self) -> Iterator[Problem]:
        """R-SCHED-5."""
        if self.status.teaches and self.number is None:
            yield Problem("number", f"a {self.status} meeting has a number", "meeting.number")

    @property
    def slot(self) -> TimeSlot:
        """Its times."""
        return TimeSlot(self.start_time, self.end_time)

    @property
    def starts(self) -> datetime:
        """The civil moment at which it starts."""
        return civil(self.scheduled_date, self.start_time)

    @property
    def money(self) -> Settlement:
        """Its money, with the explanation."""
        return Settlement(
            revenue=self.revenue,
            instructor_payment=self.instructor_payment,
            employer_cost=self.employer_cost,
            basis=self.pay_basis,
            explanation=self.explanation,
        )


def in_order(meetings: Iterable[Meeting]) -> list[Meeting]:
    """By date, start and id, the order in which lists show them."""
    return sorted(meetings, key=lambda m: (m.scheduled_date, m.start_time, m.id))


def tally(meetings: Iterable[Meeting], total: int) -> Tally:
    """R-CYC-1: the recount of a cycle's live meetings from scratch; `total` is its plan's size."""
    live = [m for m in meetings if m.deleted_at is None]
    teaching = [m for m in live if m.status.teaches]

    def count(status: MeetingStatus) -> int:
        return sum(m.status is status for m in live)

    return Tally(
        completed=count(MeetingStatus.COMPLETED),
        scheduled=count(MeetingStatus.SCHEDULED),
        cancelled=count(MeetingStatus.CANCELLED),
        postponed=count(MeetingStatus.POSTPONED),
        completed_in_plan=sum(
            m.status is MeetingStatus.COMPLETED and m.number is not None and m.number <= total
            for m in live
        ),
        last_day=max((m.scheduled_date for m in teaching), default=None),
        highest_number=max((m.number or 0 for m in teaching), default=0),
    )
