"""What the repository of meetings promises beyond every repository."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haitech_domain.calendar import TimeSlot
from haitech_domain.change import Change
from haitech_domain.errors import Duplicate, NotFound
from haitech_domain.meeting import Meeting, MeetingStatus, cancel, in_order, postpone, tally
from haitech_domain.ports import Transaction
from haitech_domain.scheduling import InstructorBusy
from haitech_domain.testing.builders import (
    MADE,
    SUNDAY,
    School,
    a_cycle,
    a_meeting,
    a_school,
    an_id,
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
    save,
    undone,
)
from haitech_domain.testing.strategies import meetings_of_cycle, time_slots

LATER = MADE + timedelta(hours=1)
WEEK = timedelta(days=7)


def _meeting(school: School, number: int, **overrides: Any) -> Meeting:
    """Another meeting of the school's cycle, `number` − 1 weeks after its first."""
    defaults = {
        "cycle_id": school.cycle.id,
        "instructor_id": school.instructor.id,
        "number": number,
        "scheduled_date": SUNDAY + WEEK * (number - 1),
    }
    return a_meeting(**{**defaults, **overrides})


@st.composite
def _cycles_with_meetings(draw: st.DrawFn) -> tuple[School, Sequence[Meeting]]:
    """A school, and meetings that its cycle has instead of the one it came with."""
    school = a_school()
    total = draw(st.integers(1, 12))
    school = attrs.evolve(school, cycle=attrs.evolve(school.cycle, total_meetings=total))
    found = draw(meetings_of_cycle(school.cycle.id, school.instructor.id))
    return attrs.evolve(school, meeting=gone(school.meeting)), found


