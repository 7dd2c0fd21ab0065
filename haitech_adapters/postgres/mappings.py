"""The resources: one declaration each."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from haitech_adapters.postgres.free_time import FREE_TIME
from haitech_adapters.postgres.mapping import (
    Clause,
    Filter,
    Mapping,
    Undeletable,
    Whether,
    civil_days,
    equals,
    overlapping,
)
from haitech_adapters.postgres.tables import (
    api_keys,
    attendance,
    branches,
    closures,
    courses,
    customers,
    cycles,
    cycles_history,
    institutional_orders,
    instructors,
    instructors_history,
    lead_notes,
    leads,
    login_sessions,
    meetings,
    one_time_tokens,
    payments,
    registrations,
    saved_views,
    students,
    time_off,
    users,
    zoom_events,
)
from haitech_adapters.postgres.tables.teaching import HAS_PLACE
from haitech_domain.api_key import ApiKey
from haitech_domain.attendance import Mark
from haitech_domain.branch import Branch, Closure
from haitech_domain.course import Course
from haitech_domain.customer import Customer
from haitech_domain.cycle import Cycle
from haitech_domain.instructor import Instructor, TimeOff
from haitech_domain.lead import Lead, LeadNote
from haitech_domain.meeting import Meeting
from haitech_domain.order import InstitutionalOrder
from haitech_domain.ports import listings
from haitech_domain.registration import Payment, Registration
from haitech_domain.saved_view import SavedView
from haitech_domain.session import LoginSession, OneTimeToken
from haitech_domain.student import Student
from haitech_domain.user import User
from haitech_domain.zoom import ZoomEvent

Bound = sa.BindParameter[Any]


def _customer_with_live_registration() -> Clause:
    taken = registrations.alias("taken")
    child = students.alias("child")
    return (
        sa.select(sa.literal_column("1"))
        .select_from(child.join(taken, taken.c.student_id == child.c.id))
        .where(child.c.customer_id == customers.c.id, child.c.deleted_at.is_(None))
        .where(taken.c.deleted_at.is_(None), sa.literal_column(f"taken.{HAS_PLACE}", sa.Boolean()))
        .exists()
    )


def _through_cycle(field: str) -> Filter:
    def clause(value: Bound) -> Clause:
        found = cycles.alias("its_cycle")
        return meetings.c.cycle_id.in_(sa.select(found.c.id).where(found.c[field] == value))

    return clause


def _activity(value: Bound) -> Clause:
    """R-PAY-1: a meeting's activity is its own, else its cycle's.

    Half of the cycles have it, so they are a set that is made once: an array would be searched from
    its beginning for each meeting.
    """
    found = cycles.alias("its_cycle")
    inherited = sa.select(found.c.id).where(found.c.activity_type == value)
    return sa.or_(
        meetings.c.activity_type == value,
        sa.and_(meetings.c.activity_type.is_(None), meetings.c.cycle_id.in_(inherited)),
    )


def _of_customer(value: Bound) -> Clause:
    child = students.alias("child")
    of_theirs = sa.select(child.c.id).where(child.c.customer_id == value)
    return registrations.c.student_id.in_(of_theirs)


def _own_cycles(own: Bound) -> sa.Select[Any]:
    mine = cycles.alias("own_cycle")
    return sa.select(mine.c.id).where(mine.c.instructor_id == own, mine.c.deleted_at.is_(None))


def _own_meeting(own: Bound) -> Clause:
    """R-ACC-2: to read a meeting is to be its instructor or its cycle's."""
    return sa.or_(meetings.c.instructor_id == own, meetings.c.cycle_id.in_(_own_cycles(own)))


_ITS_MEETING: Final = meetings.alias("its_meeting")
_ITS_LEAD: Final = leads.alias("its_lead")
_PAID_FOR: Final = registrations.alias("paid_for")


def _in_meetings(*clauses: Clause) -> Clause:
    """R-PPL-4: a mark of a deleted meeting is in no list."""
    live = sa.select(_ITS_MEETING.c.id).where(_ITS_MEETING.c.deleted_at.is_(None), *clauses)
    return attendance.c.meeting_id.in_(live)


def _marks_of_own_meetings(own: Bound) -> Clause:
    """R-ACC-2: whoever reads the meeting reads its marks."""
    own_cycle = _ITS_MEETING.c.cycle_id.in_(_own_cycles(own))
    return _in_meetings(sa.or_(_ITS_MEETING.c.instructor_id == own, own_cycle))


