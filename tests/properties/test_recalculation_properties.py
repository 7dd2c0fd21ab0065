"""R-MEET-6, R-PAY-3: recalculating is repeatable, foreseeable, and finds the figures of before."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from haitech_domain.meeting import PayBasis
from haitech_domain.money import Money
from haitech_domain.use_cases import RecalculateMeetings, Recalculation
from tests.properties.money_school import (
    PRICES,
    RATES,
    START,
    SYSTEM,
    MoneySchool,
    Plan,
    figures,
    plans,
)

FIRST = START.date()
changes = st.lists(
    st.one_of(
        st.sampled_from(sorted(RATES)).flatmap(
            lambda name: st.tuples(
                st.sampled_from(["own", "substitute"]), st.just(name), RATES[name]
            )
        ),
        st.sampled_from(sorted(PRICES)).flatmap(
            lambda name: st.tuples(st.just("cycle"), st.just(name), PRICES[name])
        ),
    ),
    max_size=6,
)
orders = st.permutations(range(5))


async def a_school_with_a_past(plan: Plan, order: list[int], later: list[Any]) -> MoneySchool:
    """What was planned was held on the first day, and rates and prices changed afterwards."""
    school = await MoneySchool().built(plan)
    await school.held(order)
    for days, (whose, name, value) in enumerate(later, start=1):
        school.on(days)
        await school.change(whose, **{name: value})
    school.on(20)
    return school


@settings(max_examples=25)
@given(
    plan=plans(),
    order=orders,
    later=changes,
    some=st.sets(st.integers(0, 4)),
    as_of=st.none() | st.integers(0, 7),
)
def test_a_dry_run_foretells_the_real_one_and_the_next_changes_nothing(
    plan: Plan, order: list[int], later: list[Any], some: set[int], as_of: int | None
) -> None:
    """Whatever was changed meanwhile, and whichever meetings are asked for."""

    async def play() -> None:
        school = await a_school_with_a_past(plan, order, later)
        before = await school.meetings()
        ids = [m.id for n, m in enumerate(before) if n in some]
        if not ids:
            return
        day = None if as_of is None else school.on(as_of)
        school.on(20)
        recalculate = RecalculateMeetings(**school.verbs)
        foretold = await recalculate(
            actor=SYSTEM, ids=ids, how=Recalculation(as_of=day, dry_run=True)
        )
        assert await school.meetings() == before
        done = await recalculate(actor=SYSTEM, ids=ids, how=Recalculation(as_of=day))
        assert done == foretold
        after = await school.meetings()
        assert {one.after.id: one.after for one in done}.items() <= {m.id: m for m in after}.items()
        untouched = {one.after.id for one in done}
        assert [m for m in after if m.id not in untouched] == [
            m for m in before if m.id not in untouched
        ]
        again = await recalculate(actor=SYSTEM, ids=ids, how=Recalculation(as_of=day))
        assert [one.changed for one in again] == [False] * len(ids)
        assert await school.meetings() == after

    asyncio.run(play())


@settings(max_examples=25)
@given(plan=plans(), order=orders, later=changes, asked_before=st.lists(st.sets(st.integers(0, 4))))
def test_as_of_the_day_of_completion_the_figures_come_back(
    plan: Plan, order: list[int], later: list[Any], asked_before: list[set[int]]
) -> None:
    """Through any changes of rates and prices, and any recalculations between."""

    async def play() -> None:
        school = await a_school_with_a_past(plan, order, [])
        fixed = figures(await school.meetings())
        recalculate = RecalculateMeetings(**school.verbs)
        for days, (whose, name, value) in enumerate(later, start=1):
            school.on(days)
            await school.change(whose, **{name: value})
        ids = [m.id for m in await school.meetings()]
        for some in asked_before:
            named = [id for n, id in enumerate(ids) if n in some]
            if named:
                await recalculate(actor=SYSTEM, ids=named)
        if ids:
            await recalculate(actor=SYSTEM, ids=ids, how=Recalculation(as_of=FIRST))
        assert figures(await school.meetings()) == fixed

    asyncio.run(play())


@settings(max_examples=25)
@given(plan=plans(days=1), order=orders, later=changes, some=st.lists(st.sets(st.integers(0, 4))))
def test_a_date_is_paid_at_most_once_by_the_day(
    plan: Plan, order: list[int], later: list[Any], some: list[set[int]]
) -> None:
    """R-PAY-3: whichever of its meetings are recalculated, the first that the day pays carries it."""

    async def play() -> None:
        school = await a_school_with_a_past(plan, order, later)
        recalculate = RecalculateMeetings(**school.verbs)
        for asked in some:
            there = await school.meetings()
            ids = [m.id for n, m in enumerate(there) if n in asked]
            if ids:
                await recalculate(actor=SYSTEM, ids=ids)
        daily = [m for m in await school.meetings() if m.pay_basis is PayBasis.DAILY]
        by_instructor: dict[Any, list[Any]] = {m.instructor_id: [] for m in daily}
        for meeting in daily:
            by_instructor[meeting.instructor_id].append(meeting)
        for theirs in by_instructor.values():
            first, *others = sorted(theirs, key=lambda m: (m.start_time, m.number))
            assert all(m.instructor_payment == m.employer_cost == Money(0) for m in others)
            assert first.profit == Money(first.revenue.agorot) - first.employer_cost

    asyncio.run(play())
