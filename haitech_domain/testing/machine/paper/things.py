"""What the paper school keeps of each thing. Amounts are whole agorot."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import ClassVar
from uuid import UUID

import attrs

from haitech_domain.attendance import AttendanceStatus
from haitech_domain.calendar import DayOfWeek
from haitech_domain.cycle import ActivityType, CycleStatus, CycleType, PaymentMode
from haitech_domain.instructor import EmploymentType
from haitech_domain.meeting import MeetingNature, MeetingStatus
from haitech_domain.registration import PaymentMethod, PaymentStatus, RegistrationStatus


@attrs.define(kw_only=True, eq=False)
class PaperThing:
    """Anything that can be deleted; `gone` is the act of deletion that took it."""

    id: UUID
    gone: int | None = None

    @property
    def is_there(self) -> bool:
        """Not deleted."""
        return self.gone is None


@attrs.define(kw_only=True, eq=False)
class PaperInstructor(PaperThing):
    """Rates are for an hour."""

    KEEPS: ClassVar = ("employment", "frontal", "online", "private")
    employment: EmploymentType
    frontal: int | None
    online: int | None
    private: int | None


@attrs.define(kw_only=True, eq=False)
class PaperStudent(PaperThing):
    """A child."""


@attrs.define(kw_only=True, eq=False)
class PaperCycle(PaperThing):
    """A cycle without any figure that follows from its meetings."""

    KEEPS: ClassVar = (
        "instructor",
        "type",
        "total",
        "price_per_student",
        "meeting_revenue",
        "includes_vat",
        "mode",
        "daily_rate",
        "student_count",
        "activity",
    )
    instructor: UUID
    type: CycleType
    start_date: date
    weekday: DayOfWeek
    start: time
    end: time
    total: int
    given_end: date | None = None
    price_per_student: int | None = None
    default_amount: int | None = None
    meeting_revenue: int | None = None
    includes_vat: bool | None = None
    mode: PaymentMode = PaymentMode.HOURLY
    daily_rate: int | None = None
    student_count: int | None = None
    places: int | None = None
    activity: ActivityType = ActivityType.FRONTAL
    status: CycleStatus = CycleStatus.ACTIVE


@attrs.define(kw_only=True, eq=False)
class PaperMeeting(PaperThing):
    """A meeting with the money that its completion fixed."""

    cycle: UUID
    instructor: UUID
    day: date
    start: time
    end: time
    number: int
    status: MeetingStatus = MeetingStatus.SCHEDULED
    nature: MeetingNature = MeetingNature.REGULAR
    activity: ActivityType | None = None
    revenue: int = 0
    pay: int = 0
    cost: int = 0
    by_day: bool = False
    completed_at: datetime | None = None
    override: bool = False
    replaced_by: UUID | None = None
    replaces: UUID | None = None
    with_cycle: bool = False

    @property
    def teaches(self) -> bool:
        """Live in the sense of R-SCHED-5: it holds its number and its instructor's time."""
        return self.is_there and self.status in {MeetingStatus.SCHEDULED, MeetingStatus.COMPLETED}

    @property
    def minutes(self) -> int:
        """Its length."""
        return (self.end.hour - self.start.hour) * 60 + self.end.minute - self.start.minute

    def overlaps(self, other: PaperMeeting) -> bool:
        """R-SCHED-9: half-open."""
        return self.day == other.day and self.start < other.end and other.start < self.end

    def loses_its_money(self) -> None:
        """R-MEET-3."""
        self.revenue = self.pay = self.cost = 0
        self.by_day, self.completed_at = False, None


@attrs.frozen
class PaperEntry:
    """What came in, or went back (below zero), and on which day."""

    amount: int
    day: date
    method: PaymentMethod | None


@attrs.define(kw_only=True, eq=False)
class PaperRegistration(PaperThing):
    """A student in a cycle; `before` is what the end of the cycle replaced."""

    student: UUID
    cycle: UUID
    status: RegistrationStatus
    amount: int | None
    before: RegistrationStatus | None = None
    cancelled_on: date | None = None
    ledger: tuple[PaperEntry, ...] = ()
    refund: int | None = None
    method: PaymentMethod | None = None

    @property
    def paid(self) -> int:
        """R-REG-4: the sum of the ledger."""
        return sum(entry.amount for entry in self.ledger)

    @property
    def payment_status(self) -> PaymentStatus:
        """R-REG-4."""
        if self.amount is not None and self.paid >= self.amount:
            return PaymentStatus.PAID
        return PaymentStatus.PARTIAL if self.paid > 0 else PaymentStatus.UNPAID

    @property
    def is_live(self) -> bool:
        """R-REG-1."""
        return self.is_there and self.status in {
            RegistrationStatus.REGISTERED,
            RegistrationStatus.ACTIVE,
            RegistrationStatus.TRIAL,
        }

    @property
    def bears_revenue(self) -> bool:
        """R-REV-1."""
        return self.is_there and self.status in {
            RegistrationStatus.REGISTERED,
            RegistrationStatus.ACTIVE,
            RegistrationStatus.COMPLETED,
        }


@attrs.define(kw_only=True, eq=False)
class PaperMark(PaperThing):
    """Whether somebody came; of exactly one of a registration, a student and a guest."""

    meeting: UUID
    status: AttendanceStatus
    registration: UUID | None = None
    student: UUID | None = None
    guest: str | None = None
    trial: bool = False
