"""How values are broken whose rule is about the whole of them, and which fields others rename."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Final
from uuid import UUID

from haitech_domain.calendar import DateRange, DayOfWeek, TimeSlot
from haitech_domain.instructor import Window
from haitech_domain.lead import Enquiry
from haitech_domain.meeting import Settlement
from haitech_domain.money import MOST, Gross, Money, Net
from haitech_domain.people import Email, Phone
from haitech_domain.ports import Query
from haitech_domain.registration import (
    Payment,
    PaymentKind,
    StatedCancellation,
    StatedPayment,
)
from haitech_domain.reports import Cut, Filters
from haitech_domain.testing.strategies.between import Broken
from haitech_domain.testing.strategies.text import invalid_emails, invalid_phones
from haitech_domain.use_cases.convert_lead import StatedConversion
from haitech_domain.use_cases.day_reading import DayAsked
from haitech_domain.use_cases.export_contents import Question
from haitech_domain.use_cases.meeting_status import Put
from haitech_domain.use_cases.recalculation import Recalculation
from haitech_domain.use_cases.reports import LinesAsked
from haitech_domain.use_cases.supposing import Supposition
from haitech_domain.vat import VatSchedule
from haitech_domain.zoom import ZoomNews

ENFORCED: Final = frozenset(
    {
        Cut,
        DayAsked,
        Enquiry,
        Filters,
        LinesAsked,
        Payment,
        Put,
        Question,
        Recalculation,
        StatedCancellation,
        StatedConversion,
        StatedPayment,
        Supposition,
        ZoomNews,
    }
)
"""The values that put each field through its rule, as entities do."""
RENAMED: Final[Mapping[type, Mapping[str, str]]] = {
    Filters: {"from_day": "from", "to_day": "to"},
}
"""What refusals call some of their fields."""

_TIMES: Final = (
    Broken.one_of("", "time.order", {"start": time(16), "end": time(16)}),
    Broken.one_of("", "time.duration", {"start": time(16), "end": time(16, 4)}),
    Broken.one_of("", "time.duration", {"start": time(8), "end": time(20, 1)}),
    Broken.one_of("", "time.invalid", {"start": time(16, 0, 1), "end": time(17)}),
)
_TOO_MUCH: Final = (
    Broken.one_of("", "money.out_of_range", {"agorot": MOST + 1}, {"agorot": -MOST - 1}),
)
_DAY: Final = date(2026, 1, 1)
_CHILD: Final = {"student_id": UUID(int=1), "child_name": "a", "birth_date": None, "grade": None}

WHOLE: Final[Mapping[type, tuple[Broken, ...]]] = {
    TimeSlot: _TIMES,
    DateRange: (Broken.one_of("", "date.order", {"start": date(2026, 1, 2), "end": _DAY}),),
    Window: (
        Broken.one_of(
            "", "time.order", {"day": DayOfWeek.SUNDAY, "start": time(16), "end": time(16)}
        ),
        Broken.one_of("", "value.unknown", {"day": "someday"}),
        Broken.one_of("", "time.invalid", {"start": "24:00"}),
    ),
    Money: _TOO_MUCH,
    Gross: _TOO_MUCH,
    Net: _TOO_MUCH,
    Phone: (Broken(invalid_phones().map(lambda text: {"e164": text}), "", "phone.invalid"),),
    Email: (Broken(invalid_emails().map(lambda text: {"address": text}), "", "email.invalid"),),
    Settlement: (
        Broken.one_of("", "settlement.negative", {"instructor_payment": Money(-1)}),
        Broken.one_of("", "settlement.negative", {"employer_cost": Money(-1)}),
    ),
    VatSchedule: (
        Broken.one_of("", "vat.order", {"steps": ()}),
        Broken.one_of(
            "", "vat.order", {"steps": ((_DAY, Decimal("0.18")), (_DAY, Decimal("0.17")))}
        ),
        Broken.one_of("", "vat.rate", {"steps": ((_DAY, Decimal(1)),)}),
        Broken.one_of("", "vat.rate", {"steps": ((_DAY, Decimal("-0.01")),)}),
    ),
    Query: (
        Broken.one_of("limit", "value.invalid", {"limit": 0}, {"limit": 101}),
        Broken.one_of("offset", "value.invalid", {"offset": -1}, {"offset": 10_000_001}),
        Broken.one_of("cursor", "cursor.with_offset", {"cursor": "x", "offset": 1}),
    ),
    Payment: (
        Broken.one_of(
            "amount",
            "value.invalid",
            {"kind": PaymentKind.PAYMENT, "amount": Money(0)},
            {"kind": PaymentKind.REFUND, "amount": Money(1)},
        ),
    ),
    Filters: (Broken.one_of("to", "date.order", {"from_day": date(2026, 1, 2), "to_day": _DAY}),),
    Put: (
        Broken.one_of(
            "new_end_time",
            "time.order",
            {"new_start_time": time(16), "new_end_time": time(16)},
        ),
    ),
    StatedPayment: (
        Broken.one_of("amount", "payment.nothing_stated", {"amount": None, "payment_status": None}),
    ),
    StatedConversion: (
        Broken.one_of("child_name", "value.surplus", _CHILD),
        Broken.one_of(
            "amount",
            "value.surplus",
            {"cycle_id": None, "amount": Money(1), "registration_status": None},
        ),
    ),
}
"""By class; `field` is empty where the value is refused as a whole."""
