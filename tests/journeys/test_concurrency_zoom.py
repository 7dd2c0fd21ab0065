"""What Zoom tells several times at once changes its meeting once (api.md, `/public/zoom-webhook`)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from haitech_domain.ports import Query
from haitech_domain.zoom import ENDED, STARTED, ZoomNews
from tests.journeys.live_school import ADMIN, at_once, done, live_school

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

BEGAN = datetime(2026, 10, 18, 13, 0, tzinfo=UTC)
ROOM = "98712345678"


@pytest.fixture
async def school():
    async with live_school() as made:
        yield made


async def test_the_same_event_many_times_at_once_is_noted_once(school):
    _cycle, [meeting, *_] = await school.taught(zoom_meeting_id="987 1234 5678")
    news = ZoomNews(type=STARTED, zoom_meeting_id=ROOM, started_at=BEGAN)
    await at_once(*(school.verbs.hear_zoom(news=news) for _ in range(8)))
    stored = await school.uow.read(lambda tx: tx.meetings.get(meeting.id))
    assert (stored.started_at, stored.version) == (BEGAN, meeting.version + 1)
    assert await school.audited("update", meeting) == 1
    assert await school.events("meeting.updated", meeting) == 1
    kept = await school.uow.read(lambda tx: tx.zoom_events.page(Query()))
    assert [event.meeting_id for event in kept.items] == [meeting.id]
    await school.must_be_sound()


async def test_several_sessions_and_the_office_at_once_lose_nothing(school):
    """The earliest start and the latest end stand, beside the completion and its money."""
    _cycle, [meeting, *_] = await school.taught(zoom_meeting_id=ROOM)
    told = [
        ZoomNews(
            type=ENDED,
            zoom_meeting_id=ROOM,
            started_at=BEGAN + timedelta(minutes=n),
            ended_at=BEGAN + timedelta(minutes=60 - n),
        )
        for n in range(6)
    ]
    calls = [school.verbs.hear_zoom(news=news) for news in reversed(told)]
    results = await at_once(*calls, school.complete(meeting))
    assert len(done(results)) == 7
    stored = await school.uow.read(lambda tx: tx.meetings.get(meeting.id))
    assert (stored.started_at, stored.ended_at) == (BEGAN, BEGAN + timedelta(minutes=60))
    assert stored.status.value == "completed"
    await school.must_be_sound()


async def test_a_cycle_cancelled_at_once_either_had_its_meeting_noted_or_has_not(school):
    """R-MEET-7: what comes after the cancelling is kept as unmatched."""
    for n in range(3):
        room = f"{n}{ROOM}"
        cycle, [meeting, *_] = await school.taught(zoom_meeting_id=room)
        news = ZoomNews(type=STARTED, zoom_meeting_id=room, started_at=BEGAN)
        await at_once(school.verbs.hear_zoom(news=news), school.change(cycle, status="cancelled"))
        stored = await school.uow.read(lambda tx, id=meeting.id: tx.meetings.get(id))
        kept = await school.verbs.list_zoom_events(actor=ADMIN, query=Query(limit=1))
        assert (kept.items[0].meeting_id == meeting.id) is (stored.started_at == BEGAN)
        await school.must_be_sound()
