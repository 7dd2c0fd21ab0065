"""R-REV-1…6 for all inputs, against plain Decimal arithmetic."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal

import attrs
from hypothesis import given
from hypothesis import strategies as st

from haitech_domain.cycle import CycleType
from haitech_domain.meeting import MeetingNature
from haitech_domain.money import Money, Net
from haitech_domain.revenue import RevenueInputs, revenue_of
from haitech_domain.vat import ISRAEL

WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
AGORA = Decimal("0.01")
prices = st.integers(0, 10**8).map(Money)
maybe_prices = st.none() | prices
days = st.dates(date(2013, 6, 2), date(2100, 12, 31))

any_inputs = st.builds(
    RevenueInputs,
    type=st.sampled_from(CycleType),
    on=days,
    number=st.none() | st.integers(1, 60),
    nature=st.sampled_from(MeetingNature),
    meeting_revenue=maybe_prices,
    price_per_student=maybe_prices,
    student_count=st.none() | st.integers(0, 500),
    includes_vat=st.none() | st.booleans(),
    total_meetings=st.integers(0, 50),
    amounts=st.lists(maybe_prices, max_size=12).map(tuple),
)


def net_of(gross: Decimal, on: date) -> Decimal:
    rate = Decimal("0.17") if date(2015, 10, 1) <= on < date(2025, 1, 1) else Decimal("0.18")
    return WIDE.quantize(WIDE.divide(gross, 1 + rate), AGORA)


def expected(given_inputs: RevenueInputs) -> Decimal:
    """The table of domain.md §3 once more, in Decimal and without the domain's helpers."""
    i = given_inputs
    if i.nature is MeetingNature.NO_REVENUE:
        return Decimal(0)
    explicit = i.meeting_revenue.amount if i.meeting_revenue else Decimal(0)
    if i.type is CycleType.INSTITUTIONAL_FIXED or (i.type is CycleType.PRIVATE and explicit > 0):
        return net_of(explicit, i.on) if i.includes_vat is True else explicit
    if i.type is CycleType.INSTITUTIONAL_PER_CHILD:
        children = len(i.amounts) if i.student_count is None else i.student_count
        price = i.price_per_student.amount if i.price_per_student else Decimal(0)
        stated = price * children
        return net_of(stated, i.on) if i.includes_vat is True else stated
    if i.number is None or not 1 <= i.number <= i.total_meetings:
        return Decimal(0)
    stated = sum((a.amount for a in i.amounts if a is not None), Decimal(0))
    net = stated if i.includes_vat is False else net_of(stated, i.on)
    agorot = int(net * 100)
    smaller, larger_ones = agorot // i.total_meetings, agorot % i.total_meetings
    return Decimal(smaller + (1 if i.number <= larger_ones else 0)) / 100


@given(any_inputs)
def test_revenue_is_that_of_the_table(inputs: RevenueInputs) -> None:
    """R-REV-2: and R-REV-3, R-REV-4, R-MONEY-5: equal to an independent computation."""
    figure = revenue_of(inputs)
    assert type(figure.amount) is Net
    assert figure.amount.amount == expected(inputs)
    assert figure.amount >= Net(0)


@given(any_inputs)
def test_every_figure_explains_itself_and_ends_in_its_amount(inputs: RevenueInputs) -> None:
    """R-REV-6: the figure comes with its lines, the last of which says it."""
    figure = revenue_of(inputs)
    assert figure.lines
    assert figure.lines[-1].amount.agorot == figure.amount.agorot
    assert str(figure.amount) in figure.lines[-1].text
    assert all(line.rule.startswith("R-") for line in figure.lines)


@given(any_inputs)
def test_computing_revenue_changes_none_of_its_inputs(inputs: RevenueInputs) -> None:
    """R-REV-5: a derived figure is never written back into an input."""
    before = attrs.evolve(inputs)
    assert revenue_of(inputs) == revenue_of(inputs)
    assert inputs == before


@given(
    amounts=st.lists(prices, max_size=20),
    total=st.integers(1, 120),
    start=st.dates(date(2025, 1, 1), date(2090, 1, 1)),
    includes_vat=st.none() | st.booleans(),
    extra=st.integers(1, 20),
)
def test_the_shares_of_a_cycle_sum_to_its_net_total_under_one_rate(
    *,
    amounts: list[Money],
    total: int,
    start: date,
    includes_vat: bool | None,
    extra: int,
) -> None:
    """R-REV-2: the shares sum to the net total where all dates share one rate."""

    def share(number: int) -> Net:
        return revenue_of(
            RevenueInputs(
                type=CycleType.PRIVATE,
                on=start + timedelta(weeks=number),
                number=number,
                includes_vat=includes_vat,
                total_meetings=total,
                amounts=tuple(amounts),
            )
        ).amount

    net = ISRAEL.net(Money.total(amounts), includes_vat=includes_vat is not False, on=start)
    split = [share(number) for number in range(1, total + 1)]
    assert Net.total(split) == net
    assert split == sorted(split, reverse=True)
    assert split[0].agorot - split[-1].agorot <= 1
    assert share(total + extra) == Net(0)
