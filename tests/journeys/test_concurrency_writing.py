"""Requests at once lose no update, plan once, fill exactly the places there are, orphan nothing."""

from __future__ import annotations

import pytest

from haitech_domain.cycle import CycleStatus
from haitech_domain.errors import DomainError, Duplicate, Invalid, NotFound, WouldOrphan
from haitech_domain.registration import AlreadyRegistered, CycleFull
from haitech_domain.scheduling import InstructorBusy
from haitech_domain.testing.builders import a_phone
from haitech_domain.use_cases.deletion import NotDeleted
from tests.journeys.live_school import ADMIN, at_once, done, live_school, refused

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


@pytest.fixture
async def school():
    async with live_school() as made:
        yield made


async def test_updates_of_different_fields_at_once_are_all_kept(school):
    """No update is lost: each sees what the one before it wrote."""
    cycle = await school.cycle(await school.instructor())
    fields = {
        "name": "חדש",
        "notes": "moved",
        "location": "room 4",
        "student_count": 12,
        "max_students": 14,
        "meeting_revenue": "650.00",
        "price_per_student": "45.50",
        "default_registration_amount": "1180.00",
        "instructor_daily_rate": "600.00",
        "revenue_includes_vat": True,
        "send_parent_reminders": False,
        "total_meetings": 12,
        "activity_type": "online",
        "zoom_meeting_id": "123",
        "zoom_join_url": "https://zoom.example/j/123",
        "instructor_payment_mode": "daily",
        "start_time": "15:00",
        "day_of_week": "monday",
        "start_date": "2026-10-19",
        "end_date": "2027-06-30",
    }
    assert len(fields) == 20
    results = await at_once(*(school.change(cycle, **{f: v}) for f, v in fields.items()))
    assert len(done(results)) == 20
    stored = await school.now(cycle)
    expected = cycle.changed(
        stored.updated_at,
        **{f: v for f, v in fields.items() if f != "end_date"},
        given_end_date=fields["end_date"],
    )
    for field in fields:
        assert getattr(stored, field) == getattr(
            expected, "given_end_date" if field == "end_date" else field
        ), field
    assert await school.audited("update", cycle) == 20
    await school.must_be_sound()


async def test_twenty_updates_of_one_course_at_once_are_twenty_versions(school):
    """Rows carry a version; requests at once are served one after the other, none is refused."""
    results = await at_once(
        *(
            school.verbs.courses.update(
                actor=ADMIN, id=school.course.id, values={"name": f"Python {n}"}
            )
            for n in range(20)
        )
    )
    assert sorted(course.version for course in results) == list(range(2, 22))
    stored = await school.verbs.courses.read(actor=ADMIN, id=school.course.id)
    assert stored.version == 21
    assert stored == max(results, key=lambda course: course.version)
    assert await school.audited("update", stored) == 20


async def test_each_of_many_updates_is_audited_against_what_it_really_replaced(school):
    """The old value of each audit row is the new value of the one before."""
    await at_once(
        *(
            school.verbs.courses.update(
                actor=ADMIN, id=school.course.id, values={"name": f"Python {n}"}
            )
            for n in range(12)
        )
    )
    rows = await school.rows(
        "SELECT old->>'name', new->>'name' FROM audit_log WHERE entity_id = %s ORDER BY position",
        school.course.id,
    )
    assert [old for old, _new in rows[1:]] == [new for _old, new in rows[:-1]]


async def test_one_phone_taken_by_many_instructors_at_once_is_had_by_one(school):
    """R-PPL-1: held by the database."""
    phone = a_phone()
    results = await at_once(*(school.instructor(phone=phone) for _ in range(12)))
    assert len(done(results)) == 1
    assert len(refused(results, Duplicate)) == 11


async def test_meetings_generated_twenty_times_at_once_are_made_once(school):
    """R-SCHED-4: running it again adds nothing, however soon."""
    for _ in range(2):
        cycle = await school.cycle(await school.instructor())
        results = await at_once(
            *(school.verbs.generate_meetings(actor=ADMIN, cycle_id=cycle.id) for _ in range(20))
        )
        assert sorted(len(made.meetings) for made in results) == [0] * 19 + [10]
        stored = await school.meetings(cycle)
        assert [m.number for m in stored] == list(range(1, 11))
        assert await school.events("meeting.created") % 10 == 0
    await school.must_be_sound()


