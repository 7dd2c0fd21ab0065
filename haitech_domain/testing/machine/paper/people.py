"""Who leaves the paper school and comes back, and what is kept from being orphaned (R-PPL-3)."""

from __future__ import annotations

from haitech_domain.cycle import CycleStatus
from haitech_domain.meeting import MeetingStatus
from haitech_domain.testing.machine.paper.school import (
    PaperSchool,
    Refused,
    must_be_there,
    refuse_where,
)
from haitech_domain.testing.machine.paper.things import (
    PaperInstructor,
    PaperStudent,
    PaperThing,
)

ORPHANS = "delete.would_orphan"


def dismiss(school: PaperSchool, instructor: PaperInstructor) -> None:
    """An instructor without active cycles and scheduled meetings may go."""
    must_be_there(instructor)
    cycles = any(
        c.is_there and c.status is CycleStatus.ACTIVE and c.instructor == instructor.id
        for c in school.cycles.values()
    )
    meetings = any(
        m.is_there and m.status is MeetingStatus.SCHEDULED and m.instructor == instructor.id
        for m in school.meetings.values()
    )
    refuse_where({ORPHANS: cycles or meetings})
    instructor.gone = school.next_deletion()


def leave(school: PaperSchool, student: PaperStudent) -> None:
    """A student without a live registration may go."""
    must_be_there(student)
    live = any(r.is_live and r.student == student.id for r in school.registrations.values())
    refuse_where({ORPHANS: live})
    student.gone = school.next_deletion()


def come_back(thing: PaperThing) -> None:
    """Whoever was deleted."""
    if thing.is_there:
        raise Refused("restore.not_deleted")
    thing.gone = None


def pay_otherwise(instructor: PaperInstructor, rate: str, agorot: int | None) -> None:
    """R-PAY-6: another rate, which no completed meeting feels."""
    must_be_there(instructor)
    setattr(instructor, rate, agorot)
