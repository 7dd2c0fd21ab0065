"""What the stores promise of the times of instructors (R-SCHED-10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any, Final

import attrs
from hypothesis import given
from hypothesis import strategies as st

from haitech_domain.calendar import DateRange, TimeSlot
from haitech_domain.change import Change
from haitech_domain.instructor import TimeOff
from haitech_domain.meeting import Meeting
from haitech_domain.ports import Query, Transaction
from haitech_domain.scheduling import Availability, FreeTime, free_on
from haitech_domain.testing.builders import (
    SUNDAY,
    School,
    a_meeting,
    a_school,
    a_time_off,
    an_instructor,
    furnish,
    gone,
)
from haitech_domain.testing.contracts.world import (
    Contract,
    World,
    a_furnished_school,
    add,
    property_of_world,
    undone,
)
from haitech_domain.testing.strategies import (
    meetings_of_cycle,
    time_off,
    time_slots,
    weekly_windows,
)

DAY: Final = timedelta(days=1)
Drawn = tuple[School, Sequence[Meeting], Sequence[TimeOff], Sequence[FreeTime]]


@st.composite
def _instructors_with_meetings(draw: st.DrawFn) -> Drawn:
    """An instructor with windows, meetings and time off, and what is asked of one of their days."""
    school = a_school()
    instructor = attrs.evolve(school.instructor, windows=draw(weekly_windows()))
    meetings = draw(meetings_of_cycle(school.cycle.id, instructor.id))
    days = [m.scheduled_date for m in meetings] or [SUNDAY]
    day = draw(st.sampled_from(days))
    off = draw(st.lists(time_off(instructor_id=instructor.id), max_size=1))
    if draw(st.booleans()):
        off.append(draw(time_off(instructor_id=instructor.id, first_day=day, last_day=day)))
    slots = draw(st.lists(time_slots(), min_size=1, max_size=3))
    school = attrs.evolve(school, instructor=instructor, meeting=gone(school.meeting))
    return school, meetings, off, [FreeTime(day), *(FreeTime(day, slot) for slot in slots)]


class AvailabilityContract(Contract):
    """Windows, time off, meetings, and who is free."""

    @property_of_world(40)
    @given(_instructors_with_meetings())
    async def test_who_is_free_is_who_has_a_free_slot(self, world: World, drawn: Drawn) -> None:
        """R-SCHED-10: the filter of the list says what the pure rule says."""
        school, meetings, off, asked = drawn
        who = school.instructor

        async def work(tx: Transaction) -> None:
            await furnish(tx, school)
            await tx.meetings.save(*map(Change.created, meetings))
            await tx.time_off.save(*map(Change.created, off))
            away = tuple(days.days for days in (*off, school.time_off))
            for wanted in asked:
                day = wanted.day
                held = [m for m in meetings if m.scheduled_date == day]
                slots = free_on(day, Availability(who.windows, away), held)
                page = await tx.instructors.page(Query(filters={"free": wanted}))
                assert (wanted, list(page.items)) == (wanted, [who] if wanted.is_in(slots) else [])
                assert page.total == len(page.items)

        await undone(world, work)

    async def test_the_time_off_that_has_any_of_some_days(self, world: World) -> None:
        """Both ends included; another's and deleted ones are not among it."""
        school = await a_furnished_school(world)
        other = an_instructor()
        await add(world, lambda tx: tx.instructors, other)

        def off(first: date, last: date, **facts: Any) -> TimeOff:
            whose = {"instructor_id": school.instructor.id, **facts}
            return a_time_off(first_day=first, last_day=last, **whose)

        days = DateRange(SUNDAY, SUNDAY + 2 * DAY)
        around = off(SUNDAY - 9 * DAY, SUNDAY + 9 * DAY)
        before = off(SUNDAY - 2 * DAY, SUNDAY)
        after = off(SUNDAY + 2 * DAY, SUNDAY + 3 * DAY)
        others = (
            off(SUNDAY - 2 * DAY, SUNDAY - DAY),
            off(SUNDAY + 3 * DAY, SUNDAY + 3 * DAY),
            gone(off(SUNDAY, SUNDAY)),
            off(SUNDAY, SUNDAY, instructor_id=other.id),
        )
        await add(world, lambda tx: tx.time_off, after, before, *others, around)
        found = await world.uow.read(lambda tx: tx.time_off.touching(school.instructor.id, days))
        assert list(found) == [around, before, after]

    async def test_the_meetings_of_an_instructor_on_some_days(self, world: World) -> None:
        """Whatever their status, by date and start; deleted ones and those of others are not."""
        school = await a_furnished_school(world)
        other = an_instructor()
        await add(world, lambda tx: tx.instructors, other)
        slots = [TimeSlot(time(8), time(9)), TimeSlot(time(10), time(11))]

        def held(number: int, day: date, slot: TimeSlot, **facts: Any) -> Meeting:
            whose = {"cycle_id": school.cycle.id, "instructor_id": school.instructor.id, **facts}
            when = {"scheduled_date": day, "start_time": slot.start, "end_time": slot.end}
            return a_meeting(number=number, **when, **whose)

        late = held(2, SUNDAY + DAY, slots[1], status="cancelled")
        early = held(3, SUNDAY + DAY, slots[0], status="postponed")
        last = held(4, SUNDAY + 2 * DAY, slots[0])
        others = (
            held(5, SUNDAY + 3 * DAY, slots[0]),
            gone(held(6, SUNDAY + DAY, slots[0])),
            held(7, SUNDAY + DAY, slots[0], instructor_id=other.id),
        )
        await add(world, lambda tx: tx.meetings, last, late, *others, early)
        days = DateRange(SUNDAY, SUNDAY + 2 * DAY)
        found = await world.uow.read(
            lambda tx: tx.meetings.of_instructor(school.instructor.id, days)
        )
        assert list(found) == [school.meeting, early, late, last]
