"""How a cycle of the paper school ends and comes back, with its registrations (domain.md §7)."""

from __future__ import annotations

from haitech_domain.cycle import CycleStatus
from haitech_domain.meeting import MeetingStatus
from haitech_domain.registration import RegistrationStatus
from haitech_domain.testing.machine.paper.school import (
    BUSY,
    PARENT_GONE,
    PaperSchool,
    Refused,
    must_be_there,
    refuse_where,
)
from haitech_domain.testing.machine.paper.things import (
    PaperCycle,
    PaperMeeting,
    PaperRegistration,
)

FULL = "cycle.full"
EXISTS = "registration.exists"

_ENDED = {
    CycleStatus.COMPLETED: RegistrationStatus.COMPLETED,
    CycleStatus.CANCELLED: RegistrationStatus.CANCELLED,
}


def after_a_change(school: PaperSchool, cycle: PaperCycle) -> None:
    """R-CYC-2: an active cycle whose plan is all completed, with nothing scheduled, is completed."""
    done = {m.number for m in school.meetings_of(cycle) if m.status is MeetingStatus.COMPLETED}
    held = all(number in done for number in range(1, cycle.total + 1))
    finished = held and not school.counts(cycle)[MeetingStatus.SCHEDULED]
    if finished and cycle.status is CycleStatus.ACTIVE:
        completed(school, cycle)


def completed(school: PaperSchool, cycle: PaperCycle) -> None:
    """R-CYC-2: the cycle with its registered and active registrations."""
    cycle.status = CycleStatus.COMPLETED
    for registration in school.registrations_of(cycle):
        if registration.status in {RegistrationStatus.REGISTERED, RegistrationStatus.ACTIVE}:
            registration.before = registration.status
            registration.status = RegistrationStatus.COMPLETED


def complete(school: PaperSchool, cycle: PaperCycle) -> None:
    """R-CYC-3, by hand."""
    must_be_there(cycle)
    refuse_where(
        {
            "cycle.cannot_complete": cycle.status is not CycleStatus.ACTIVE,
            "cycle.meetings_scheduled": school.counts(cycle)[MeetingStatus.SCHEDULED],
        }
    )
    completed(school, cycle)


def cancel(school: PaperSchool, cycle: PaperCycle) -> None:
    """R-CYC-3: with its scheduled meetings and live registrations."""
    must_be_there(cycle)
    refuse_where({"cycle.cannot_cancel": cycle.status is not CycleStatus.ACTIVE})
    cycle.status = CycleStatus.CANCELLED
    for meeting in school.meetings_of(cycle):
        if meeting.status is MeetingStatus.SCHEDULED:
            meeting.status, meeting.with_cycle = MeetingStatus.CANCELLED, True
    for registration in school.registrations_of(cycle):
        if registration.is_live:
            registration.before = registration.status
            registration.status = RegistrationStatus.CANCELLED
            registration.cancelled_on = school.now.date()


def reopen(school: PaperSchool, cycle: PaperCycle, *, allow_conflicts: bool = False) -> None:
    """R-CYC-3, by hand: undoes exactly what its end did."""
    must_be_there(cycle)
    was_cancelled = cycle.status is CycleStatus.CANCELLED
    coming = [m for m in school.meetings_of(cycle) if m.with_cycle] if was_cancelled else []
    refuse_where(
        {"cycle.cannot_reopen": cycle.status is CycleStatus.ACTIVE},
        why_not_active(school, cycle),
        why_not_back(school, coming, allow_conflicts=allow_conflicts),
    )
    undo_end(school, cycle)
    overrides = {id(m): override_of(school, m, coming) for m in coming}
    for meeting in coming:
        number = school.free_number(cycle, own=meeting.number)
        meeting.status, meeting.with_cycle = MeetingStatus.SCHEDULED, False
        meeting.number, meeting.override = number, overrides[id(meeting)]


def undo_end(school: PaperSchool, cycle: PaperCycle) -> None:
    """R-CYC-2, R-CYC-3: active again, and so are the registrations that it took along."""
    for registration in revived(school, cycle):
        revive(registration)
    cycle.status = CycleStatus.ACTIVE


def revived(school: PaperSchool, cycle: PaperCycle) -> list[PaperRegistration]:
    """Which registrations live again when the cycle does."""
    ended = _ENDED.get(cycle.status)
    found = school.registrations_of(cycle)
    return [r for r in found if r.before is not None and r.status is ended]


