"""Whom a mark is of, and how it is made, replaced, changed, taken back and restored (R-ATT-1…3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from haitech_domain.attendance import (
    AttendanceRecorded,
    AttendanceStatus,
    Mark,
    MeetingTakesNoMarks,
    Roll,
    Wanted,
    amend,
    mark_all,
    remove,
    take_back,
)
from haitech_domain.change import Change
from haitech_domain.errors import Duplicate, Invalid, Problem
from haitech_domain.ids import StudentId, UserId
from haitech_domain.meeting import MeetingStatus
from haitech_domain.records import facts_of
from haitech_domain.registration import RegistrationStatus
from haitech_domain.testing.builders import (
    MADE,
    a_mark,
    a_meeting,
    a_registration,
    an_id,
    gone,
)

PRESENT, ABSENT, LATE = AttendanceStatus
SCHEDULED, COMPLETED, CANCELLED, POSTPONED = MeetingStatus
AT = datetime(2026, 3, 1, 14, 30, tzinfo=UTC)
BY = UserId(an_id())
MEETING = a_meeting()


def wanted(path: str = "", **fields: Any) -> Wanted:
    return Wanted(fields={"status": PRESENT, **fields}, path=path)


def marked(roll: Roll, *records: Wanted, meeting: Any = MEETING) -> list[Change[Mark]]:
    return mark_all(records, meeting=meeting, roll=roll, new_id=an_id, at=AT, by=BY)


def one(roll: Roll, **fields: Any) -> Change[Mark]:
    (change,) = marked(roll, wanted(**fields))
    return change


def problems(roll: Roll, *records: Wanted, meeting: Any = MEETING) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        marked(roll, *records, meeting=meeting)
    return [(problem.field, problem.reason) for problem in refused.value.problems]


# ── whom it is of ───────────────────────────────────────────────────────────────────────────


def test_a_registration_of_the_cycle_is_marked() -> None:
    """R-ATT-1: with when and by whom, and an event with ids and no name."""
    registration = a_registration(cycle_id=MEETING.cycle_id)
    change = one(Roll(registrations=[registration], marks=[]), registration_id=registration.id)
    mark = change.after
    assert (change.before, change.action) == (None, "create")
    assert (mark.registration_id, mark.student_id, mark.guest_name) == (registration.id, None, None)
    assert (mark.meeting_id, mark.status, mark.is_trial) == (MEETING.id, PRESENT, False)
    assert (mark.recorded_at, mark.recorded_by_id, mark.created_at) == (AT, BY, AT)
    assert change.events == (
        AttendanceRecorded(
            at=AT,
            mark_id=mark.id,
            meeting_id=MEETING.id,
            cycle_id=MEETING.cycle_id,
            registration_id=registration.id,
            student_id=None,
            status=PRESENT,
            is_trial=False,
        ),
    )


def test_a_student_registered_in_the_cycle_means_that_registration() -> None:
    """R-ATT-1: so the two can never both be marked."""
    registration = a_registration()
    by_student = one(
        Roll(registrations=[registration], marks=[]), student_id=registration.student_id
    )
    assert by_student.after.registration_id == registration.id
    assert by_student.after.student_id is None
    roll = Roll(registrations=[registration], marks=[by_student.after])
    assert one(roll, registration_id=registration.id).after is by_student.after


def test_of_several_registrations_the_live_one_is_meant_else_the_latest() -> None:
    """R-ATT-1: also one that was cancelled: a child has no second name in the cycle it left."""
    student = an_id()
    ended = [
        a_registration(
            student_id=student, status=status, created_at=MADE + timedelta(days=day), updated_at=AT
        )
        for day, status in enumerate(
            (
                RegistrationStatus.CANCELLED,
                RegistrationStatus.COMPLETED,
                RegistrationStatus.CANCELLED,
            )
        )
    ]
    live = a_registration(student_id=student)
    for rows, meant in (([*ended, live], live), (ended, ended[2]), (ended[::-1], ended[2])):
        roll = Roll(registrations=rows, marks=[])
        assert one(roll, student_id=student).after.registration_id == meant.id


def test_of_several_registrations_the_one_that_is_marked_is_meant() -> None:
    """R-ATT-1: the mark keeps its id, and its registration."""
    student = an_id()
    old = a_registration(student_id=student, status=RegistrationStatus.CANCELLED)
    live = a_registration(student_id=student)
    there = a_mark(registration_id=old.id)
    change = one(Roll(registrations=[old, live], marks=[there]), student_id=student, status=LATE)
    assert (change.before, change.after.registration_id) == (there, old.id)


def test_a_registration_that_is_named_takes_over_the_childs_mark() -> None:
    """R-ATT-1: a child who came back is in a meeting once."""
    student = an_id()
    old = a_registration(student_id=student, status=RegistrationStatus.CANCELLED)
    live = a_registration(student_id=student)
    there = a_mark(registration_id=old.id)
    roll = Roll(registrations=[old, live], marks=[there])
    change = one(roll, registration_id=live.id)
    assert (change.after.id, change.after.registration_id) == (there.id, live.id)


def test_a_trials_mark_becomes_the_registrations() -> None:
    """R-ATT-1: once the child is registered; that it was on trial stays true."""
    registration = a_registration()
    there = a_mark(student_id=registration.student_id)
    for named in ({"student_id": registration.student_id}, {"registration_id": registration.id}):
        change = one(Roll(registrations=[registration], marks=[there]), **named)
        after = change.after
        assert (after.id, after.registration_id, after.student_id) == (
            there.id,
            registration.id,
            None,
        )
        assert after.is_trial


def test_who_left_with_a_deleted_registration_keeps_that_mark() -> None:
    """R-REG-6: marked again as a student, the mark is the same, and still the registration's."""
    lost = gone(a_registration())
    there = a_mark(registration_id=lost.id)
    roll = Roll(
        registrations=[],
        marks=[there],
        of_deleted={lost.id: lost.student_id},
        students={lost.student_id},
    )
    change = one(roll, student_id=lost.student_id, status=ABSENT)
    assert (change.after.id, change.after.registration_id) == (there.id, lost.id)
    assert change.after.status is ABSENT


