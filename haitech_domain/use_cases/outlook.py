"""What the rest of a cycle brings and costs if it is held under some terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time
from typing import Final

import attrs

from haitech_domain.explanation import Line, product
from haitech_domain.ids import InstructorId
from haitech_domain.meeting import Figures, Meeting, PayBasis, Settlement, carrier_of
from haitech_domain.money import Money
from haitech_domain.use_cases.settling import Terms

_REVENUE: Final = ("R-REV", "R-MONEY")
_PAY: Final = ("R-PAY-1", "R-PAY-2", "R-PAY-3")
_COST: Final = ("R-PAY-4",)


@attrs.frozen(kw_only=True)
class Outlook:
    """The rest of a cycle: its money, how many meetings it is, and the reasons."""

    figures: Figures
    scheduled: int
    planned: int
    last_day: date | None
    explanation: tuple[Line, ...]

    @property
    def meetings(self) -> int:
        """How many are left to be held."""
        return self.scheduled + self.planned


def outlook(
    terms: Terms,
    held: Iterable[Meeting],
    scheduled: Sequence[Meeting],
    planned: Sequence[Meeting],
    remarks: Iterable[Line] = (),
) -> Outlook:
    """What completing the scheduled and planned meetings would fix, beside those held already.

    `remarks` are told first.

    :raises NoVatRate: VAT has to be taken off at a date without a rate
    """
    rest = sorted((*scheduled, *planned), key=_in_turn)
    money = list(_completed(terms, held, rest))
    figures = Figures.total(money)
    return Outlook(
        figures=figures,
        scheduled=len(scheduled),
        planned=len(planned),
        last_day=rest[-1].scheduled_date if rest else None,
        explanation=(*remarks, *_reasons(rest, len(planned), money, figures)),
    )


def _in_turn(meeting: Meeting) -> tuple[date, time, int]:
    return meeting.scheduled_date, meeting.start_time, meeting.number or 0


def _completed(
    terms: Terms, held: Iterable[Meeting], rest: Iterable[Meeting]
) -> Iterator[Settlement]:
    """The money of each, a day that is paid as a whole being paid once (R-PAY-3)."""
    days: dict[tuple[date, InstructorId], list[Meeting]] = {}
    for meeting in held:
        days.setdefault((meeting.scheduled_date, meeting.instructor_id), []).append(meeting)
    carriers = {day: carrier_of(meetings) for day, meetings in days.items()}
    for meeting in rest:
        day = (meeting.scheduled_date, meeting.instructor_id)
        money = terms.money_of(meeting, carriers.get(day))
        if money.basis is PayBasis.DAILY and money.instructor_payment:
            carriers[day] = meeting
        yield money


def _reasons(
    rest: Sequence[Meeting], planned: int, money: Sequence[Settlement], figures: Figures
) -> Iterator[Line]:
    if not rest:
        yield Line("no meeting is left to be held: 0.00", Money(0), "R-SCHED-4")
        return
    days = f"{rest[0].scheduled_date} to {rest[-1].scheduled_date}"
    text = f"meetings scheduled: {len(rest) - planned}, still to be planned: {planned}; {days}"
    yield Line(text, Money(0), "R-SCHED-4")
    yield from _summed("revenue", [Money(m.revenue.agorot) for m in money], money, _REVENUE)
    yield from _summed("pay", [m.instructor_payment for m in money], money, _PAY)
    yield from _summed("cost", [m.employer_cost for m in money], money, _COST)
    revenue, cost = Money(figures.revenue.agorot), figures.employer_cost
    text = f"profit: {revenue} − {cost} = {figures.profit}"
    yield Line(text, figures.profit, "R-PAY-5")


def _summed(
    what: str, amounts: Sequence[Money], money: Sequence[Settlement], rules: tuple[str, ...]
) -> Iterator[Line]:
    """One line for each amount that occurs, with the reason of the first that comes to it."""
    for amount in dict.fromkeys(amounts):
        count, first = amounts.count(amount), money[amounts.index(amount)]
        reason = [line for line in first.explanation if line.rule.startswith(rules)][-1]
        line = product(count, "meetings", amount, amount * count, reason.rule)
        yield attrs.evolve(line, text=f"{what}: {line.text} ({reason.text})")
