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
    """Which of one cycle's meetings of one date carries its daily pay, if any does.

    Where a restored meeting brings back an amount beside another's, the older one holds.
    """
    bearers = _bearers(_daily(day))
    return min(bearers, key=_age) if bearers else None


def _bearers(held: Iterable[Meeting]) -> list[Meeting]:
    return [m for m in held if m.instructor_payment or m.employer_cost]


def _age(meeting: Meeting) -> datetime:
    return meeting.completed_at or meeting.created_at


def of_day(meetings: Iterable[Meeting], meeting: Meeting) -> list[Meeting]:
    """The meetings of a cycle that are of one date and instructor with this one, it among them."""
    place = (meeting.scheduled_date, meeting.instructor_id)
    return [m for m in meetings if (m.scheduled_date, m.instructor_id) == place]


def carry(
    day: Sequence[Meeting], *, at: datetime, left_by: Meeting | None = None
) -> list[Change[Meeting]]:
    """Settle a date anew: the amount that is carried goes to the meeting that is first now.

    `day` are one cycle's meetings of one date as they are after a transition; `left_by` is the
    meeting, as it was, that carried the amount and no longer counts among them.
    """
    held = _daily(day)
    source = carrier_of(held) or left_by
    if not held or source is None:
        return []
    first = held[0]
    amount, cost = source.instructor_payment, source.employer_cost
    changes = []
    if (first.instructor_payment, first.employer_cost) != (amount, cost):
        text = f"daily rate {amount}, carried by the first meeting of the day"
        changes.append(_paid(first, amount, cost, Line(text, amount, "R-PAY-3"), at))
    return changes + carried_alone(held, first, at=at)


def carried_alone(day: Iterable[Meeting], first: Meeting, *, at: datetime) -> list[Change[Meeting]]:
    """Let all but the first meeting of a date give up what they carry."""
    passed_on = carried_elsewhere(first)
    bearers = _bearers(_daily(day))
    return [_paid(m, Money(0), Money(0), passed_on, at) for m in bearers if m is not first]


def first_of(day: Iterable[Meeting]) -> Meeting | None:
    """Which of one cycle's meetings of one date has to carry its daily pay, if any has."""
    return next(iter(_daily(day)), None)


def carry_anew(meeting: Meeting, money: Settlement, *, at: datetime) -> Change[Meeting]:
    """Let a completed meeting carry the pay of `money`; its revenue stays as it was fixed."""
    amount, cost = money.instructor_payment, money.employer_cost
    text = f"daily rate {amount}, carried by the only meeting of the day that is left"
    return _paid(meeting, amount, cost, Line(text, amount, "R-PAY-3"), at)


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