def test_who_is_not_registered_is_on_trial() -> None:
    """R-ATT-1."""
    student = StudentId(an_id())
    roll = Roll(registrations=[a_registration()], marks=[], students={student})
    trials: list[dict[str, Any]] = [{"student_id": student}, {"guest_name": "דנה"}]
    for named in trials:
        assert one(roll, **named).after.is_trial
        assert one(roll, **named, is_trial=True).after.is_trial
        assert problems(roll, wanted(**named, is_trial=False)) == [("is_trial", "attendance.trial")]


def test_a_registration_on_trial_is_marked_so_unless_said_otherwise() -> None:
    """R-ATT-1."""
    trial = a_registration(status=RegistrationStatus.TRIAL)
    roll = Roll(registrations=[trial], marks=[])
    assert one(roll, registration_id=trial.id).after.is_trial
    assert not one(roll, registration_id=trial.id, is_trial=False).after.is_trial


def test_guests_are_told_apart_letter_by_letter() -> None:
    """R-ATT-1, and kept as they are written, whatever that is."""
    name = "<img src=x onerror=alert(1)> O'Neil"
    there = a_mark(guest_name=name)
    roll = Roll(registrations=[], marks=[there])
    assert one(roll, guest_name=name).after is there
    assert one(roll, guest_name=name.lower()).before is None


@pytest.mark.parametrize(
    "again", [" דנה לוי", "דנה לוי ", "דנה  לוי", "דנה\u00a0לוי", "דנה לוי\u200f"]
)
def test_what_nobody_sees_tells_no_guests_apart(again: str) -> None:
    """R-ATT-1: a space too many of a keyboard makes nobody a second person."""
    there = a_mark(guest_name="דנה לוי")
    roll = Roll(registrations=[], marks=[there])
    assert one(roll, guest_name=again).after is there
    empty = Roll(registrations=[], marks=[])
    twice = problems(empty, wanted("a", guest_name="דנה לוי"), wanted("b", guest_name=again))
    assert [reason for _, reason in twice] == ["attendance.twice"] * 2


def test_one_letter_written_in_two_ways_is_one_letter() -> None:
    """R-ATT-1: composed or not, as telephones differ."""
    roll = Roll(registrations=[], marks=[a_mark(guest_name="Zo\u00eb")])
    assert one(roll, guest_name="Zoe\u0308").before is not None


@pytest.mark.parametrize("named", ["registration_id", "student_id"])
def test_nobody_else_can_be_marked(named: str) -> None:
    """R-ATT-1: a registration of another cycle or a deleted one, a student who is none."""
    roll = Roll(registrations=[a_registration()], marks=[])
    somebody: dict[str, Any] = {named: an_id()}
    assert problems(roll, wanted(**somebody)) == [(named, "reference.unknown")]


