"""Amounts of one meeting or of many, to be added up and compared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self, TypeAlias

import attrs

from haitech_domain.meeting.entity import Meeting, Settlement
from haitech_domain.money import Money, Net

HasMoney: TypeAlias = "Meeting | Settlement | Figures"
"""What has the amounts of a meeting, or of several."""


@attrs.frozen(kw_only=True)
class Figures:
    """What is earned, what is paid for it, what that costs, and what is left (shekels)."""

    revenue: Net = Net(0)
    instructor_payment: Money = Money(0)
    employer_cost: Money = Money(0)

    @classmethod
    def of(cls, source: HasMoney) -> Self:
        """Those of one meeting."""
        return cls(
            revenue=source.revenue,
            instructor_payment=source.instructor_payment,
            employer_cost=source.employer_cost,
        )

    @classmethod
    def total(cls, sources: Iterable[HasMoney]) -> Self:
        """Those of many, exactly; zero for none."""
        summed = cls()
        for source in sources:
            summed += cls.of(source)
        return summed

    @property
    def profit(self) -> Money:
        """R-PAY-5: revenue − employer cost."""
        return Money(self.revenue.agorot) - self.employer_cost

    def __add__(self, other: Self) -> Self:
        return type(self)(
            revenue=self.revenue + other.revenue,
            instructor_payment=self.instructor_payment + other.instructor_payment,
            employer_cost=self.employer_cost + other.employer_cost,
        )

    def __sub__(self, other: Self) -> Self:
        return type(self)(
            revenue=self.revenue - other.revenue,
            instructor_payment=self.instructor_payment - other.instructor_payment,
            employer_cost=self.employer_cost - other.employer_cost,
        )


@attrs.frozen(kw_only=True)
class Compared:
    """Figures as they were, or are, and as they are now, or would be."""

    old: Figures
    new: Figures

    @property
    def difference(self) -> Figures:
        """By how much they rise."""
        return self.new - self.old
