"""Who carries a day's pay: the first completed meeting of the date (R-PAY-3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from haitech_domain.change import Change
from haitech_domain.explanation import Line
from haitech_domain.meeting.entity import Meeting, Settlement
from haitech_domain.meeting.kinds import MeetingStatus, PayBasis
from haitech_domain.meeting.transitions import recalculate
from haitech_domain.money import Money


def _daily(meetings: Iterable[Meeting]) -> list[Meeting]:
    held = [
        m
        for m in meetings
        if m.status is MeetingStatus.COMPLETED
        and m.pay_basis is PayBasis.DAILY
        and m.deleted_at is None
    ]
    return sorted(held, key=lambda m: (m.start_time, m.number or 0))


def carrier_of(day: Iterable[Meeting]) -> Meeting | None:
    """Which of one cycle's meetings of one date carries its daily pay, if any does."""
    return next((m for m in _daily(day) if m.instructor_payment or m.employer_cost), None)


def carry(
    day: Sequence[Meeting], *, at: datetime, left_by: Meeting | None = None
) -> list[Change[Meeting]]:
    """Settle a date anew: move the amount that is carried to the meeting that is first now.

    `day` are one cycle's meetings of one date as they are after a transition; `left_by` is the
    meeting, as it was, that carried the amount and no longer counts among them.
    """
    held = _daily(day)
    bearer = carrier_of(held)
    source = bearer or left_by
    if not held or source is None or held[0] is bearer:
        return []
    first = held[0]
    amount, cost = source.instructor_payment, source.employer_cost
    moved = Line(f"daily rate {amount}, carried by the first meeting of the day", amount, "R-PAY-3")
    changes = [_paid(first, amount, cost, moved, at)]
    if bearer is not None:
        passed_on = carried_elsewhere(first)
        changes.append(_paid(bearer, Money(0), Money(0), passed_on, at))
    return changes


def carried_elsewhere(carrier: Meeting) -> Line:
    """The line of a meeting whose day is paid with another one."""
    begins = f"{carrier.start_time:%H:%M}"
    return Line(f"the daily rate is paid with the meeting at {begins}", Money(0), "R-PAY-3")


def _paid(
    meeting: Meeting, payment: Money, cost: Money, why: Line, at: datetime
) -> Change[Meeting]:
    kept = tuple(line for line in meeting.explanation if not _about_pay(line))
    profit = Money(meeting.revenue.agorot) - cost
    money = Settlement(
        revenue=meeting.revenue,
        instructor_payment=payment,
        employer_cost=cost,
        basis=PayBasis.DAILY,
        explanation=(*kept, why, *outcome(meeting.revenue.agorot, cost, profit)),
    )
    return recalculate(meeting, money, at=at)


def _about_pay(line: Line) -> bool:
    return line.rule.startswith("R-PAY")


def outcome(revenue: int, cost: Money, profit: Money) -> tuple[Line, ...]:
    """The closing lines of every settlement: what it costs, and what is left."""
    return (
        Line(f"employer cost {cost}", cost, "R-PAY-4"),
        Line(f"profit: {Money(revenue)} − {cost} = {profit}", profit, "R-PAY-5"),
    )
