"""Valid entities with defaults: a test names only what it is about.

Every call makes another thing: ids, phones and emails come from one counter, so the things of
one process never collide. `a_school()` makes one of each, belonging together, and
`furnish(tx, school)` saves them in the order in which they refer to each other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any, Final, TypeVar
from uuid import UUID

import attrs

from haitech_domain.access import Resource, Role
from haitech_domain.api_key import ApiKey, KeyKind, hashed, prefix_of, written
from haitech_domain.attendance import AttendanceStatus, Mark
from haitech_domain.branch import Branch, BranchType, Closure
from haitech_domain.calendar import DayOfWeek
from haitech_domain.change import Change
from haitech_domain.course import Course, CourseCategory
from haitech_domain.customer import Customer
from haitech_domain.cycle import Cycle, CycleType
from haitech_domain.entity import Entity
from haitech_domain.export import Export, ExportFormat, ReportName
from haitech_domain.ids import DeletionId
from haitech_domain.instructor import Instructor, TimeOff
from haitech_domain.lead import Lead, LeadNote
from haitech_domain.meeting import Meeting
from haitech_domain.money import Money
from haitech_domain.order import InstitutionalOrder
from haitech_domain.ports import Transaction
from haitech_domain.registration import Payment, PaymentKind, Registration
from haitech_domain.saved_view import SavedView
from haitech_domain.session import LoginSession, OneTimeToken, TokenPurpose
from haitech_domain.student import Student
from haitech_domain.user import User
from haitech_domain.webhook import Delivery, Webhook
from haitech_domain.zoom import ENDED, ZoomEvent

E = TypeVar("E", bound=Entity)

MADE: Final = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
"""When everything here was made, unless told otherwise."""
SUNDAY: Final = date(2026, 3, 1)
"""The first day of the default cycle, and the date of the default meeting."""

_numbers: Final = count(1)


def an_id() -> UUID:
    """An id that nothing has yet; later ones sort after earlier ones."""
    return UUID(f"b0000000-0000-7000-8000-{next(_numbers):012x}")


def a_phone() -> str:
    """A phone that nobody has yet, of a country that no strategy calls."""
    return f"+99950{next(_numbers):07}"


def an_email() -> str:
    """An address that nobody has yet, in a domain that no strategy makes."""
    return f"person-{next(_numbers)}@builders.example"


def _a(cls: type[E], defaults: dict[str, Any], overrides: dict[str, Any]) -> E:
    made = {"id": an_id(), "created_at": MADE, "updated_at": MADE}
    return cls(**{**made, **defaults, **overrides})


def a_customer(**overrides: Any) -> Customer:
    """A customer with a phone of its own."""
    return _a(Customer, {"name": "דנה כהן", "phone": a_phone()}, overrides)


def a_student(**overrides: Any) -> Student:
    """A student; give `customer_id` where the customer has to exist."""
    return _a(Student, {"name": "נועם כהן", "customer_id": an_id()}, overrides)


def a_course(**overrides: Any) -> Course:
    """A course in programming."""
    return _a(Course, {"name": "Python", "category": CourseCategory.PROGRAMMING}, overrides)


def a_branch(**overrides: Any) -> Branch:
    """A school."""
    return _a(Branch, {"name": "בית ספר הרצל", "type": BranchType.SCHOOL}, overrides)


def a_closure(**overrides: Any) -> Closure:
    """A week in which a branch is closed; give `branch_id` where the branch has to exist."""
    days = {"first_day": date(2026, 4, 12), "last_day": date(2026, 4, 17)}
    return _a(Closure, {**days, "why": "שיפוצים", "branch_id": an_id()}, overrides)


def an_instructor(**overrides: Any) -> Instructor:
    """A freelancer with a phone of their own, at 150.00 an hour."""
    defaults = {"name": "יעל לוי", "phone": a_phone(), "rate_frontal": Money.of(150)}
    return _a(Instructor, defaults, overrides)


def a_time_off(**overrides: Any) -> TimeOff:
    """Two days off; give `instructor_id` where the instructor has to exist."""
    days = {"first_day": date(2026, 4, 12), "last_day": date(2026, 4, 13)}
    return _a(TimeOff, {**days, "why": "מילואים", "instructor_id": an_id()}, overrides)


def an_order(**overrides: Any) -> InstitutionalOrder:
    """An institutional order over 2026; give `branch_id` where the branch has to exist."""
    days = {"order_date": date(2025, 12, 1), "start_date": date(2026, 1, 1)}
    defaults = {"order_number": "2026-17", "end_date": date(2026, 12, 31), "branch_id": an_id()}
    return _a(InstitutionalOrder, {**days, **defaults}, overrides)


def a_cycle(**overrides: Any) -> Cycle:
    """An active private cycle of 10 meetings on Sundays, 16:00-17:30, from 2026-03-01.

    Give `course_id`, `branch_id` and `instructor_id` where those have to exist.
    """
    defaults = {
        "name": "Python, Sundays",
        "course_id": an_id(),
        "branch_id": an_id(),
        "instructor_id": an_id(),
        "type": CycleType.PRIVATE,
        "start_date": SUNDAY,
        "day_of_week": DayOfWeek.SUNDAY,
        "start_time": time(16, 0),
        "end_time": time(17, 30),
        "total_meetings": 10,
    }
    return _a(Cycle, defaults, overrides)


def a_meeting(**overrides: Any) -> Meeting:
    """The first meeting of the default cycle, scheduled.

    Give `cycle_id` and `instructor_id` where those have to exist.
    """
    defaults = {
        "cycle_id": an_id(),
        "instructor_id": an_id(),
        "scheduled_date": SUNDAY,
        "start_time": time(16, 0),
        "end_time": time(17, 30),
        "number": 1,
    }
    return _a(Meeting, defaults, overrides)


def a_registration(**overrides: Any) -> Registration:
    """A live registration; give `student_id` and `cycle_id` where those have to exist."""
    defaults = {"student_id": an_id(), "cycle_id": an_id(), "registration_date": SUNDAY}
    return _a(Registration, defaults, overrides)


def a_payment(**overrides: Any) -> Payment:
    """100.00 that came in for a registration; give `registration_id` where that has to exist.

    A registration's `paid_amount` has to change with it, in the same transaction.
    """
    defaults = {
        "id": an_id(),
        "created_at": MADE,
        "registration_id": an_id(),
        "kind": PaymentKind.PAYMENT,
        "amount": Money.of(100),
        "paid_at": SUNDAY,
    }
    return Payment(**{**defaults, **overrides})


def a_mark(**overrides: Any) -> Mark:
    """A registration's «present»; give `meeting_id` and `registration_id` where those must exist.

    Of a student or a guest, give `student_id` or `guest_name` instead.
    """
    target = {} if {"student_id", "guest_name"} & set(overrides) else {"registration_id": an_id()}
    defaults = {
        "meeting_id": an_id(),
        "status": AttendanceStatus.PRESENT,
        "is_trial": not target,
        "recorded_at": MADE,
    }
    return _a(Mark, {**target, **defaults}, overrides)


def a_zoom_event(**overrides: Any) -> ZoomEvent:
    """A session's end that fits no meeting; give `meeting_id` one that exists."""
    news = {"type": ENDED, "zoom_meeting_id": "98712345678", "session": an_id().hex}
    kept = {"id": an_id(), "created_at": MADE, "digest": an_id().hex}
    return ZoomEvent(**{**news, **kept, **overrides})


