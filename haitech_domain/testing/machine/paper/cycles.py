"""Changing a cycle of the paper school, and planning its meetings (domain.md §5, §7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import attrs

from haitech_domain.calendar import DayOfWeek
from haitech_domain.cycle import CycleStatus, CycleType
from haitech_domain.meeting import MeetingStatus
from haitech_domain.registration import RegistrationStatus
from haitech_domain.testing.machine.paper.endings import (
    FULL,
    after_a_change,
    override_of,
    stood_beside,
    undo_end,
    why_not_active,
)
from haitech_domain.testing.machine.paper.school import (
    BUSY,
    PARENT_GONE,
    UNKNOWN,
    PaperSchool,
    must_be_there,
    refuse_where,
)
from haitech_domain.testing.machine.paper.things import (
    PaperCycle,
    PaperMeeting,
    PaperRegistration,
)

CANCELLED = "cycle.is_cancelled"
_WEEK = timedelta(days=7)
_NEEDED = {
    CycleType.INSTITUTIONAL_FIXED: "meeting_revenue",
    CycleType.INSTITUTIONAL_PER_CHILD: "price_per_student",
}


def resize(school: PaperSchool, cycle: PaperCycle, total: int) -> None:
    """R-CYC-8, R-CYC-2."""
    must_be_there(cycle)
    highest = max(school.numbers(cycle), default=0)
    refuse_where({"cycle.total_below_live_number": total < cycle.total and total < highest})
    if total != cycle.total:
        cycle.total = total
        after_a_change(school, cycle)


def make_room(school: PaperSchool, cycle: PaperCycle, places: int | None) -> None:
    """R-REG-2: no fewer places than are taken."""
    must_be_there(cycle)
    taken = sum(r.is_live for r in school.registrations_of(cycle))
    changes = places is not None and places != cycle.places
    refuse_where({FULL: changes and places is not None and places < taken})
    cycle.places = places


def retime(
    school: PaperSchool,
    cycle: PaperCycle,
    *,
    start_date: date | None = None,
    weekday: DayOfWeek | None = None,
) -> None:
    """R-CYC-7, R-CYC-9: another first day or weekday moves no meeting that there is."""
    must_be_there(cycle)
    last = school.end_date(cycle)
    starts = start_date or cycle.start_date
    changes = starts != cycle.start_date
    refuse_where(
        {
            "cycle.rest_day": weekday is DayOfWeek.SATURDAY,
            "date.order": changes
            and (
                (last is not None and starts > last)
                or (cycle.given_end is not None and starts > cycle.given_end)
            ),
        }
    )
    cycle.start_date, cycle.weekday = starts, weekday or cycle.weekday


def hand_over(
    school: PaperSchool, cycle: PaperCycle, to: UUID, *, allow_conflicts: bool = False
) -> None:
    """R-CYC-9: the scheduled meetings of the old instructor go along.

    So do those that the cancelling of the cycle took.
    """
    must_be_there(cycle)
    if to == cycle.instructor:
        return
    theirs = [m for m in school.meetings_of(cycle) if m.instructor == cycle.instructor]
    moving = [m for m in theirs if m.status is MeetingStatus.SCHEDULED]
    gone = [m for m in theirs if m.with_cycle]
    _are_taught_by([*moving, *gone], to)
    overrides = {id(m): override_of(school, m, moving) for m in moving}
    overrides |= {id(m): m.override and stood_beside(m, gone) for m in gone}
    busy = any(school.in_the_way(m, apart_from=moving) for m in moving)
    left = not school.instructors[to].is_there
    if left or (busy and not allow_conflicts):
        _are_taught_by([*moving, *gone], cycle.instructor)
        refuse_where({UNKNOWN: left, BUSY: busy and not allow_conflicts})
    cycle.instructor = to
    for meeting in (*moving, *gone):
        meeting.override = overrides[id(meeting)]


def _are_taught_by(meetings: list[PaperMeeting], instructor: UUID) -> None:
    for meeting in meetings:
        meeting.instructor = instructor


def generate(
    school: PaperSchool, cycle: PaperCycle, *, allow_conflicts: bool = False, dry_run: bool = False
) -> list[PaperMeeting]:
    """R-SCHED-1…6, R-SCHED-9: the missing meetings, in order; stored by whoever knows their ids."""
    must_be_there(cycle)
    refuse_where({CANCELLED: cycle.status is CycleStatus.CANCELLED})
    made = _missing(school, cycle)
    for meeting in made:
        meeting.override = bool(school.in_the_way(meeting))
    if not made:
        return made
    gone = not school.instructors[cycle.instructor].is_there
    busy = any(meeting.override for meeting in made) and not (allow_conflicts or dry_run)
    refuse_where({UNKNOWN: gone, BUSY: busy}, why_not_active(school, cycle))
    if not dry_run and cycle.status is CycleStatus.COMPLETED:
        undo_end(school, cycle)
    return made


def _missing(school: PaperSchool, cycle: PaperCycle) -> list[PaperMeeting]:
    taken = school.numbers(cycle)
    days = [m.day for m in school.teaching(cycle)]
    first = max([cycle.start_date, *(day + timedelta(days=1) for day in days)])
    made = []
    for number in range(1, cycle.total + 1):
        if number in taken:
            continue
        day = next_day(school, cycle, first)
        made.append(planned(cycle, day, number))
        first = day + timedelta(days=1)
    return made


def next_day(school: PaperSchool, cycle: PaperCycle, first: date) -> date:
    """R-SCHED-1, R-SCHED-2: the first day from `first` on that is its weekday and teaches."""
    day = first
    while DayOfWeek.of(day) is not cycle.weekday:
        day += timedelta(days=1)
    while not school.teaches_on(day):
        day += _WEEK
    return day


def planned(cycle: PaperCycle, day: date, number: int) -> PaperMeeting:
    """A meeting as the cycle has them; its id is the cycle's until its own is known."""
    return PaperMeeting(
        id=cycle.id,
        cycle=cycle.id,
        instructor=cycle.instructor,
        day=day,
        start=cycle.start,
        end=cycle.end,
        number=number,
    )


def reprice(cycle: PaperCycle, terms: Mapping[str, Any]) -> None:
    """R-CYC-7: other terms of money, which no meeting that is completed feels."""
    must_be_there(cycle)
    needed = _NEEDED.get(cycle.type, "")
    refuse_where({"price.required": needed in terms and terms[needed] is None})
    for name, value in terms.items():
        setattr(cycle, name, value)


def duplicate(
    school: PaperSchool,
    cycle: PaperCycle,
    start_date: date,
    *,
    copy: bool,
    plan: bool,
    allow_conflicts: bool,
) -> tuple[PaperCycle, list[PaperRegistration], list[PaperMeeting]]:
    """R-CYC-5: another run, with its registrations and meetings, stored by whoever knows their ids.

    Nothing of what ended the old one comes along, nor its stated end (decision 28).
    """
    must_be_there(cycle)
    refuse_where({PARENT_GONE: not school.instructors[cycle.instructor].is_there})
    new = attrs.evolve(
        cycle, id=uuid4(), start_date=start_date, given_end=None, status=CycleStatus.ACTIVE
    )
    live = [r for r in school.registrations_of(cycle) if r.is_live] if copy else []
    again = [
        PaperRegistration(
            id=uuid4(),
            student=r.student,
            cycle=new.id,
            status=RegistrationStatus.REGISTERED,
            amount=r.amount,
        )
        for r in live
    ]
    return new, again, generate(school, new, allow_conflicts=allow_conflicts) if plan else []
