"""Many things of the paper school in one request: all of them or none (R-CYC-6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

from haitech_domain.cycle import CycleStatus
from haitech_domain.meeting import MeetingStatus
from haitech_domain.testing.machine.paper import cycles, endings, meetings
from haitech_domain.testing.machine.paper.school import (
    BUSY,
    UNKNOWN,
    PaperSchool,
    Refused,
    must_be_there,
    refuse_where,
)
from haitech_domain.testing.machine.paper.things import PaperCycle, PaperMeeting


class _Reasons:
    """Each thing is judged as if those that are refused had not been asked for."""

    def __init__(self, school: PaperSchool) -> None:
        self._school = school
        self.found: set[str] = set()

    @contextmanager
    def collected(self) -> Iterator[None]:
        try:
            with self._school.attempt():
                yield
        except Refused as refusal:
            self.found |= refusal.reasons

    def end(self) -> None:
        if self.found:
            raise Refused(*self.found)


def statuses(
    school: PaperSchool,
    asked: list[PaperMeeting],
    status: MeetingStatus,
    *,
    allow_conflicts: bool = False,
) -> None:
    """The verb that leads to a status, on each meeting in order of date."""

    def step(meeting: PaperMeeting) -> None:
        if status is MeetingStatus.COMPLETED:
            meetings.complete(school, meeting, settles=False)
        elif status is MeetingStatus.CANCELLED:
            meetings.cancel(school, meeting, settles=False)
        elif meeting.status is MeetingStatus.COMPLETED:
            meetings.reopen(school, meeting)
        else:
            must_be_there(meeting)
            meetings.restore(school, meeting, allow_conflicts=allow_conflicts)

    _each(school, asked, step)


def delete(school: PaperSchool, asked: list[PaperMeeting]) -> None:
    """Each meeting, judged by what is left in the end."""
    _each(school, asked, lambda meeting: meetings.delete(school, meeting, settles=False))


def _each(
    school: PaperSchool, asked: list[PaperMeeting], step: Callable[[PaperMeeting], None]
) -> None:
    with school.attempt():
        reasons = _Reasons(school)
        for meeting in sorted(asked, key=lambda m: (m.day, m.start, m.id)):
            with reasons.collected():
                step(meeting)
        reasons.end()
        for id in {meeting.cycle for meeting in asked}:
            endings.after_a_change(school, school.cycles[id])


def change(
    school: PaperSchool,
    asked: Iterable[PaperCycle],
    what: str,
    value: Any,
    *,
    allow_conflicts: bool = False,
) -> None:
    """One field of many cycles, in order of id; what it names is looked for whatever they are."""
    with school.attempt():
        reasons = _Reasons(school)
        with reasons.collected():
            named = what == "instructor_id"
            refuse_where({UNKNOWN: named and not school.instructors[value].is_there})
        for cycle in sorted(asked, key=lambda c: c.id):
            with reasons.collected():
                _one(school, cycle, what, value, allow_conflicts=allow_conflicts)
        reasons.end()


def _one(
    school: PaperSchool, cycle: PaperCycle, what: str, value: Any, *, allow_conflicts: bool
) -> None:
    if what == "status":
        must_be_there(cycle)
        if value is cycle.status:
            return
        if value is CycleStatus.ACTIVE:
            endings.reopen(school, cycle, allow_conflicts=allow_conflicts)
        else:
            end = endings.cancel if value is CycleStatus.CANCELLED else endings.complete
            end(school, cycle)
    elif what == "total_meetings":
        cycles.resize(school, cycle, value)
    elif what == "max_students":
        cycles.make_room(school, cycle, value)
    else:
        cycles.hand_over(school, cycle, value, allow_conflicts=allow_conflicts)


def generate(
    school: PaperSchool, asked: Iterable[PaperCycle], *, allow_conflicts: bool = False
) -> dict[UUID, list[PaperMeeting]]:
    """The missing meetings of many cycles, in order of start date; written under ids of their own."""
    made: dict[UUID, list[PaperMeeting]] = {}
    with school.attempt():
        reasons = _Reasons(school)
        for cycle in sorted(asked, key=lambda c: (c.start_date, c.id)):
            with reasons.collected():
                made[cycle.id] = cycles.generate(school, cycle, allow_conflicts=True)
                for meeting in made[cycle.id]:
                    meeting.id = uuid4()
                    school.meetings[meeting.id] = meeting
                if any(m.override for m in made[cycle.id]) and not allow_conflicts:
                    reasons.found.add(BUSY)
        reasons.end()
    return made
