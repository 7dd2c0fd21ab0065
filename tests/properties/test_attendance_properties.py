"""R-ATT-1, R-ATT-3, R-ATT-4 as properties: targets, sheets and rates."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from haitech_domain.attendance import AttendanceStatus, Mark, MarkCounts
from haitech_domain.registration import Registration, RegistrationStatus
from haitech_domain.reports import written_ratio
from haitech_domain.testing import strategies
from haitech_domain.use_cases.attendance_reading import not_marked, students_of

MARKS = st.lists(strategies.marks(), max_size=12)


@given(strategies.marks())
def test_a_mark_has_one_target_and_is_on_trial_without_a_registration(mark: Mark) -> None:
    """R-ATT-1."""
    targets = (mark.registration_id, mark.student_id, mark.guest_name)
    assert sum(target is not None for target in targets) == 1
    assert mark.is_trial or mark.registration_id is not None


@given(MARKS)
def test_the_rate_is_a_share_and_there_is_one_exactly_where_there_are_marks(
    marks: Sequence[Mark],
) -> None:
    """R-ATT-4."""
    rate = MarkCounts.of(marks).rate
    assert (rate is None) is (not marks)
    if rate is not None:
        assert rate * len(marks) == sum(mark.status.came for mark in marks)
        assert 0 <= rate <= 1
        written = written_ratio(rate)
        assert written is not None
        assert abs(Fraction(written) - rate) <= Fraction(1, 20_000)


@given(MARKS, st.sampled_from(AttendanceStatus))
def test_one_more_who_came_never_lowers_the_rate(
    marks: Sequence[Mark], status: AttendanceStatus
) -> None:
    """R-ATT-4."""
    counts = MarkCounts.of(marks)
    more = MarkCounts(
        present=counts.present + (status is AttendanceStatus.PRESENT),
        late=counts.late + (status is AttendanceStatus.LATE),
        absent=counts.absent + (status is AttendanceStatus.ABSENT),
    )
    assert more.rate is not None
    if counts.rate is not None:
        assert (more.rate >= counts.rate) if status.came else (more.rate <= counts.rate)


@st.composite
def _sheets(draw: st.DrawFn) -> tuple[list[Registration], list[Mark]]:
    """Registrations of few students, and marks of some of them."""
    students = draw(st.lists(st.uuids(), min_size=1, max_size=4, unique=True))
    of_one = strategies.registrations(student_id=st.sampled_from(students))
    rows = draw(st.lists(of_one, max_size=8, unique_by=lambda row: row.id))
    marks = []
    if rows:
        ids = st.sampled_from([row.id for row in rows])
        marks += draw(st.lists(strategies.marks(registration_id=ids), max_size=4))
    trials = strategies.marks(student_id=st.sampled_from(students))
    return rows, [*marks, *draw(st.lists(trials, max_size=2))]


@given(_sheets())
def test_a_sheet_has_everybody_expected_exactly_once(
    drawn: tuple[list[Registration], list[Mark]],
) -> None:
    """R-ATT-1, R-ATT-3: marked or unmarked, never both, nobody twice."""
    rows, marks = drawn
    whose = students_of(marks, rows)
    marked = {whose.get(mark.id) for mark in marks}
    waiting = [row.student_id for row in not_marked(rows, marked)]
    assert len(waiting) == len(set(waiting))
    assert not marked & set(waiting)
    expected = {r.student_id for r in rows if r.status is not RegistrationStatus.CANCELLED}
    assert expected <= marked | set(waiting)
    assert set(waiting) <= expected