async def test_meetings_made_by_hand_while_they_are_generated_share_no_number(school):
    """R-SCHED-5: every live meeting of a cycle has its own number."""
    cycle = await school.cycle(await school.instructor())
    results = await at_once(
        school.meeting(cycle, start="09:00", end="10:00"),
        school.verbs.generate_meetings(actor=ADMIN, cycle_id=cycle.id),
        school.meeting(cycle, start="10:00", end="11:00"),
        school.meeting(cycle, start="11:00", end="12:00"),
    )
    assert not refused(results, DomainError)
    numbers = sorted(m.number for m in await school.meetings(cycle))
    assert numbers[:10] == list(range(1, 11))
    assert len(set(numbers)) == len(numbers)
    await school.must_be_sound()


async def test_a_hundred_registrations_at_once_fill_exactly_the_five_places(school):
    """R-REG-2: with k places left, exactly k succeed and the rest get a conflict."""
    cycle = await school.cycle(await school.instructor(), max_students=5)
    children = await school.children(100)
    results = await at_once(
        *(
            school.verbs.register_student(actor=ADMIN, cycle_id=cycle.id, student_id=child.id)
            for child in children
        )
    )
    assert len(done(results)) == 5
    assert len(refused(results, CycleFull)) == 95
    assert await school.rows("SELECT count(*) FROM registrations") == [(5,)]
    assert await school.events("registration.created") == 5


async def test_one_student_registered_many_times_at_once_is_registered_once(school):
    """R-REG-1: at most one live registration per cycle."""
    cycle = await school.cycle(await school.instructor())
    for child in await school.children(3):
        results = await at_once(
            *(
                school.verbs.register_student(actor=ADMIN, cycle_id=cycle.id, student_id=child.id)
                for _ in range(10)
            )
        )
        assert len(done(results)) == 1
        assert len(refused(results, AlreadyRegistered)) == 9


async def test_registrations_while_the_cycle_is_cancelled_leave_none_live(school):
    """R-REG-2, R-CYC-3: only an active cycle takes registrations; cancelling takes them along."""
    for _ in range(3):
        cycle = await school.cycle(await school.instructor())
        children = await school.children(8)
        calls = [
            school.verbs.register_student(actor=ADMIN, cycle_id=cycle.id, student_id=child.id)
            for child in children
        ]
        await at_once(*calls[:4], school.change(cycle, status="cancelled"), *calls[4:])
        live = await school.rows(
            "SELECT id FROM registrations WHERE cycle_id = %s AND status <> 'cancelled'", cycle.id
        )
        assert live == []


@pytest.mark.parametrize("what", ["course", "branch", "instructor"])
async def test_what_a_cycle_is_being_made_with_is_not_deleted(school, what):
    """R-PPL-3: either the cycle finds nothing of that name, or the deletion is refused."""
    for _ in range(6):
        of = {
            "course": await school.verbs.courses.create(
                actor=ADMIN, values={"name": "Robotics", "category": "robotics"}
            ),
            "branch": await school.verbs.branches.create(
                actor=ADMIN, values={"name": "מתנ״ס", "type": "community_center"}
            ),
            "instructor": await school.instructor(),
        }
        catalogue = {
            "course": school.verbs.courses,
            "branch": school.verbs.branches,
            "instructor": school.verbs.instructors,
        }[what]
        results = await at_once(
            school.cycle(of["instructor"], course_id=of["course"].id, branch_id=of["branch"].id),
            catalogue.delete(actor=ADMIN, id=of[what].id),
            school.cycle(of["instructor"], course_id=of["course"].id, branch_id=of["branch"].id),
        )
        made = [r for r in (results[0], results[2]) if not isinstance(r, DomainError)]
        if made:
            assert isinstance(results[1], WouldOrphan)
        else:
            assert results[1] is None
            assert len(refused(results, Invalid)) == 2
        await school.must_be_sound()


async def test_an_instructor_is_not_deleted_while_a_meeting_is_made_for_them(school):
    """R-PPL-3: a substitute with a scheduled meeting stays."""
    cycle = await school.cycle(await school.instructor())
    for hour in range(8, 14):
        substitute = await school.instructor()
        results = await at_once(
            school.verbs.instructors.delete(actor=ADMIN, id=substitute.id),
            school.meeting(
                cycle,
                start=f"{hour:02}:00",
                end=f"{hour + 1:02}:00",
                instructor_id=substitute.id,
            ),
        )
        assert len(refused(results, DomainError)) == 1
    await school.must_be_sound()


async def test_a_cycle_handed_over_to_an_instructor_who_is_being_deleted(school):
    """R-PPL-3, R-CYC-9: one of both is refused."""
    for _ in range(5):
        cycle, _meetings = await school.taught()
        other = await school.instructor()
        results = await at_once(
            school.change(cycle, instructor_id=other.id),
            school.verbs.instructors.delete(actor=ADMIN, id=other.id),
        )
        assert len(refused(results, DomainError)) == 1
    await school.must_be_sound()


