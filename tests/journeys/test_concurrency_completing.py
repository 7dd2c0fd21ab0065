"""Requests at once complete a meeting and its cycle once, with their money (R-MEET-3, R-CYC-2)."""

from __future__ import annotations

import pytest

from haitech_domain.change import Transition
from haitech_domain.cycle import CycleStatus
from haitech_domain.cycle.transitions import CycleCancelledError
from haitech_domain.meeting import MeetingIsFixed, MeetingStatus
from haitech_domain.money import Money
from haitech_domain.ports import Unauthenticated
from haitech_domain.use_cases import Put
from tests.journeys.live_school import ADMIN, at_once, done, live_school, refused

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


@pytest.fixture
async def school():
    async with live_school() as made:
        yield made


@pytest.mark.parametrize("how_often", [2, 20])
async def test_a_meeting_completed_at_once_is_completed_once(school, how_often):
    """R-MEET-2, R-MEET-3: one success, the others refused by name, the money once."""
    cycle, meetings = await school.taught()
    for meeting in meetings[:3]:
        results = await at_once(*(school.complete(meeting) for _ in range(how_often)))
        [completed] = done(results)
        assert completed.status is MeetingStatus.COMPLETED
        others = refused(results, Transition)
        assert [o.reason for o in others] == ["meeting.cannot_complete"] * (how_often - 1)
        stored = await school.uow.read(lambda tx, id=meeting.id: tx.meetings.get(id))
        assert stored == completed
        assert stored.instructor_payment == Money.of("225.00")
        assert stored.profit == Money.of("375.00")
        assert await school.audited("complete", meeting) == 1
        assert await school.events("meeting.completed", meeting) == 1
    assert (await school.now(cycle)).completed_meetings == 3
    await school.must_be_sound()


async def test_of_different_verbs_on_one_meeting_at_once_one_succeeds(school):
    """R-MEET-2: complete, cancel and postpone exclude each other."""
    _cycle, meetings = await school.taught()
    for meeting in meetings[:6]:
        results = await at_once(
            school.complete(meeting),
            school.verbs.cancel_meeting(actor=ADMIN, meeting_id=meeting.id),
            school.verbs.postpone_meeting(actor=ADMIN, meeting_id=meeting.id, to=Put()),
        )
        assert len(done(results)) == 1
        assert len(refused(results, Transition)) == 2
    await school.must_be_sound()


async def test_the_last_two_meetings_completed_at_once_complete_the_cycle_once(school):
    """R-CYC-2: checked under the cycle's lock, so exactly one of them finds everything done."""
    for _ in range(6):
        cycle, [one, other] = await school.taught(total_meetings=2)
        [child] = await school.children(1)
        registration = await school.verbs.register_student(
            actor=ADMIN, cycle_id=cycle.id, student_id=child.id
        )
        results = await at_once(school.complete(one), school.complete(other))
        assert len(done(results)) == 2
        assert (await school.now(cycle)).status is CycleStatus.COMPLETED
        assert await school.events("cycle.completed", cycle) == 1
        assert await school.audited("complete", cycle) == 1
        assert await school.audited("complete", registration) == 1
    await school.must_be_sound()


async def test_all_meetings_of_a_cycle_completed_at_once_complete_it_once(school):
    """R-CYC-1, R-CYC-2."""
    cycle, meetings = await school.taught()
    assert len(done(await at_once(*map(school.complete, meetings)))) == 10
    ended = await school.now(cycle)
    assert (ended.status, ended.completed_meetings) == (CycleStatus.COMPLETED, 10)
    assert await school.events("cycle.completed", cycle) == 1
    await school.must_be_sound()


async def test_reopening_and_completing_at_once_leave_the_cycle_as_its_meetings_are(school):
    """R-CYC-2: reopening undoes exactly what completing did."""
    cycle, meetings = await school.taught(total_meetings=3)
    await at_once(*map(school.complete, meetings))
    for _ in range(4):
        await at_once(
            *(school.verbs.reopen_meeting(actor=ADMIN, meeting_id=m.id) for m in meetings),
            *map(school.complete, meetings),
        )
        now = await school.now(cycle)
        everything = now.completed_meetings == 3
        assert now.status is (CycleStatus.COMPLETED if everything else CycleStatus.ACTIVE)
        await school.must_be_sound()
        await at_once(*map(school.complete, meetings))