def a_lead(**overrides: Any) -> Lead:
    """A new lead with a phone of its own; give `customer_id` where the customer has to exist."""
    defaults = {"name": "דנה כהן", "phone": a_phone(), "received_at": MADE}
    return _a(Lead, {**defaults, "customer_id": an_id()}, overrides)


def a_lead_note(**overrides: Any) -> LeadNote:
    """Somebody's note; give `lead_id` where the lead has to exist."""
    return _a(LeadNote, {"text": "לחזור אחרי החגים", "lead_id": an_id()}, overrides)


def a_saved_view(**overrides: Any) -> SavedView:
    """Somebody's view of the active cycles, by name."""
    defaults = {"name": "פעילים", "entity": Resource.CYCLES, "filters": {"status": "active"}}
    return _a(SavedView, {**defaults, "owner_id": an_id(), "sort_by": "name"}, overrides)


def an_export(**overrides: Any) -> Export:
    """Somebody's question for the year's revenue by month, which waits to be written."""
    defaults = {
        "owner_id": an_id(),
        "report": ReportName.REVENUE,
        "format": ExportFormat.CSV,
        "filters": {"from_day": "2026-01-01", "to_day": "2026-12-31", "revenue_by": "month"},
        "file_name": "הכנסות.csv",
    }
    return _a(Export, defaults, overrides)


def a_user(**overrides: Any) -> User:
    """A manager with an address of their own."""
    defaults = {"email": an_email(), "name": "מיכל לוי", "role": Role.MANAGER}
    return _a(User, defaults, overrides)


def a_login_session(**overrides: Any) -> LoginSession:
    """A session for a month of its own; give `user_id` where the user has to exist."""
    ends = {"expires_at": MADE + timedelta(days=30), "ends_at": MADE + timedelta(days=90)}
    hashes = {"family_hash": an_id().hex, "token_hash": an_id().hex}
    return _a(LoginSession, {**ends, **hashes, "user_id": an_id()}, overrides)


def a_one_time_token(**overrides: Any) -> OneTimeToken:
    """A token that sets a password; give `user_id` where the user has to exist."""
    defaults = {
        "user_id": an_id(),
        "purpose": TokenPurpose.RESET,
        "token_hash": an_id().hex,
        "expires_at": MADE + timedelta(minutes=30),
    }
    return _a(OneTimeToken, defaults, overrides)


