"""Marks, their rate, and who is missing on a sheet (domain.md §9)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from haitech_domain.attendance import AttendanceStatus, MarkCounts
from haitech_domain.errors import Invalid
from haitech_domain.registration import RegistrationStatus
from haitech_domain.testing.builders import (
    a_cycle,
    a_mark,
    a_registration,
    a_student,
    an_id,
    gone,
)
from haitech_domain.use_cases.attendance_reading import names_of, not_marked, students_of

PRESENT, ABSENT, LATE = AttendanceStatus
REGISTERED, ACTIVE, TRIAL, COMPLETED, CANCELLED = RegistrationStatus
TARGETS = {"registration_id": an_id(), "student_id": an_id(), "guest_name": "דנה"}


@pytest.mark.parametrize("target", list(TARGETS))
def test_a_mark_is_of_one_registration_student_or_guest(target: str) -> None:
    """R-ATT-1: a student or guest is on trial, a registration may be."""
    mark = a_mark(**{target: TARGETS[target]})
    assert getattr(mark, target) == TARGETS[target]
    assert mark.is_trial is (target != "registration_id")
    assert a_mark(registration_id=an_id(), is_trial=True).is_trial


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"registration_id", "student_id"},
        {"registration_id", "guest_name"},
        {"student_id", "guest_name"},
        set(TARGETS),
    ],
)
def test_none_or_several_of_them_are_refused(given: set[str]) -> None:
    """R-ATT-1: exactly one, and the answer names the fields."""
    wrong: dict[str, Any] = {name: TARGETS[name] if name in given else None for name in TARGETS}
    with pytest.raises(Invalid) as refused:
        a_mark(**wrong, is_trial=True)
    assert {problem.field for problem in refused.value.problems} == (set(given) or set(TARGETS))
    assert {problem.reason for problem in refused.value.problems} == {"attendance.one_target"}


@pytest.mark.parametrize("target", ["student_id", "guest_name"])
def test_who_is_not_registered_is_on_trial(target: str) -> None:
    """R-ATT-1."""
    with pytest.raises(Invalid) as refused:
        a_mark(**{target: TARGETS[target]}, is_trial=False)
    assert [problem.reason for problem in refused.value.problems] == ["attendance.trial"]


@pytest.mark.parametrize(("status", "came"), [(PRESENT, True), (LATE, True), (ABSENT, False)])
def test_who_is_late_came(status: AttendanceStatus, came: bool) -> None:  # a column
    """R-ATT-4."""
    assert status.came is came


@pytest.mark.parametrize(
    ("present", "absent", "late", "rate"),
    [
        (0, 0, 0, None),
        (0, 1, 0, Fraction(0)),
        (1, 0, 0, Fraction(1)),
        (0, 0, 2, Fraction(1)),
        (1, 1, 1, Fraction(2, 3)),
        (6, 2, 0, Fraction(3, 4)),
    ],
)
def test_the_rate_is_who_came_of_all_who_were_marked(
    present: int, absent: int, late: int, rate: Fraction | None
) -> None:
    """R-ATT-4: without marks none, which is not 0."""
    marks = [
        a_mark(status=status)
        for status, many in ((PRESENT, present), (ABSENT, absent), (LATE, late))
        for _ in range(many)
    ]
    counts = MarkCounts.of(marks)
    assert (counts.present, counts.absent, counts.late) == (present, absent, late)
    assert counts.rate == rate
    assert MarkCounts(present=present, absent=absent, late=late) == counts


# ── the sheet ───────────────────────────────────────────────────────────────────────────────


def test_everybody_who_takes_part_is_waited_for() -> None:
    """R-ATT-3: all but those who were cancelled."""
    rows = [a_registration(status=status) for status in RegistrationStatus]
    assert [r.status for r in not_marked(rows, set())] == [REGISTERED, ACTIVE, TRIAL, COMPLETED]


@pytest.mark.parametrize("live_first", [True, False])
def test_a_student_is_waited_for_once(live_first: bool) -> None:  # either way
    """R-ATT-1: by the live registration, where there is one."""
    student = an_id()
    ended = a_registration(student_id=student, status=COMPLETED)
    live = a_registration(student_id=student, status=ACTIVE)
    rows = [live, ended] if live_first else [ended, live]
    assert not_marked(rows, set()) == [live]
    assert not_marked([ended], set()) == [ended]


def test_a_student_who_is_marked_in_any_way_is_not_waited_for() -> None:
    """R-ATT-1: by a registration, an ended one too, or on trial before there was one."""
    by_registration, by_self, by_old = a_registration(), a_registration(), a_registration()
    old = a_registration(student_id=by_old.student_id, status=CANCELLED)
    waiting = a_registration()
    rows = [by_registration, by_self, old, by_old, waiting]
    marks = [
        a_mark(registration_id=by_registration.id),
        a_mark(student_id=by_self.student_id),
        a_mark(registration_id=old.id),
        a_mark(guest_name="רות"),
    ]
    whose = students_of(marks, rows)
    assert not_marked(rows, {whose.get(mark.id) for mark in marks}) == [waiting]


def test_everybody_on_a_sheet_has_a_name_but_the_deleted() -> None:
    """R-PPL-4."""
    student, lost = a_student(name="נועם"), a_student(name="gone")
    registered = a_registration(student_id=student.id, cycle_id=a_cycle().id)
    of_lost = a_registration(student_id=lost.id)
    deleted = gone(a_registration())
    marks = {
        "registration": a_mark(registration_id=registered.id),
        "student": a_mark(student_id=student.id),
        "guest": a_mark(guest_name="רות"),
        "lost": a_mark(student_id=lost.id),
        "deleted": a_mark(registration_id=deleted.id),
    }
    whose = students_of(list(marks.values()), [registered, of_lost])
    names = names_of(list(marks.values()), whose, {student.id: student})
    found = {what: names.get(mark.id) for what, mark in marks.items()}
    assert found == {
        "registration": "נועם",
        "student": "נועם",
        "guest": "רות",
        "lost": None,
        "deleted": None,
    }
    assert (names[registered.id], names.get(of_lost.id)) == ("נועם", None)