# ── marking again ───────────────────────────────────────────────────────────────────────────


def test_marking_again_replaces_what_is_given_and_keeps_the_id() -> None:
    """R-ATT-1: what is left out stays, null clears."""
    registration = a_registration()
    there = a_mark(registration_id=registration.id, notes="בלי מחשב", recorded_by_id=an_id())
    roll = Roll(registrations=[registration], marks=[there])
    change = one(roll, registration_id=registration.id, status=LATE)
    after = change.after
    assert (after.id, after.version, after.status, after.notes) == (there.id, 2, LATE, "בלי מחשב")
    assert (after.recorded_at, after.recorded_by_id) == (AT, BY)
    assert [event.type for event in change.events] == ["attendance.recorded"]
    assert one(roll, registration_id=registration.id, notes=None).after.notes is None


def test_the_same_once_more_changes_nothing() -> None:
    """R-ATT-3: neither version, nor who marked and when; and nothing is told."""
    registration = a_registration()
    there = a_mark(registration_id=registration.id, notes="x")
    change = one(
        Roll(registrations=[registration], marks=[there]),
        registration_id=registration.id,
        notes="x",
        is_trial=False,
    )
    assert change.is_empty
    assert change.after is there
    assert change.events == ()


# ── all problems at once ────────────────────────────────────────────────────────────────────


def test_everything_that_is_wrong_is_listed_with_its_path() -> None:
    """api.md: paths like `records[2].status`."""
    registration = a_registration()
    roll = Roll(registrations=[registration], marks=[])
    records = [
        wanted("records[0]", registration_id=registration.id),
        Wanted(fields={"guest_name": " ", "status": "ill", "is_trial": 1}, path="records[1]"),
        Wanted(fields={"registration_id": an_id(), "notes": "x" * 10_001}, path="records[2]"),
        wanted("records[3]"),
        wanted("records[4]", student_id=an_id(), guest_name="דנה"),
        wanted("records[5]", guest_name="a\x00b", is_trial=False),
    ]
    assert problems(roll, *records) == [
        ("records[1].status", "value.unknown"),
        ("records[1].guest_name", "text.blank"),
        ("records[1].is_trial", "value.not_a_truth_value"),
        ("records[2].notes", "text.too_long"),
        ("records[2].status", "value.required"),
        ("records[2].registration_id", "reference.unknown"),
        ("records[3].registration_id", "attendance.one_target"),
        ("records[3].student_id", "attendance.one_target"),
        ("records[3].guest_name", "attendance.one_target"),
        ("records[4].student_id", "attendance.one_target"),
        ("records[4].guest_name", "attendance.one_target"),
        ("records[5].guest_name", "text.control_character"),
    ]


@pytest.mark.parametrize("fields", [{}, {"status": None}])
def test_a_record_without_a_status_is_told_once_that_it_needs_one(fields: dict[str, Any]) -> None:
    record = Wanted(fields={"guest_name": "דנה", **fields}, path="")
    assert record.problems() == [Problem("status", "is required", "value.required")]


def test_two_marks_of_one_person_are_refused_naming_both() -> None:
    """R-ATT-1: also a registration and its student, in one request."""
    registration = a_registration()
    roll = Roll(registrations=[registration], marks=[])
    records = [
        wanted("records[0]", registration_id=registration.id),
        wanted("records[1]", guest_name="דנה"),
        wanted("records[2]", student_id=registration.student_id),
        wanted("records[3]", guest_name="דנה"),
    ]
    with pytest.raises(Invalid) as refused:
        marked(roll, *records)
    text = "means the same one as {}; give one mark of each"
    assert refused.value.problems == tuple(
        Problem(field, text.format(other), "attendance.twice")
        for field, other in (
            ("records[0].registration_id", "records[2]"),
            ("records[2].student_id", "records[0]"),
            ("records[1].guest_name", "records[3]"),
            ("records[3].guest_name", "records[1]"),
        )
    )


# ── meetings that take marks ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [CANCELLED, POSTPONED])
def test_a_meeting_that_is_not_held_takes_no_marks(status: MeetingStatus) -> None:
    """R-ATT-2: refused by name, for every verb but taking back; what is wrong comes first."""
    meeting = a_meeting(status=status)
    there = a_mark(guest_name="דנה")
    roll = Roll(registrations=[], marks=[there])
    says = f"this meeting is {status}; only a scheduled or completed one is marked"
    with pytest.raises(MeetingTakesNoMarks, match=says):
        marked(roll, wanted(guest_name="דנה"), meeting=meeting)
    with pytest.raises(MeetingTakesNoMarks):
        amend(there, meeting=meeting, at=AT, by=BY, status=LATE)
    with pytest.raises(MeetingTakesNoMarks):
        take_back(gone(there), there, meeting=meeting, roll=Roll(registrations=[], marks=[]), at=AT)
    assert problems(roll, wanted(), meeting=meeting)
    with pytest.raises(Invalid):
        amend(there, meeting=meeting, at=AT, by=BY, is_trial=False)
    assert remove(there, gone(there), meeting=meeting, at=AT).action == "delete"


