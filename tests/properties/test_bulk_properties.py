"""Many meetings at once are what one by one would make of them, in order of date (R-CYC-6)."""

from __future__ import annotations

import asyncio
from datetime import time, timedelta
from typing import Any

import attrs
from hypothesis import event, given
from hypothesis import strategies as st

from haitech_adapters.calendar import IsraeliSchoolCalendar
from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.cycle import Cycle, PaymentMode
from haitech_domain.errors import DomainError, Several
from haitech_domain.meeting import Meeting, MeetingStatus, in_order
from haitech_domain.money import Money
from haitech_domain.registration import Registration
from haitech_domain.testing.builders import SUNDAY, a_cycle, a_meeting, a_school, furnish, gone
from haitech_domain.use_cases import (
    CancelMeeting,
    CompleteMeeting,
    ReopenMeeting,
    RestoreMeeting,
    School,
    SyncProgress,
    UpdateMeetingStatuses,
)

SYSTEM = Actor.system("test")
SCHEDULED, COMPLETED, CANCELLED, _POSTPONED = MeetingStatus
BY_VERB = (SCHEDULED, COMPLETED, CANCELLED)
PASSING = {"version", "updated_at"}


@attrs.frozen
class Lesson:
    """A meeting to be made: of which cycle, on which day, from which hour on, and as what."""

    cycle: int
    day: int
    hour: int
    status: MeetingStatus


lessons = st.builds(
    Lesson,
    cycle=st.integers(0, 1),
    day=st.integers(0, 2),
    hour=st.integers(8, 13),
    status=st.sampled_from(BY_VERB),
)


def at_one_time(lesson: Lesson) -> tuple[int, int]:
    return lesson.day, lesson.hour


@attrs.frozen
class World:
    """Two cycles of one instructor, paid by the day, and the verbs over them."""

    uow: MemoryUnitOfWork
    clock: FixedClock
    rules: School
    meetings: list[Meeting]

    @classmethod
    async def of(cls, wanted: list[Lesson], totals: tuple[int, int]) -> World:
        clock = FixedClock()
        uow = MemoryUnitOfWork(CountingIds(), clock)
        school = a_school()
        belongs = {
            "course_id": school.course.id,
            "branch_id": school.branch.id,
            "instructor_id": school.instructor.id,
            "instructor_payment_mode": PaymentMode.DAILY,
            "instructor_daily_rate": Money.of(600),
        }
        cycles = [a_cycle(**belongs, total_meetings=total) for total in totals]
        first = cycles[0].id
        school = attrs.evolve(
            school,
            cycle=cycles[0],
            meeting=gone(attrs.evolve(school.meeting, cycle_id=first)),
            registration=attrs.evolve(school.registration, cycle_id=first, amount=Money.of(1180)),
        )
        numbers = [0, 0]
        meetings = []
        for lesson in sorted(wanted, key=lambda one: (one.cycle, one.day, one.hour)):
            numbers[lesson.cycle] += 1
            meetings.append(
                a_meeting(
                    cycle_id=cycles[lesson.cycle].id,
                    instructor_id=school.instructor.id,
                    number=numbers[lesson.cycle],
                    scheduled_date=SUNDAY + timedelta(days=lesson.day),
                    start_time=time(lesson.hour),
                    end_time=time(lesson.hour + 1),
                )
            )
        world = cls(uow, clock, School(holidays=IsraeliSchoolCalendar()), meetings)

        async def fill(tx: Any) -> None:
            await furnish(tx, school)
            await tx.cycles.save(Change.created(cycles[1]))
            await tx.meetings.save(*map(Change.created, meetings))

        await uow.run(SYSTEM, fill)
        recount = SyncProgress(uow=uow, clock=clock)
        for cycle in cycles:
            await recount(actor=SYSTEM, cycle_id=cycle.id)
        as_drawn = sorted(wanted, key=lambda one: (one.cycle, one.day, one.hour))
        for meeting, lesson in zip(meetings, as_drawn, strict=True):
            await world.one(meeting, lesson.status)
        return world

    async def one(self, meeting: Meeting, status: MeetingStatus) -> None:
        """Bring one meeting to a status by its verb; nothing for one that was just made."""
        ports: dict[str, Any] = {"uow": self.uow, "clock": self.clock}
        about: dict[str, Any] = {"actor": SYSTEM, "meeting_id": meeting.id}
        if status is COMPLETED:
            await CompleteMeeting(**ports, school=self.rules)(**about, notes={})
        elif status is CANCELLED:
            await CancelMeeting(**ports)(**about)

    async def back(self, meeting: Meeting) -> None:
        """Make one meeting scheduled again, from wherever it is."""
        ports: dict[str, Any] = {"uow": self.uow, "clock": self.clock}
        about: dict[str, Any] = {"actor": SYSTEM, "meeting_id": meeting.id}
        now = await self.uow.read(lambda tx: tx.meetings.get(meeting.id))
        if now.status is COMPLETED:
            await ReopenMeeting(**ports)(**about)
        else:
            await RestoreMeeting(**ports, school=self.rules)(**about)

    async def one_by_one(self, chosen: list[Meeting], status: MeetingStatus) -> None:
        for meeting in in_order(chosen):
            if status is SCHEDULED:
                await self.back(meeting)
            else:
                await self.one(meeting, status)

    async def at_once(self, chosen: list[Meeting], status: MeetingStatus) -> None:
        verb = UpdateMeetingStatuses(uow=self.uow, clock=self.clock, school=self.rules)
        await verb(actor=SYSTEM, ids=[meeting.id for meeting in chosen], status=status)

    def rows(self) -> dict[Any, dict[str, Any]]:
        """All that is stored of cycles, meetings and registrations, but for how often it changed."""
        state = self.uow._state
        return {
            id: {k: v for k, v in attrs.asdict(row, recurse=False).items() if k not in PASSING}
            for kind in (Cycle, Meeting, Registration)
            for id, row in state.table(kind).items()
        }


@given(
    wanted=st.lists(lessons, min_size=1, max_size=9, unique_by=at_one_time),
    totals=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    status=st.sampled_from(BY_VERB),
    picks=st.lists(st.integers(0, 8), min_size=1, unique=True),
    fitting=st.sampled_from([True, True, True, False]),
)
def test_at_once_is_what_one_by_one_would_make_of_them(
    *,
    wanted: list[Lesson],
    totals: tuple[int, int],
    status: MeetingStatus,
    picks: list[int],
    fitting: bool,
) -> None:
    """R-CYC-6, R-PAY-3, R-CYC-2: money, days, numbers, progress and registrations.

    Where one of them is refused one by one, all are refused at once, and nothing is stored.
    """

    async def compare() -> None:
        world = await World.of(wanted, totals)
        chosen = [world.meetings[pick] for pick in picks if pick < len(world.meetings)]
        if fitting:
            now = world.uow._state.table(Meeting)
            chosen = [m for m in chosen if (now[m.id].status is SCHEDULED) != (status is SCHEDULED)]
        if not chosen:
            return
        before = world.uow._state
        as_it_was = world.rows()
        try:
            await world.one_by_one(chosen, status)
        except DomainError:
            expected = None
        else:
            expected = world.rows()
        world.uow._state = before
        try:
            await world.at_once(chosen, status)
        except Several:
            assert expected is None
            assert world.rows() == as_it_was
            event(f"{status}: refused")
        else:
            assert world.rows() == expected
            event(f"{status}: done")

    asyncio.run(compare())
