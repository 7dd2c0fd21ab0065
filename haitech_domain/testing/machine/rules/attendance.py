"""Rules about attendance: who came to which meeting."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from haitech_domain.access import Actor
from haitech_domain.attendance import AttendanceStatus, Wanted
from haitech_domain.ids import MarkId, MeetingId
from haitech_domain.meeting import MeetingStatus
from haitech_domain.testing.machine.paper import PaperMark, PaperMeeting
from haitech_domain.testing.machine.paper import attendance as on_paper
from haitech_domain.testing.machine.play import MANAGER, chances
from haitech_domain.testing.machine.rules.meetings import EDGES, MeetingRules, has_meetings

GUESTS: Final = ("גיא", "רוני")

statuses: Final = st.sampled_from(AttendanceStatus)
somebody: Final = st.tuples(
    st.sampled_from(["registration", "registration", "student", "guest"]),
    chances,
    statuses,
    st.none() | st.booleans(),
)
"""By what one is named, which one, whether they came, and perhaps whether on trial."""


class AttendanceRules(MeetingRules):
    """The verbs of attendance."""

    @precondition(has_meetings)
    @rule(chance=chances, whom=st.lists(somebody, min_size=1, max_size=3))
    def is_marked(self, chance: int, whom: list[tuple[Any, ...]]) -> None:
        """A manager marks some of those who came to a meeting."""
        one = self.a_meeting(chance, MeetingStatus.SCHEDULED, MeetingStatus.COMPLETED)
        self._marks(one, whom, MANAGER, None)

    @precondition(has_meetings)
    @rule(
        chance=chances,
        edge=st.sampled_from(EDGES),
        who=chances,
        whom=st.lists(somebody, min_size=1, max_size=2),
    )
    def is_marked_by_a_teacher(
        self, chance: int, edge: str, who: int, whom: list[tuple[Any, ...]]
    ) -> None:
        """An instructor marks registered children and guests, at an edge of the time for it."""
        one = self.pick(chance, self.meetings, suited=lambda m: m.teaches)
        self.arrives(one, edge)
        by = self.pick(who, list(self.users), suited=lambda id: id == one.instructor)
        known = [named for named in whom if named[0] != "student"]
        if known:
            self._marks(one, known, self.teacher(by), by)

    def _marks(
        self, one: PaperMeeting, whom: list[tuple[Any, ...]], actor: Actor, by: UUID | None
    ) -> None:
        said = [self._said(one, *named) for named in whom]
        wanted = [Wanted(path=f"records[{n}]", fields=_fields(each)) for n, each in enumerate(said)]
        done = self.does(
            self.stage.verbs.mark_attendance(
                actor=actor, meeting_id=MeetingId(one.id), wanted=wanted
            ),
            lambda: on_paper.mark(self.paper, one, said, by=by),
        )
        if done is None:
            return
        marked, known = done
        for stored, there, each in zip(marked.marks, known, said, strict=True):
            if there is None:
                on_paper.new_mark(self.paper, stored.id, one, each)
            else:
                assert there.id == stored.id, "R-ATT-1: marking again keeps the id"
        new = sum(there is None for there in known)
        assert marked.created == new, f"created {marked.created}, on paper {new}"

    def _said(
        self,
        meeting: PaperMeeting,
        by: str,
        chance: int,
        status: AttendanceStatus,
        trial: bool | None,  # noqa: FBT001  # a value, not a switch
    ) -> on_paper.Said:
        registrations = list(self.paper.registrations.values())
        if by == "registration" and not registrations:
            by = "guest"
        if by == "registration":
            one = self.pick(chance, registrations, suited=lambda r: r.cycle == meeting.cycle)
            return on_paper.Said(status=status, registration=one.id, trial=trial)
        if by == "guest":
            return on_paper.Said(status=status, guest=GUESTS[chance % len(GUESTS)], trial=trial)
        students = list(self.paper.students.values())
        student = self.pick(chance, students, suited=lambda s: s.is_there)
        return on_paper.Said(status=status, student=student.id, trial=trial)

    def _a_mark(self, chance: int, *, there: bool) -> PaperMark:
        marks = list(self.paper.marks.values())
        return self.pick(chance, marks, suited=lambda mark: mark.is_there is there)

    @precondition(lambda self: self.paper.marks)
    @rule(chance=chances, status=statuses)
    def a_mark_is_changed(self, chance: int, status: AttendanceStatus) -> None:
        """They came, or not, after all."""
        one = self._a_mark(chance, there=True)
        self.does(
            self.stage.verbs.update_mark(
                actor=MANAGER, mark_id=MarkId(one.id), values={"status": status}
            ),
            lambda: on_paper.change(self.paper, one, status),
        )

    @precondition(lambda self: self.paper.marks)
    @rule(chance=chances)
    def a_mark_is_taken_back(self, chance: int) -> None:
        """As if it had not been made."""
        one = self._a_mark(chance, there=True)
        self.does(
            self.stage.verbs.delete_mark(actor=MANAGER, mark_id=MarkId(one.id)),
            lambda: on_paper.take_back(self.paper, one),
        )

    @precondition(lambda self: any(not mark.is_there for mark in self.paper.marks.values()))
    @rule(chance=chances)
    def a_mark_is_restored(self, chance: int) -> None:
        """It had been right."""
        one = self._a_mark(chance, there=False)
        self.does(
            self.stage.verbs.restore_mark(actor=MANAGER, mark_id=MarkId(one.id)),
            lambda: on_paper.restore(self.paper, one),
        )


def _fields(said: on_paper.Said) -> dict[str, Any]:
    named = {
        "registration_id": said.registration,
        "student_id": said.student,
        "guest_name": said.guest,
        "is_trial": said.trial,
    }
    given = {field: value for field, value in named.items() if value is not None}
    return {"status": said.status, **given}
