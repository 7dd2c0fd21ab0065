"""Who came to the meetings of the paper school (domain.md §9, decision 23)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta
from uuid import UUID

import attrs

from haitech_domain.attendance import AttendanceStatus
from haitech_domain.registration import RegistrationStatus
from haitech_domain.testing.machine.paper.school import (
    NOT_FOUND,
    PARENT_GONE,
    UNKNOWN,
    PaperSchool,
    Refused,
    must_be_there,
    refuse_where,
)
from haitech_domain.testing.machine.paper.things import (
    PaperCycle,
    PaperMark,
    PaperMeeting,
    PaperRegistration,
)

Who = UUID | str


@attrs.frozen(kw_only=True)
class Said:
    """What is said of one: exactly one of the three, whether they came, and perhaps «on trial»."""

    status: AttendanceStatus
    registration: UUID | None = None
    student: UUID | None = None
    guest: str | None = None
    trial: bool | None = None


def marks_of(school: PaperSchool, meeting: PaperMeeting) -> list[PaperMark]:
    """Those that were not taken back."""
    return [m for m in school.marks.values() if m.meeting == meeting.id and m.is_there]


def who_is(school: PaperSchool, mark: PaperMark) -> Who:
    """Whose a mark is: a child, however it is named, or a guest by the name."""
    if mark.registration is not None:
        return school.registrations[mark.registration].student
    found = mark.student or mark.guest
    assert found is not None, "R-ATT-1"
    return found


def counts(school: PaperSchool, cycle: PaperCycle) -> Counter[AttendanceStatus]:
    """R-ATT-4: the marks of a cycle's meetings that were or will be held."""
    held = {m.id for m in school.teaching(cycle)}
    return Counter(m.status for m in school.marks.values() if m.is_there and m.meeting in held)


def mark(
    school: PaperSchool, meeting: PaperMeeting, said: list[Said], *, by: UUID | None = None
) -> list[PaperMark | None]:
    """R-ATT-1…3: who is marked already keeps the mark; None stands for a new one.

    The new ones are stored by whoever knows their ids (`new_mark`).
    """
    _may_mark(school, meeting, by)
    reasons: set[str] = set()
    wanted: list[tuple[Who, PaperRegistration | None]] = []
    for one in said:
        try:
            who, registration = _means(school, meeting, one)
        except Refused as unknown:
            reasons |= unknown.reasons
            continue
        if who in {known for known, _ in wanted}:
            reasons.add("attendance.twice")
        if one.trial is False and registration is None:
            reasons.add("attendance.trial")
        wanted.append((who, registration))
    refuse_where(dict.fromkeys(reasons, True), _why_not_now(school, meeting, by))
    there = {who_is(school, m): m for m in marks_of(school, meeting)}
    found = [there.get(who) for who, _ in wanted]
    for one, known, (_, registration) in zip(said, found, wanted, strict=True):
        if known is not None:
            _marks_again(known, one, registration)
    return found


def new_mark(school: PaperSchool, id: UUID, meeting: PaperMeeting, said: Said) -> None:
    """A mark that was not there."""
    _, registration = _means(school, meeting, said)
    on_trial = registration is None or registration.status is RegistrationStatus.TRIAL
    school.marks[id] = PaperMark(
        id=id,
        meeting=meeting.id,
        status=said.status,
        registration=None if registration is None else registration.id,
        student=said.student if registration is None else None,
        guest=said.guest,
        trial=on_trial if said.trial is None else said.trial,
    )


def _marks_again(known: PaperMark, said: Said, registration: PaperRegistration | None) -> None:
    known.status = said.status
    if registration is not None:
        known.registration, known.student = registration.id, None
    if said.trial is not None:
        known.trial = said.trial


def _means(
    school: PaperSchool, meeting: PaperMeeting, said: Said
) -> tuple[Who, PaperRegistration | None]:
    """R-ATT-1: whom somebody means; a student of the cycle means the registration."""
    here = school.registrations_of(school.cycles[meeting.cycle])
    if said.guest is not None:
        return said.guest, None
    if said.registration is not None:
        named = school.registrations[said.registration]
        refuse_where({UNKNOWN: named not in here})
        return named.student, named
    student = said.student
    assert student is not None, "one of the three"
    theirs = [r for r in here if r.student == student]
    if not theirs:
        refuse_where({UNKNOWN: not school.students[student].is_there})
        return student, None
    marked = {m.registration for m in marks_of(school, meeting)}
    # made later is stored later, and a dictionary keeps that order
    return student, max(enumerate(theirs), key=lambda n: (n[1].id in marked, n[1].is_live, n[0]))[1]


def _may_mark(school: PaperSchool, meeting: PaperMeeting, by: UUID | None) -> None:
    """R-ACC-2. :raises Refused: it is deleted, or not this instructor's"""
    must_be_there(meeting)
    if by is not None:
        refuse_where({NOT_FOUND: by not in {meeting.instructor, _teacher(school, meeting)}})
        refuse_where({"access.denied": by != meeting.instructor})


def _teacher(school: PaperSchool, meeting: PaperMeeting) -> UUID:
    return school.cycles[meeting.cycle].instructor


def _why_not_now(school: PaperSchool, meeting: PaperMeeting, by: UUID | None) -> dict[str, bool]:
    """R-ATT-2."""
    opens = datetime.combine(meeting.day, meeting.start)
    closes = datetime.combine(meeting.day + timedelta(days=2), time.min)
    outside = by is not None and not opens <= school.now < closes
    return {
        "attendance.meeting_not_held": not meeting.teaches,
        "meeting.outside_window": outside,
    }


def _of(school: PaperSchool, mark: PaperMark, by: UUID | None) -> PaperMeeting:
    """A mark's meeting. :raises Refused: either is deleted, or not this instructor's"""
    meeting = school.meetings[mark.meeting]
    refuse_where({NOT_FOUND: not (mark.is_there and meeting.is_there)})
    _may_mark(school, meeting, by)
    return meeting


def change(
    school: PaperSchool, mark: PaperMark, status: AttendanceStatus, *, by: UUID | None = None
) -> None:
    """Decision 23: a mark of a meeting that is held, in time."""
    meeting = _of(school, mark, by)
    refuse_where(_why_not_now(school, meeting, by))
    mark.status = status


def take_back(school: PaperSchool, mark: PaperMark, *, by: UUID | None = None) -> None:
    """Decision 23: from a meeting of any status."""
    meeting = _of(school, mark, by)
    late = _why_not_now(school, meeting, by)["meeting.outside_window"]
    refuse_where({"meeting.outside_window": late})
    mark.gone = school.next_deletion()


def restore(school: PaperSchool, mark: PaperMark) -> None:
    """R-PPL-3, R-ATT-1: unless the child or guest was marked since."""
    meeting = school.meetings[mark.meeting]
    if mark.is_there:
        raise Refused("restore.not_deleted" if meeting.is_there else NOT_FOUND)
    refuse_where({PARENT_GONE: not meeting.is_there})
    marked = {who_is(school, other) for other in marks_of(school, meeting)}
    held = _why_not_now(school, meeting, None)
    refuse_where({"duplicate": who_is(school, mark) in marked}, held)
    mark.gone = None
