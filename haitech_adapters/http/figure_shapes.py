"""How amounts of meetings are shown: as they are, and compared."""

from __future__ import annotations

from haitech_adapters.http.shapes import Amount, View
from haitech_adapters.http.showing import shown
from haitech_domain.meeting import Compared, Figures
from haitech_domain.money import Money


class FiguresView(View, frozen=True):
    """What is earned, what is paid for it, what that costs, and what is left, in shekels."""

    revenue: Amount
    instructor_payment: Amount
    employer_cost: Amount
    profit: Amount


class RiseView(View, frozen=True):
    """One amount in shekels before and after, and by how much it rises."""

    old: Amount
    new: Amount
    difference: Amount


class DiffView(View, frozen=True):
    """Money before and after."""

    revenue: RiseView
    instructor_payment: RiseView
    employer_cost: RiseView
    profit: RiseView


def figures_view(figures: Figures) -> FiguresView:
    """Amounts as they are."""
    return shown(FiguresView, figures)


def diff_view(compared: Compared) -> DiffView:
    """Amounts with their differences."""
    old, new, rise = compared.old, compared.new, compared.difference
    return DiffView(
        revenue=_rise(old.revenue, new.revenue, rise.revenue),
        instructor_payment=_rise(
            old.instructor_payment, new.instructor_payment, rise.instructor_payment
        ),
        employer_cost=_rise(old.employer_cost, new.employer_cost, rise.employer_cost),
        profit=_rise(old.profit, new.profit, rise.profit),
    )


def _rise(old: Money, new: Money, rise: Money) -> RiseView:
    return RiseView(old=old.amount, new=new.amount, difference=rise.amount)
