"""Amounts and rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

from hypothesis import strategies as st

from haitech_domain.calendar import FIRST_DAY, LAST_DAY
from haitech_domain.money import MOST, Gross, Money, Net
from haitech_domain.testing.strategies.once import made_once
from haitech_domain.vat import VatSchedule

M = TypeVar("M", bound=Money)

HIGHEST_PRICE: Final = 1_000_000 * 100
"""In agorot: what the `Price` of an entity's field allows."""
HARD_TO_KEEP: Final = (29, 57, 115, 1_677_721, 16_777_217, 99_999_999, 100_000_000)
"""In agorot: 0.29 as a float is a little less, 16777217 has 25 bits; and the largest price."""


@made_once
def amounts(kind: type[M], *, least: int = -MOST, most: int = MOST) -> st.SearchStrategy[M]:
    """Amounts of one kind, bounds in agorot; by default all that there are."""
    return st.integers(least, most).map(kind)


@made_once
def money() -> st.SearchStrategy[Money]:
    """Any amount, negative ones too."""
    return amounts(Money)


@made_once
def gross_amounts(*, most: int = HIGHEST_PRICE) -> st.SearchStrategy[Gross]:
    """Amounts with VAT inside, from 0 up."""
    return amounts(Gross, least=0, most=most)


@made_once
def net_amounts(*, most: int = HIGHEST_PRICE) -> st.SearchStrategy[Net]:
    """Amounts without VAT, from 0 up."""
    return amounts(Net, least=0, most=most)


@made_once
def prices(*, most: int = HIGHEST_PRICE) -> st.SearchStrategy[Money]:
    """What a field of type `Price` takes: 0 to a million shekels.

    Half of them are those that a float, or a column of four bytes, does not keep.
    """
    hard = [agorot for agorot in HARD_TO_KEEP if agorot <= most]
    return amounts(Money, least=0, most=most) | st.sampled_from(hard or [most]).map(Money)


@made_once
def rates() -> st.SearchStrategy[Decimal]:
    """VAT rates as fractions of one, in tenths of a percent: 0 to 0.999."""
    return st.integers(0, 999).map(lambda tenths: Decimal(tenths).scaleb(-3))


def vat_schedules(*, first: date | None = None) -> st.SearchStrategy[VatSchedule]:
    """Schedules of one to five rates; `first` states the day on which the first begins."""
    days = st.dates(first or FIRST_DAY, LAST_DAY)
    if first is None:
        starts = st.lists(days, min_size=1, max_size=5, unique=True)
    else:
        starts = st.sets(days, max_size=4).map(lambda found: [*{first, *found}])
    return starts.flatmap(
        lambda found: st.tuples(*[st.tuples(st.just(day), rates()) for day in sorted(found)])
    ).map(VatSchedule)
