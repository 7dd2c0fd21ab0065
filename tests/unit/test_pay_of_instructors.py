"""R-PAY-1…6: pay, cost and profit, every worked example with its exact figures."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from haitech_domain.calendar import DayOfWeek
from haitech_domain.cycle import ActivityType, Cycle, CycleType, PaymentMode
from haitech_domain.explanation import Figure, Line
from haitech_domain.ids import BranchId, CourseId, CycleId, InstructorId, MeetingId
from haitech_domain.instructor import EmploymentType, Instructor
from haitech_domain.meeting import Meeting, PayBasis, Settlement
from haitech_domain.money import Money, Net
from haitech_domain.pay import DEFAULT_EMPLOYER_FACTOR, PayInputs, hourly_rate, pay_of, settled

AT = datetime(2026, 1, 1, tzinfo=UTC)
DAY = date(2026, 2, 3)
OWN, SUBSTITUTE = InstructorId(UUID(int=4)), InstructorId(UUID(int=5))
FREELANCER, EMPLOYEE = EmploymentType.FREELANCER, EmploymentType.EMPLOYEE
EARNED = Figure(
    Net.of("500.00"), (Line("revenue per meeting 500.00", Money.of("500.00"), "R-REV-5"),)
)


def inputs(**facts: Any) -> PayInputs:
    given = {"activity": ActivityType.FRONTAL, "minutes": 60, "employment": FREELANCER}
    return PayInputs(**{**given, **facts})


def a_cycle(**facts: Any) -> Cycle:
    given = {
        "id": CycleId(UUID(int=1)),
        "name": "Robots",
        "course_id": CourseId(UUID(int=2)),
        "branch_id": BranchId(UUID(int=3)),
        "instructor_id": OWN,
        "type": CycleType.PRIVATE,
        "start_date": DAY,
        "day_of_week": DayOfWeek.TUESDAY,
        "start_time": time(16),
        "end_time": time(17, 30),
        "total_meetings": 10,
        "created_at": AT,
        "updated_at": AT,
    }
    return Cycle(**{**given, **facts})


def a_meeting(**facts: Any) -> Meeting:
    given = {
        "id": MeetingId(UUID(int=50)),
        "cycle_id": CycleId(UUID(int=1)),
        "instructor_id": OWN,
        "scheduled_date": DAY,
        "start_time": time(16),
        "end_time": time(17, 30),
        "number": 3,
        "created_at": AT,
        "updated_at": AT,
    }
    return Meeting(**{**given, **facts})


def an_instructor(**facts: Any) -> Instructor:
    given = {"id": OWN, "name": "Dana", "created_at": AT, "updated_at": AT}
    return Instructor(**{**given, **facts})


# --- worked examples -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "minutes", "employment", "payment", "cost"),
    [
        ("150.00", 90, FREELANCER, "225.00", "225.00"),
        ("100.00", 75, EMPLOYEE, "125.00", "162.50"),
        ("101.00", 50, FREELANCER, "84.17", "84.17"),
    ],
)
def test_an_hour_is_paid_by_the_minute(
    rate: str, minutes: int, employment: EmploymentType, payment: str, cost: str
) -> None:
    """R-PAY-2: and R-PAY-4: 150/h × 90 → 225.00; 100/h × 75, employee → 125.00, cost 162.50."""
    money = settled(
        EARNED, inputs(rate_frontal=Money.of(rate), minutes=minutes, employment=employment)
    )
    assert (str(money.instructor_payment), str(money.employer_cost)) == (payment, cost)
    assert money.basis is PayBasis.HOURLY
    assert money.profit == Money.of("500.00") - Money.of(cost)


def test_a_daily_rate_is_paid_once_for_three_meetings() -> None:
    """R-PAY-3: daily 600.00 with three meetings that day → 600.00, 0, 0."""
    carrier: Meeting | None = None
    paid = []
    for hour in (9, 11, 13):
        given = inputs(daily_rate=Money.of("600.00"), carrier=carrier)
        paid.append(str(pay_of(given).amount))
        carrier = carrier or a_meeting(start_time=time(hour), end_time=time(hour + 1))
    assert paid == ["600.00", "0.00", "0.00"]


# --- rates ---------------------------------------------------------------------------------

ONLINE, PRIVATE, FRONTAL = (
    ActivityType.ONLINE,
    ActivityType.PRIVATE_LESSON,
    ActivityType.FRONTAL,
)


@pytest.mark.parametrize(
    ("activity", "rates", "rate", "name"),
    [
        (ONLINE, {"frontal": 100, "online": 80, "private": 90}, 80, "online rate"),
        (ONLINE, {"frontal": 100, "private": 90}, 100, "frontal rate"),
        (ONLINE, {"frontal": 100, "online": 0}, 0, "online rate"),
        (PRIVATE, {"frontal": 100, "online": 80, "private": 90}, 90, "private rate"),
        (PRIVATE, {"frontal": 100, "online": 80}, 100, "frontal rate"),
        (FRONTAL, {"frontal": 100, "online": 80, "private": 90}, 100, "frontal rate"),
        (FRONTAL, {"online": 80, "private": 90}, None, "frontal rate"),
        (PRIVATE, {"online": 80}, None, "frontal rate"),
        (ONLINE, {}, None, "frontal rate"),
    ],
)
def test_the_activity_picks_the_rate_and_falls_back_to_the_frontal_one(
    activity: ActivityType, rates: dict[str, int], rate: int | None, name: str
) -> None:
    """R-PAY-1: online → online rate, else frontal; private lesson → private, else frontal."""
    given = inputs(
        activity=activity, **{f"rate_{kind}": Money.of(value) for kind, value in rates.items()}
    )
    assert hourly_rate(given) == (None if rate is None else Money.of(rate), name)


@pytest.mark.parametrize("activity", ActivityType)
def test_no_rate_pays_nothing_and_says_so(activity: ActivityType) -> None:
    """R-PAY-1: none set → 0, and the explanation says so."""
    figure = pay_of(inputs(activity=activity))
    assert figure.amount == Money(0)
    assert str(figure) == f"no rate is set for {activity.value} meetings: 0.00"
    assert figure.lines[0].rule == "R-PAY-1"


def test_hourly_pay_explains_itself() -> None:
    """R-PAY-2: pay = rate × minutes / 60."""
    (line,) = pay_of(inputs(rate_frontal=Money.of("101.00"), minutes=50)).lines
    assert line.text == "50 minutes × 101.00 an hour (frontal rate) = 84.17"
    assert (line.quantity, line.unit, line.rate, line.rule) == (
        "50",
        "minutes",
        "101.00",
        "R-PAY-2",
    )


def test_the_meetings_own_activity_goes_before_the_cycles() -> None:
    """R-PAY-1: activity of a meeting: its own, else the cycle's."""
    cycle = a_cycle(activity_type=ActivityType.ONLINE)
    teacher = an_instructor()
    assert PayInputs.of(cycle, a_meeting(), teacher).activity is ActivityType.ONLINE
    private = a_meeting(activity_type=ActivityType.PRIVATE_LESSON)
    assert PayInputs.of(cycle, private, teacher).activity is ActivityType.PRIVATE_LESSON


