"""What a meeting earns and costs on paper (domain.md §3, §4)."""

from __future__ import annotations

from fractions import Fraction

from haitech_domain.cycle import ActivityType, CycleType, PaymentMode
from haitech_domain.instructor import EmploymentType
from haitech_domain.meeting import MeetingNature, MeetingStatus
from haitech_domain.testing.machine.paper.school import PaperSchool
from haitech_domain.testing.machine.paper.sums import half_up, share, without_vat
from haitech_domain.testing.machine.paper.things import PaperCycle, PaperMeeting


def revenue_of(school: PaperSchool, cycle: PaperCycle, meeting: PaperMeeting) -> int:
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
        net = without_vat(stated, meeting.day) if gross else stated
        return share(net, cycle.total, meeting.number)
    return without_vat(stated, meeting.day) if gross else stated


def reckon(school: PaperSchool, cycle: PaperCycle, meeting: PaperMeeting) -> None:
    """R-MEET-3: fix a completed meeting's money from the inputs of this moment."""
    meeting.revenue = revenue_of(school, cycle, meeting)
    meeting.by_day = (
        cycle.mode is PaymentMode.DAILY
        and cycle.daily_rate is not None
        and meeting.instructor == cycle.instructor
    )
    if not meeting.by_day:
        meeting.pay = _by_the_hour(school, cycle, meeting)
    elif any(_bears(other) for other in paid_by_the_day(school, meeting) if other is not meeting):
        meeting.pay = 0
    else:
        meeting.pay = cycle.daily_rate or 0
    meeting.cost = _cost(school, meeting)


def _by_the_hour(school: PaperSchool, cycle: PaperCycle, meeting: PaperMeeting) -> int:
    """R-PAY-1, R-PAY-2."""
    who = school.instructors[meeting.instructor]
    special = {ActivityType.ONLINE: who.online, ActivityType.PRIVATE_LESSON: who.private}
    rate = special.get(meeting.activity or cycle.activity)
    rate = who.frontal if rate is None else rate
    return half_up(Fraction((rate or 0) * meeting.minutes, 60))


def _cost(school: PaperSchool, meeting: PaperMeeting) -> int:
    """R-PAY-4."""
    if school.instructors[meeting.instructor].employment is EmploymentType.FREELANCER:
        return meeting.pay
    return half_up(meeting.pay * school.employer_factor)


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
    bearers = [other for other in held if _bears(other)]
    oldest = min(bearers, key=lambda other: other.completed_at or school.now, default=None)
    amount = left if oldest is None else (oldest.pay, oldest.cost)
    if amount is None:
        return
    for position, other in enumerate(held):
        other.pay, other.cost = (0, 0) if position else amount


def day_pay(meeting: PaperMeeting) -> tuple[int, int] | None:
    """What a meeting takes along of its day's pay when it stops being completed."""
    return (meeting.pay, meeting.cost) if meeting.by_day and _bears(meeting) else None
