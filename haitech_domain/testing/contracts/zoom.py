"""What keeping what Zoom told promises, and finding the meetings of a Zoom room."""

from __future__ import annotations

import asyncio
from datetime import date, time, timedelta
from typing import Any

import attrs
import pytest

from haitech_domain.errors import UnknownReference
from haitech_domain.meeting import cancel
from haitech_domain.ports import Page, Query, Transaction
from haitech_domain.testing.builders import (
    MADE,
    SUNDAY,
    a_meeting,
    a_school,
    a_zoom_event,
    an_id,
    furnish,
    gone,
)
from haitech_domain.testing.contracts.world import (
    SYSTEM,
    Contract,
    World,
    a_furnished_school,
    add,
)
from haitech_domain.zoom import ZoomEvent

DAY = timedelta(days=1)
AT_ONCE = 8
ROOM = "98712345678"


async def _add(world: World, event: ZoomEvent) -> bool:
    return await world.uow.run(SYSTEM, lambda tx: tx.zoom_events.add(event))


async def _page(world: World, **asked: Any) -> Page[ZoomEvent]:
    return await world.uow.read(lambda tx: tx.zoom_events.page(Query(**asked)))


class ZoomEventsContract(Contract):
    """Each thing once."""

    async def test_what_was_told_is_kept_as_it_was_and_once(self, world: World) -> None:
        """By its digest, whatever else differs; nothing of it is audited."""
        school = await a_furnished_school(world)
        before = await world.journal()
        event = a_zoom_event(
            sent_at=MADE,
            started_at=MADE,
            ended_at=MADE + DAY,
            recording_url="https://zoom.example/rec/1",
            meeting_id=school.meeting.id,
        )
        assert await _add(world, event)
        assert not await _add(world, a_zoom_event(digest=event.digest, type="meeting.started"))
        assert (await _page(world)).items == (event,)
        assert await world.journal() == before

    async def test_of_many_at_once_one_is_kept(self, world: World) -> None:
        """The others learn it after that one has ended."""
        digest = an_id().hex
        kept = await asyncio.gather(
            *(_add(world, a_zoom_event(digest=digest)) for _ in range(AT_ONCE))
        )
        assert sum(kept) == 1
        assert (await _page(world)).total == 1

    async def test_lists_are_newest_first_and_filtered(self, world: World) -> None:
        """By type, and by whether a meeting was found."""
        school = await a_furnished_school(world)
        old = a_zoom_event(meeting_id=school.meeting.id)
        new = a_zoom_event(created_at=MADE + DAY, type="meeting.alert")
        for event in (old, new):
            await _add(world, event)
        assert (await _page(world)).items == (new, old)
        assert (await _page(world, filters={"matched": False})).items == (new,)
        assert (await _page(world, filters={"matched": True})).items == (old,)
        assert (await _page(world, filters={"type": "meeting.alert"})).items == (new,)
        first = await _page(world, limit=1)
        assert (await _page(world, limit=1, cursor=first.next_cursor)).items == (old,)

    async def test_it_names_no_meeting_that_is_not_there(self, world: World) -> None:
        """A fault of the program."""
        with pytest.raises(UnknownReference):
            await _add(world, a_zoom_event(meeting_id=an_id()))

    async def test_the_oldest_are_purged_and_the_others_stay(self, world: World) -> None:
        """At most so many at once; what was purged may come again."""
        old = [a_zoom_event(created_at=MADE - DAY * n) for n in (3, 2, 1)]
        young = a_zoom_event()
        for event in (*old, young):
            await _add(world, event)

        async def purged() -> int:
            return await world.uow.run(SYSTEM, lambda tx: tx.zoom_events.purge(before=MADE, most=2))

        assert await purged() == 2
        assert (await _page(world)).items == (young, old[2])
        assert [await purged(), await purged()] == [1, 0]
        assert await _add(world, old[0])

    async def test_reading_keeps_and_purges_nothing(self, world: World) -> None:
        """Both are work."""
        for work in (
            lambda tx: tx.zoom_events.add(a_zoom_event()),
            lambda tx: tx.zoom_events.purge(before=MADE),
        ):
            # each store has its own name for this fault of the program
            with pytest.raises(Exception):  # noqa: B017, PT011
                await world.uow.read(work)
        assert (await _page(world)).total == 0

    async def test_a_room_is_the_meetings_own_else_its_cycles(self, world: World) -> None:
        """However it is written; what does not teach, is deleted or another day's is not there."""
        school = a_school()
        cycle = attrs.evolve(school.cycle, zoom_meeting_id="987 1234-5678")
        school = attrs.evolve(school, cycle=cycle)
        await world.uow.run(SYSTEM, lambda tx: furnish(tx, school))

        def meeting(number: int, start: int, day: date = SUNDAY, **more: Any) -> Any:
            return a_meeting(
                cycle_id=cycle.id,
                instructor_id=school.instructor.id,
                number=number,
                scheduled_date=day,
                start_time=time(start),
                end_time=time(start + 1),
                **more,
            )

        later = meeting(2, 18, zoom_meeting_id=f"{ROOM[:3]}-{ROOM[3:]}")
        elsewhere = meeting(3, 10, zoom_meeting_id="111")
        off = cancel(meeting(4, 11), at=MADE).after
        other_day = meeting(5, 16, SUNDAY + DAY)
        rows = [later, elsewhere, off, other_day, gone(meeting(6, 12))]
        await add(world, lambda tx: tx.meetings, *rows)

        async def there(room: str, day: date = SUNDAY) -> list[Any]:
            async def work(tx: Transaction) -> list[Any]:
                return list(await tx.meetings.in_room(room, day))

            return await world.uow.read(work)

        assert await there(ROOM) == [school.meeting, later]
        assert await there("111") == [elsewhere]
        assert await there("222") == []
        assert await there(ROOM, SUNDAY + DAY) == [other_day]