def test_inputs_are_taken_from_meeting_and_instructor() -> None:
    """R-PAY-2: minutes are those of the meeting, rates those of its instructor."""
    teacher = an_instructor(
        rate_frontal="1.00",
        rate_online="2.00",
        rate_private="3.00",
        employment_type=EMPLOYEE,
    )
    other = a_meeting(id=MeetingId(UUID(int=51)))
    taken = PayInputs.of(
        a_cycle(instructor_daily_rate="600.00"),
        a_meeting(end_time=time(16, 45)),
        teacher,
        carrier=other,
        employer_factor=Decimal("1.5"),
    )
    assert taken == PayInputs(
        activity=ActivityType.FRONTAL,
        minutes=45,
        employment=EMPLOYEE,
        rate_frontal=Money.of("1.00"),
        rate_online=Money.of("2.00"),
        rate_private=Money.of("3.00"),
        daily_rate=None,
        carrier=other,
        employer_factor=Decimal("1.5"),
    )
    assert taken.basis is PayBasis.HOURLY
    assert PayInputs.of(a_cycle(), a_meeting(), teacher).employer_factor == Decimal("1.30")
    assert Decimal("1.30") == DEFAULT_EMPLOYER_FACTOR


@pytest.mark.parametrize(
    ("mode", "rate", "teacher", "by_day"),
    [
        (PaymentMode.DAILY, "600.00", OWN, True),
        (PaymentMode.DAILY, "600.00", SUBSTITUTE, False),
        (PaymentMode.DAILY, None, OWN, False),
        (PaymentMode.HOURLY, "600.00", OWN, False),
    ],
)
def test_only_the_cycles_own_instructor_is_paid_by_the_day(
    *, mode: PaymentMode, rate: str | None, teacher: InstructorId, by_day: bool
) -> None:
    """R-PAY-3: daily mode and a daily rate; a substitute is paid by the hour."""
    cycle = a_cycle(instructor_payment_mode=mode, instructor_daily_rate=rate)
    taken = PayInputs.of(
        cycle, a_meeting(instructor_id=teacher), an_instructor(id=teacher, rate_frontal="100.00")
    )
    assert taken.basis is (PayBasis.DAILY if by_day else PayBasis.HOURLY)
    assert pay_of(taken).amount == Money.of("600.00" if by_day else "150.00")


