"""What reports promise: exactly the figures that counting every row by hand gives."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from haitech_domain.cycle import CycleStatus
from haitech_domain.ports import Transaction
from haitech_domain.ports.cursors import Place
from haitech_domain.reports import (
    ALL_ROWS,
    AttendanceBy,
    Cut,
    Filters,
    RevenueBy,
    attendance_summary,
    cycle_progress,
    instructor_payments,
    meant,
    revenue,
)
from haitech_domain.testing.contracts.counting import BEFORE, DAY, NEXT, Taught, taught
from haitech_domain.testing.contracts.world import Contract, World, property_of_world, undone

CUTS: Final = st.builds(Cut, limit=st.sampled_from((None, 1, 2)), offset=st.integers(0, 2))


@st.composite
def asked(draw: st.DrawFn, school: Taught, *, student: bool = False) -> Filters:
    """Filters of any kind, of which most mean something."""

    def perhaps(values: Any) -> Any:
        return draw(st.sampled_from([None, None, *values]))

    first, last = perhaps((BEFORE, DAY)), perhaps((DAY, NEXT))
    return Filters(
        from_day=first,
        to_day=last,
        branch_id=perhaps([b.id for b in school.branches]),
        course_id=perhaps([c.id for c in school.courses]),
        instructor_id=perhaps([i.id for i in school.instructors]),
        cycle_id=perhaps([c.id for c in school.cycles]),
        student_id=perhaps([s.id for s in school.students]) if student else None,
    )


class SchoolReportsContract(Contract):
    """The figures of reports."""

    @property_of_world(25)
    @given(school=taught(), data=st.data())
    async def test_money_is_what_counting_by_hand_gives(
        self, world: World, school: Taught, data: st.DataObject
    ) -> None:
        """R-PPL-4: by every grouping, under any filters, and whatever of it is shown."""
        filters, cut = data.draw(asked(school)), data.draw(CUTS)
        held = school.held()

        async def work(tx: Transaction) -> None:
            await school.keep(tx)
            for by in RevenueBy:
                for narrowed in (Filters(), filters):
                    found = await tx.reports.revenue(by, narrowed, cut)
                    assert found == revenue(held, by, narrowed, cut)
            for narrowed in (Filters(), filters):
                paid = await tx.reports.instructor_payments(narrowed, cut)
                assert paid == instructor_payments(held, narrowed, cut)

        await undone(world, work)

    @property_of_world(15)
    @given(school=taught(), data=st.data())
    async def test_lines_are_the_meetings_and_go_on_where_the_last_ones_ended(
        self, world: World, school: Taught, data: st.DataObject
    ) -> None:
        """Piece by piece they are the same as all at once, in the same order."""
        filters = data.draw(asked(school))
        lines = [held for held in school.held() if meant(held, filters)]

        async def work(tx: Transaction) -> None:
            await school.keep(tx)
            assert list(await tx.reports.payment_lines(filters, 99)) == lines
            behind: Place | None = None
            for line in lines:
                [found] = await tx.reports.payment_lines(filters, 1, behind)
                assert found == line
                behind = Place((found.scheduled_date, found.start_time), found.id)
            assert not await tx.reports.payment_lines(filters, 1, behind) or not lines

        await undone(world, work)
        places = [(x.scheduled_date, x.start_time, x.id) for x in lines]
        assert all(one < other for one, other in pairwise(places))

    @property_of_world(25)
    @given(school=taught(), data=st.data())
    async def test_attendance_is_what_counting_by_hand_gives(
        self, world: World, school: Taught, data: st.DataObject
    ) -> None:
        """R-ATT-4, R-REG-6: all groupings count the same marks."""
        filters, cut = data.draw(asked(school, student=True)), data.draw(CUTS)
        marked = school.marked()

        async def work(tx: Transaction) -> None:
            await school.keep(tx)
            for by in AttendanceBy:
                for narrowed in (Filters(), filters):
                    found = await tx.reports.attendance_summary(by, narrowed, cut)
                    assert found == attendance_summary(marked, by, narrowed, cut)

        await undone(world, work)

    @property_of_world(25)
    @given(school=taught(), data=st.data())
    async def test_progress_is_what_counting_by_hand_gives(
        self, world: World, school: Taught, data: st.DataObject
    ) -> None:
        """R-CYC-1, R-SCHED-5: and the cycles are those that the filters mean."""
        filters, cut = data.draw(asked(school)), data.draw(CUTS)
        status = data.draw(st.sampled_from((None, *CycleStatus)))
        runs = school.runs()

        async def work(tx: Transaction) -> None:
            await school.keep(tx)
            everything = await tx.reports.cycle_progress(Filters(), None, ALL_ROWS)
            assert everything == cycle_progress(runs)
            found = await tx.reports.cycle_progress(filters, status, cut)
            assert found == cycle_progress(runs, filters, status, cut)

        await undone(world, work)

    async def test_a_store_without_meetings_has_no_figures(self, world: World) -> None:
        """Nothing is no error."""

        async def work(tx: Transaction) -> None:
            for by in RevenueBy:
                assert await tx.reports.revenue(by, Filters(), ALL_ROWS) == revenue([], by)
            paid = await tx.reports.instructor_payments(Filters(), ALL_ROWS)
            assert paid == instructor_payments([])
            assert not await tx.reports.payment_lines(Filters(), 1)
            for kind in AttendanceBy:
                counted = await tx.reports.attendance_summary(kind, Filters(), ALL_ROWS)
                assert counted == attendance_summary([], kind)
            progress = await tx.reports.cycle_progress(Filters(), None, ALL_ROWS)
            assert progress == cycle_progress([])

        await world.uow.read(work)
