"""Pay, cost and profit of a meeting: pure and explained (R-PAY-1…6)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Final, Self

import attrs

from haitech_domain.cycle import ActivityType, Cycle, PaymentMode
from haitech_domain.explanation import Figure, Line
from haitech_domain.instructor import EmploymentType, Instructor
from haitech_domain.meeting import Meeting, PayBasis, Settlement
from haitech_domain.meeting.daily import carried_elsewhere, outcome
from haitech_domain.money import Money, Net

DEFAULT_EMPLOYER_FACTOR: Final = Decimal("1.30")
"""R-PAY-4: what an employee costs for each shekel of pay, unless a setting says otherwise."""


@attrs.frozen(kw_only=True)
class PayInputs:
    """All that pay and cost depend on.

    Rates are shekels for an hour, `daily_rate` for a day; it is set only where the day pays: a
    daily cycle's own instructor. `carrier` is the meeting that already carries the date's pay.
    """

    activity: ActivityType
    minutes: int
    employment: EmploymentType
    rate_frontal: Money | None = None
    rate_online: Money | None = None
    rate_private: Money | None = None
    daily_rate: Money | None = None
    carrier: Meeting | None = None
    employer_factor: Decimal = attrs.field(
        default=DEFAULT_EMPLOYER_FACTOR, validator=attrs.validators.instance_of(Decimal)
    )

    @classmethod
    def of(
        cls,
        cycle: Cycle,
        meeting: Meeting,
        instructor: Instructor,
        *,
        carrier: Meeting | None = None,
        employer_factor: Decimal = DEFAULT_EMPLOYER_FACTOR,
    ) -> Self:
        """The inputs for one meeting, as they are now."""
        by_day = (
            cycle.instructor_payment_mode is PaymentMode.DAILY
            and meeting.instructor_id == cycle.instructor_id
        )
        return cls(
            activity=meeting.activity_type or cycle.activity_type,
            minutes=meeting.slot.minutes,
            employment=instructor.employment_type,
            rate_frontal=instructor.rate_frontal,
            rate_online=instructor.rate_online,
            rate_private=instructor.rate_private,
            daily_rate=cycle.instructor_daily_rate if by_day else None,
            carrier=carrier,
            employer_factor=employer_factor,
        )

    @property
    def basis(self) -> PayBasis:
        """Whether the day or the hour is paid."""
        return PayBasis.HOURLY if self.daily_rate is None else PayBasis.DAILY


def hourly_rate(inputs: PayInputs) -> tuple[Money | None, str]:
    """R-PAY-1: the rate for the activity, and which of the instructor's rates it is."""
    own = {
        ActivityType.ONLINE: (inputs.rate_online, "online rate"),
        ActivityType.PRIVATE_LESSON: (inputs.rate_private, "private rate"),
    }.get(inputs.activity, (None, ""))
    return own if own[0] is not None else (inputs.rate_frontal, "frontal rate")


def pay_of(inputs: PayInputs) -> Figure[Money]:
    """What the instructor is paid for the meeting.

    >>> inputs = PayInputs(
    ...     activity=ActivityType.FRONTAL,
    ...     minutes=75,
    ...     employment=EmploymentType.EMPLOYEE,
    ...     rate_frontal=Money.of(100),
    ... )
    >>> print(pay_of(inputs))
    75 minutes × 100.00 an hour (frontal rate) = 125.00
    """
    if inputs.daily_rate is not None:
        if inputs.carrier is not None:
            return Figure(Money(0), (carried_elsewhere(inputs.carrier),))
        daily = inputs.daily_rate
        return Figure(daily, (Line(f"daily rate {daily}, once for the date", daily, "R-PAY-3"),))
    rate, name = hourly_rate(inputs)
    if rate is None:
        nothing = f"no rate is set for {inputs.activity} meetings: 0.00"
        return Figure(Money(0), (Line(nothing, Money(0), "R-PAY-1"),))
    paid = Money.rounding(rate.exact * inputs.minutes / 60)
    text = f"{inputs.minutes} minutes × {rate} an hour ({name}) = {paid}"
    line = Line(text, paid, "R-PAY-2", str(inputs.minutes), "minutes", str(rate))
    return Figure(paid, (line,))


def cost_of(payment: Money, inputs: PayInputs) -> Figure[Money]:
    """R-PAY-4: what the business bears for that pay."""
    if inputs.employment is EmploymentType.FREELANCER:
        return Figure(payment, (Line(f"freelancer: cost = pay = {payment}", payment, "R-PAY-4"),))
    cost = Money.rounding(payment.exact * Fraction(inputs.employer_factor))
    text = f"employee: {payment} × {inputs.employer_factor} = {cost}"
    return Figure(
        cost, (Line(text, cost, "R-PAY-4", str(payment), rate=str(inputs.employer_factor)),)
    )


def settled(revenue: Figure[Net], inputs: PayInputs) -> Settlement:
    """All the money of a meeting, with the lines that lead to each figure (R-PAY-5, R-REV-6).

    >>> inputs = PayInputs(
    ...     activity=ActivityType.FRONTAL,
    ...     minutes=75,
    ...     employment=EmploymentType.EMPLOYEE,
    ...     rate_frontal=Money.of(100),
    ... )
    >>> money = settled(Figure(Net.of(546), ()), inputs)
    >>> print(money.instructor_payment, money.employer_cost, money.profit)
    125.00 162.50 383.50
    >>> print(money.explanation[-1])
    profit: 546.00 − 162.50 = 383.50
    """
    payment = pay_of(inputs)
    cost = cost_of(payment.amount, inputs)
    profit = Money(revenue.amount.agorot) - cost.amount
    return Settlement(
        revenue=revenue.amount,
        instructor_payment=payment.amount,
        employer_cost=cost.amount,
        basis=inputs.basis,
        explanation=(
            *revenue.lines,
            *payment.lines,
            *cost.lines,
            outcome(revenue.amount.agorot, cost.amount, profit)[-1],
        ),
    )
