"""How each rule between fields is broken, by entity and by the rule's own name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from haitech_domain.api_key import ApiKey
from haitech_domain.attendance import Mark
from haitech_domain.branch import Closure
from haitech_domain.cycle import Cycle, CycleType
from haitech_domain.instructor import TimeOff
from haitech_domain.lead import Lead, LeadStatus
from haitech_domain.meeting import Meeting, MeetingStatus
from haitech_domain.money import Money, Net
from haitech_domain.order import InstitutionalOrder


@attrs.frozen
class Broken:
    """Values that do not go together, and the field and reason by which that is told."""

    values: st.SearchStrategy[Mapping[str, Any]]
    field: str
    reason: str
    fields: frozenset[str] = frozenset()
    """Those that have to be given."""

    @classmethod
    def one_of(cls, field: str, reason: str, *values: Mapping[str, Any]) -> Broken:
        """Some of them, the plainest first."""
        return cls(st.sampled_from(values), field, reason, frozenset().union(*values))


_BACKWARDS: Final = {"first_day": date(2026, 1, 2), "last_day": date(2026, 1, 1)}
_DAYS: Final = {"in_order": Broken.one_of("last_day", "date.order", _BACKWARDS)}
_TIMES: Final = Broken.one_of(
    "end_time", "time.order", {"start_time": time(16), "end_time": time(16)}
)
_NOBODY: Final = {"registration_id": None, "student_id": None, "guest_name": None}

BETWEEN: Final[Mapping[type, Mapping[str, Broken]]] = {
    ApiKey: {
        "_overlap_has_an_end": Broken.one_of(
            "previous_until", "value.invalid", {"previous_hash": "a", "previous_until": None}
        )
    },
    Closure: _DAYS,
    TimeOff: _DAYS,
    InstitutionalOrder: {
        "in_order": Broken.one_of(
            "end_date",
            "date.order",
            {"start_date": date(2026, 1, 2), "end_date": date(2026, 1, 1)},
        )
    },
    Lead: {
        "_converted_into_a_student": Broken.one_of(
            "student_id",
            "value.invalid",
            {"status": LeadStatus.CONVERTED, "student_id": None},
        )
    },
    Mark: {
        "one_target": Broken.one_of(
            "guest_name",
            "attendance.one_target",
            {**_NOBODY, "is_trial": True},
        ),
        "trial": Broken.one_of(
            "is_trial", "attendance.trial", {**_NOBODY, "guest_name": "a", "is_trial": False}
        ),
    },
    Cycle: {
        "begins_before_it_ends": Broken.one_of(
            "end_date",
            "date.order",
            {"start_date": date(2026, 1, 2), "given_end_date": date(2026, 1, 1)},
        ),
        "times_make_a_meeting": _TIMES,
        "has_the_price_it_needs": Broken.one_of(
            "meeting_revenue",
            "price.required",
            {"type": CycleType.INSTITUTIONAL_FIXED, "meeting_revenue": None},
        ),
    },
    Meeting: {
        "times_make_a_meeting": _TIMES,
        "has_money_only_when_completed": Broken.one_of(
            "profit",
            "meeting.profit",
            {
                "status": MeetingStatus.COMPLETED,
                "number": 1,
                "revenue": Net(1),
                "instructor_payment": Money(0),
                "employer_cost": Money(0),
                "profit": Money(2),
            },
        ),
        "has_a_number_while_it_teaches": Broken.one_of(
            "number",
            "meeting.number",
            {
                "status": MeetingStatus.SCHEDULED,
                "number": None,
                "revenue": Net(0),
                "instructor_payment": Money(0),
                "employer_cost": Money(0),
                "profit": Money(0),
                "pay_basis": None,
                "explanation": (),
            },
        ),
    },
}
"""A test holds it to the rules that entities mark with `across`."""