async def test_a_cycle_cancelled_while_its_meetings_are_completed_ends_up_consistent(school):
    """R-CYC-3, R-MEET-7: no scheduled meeting is left in it, completed ones keep their money."""
    for _ in range(4):
        cycle, meetings = await school.taught()
        results = await at_once(
            *map(school.complete, meetings[:4]),
            school.change(cycle, status="cancelled"),
            *map(school.complete, meetings[4:8]),
        )
        assert (await school.now(cycle)).status is CycleStatus.CANCELLED
        completed = len(done(results)) - 1
        assert len(refused(results, CycleCancelledError)) == 8 - completed
        held = [m for m in await school.meetings(cycle) if m.status is MeetingStatus.COMPLETED]
        assert len(held) == completed
        assert all(m.profit == Money.of("375.00") for m in held)
        await school.must_be_sound()


async def test_a_cycle_cancelled_and_reopened_by_many_at_once_keeps_its_meetings(school):
    """R-CYC-3: back to active undoes exactly the cascade of cancelling."""
    cycle, meetings = await school.taught()
    await school.complete(meetings[0])
    await school.verbs.cancel_meeting(actor=ADMIN, meeting_id=meetings[1].id)
    for _ in range(3):
        await at_once(
            *(school.change(cycle, status=s) for s in ("cancelled", "active") for _ in range(5))
        )
        await school.must_be_sound()
    if (await school.now(cycle)).status is CycleStatus.CANCELLED:
        await school.change(cycle, status="active")
    statuses = [m.status for m in await school.meetings(cycle)]
    assert sorted(statuses) == sorted(["completed", "cancelled", *["scheduled"] * 8])
    await school.must_be_sound()


async def test_the_daily_rate_is_carried_once_whoever_completes_first(school):
    """R-PAY-3: one meeting of the date carries it, the others nothing, in any order."""
    instructor = await school.instructor()
    cycle = await school.cycle(
        instructor, instructor_payment_mode="daily", instructor_daily_rate="600.00"
    )
    for _ in range(4):
        made = [
            await school.meeting(cycle, start=f"{hour:02}:00", end=f"{hour + 1}:00")
            for hour in (9, 11, 13, 15)
        ]
        await at_once(*map(school.complete, made))
        paid = {m.id: m.instructor_payment for m in await school.meetings(cycle)}
        assert [paid[m.id] for m in made] == [Money.of(600), *[Money.of(0)] * 3]
        await at_once(
            *(school.verbs.delete_meeting(actor=ADMIN, meeting_id=m.id) for m in made[:2]),
        )
        left = {m.id: m.instructor_payment for m in await school.meetings(cycle)}
        assert left == {made[2].id: Money.of(600), made[3].id: Money.of(0)}
        for meeting in made[2:]:
            await school.verbs.delete_meeting(actor=ADMIN, meeting_id=meeting.id)


async def test_a_link_and_the_office_at_once_complete_a_meeting_once(school):
    """R-MEET-2: the link takes the locks that everybody takes."""
    _cycle, [meeting, *_] = await school.taught()
    link = await school.verbs.make_meeting_link(actor=ADMIN, meeting_id=meeting.id)
    school.verbs.complete_by_link.clock.set(meeting.starts)
    by_link = school.verbs.complete_by_link
    results = await at_once(
        school.complete(meeting), *(by_link(token=link.token, notes={}) for _ in range(7))
    )
    assert len(done(results)) == 1
    assert len(refused(results, Transition)) == 7
    assert await school.audited("complete", meeting) == 1
    await school.must_be_sound()


async def test_a_link_does_not_complete_what_is_moved_to_another_instructor_at_once(school):
    """Either it was still its instructor's meeting, and then it stays so, or the link has ended."""
    _cycle, meetings = await school.taught()
    other = await school.instructor()
    for meeting in meetings[:5]:
        link = await school.verbs.make_meeting_link(actor=ADMIN, meeting_id=meeting.id)
        school.verbs.complete_by_link.clock.set(meeting.starts)
        results = await at_once(
            school.verbs.complete_by_link(token=link.token, notes={}),
            school.verbs.update_meeting(
                actor=ADMIN, meeting_id=meeting.id, values={"instructor_id": other.id}
            ),
        )
        assert len(done(results)) == 1
        assert len(refused(results, MeetingIsFixed) + refused(results, Unauthenticated)) == 1
        stored = await school.uow.read(lambda tx, id=meeting.id: tx.meetings.get(id))
        moved = stored.instructor_id == other.id
        assert moved is (stored.status is MeetingStatus.SCHEDULED)
    await school.must_be_sound()
