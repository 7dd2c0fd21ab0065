"""A stretch of days taken apart into whole months and the days around them."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from haitech_adapters.postgres.report_months import Months
from haitech_domain.calendar import FIRST_DAY, LAST_DAY

DAYS = st.dates(date(2025, 11, 20), date(2026, 4, 10))


def days_of(first: date, last: date) -> list[date]:
    """Each day from the first to the last."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def days_in(month: date) -> list[date]:
    """Each day of a month."""
    return [d for d in days_of(month, month + timedelta(days=31)) if d.month == month.month]


@given(first=DAYS, length=st.integers(0, 140))
def test_every_day_is_in_a_whole_month_or_at_an_edge_and_in_one_of_them_only(
    first: date, length: int
) -> None:
    """R-ATT-4: so no mark is counted twice, or not at all."""
    last = first + timedelta(days=length)
    months = Months.of(first, last)
    found = [day for edge in months.edges for day in days_of(*edge)]
    if months.first is not None and months.last is not None:
        month = months.first
        while month <= months.last:
            found += days_in(month)
            month = days_in(month)[-1] + timedelta(days=1)
    assert sorted(found) == days_of(first, last)
    assert len(months.edges) <= 2


def test_without_bounds_there_are_months_only() -> None:
    """R-ATT-4: and with those of a month, too."""
    assert Months.of(None, None) == Months(first=FIRST_DAY, last=date(LAST_DAY.year, 12, 1))
    february = date(2026, 2, 1)
    assert Months.of(february, date(2026, 2, 28)) == Months(first=february, last=february)
