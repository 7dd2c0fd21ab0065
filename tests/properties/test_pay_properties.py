"""R-PAY-1…6 for all rates and durations, against plain Decimal arithmetic."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

from hypothesis import given
from hypothesis import strategies as st

from haitech_domain.cycle import ActivityType
from haitech_domain.explanation import Figure, Line
from haitech_domain.instructor import EmploymentType
from haitech_domain.meeting import PayBasis
from haitech_domain.money import Money, Net
from haitech_domain.pay import PayInputs, settled

WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
AGORA = Decimal("0.01")
maybe_rates = st.none() | st.integers(0, 10**8).map(Money)

any_inputs = st.builds(
    PayInputs,
    activity=st.sampled_from(ActivityType),
    minutes=st.integers(5, 720),
    employment=st.sampled_from(EmploymentType),
    rate_frontal=maybe_rates,
    rate_online=maybe_rates,
    rate_private=maybe_rates,
    daily_rate=maybe_rates,
    employer_factor=st.decimals("0", "3", places=3),
)
revenues = st.integers(0, 10**9).map(Net)


def half_up(amount: Decimal) -> Decimal:
    return WIDE.quantize(amount, AGORA)


def expected_pay(inputs: PayInputs) -> Decimal:
    """R-PAY-1…3 once more, in Decimal."""
    if inputs.daily_rate is not None:
        return inputs.daily_rate.amount
    rate = inputs.rate_frontal
    if inputs.activity is ActivityType.ONLINE and inputs.rate_online is not None:
        rate = inputs.rate_online
    if inputs.activity is ActivityType.PRIVATE_LESSON and inputs.rate_private is not None:
        rate = inputs.rate_private
    if rate is None:
        return Decimal(0)
    return half_up(WIDE.divide(WIDE.multiply(rate.amount, Decimal(inputs.minutes)), Decimal(60)))


@given(inputs=any_inputs, revenue=revenues)
def test_pay_cost_and_profit_equal_an_independent_computation(
    inputs: PayInputs, revenue: Net
) -> None:
    """R-PAY-2: and R-PAY-1, R-PAY-3, R-PAY-4, R-PAY-5."""
    money = settled(Figure(revenue, (Line("x", revenue, "R-REV-5"),)), inputs)
    pay = expected_pay(inputs)
    cost = pay
    if inputs.employment is EmploymentType.EMPLOYEE:
        cost = half_up(WIDE.multiply(pay, inputs.employer_factor))
    assert money.revenue is revenue
    assert money.instructor_payment.amount == pay
    assert money.employer_cost.amount == cost
    assert money.profit.amount == revenue.amount - cost
    assert money.basis is (PayBasis.HOURLY if inputs.daily_rate is None else PayBasis.DAILY)
    by_rule = {line.rule: line.amount for line in money.explanation}
    assert by_rule["R-PAY-4"] == money.employer_cost
    assert by_rule["R-PAY-5"] == money.profit


@given(inputs=any_inputs, revenue=revenues)
def test_pay_and_cost_are_never_negative(inputs: PayInputs, revenue: Net) -> None:
    """R-PAY-6."""
    money = settled(Figure(revenue, ()), inputs)
    assert money.instructor_payment >= Money(0)
    assert money.employer_cost >= Money(0)


@given(inputs=any_inputs)
def test_a_freelancer_costs_what_they_are_paid(inputs: PayInputs) -> None:
    """R-PAY-4."""
    money = settled(Figure(Net(0), ()), inputs)
    if inputs.employment is EmploymentType.FREELANCER:
        assert money.employer_cost == money.instructor_payment