@pytest.mark.parametrize("status", [SCHEDULED, COMPLETED])
def test_a_meeting_that_is_held_or_will_be_takes_marks(status: MeetingStatus) -> None:
    """R-ATT-2."""
    (change,) = marked(
        Roll(registrations=[], marks=[]), wanted(guest_name="דנה"), meeting=a_meeting(status=status)
    )
    assert change.after.guest_name == "דנה"


# ── changing, taking back, restoring ────────────────────────────────────────────────────────


def test_status_trial_and_notes_of_a_mark_change() -> None:
    """With when and by whom; the same changes nothing."""
    there = a_mark(registration_id=an_id())
    change = amend(there, meeting=MEETING, at=AT, by=None, status=ABSENT, notes="חולה")
    after = change.after
    assert (after.status, after.notes, after.version) == (ABSENT, "חולה", 2)
    assert (after.recorded_at, after.recorded_by_id) == (AT, None)
    assert amend(after, meeting=MEETING, at=AT, by=BY, status=ABSENT).is_empty


def test_whose_a_mark_is_never_changes() -> None:
    """R-ATT-1: nor in which meeting; saying it again is no change."""
    there = a_mark(student_id=an_id())
    same = {"student_id": there.student_id, "meeting_id": there.meeting_id, "guest_name": None}
    assert amend(there, meeting=MEETING, at=AT, by=BY, **same).is_empty
    other = {"student_id": an_id(), "meeting_id": an_id(), "guest_name": "דנה", "version": 7}
    with pytest.raises(Invalid) as refused:
        amend(there, meeting=MEETING, at=AT, by=BY, **other)
    assert [problem.field for problem in refused.value.problems] == list(other)
    assert {problem.reason for problem in refused.value.problems} == {"attendance.fixed"}


@pytest.mark.parametrize(
    "target", [{"guest_name": "דנה"}, {"student_id": an_id()}, {"registration_id": an_id()}]
)
def test_a_mark_that_was_taken_back_returns_unless_its_target_was_marked_since(
    target: dict[str, Any],
) -> None:
    """R-ATT-1, R-PPL-3: also through another registration of the child."""
    there = a_mark(**target)
    deleted = gone(there)
    student = target.get("student_id", an_id())
    rows = [a_registration(student_id=student)]
    again = a_mark(registration_id=rows[0].id) if "guest_name" not in target else a_mark(**target)
    roll = Roll(
        registrations=rows,
        marks=[],
        of_deleted={id: student for name, id in target.items() if name == "registration_id"},
    )
    back = take_back(deleted, there, meeting=MEETING, roll=roll, at=AT)
    assert (back.action, [event.type for event in back.events]) == (
        "restore",
        ["attendance.recorded"],
    )
    other = attrs.evolve(roll, marks=[a_mark(guest_name="רות")])
    assert take_back(deleted, there, meeting=MEETING, roll=other, at=AT).after is there
    with pytest.raises(Duplicate) as refused:
        take_back(deleted, there, meeting=MEETING, roll=attrs.evolve(roll, marks=[again]), at=AT)
    assert (refused.value.what, refused.value.field) == ("attendance", *target)


def test_events_name_neither_child_nor_guest() -> None:
    """domain.md §12: ids and status; none once the mark is taken back."""
    there = a_mark(guest_name="דנה הקטנה", notes="אלרגית")
    (made,) = marked(Roll(registrations=[], marks=[]), wanted(guest_name="דנה", notes="אלרגית"))
    (taken,) = remove(there, gone(there), meeting=MEETING, at=AT).events
    for event in (*made.events, taken):
        facts = facts_of(event)
        assert set(facts) == {
            "mark_id",
            "meeting_id",
            "cycle_id",
            "registration_id",
            "student_id",
            "status",
            "is_trial",
        }
        assert not {"דנה", "דנה הקטנה", "אלרגית"} & set(facts.values())
    assert facts_of(taken)["status"] is None
