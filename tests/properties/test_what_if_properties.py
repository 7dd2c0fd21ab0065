"""What is foretold of a cycle is what comes about, to the agora."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from haitech_domain.cycle import CycleType
from haitech_domain.meeting import Figures
from haitech_domain.money import Money
from haitech_domain.use_cases import (
    GenerateMeetings,
    Supposition,
    UpdateRegistration,
    WhatIf,
    WhatIfs,
)
from haitech_domain.use_cases.generate_meetings import Generation
from haitech_domain.use_cases.supposing import by_registrations
from tests.properties.money_school import SYSTEM, MoneySchool, Plan, plans


async def foretold(school: MoneySchool, **values: Any) -> WhatIfs:
    ask = WhatIf(uow=school.uow, school=school.school)
    supposition = Supposition(**values)
    return await ask(actor=SYSTEM, cycle_id=school.cycle.id, supposition=supposition)


async def played_out(school: MoneySchool, order: list[int]) -> Figures:
    """Generate what is missing and complete everything; the money of the whole cycle."""
    generation = Generation(clock=school.clock, ids=school.ids, school=school.school)
    await GenerateMeetings(uow=school.uow, generate=generation)(
        actor=SYSTEM, cycle_id=school.cycle.id
    )
    return Figures.total(await school.held(order))


@settings(max_examples=25)
@given(plan=plans(), order=st.permutations(range(11)))
def test_of_an_untouched_cycle_it_is_what_completing_all_its_meetings_fixes(
    plan: Plan, order: list[int]
) -> None:
    """Each type, by the hour and by the day, in whatever order they are completed."""

    async def play() -> None:
        school = await MoneySchool().built(plan)
        found = await foretold(school)
        assert found.projected == found.current
        assert found.completed == Figures()
        assert await played_out(school, order) == found.current.figures
        over = await foretold(school)
        assert (over.current.figures, over.current.meetings) == (Figures(), 0)
        assert over.completed == found.current.figures

    asyncio.run(play())


async def carried_out(school: MoneySchool, change: Money, fields: dict[str, Any]) -> None:
    """Make true what was supposed, by the use cases for it."""
    cycle = school.cycle
    values = dict(fields)
    if cycle.type is not CycleType.INSTITUTIONAL_PER_CHILD:
        values.pop("student_count", None)
    if by_registrations(cycle):
        for registration in await school.uow.read(lambda tx: tx.registrations.of_cycle(cycle.id)):
            if registration.amount is not None:
                await UpdateRegistration(uow=school.uow, clock=school.clock)(
                    actor=SYSTEM,
                    registration_id=registration.id,
                    values={"amount": registration.amount + change},
                )
    else:
        per_child = cycle.type is CycleType.INSTITUTIONAL_PER_CHILD
        price = "price_per_student" if per_child else "meeting_revenue"
        values[price] = getattr(cycle, price) + change
    await school.change("cycle", **values)


supposed = st.fixed_dictionaries(
    {},
    optional={
        "student_count": st.integers(0, 30),
        "instructor_id": st.just("the substitute"),
        "total_meetings": st.integers(0, 3),
    },
)
"""What else is supposed besides a price; so many meetings more than there must be."""


@settings(max_examples=30)
@given(
    plan=plans(),
    held=st.integers(0, 5),
    order=st.permutations(range(11)),
    change=st.integers(0, 10_000).map(Money),
    also=supposed,
)
def test_what_would_be_is_what_comes_about_when_it_is_done(
    plan: Plan, held: int, order: list[int], change: Money, also: dict[str, Any]
) -> None:
    """Price, children, instructor and total, also in a cycle that has begun or ended."""

    async def play() -> None:
        school = await MoneySchool().built(plan)
        await school.held(order, most=held)
        as_it_is, values = await foretold(school), dict(also)
        if by_registrations(school.cycle):
            values.pop("student_count", None)  # who would come is not for anybody to register
        if "instructor_id" in values:
            values["instructor_id"] = school.substitute.id
        if "total_meetings" in values:
            values["total_meetings"] += max(1, len(plan.lessons))
        found = await foretold(school, price_change=change, **values)
        assert found.current == as_it_is.current
        await carried_out(school, change, values)
        assert await played_out(school, order) == found.completed + found.projected.figures

    asyncio.run(play())
