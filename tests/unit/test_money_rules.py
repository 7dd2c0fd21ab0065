"""R-MONEY-1…6: exact shekels, one rounding, splitting, VAT by date."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from haitech_domain.errors import BadValue, Kind
from haitech_domain.money import MOST, Gross, Money, Net, allocate, allocated, rounded
from haitech_domain.vat import ISRAEL, NoVatRate, VatSchedule


@pytest.mark.parametrize(
    ("given", "agorot"),
    [
        ("45.50", 4550),
        ("45.5", 4550),
        ("45", 4500),
        ("007.5", 750),
        ("-0.01", -1),
        (45, 4500),
        (-3, -300),
        (Decimal("45.50"), 4550),
        (Decimal("1E+2"), 10_000),
        ("0", 0),
        ("-0.00", 0),
        ("999999999999.99", MOST),
        (Money(7), 7),
    ],
)
def test_an_amount_is_read_exactly_from_text_whole_numbers_and_decimals(
    given: object, agorot: int
) -> None:
    """R-MONEY-1: an exact decimal amount of shekels."""
    assert Money.of(given) == Money(agorot)


@pytest.mark.parametrize("kind", [Money, Gross, Net])
def test_an_amount_of_which_nothing_is_said_is_nothing(kind: type[Money]) -> None:
    assert kind() == kind(0)


NO_AMOUNTS: list[object] = [
    45.5,
    0.0,
    True,
    None,
    b"45",
    "",
    "abc",
    "NaN",
    "Infinity",
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("-Infinity"),
    "1,5",
    "1e3",
    "1_000",
    "5.",
    ".5",
    "--5",
    " 45.50",
    "45.50\n",
    "٤٥",
    "9" * 21,
]


@pytest.mark.parametrize("given", NO_AMOUNTS)
def test_what_is_no_exact_amount_is_refused(given: object) -> None:
    """R-MONEY-1: a binary float never becomes money; nor does junk."""
    with pytest.raises(BadValue) as refused:
        Money.of(given)
    assert refused.value.reason == "money.not_a_number"
    assert refused.value.message == "must be an amount like 45.50"


@pytest.mark.parametrize("given", ["0.001", "45.500", Decimal("1.005"), Decimal("1E-3")])
def test_more_than_two_decimals_are_refused(given: object) -> None:
    """R-MONEY-6: an amount given with more than two decimals is refused, never rounded."""
    with pytest.raises(BadValue) as refused:
        Money.of(given)
    assert refused.value.reason == "money.too_many_decimals"
    assert refused.value.message == "has more than two decimals"


@pytest.mark.parametrize(
    "given",
    [
        "1000000000000.00",
        "-1000000000000",
        Decimal("1E+13"),
        Decimal("1E+999999"),
        10**40,
        "9" * 20,
    ],
)
def test_an_amount_that_no_column_holds_is_refused_at_once(given: object) -> None:
    """R-MONEY-1: numeric(14, 2) is the limit, and a huge exponent costs nothing."""
    with pytest.raises(BadValue) as refused:
        Money.of(given)
    assert refused.value.reason == "money.out_of_range"
    assert refused.value.message == "is too large an amount"


def test_the_limits_themselves_are_amounts() -> None:
    """R-MONEY-1: the largest and the smallest amount stand, one agora more does not."""
    assert str(Money(MOST)) == "999999999999.99"
    assert str(Money(-MOST)) == "-999999999999.99"
    for beyond in (MOST + 1, -MOST - 1):
        with pytest.raises(BadValue, match="too large"):
            Money(beyond)


@pytest.mark.parametrize("agorot", [1.0, True, "1", Decimal(1), None])
def test_agorot_are_whole_numbers_and_nothing_else(agorot: object) -> None:
    """R-MONEY-1: no binary float touches money."""
    with pytest.raises(
        TypeError, match=f"^agorot are a whole number, not {type(agorot).__name__}$"
    ):
        Money(agorot)  # type: ignore[arg-type]


@pytest.mark.parametrize("factor", [1.5, Decimal("1.5"), Fraction(3, 2)])
def test_money_is_multiplied_by_whole_numbers_only(factor: object) -> None:
    """R-MONEY-2: rounding happens once, at the end of a formula, never in between."""
    with pytest.raises(TypeError):
        Money(100) * factor  # type: ignore[operator]


def test_money_adds_subtracts_and_compares_with_its_own_kind() -> None:
    """R-MONEY-1: exact arithmetic."""
    a, b = Money.of("10.05"), Money.of("0.95")
    assert a + b == Money.of("11.00")
    assert a - b == Money.of("9.10")
    assert -a == Money.of("-10.05")
    assert a * 3 == Money.of("30.15")
    assert b < a
    assert a >= b
    assert Money.total([a, b, b]) == Money.of("11.95")
    assert Money.total([]) == Money(0)
    assert (bool(a), bool(Money(0)), bool(Money(-1))) == (True, False, True)
    assert (a.amount, str(a.amount), a.exact) == (Decimal("10.05"), "10.05", Fraction(1005, 100))
    assert [str(Money(n)) for n in (0, 5, -5, -105, 12_345)] == [
        "0.00",
        "0.05",
        "-0.05",
        "-1.05",
        "123.45",
    ]


def test_gross_and_net_do_not_mix() -> None:
    """R-MONEY-6: gross and net are different types."""
    gross, net = Gross(100), Net(100)
    assert gross != net
    assert net != Money(100)
    with pytest.raises(TypeError, match=r"^Gross and Net do not mix$"):
        gross + net  # type: ignore[operator]
    with pytest.raises(TypeError, match=r"^Net and Gross do not mix$"):
        net - gross  # type: ignore[operator]
    with pytest.raises(TypeError, match=r"^Money and Net do not mix$"):
        Money(1) + net
    with pytest.raises(TypeError):
        gross < net  # type: ignore[operator]  # noqa: B015
    with pytest.raises(BadValue):
        Net.of(gross)
    assert type(gross + gross) is Gross
    assert type(-net) is Net
    assert type(net * 2) is Net


@pytest.mark.parametrize(
    ("exact", "whole"),
    [
        (Fraction(1, 2), 1),
        (Fraction(3, 2), 2),
        (Fraction(5, 2), 3),
        (Fraction(-1, 2), -1),
        (Fraction(-5, 2), -3),
        (Fraction(49, 100), 0),
        (Fraction(-49, 100), 0),
        (Fraction(4), 4),
        (Fraction(1, 3), 0),
        (Fraction(2, 3), 1),
    ],
)
def test_halves_round_away_from_zero(exact: Fraction, whole: int) -> None:
    """R-MONEY-2: half up to the agora."""
    assert rounded(exact) == whole
    assert Money.rounding(exact / 100) == Money(whole)


@pytest.mark.parametrize(
    ("total", "shares", "parts"),
    [
        (100, 3, [34, 33, 33]),
        (-100, 3, [-33, -33, -34]),
        (2, 5, [1, 1, 0, 0, 0]),
        (0, 2, [0, 0]),
        (7, 1, [7]),
    ],
)
def test_a_split_puts_the_larger_shares_first(total: int, shares: int, parts: list[int]) -> None:
    """R-MONEY-3: shares sum to the total, differ by at most an agora, larger first."""
    assert [share.agorot for share in allocate(Net(total), shares)] == parts
    assert all(type(share) is Net for share in allocate(Net(total), shares))


@pytest.mark.parametrize("shares", [0, -1])
def test_an_amount_is_not_split_into_nothing(shares: int) -> None:
    """R-MONEY-3: at least one share."""
    with pytest.raises(ValueError, match=f"^an amount cannot be split into {shares} shares$"):
        allocate(Money(1), shares)


@pytest.mark.parametrize("position", [0, 4, -1])
def test_there_is_no_share_outside_the_split(position: int) -> None:
    """R-MONEY-3: shares are numbered from one."""
    with pytest.raises(ValueError, match=f"^there is no share {position} of 3$"):
        allocated(Money(1), 3, position)


@pytest.mark.parametrize(
    ("day", "rate"),
    [
        (date(2013, 6, 2), "0.18"),
        (date(2015, 9, 30), "0.18"),
        (date(2015, 10, 1), "0.17"),
        (date(2024, 12, 31), "0.17"),
        (date(2025, 1, 1), "0.18"),
        (date(2100, 12, 31), "0.18"),
    ],
)
def test_the_rate_of_a_date_is_that_of_israeli_law(day: date, rate: str) -> None:
    """R-MONEY-4: 18 % from 2013-06-02, 17 % from 2015-10-01, 18 % from 2025-01-01."""
    assert ISRAEL.rate_on(day) == Decimal(rate)


def test_a_date_before_the_first_rate_is_an_error() -> None:
    """R-MONEY-4: before 2013-06-02 no rate is known."""
    with pytest.raises(NoVatRate) as refused:
        ISRAEL.rate_on(date(2013, 6, 1))
    assert refused.value.reason == "vat.no_rate"
    assert refused.value.kind is Kind.CONFLICT
    assert str(refused.value) == (
        "no VAT rate is known for 2013-06-01; the schedule begins on 2013-06-02"
    )


@pytest.mark.parametrize(
    ("day", "net"), [(date(2024, 12, 31), "100.85"), (date(2025, 1, 1), "100.00")]
)
def test_net_is_the_gross_without_the_vat_of_the_date(day: date, net: str) -> None:
    """R-MONEY-4: net = round(gross / (1 + rate)), by the date's rate."""
    assert ISRAEL.net(Money.of("118.00"), includes_vat=True, on=day) == Net.of(net)