class MeetingsContract(Contract):
    """Lessons of cycles."""

    @property_of_world(50)
    @given(_cycles_with_meetings())
    async def test_the_tally_is_that_of_counting_by_hand(
        self, world: World, drawn: tuple[School, Sequence[Meeting]]
    ) -> None:
        """R-CYC-1: progress is derived, and of_cycle gives what it is derived from."""
        school, found = drawn

        async def work(tx: Transaction) -> None:
            await furnish(tx, school)
            await tx.meetings.save(*map(Change.created, found))
            expected = tally(found, school.cycle.total_meetings)
            assert await tx.meetings.tally(school.cycle.id) == expected
            live = in_order(m for m in found if m.deleted_at is None)
            assert list(await tx.meetings.of_cycle(school.cycle.id)) == live
            empty = a_cycle().id
            several = await tx.meetings.of_cycles([empty, school.cycle.id])
            assert {id: list(rows) for id, rows in several.items()} == {
                empty: [],
                school.cycle.id: live,
            }

        await undone(world, work)

    @property_of_world(50)
    @given(_cycles_with_meetings(), st.lists(time_slots(), min_size=1, max_size=4))
    async def test_clashing_is_what_overlaps_by_hand(
        self,
        world: World,
        drawn: tuple[School, Sequence[Meeting]],
        slots: list[TimeSlot],
    ) -> None:
        """R-SCHED-9: half-open, on the same date, teaching, and each meeting once."""
        school, found = drawn
        days = [m.scheduled_date for m in found] or [SUNDAY]
        wanted = [(days[n % len(days)], slot) for n, slot in enumerate(slots)]
        apart = {m.id for m in found[:1]}
        expected = in_order(
            m
            for m in found
            if m.deleted_at is None
            and m.status.teaches
            and m.id not in apart
            and any(m.scheduled_date == d and s.overlaps(m.slot) for d, s in wanted)
        )

        async def work(tx: Transaction) -> None:
            await furnish(tx, school)
            await tx.meetings.save(*map(Change.created, found))
            instructor = school.instructor.id
            clashing = await tx.meetings.clashing(instructor, wanted, apart_from=apart)
            assert list(clashing) == expected

        await undone(world, work)

    async def test_clashing_is_half_open(self, world: World) -> None:
        """R-SCHED-9: one may start when the other ends. The meeting is at 16:00-17:30."""
        school = await a_furnished_school(world)

        async def clashing(start: time, end: time, **other: Any) -> list[Meeting]:
            day = other.get("day", SUNDAY)
            who = other.get("who", school.instructor.id)
            slots = [(day, TimeSlot(start, end))]
            return list(await world.uow.read(lambda tx: tx.meetings.clashing(who, slots)))

        assert await clashing(time(14), time(16)) == []
        assert await clashing(time(17, 30), time(19)) == []
        assert await clashing(time(14), time(16, 1)) == [school.meeting]
        assert await clashing(time(17, 29), time(19)) == [school.meeting]
        assert await clashing(time(16, 30), time(17)) == [school.meeting]
        assert await clashing(time(16), time(17), day=SUNDAY + WEEK) == []
        assert await clashing(time(16), time(17), who=an_id()) == []
        none = await world.uow.read(lambda tx: tx.meetings.clashing(school.instructor.id, []))
        assert list(none) == []

    async def test_an_instructor_is_never_in_two_places(self, world: World) -> None:
        """R-SCHED-9: not by a new meeting, not by moving one, not within one save."""
        school = await a_furnished_school(world)
        with pytest.raises(InstructorBusy):
            await add(world, _meetings, _meeting(school, 2, scheduled_date=SUNDAY))
        second = _meeting(school, 2)
        await add(world, _meetings, second)
        moved = second.changed(LATER, scheduled_date=SUNDAY, end_time=time(16, 30))
        with pytest.raises(InstructorBusy):
            await save(world, _meetings, Change.updated(second, moved))
        day = {"scheduled_date": SUNDAY + 9 * WEEK}
        with pytest.raises(InstructorBusy):
            await add(world, _meetings, _meeting(school, 3, **day), _meeting(school, 4, **day))

    async def test_what_overlaps_may_be_allowed_or_not_teach(self, world: World) -> None:
        """R-SCHED-9: an override, a cancelled meeting and a deleted one stand in nobody's way."""
        school = await a_furnished_school(world)
        allowed = _meeting(school, 2, scheduled_date=SUNDAY, conflict_override=True)
        off = cancel(_meeting(school, 3, scheduled_date=SUNDAY), at=MADE).after
        lost = gone(_meeting(school, 4, scheduled_date=SUNDAY))
        after = _meeting(
            school, 5, scheduled_date=SUNDAY, start_time=time(17, 30), end_time=time(19)
        )
        await add(world, _meetings, allowed, off, lost, after)
        for gone_one, back in (
            (off, {"status": MeetingStatus.SCHEDULED}),
            (lost, {"deleted_at": None, "deletion": None}),
        ):
            change = Change.updated(gone_one, gone_one.changed(LATER, **back))
            with pytest.raises(InstructorBusy):
                await save(world, _meetings, change)

    async def test_somebody_else_may_teach_at_the_same_time(self, world: World) -> None:
        """R-SCHED-9 is about one instructor."""
        school = await a_furnished_school(world)
        other = an_instructor()
        await add(world, lambda tx: tx.instructors, other)
        beside = _meeting(school, 2, scheduled_date=SUNDAY, instructor_id=other.id)
        await add(world, _meetings, beside)

    async def test_teaching_meetings_of_a_cycle_have_their_own_numbers(self, world: World) -> None:
        """R-SCHED-5: cancelling and deleting free a number; it is taken once again."""
        school = await a_furnished_school(world)
        twin = _meeting(school, 1, scheduled_date=SUNDAY + WEEK)
        with pytest.raises(Duplicate) as caught:
            await add(world, _meetings, twin)
        assert (caught.value.what, caught.value.field) == ("meeting", "number")
        off = cancel(school.meeting, at=LATER)
        await save(world, _meetings, off)
        await add(world, _meetings, twin)
        restored = off.after.changed(LATER, status=MeetingStatus.SCHEDULED)
        with pytest.raises(Duplicate):
            await save(world, _meetings, Change.updated(off.after, restored))
        await save(world, _meetings, Change.updated(twin, gone(twin, at=LATER)))
        await save(world, _meetings, Change.updated(off.after, restored))

    async def test_a_replacement_is_saved_together_with_what_it_replaces(
        self, world: World
    ) -> None:
        """R-MEET-5: linked both ways, under the same number."""
        school = await a_furnished_school(world)
        gone_one, new = postpone(
            school.meeting,
            replacement_id=a_meeting().id,
            day=SUNDAY + WEEK,
            slot=school.meeting.slot,
            at=LATER,
        )
        await save(world, _meetings, gone_one, new)
        found = await world.uow.read(lambda tx: tx.meetings.of_cycle(school.cycle.id))
        assert list(found) == [gone_one.after, new.after]

    async def test_bookings_after_a_day_are_the_teaching_ones(self, world: World) -> None:
        """By date, start and id; the day itself is not after it."""
        school = await a_furnished_school(world)
        second, third = _meeting(school, 2), _meeting(school, 3)
        off = cancel(_meeting(school, 4), at=MADE).after
        await add(world, _meetings, third, second, off, gone(_meeting(school, 5)))
        who = school.instructor.id
        after = await world.uow.read(lambda tx: tx.meetings.booked_after(who, SUNDAY))
        assert list(after) == [second, third]
        assert await world.uow.read(lambda tx: tx.meetings.scheduled_count(who)) == 3
        assert await world.uow.read(lambda tx: tx.meetings.scheduled_count(an_instructor().id)) == 0

    async def test_an_instructor_reads_own_meetings_and_those_of_own_cycles(
        self, world: World
    ) -> None:
        """R-ACC-2: to read is to be the meeting's or the cycle's instructor."""
        school = await a_furnished_school(world)
        other = an_instructor()
        await add(world, lambda tx: tx.instructors, other)
        theirs = a_cycle(
            course_id=school.course.id, branch_id=school.branch.id, instructor_id=other.id
        )
        await add(world, lambda tx: tx.cycles, theirs)
        substituted = _meeting(school, 2, instructor_id=other.id)
        foreign = a_meeting(cycle_id=theirs.id, instructor_id=other.id)
        await add(world, _meetings, substituted, foreign)

        async def reads(meeting: Meeting, who: Any) -> bool:
            try:
                await world.uow.read(lambda tx: tx.meetings.get(meeting.id, own=who))
            except NotFound:
                return False
            return True

        me = school.instructor.id
        assert await reads(school.meeting, me)
        assert await reads(substituted, me)
        assert not await reads(foreign, me)
        assert await reads(substituted, other.id)
        assert not await reads(school.meeting, other.id)


def _meetings(tx: Transaction) -> Any:
    return tx.meetings
