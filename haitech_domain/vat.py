"""VAT as a schedule of rates by date (R-MONEY-4). New rates are data."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, Final

import attrs

from haitech_domain.errors import BadValue, DomainError
from haitech_domain.money import Gross, Money, Net


@attrs.frozen
class NoVatRate(DomainError):
    """R-MONEY-4: a date before the first rate of the schedule."""

    reason: ClassVar[str] = "vat.no_rate"
    says: ClassVar[str] = "no VAT rate is known for {day}; the schedule begins on {first}"
    day: date
    first: date


def _in_order(_: object, __: object, steps: Sequence[tuple[date, Decimal]]) -> None:
    days = [day for day, _rate in steps]
    if not days or sorted(set(days)) != days:
        message = "a VAT schedule needs at least one rate, and its dates in rising order"
        raise BadValue(message, reason="vat.order")
    if any(not isinstance(rate, Decimal) for _day, rate in steps):
        message = "a VAT rate is a Decimal; a float is not exact"
        raise TypeError(message)
    if any(not 0 <= rate < 1 for _day, rate in steps):
        raise BadValue("a VAT rate is a fraction of one, like 0.18", reason="vat.rate")


@attrs.frozen
class VatSchedule:
    """From which date which rate holds; a rate of 18 % is `Decimal("0.18")`.

    >>> print(ISRAEL.net(Money.of(1170), includes_vat=True, on=date(2024, 5, 1)))
    1000.00

    :raises BadValue: no rates, dates out of order, a rate outside 0…1
    """

    steps: tuple[tuple[date, Decimal], ...] = attrs.field(validator=_in_order)

    def rate_on(self, day: date) -> Decimal:
        """The rate that holds on `day`.

        :raises NoVatRate: `day` is before the first rate
        """
        position = bisect_right(self.steps, day, key=lambda step: step[0])
        if not position:
            raise NoVatRate(day, self.steps[0][0])
        return self.steps[position - 1][1]

    def net(self, amount: Money, *, includes_vat: bool, on: date) -> Net:
        """The net amount of a price that does or does not include VAT (R-MONEY-5).

        :raises NoVatRate: VAT has to be taken off at a date without a rate
        """
        if not includes_vat:
            return Net(amount.agorot)
        return Gross(amount.agorot).net(Fraction(self.rate_on(on)))


ISRAEL: Final = VatSchedule(
    (
        (date(2013, 6, 2), Decimal("0.18")),
        (date(2015, 10, 1), Decimal("0.17")),
        (date(2025, 1, 1), Decimal("0.18")),
    )
)
"""The rates of Israeli law since 2013."""
