"""Requests at once never put an instructor in two places (R-SCHED-9)."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from haitech_domain.meeting import MeetingStatus
from haitech_domain.scheduling import InstructorBusy
from haitech_domain.use_cases import Put
from tests.journeys.live_school import ADMIN, SUNDAY, at_once, done, live_school, refused

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

WEEK = timedelta(weeks=1)


@pytest.fixture
async def school():
    async with live_school() as made:
        yield made


@pytest.mark.parametrize("how_many", [2, 20])
async def test_of_meetings_made_at_once_for_one_time_one_stands(school, how_many):
    """R-SCHED-9: whoever checks locks the instructor first, also from another cycle."""
    instructor = await school.instructor()
    cycles = [await school.cycle(instructor) for _ in range(how_many)]
    rounds = 5 if how_many == 2 else 2
    for week in range(rounds):
        day = SUNDAY + week * WEEK
        results = await at_once(*(school.meeting(cycle, day) for cycle in cycles))
        [made] = done(results)
        busy = refused(results, InstructorBusy)
        assert len(busy) == how_many - 1
        assert {c.meeting.id for b in busy for c in b.conflicts} == {made.id}
    assert await school.rows("SELECT count(*) FROM meetings") == [(rounds,)]
    await school.must_be_sound()


async def test_of_meetings_that_overlap_by_a_part_one_stands_and_neighbours_all_do(school):
    """R-SCHED-9: half-open, so one may start when the other ends."""
    instructor = await school.instructor()
    cycles = [await school.cycle(instructor) for _ in range(4)]
    times = [("16:00", "17:30"), ("17:29", "18:30"), ("15:00", "16:01"), ("16:30", "16:40")]
    for week in range(3):
        day = SUNDAY + week * WEEK
        results = await at_once(
            *(school.meeting(c, day, *t) for c, t in zip(cycles, times, strict=True))
        )
        stood = {(m.start_time, m.end_time) for m in done(results)}
        # the first excludes all others, which do not touch each other
        assert stood == {(time(16), time(17, 30))} or len(stood) == 3
    in_a_row = [("08:00", "09:00"), ("09:00", "10:00"), ("10:00", "11:00"), ("11:00", "12:00")]
    results = await at_once(
        *(school.meeting(c, SUNDAY, *t) for c, t in zip(cycles, in_a_row, strict=True))
    )
    assert len(done(results)) == 4
    await school.must_be_sound()


async def test_a_meeting_moved_and_one_made_at_once_do_not_meet(school):
    """R-SCHED-9: moving checks under the same lock as making."""
    instructor = await school.instructor()
    one, other = [await school.cycle(instructor) for _ in range(2)]
    for week in range(6):
        wanted = SUNDAY + week * WEEK
        movable = await school.meeting(one, wanted + timedelta(days=1))
        results = await at_once(
            school.move(movable, scheduled_date=wanted), school.meeting(other, wanted)
        )
        assert len(done(results)) == 1
        assert len(refused(results, InstructorBusy)) == 1
    await school.must_be_sound()


async def test_two_meetings_moved_to_one_time_at_once_do_not_meet(school):
    """R-SCHED-9: also where a substitute is what moves."""
    instructor, substitute = await school.instructor(), await school.instructor()
    one = await school.cycle(instructor)
    other = await school.cycle(substitute)
    for week in range(6):
        day = SUNDAY + week * WEEK
        theirs = await school.meeting(one, day, "09:00", "10:00")
        ours = await school.meeting(other, day)
        results = await at_once(
            school.move(theirs, start_time=time(16), end_time=time(17)),
            school.move(ours, instructor_id=instructor.id),
        )
        assert len(done(results)) == 1
        assert len(refused(results, InstructorBusy)) == 1
    await school.must_be_sound()


async def test_of_two_cycles_generated_at_once_one_gets_everything_the_other_nothing(school):
    """R-SCHED-9: without leave any conflict refuses the whole request and creates nothing."""
    for hours in (("16:00", "17:30"), ("17:00", "18:00"), ("15:00", "19:00")):
        instructor = await school.instructor()
        one = await school.cycle(instructor)
        other = await school.cycle(instructor, start_time=hours[0], end_time=hours[1])
        results = await at_once(
            *(school.verbs.generate_meetings(actor=ADMIN, cycle_id=c.id) for c in (one, other))
        )
        [won] = done(results)
        [busy] = refused(results, InstructorBusy)
        assert len(won.meetings) == 10
        assert len(busy.conflicts) == 10
        loser = other if won.cycle.id == one.id else one
        assert await school.meetings(loser) == []
        assert (await school.now(loser)).version == 1, "nothing of the refused request is left"
    await school.must_be_sound()


async def test_a_meeting_made_while_a_cycle_is_generated_stops_one_of_both(school):
    """R-SCHED-9: bulk and single requests obey the same lock."""
    for _ in range(4):
        instructor = await school.instructor()
        one, other = [await school.cycle(instructor) for _ in range(2)]
        results = await at_once(
            school.verbs.generate_meetings(actor=ADMIN, cycle_id=one.id),
            school.meeting(other, SUNDAY + 3 * WEEK),
        )
        assert len(done(results)) == 1
        assert len(refused(results, InstructorBusy)) == 1
        together = len(await school.meetings(one)) + len(await school.meetings(other))
        assert together in {1, 10}
    await school.must_be_sound()


async def test_meetings_postponed_at_once_find_different_times(school):
    """R-MEET-5: without a date, to a day on which the instructor is free, also a moment later."""
    for _ in range(4):
        instructor = await school.instructor()
        one, other = [await school.cycle(instructor) for _ in range(2)]
        first = await school.meeting(one)
        second = await school.meeting(other, SUNDAY, "18:00", "19:30")
        results = await at_once(
            school.verbs.postpone_meeting(actor=ADMIN, meeting_id=first.id, to=Put()),
            school.verbs.postpone_meeting(
                actor=ADMIN,
                meeting_id=second.id,
                to=Put(new_start_time=time(16), new_end_time=time(17, 30)),
            ),
        )
        days = sorted(new.scheduled_date for _old, new in done(results))
        assert days == [SUNDAY + WEEK, SUNDAY + 2 * WEEK]
    await school.must_be_sound()


async def test_a_cycle_handed_over_while_its_new_instructor_is_booked_stops_one_of_both(school):
    """R-CYC-9: the scheduled meetings move with conflicts checked, under the new one's lock."""
    for _ in range(4):
        old, new = await school.instructor(), await school.instructor()
        cycle = await school.cycle(old)
        await school.verbs.generate_meetings(actor=ADMIN, cycle_id=cycle.id)
        other = await school.cycle(new)
        results = await at_once(
            school.change(cycle, instructor_id=new.id), school.meeting(other, SUNDAY + 2 * WEEK)
        )
        assert len(done(results)) == 1
        assert len(refused(results, InstructorBusy)) == 1
        teachers = {m.instructor_id for m in await school.meetings(cycle)}
        assert teachers == {(await school.now(cycle)).instructor_id}
    await school.must_be_sound()


async def test_a_cancelled_meeting_restored_while_its_time_is_taken_stops_one_of_both(school):
    """R-SCHED-9 for restoring, R-SCHED-5 for the number that cancelling freed."""
    instructor = await school.instructor()
    cycle = await school.cycle(instructor)
    for week in range(4):
        day = SUNDAY + week * WEEK
        gone = await school.meeting(cycle, day)
        await school.verbs.cancel_meeting(actor=ADMIN, meeting_id=gone.id)
        results = await at_once(
            school.verbs.restore_meeting(actor=ADMIN, meeting_id=gone.id),
            school.meeting(cycle, day),
        )
        [stands] = done(results)
        assert stands.status is MeetingStatus.SCHEDULED
        assert len(refused(results, InstructorBusy)) == 1
    await school.must_be_sound()