def a_key() -> str:
    """A key as its holder has it, that nobody has yet."""
    return written(KeyKind.TEST, f"{next(_numbers):030}")


def an_api_key(*, key: str | None = None, **overrides: Any) -> ApiKey:
    """An API key that reads everything; give `key` to know what opens."""
    key = key or a_key()
    defaults = {"name": "The website", "key_hash": hashed(key), "prefix": prefix_of(key)}
    return _a(ApiKey, defaults, overrides)


def a_webhook(**overrides: Any) -> Webhook:
    """A webhook that is told of everything; its secret is as nobody would seal it."""
    defaults = {
        "url": "https://hooks.example/one",
        "events": ("*",),
        "name": "The website",
        "sealed_secret": f"sealed {an_id().hex}",
    }
    return _a(Webhook, defaults, overrides)


def a_delivery(**overrides: Any) -> Delivery:
    """A delivery that waits; give `webhook_id` and `event_id` where both have to exist."""
    defaults = {"webhook_id": an_id(), "event_id": an_id(), "event_type": "webhook.test"}
    return _a(Delivery, defaults, overrides)


def gone(entity: E, *, at: datetime = MADE, deletion: UUID | None = None) -> E:
    """The same thing, deleted, by an act of deletion of its own unless one is given."""
    return entity.changed(at, deleted_at=at, deletion=DeletionId(deletion or an_id()))


@attrs.frozen(kw_only=True)
class School:
    """One of each, belonging together."""

    user: User
    customer: Customer
    student: Student
    course: Course
    branch: Branch
    closure: Closure
    instructor: Instructor
    time_off: TimeOff
    order: InstitutionalOrder
    cycle: Cycle
    meeting: Meeting
    registration: Registration
    mark: Mark
    login_session: LoginSession
    one_time_token: OneTimeToken
    lead: Lead
    lead_note: LeadNote
    saved_view: SavedView
    api_key: ApiKey
    webhook: Webhook
    export: Export


def a_school() -> School:
    """One of each, belonging together, of the builders' defaults."""
    customer, course, branch = a_customer(), a_course(), a_branch()
    student = a_student(customer_id=customer.id)
    user = a_user(role=Role.INSTRUCTOR)
    instructor = an_instructor(user_id=user.id)
    order = an_order(branch_id=branch.id)
    cycle = a_cycle(
        course_id=course.id,
        branch_id=branch.id,
        instructor_id=instructor.id,
        institutional_order_id=order.id,
    )
    meeting = a_meeting(cycle_id=cycle.id, instructor_id=instructor.id)
    registration = a_registration(student_id=student.id, cycle_id=cycle.id)
    lead = a_lead(customer_id=customer.id, phone=customer.phone)
    return School(
        user=user,
        customer=customer,
        student=student,
        course=course,
        branch=branch,
        closure=a_closure(branch_id=branch.id),
        instructor=instructor,
        time_off=a_time_off(instructor_id=instructor.id),
        order=order,
        cycle=cycle,
        meeting=meeting,
        registration=registration,
        mark=a_mark(meeting_id=meeting.id, registration_id=registration.id, recorded_by_id=user.id),
        login_session=a_login_session(user_id=user.id),
        one_time_token=a_one_time_token(user_id=user.id),
        lead=lead,
        lead_note=a_lead_note(lead_id=lead.id, author_id=user.id, author=user.name),
        saved_view=a_saved_view(owner_id=user.id),
        api_key=an_api_key(),
        webhook=a_webhook(events=("webhook.test",)),
        export=an_export(owner_id=user.id),
    )


_IN_ORDER: Final[Mapping[str, Callable[[Transaction], Any]]] = {
    "user": lambda tx: tx.users,
    "customer": lambda tx: tx.customers,
    "student": lambda tx: tx.students,
    "course": lambda tx: tx.courses,
    "branch": lambda tx: tx.branches,
    "closure": lambda tx: tx.closures,
    "instructor": lambda tx: tx.instructors,
    "time_off": lambda tx: tx.time_off,
    "order": lambda tx: tx.orders,
    "cycle": lambda tx: tx.cycles,
    "meeting": lambda tx: tx.meetings,
    "registration": lambda tx: tx.registrations,
    "mark": lambda tx: tx.attendance,
    "login_session": lambda tx: tx.login_sessions,
    "one_time_token": lambda tx: tx.one_time_tokens,
    "lead": lambda tx: tx.leads,
    "lead_note": lambda tx: tx.lead_notes,
    "saved_view": lambda tx: tx.saved_views,
    "api_key": lambda tx: tx.api_keys,
    "webhook": lambda tx: tx.webhooks,
    "export": lambda tx: tx.exports,
}


async def furnish(
    tx: Transaction, school: School, *, only: Collection[str] = _IN_ORDER.keys()
) -> None:
    """Save a school, or `only` these parts of it, what is referred to before what refers to it."""
    for name, pick in _IN_ORDER.items():
        if name in only:
            await pick(tx).save(Change.created(getattr(school, name)))
