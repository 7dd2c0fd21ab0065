"""The rules of a school for programming, AI and robotics: pure, exact, without a framework.

What is imported here is the public surface; everything else may move.

>>> from datetime import date
>>> from haitech_domain import DayOfWeek, Money, allocate, plan, TeachingDays
>>> [str(share) for share in allocate(Money.of("847.46"), 3)]
['282.49', '282.49', '282.48']
"""

from haitech_domain.access import MATRIX, SCOPES, Action, Actor, ActorKind, Resource, Role, grant
from haitech_domain.attendance import AttendanceStatus, Mark, MarkCounts
from haitech_domain.branch import Branch, BranchType, Closure
from haitech_domain.calendar import DateRange, DayOfWeek, HolidayCalendar, TeachingDays, TimeSlot
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
    Stale,
    WouldOrphan,
)
from haitech_domain.explanation import Figure, Line
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
    Settlement,
)
from haitech_domain.money import Gross, Money, Net, allocate, allocated
from haitech_domain.order import InstitutionalOrder, OrderStatus
from haitech_domain.pay import PayInputs, pay_of, settled
from haitech_domain.people import Email, Phone
from haitech_domain.registration import (
    Payment,
    PaymentStatus,
    Registration,
    RegistrationStatus,
    payment_status,
    register,
)
from haitech_domain.revenue import RevenueInputs, revenue_of
from haitech_domain.scheduling import (
    Availability,
    Conflict,
    InstructorBusy,
    Plan,
    Planned,
    Skipped,
    conflicts,
    free_slots,
    plan,
)
from haitech_domain.student import Student
from haitech_domain.user import User
from haitech_domain.vat import ISRAEL, NoVatRate, VatSchedule

__all__ = [
    "CATALOGUE",
    "ISRAEL",
    "MATRIX",
    "SCOPES",
    "Action",
    "ActivityType",
    "Actor",
    "ActorKind",
    "AttendanceStatus",
    "Availability",
    "BadValue",
    "Branch",
    "BranchType",
    "Change",
    "Closure",
    "CompletionWindow",
    "Conflict",
    "Course",
    "CourseCategory",
    "Customer",
    "Cycle",
    "CycleStatus",
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
    "Gross",
    "HolidayCalendar",
    "InstitutionalOrder",
    "Instructor",
    "InstructorBusy",
    "Invalid",
    "Kind",
    "Lead",
    "LeadNote",
    "LeadStatus",
    "Line",
    "Mark",
    "MarkCounts",
    "Meeting",
    "MeetingNature",
    "MeetingStatus",
    "Money",
    "Net",
    "NoVatRate",
    "NotFound",
    "OrderStatus",
    "PayInputs",
    "Payment",
    "PaymentMode",
    "PaymentStatus",
    "Phone",
    "Plan",
    "Planned",
    "Problem",
    "Progress",
    "Registration",
    "RegistrationStatus",
    "Resource",
    "RevenueInputs",
    "Role",
    "Settlement",
    "Skipped",
    "Stale",
    "Student",
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
    "pay_of",
    "payment_status",
    "plan",
    "register",
    "revenue_of",
    "settled",
]
