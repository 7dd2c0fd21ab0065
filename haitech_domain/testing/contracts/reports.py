"""What rows for reports promise: exactly what counting by hand gives, whatever is stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from operator import attrgetter
from typing import Any, Final

from hypothesis import given

from haitech_domain.change import Change
from haitech_domain.ports import Transaction
from haitech_domain.reports import ClosedBranch, Named, Unreported
from haitech_domain.testing import builders as make
from haitech_domain.testing.contracts.counting import BEFORE, DAY, NEXT, Taught, is_gone, taught
from haitech_domain.testing.contracts.world import (
    Contract,
    World,
    a_furnished_school,
    add,
    property_of_world,
    save,
    undone,
)

NOW: Final = datetime.combine(DAY, time(14, 30))
MOST: Final = 3


class ReportsContract(Contract):
    """Rows for reports."""

    @property_of_world(20)
    @given(school=taught())
    async def test_rows_are_what_counting_by_hand_gives(self, world: World, school: Taught) -> None:
        """R-PPL-4, R-REV-1, R-ATT-3: of each day, and of what nobody has reported."""

        async def work(tx: Transaction) -> None:
            await school.keep(tx)
            for day in (BEFORE, DAY, NEXT, NEXT + timedelta(days=1)):
                assert list(await tx.reports.day(day)) == school.day(day)
            for now in (NOW, NOW + timedelta(minutes=1), NOW + timedelta(days=2)):
                assert await tx.reports.unreported(now, MOST) == school.unreported(now, MOST)

        await undone(world, work)

    async def test_a_store_without_meetings_has_no_rows(self, world: World) -> None:
        """Nothing is no error."""
        assert not await world.uow.read(lambda tx: tx.reports.day(DAY))
        assert await world.uow.read(lambda tx: tx.reports.unreported(NOW, 1)) == Unreported()
        assert not await world.uow.read(lambda tx: tx.reports.closed_on(DAY))

    async def test_branches_are_closed_on_all_days_of_a_closure_by_name(self, world: World) -> None:
        """R-SCHED-2: the first and the last day too; a deleted closure or branch closes nothing."""
        school = await a_furnished_school(world)
        first, last = school.closure.first_day, school.closure.last_day
        other, away = make.a_branch(name="Bialik"), make.gone(make.a_branch())
        await add(world, lambda tx: tx.branches, other, away)
        again = make.a_closure(branch_id=school.branch.id, first_day=last, last_day=last, why="ב")
        snow = make.a_closure(branch_id=other.id, first_day=last, last_day=last, why="snow")
        void = make.gone(make.a_closure(branch_id=other.id))
        gone = make.a_closure(branch_id=away.id)
        await add(world, lambda tx: tx.closures, again, snow, void, gone)
        why = school.closure.why
        days = (first - timedelta(days=1), first, last)

        async def work(tx: Transaction) -> list[Sequence[ClosedBranch]]:
            return [await tx.reports.closed_on(day) for day in days]

        before, begun, ending = await world.uow.read(work)
        assert [[closed.why for closed in found] for found in (before, begun)] == [[], [why]]
        assert [closed.why for closed in ending] == ["snow", why, "ב"]
        assert ending[0].branch == Named(id=other.id, name="Bialik")

    async def test_what_a_meeting_belonged_to_stays_by_name_and_its_cycle_takes_it_along(
        self, world: World
    ) -> None:
        """R-PPL-4: a deleted cycle's money leaves all reports, also if a meeting stayed."""
        school = await a_furnished_school(world)
        at = make.MADE
        for name, thing in (
            ("courses", school.course),
            ("branches", school.branch),
            ("instructors", school.instructor),
        ):
            deleted: Change[Any] = Change.updated(thing, make.gone(thing, at=at))
            await save(world, attrgetter(name), deleted)
        [row] = await world.uow.read(lambda tx: tx.reports.day(school.meeting.scheduled_date))
        assert (row.course.name, row.course.is_deleted) == (school.course.name, True)
        assert (row.branch.name, row.branch.is_deleted) == (school.branch.name, True)
        assert (row.instructor.name, is_gone(row.instructor)) == (school.instructor.name, True)
        change = Change.updated(school.cycle, make.gone(school.cycle, at=at))
        await save(world, lambda tx: tx.cycles, change)
        assert not await world.uow.read(lambda tx: tx.reports.day(school.meeting.scheduled_date))
        late = datetime.combine(school.meeting.scheduled_date + timedelta(days=9), time.min)
        assert await world.uow.read(lambda tx: tx.reports.unreported(late, 9)) == Unreported()
