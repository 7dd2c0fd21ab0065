"""The rules of a school for programming, AI and robotics: pure, exact, without a framework.

What is imported here is the public surface; everything else may move. The verbs are in
`haitech_domain.use_cases`, what they need of the outside in `haitech_domain.ports`, and the kit for
your tests in `haitech_domain.testing`. An amount is split, and nothing is lost:

>>> from haitech_domain import Money, allocate
>>> [str(share) for share in allocate(Money.of("847.46"), 3)]
['282.49', '282.49', '282.48']

A cycle is planned around what a calendar closes, and a meeting's money explains itself:

>>> from datetime import date
>>> from haitech_domain import CycleType, DayOfWeek, RevenueInputs, TeachingDays, plan, revenue_of
>>> class Purim:
...     def closed_on(self, day):
...         return "Purim" if day == date(2026, 3, 3) else None
>>> made = plan(
...     weekday=DayOfWeek.TUESDAY, start=date(2026, 3, 1), total=2, teaching=TeachingDays(Purim())
... )
>>> print(*(meeting.day for meeting in made.meetings), "without", *made.skipped)
2026-03-10 2026-03-17 without 2026-03-03 Purim
>>> print(
...     revenue_of(
...         RevenueInputs(
...             type=CycleType.INSTITUTIONAL_PER_CHILD,
...             on=date(2026, 3, 10),
...             price_per_student=Money.of("45.50"),
...             student_count=12,
...         )
...     )
... )
12 children × 45.50 = 546.00 (stated for the cycle)
"""

from haitech_domain.access import (
    MATRIX,
    SCOPES,
    Action,
    Actor,
    ActorKind,
    Forbidden,
    Reach,
    Resource,
    Role,
    grant,
    may,
    own,
    sees_money,
)
from haitech_domain.attendance import AttendanceStatus, Mark, MarkCounts
from haitech_domain.branch import Branch, BranchType, Closure
from haitech_domain.calendar import (
    CalendarOutOfRange,
    DateRange,
    DayOfWeek,
    HolidayCalendar,
    TeachingDays,
    TimeSlot,
)
from haitech_domain.change import CATALOGUE, Change, Event, Transition
from haitech_domain.course import Course, CourseCategory
from haitech_domain.customer import Customer
from haitech_domain.cycle import (
    ActivityType,
    Cycle,
    CycleStatus,
    CycleType,
    PaymentMode,
    Progress,
    Tally,
)
from haitech_domain.errors import (
    BadValue,
    DomainError,
    Duplicate,
    Invalid,
    Kind,
    NotFound,
    Problem,
    Several,
    Stale,
    WouldOrphan,
)
from haitech_domain.explanation import Figure, Line
from haitech_domain.ids import (
    BranchId,
    CourseId,
    CustomerId,
    CycleId,
    InstructorId,
    MeetingId,
    RegistrationId,
    StudentId,
)
from haitech_domain.instructor import (
    EmploymentType,
    Instructor,
    TimeOff,
    WeeklyWindows,
    Window,
)
from haitech_domain.lead import Enquiry, Lead, LeadNote, LeadStatus
from haitech_domain.meeting import (
    CompletionWindow,
    Meeting,
    MeetingNature,
    MeetingStatus,
    OutsideWindow,
    Settlement,
)
from haitech_domain.money import Gross, Money, Net, allocate, allocated
from haitech_domain.order import InstitutionalOrder, OrderStatus
from haitech_domain.pay import DEFAULT_EMPLOYER_FACTOR, PayInputs, pay_of, settled
from haitech_domain.people import Email, Phone
from haitech_domain.registration import (
    AlreadyRegistered,
    CapacityPolicy,
    CycleFull,
    CycleTakesNoRegistrations,
    Payment,
    PaymentContradicts,
    PaymentMethod,
    PaymentStatus,
    Registration,
    RegistrationStatus,
    payment_status,
    register,
)
from haitech_domain.registration.policies import (
    DEFAULT_POLICIES,
    ActiveCyclePolicy,
    OncePolicy,
    RegistrationPolicy,
)
from haitech_domain.revenue import RevenueInputs, revenue_of
from haitech_domain.scheduling import (
    Availability,
    Conflict,
    FreeSlot,
    InstructorBusy,
    NoTeachingDay,
    Plan,
    Planned,
    PlanWithoutEnd,
    RestDay,
    Skipped,
    conflicts,
    free_slots,
    next_teaching_day,
    plan,
)
from haitech_domain.student import Student
from haitech_domain.user import User
from haitech_domain.vat import ISRAEL, NoVatRate, VatSchedule

__all__ = [
    "CATALOGUE",
    "DEFAULT_EMPLOYER_FACTOR",
    "DEFAULT_POLICIES",
    "ISRAEL",
    "MATRIX",
    "SCOPES",
    "Action",
    "ActiveCyclePolicy",
    "ActivityType",
    "Actor",
    "ActorKind",
    "AlreadyRegistered",
    "AttendanceStatus",
    "Availability",
    "BadValue",
    "Branch",
    "BranchId",
    "BranchType",
    "CalendarOutOfRange",
    "CapacityPolicy",
    "Change",
    "Closure",
    "CompletionWindow",
    "Conflict",
    "Course",
    "CourseCategory",
    "CourseId",
    "Customer",
    "CustomerId",
    "Cycle",
    "CycleFull",
    "CycleId",
    "CycleStatus",
    "CycleTakesNoRegistrations",
    "CycleType",
    "DateRange",
    "DayOfWeek",
    "DomainError",
    "Duplicate",
    "Email",
    "EmploymentType",
    "Enquiry",
    "Event",
    "Figure",
    "Forbidden",
    "FreeSlot",
    "Gross",
    "HolidayCalendar",
    "InstitutionalOrder",
    "Instructor",
    "InstructorBusy",
    "InstructorId",
    "Invalid",
    "Kind",
    "Lead",
    "LeadNote",
    "LeadStatus",
    "Line",
    "Mark",
    "MarkCounts",
    "Meeting",
    "MeetingId",
    "MeetingNature",
    "MeetingStatus",
    "Money",
    "Net",
    "NoTeachingDay",
    "NoVatRate",
    "NotFound",
    "OncePolicy",
    "OrderStatus",
    "OutsideWindow",
    "PayInputs",
    "Payment",
    "PaymentContradicts",
    "PaymentMethod",
    "PaymentMode",
    "PaymentStatus",
    "Phone",
    "Plan",
    "PlanWithoutEnd",
    "Planned",
    "Problem",
    "Progress",
    "Reach",
    "Registration",
    "RegistrationId",
    "RegistrationPolicy",
    "RegistrationStatus",
    "Resource",
    "RestDay",
    "RevenueInputs",
    "Role",
    "Settlement",
    "Several",
    "Skipped",
    "Stale",
    "Student",
    "StudentId",
    "Tally",
    "TeachingDays",
    "TimeOff",
    "TimeSlot",
    "Transition",
    "User",
    "VatSchedule",
    "WeeklyWindows",
    "Window",
    "WouldOrphan",
    "allocate",
    "allocated",
    "conflicts",
    "free_slots",
    "grant",
    "may",
    "next_teaching_day",
    "own",
    "pay_of",
    "payment_status",
    "plan",
    "register",
    "revenue_of",
    "sees_money",
    "settled",
]