def test_a_net_price_passes_unchanged_even_before_the_schedule() -> None:
    """R-MONEY-5: VAT is taken off only where it is included."""
    before = date(2000, 1, 1)
    assert ISRAEL.net(Money.of("118.00"), includes_vat=False, on=before) == Net.of("118.00")
    with pytest.raises(NoVatRate):
        ISRAEL.net(Money.of("118.00"), includes_vat=True, on=before)


def test_a_new_rate_is_data() -> None:
    """R-MONEY-4: a schedule of other rates works like the law's."""
    schedule = VatSchedule((*ISRAEL.steps, (date(2030, 1, 1), Decimal("0.2"))))
    assert schedule.net(Money(12_000), includes_vat=True, on=date(2030, 1, 1)) == Net(10_000)
    assert schedule.rate_on(date(2029, 12, 31)) == Decimal("0.18")


@pytest.mark.parametrize(
    "steps",
    [
        (),
        ((date(2020, 1, 1), Decimal("0.1")), (date(2019, 1, 1), Decimal("0.2"))),
        ((date(2020, 1, 1), Decimal("0.1")), (date(2020, 1, 1), Decimal("0.2"))),
    ],
)
def test_a_schedule_needs_rates_in_rising_order(
    steps: tuple[tuple[date, Decimal], ...],
) -> None:
    """R-MONEY-4: a schedule by date."""
    with pytest.raises(ValueError, match=r"^a VAT schedule needs at least one rate, and its dates"):
        VatSchedule(steps)


@pytest.mark.parametrize("rate", ["1", "-0.01", "18"])
def test_a_rate_is_a_fraction_of_one(rate: str) -> None:
    """R-MONEY-4: 18 % is 0.18; 18 would be a slip of the pen."""
    with pytest.raises(ValueError, match=r"^a VAT rate is a fraction of one, like 0\.18$"):
        VatSchedule(((date(2020, 1, 1), Decimal(rate)),))


def test_a_rate_of_nothing_takes_nothing_off() -> None:
    """R-MONEY-4: a rate of zero is a rate."""
    free = VatSchedule(((date(2020, 1, 1), Decimal(0)),))
    assert free.net(Money(100), includes_vat=True, on=date(2020, 1, 1)) == Net(100)


def test_a_rate_that_is_a_float_is_refused() -> None:
    """R-MONEY-1: no binary float touches money, not even as a rate."""
    with pytest.raises((TypeError, ValueError)):
        VatSchedule(((date(2020, 1, 1), 0.18),))  # type: ignore[arg-type]