def _marks_of_student(value: Bound) -> Clause:
    """A student's own marks, and those through a registration, deleted or not (R-REG-6)."""
    theirs = registrations.alias("theirs")
    through = sa.func.array(
        sa.select(theirs.c.id).where(theirs.c.student_id == value).scalar_subquery(),
        type_=sa.ARRAY(sa.Uuid()),
    )
    return sa.or_(
        attendance.c.student_id == value, attendance.c.registration_id == sa.any_(through)
    )


def _marks_of_branch(value: Bound) -> Clause:
    """The marks in the meetings of a branch's cycles."""
    there = cycles.alias("its_cycle")
    held = sa.select(there.c.id).where(there.c.branch_id == value)
    return _in_meetings(_ITS_MEETING.c.cycle_id.in_(held))


def _of_live_customer(asked: Any) -> Clause:
    """R-PPL-4: what a deleted customer asked is in no list."""
    whose = customers.alias("whose")
    there = sa.select(whose.c.id).where(whose.c.deleted_at.is_(None))
    return asked.c.customer_id.in_(there)  # type: ignore[no-any-return]  # a table or its alias


def _own_student(own: Bound) -> Clause:
    taken = registrations.alias("taken")
    in_own = sa.select(taken.c.student_id).where(
        taken.c.deleted_at.is_(None), taken.c.cycle_id.in_(_own_cycles(own))
    )
    return students.c.id.in_(in_own)


