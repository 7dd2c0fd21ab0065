"""Courses, branches with their closures, institutional orders."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from haitech_domain.branch import Branch, BranchType, Closure
from haitech_domain.course import Course, CourseCategory
from haitech_domain.order import InstitutionalOrder
from haitech_domain.order.entity import OrderStatus
from haitech_domain.testing.strategies.calendar import civil_dates, date_ranges, reasons
from haitech_domain.testing.strategies.making import either, entities, maybe
from haitech_domain.testing.strategies.money import prices
from haitech_domain.testing.strategies.text import emails, names, phones, texts


def courses(**overrides: Any) -> st.SearchStrategy[Course]:
    """Courses of each category."""
    fields = {
        "id": st.uuids(),
        "name": names(),
        "category": st.sampled_from(CourseCategory),
        "description": maybe(texts(10_000, lines=True)),
        "target_audience": maybe(texts(500)),
        "is_active": st.booleans(),
    }
    return entities(Course, fields, overrides)


def branches(**overrides: Any) -> st.SearchStrategy[Branch]:
    """Branches of each type."""
    fields = {
        "id": st.uuids(),
        "name": names(),
        "type": st.sampled_from(BranchType),
        "address": maybe(texts(500)),
        "city": maybe(names()),
        "contact_name": maybe(names()),
        "contact_phone": maybe(phones()),
        "contact_email": maybe(emails()),
        "is_active": st.booleans(),
    }
    return entities(Branch, fields, overrides)


@st.composite
def closures(draw: st.DrawFn, /, **overrides: Any) -> Closure:
    """Closures of one to 61 days."""
    days = draw(date_ranges())
    fields = {
        "id": st.uuids(),
        "branch_id": st.uuids(),
        "first_day": either(days.start),
        "last_day": either(days.end),
        "why": reasons() | texts(500),
    }
    return draw(entities(Closure, fields, overrides))


@st.composite
def orders(draw: st.DrawFn, /, **overrides: Any) -> InstitutionalOrder:
    """Institutional orders of each status, of one day to a year."""
    days = draw(date_ranges(longest=365))
    fields = {
        "id": st.uuids(),
        "branch_id": st.uuids(),
        "order_number": texts(100),
        "order_date": civil_dates(),
        "start_date": either(days.start),
        "end_date": either(days.end),
        "price_per_meeting": maybe(prices()),
        "estimated_meetings": maybe(st.integers(0, 10_000)),
        "contact_name": maybe(names()),
        "contact_phone": maybe(phones()),
        "contact_email": maybe(emails()),
        "notes": maybe(texts(10_000, lines=True)),
        "status": st.sampled_from(OrderStatus),
    }
    return draw(entities(InstitutionalOrder, fields, overrides))