def test_daily_pay_explains_itself() -> None:
    """R-PAY-3: the one that carries says so, the others say which one does."""
    carrying = pay_of(inputs(daily_rate=Money.of("600.00")))
    assert str(carrying) == "daily rate 600.00, once for the date"
    carried = pay_of(inputs(daily_rate=Money.of("600.00"), carrier=a_meeting()))
    assert str(carried) == "the daily rate is paid with the meeting at 16:00"
    assert {carrying.lines[0].rule, carried.lines[0].rule} == {"R-PAY-3"}


# --- cost and profit -----------------------------------------------------------------------


def test_an_employee_costs_the_factor_in_both_modes() -> None:
    """R-PAY-4: rounded pay × factor; for a freelancer the pay itself; in both modes."""
    daily = {"daily_rate": Money.of("600.00")}
    assert settled(EARNED, inputs(**daily, employment=EMPLOYEE)).employer_cost == Money.of("780.00")
    assert settled(EARNED, inputs(**daily)).employer_cost == Money.of("600.00")
    raised = inputs(
        rate_frontal=Money.of("100.00"), employment=EMPLOYEE, employer_factor=Decimal("1.255")
    )
    assert settled(EARNED, raised).employer_cost == Money.of("125.50")


def test_the_cost_is_taken_of_the_rounded_pay() -> None:
    """R-PAY-4: rounded pay × factor: 0.10/h × 3 minutes = 0.005 → 0.01, × 1.50 = 0.02."""
    money = settled(
        EARNED,
        inputs(
            rate_frontal=Money.of("0.10"),
            minutes=3,
            employment=EMPLOYEE,
            employer_factor=Decimal("1.50"),
        ),
    )
    assert (money.instructor_payment, money.employer_cost) == (Money(1), Money(2))


def test_a_settlement_explains_every_figure() -> None:
    """R-REV-6: and R-PAY-5: revenue, pay, cost and profit, line by line."""
    employee = settled(
        EARNED, inputs(rate_frontal=Money.of("100.00"), minutes=75, employment=EMPLOYEE)
    )
    assert [line.text for line in employee.explanation] == [
        "revenue per meeting 500.00",
        "75 minutes × 100.00 an hour (frontal rate) = 125.00",
        "employee: 125.00 × 1.30 = 162.50",
        "profit: 500.00 − 162.50 = 337.50",
    ]
    assert [line.rule for line in employee.explanation] == [
        "R-REV-5",
        "R-PAY-2",
        "R-PAY-4",
        "R-PAY-5",
    ]
    assert [line.amount for line in employee.explanation[2:]] == [
        Money.of("162.50"),
        Money.of("337.50"),
    ]
    assert (employee.explanation[2].quantity, employee.explanation[2].rate) == ("125.00", "1.30")
    freelancer = settled(EARNED, inputs(rate_frontal=Money.of("100.00")))
    assert freelancer.explanation[2].text == "freelancer: cost = pay = 100.00"
    assert freelancer.revenue == Net.of("500.00")


def test_profit_may_be_a_loss() -> None:
    """R-PAY-5: profit = revenue − employer cost, below zero where the cost is higher."""
    money = settled(Figure(Net(0), ()), inputs(rate_frontal=Money.of("100.00")))
    assert money.profit == Money.of("-100.00")


@pytest.mark.parametrize("field", ["instructor_payment", "employer_cost"])
def test_pay_and_cost_below_zero_cannot_be_made(field: str) -> None:
    """R-PAY-6: pay and cost are never negative."""
    below: dict[str, Any] = {field: Money(-1)}
    with pytest.raises(ValueError, match=r"^pay and cost are never negative$"):
        Settlement(**below)
    zero: dict[str, Any] = {field: Money(0)}
    assert Settlement(**zero) == Settlement()


def test_a_factor_below_zero_is_refused() -> None:
    """R-PAY-6: a wrong setting cannot make a negative cost."""
    wrong = inputs(rate_frontal=Money.of("1.00"), employment=EMPLOYEE, employer_factor=Decimal(-1))
    with pytest.raises(ValueError, match="never negative"):
        settled(EARNED, wrong)
