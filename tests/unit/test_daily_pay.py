"""R-PAY-3: the first completed meeting of a date carries the daily rate, step by step."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import attrs

from haitech_domain.explanation import Line
from haitech_domain.ids import CycleId, InstructorId, MeetingId
from haitech_domain.meeting import (
    Meeting,
    MeetingStatus,
    MeetingUpdated,
    PayBasis,
    Settlement,
    carrier_of,
    carry,
)
from haitech_domain.meeting.entity import NO_MONEY
from haitech_domain.money import Money, Net

AT = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 2, 3, 20, tzinfo=UTC)
DAILY, COST = Money.of("600.00"), Money.of("780.00")


def a_meeting(hour: int, pay: str | None = "0.00", **facts: Any) -> Meeting:
    """A meeting completed on a daily basis with that pay; scheduled for None."""
    money = NO_MONEY
    if pay is not None:
        money = Settlement(
            revenue=Net.of("1000.00"),
            instructor_payment=Money.of(pay),
            employer_cost=COST if Money.of(pay) else Money(0),
            basis=PayBasis.DAILY,
            explanation=(
                Line("revenue", Money(0), "R-REV-5"),
                Line("pay", Money(0), "R-PAY-3"),
                Line("cost", Money(0), "R-PAY-4"),
                Line("profit", Money(0), "R-PAY-5"),
            ),
        )
    given = {
        "id": MeetingId(UUID(int=100 + hour)),
        "cycle_id": CycleId(UUID(int=1)),
        "instructor_id": InstructorId(UUID(int=4)),
        "scheduled_date": date(2026, 2, 3),
        "start_time": time(hour),
        "end_time": time(hour + 1),
        "number": hour,
        "status": MeetingStatus.SCHEDULED if pay is None else MeetingStatus.COMPLETED,
        "created_at": AT,
        "updated_at": AT,
        **money.as_fields(),
    }
    return Meeting(**{**given, **facts})


def pays(*meetings: Meeting) -> list[str]:
    return [str(meeting.instructor_payment) for meeting in meetings]


def test_the_carrier_is_the_paid_one_of_the_day() -> None:
    """R-PAY-3: one completed, live, daily-paid meeting of the date carries the amount."""
    nine, eleven = a_meeting(9, "600.00"), a_meeting(11)
    assert carrier_of([eleven, nine]) is nine
    assert carrier_of([eleven]) is None
    assert carrier_of([a_meeting(9, None), eleven]) is None
    assert carrier_of([attrs.evolve(nine, deleted_at=AT)]) is None
    assert carrier_of([attrs.evolve(nine, pay_basis=PayBasis.HOURLY)]) is None
    assert carrier_of([]) is None


def test_nothing_moves_while_the_first_one_carries() -> None:
    """R-PAY-3: settled already."""
    assert carry([a_meeting(11), a_meeting(9, "600.00")], at=NOW) == []
    assert carry([], at=NOW) == []
    assert carry([], at=NOW, left_by=a_meeting(9, "600.00")) == []
    assert carry([a_meeting(9), a_meeting(11)], at=NOW) == []


def test_the_amount_moves_to_the_meeting_that_is_first_now() -> None:
    """R-PAY-3: in the same transaction, audited; profit follows the cost (R-PAY-5)."""
    nine, eleven = a_meeting(9), a_meeting(11, "600.00")
    first, second = carry([eleven, nine], at=NOW)
    assert (first.before, second.before) == (nine, eleven)
    assert pays(first.after, second.after) == ["600.00", "0.00"]
    assert (first.after.employer_cost, second.after.employer_cost) == (COST, Money(0))
    assert (first.after.profit, second.after.profit) == (
        Money.of("220.00"),
        Money.of("1000.00"),
    )
    assert {first.after.pay_basis, second.after.pay_basis} == {PayBasis.DAILY}
    assert {first.action, second.action} == {"recalculate"}
    for change in (first, second):
        (event,) = change.events
        assert type(event) is MeetingUpdated
        assert {"instructor_payment", "employer_cost", "profit"} <= set(event.fields)
        assert change.after.revenue == Net.of("1000.00")


def test_both_meetings_explain_the_move() -> None:
    """R-REV-6: every result can explain itself, also after the amount moved."""
    first, second = carry([a_meeting(9), a_meeting(11, "600.00")], at=NOW)
    assert [line.text for line in first.after.explanation] == [
        "revenue",
        "daily rate 600.00, carried by the first meeting of the day",
        "employer cost 780.00",
        "profit: 1000.00 − 780.00 = 220.00",
    ]
    assert [line.text for line in second.after.explanation] == [
        "revenue",
        "the daily rate is paid with the meeting at 09:00",
        "employer cost 0.00",
        "profit: 1000.00 − 0.00 = 1000.00",
    ]
    assert [line.rule for line in first.after.explanation] == [
        "R-REV-5",
        "R-PAY-3",
        "R-PAY-4",
        "R-PAY-5",
    ]


def test_the_amount_of_a_reopened_carrier_moves_on() -> None:
    """R-PAY-3: every transition settles the date anew."""
    gone = a_meeting(9, "600.00")
    day = [a_meeting(9, None), a_meeting(13), a_meeting(11)]
    (change,) = carry(day, at=NOW, left_by=gone)
    assert change.before is day[2]
    assert (change.after.instructor_payment, change.after.employer_cost) == (DAILY, COST)


def test_start_goes_before_number() -> None:
    """R-PAY-3: the first by start time, then number."""
    early = a_meeting(9, number=9)
    twin = a_meeting(9, id=MeetingId(UUID(int=7)), number=2)
    late = a_meeting(11, "600.00", number=1)
    first, second = carry([late, early, twin], at=NOW)
    assert first.before is twin
    assert second.before is late


def test_hourly_paid_meetings_take_no_part() -> None:
    """R-PAY-3: a substitute is paid by the hour."""
    substitute = a_meeting(
        8,
        "50.00",
        pay_basis=PayBasis.HOURLY,
        employer_cost=Money.of("50.00"),
        profit=Money.of("950.00"),
    )
    assert carry([substitute, a_meeting(9, "600.00")], at=NOW) == []
