"""Requests over many things at once: whole ones, one after the other, and never a half (R-CYC-6)."""

from __future__ import annotations

import pytest

from haitech_domain.errors import Several
from haitech_domain.meeting import MeetingStatus
from tests.journeys.live_school import ADMIN, at_once, done, live_school, refused

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


@pytest.fixture
async def school():
    async with live_school() as made:
        yield made


def to(school, status, meetings):
    ids = [meeting.id for meeting in meetings]
    return school.verbs.update_meeting_statuses(actor=ADMIN, ids=ids, status=status)


async def test_of_requests_that_share_meetings_whole_ones_win(school):
    """R-MEET-2: in opposite orders, over the same cycles."""
    taught = [await school.taught() for _ in range(3)]
    meetings = [meeting for _, of_cycle in taught for meeting in of_cycle]
    first, second = meetings[:20], meetings[10:]
    results = await at_once(
        to(school, MeetingStatus.COMPLETED, first),
        to(school, MeetingStatus.COMPLETED, second[::-1]),
        to(school, MeetingStatus.CANCELLED, meetings[::-1]),
    )
    [won] = done(results)
    assert len(refused(results, Several)) == 2
    status = won[0].status
    left = MeetingStatus.SCHEDULED
    ids = {meeting.id for meeting in won}
    for cycle, _ in taught:
        for meeting in await school.meetings(cycle):
            assert meeting.status is (status if meeting.id in ids else left)
    await school.must_be_sound()


async def test_hand_overs_in_both_directions_come_to_an_end(school):
    """docs/decisions/0005: cycles by id, then instructors by id, whatever the request's order."""
    taught = [await school.taught() for _ in range(6)]
    cycles = [cycle for cycle, _ in taught]
    ids = [cycle.id for cycle in cycles]
    results = await at_once(
        *(
            school.verbs.update_cycles(
                actor=ADMIN,
                ids=ids[:: 1 if n % 2 else -1],
                values={"instructor_id": cycles[n].instructor_id},
                allow_conflicts=True,
            )
            for n in range(6)
        )
    )
    assert len(done(results)) == 6
    assert len({(await school.now(cycle)).instructor_id for cycle in cycles}) == 1
    await school.must_be_sound()


async def test_cycles_generated_by_many_requests_at_once_are_generated_once(school):
    """R-SCHED-4."""
    cycles = [await school.cycle(await school.instructor()) for _ in range(4)]
    ids = [cycle.id for cycle in cycles]
    generate = school.verbs.generate_meetings_of_cycles
    results = await at_once(*(generate(actor=ADMIN, ids=ids[::step]) for step in (1, -1, 1, -1)))
    assert sum(len(one.meetings) for made in done(results) for one in made) == 40
    for cycle in cycles:
        assert len(await school.meetings(cycle)) == 10
    await school.must_be_sound()
