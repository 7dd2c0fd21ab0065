"""The classes whose rules no annotation tells, each with the strategy that was written for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from hypothesis import strategies as st

from haitech_domain.access import Actor, Scopes
from haitech_domain.api_key import ApiKey
from haitech_domain.attendance import Mark, Roll
from haitech_domain.branch import Branch, Closure
from haitech_domain.calendar import DateRange, HolidayCalendar, TeachingDays, TimeSlot
from haitech_domain.change import Change
from haitech_domain.course import Course
from haitech_domain.customer import Customer
from haitech_domain.cycle import Cycle
from haitech_domain.entity import Entity
from haitech_domain.explanation import Line
from haitech_domain.export import Export
from haitech_domain.instructor import Instructor, TimeOff, WeeklyWindows, Window
from haitech_domain.lead import Enquiry, Lead, LeadNote
from haitech_domain.meeting import Meeting, Settlement
from haitech_domain.money import Gross, Money, Net
from haitech_domain.order import InstitutionalOrder
from haitech_domain.people import Email, Phone
from haitech_domain.ports import Listing, Query, listings
from haitech_domain.ports.cursors import Cursors
from haitech_domain.registration import (
    Payment,
    Registration,
    StatedCancellation,
    StatedPayment,
)
from haitech_domain.reports import Filters as ReportFilters
from haitech_domain.saved_view import Filters, SavedView
from haitech_domain.scheduling import Planned
from haitech_domain.session import LoginSession, OneTimeToken
from haitech_domain.student import Student
from haitech_domain.testing.strategies.attendance import marks
from haitech_domain.testing.strategies.calendar import (
    civil_dates,
    date_ranges,
    holiday_calendars,
    teaching_days,
    time_slots,
)
from haitech_domain.testing.strategies.cycles import cycles, payments, registrations
from haitech_domain.testing.strategies.exports import exports
from haitech_domain.testing.strategies.leads import enquiries, lead_notes, leads
from haitech_domain.testing.strategies.meetings import lines, meetings, settlements
from haitech_domain.testing.strategies.money import gross_amounts, money, net_amounts, vat_schedules
from haitech_domain.testing.strategies.people import (
    actors,
    api_keys,
    customers,
    instructors,
    login_sessions,
    one_time_tokens,
    scopes,
    students,
    time_off,
    users,
    weekly_windows,
    windows,
)
from haitech_domain.testing.strategies.places import branches, closures, courses, orders
from haitech_domain.testing.strategies.stated import (
    puts,
    queries,
    questions,
    report_filters,
    stated_cancellations,
    stated_conversions,
    stated_payments,
)
from haitech_domain.testing.strategies.text import emails, phones
from haitech_domain.testing.strategies.views import filters, saved_views
from haitech_domain.testing.strategies.webhooks import own_headers, webhooks
from haitech_domain.use_cases.convert_lead import StatedConversion
from haitech_domain.use_cases.export_contents import Question
from haitech_domain.use_cases.meeting_status import Put
from haitech_domain.user import User
from haitech_domain.vat import VatSchedule
from haitech_domain.webhook import Headers, Webhook


def changes(**overrides: Any) -> st.SearchStrategy[Change[Any]]:
    """Something new, or something changed, of a few kinds of things."""
    things: st.SearchStrategy[Any] = courses(**overrides) | customers(**overrides)
    return things.map(Change.created) | things.map(
        lambda thing: Change.updated(thing, thing.changed(thing.updated_at, name="another"))
    )


def _listings() -> st.SearchStrategy[Listing]:
    known = [found for found in vars(listings).values() if isinstance(found, Listing)]
    return st.sampled_from(known)


def _rolls() -> st.SearchStrategy[Roll]:
    registered = st.lists(registrations(), max_size=3)
    return st.builds(Roll, registrations=registered, marks=st.lists(marks(student_id=st.uuids())))


def _cursors() -> st.SearchStrategy[Cursors]:
    order = st.tuples(st.tuples(st.sampled_from(["name", "created_at"]), st.booleans()))
    return st.builds(Cursors, st.just("course"), st.just(Course), order, queries())


def _planned() -> st.SearchStrategy[Planned]:
    return st.builds(Planned, civil_dates(), st.integers(1, 500))


DECLARED: Final[Mapping[Any, Callable[..., st.SearchStrategy[Any]]]] = {
    Actor: actors,
    ApiKey: api_keys,
    Branch: branches,
    Change: changes,
    Closure: closures,
    Course: courses,
    Cursors: _cursors,
    Customer: customers,
    Cycle: cycles,
    DateRange: date_ranges,
    Email: emails,
    Enquiry: enquiries,
    Entity: courses,
    Export: exports,
    Filters: filters,
    Gross: gross_amounts,
    Headers: own_headers,
    HolidayCalendar: holiday_calendars,
    InstitutionalOrder: orders,
    Instructor: instructors,
    Lead: leads,
    LeadNote: lead_notes,
    Line: lines,
    Listing: _listings,
    LoginSession: login_sessions,
    Mark: marks,
    Meeting: meetings,
    Money: money,
    Net: net_amounts,
    OneTimeToken: one_time_tokens,
    Payment: payments,
    Phone: phones,
    Planned: _planned,
    Put: puts,
    Query: queries,
    Question: questions,
    Registration: registrations,
    ReportFilters: report_filters,
    Roll: _rolls,
    SavedView: saved_views,
    Scopes: scopes,
    Settlement: settlements,
    StatedCancellation: stated_cancellations,
    StatedConversion: stated_conversions,
    StatedPayment: stated_payments,
    Student: students,
    TeachingDays: teaching_days,
    TimeOff: time_off,
    TimeSlot: time_slots,
    User: users,
    VatSchedule: vat_schedules,
    Webhook: webhooks,
    WeeklyWindows: weekly_windows,
    Window: windows,
}
"""By class."""
