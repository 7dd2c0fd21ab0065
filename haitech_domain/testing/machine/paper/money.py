"""What a meeting earns and costs on paper (domain.md §3, §4)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from haitech_domain.cycle import ActivityType, CycleType, PaymentMode
from haitech_domain.instructor import EmploymentType
from haitech_domain.meeting import MeetingNature, MeetingStatus
from haitech_domain.testing.machine.paper.school import PaperSchool
from haitech_domain.testing.machine.paper.sums import half_up, share, without_vat
from haitech_domain.testing.machine.paper.things import PaperCycle, PaperInstructor, PaperMeeting


def revenue_of(school: PaperSchool, cycle: PaperCycle, meeting: PaperMeeting, vat_of: date) -> int:
    """R-REV-1…4, R-MONEY-5."""
    if meeting.nature is MeetingNature.NO_REVENUE:
        return 0
    bearing = [r for r in school.registrations_of(cycle) if r.bears_revenue]
    if cycle.type is CycleType.INSTITUTIONAL_PER_CHILD:
        children = len(bearing) if cycle.student_count is None else cycle.student_count
        stated, gross = (cycle.price_per_student or 0) * children, cycle.includes_vat is True
    elif cycle.type is CycleType.INSTITUTIONAL_FIXED or (cycle.meeting_revenue or 0) > 0:
        stated, gross = cycle.meeting_revenue or 0, cycle.includes_vat is True
    elif meeting.number > cycle.total:
        return 0
    else:
        stated, gross = sum(r.amount or 0 for r in bearing), cycle.includes_vat is not False
        net = without_vat(stated, vat_of) if gross else stated
        return share(net, cycle.total, meeting.number)
    return without_vat(stated, vat_of) if gross else stated


def reckon(
    school: PaperSchool, cycle: PaperCycle, meeting: PaperMeeting, as_of: date | None = None
) -> None:
    """R-MEET-3: a meeting's money from the inputs of this moment, or of a day (R-MEET-6).

    Where the day pays, it is the whole day's; who carries that is for others to say.
    """
    agreed = school.as_of(cycle, as_of)
    who = school.as_of(school.instructors[meeting.instructor], as_of)
    meeting.revenue = revenue_of(school, agreed, meeting, as_of or meeting.day)
    meeting.by_day = (
        agreed.mode is PaymentMode.DAILY
        and agreed.daily_rate is not None
        and meeting.instructor == agreed.instructor
    )
    by_day = agreed.daily_rate or 0
    meeting.pay = by_day if meeting.by_day else _by_the_hour(agreed, meeting, who)
    meeting.cost = _cost(school, meeting.pay, who)


def _by_the_hour(cycle: PaperCycle, meeting: PaperMeeting, who: PaperInstructor) -> int:
    """R-PAY-1, R-PAY-2."""
    special = {ActivityType.ONLINE: who.online, ActivityType.PRIVATE_LESSON: who.private}
    rate = special.get(meeting.activity or cycle.activity)
    rate = who.frontal if rate is None else rate
    return half_up(Fraction((rate or 0) * meeting.minutes, 60))


def _cost(school: PaperSchool, pay: int, who: PaperInstructor) -> int:
    """R-PAY-4."""
    if who.employment is EmploymentType.FREELANCER:
        return pay
    return half_up(pay * school.employer_factor)


def complete(school: PaperSchool, cycle: PaperCycle, meeting: PaperMeeting) -> None:
    """R-PAY-3: the day's pay is carried once, and by the meeting that is first now."""
    reckon(school, cycle, meeting)
    if meeting.by_day and any(map(_bears, paid_by_the_day(school, meeting))):
        meeting.pay = meeting.cost = 0
    meeting.status, meeting.completed_at = MeetingStatus.COMPLETED, school.now
    settle_day(school, meeting)


def recalculate(
    school: PaperSchool, cycle: PaperCycle, asked: list[PaperMeeting], as_of: date | None
) -> None:
    """R-MEET-6, R-PAY-3: some completed meetings of one cycle, date and instructor, anew.

    The first that the day pays carries it (decision 29): where it is asked for, its own terms say
    how much, where it is not, the amount carried so far stays.
    """
    before = paid_by_the_day(school, asked[0])
    carrier = _oldest([other for other in before if _bears(other)], school)
    left = None if carrier is None or carrier not in asked else (carrier.pay, carrier.cost)
    for meeting in asked:
        reckon(school, cycle, meeting, as_of)
    now = paid_by_the_day(school, asked[0])
    gives_up = now[1:] if now and now[0] in asked else [m for m in now if m in asked]
    for meeting in gives_up:
        meeting.pay = meeting.cost = 0
    if now and now[0] not in asked:
        settle_day(school, now[0], left)


def _bears(meeting: PaperMeeting) -> bool:
    return bool(meeting.pay or meeting.cost)


def paid_by_the_day(school: PaperSchool, meeting: PaperMeeting) -> list[PaperMeeting]:
    """R-PAY-3: the completed meetings of its cycle, date and instructor that the day pays."""
    return sorted(
        (
            other
            for other in school.meetings.values()
            if other.is_there
            and other.status is MeetingStatus.COMPLETED
            and other.by_day
            and (other.cycle, other.day, other.instructor)
            == (meeting.cycle, meeting.day, meeting.instructor)
        ),
        key=lambda other: (other.start, other.number),
    )


def settle_day(
    school: PaperSchool, meeting: PaperMeeting, left: tuple[int, int] | None = None
) -> None:
    """R-PAY-3: the day's amount goes to the meeting that is first now, the others have none.

    `left` is the pay and cost that the meeting gave up, where it was paid by the day. Where two
    bring an amount, that of the one completed earlier holds (decision 7).
    """
    held = paid_by_the_day(school, meeting)
    oldest = _oldest([other for other in held if _bears(other)], school)
    amount = left if oldest is None else (oldest.pay, oldest.cost)
    if amount is None:
        return
    for position, other in enumerate(held):
        other.pay, other.cost = (0, 0) if position else amount


def _oldest(meetings: list[PaperMeeting], school: PaperSchool) -> PaperMeeting | None:
    return min(meetings, key=lambda other: other.completed_at or school.now, default=None)


def day_pay(meeting: PaperMeeting) -> tuple[int, int] | None:
    """What a meeting takes along of its day's pay when it stops being completed."""
    return (meeting.pay, meeting.cost) if meeting.by_day and _bears(meeting) else None