def revive(registration: PaperRegistration) -> None:
    """Back to what the end of the cycle replaced."""
    registration.status = registration.before or registration.status
    registration.before = registration.cancelled_on = None


def why_not_active(school: PaperSchool, cycle: PaperCycle) -> dict[str, bool]:
    """R-PPL-3, R-REG-1, R-REG-2: what keeps an ended cycle from becoming active again."""
    if cycle.status is CycleStatus.ACTIVE:
        return {}
    back = revived(school, cycle)
    live = [r for r in school.registrations_of(cycle) if r.is_live]
    students = [r.student for r in (*back, *live)]
    orphans = not school.instructors[cycle.instructor].is_there or not all(
        school.students[r.student].is_there for r in back
    )
    return {
        PARENT_GONE: orphans,
        EXISTS: len(set(students)) < len(students),
        FULL: cycle.places is not None and len(students) > cycle.places and bool(back),
    }


def why_not_back(
    school: PaperSchool, coming: list[PaperMeeting], *, allow_conflicts: bool
) -> dict[str, bool]:
    """R-SCHED-9, R-PPL-3: what keeps meetings from being held once more."""
    gone = {m.id for m in coming if not school.instructors[m.instructor].is_there}
    held = all(m.status is MeetingStatus.COMPLETED for m in coming if m.id in gone)
    busy = any(school.in_the_way(m, apart_from=coming) for m in coming)
    busy = busy or bool(never_allowed(coming))
    return {PARENT_GONE: bool(gone) and not held, BUSY: busy and not allow_conflicts}


def override_of(school: PaperSchool, meeting: PaperMeeting, group: list[PaperMeeting]) -> bool:
    """R-SCHED-9: whether a meeting carries the override once it is back, or handed over.

    What was allowed among those that come back together stays allowed.
    """
    if school.in_the_way(meeting, apart_from=group):
        return True
    stood = meeting.override and stood_beside(meeting, group)
    return stood or meeting in never_allowed(group)


def stood_beside(meeting: PaperMeeting, group: list[PaperMeeting]) -> bool:
    """Whether a meeting overlaps another of the group."""
    return any(_meet(meeting, other) for other in group)


def never_allowed(group: list[PaperMeeting]) -> list[PaperMeeting]:
    """Those that overlap an earlier one of the group, and neither of the two had leave.

    They were handed over while they were gone, or they would not stand so.
    """
    strict = [m for m in group if not m.override]
    strict.sort(key=lambda m: (m.day, m.start, m.id))
    return [m for n, m in enumerate(strict) if any(_meet(m, other) for other in strict[:n])]


def _meet(one: PaperMeeting, other: PaperMeeting) -> bool:
    same = one is not other and one.instructor == other.instructor
    return same and one.overlaps(other)


def delete(school: PaperSchool, cycle: PaperCycle) -> None:
    """R-PPL-3: with its meetings and registrations."""
    must_be_there(cycle)
    act = school.next_deletion()
    for thing in (*school.meetings_of(cycle), *school.registrations_of(cycle), cycle):
        thing.gone = act


def restore(school: PaperSchool, cycle: PaperCycle, *, allow_conflicts: bool = False) -> None:
    """R-PPL-3: exactly what its deletion took, if there is room for it."""
    if cycle.is_there:
        raise Refused("restore.not_deleted")
    act = cycle.gone
    meetings = [m for m in school.meetings.values() if m.cycle == cycle.id and m.gone == act]
    registrations = [
        r for r in school.registrations.values() if r.cycle == cycle.id and r.gone == act
    ]
    cycle.gone = None
    for thing in (*meetings, *registrations):
        thing.gone = None
    coming = [m for m in meetings if m.teaches]
    live = [r for r in registrations if r.is_live]
    parent = school.instructors[cycle.instructor]
    orphaned = cycle.status is CycleStatus.ACTIVE and not parent.is_there
    orphaned = orphaned or not all(school.students[r.student].is_there for r in live)
    full = cycle.places is not None and len(live) > cycle.places
    back = why_not_back(school, coming, allow_conflicts=allow_conflicts)
    overrides = {id(m): override_of(school, m, coming) for m in coming}
    try:
        refuse_where({PARENT_GONE: orphaned, FULL: full}, back)
    except Refused:
        for thing in (*meetings, *registrations, cycle):
            thing.gone = act
        raise
    for meeting in coming:
        meeting.override = overrides[id(meeting)]
