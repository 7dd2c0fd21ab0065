"""A school with many rows of every kind, made to be listed: ties, gaps, odd names, deleted rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from itertools import cycle as around
from typing import Any, Final

import attrs

from haitech_domain.access import Resource, Role
from haitech_domain.api_key import ApiKey
from haitech_domain.attendance import AttendanceStatus, Mark
from haitech_domain.branch import Branch, BranchType, Closure
from haitech_domain.calendar import DayOfWeek
from haitech_domain.change import Change
from haitech_domain.course import Course, CourseCategory
from haitech_domain.customer import Customer
from haitech_domain.cycle import ActivityType, Cycle, CycleStatus, CycleType
from haitech_domain.entity import Entity
from haitech_domain.instructor import Instructor, TimeOff, WeeklyWindows, Window
from haitech_domain.lead import Lead, LeadNote, LeadStatus
from haitech_domain.meeting import Meeting, MeetingStatus
from haitech_domain.money import Money
from haitech_domain.order import InstitutionalOrder
from haitech_domain.order.entity import OrderStatus
from haitech_domain.ports import Transaction
from haitech_domain.registration import Payment, Registration, RegistrationStatus
from haitech_domain.saved_view import SavedView
from haitech_domain.session import LoginSession, OneTimeToken
from haitech_domain.student import Student
from haitech_domain.testing import builders as make
from haitech_domain.user import User

NAMES: Final = (
    "דנה כהן",
    "100% Robotics",
    "snake_case",
    "snakeXcase",
    "back\\slash",
    "רובוטיקה ובינה",
    "robotics",
    "ROBOTICS",
    "כהנא דן",
)
"""Names with the wildcards of LIKE, with their likenesses, and in two alphabets."""
CITIES: Final = ("חיפה", None, "Haifa", "תל אביב")
FIRST: Final = date(2026, 1, 4)
PRICES: Final = (0, 0, 100, 250)
PAID: Final = (0, 100, 250)
"""Prices and payments that meet in every payment status, without a price too."""

WINDOWS: Final = (
    WeeklyWindows(),
    WeeklyWindows.of(
        [
            Window(DayOfWeek.SUNDAY, time(8), time(12)),
            Window(DayOfWeek.SUNDAY, time(12), time(13)),
            Window(DayOfWeek.MONDAY, time(9), time(13)),
        ]
    ),
    WeeklyWindows.of(Window(day, time(10), time(16)) for day in DayOfWeek),
)
"""The usual hours, hours that meetings fill, and hours on every day."""


HIDDEN_WITH: Final = {
    "attendance": ("meeting_id", "meetings"),
    "leads": ("customer_id", "customers"),
    "lead_notes": ("lead_id", "leads"),
}
"""R-PPL-4: rows that are in no list while what they belong to is deleted."""


@attrs.frozen(kw_only=True)
class Population:
    """Rows of every kind; some of each are deleted."""

    users: Sequence[User]
    customers: Sequence[Customer]
    students: Sequence[Student]
    courses: Sequence[Course]
    branches: Sequence[Branch]
    closures: Sequence[Closure]
    instructors: Sequence[Instructor]
    time_off: Sequence[TimeOff]
    orders: Sequence[InstitutionalOrder]
    cycles: Sequence[Cycle]
    meetings: Sequence[Meeting]
    registrations: Sequence[Registration]
    attendance: Sequence[Mark]
    leads: Sequence[Lead]
    lead_notes: Sequence[LeadNote]
    login_sessions: Sequence[LoginSession]
    one_time_tokens: Sequence[OneTimeToken]
    saved_views: Sequence[SavedView]
    api_keys: Sequence[ApiKey]

    def live(self, name: str) -> list[Any]:
        """The rows of a kind that are not deleted, and belong to nothing that hides them."""
        rows = [row for row in getattr(self, name) if row.deleted_at is None]
        if name not in HIDDEN_WITH:
            return rows
        field, parents = HIDDEN_WITH[name]
        there = {parent.id for parent in self.live(parents)}
        return [row for row in rows if getattr(row, field) in there]

    @property
    def payments(self) -> Sequence[Payment]:
        """What makes the registrations paid: an entry of 100.00, and one of the rest."""
        return [
            make.a_payment(registration_id=row.id, amount=part)
            for row in self.registrations
            for part in (Money.of(100), row.paid_amount - Money.of(100))
            if row.paid_amount and part
        ]


async def settle(tx: Transaction, people: Population) -> None:
    """Save everybody and everything, what is referred to first."""
    for attribute in attrs.fields(Population):
        rows: Sequence[Entity] = getattr(people, attribute.name)
        await getattr(tx, attribute.name).save(*map(Change.created, rows))
    await tx.payments.add(*people.payments)


def _when(n: int) -> dict[str, Any]:
    """Moments of making, each shared by two rows."""
    at = make.MADE + timedelta(hours=n // 2)
    return {"created_at": at, "updated_at": at}


def _some_gone(rows: list[Any]) -> list[Any]:
    """Every fifth row deleted."""
    return [make.gone(row) if n % 5 == 4 else row for n, row in enumerate(rows)]


def _target(n: int, registrations: Sequence[Any], students: Sequence[Any]) -> dict[str, Any]:
    """Whom the nth mark is of, never twice in a meeting."""
    turn = n // 12
    if turn < 2:  # of four rounds, two are of registrations
        one = registrations[(n + turn) % len(registrations)]
        return {"registration_id": one.id, "is_trial": n % 4 == 0}
    if turn == 2:
        return {"student_id": students[n % len(students)].id}
    return {"guest_name": NAMES[n % len(NAMES)]}


def a_population() -> Population:
    """The same shape at every call, with ids, phones and emails of its own."""
    users = [
        make.a_user(name=name, role=role, is_active=n % 3 != 0, **_when(n))
        for n, (name, role) in enumerate(zip(NAMES, around(Role), strict=False))
    ]
    customers = [
        make.a_customer(
            name=name,
            city=CITIES[n % len(CITIES)],
            phone=f"050-1234-{n:03}" if n % 2 else make.a_phone(),
            email=make.an_email() if n % 3 else None,
            **_when(n),
        )
        for n, name in enumerate(NAMES)
    ]
    students = [
        make.a_student(
            name=name, customer_id=customers[n % 4].id, grade=("א", "ב", None)[n % 3], **_when(n)
        )
        for n, name in enumerate(NAMES)
    ]
    courses = [
        make.a_course(
            name=name,
            category=category,
            is_active=n % 3 != 0,
            description="לולאות ו%" if n % 2 else None,
            **_when(n),
        )
        for n, (name, category) in enumerate(zip(NAMES, around(CourseCategory), strict=False))
    ]
    branches = [
        make.a_branch(
            name=name,
            type=kind,
            city=CITIES[n % len(CITIES)],
            address=f"רחוב הרצל {n}",
            is_active=n % 3 != 0,
            **_when(n),
        )
        for n, (name, kind) in enumerate(zip(NAMES, around(BranchType), strict=False))
    ]
    instructors = [
        make.an_instructor(name=name, is_active=n % 3 != 0, windows=WINDOWS[n % 3], **_when(n))
        for n, name in enumerate(NAMES)
    ]
    stretches = [(FIRST + timedelta(days=9 * (n % 4)), 10 * (n % 3)) for n in range(9)]
    closures = [
        make.a_closure(
            branch_id=branches[n % 2].id,
            first_day=first,
            last_day=first + timedelta(days=days),
            **_when(n),
        )
        for n, (first, days) in enumerate(stretches)
    ]
    time_off = [
        make.a_time_off(
            instructor_id=instructors[n % 4].id,
            first_day=first - timedelta(days=n % 3),
            last_day=first,
            **_when(n),
        )
        for n, (first, _) in enumerate(stretches)
    ]
    orders = [
        make.an_order(
            branch_id=branches[n % 2].id,
            status=status,
            start_date=first,
            end_date=first + timedelta(days=days),
            **_when(n),
        )
        for n, ((first, days), status) in enumerate(
            zip(stretches, around(OrderStatus), strict=False)
        )
    ]
    cycles = [
        make.a_cycle(
            name=NAMES[n % len(NAMES)],
            course_id=courses[n % 3].id,
            branch_id=branches[n % 2].id,
            instructor_id=instructors[n % 3].id,
            institutional_order_id=orders[n % 2].id if n % 3 else None,
            type=list(CycleType)[n % 3],
            status=list(CycleStatus)[n // 2 % 3],
            day_of_week=list(DayOfWeek)[n % 6],
            activity_type=list(ActivityType)[n // 3 % 3],
            meeting_revenue=Money.of(400),
            price_per_student=Money.of("45.50"),
            start_date=FIRST + timedelta(days=7 * (n % 5)),
            end_date=FIRST + timedelta(days=7 * (n % 5) + 14 * (n % 3)) if n % 4 else None,
            **_when(n),
        )
        for n in range(18)
    ]
    statuses = list(MeetingStatus)
    meetings = [
        make.a_meeting(
            cycle_id=cycles[n % 6].id,
            instructor_id=instructors[n % 4].id,
            number=n + 1,
            scheduled_date=FIRST + timedelta(days=n % 7),
            start_time=time(9 + n % 3),
            end_time=time(13),
            status=statuses[n // 2 % 4],
            activity_type=[None, *ActivityType][n % 4],
            conflict_override=True,
            **_when(n),
        )
        for n in range(36)
    ]
    registrations = [
        make.a_registration(
            student_id=students[n % len(students)].id,
            cycle_id=cycles[n % len(cycles)].id,
            registration_date=FIRST + timedelta(days=n % 7),
            status=list(RegistrationStatus)[n % 5],
            amount=Money.of(PRICES[n % 4]) if n % 4 else None,
            paid_amount=Money.of(PAID[n % 3]),
            **_when(n),
        )
        for n in range(18)
    ]
    attendance = [
        make.a_mark(
            meeting_id=meetings[n % 12].id,
            status=list(AttendanceStatus)[n // 2 % 3],
            **_target(n, registrations, students),
            **_when(n),
        )
        for n in range(48)
    ]
    sources = ("website", None, "טלפון")
    leads = [
        make.a_lead(
            name=name,
            customer_id=customers[n % 5].id,
            child_name=NAMES[-n] if n % 2 else None,
            phone=f"050-1234-{n:03}" if n % 2 else make.a_phone(),
            email=make.an_email() if n % 3 else None,
            source=sources[n % 3],
            status=status,
            student_id=students[n % 3].id if status is LeadStatus.CONVERTED else None,
            created_at=make.MADE + timedelta(days=n // 2),
            updated_at=make.MADE + timedelta(days=n),
        )
        for n, (name, status) in enumerate(zip(NAMES, around(LeadStatus), strict=False))
    ]
    lead_notes = [make.a_lead_note(lead_id=leads[n % 5].id, **_when(n)) for n in range(18)]
    login_sessions = [make.a_login_session(user_id=users[n % 3].id, **_when(n)) for n in range(9)]
    one_time_tokens = [make.a_one_time_token(user_id=users[n % 3].id, **_when(n)) for n in range(9)]
    lists = (Resource.CYCLES, Resource.CUSTOMERS, Resource.ORDERS)
    saved_views = [
        make.a_saved_view(
            name=name,
            owner_id=instructors[n % 4].id,
            entity=lists[n // 2 % 3],
            is_public=n % 3 == 0,
            **_when(n),
        )
        for n, name in enumerate(NAMES)
    ]
    api_keys = [
        make.an_api_key(name=name, is_active=n % 3 != 0, **_when(n)) for n, name in enumerate(NAMES)
    ]
    return Population(
        users=_some_gone(users),
        customers=_some_gone(customers),
        students=_some_gone(students),
        courses=_some_gone(courses),
        branches=_some_gone(branches),
        closures=_some_gone(closures),
        instructors=_some_gone(instructors),
        time_off=_some_gone(time_off),
        orders=_some_gone(orders),
        cycles=_some_gone(cycles),
        meetings=_some_gone(meetings),
        registrations=_some_gone(registrations),
        attendance=_some_gone(attendance),
        leads=_some_gone(leads),
        lead_notes=_some_gone(lead_notes),
        login_sessions=_some_gone(login_sessions),
        one_time_tokens=_some_gone(one_time_tokens),
        saved_views=_some_gone(saved_views),
        api_keys=_some_gone(api_keys),
    )
