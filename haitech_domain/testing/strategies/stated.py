"""What verbs are told besides ids: payments, cancellations, conversions, suppositions, questions."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, TypeVar

from hypothesis import strategies as st

from haitech_domain.calendar import FIRST_DAY, LAST_DAY
from haitech_domain.cycle import CycleStatus
from haitech_domain.export import ReportName
from haitech_domain.money import Money
from haitech_domain.ports import Query
from haitech_domain.registration import (
    PaymentMethod,
    PaymentStatus,
    RegistrationStatus,
    StatedCancellation,
    StatedPayment,
)
from haitech_domain.reports import AttendanceBy, Filters, RevenueBy
from haitech_domain.testing.strategies.calendar import (
    EARLIEST,
    civil_dates,
    date_ranges,
    instants,
    time_slots,
)
from haitech_domain.testing.strategies.making import either, maybe
from haitech_domain.testing.strategies.money import HIGHEST_PRICE, amounts, prices
from haitech_domain.testing.strategies.text import names, texts, web_addresses
from haitech_domain.use_cases.convert_lead import StatedConversion
from haitech_domain.use_cases.export_contents import Question
from haitech_domain.use_cases.meeting_status import Put

T = TypeVar("T")
BORN: Final = civil_dates(EARLIEST, date(2020, 12, 31))
"""Days that are past, whatever the clock shows."""


def _made(
    kind: type[T], fields: dict[str, st.SearchStrategy[Any]], overrides: dict[str, Any]
) -> st.SearchStrategy[T]:
    chosen = {name: either(value) for name, value in overrides.items()}
    return st.builds(kind, **{**fields, **chosen})


def stated_payments(**overrides: Any) -> st.SearchStrategy[StatedPayment]:
    """What a request states of a payment: an amount, or the status of it all, or both."""
    rest = {
        "payment_method": maybe(st.sampled_from(PaymentMethod)),
        "invoice_link": maybe(web_addresses()),
        "paid_at": maybe(civil_dates() | instants()),
    }
    amount = amounts(Money, least=1, most=HIGHEST_PRICE)
    status = st.sampled_from(PaymentStatus)
    by_amount = _made(StatedPayment, {"amount": amount, **rest}, overrides)
    by_status = _made(
        StatedPayment, {"amount": maybe(amount), "payment_status": status, **rest}, overrides
    )
    return by_amount | by_status


def stated_cancellations(**overrides: Any) -> st.SearchStrategy[StatedCancellation]:
    """What a request states of a cancellation: why, and what is paid back."""
    fields = {"reason": maybe(texts(500, lines=True)), "refund_amount": maybe(prices())}
    return _made(StatedCancellation, fields, overrides)


def stated_conversions(**overrides: Any) -> st.SearchStrategy[StatedConversion]:
    """What a request states of a conversion: a new child or a known one, with or without a cycle."""
    new: dict[str, st.SearchStrategy[Any]] = {
        "child_name": maybe(names()),
        "birth_date": maybe(BORN),
        "grade": maybe(texts(50)),
    }
    known: dict[str, st.SearchStrategy[Any]] = {"student_id": st.uuids()}
    registered: dict[str, st.SearchStrategy[Any]] = {
        "cycle_id": st.uuids(),
        "amount": maybe(prices()),
        "registration_status": maybe(st.sampled_from(RegistrationStatus)),
    }
    return st.one_of(
        [
            _made(StatedConversion, {**child, **cycle}, overrides)
            for child in (new, known)
            for cycle in ({}, registered)
        ]
    )


@st.composite
def puts(draw: st.DrawFn, /, **overrides: Any) -> Put:
    """When a postponed meeting is to be held instead; what is None is chosen."""
    slot = draw(maybe(time_slots()))
    fields = {
        "new_date": maybe(civil_dates(FIRST_DAY, LAST_DAY)),
        "new_start_time": st.just(slot and slot.start),
        "new_end_time": st.just(slot and slot.end),
        "allow_conflicts": st.booleans(),
        "allow_no_teaching_day": st.booleans(),
    }
    return draw(_made(Put, fields, overrides))


@st.composite
def report_filters(draw: st.DrawFn, /, **overrides: Any) -> Filters:
    """What a report is narrowed to: days in their order, and ids of anything."""
    days = draw(maybe(date_ranges()))
    ids = ("branch_id", "course_id", "instructor_id", "cycle_id", "student_id")
    fields = {
        "from_day": st.just(days and days.start),
        "to_day": st.just(days and days.end),
        **{name: maybe(st.uuids()) for name in ids},
    }
    return draw(_made(Filters, fields, overrides))


def questions(**overrides: Any) -> st.SearchStrategy[Question]:
    """What a report is asked for a file."""
    fields: dict[str, st.SearchStrategy[Any]] = {
        "report": st.sampled_from(ReportName),
        "filters": report_filters(),
        "revenue_by": st.sampled_from(RevenueBy),
        "attendance_by": st.sampled_from(AttendanceBy),
        "status": maybe(st.sampled_from(CycleStatus)),
        "lines": st.booleans(),
    }
    return _made(Question, fields, overrides)


def queries(**overrides: Any) -> st.SearchStrategy[Query]:
    """What every list can be asked: a page, in the list's own order."""
    fields = {
        "limit": st.integers(1, 100),
        "offset": st.integers(0, 1_000),
        "descending": maybe(st.booleans()),
    }
    return _made(Query, fields, overrides)