@pytest.mark.parametrize("ending", [CycleStatus.CANCELLED, CycleStatus.COMPLETED])
@pytest.mark.parametrize("what", ["course", "instructor"])
async def test_a_cycle_that_ended_comes_back_only_to_what_still_exists(school, what, ending):
    """R-PPL-3: a deletion that an ended cycle allows forbids reopening it, also at once."""
    for reopen_at_once in (True, False):
        course = await school.verbs.courses.create(
            actor=ADMIN, values={"name": "Robotics", "category": "robotics"}
        )
        instructor = await school.instructor()
        cycle = await school.cycle(instructor, course_id=course.id)
        await school.change(cycle, status=ending)
        catalogue, gone = {
            "course": (school.verbs.courses, course),
            "instructor": (school.verbs.instructors, instructor),
        }[what]
        if reopen_at_once:
            results = await at_once(
                catalogue.delete(actor=ADMIN, id=gone.id), school.change(cycle, status="active")
            )
            assert len(refused(results, DomainError)) == 1
        else:
            await catalogue.delete(actor=ADMIN, id=gone.id)
            with pytest.raises(DomainError):
                await school.change(cycle, status="active")
        await school.must_be_sound()


@pytest.mark.parametrize("what", ["course", "instructor"])
async def test_a_meeting_added_to_a_completed_cycle_does_not_revive_it_without_its_parents(
    school, what
):
    """R-MEET-7, R-PPL-3: adding a meeting reopens a completed cycle, so what it needs must live."""
    course = await school.verbs.courses.create(
        actor=ADMIN, values={"name": "Robotics", "category": "robotics"}
    )
    old, substitute = await school.instructor(), await school.instructor()
    cycle = await school.cycle(old, course_id=course.id)
    await school.change(cycle, status="completed")
    if what == "course":
        await school.verbs.courses.delete(actor=ADMIN, id=course.id)
    else:
        await school.verbs.instructors.delete(actor=ADMIN, id=old.id)
    with pytest.raises(DomainError):
        await school.meeting(cycle, instructor_id=substitute.id)
    await school.must_be_sound()


async def test_a_meeting_is_not_reopened_for_a_deleted_instructor(school):
    """R-PPL-3: scheduled meetings keep their instructor from being deleted, so none may return."""
    cycle, [meeting] = await school.taught(total_meetings=1)
    await school.complete(meeting)
    await school.verbs.instructors.delete(actor=ADMIN, id=cycle.instructor_id)
    with pytest.raises(DomainError):
        await school.verbs.reopen_meeting(actor=ADMIN, meeting_id=meeting.id)
    await school.must_be_sound()


async def test_a_cycle_deleted_and_changed_at_once_is_gone_with_all_its_meetings(school):
    """R-PPL-3: a cycle takes its meetings along, also one that is being made."""
    for _ in range(4):
        cycle, meetings = await school.taught()
        results = await at_once(
            school.complete(meetings[0]),
            school.verbs.delete_cycle(actor=ADMIN, cycle_id=cycle.id),
            school.meeting(cycle, start="09:00", end="10:00"),
            school.complete(meetings[1]),
            school.verbs.delete_cycle(actor=ADMIN, cycle_id=cycle.id),
        )
        gone = [r for r in (results[1], results[4]) if r is None]
        assert len(gone) == 1
        assert all(isinstance(r, (NotFound, Invalid)) for r in refused(results, DomainError))
        left = "SELECT id FROM meetings WHERE cycle_id = %s AND deleted_at IS NULL"
        assert await school.rows(left, cycle.id) == []


async def test_a_deleted_cycle_restored_at_once_comes_back_once_unless_its_time_is_taken(school):
    """R-PPL-3: restoring checks again; its meetings and another's do not overlap."""
    for _ in range(4):
        cycle, _meetings = await school.taught()
        rival = await school.cycle(
            await school.verbs.instructors.read(actor=ADMIN, id=cycle.instructor_id)
        )
        await school.verbs.delete_cycle(actor=ADMIN, cycle_id=cycle.id)
        results = await at_once(
            school.verbs.restore_cycle(actor=ADMIN, cycle_id=cycle.id),
            school.verbs.generate_meetings(actor=ADMIN, cycle_id=rival.id),
            school.verbs.restore_cycle(actor=ADMIN, cycle_id=cycle.id),
        )
        assert len(done(results)) == 1
        assert all(
            isinstance(r, (NotDeleted, InstructorBusy)) for r in refused(results, DomainError)
        )
        await school.must_be_sound()
