"""What some meetings come to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Self

import attrs

from haitech_domain.meeting import Settlement
from haitech_domain.money import Money, Net

_NOTHING: Final = Money(0)


@attrs.frozen(kw_only=True)
class Figures:
    """How many meetings, what they earn, what their instructors are paid and what that costs."""

    meetings: int = 0
    revenue: Net = Net(0)
    instructor_payment: Money = _NOTHING
    employer_cost: Money = _NOTHING

    @classmethod
    def of(cls, settled: Iterable[Settlement]) -> Self:
        """The sums over the money of some meetings, one each."""
        each = tuple(settled)
        return cls(
            meetings=len(each),
            revenue=Net.total(money.revenue for money in each),
            instructor_payment=Money.total(money.instructor_payment for money in each),
            employer_cost=Money.total(money.employer_cost for money in each),
        )

    @property
    def profit(self) -> Money:
        """R-PAY-5: revenue − employer cost."""
        return Money(self.revenue.agorot) - self.employer_cost
