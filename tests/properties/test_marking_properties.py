"""R-ATT-1, R-ATT-3 as properties: whatever is marked in whatever order, nobody has two marks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from haitech_domain.attendance import AttendanceStatus, Mark, Roll, Wanted, mark_all, take_back
from haitech_domain.change import Change
from haitech_domain.errors import Duplicate, Invalid
from haitech_domain.ids import StudentId
from haitech_domain.registration import Registration, RegistrationStatus
from haitech_domain.testing.builders import a_meeting, a_registration, an_id, gone

AT = datetime(2026, 3, 1, 14, 30, tzinfo=UTC)
MEETING = a_meeting()
CHILDREN = [StudentId(an_id()) for _ in range(3)]
STATUSES = st.sampled_from(AttendanceStatus)
NUMBERS = st.integers(0, 5)
ACTS = st.one_of(
    st.tuples(st.just("registration"), NUMBERS, STATUSES),
    st.tuples(st.just("student"), st.sampled_from(CHILDREN), STATUSES),
    st.tuples(st.just("guest"), st.sampled_from(["דנה", "דנה ", "רות"]), STATUSES),
    st.tuples(st.just("register"), st.sampled_from(CHILDREN), st.none()),
    st.tuples(st.just("cancel"), NUMBERS, st.none()),
    st.tuples(st.just("unregister"), NUMBERS, st.none()),
    st.tuples(st.just("unmark"), NUMBERS, st.none()),
    st.tuples(st.just("restore"), NUMBERS, st.none()),
)


class Lesson:
    """One meeting: its cycle's registrations and its marks, deleted ones too."""

    def __init__(self) -> None:
        self.registrations: list[Registration] = []
        self.marks: list[Mark] = []

    @property
    def live(self) -> list[Mark]:
        return [mark for mark in self.marks if mark.deleted_at is None]

    @property
    def roll(self) -> Roll:
        return Roll(
            registrations=[r for r in self.registrations if r.deleted_at is None],
            marks=self.live,
            of_deleted={r.id: r.student_id for r in self.registrations},
            students=set(CHILDREN),
        )

    def mark(self, *wanted: Wanted) -> Sequence[Change[Mark]]:
        changes = mark_all(wanted, meeting=MEETING, roll=self.roll, new_id=an_id, at=AT, by=None)
        after = {mark.id: mark for mark in (*self.marks, *(c.after for c in changes))}
        self.marks = list(after.values())
        return changes

    def act(self, what: str, which: Any, status: AttendanceStatus | None) -> None:
        rows = (
            self.registrations if what in {"registration", "cancel", "unregister"} else self.marks
        )
        if what in {"student", "guest"}:
            field = "student_id" if what == "student" else "guest_name"
            self.mark(Wanted(fields={field: which, "status": status}))
        elif what == "register":
            self.registrations.append(a_registration(student_id=which))
        elif which >= len(rows):
            return
        elif what == "registration":
            self.name(self.registrations[which], status)
        elif what == "cancel":
            cancelled = RegistrationStatus.CANCELLED
            self.registrations[which] = self.registrations[which].changed(AT, status=cancelled)
        elif what == "unregister":
            self.registrations[which] = gone(self.registrations[which], at=AT)
        elif what == "unmark":
            self.marks[which] = gone(self.marks[which], at=AT)
        else:
            self.bring_back(which)

    def name(self, registration: Registration, status: AttendanceStatus | None) -> None:
        fields = {"registration_id": registration.id, "status": status}
        try:
            self.mark(Wanted(fields=fields))
        except Invalid:
            assert registration.deleted_at is not None

    def bring_back(self, which: int) -> None:
        there = self.marks[which]
        if there.deleted_at is None:
            return
        back = there.changed(AT, deleted_at=None, deletion=None)
        try:
            take_back(there, back, meeting=MEETING, roll=self.roll, at=AT)
        except Duplicate:
            assert self.roll.who(there) in map(self.roll.who, self.live)
        else:
            self.marks[which] = back


def played(acts: Sequence[Any]) -> Lesson:
    lesson = Lesson()
    for act in acts:
        lesson.act(*act)
        whose = list(map(lesson.roll.who, lesson.live))
        assert len(whose) == len(set(whose)), "somebody is marked twice"
    return lesson


@given(st.lists(ACTS, max_size=20))
def test_nobody_ever_has_two_marks_in_a_meeting(acts: Sequence[Any]) -> None:
    """R-ATT-1: by registration, student or name, over joining, leaving, unmarking and returning."""
    played(acts)


@given(st.lists(ACTS, max_size=12), STATUSES, STATUSES)
def test_marking_again_keeps_the_id_and_the_same_again_changes_nothing(
    acts: Sequence[Any], first: AttendanceStatus, second: AttendanceStatus
) -> None:
    """R-ATT-1, R-ATT-3: all at once, as a bulk does."""
    lesson = played(acts)

    def everybody(status: AttendanceStatus) -> Sequence[Change[Mark]]:
        named = [{"student_id": child} for child in CHILDREN] + [{"guest_name": "דנה"}]
        return lesson.mark(*(Wanted(fields={**who, "status": status}) for who in named))

    ids = [change.after.id for change in everybody(first)]
    again = everybody(second)
    assert [change.after.id for change in again] == ids
    assert {change.after.status for change in again} == {second}
    assert all(change.is_empty for change in everybody(second))
    kept = [attrs.evolve(mark) for mark in lesson.live]
    assert all(change.events == () for change in everybody(second))
    assert lesson.live == kept
