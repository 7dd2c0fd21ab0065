"""R-MONEY-1…6 for all amounts, against independent computations with Decimal."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haitech_domain.errors import BadValue
from haitech_domain.money import MOST, Gross, Money, Net, allocate, allocated
from haitech_domain.vat import ISRAEL, VatSchedule

WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
AGORA = Decimal("0.01")
FIRST_RATE = date(2013, 6, 2)

agorot = st.integers(-MOST, MOST)
kinds = st.sampled_from([Money, Gross, Net])
rates = st.decimals("0", "0.99", places=4)


def half_up(amount: Decimal) -> Decimal:
    with localcontext(WIDE):
        return amount.quantize(AGORA)


@given(total=agorot, shares=st.integers(1, 500), kind=kinds)
def test_a_split_loses_and_invents_nothing(total: int, shares: int, kind: type[Money]) -> None:
    """R-MONEY-3: n shares that sum to the total, differ by at most 0.01, larger first."""
    parts = allocate(kind(total), shares)
    assert len(parts) == shares
    assert kind.total(parts) == kind(total)
    assert parts == sorted(parts, reverse=True)
    assert parts[0].agorot - parts[-1].agorot <= 1
    assert {type(part) for part in parts} == {kind}
    assert parts == [allocated(kind(total), shares, k) for k in range(1, shares + 1)]


@given(st.fractions(-(10**9), 10**9, max_denominator=10**6))
def test_rounding_is_that_of_decimals_half_up(exact: Fraction) -> None:
    """R-MONEY-2: half up to the agora."""
    with localcontext(Context(prec=200, rounding=ROUND_HALF_UP)):
        expected = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(AGORA)
    assert Money.rounding(exact).amount == expected


@given(st.decimals(-(10**9), 10**9, places=3))
def test_an_exact_half_agora_rounds_up(amount: Decimal) -> None:
    """R-MONEY-2: also on the ties, which random fractions seldom meet."""
    assert Money.rounding(Fraction(amount)).amount == half_up(amount)


@given(gross=st.integers(0, 10**12), rate=rates)
def test_net_is_gross_less_vat_rounded_once(gross: int, rate: Decimal) -> None:
    """R-MONEY-4: net = round(gross / (1 + rate))."""
    with localcontext(WIDE):
        expected = (Decimal(gross).scaleb(-2) / (1 + rate)).quantize(AGORA)
    net = Gross(gross).net(Fraction(rate))
    assert type(net) is Net
    assert net.amount == expected
    assert Net(0) <= net <= Net(gross)


@given(gross=st.integers(0, 10**12), day=st.dates(FIRST_RATE, date(2100, 12, 31)))
def test_the_law_decides_the_rate_of_every_date(gross: int, day: date) -> None:
    """R-MONEY-4: the rate is that of the date, by a plain reading of the law."""
    rate = Decimal("0.17") if date(2015, 10, 1) <= day < date(2025, 1, 1) else Decimal("0.18")
    assert ISRAEL.rate_on(day) == rate
    net = ISRAEL.net(Money(gross), includes_vat=True, on=day)
    assert net.amount == half_up(WIDE.divide(Decimal(gross).scaleb(-2), 1 + rate))


@given(
    steps=st.dictionaries(st.dates(), rates, min_size=1, max_size=8),
    day=st.dates(),
    after=st.integers(0, 400),
)
def test_a_rate_holds_from_its_date_to_the_next(
    steps: dict[date, Decimal], day: date, after: int
) -> None:
    """R-MONEY-4: new rates are data; the last one that began by the date holds."""
    schedule = VatSchedule(tuple(sorted(steps.items())))
    begun = [rate for start, rate in sorted(steps.items()) if start <= day]
    if begun:
        assert schedule.rate_on(day) == begun[-1]
    first = min(steps)
    if first.toordinal() + after < date.max.toordinal():
        within = first + timedelta(days=after)
        assert schedule.rate_on(within) == [r for s, r in sorted(steps.items()) if s <= within][-1]


@given(agorot)
def test_an_amount_survives_its_text(amount: int) -> None:
    """R-MONEY-1: text and Decimal give back the same amount."""
    money = Money(amount)
    assert Money.of(str(money)) == Money.of(money.amount) == money
    assert money.amount.as_tuple().exponent == -2
    assert money.exact == Fraction(amount, 100)


@given(st.decimals(-(10**8), 10**8, allow_nan=False, allow_infinity=False))
def test_an_amount_is_read_exactly_or_refused(given_amount: Decimal) -> None:
    """R-MONEY-6: never rounded on the way in."""
    decimals = -int(given_amount.as_tuple().exponent)
    if decimals > 2:
        with pytest.raises(BadValue):
            Money.of(given_amount)
    else:
        assert Money.of(given_amount).amount == given_amount


@given(st.floats())
def test_no_float_is_ever_money(number: float) -> None:
    """R-MONEY-1: no binary float touches money."""
    with pytest.raises(BadValue):
        Money.of(number)
    with pytest.raises(TypeError):
        Money(number)  # type: ignore[arg-type]


@given(a=st.integers(-(10**12), 10**12), b=st.integers(-(10**12), 10**12), n=st.integers(-50, 50))
def test_arithmetic_is_that_of_whole_agorot(a: int, b: int, n: int) -> None:
    """R-MONEY-1: exact, whatever the decimal context."""
    x, y = Money(a), Money(b)
    with localcontext(Context(prec=1)):
        assert (x + y).agorot == a + b
        assert (x - y).agorot == a - b
        assert (-x).agorot == -a
        assert (x * n).agorot == a * n
        assert (x < y) is (a < b)
