"""The verbs of a meeting of the paper school (domain.md §6)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from haitech_domain.cycle import ActivityType, CycleStatus
from haitech_domain.meeting import MeetingNature, MeetingStatus
from haitech_domain.testing.machine.paper import money
from haitech_domain.testing.machine.paper.cycles import CANCELLED, next_day
from haitech_domain.testing.machine.paper.endings import (
    after_a_change,
    override_of,
    undo_end,
    why_not_active,
    why_not_back,
)
from haitech_domain.testing.machine.paper.school import (
    BUSY,
    NOT_FOUND,
    PARENT_GONE,
    UNKNOWN,
    PaperSchool,
    Refused,
    must_be_there,
    refuse_where,
)
from haitech_domain.testing.machine.paper.things import PaperCycle, PaperMeeting

CLOSED_DAY = "meeting.no_teaching_day"
SCHEDULED, COMPLETED = MeetingStatus.SCHEDULED, MeetingStatus.COMPLETED
Slot = tuple[time, time]


def _of(school: PaperSchool, meeting: PaperMeeting) -> PaperCycle:
    """Its cycle. :raises Refused: the meeting, or both, are deleted"""
    must_be_there(meeting)
    return school.cycles[meeting.cycle]


def _not_in(
    cycle: PaperCycle, meeting: PaperMeeting, verb: str, status: MeetingStatus
) -> dict[str, bool]:
    """R-MEET-2, R-MEET-7."""
    return {
        CANCELLED: cycle.status is CycleStatus.CANCELLED,
        f"meeting.cannot_{verb}": meeting.status is not status,
    }


def complete(
    school: PaperSchool, meeting: PaperMeeting, *, by: UUID | None = None, settles: bool = True
) -> None:
    """R-MEET-2…4; `by` is the instructor who does it, if no manager does."""
    cycle = _of(school, meeting)
    objections = _not_in(cycle, meeting, "complete", SCHEDULED)
    if by is not None:
        refuse_where({NOT_FOUND: by not in {meeting.instructor, cycle.instructor}})
        objections["access.denied"] = by != meeting.instructor
        opens = datetime.combine(meeting.day, meeting.start)
        closes = datetime.combine(meeting.day + timedelta(days=2), time.min)
        objections["meeting.outside_window"] = not opens <= school.now < closes
    refuse_where(objections)
    money.complete(school, cycle, meeting)
    if settles:
        after_a_change(school, cycle)


def cancel(school: PaperSchool, meeting: PaperMeeting, *, settles: bool = True) -> None:
    """R-MEET-2, R-SCHED-5."""
    cycle = _of(school, meeting)
    refuse_where(_not_in(cycle, meeting, "cancel", SCHEDULED))
    meeting.status = MeetingStatus.CANCELLED
    if settles:
        after_a_change(school, cycle)


def reopen(school: PaperSchool, meeting: PaperMeeting) -> None:
    """R-MEET-2, R-CYC-2."""
    cycle = _of(school, meeting)
    refuse_where(
        {PARENT_GONE: not school.instructors[meeting.instructor].is_there},
        _not_in(cycle, meeting, "reopen", COMPLETED),
        _above(school, cycle),
    )
    left = money.day_pay(meeting)
    _reopens(school, cycle)
    meeting.status = SCHEDULED
    meeting.loses_its_money()
    money.settle_day(school, meeting, left)
    after_a_change(school, cycle)


def _above(school: PaperSchool, cycle: PaperCycle) -> dict[str, bool]:
    """What keeps a completed cycle from being reopened by one of its meetings."""
    return why_not_active(school, cycle) if cycle.status is CycleStatus.COMPLETED else {}


def _reopens(school: PaperSchool, cycle: PaperCycle) -> None:
    """R-MEET-7."""
    if cycle.status is CycleStatus.COMPLETED:
        undo_end(school, cycle)


def recalculate(
    school: PaperSchool, meetings: list[PaperMeeting], as_of: date | None = None
) -> dict[UUID, tuple[int, int, int]]:
    """R-MEET-6: all of them or none; revenue, pay and cost of each afterwards."""
    reasons: set[str] = {"date.future"} if as_of and as_of > school.now.date() else set()
    for meeting in meetings:
        try:
            refuse_where(_not_in(_of(school, meeting), meeting, "recalculate", COMPLETED))
        except Refused as refusal:
            reasons |= refusal.reasons
    if reasons:
        raise Refused(*reasons)
    days: dict[tuple[UUID, date, UUID], list[PaperMeeting]] = {}
    for meeting in meetings:
        days.setdefault((meeting.cycle, meeting.day, meeting.instructor), []).append(meeting)
    for asked in days.values():
        money.recalculate(school, school.cycles[asked[0].cycle], asked, as_of)
    return {m.id: (m.revenue, m.pay, m.cost) for m in meetings}


def place(
    school: PaperSchool,
    meeting: PaperMeeting,
    *,
    allow_conflicts: bool,
    allow_closed: bool,
    apart_from: tuple[PaperMeeting, ...] = (),
) -> dict[str, bool]:
    """R-MEET-5, R-SCHED-9: what keeps a meeting from its place; notes the override on it."""
    busy = bool(school.in_the_way(meeting, apart_from=apart_from))
    meeting.override = busy
    return {
        CLOSED_DAY: not allow_closed and not school.teaches_on(meeting.day),
        BUSY: busy and not allow_conflicts,
    }


def create(
    school: PaperSchool,
    meeting: PaperMeeting,
    *,
    allow_conflicts: bool = False,
    allow_closed: bool = False,
) -> None:
    """R-SCHED-5, R-MEET-5, R-MEET-7: `meeting` as it is asked for; it gets its number here."""
    cycle = school.cycles[meeting.cycle]
    gone = not school.instructors[meeting.instructor].is_there
    refuse_where({UNKNOWN: not cycle.is_there})
    refuse_where(
        {UNKNOWN: gone, CANCELLED: cycle.status is CycleStatus.CANCELLED},
        _above(school, cycle),
        place(school, meeting, allow_conflicts=allow_conflicts, allow_closed=allow_closed),
    )
    _reopens(school, cycle)
    meeting.number = school.free_number(cycle)


def postpone(
    school: PaperSchool,
    meeting: PaperMeeting,
    *,
    to: date | None,
    slot: Slot | None = None,
    allow_conflicts: bool = False,
    allow_closed: bool = False,
) -> PaperMeeting:
    """R-MEET-5: the replacement, stored by whoever knows its id."""
    cycle = _of(school, meeting)
    refuse_where(_not_in(cycle, meeting, "postpone", SCHEDULED))
    start, end = slot or (meeting.start, meeting.end)
    replacement = PaperMeeting(
        id=meeting.id,
        cycle=meeting.cycle,
        instructor=meeting.instructor,
        day=to or meeting.day,
        start=start,
        end=end,
        number=meeting.number,
        nature=meeting.nature,
        activity=meeting.activity,
        replaces=meeting.id,
    )
    if to is None:
        _finds_a_day(school, cycle, replacement, meeting)
    refuse_where(
        place(
            school,
            replacement,
            allow_conflicts=allow_conflicts,
            allow_closed=allow_closed,
            apart_from=(meeting,),
        )
    )
    meeting.status = MeetingStatus.POSTPONED
    return replacement


def _finds_a_day(
    school: PaperSchool, cycle: PaperCycle, replacement: PaperMeeting, original: PaperMeeting
) -> None:
    last = max(m.day for m in school.teaching(cycle))
    while True:
        last = replacement.day = next_day(school, cycle, last + timedelta(days=1))
        if not school.in_the_way(replacement, apart_from=(original,)):
            return


def move(
    school: PaperSchool,
    meeting: PaperMeeting,
    *,
    day: date,
    slot: Slot,
    instructor: UUID,
    allow_conflicts: bool = False,
    allow_closed: bool = False,
) -> None:
    """R-MEET-8: another date, time or instructor."""
    cycle = _of(school, meeting)
    start, end = slot
    was = (meeting.day, meeting.start, meeting.end, meeting.instructor, meeting.override)
    if (day, start, end, instructor) == was[:4]:
        refuse_where({CANCELLED: cycle.status is CycleStatus.CANCELLED})
        return
    fixed = meeting.status is not SCHEDULED
    moves_day = day != meeting.day
    meeting.day, meeting.start, meeting.end, meeting.instructor = day, start, end, instructor
    objections = place(
        school,
        meeting,
        allow_conflicts=allow_conflicts,
        allow_closed=allow_closed or not moves_day,
    )
    objections |= {
        CANCELLED: cycle.status is CycleStatus.CANCELLED,
        "meeting.is_fixed": fixed,
        UNKNOWN: not school.instructors[instructor].is_there,
    }
    if any(objections.values()):
        meeting.day, meeting.start, meeting.end, meeting.instructor, meeting.override = was
    refuse_where(objections)


def describe(
    school: PaperSchool,
    meeting: PaperMeeting,
    *,
    nature: MeetingNature,
    activity: ActivityType | None,
) -> None:
    """R-MEET-8: another nature or activity."""
    cycle = _of(school, meeting)
    changes = (nature, activity) != (meeting.nature, meeting.activity)
    refuse_where(
        {
            CANCELLED: cycle.status is CycleStatus.CANCELLED,
            "meeting.is_fixed": changes and meeting.status is not SCHEDULED,
        }
    )
    meeting.nature, meeting.activity = nature, activity


def delete(school: PaperSchool, meeting: PaperMeeting, *, settles: bool = True) -> None:
    """R-PPL-3, R-SCHED-5, R-PAY-3."""
    cycle = _of(school, meeting)
    refuse_where({CANCELLED: cycle.status is CycleStatus.CANCELLED})
    meeting.gone = school.next_deletion()
    money.settle_day(school, meeting, money.day_pay(meeting))
    if settles:
        after_a_change(school, cycle)


def restore(school: PaperSchool, meeting: PaperMeeting, *, allow_conflicts: bool = False) -> None:
    """R-MEET-2, R-MEET-7, R-PPL-3: a cancelled or deleted meeting comes back."""
    cycle = school.cycles[meeting.cycle]
    refuse_where({PARENT_GONE: not cycle.is_there})
    deleted = not meeting.is_there
    comes_as = meeting.status if deleted else SCHEDULED
    refuse_where(
        {
            CANCELLED: cycle.status is CycleStatus.CANCELLED,
            "meeting.cannot_restore": not deleted and meeting.status is not MeetingStatus.CANCELLED,
        }
    )
    if comes_as not in {SCHEDULED, COMPLETED}:
        meeting.gone = None
        return
    refuse_where(
        why_not_back(school, [meeting], allow_conflicts=allow_conflicts), _above(school, cycle)
    )
    _reopens(school, cycle)
    override = override_of(school, meeting, [meeting])
    number = school.free_number(cycle, own=meeting.number)
    meeting.gone, meeting.status, meeting.with_cycle = None, comes_as, False
    meeting.number, meeting.override = number, override
    if meeting.by_day:
        money.settle_day(school, meeting)
        _carries_again(school, cycle, meeting)
    after_a_change(school, cycle)


def _carries_again(school: PaperSchool, cycle: PaperCycle, meeting: PaperMeeting) -> None:
    """Decision 7: a meeting back on a day that nobody carries is paid as it would be today."""
    if any(other.pay for other in money.paid_by_the_day(school, meeting)):
        return
    kept = meeting.revenue
    money.reckon(school, cycle, meeting)
    meeting.revenue, meeting.by_day = kept, True
    money.settle_day(school, meeting)
