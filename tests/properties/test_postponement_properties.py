"""Chains of postponements keep number and money, and never land on a closed day (R-MEET-5)."""

from __future__ import annotations

import asyncio
from datetime import date, time, timedelta
from typing import Any

import attrs
from hypothesis import event, given
from hypothesis import strategies as st

from haitech_adapters.calendar import IsraeliSchoolCalendar
from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_domain.access import Actor
from haitech_domain.calendar import DayOfWeek
from haitech_domain.change import Change
from haitech_domain.cycle import CycleStatus
from haitech_domain.ids import MeetingId
from haitech_domain.meeting import Meeting, MeetingStatus
from haitech_domain.money import Money, allocate
from haitech_domain.scheduling import InstructorBusy, NoTeachingDay
from haitech_domain.testing.builders import (
    SUNDAY,
    a_closure,
    a_cycle,
    a_meeting,
    a_school,
    furnish,
    gone,
)
from haitech_domain.use_cases import CompleteMeeting, PostponeMeeting, Put, School
from haitech_domain.vat import ISRAEL

SYSTEM = Actor.system("test")
WEEK = timedelta(weeks=1)
RULES = School(holidays=IsraeliSchoolCalendar())
PRICE = Money.of(1000)


@attrs.frozen
class Step:
    """One postponement: of which of the scheduled meetings, to which day (None: the next)."""

    which: int
    days_ahead: int | None
    hour: int
    allowed: bool


steps = st.lists(
    st.builds(
        Step,
        which=st.integers(0, 9),
        days_ahead=st.none() | st.integers(0, 120),
        hour=st.sampled_from([10, 16]),
        allowed=st.booleans(),
    ),
    max_size=8,
)


@attrs.frozen
class World:
    """A private cycle of Sundays in spring 2026, with its holidays, a closure and a busy instructor."""

    uow: MemoryUnitOfWork
    clock: FixedClock
    ids: CountingIds
    first: list[Meeting]

    @classmethod
    async def of(cls, total: int, closed: int, busy: int) -> World:
        ids, clock = CountingIds(), FixedClock()
        uow = MemoryUnitOfWork(ids, clock)
        school = a_school()
        cycle = attrs.evolve(school.cycle, total_meetings=total)
        other = a_cycle(
            course_id=cycle.course_id,
            branch_id=cycle.branch_id,
            instructor_id=cycle.instructor_id,
        )
        shut = SUNDAY + closed * WEEK
        school = attrs.evolve(
            school,
            cycle=cycle,
            meeting=gone(school.meeting),
            registration=attrs.evolve(school.registration, amount=PRICE),
            closure=a_closure(branch_id=cycle.branch_id, first_day=shut, last_day=shut),
        )
        first = [
            a_meeting(
                cycle_id=cycle.id,
                instructor_id=cycle.instructor_id,
                number=n + 1,
                scheduled_date=SUNDAY + n * WEEK,
                topic=f"lesson {n + 1}",
            )
            for n in range(total)
        ]
        elsewhere = a_meeting(
            cycle_id=other.id,
            instructor_id=cycle.instructor_id,
            scheduled_date=SUNDAY + (total + busy) * WEEK,
            start_time=time(17),
            end_time=time(18),
        )

        async def fill(tx: Any) -> None:
            await furnish(tx, school)
            await tx.cycles.save(Change.created(other))
            await tx.meetings.save(*map(Change.created, (*first, elsewhere)))

        await uow.run(SYSTEM, fill)
        return cls(uow, clock, ids, first)

    async def postpone(self, meeting: Meeting, step: Step) -> tuple[Meeting, Meeting]:
        verb = PostponeMeeting(uow=self.uow, clock=self.clock, ids=self.ids, school=RULES)
        ahead = step.days_ahead
        to = Put(
            new_date=None if ahead is None else SUNDAY + timedelta(days=ahead),
            new_start_time=time(step.hour),
            allow_conflicts=step.allowed,
        )
        return await verb(actor=SYSTEM, meeting_id=MeetingId(meeting.id), to=to)

    async def live(self) -> list[Meeting]:
        """The teaching meetings of the cycle."""
        cycle = self.first[0].cycle_id
        found = await self.uow.read(lambda tx: tx.meetings.of_cycle(cycle))
        return [meeting for meeting in found if meeting.status.teaches]

    async def closed_on(self, day: date) -> str | None:
        async def ask(tx: Any) -> str | None:
            cycle = await tx.cycles.get(self.first[0].cycle_id)
            return (await RULES.teaching_days(tx, cycle.branch_id)).closed_on(day)

        return await self.uow.read(ask)

    async def in_the_way(self, meeting: Meeting) -> list[Meeting]:
        """Whom the instructor teaches at that time, too."""
        found = await self.uow.read(
            lambda tx: tx.meetings.clashing(
                meeting.instructor_id,
                [(meeting.scheduled_date, meeting.slot)],
                apart_from=[meeting.id],
            )
        )
        return list(found)


def told(meeting: Meeting) -> tuple[Any, ...]:
    """What a replacement takes over."""
    return (meeting.number, meeting.instructor_id, meeting.activity_type, meeting.topic)


@given(total=st.integers(1, 5), closed=st.integers(0, 14), busy=st.integers(0, 6), chain=steps)
def test_a_chain_of_postponements_keeps_number_and_money(
    *, total: int, closed: int, busy: int, chain: list[Step]
) -> None:
    """R-MEET-5, R-SCHED-5, R-SCHED-9, R-REV-2."""

    async def play() -> None:
        world = await World.of(total, closed, busy)
        for step in chain:
            before = await world.live()
            meeting = before[step.which % total]
            try:
                original, new = await world.postpone(meeting, step)
            except (InstructorBusy, NoTeachingDay) as refused:
                assert step.days_ahead is not None, "without a date there is always one that fits"
                assert await world.live() == before
                event(refused.reason)
                continue
            event("dated" if step.days_ahead is not None else "the next that fits")
            assert original.status is MeetingStatus.POSTPONED
            assert (original.rescheduled_to_id, new.rescheduled_from_id) == (new.id, original.id)
            assert original.rescheduled_from_id == meeting.rescheduled_from_id
            assert told(new) == told(original) == told(meeting)
            assert await world.closed_on(new.scheduled_date) is None
            clashes = await world.in_the_way(new)
            assert new.conflict_override is bool(clashes)
            if step.days_ahead is None:
                assert not clashes
                assert new.scheduled_date > max(m.scheduled_date for m in before)
                assert DayOfWeek.of(new.scheduled_date) is DayOfWeek.SUNDAY
            after = await world.live()
            assert sorted(m.number or 0 for m in after) == list(range(1, total + 1))
        await _earns_what_it_would_have(world, total)

    asyncio.run(play())


async def _earns_what_it_would_have(world: World, total: int) -> None:
    """R-REV-2: each number's share, whatever meeting holds it in the end."""
    verb = CompleteMeeting(uow=world.uow, clock=world.clock, school=RULES)
    for meeting in await world.live():
        await verb(actor=SYSTEM, meeting_id=meeting.id, notes={})
    held = sorted(await world.live(), key=lambda m: m.number or 0)
    net = ISRAEL.net(PRICE, includes_vat=True, on=SUNDAY)
    assert [m.revenue for m in held] == allocate(net, total)
    cycle = await world.uow.read(lambda tx: tx.cycles.get(world.first[0].cycle_id))
    assert cycle.status is CycleStatus.COMPLETED
