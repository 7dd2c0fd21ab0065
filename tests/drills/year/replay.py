"""The money of each completion, reckoned again from what the audit log says stood then.

The log is read in the order of writing; a cycle's lock makes that the order of what is done to
the cycle, its meetings and its registrations. Reckoning is the paper school's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import attrs

from haitech_domain.calendar import DayOfWeek
from haitech_domain.cycle import ActivityType, CycleType, PaymentMode
from haitech_domain.instructor import EmploymentType
from haitech_domain.meeting import MeetingNature, MeetingStatus
from haitech_domain.registration import RegistrationStatus
from haitech_domain.testing.machine.paper import (
    PaperCycle,
    PaperInstructor,
    PaperMeeting,
    PaperRegistration,
    PaperSchool,
)
from haitech_domain.testing.machine.paper.money import reckon

Facts = dict[str, Any]


def replayed_money(
    log: Iterable[Mapping[str, Any]], factor: Decimal
) -> tuple[int, list[tuple[Any, ...]]]:
    """How many completions and recalculations were reckoned again, and those that differ."""
    books = _Books(Fraction(factor))
    tried, wrong = 0, []
    for entry in log:
        facts = books.written(entry)
        if entry["entity"] != "meeting" or entry["action"] not in {"complete", "recalculate"}:
            continue
        tried += 1
        found = tuple(
            _agorot(facts.get(f)) for f in ("revenue", "instructor_payment", "employer_cost")
        )
        expected = books.reckoned(facts)
        by_day = facts.get("pay_basis") == "daily"
        # who carries a day's pay is asked of the rows; a day that moved changed no revenue
        moved = by_day and entry["action"] == "recalculate" and "revenue" not in entry["new"]
        if not moved and (found[:1] if by_day else found) != (expected[:1] if by_day else expected):
            wrong.append((entry["entity_id"], entry["action"], found, expected))
    return tried, wrong


@attrs.define
class _Books:
    """What stands in the log so far; the registrations of each cycle by themselves."""

    factor: Fraction
    facts: dict[UUID, Facts] = attrs.field(factory=dict)
    members: dict[str, dict[UUID, Facts]] = attrs.field(factory=dict)

    def written(self, entry: Mapping[str, Any]) -> Facts:
        """One more row; all that is known of its thing."""
        id = entry["entity_id"]
        facts = self.facts.setdefault(id, {"id": id})
        facts.update(entry["new"])
        if entry["entity"] == "registration":
            self.members.setdefault(facts["cycle_id"], {})[id] = facts
        return facts

    def reckoned(self, meeting: Facts) -> tuple[int, int, int]:
        """Revenue, pay and cost by all that stands now."""
        cycle = _cycle(self.facts[UUID(meeting["cycle_id"])])
        who = _instructor(self.facts[UUID(meeting["instructor_id"])])
        school = PaperSchool(
            now=datetime.combine(cycle.start_date, time()),
            closed=lambda _: False,
            employer_factor=self.factor,
            instructors={who.id: who},
            registrations={
                id: _registration(facts, cycle)
                for id, facts in self.members.get(meeting["cycle_id"], {}).items()
            },
        )
        paper = _meeting(meeting, cycle, who)
        reckon(school, cycle, paper)
        return paper.revenue, paper.pay, paper.cost


def _agorot(amount: str | None) -> int:
    return 0 if amount is None else int(Decimal(amount) * 100)


def _price(amount: str | None) -> int | None:
    return None if amount is None else _agorot(amount)


def _gone(facts: Facts) -> int | None:
    return None if facts.get("deleted_at") is None else 1


def _cycle(facts: Facts) -> PaperCycle:
    return PaperCycle(
        id=facts["id"],
        instructor=UUID(facts["instructor_id"]),
        type=CycleType(facts["type"]),
        start_date=date.fromisoformat(facts["start_date"]),
        weekday=DayOfWeek(facts["day_of_week"]),
        start=time.fromisoformat(facts["start_time"]),
        end=time.fromisoformat(facts["end_time"]),
        total=facts["total_meetings"],
        price_per_student=_price(facts.get("price_per_student")),
        meeting_revenue=_price(facts.get("meeting_revenue")),
        includes_vat=facts.get("revenue_includes_vat"),
        mode=PaymentMode(facts["instructor_payment_mode"]),
        daily_rate=_price(facts.get("instructor_daily_rate")),
        student_count=facts.get("student_count"),
        activity=ActivityType(facts["activity_type"]),
    )


def _instructor(facts: Facts) -> PaperInstructor:
    return PaperInstructor(
        id=facts["id"],
        employment=EmploymentType(facts["employment_type"]),
        frontal=_price(facts.get("rate_frontal")),
        online=_price(facts.get("rate_online")),
        private=_price(facts.get("rate_private")),
    )


def _registration(facts: Facts, cycle: PaperCycle) -> PaperRegistration:
    return PaperRegistration(
        id=facts["id"],
        gone=_gone(facts),
        student=UUID(facts["student_id"]),
        cycle=cycle.id,
        status=RegistrationStatus(facts["status"]),
        amount=_price(facts.get("amount")),
    )


def _meeting(facts: Facts, cycle: PaperCycle, who: PaperInstructor) -> PaperMeeting:
    activity = facts.get("activity_type")
    return PaperMeeting(
        id=facts["id"],
        cycle=cycle.id,
        instructor=who.id,
        day=date.fromisoformat(facts["scheduled_date"]),
        start=time.fromisoformat(facts["start_time"]),
        end=time.fromisoformat(facts["end_time"]),
        number=facts["number"],
        status=MeetingStatus.COMPLETED,
        nature=MeetingNature(facts["nature"]),
        activity=None if activity is None else ActivityType(activity),
    )