CUSTOMERS: Final = Mapping(
    what="customer",
    entity=Customer,
    table=customers,
    listing=listings.CUSTOMERS,
    filters={
        **equals(customers, "city"),
        "has_active_registration": Whether(_customer_with_live_registration()),
    },
)
STUDENTS: Final = Mapping(
    what="student",
    entity=Student,
    table=students,
    listing=listings.STUDENTS,
    filters=equals(students, "customer_id", "grade"),
    own=_own_student,
)
COURSES: Final = Mapping(
    what="course",
    entity=Course,
    table=courses,
    listing=listings.COURSES,
    filters=equals(courses, "category", "is_active"),
)
BRANCHES: Final = Mapping(
    what="branch",
    entity=Branch,
    table=branches,
    listing=listings.BRANCHES,
    filters=equals(branches, "type", "city", "is_active"),
)
CLOSURES: Final = Mapping(
    what="closure",
    entity=Closure,
    table=closures,
    listing=listings.CLOSURES,
    filters=equals(closures, "branch_id"),
)
INSTRUCTORS: Final = Mapping(
    what="instructor",
    entity=Instructor,
    table=instructors,
    listing=listings.INSTRUCTORS,
    filters={**equals(instructors, "is_active"), "free": FREE_TIME},
    own=lambda own: instructors.c.id == own,
    history=instructors_history,
)
TIME_OFF: Final = Mapping(
    what="time_off",
    entity=TimeOff,
    table=time_off,
    listing=listings.TIME_OFF,
    filters={
        **equals(time_off, "instructor_id"),
        **overlapping(time_off.c.first_day, time_off.c.last_day),
    },
    own=lambda own: time_off.c.instructor_id == own,
)
ORDERS: Final = Mapping(
    what="institutional_order",
    entity=InstitutionalOrder,
    table=institutional_orders,
    listing=listings.ORDERS,
    filters={
        **equals(institutional_orders, "branch_id", "status"),
        **overlapping(institutional_orders.c.start_date, institutional_orders.c.end_date),
    },
)
CYCLES: Final = Mapping(
    what="cycle",
    entity=Cycle,
    table=cycles,
    listing=listings.CYCLES,
    filters={
        **equals(cycles, "course_id", "branch_id", "instructor_id", "institutional_order_id"),
        **equals(cycles, "type", "status", "day_of_week", "activity_type"),
        **overlapping(cycles.c.start_date, cycles.c.end_date),
    },
    own=lambda own: cycles.c.instructor_id == own,
    history=cycles_history,
)
MEETINGS: Final = Mapping(
    what="meeting",
    entity=Meeting,
    table=meetings,
    listing=listings.MEETINGS,
    filters={
        **equals(meetings, "cycle_id", "instructor_id", "status"),
        **overlapping(meetings.c.scheduled_date, meetings.c.scheduled_date),
        "branch_id": _through_cycle("branch_id"),
        "course_id": _through_cycle("course_id"),
        "activity_type": _activity,
        "date": lambda value: meetings.c.scheduled_date == value,
    },
    own=_own_meeting,
)
REGISTRATIONS: Final = Mapping(
    what="registration",
    entity=Registration,
    table=registrations,
    listing=listings.REGISTRATIONS,
    filters={
        **equals(registrations, "student_id", "cycle_id", "status", "payment_status"),
        **overlapping(registrations.c.registration_date, registrations.c.registration_date),
        "customer_id": _of_customer,
    },
    own=lambda own: registrations.c.cycle_id.in_(_own_cycles(own)),
)
PAYMENTS: Final = Undeletable(
    what="payment",
    entity=Payment,
    table=payments,
    listing=listings.PAYMENTS,
    filters=equals(payments, "registration_id"),
    stands=payments.c.registration_id.in_(
        sa.select(_PAID_FOR.c.id).where(_PAID_FOR.c.deleted_at.is_(None))
    ),
)
"""R-PPL-4: payments of a deleted registration are in no list."""
ZOOM_EVENTS: Final = Undeletable(
    what="zoom_event",
    entity=ZoomEvent,
    table=zoom_events,
    listing=listings.ZOOM_EVENTS,
    filters={
        **equals(zoom_events, "type"),
        "matched": Whether(zoom_events.c.meeting_id.is_not(None)),
    },
)
LEADS: Final = Mapping(
    what="lead",
    entity=Lead,
    table=leads,
    listing=listings.LEADS,
    filters={
        **equals(leads, "status", "source", "customer_id"),
        **civil_days(leads.c.created_at),
    },
    stands=_of_live_customer(leads),
)
LEAD_NOTES: Final = Mapping(
    what="lead_note",
    entity=LeadNote,
    table=lead_notes,
    listing=listings.LEAD_NOTES,
    filters=equals(lead_notes, "lead_id"),
    stands=lead_notes.c.lead_id.in_(
        sa.select(_ITS_LEAD.c.id).where(
            _ITS_LEAD.c.deleted_at.is_(None), _of_live_customer(_ITS_LEAD)
        )
    ),
)
SAVED_VIEWS: Final = Mapping(
    what="saved_view",
    entity=SavedView,
    table=saved_views,
    listing=listings.SAVED_VIEWS,
    filters=equals(saved_views, "entity"),
    own=lambda own: sa.or_(saved_views.c.owner_id == own, saved_views.c.is_public),
)
API_KEYS: Final = Mapping(
    what="api_key",
    entity=ApiKey,
    table=api_keys,
    listing=listings.API_KEYS,
    filters=equals(api_keys, "is_active"),
)
ATTENDANCE: Final = Mapping(
    what="attendance",
    entity=Mark,
    table=attendance,
    listing=listings.ATTENDANCE,
    filters={
        **equals(attendance, "meeting_id", "registration_id", "status", "is_trial"),
        "cycle_id": lambda value: _in_meetings(_ITS_MEETING.c.cycle_id == value),
        "branch_id": _marks_of_branch,
        "student_id": _marks_of_student,
        "from": lambda value: _in_meetings(_ITS_MEETING.c.scheduled_date >= value),
        "to": lambda value: _in_meetings(_ITS_MEETING.c.scheduled_date <= value),
    },
    own=_marks_of_own_meetings,
    stands=_in_meetings(),
)
USERS: Final = Mapping(
    what="user",
    entity=User,
    table=users,
    listing=listings.USERS,
    filters=equals(users, "role", "is_active"),
)
LOGIN_SESSIONS: Final = Mapping(
    what="login_session",
    entity=LoginSession,
    table=login_sessions,
    listing=listings.LOGIN_SESSIONS,
    filters=equals(login_sessions, "user_id"),
)
ONE_TIME_TOKENS: Final = Mapping(
    what="one_time_token",
    entity=OneTimeToken,
    table=one_time_tokens,
    listing=listings.ONE_TIME_TOKENS,
    filters=equals(one_time_tokens, "user_id"),
)

ALL: Final[tuple[Mapping[Any], ...]] = (
    CUSTOMERS,
    STUDENTS,
    COURSES,
    BRANCHES,
    CLOSURES,
    INSTRUCTORS,
    TIME_OFF,
    ORDERS,
    CYCLES,
    MEETINGS,
    REGISTRATIONS,
    ATTENDANCE,
    LEADS,
    LEAD_NOTES,
    SAVED_VIEWS,
    USERS,
    LOGIN_SESSIONS,
    ONE_TIME_TOKENS,
    API_KEYS,
)
"""What has versions and can be deleted."""
