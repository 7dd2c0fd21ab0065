"""Cycles of each type, registrations in them, and their payments."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from haitech_domain.calendar import LAST_DAY, DayOfWeek
from haitech_domain.cycle import ActivityType, Cycle, CycleType, PaymentMode
from haitech_domain.money import Money
from haitech_domain.registration import (
    Payment,
    PaymentKind,
    PaymentMethod,
    Registration,
    RegistrationStatus,
)
from haitech_domain.testing.strategies.calendar import (
    civil_dates,
    days_of_week,
    instants,
    time_slots,
)
from haitech_domain.testing.strategies.making import either, entities, maybe
from haitech_domain.testing.strategies.money import HIGHEST_PRICE, amounts, prices
from haitech_domain.testing.strategies.text import names, texts, web_addresses

_SATURDAY = frozenset({DayOfWeek.SATURDAY})


@st.composite
def cycles(draw: st.DrawFn, /, **overrides: Any) -> Cycle:
    """Active cycles of each type without meetings, with the price that the type needs.

    Overriding `type` chooses the price, overriding `start_date` the range of the given end.
    """
    kind: CycleType = draw(either(overrides.pop("type", st.sampled_from(CycleType))))
    start: date = draw(either(overrides.pop("start_date", civil_dates())))
    end = overrides.pop("given_end_date", maybe(civil_dates(start, LAST_DAY)))
    given_end = draw(either(end))
    slot = draw(time_slots())
    fixed = kind is CycleType.INSTITUTIONAL_FIXED
    per_child = kind is CycleType.INSTITUTIONAL_PER_CHILD
    fields = {
        "id": st.uuids(),
        "name": names(),
        "course_id": st.uuids(),
        "branch_id": st.uuids(),
        "instructor_id": st.uuids(),
        "type": st.just(kind),
        "start_date": st.just(start),
        "given_end_date": st.just(given_end),
        "end_date": st.just(given_end),
        "day_of_week": days_of_week(rest=_SATURDAY),
        "start_time": st.just(slot.start),
        "end_time": st.just(slot.end),
        "total_meetings": st.integers(1, 500),
        "meeting_revenue": prices() if fixed else maybe(prices()),
        "price_per_student": prices() if per_child else maybe(prices()),
        "default_registration_amount": maybe(prices()),
        "revenue_includes_vat": maybe(st.booleans()),
        "instructor_payment_mode": st.sampled_from(PaymentMode),
        "instructor_daily_rate": maybe(prices()),
        "student_count": maybe(st.integers(0, 10_000)),
        "max_students": maybe(st.integers(1, 10_000)),
        "send_parent_reminders": st.booleans(),
        "activity_type": st.sampled_from(ActivityType),
        "location": maybe(texts(500)),
        "zoom_meeting_id": maybe(texts(100)),
        "zoom_join_url": maybe(web_addresses()),
        "notes": maybe(texts(10_000, lines=True)),
    }
    return draw(entities(Cycle, fields, overrides))


@st.composite
def registrations(draw: st.DrawFn, /, **overrides: Any) -> Registration:
    """Registrations of each status; cancelled ones with date and reason."""
    status: RegistrationStatus = draw(
        either(overrides.pop("status", st.sampled_from(RegistrationStatus)))
    )
    day = civil_dates()
    cancelled = status is RegistrationStatus.CANCELLED
    fields = {
        "id": st.uuids(),
        "student_id": st.uuids(),
        "cycle_id": st.uuids(),
        "registration_date": day,
        "status": st.just(status),
        "amount": maybe(prices()),
        "payment_method": maybe(st.sampled_from(PaymentMethod)),
        "invoice_link": maybe(web_addresses()),
        "notes": maybe(texts(10_000, lines=True)),
        "cancellation_date": day if cancelled else st.none(),
        "cancellation_reason": maybe(texts(500)) if cancelled else st.none(),
        "paid_amount": st.just(Money(0)) | prices(),
        "refund_amount": maybe(prices()) if cancelled else st.none(),
    }
    return draw(entities(Registration, fields, overrides))


@st.composite
def payments(draw: st.DrawFn, /, **overrides: Any) -> Payment:
    """Entries of a ledger: what came in, and what went back.

    Overriding `kind` chooses the sign of the amount.
    """
    kind: PaymentKind = draw(either(overrides.pop("kind", st.sampled_from(PaymentKind))))
    amount = amounts(Money, least=1, most=HIGHEST_PRICE)
    fields = {
        "id": st.uuids(),
        "created_at": instants(),
        "registration_id": st.uuids(),
        "kind": st.just(kind),
        "amount": amount.map(Money.__neg__) if kind is PaymentKind.REFUND else amount,
        "paid_at": civil_dates(),
        "method": maybe(st.sampled_from(PaymentMethod)),
        "invoice_link": maybe(web_addresses()),
        "recorded_by_id": maybe(st.uuids()),
    }
    given = {name: either(value) for name, value in overrides.items()}
    return draw(st.builds(Payment, **{**fields, **given}))
