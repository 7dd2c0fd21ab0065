"""R-ATT-1, R-ATT-3 on PostgreSQL: whoever marks at once, nobody has two marks in a meeting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from haitech_domain.attendance import AttendanceStatus, Wanted
from haitech_domain.errors import Duplicate, Invalid
from tests.journeys.live_school import at_once, done, live_school, refused

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
LIVE = "SELECT id, status FROM attendance WHERE meeting_id = %s AND deleted_at IS NULL"
TOLD = "SELECT count(*) FROM outbox WHERE type = 'attendance.recorded'"
AUDITED = "SELECT count(*) FROM audit_log WHERE entity = 'attendance'"
PRESENT, ABSENT, LATE = AttendanceStatus
WRITERS = 6


@pytest.fixture
async def school():
    async with live_school() as made:
        yield made


@pytest.fixture
async def admin(school):
    """A user who exists, for a mark says who made it."""
    made = await school.verbs.create_admin(email="a@school.example", password="correct horse!")
    return made.actor()


def marking(school: Any, admin: Any, meeting: Any, *fields: dict[str, Any]) -> Any:
    """Marking; await it."""
    records = [Wanted(fields=one, path=f"records[{n}]") for n, one in enumerate(fields)]
    return school.verbs.mark_attendance(actor=admin, meeting_id=meeting.id, wanted=records)


async def registered(school: Any, admin: Any, cycle: Any, count: int) -> Sequence[Any]:
    return [
        await school.verbs.register_student(actor=admin, cycle_id=cycle.id, student_id=child.id)
        for child in await school.children(count)
    ]


async def test_many_who_mark_one_child_at_once_make_one_mark(school, admin):
    """R-ATT-1: by registration and by student, and each is told of the same mark."""
    cycle, [meeting, *_] = await school.taught()
    [child] = await registered(school, admin, cycle, 1)
    names = ({"registration_id": child.id}, {"student_id": child.student_id})
    calls = [
        marking(school, admin, meeting, {**names[n % 2], "status": [PRESENT, LATE][n % 2]})
        for n in range(WRITERS)
    ]
    results = done(await at_once(*calls))
    assert len(results) == WRITERS
    [(id, _)] = await school.rows(LIVE, meeting.id)
    assert {mark.id for result in results for mark in result.marks} == {id}
    changed = sum(result.created + result.updated for result in results)
    assert await school.rows(TOLD) == await school.rows(AUDITED) == [(changed,)]


async def test_sheets_sent_at_once_are_kept_whole_one_after_the_other(school, admin):
    """R-ATT-3: in whatever order their records stand; the last one holds for everybody."""
    cycle, [meeting, *_] = await school.taught()
    rows = await registered(school, admin, cycle, 4)
    trials = await school.children(2)
    people = [
        *({"registration_id": row.id} for row in rows),
        *({"student_id": child.id} for child in trials),
        {"guest_name": "דנה"},
    ]
    sheets = [
        [{**who, "status": status} for who in people[:: 1 if n % 2 else -1]]
        for n, status in enumerate([PRESENT, ABSENT, LATE, PRESENT, ABSENT, LATE])
    ]
    results = await at_once(*(marking(school, admin, meeting, *sheet) for sheet in sheets))
    assert len(done(results)) == len(sheets)
    assert sum(result.created for result in done(results)) == len(people)
    marks = await school.rows(LIVE, meeting.id)
    assert len(marks) == len(people)
    assert len({status for _, status in marks}) == 1


async def test_a_mark_that_returns_while_the_child_is_marked_anew_is_one(school, admin):
    """R-ATT-1, R-PPL-3: one of the two comes first, and the other is refused or finds it."""
    cycle, meetings = await school.taught()
    [child] = await registered(school, admin, cycle, 1)
    by_student = {"student_id": child.student_id, "status": LATE}
    for meeting in meetings[:3]:
        made = await marking(
            school, admin, meeting, {"registration_id": child.id, "status": ABSENT}
        )
        old = made.marks[0].id
        await school.verbs.delete_mark(actor=admin, mark_id=old)
        results = await at_once(
            school.verbs.restore_mark(actor=admin, mark_id=old),
            marking(school, admin, meeting, by_student),
            school.verbs.restore_mark(actor=admin, mark_id=old),
        )
        [(id, status)] = await school.rows(LIVE, meeting.id)
        assert status == LATE or id == old
        assert done(results)
        for refusal in (r for r in results if isinstance(r, Duplicate)):
            assert (refusal.what, id == old) == ("attendance", False)


async def test_a_meeting_is_not_marked_once_it_is_cancelled(school, admin):
    """R-ATT-2: whichever comes first, and every mark that was answered is there."""
    cycle, meetings = await school.taught()
    [child] = await registered(school, admin, cycle, 1)
    for meeting in meetings[:2]:
        results = await at_once(
            marking(school, admin, meeting, {"registration_id": child.id, "status": PRESENT}),
            school.verbs.cancel_meeting(actor=admin, meeting_id=meeting.id),
            marking(school, admin, meeting, {"guest_name": "דנה", "status": PRESENT}),
        )
        marked = [result for result in done(results) if hasattr(result, "marks")]
        assert len(await school.rows(LIVE, meeting.id)) == len(marked)


async def test_a_student_who_is_deleted_at_once_was_marked_before_or_is_not(school, admin):
    """R-PPL-4: a mark that was answered is there, and no other."""
    _, [meeting, *_] = await school.taught()
    children = await school.children(3)
    calls = [
        call
        for child in children
        for call in (
            marking(school, admin, meeting, {"student_id": child.id, "status": PRESENT}),
            school.students.delete(actor=admin, id=child.id),
        )
    ]
    results = await at_once(*calls)
    marked = [result for result in results[::2] if not isinstance(result, BaseException)]
    assert refused(results, Invalid) == [r for r in results[::2] if r not in marked]
    assert len(await school.rows(LIVE, meeting.id)) == len(marked)
