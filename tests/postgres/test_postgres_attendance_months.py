"""What is counted by month is what the marks are, whatever is written, and by however many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID, uuid4

import attrs
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haitech_app.testing import databases
from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.testing import builders as make

pytestmark = pytest.mark.anyio

RECOUNT = """
SELECT coalesce(a.student_id, r.student_id, '00000000-0000-0000-0000-000000000000'), m.cycle_id,
       to_char(m.scheduled_date, 'YYYY-MM'), m.instructor_id,
       count(*) FILTER (WHERE a.status = 'present'), count(*) FILTER (WHERE a.status = 'absent'),
       count(*) FILTER (WHERE a.status = 'late')
FROM attendance a JOIN meetings m ON m.id = a.meeting_id
LEFT JOIN registrations r ON r.id = a.registration_id
WHERE a.deleted_at IS NULL AND m.deleted_at IS NULL AND m.status IN ('scheduled', 'completed')
GROUP BY 1, 2, 3, 4
"""
KEPT = """
SELECT student_id, cycle_id, to_char(month, 'YYYY-MM'), instructor_id, present, absent, late
FROM attendance_months WHERE present + absent + late > 0
"""
DATES = (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 20))
STATUSES = ("present", "absent", "late")
STATES = ("scheduled", "completed", "cancelled")
SOME = st.integers(0, 5)


def agrees(connection):
    assert set(connection.execute(KEPT)) == set(connection.execute(RECOUNT))


@attrs.frozen(kw_only=True)
class Taught:
    """The ids of what there is."""

    cycles: list[UUID]
    instructors: list[UUID]
    meetings: list[UUID]
    children: list[UUID]
    registrations: list[UUID]


@pytest.fixture
async def taught(uow):
    """Two cycles of two instructors with three meetings and two children each."""
    school = make.a_school()
    other = make.an_instructor()
    cycles = [
        school.cycle,
        make.a_cycle(
            course_id=school.course.id, branch_id=school.branch.id, instructor_id=other.id
        ),
    ]
    children = [make.a_student(customer_id=school.customer.id) for _ in range(2)]
    meetings = [
        make.a_meeting(
            cycle_id=cycle.id,
            instructor_id=cycle.instructor_id,
            number=n + 2,
            scheduled_date=day,
            conflict_override=True,
        )
        for cycle in cycles
        for n, day in enumerate(DATES)
    ]
    taken = [
        make.a_registration(cycle_id=cycle.id, student_id=child.id)
        for cycle in cycles
        for child in children
    ]

    async def work(tx):
        await make.furnish(tx, school)
        await tx.instructors.save(Change.created(other))
        await tx.cycles.save(Change.created(cycles[1]))
        await tx.students.save(*map(Change.created, children))
        await tx.meetings.save(*map(Change.created, meetings))
        await tx.registrations.save(*map(Change.created, taken))

    await uow.run(Actor.system("test"), work)
    return Taught(
        cycles=[cycle.id for cycle in cycles],
        instructors=[cycle.instructor_id for cycle in cycles],
        meetings=[meeting.id for meeting in meetings],
        children=[child.id for child in children],
        registrations=[one.id for one in taken],
    )


def mark(connection, taught, where, whom, status):
    """A new mark, unless there is one of this child already."""
    target = {
        "registration_id": taught.registrations[whom % 4] if whom < 4 else None,
        "student_id": taught.children[1] if whom == 4 else None,
        "guest_name": "guest" if whom == 5 else None,
    }
    connection.execute(
        "INSERT INTO attendance (id, created_at, updated_at, version, meeting_id, status,"
        " registration_id, student_id, guest_name, is_trial, recorded_at)"
        " VALUES (%s, now(), now(), 1, %s, %s, %s, %s, %s, true, now()) ON CONFLICT DO NOTHING",
        [uuid4(), taught.meetings[where], status, *target.values()],
    )


def one_of(connection, table, number):
    """One of its rows, if there are any."""
    ids = [id for (id,) in connection.execute(f"SELECT id FROM {table} ORDER BY id")]  # noqa: S608  # our own names
    return ids[number % len(ids)] if ids else None


def change(connection, table, which, /, **values):
    """Change one of its rows, if there are any and no other is in the way."""
    named = ", ".join(f"{name} = %({name})s" for name in values)
    try:
        with connection.transaction():
            connection.execute(
                f"UPDATE {table} SET {named} WHERE id = %(id)s",  # noqa: S608  # our own names
                {"id": one_of(connection, table, which), **values},
            )
    except psycopg.errors.UniqueViolation:
        return


def gone(number):
    """Deleted, or not."""
    return (None, "2026-01-01T00:00Z")[number % 2]


def remove(connection, _, a, _b):
    """Remove a mark for good, which no verb does."""
    found = one_of(connection, "attendance", a)
    connection.execute("DELETE FROM attendance WHERE id = %s", [found])


MEETING = {
    "status": lambda _, b: STATES[b % 3],
    "scheduled_date": lambda _, b: DATES[b % 3],
    "instructor_id": lambda taught, b: taught.instructors[b % 2],
    "cycle_id": lambda taught, b: taught.cycles[b % 2],
    "deleted_at": lambda _, b: gone(b),
}
MARK = {
    "status": lambda _, b: STATUSES[b % 3],
    "deleted_at": lambda _, b: gone(b),
    "meeting_id": lambda taught, b: taught.meetings[b],
}


def changing(table, field, value):
    """What changes one field of one row."""

    def write(connection, taught, a, b):
        change(connection, table, a, **{field: value(taught, b)})

    return write


WRITINGS = [
    *[lambda c, taught, a, b: mark(c, taught, a, b, STATUSES[(a + b) % 3])] * 6,
    *(changing("attendance", field, value) for field, value in MARK.items()),
    *(changing("meetings", field, value) for field, value in MEETING.items()),
    changing("registrations", "student_id", lambda taught, b: taught.children[b % 2]),
    remove,
]
"""What can be done to marks and to what they are counted by."""


async def test_whatever_is_written_months_are_what_counting_marks_gives(taught):
    """R-ATT-4: past the verbs, too."""

    @settings(max_examples=25, deadline=None)
    @given(writings=st.lists(st.tuples(st.sampled_from(WRITINGS), SOME, SOME), max_size=25))
    def hold(writings):
        with psycopg.connect(databases.database()) as connection:
            for write, a, b in writings:
                write(connection, taught, a, b)
            agrees(connection)
            connection.rollback()

    hold()


async def test_at_once_nothing_is_lost_and_nothing_counted_twice(taught):
    """R-ATT-3: marks of one meeting from all sides, while the meeting comes and goes."""

    def marking(whom):
        with psycopg.connect(databases.database(), autocommit=True) as connection:
            for n in range(20):
                mark(connection, taught, 0, whom, STATUSES[n % 3])
                connection.execute(
                    "UPDATE attendance SET status = %s WHERE meeting_id = %s",
                    [STATUSES[(n + whom) % 3], taught.meetings[0]],
                )

    def moving():
        with psycopg.connect(databases.database(), autocommit=True) as connection:
            for n in range(20):
                connection.execute(
                    "UPDATE meetings SET status = %s, scheduled_date = %s WHERE id = %s",
                    [STATES[n % 3], DATES[n % 3], taught.meetings[0]],
                )

    with ThreadPoolExecutor(4) as threads:
        at_once = [threads.submit(again, marking, n) for n in (0, 1, 5)]
        at_once.append(threads.submit(again, moving))
        for one in at_once:
            one.result()
    with psycopg.connect(databases.database()) as connection:
        agrees(connection)
        assert connection.execute("SELECT count(*) FROM attendance").fetchone() == (4,)


def again(work, *arguments):
    """Do it, once more after a deadlock: these writers take no locks in order, as verbs do."""
    for _ in range(50):
        try:
            return work(*arguments)
        except psycopg.errors.DeadlockDetected:
            continue
    raise AssertionError("deadlocks without end")


async def test_what_has_drifted_is_counted_anew_when_a_mark_is_taken_away(taught):
    """R-ATT-4: a month that lacks a mark says so at the latest then, and is mended."""
    with psycopg.connect(databases.database()) as connection:
        mark(connection, taught, 0, 0, "late")
        mark(connection, taught, 0, 1, "present")
        connection.execute("UPDATE attendance_months SET present = 0, late = 0")
        change(connection, "attendance", 0, status="absent")
        agrees(connection)
        connection.rollback()
