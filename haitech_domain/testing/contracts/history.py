"""What repositories promise whose things keep the history of some of their values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haitech_domain.change import Change
from haitech_domain.cycle import ActivityType, CycleType, PaymentMode
from haitech_domain.instructor import EmploymentType
from haitech_domain.money import Money
from haitech_domain.ports import AsOf, Transaction, fields_with_history
from haitech_domain.testing.builders import MADE, a_school, an_id, an_instructor, furnish, gone
from haitech_domain.testing.contracts.world import (
    Contract,
    World,
    a_furnished_school,
    add,
    property_of_world,
    save,
    undone,
)

FIRST: Final = MADE.date()
DEARER: Final = Money.of("120.00")
ANOTHER: Final[Mapping[str, Any]] = {
    "rate_frontal": Money.of("101.00"),
    "rate_online": Money.of("102.00"),
    "rate_private": Money.of("103.00"),
    "rate_preparation": Money.of("104.00"),
    "employment_type": EmploymentType.EMPLOYEE,
    "type": CycleType.PRIVATE,
    "total_meetings": 77,
    "price_per_student": Money.of("45.50"),
    "default_registration_amount": Money.of("1180.00"),
    "meeting_revenue": Money.of("700.00"),
    "revenue_includes_vat": True,
    "instructor_payment_mode": PaymentMode.DAILY,
    "instructor_daily_rate": Money.of("600.00"),
    "student_count": 13,
    "activity_type": ActivityType.ONLINE,
}
"""Another value for each field whose past is kept, but for the instructor of a cycle."""

KINDS: Final = pytest.mark.parametrize(
    ("name", "field"),
    [("instructor", "rate_frontal"), ("cycle", "meeting_revenue")],
    ids=["instructors", "cycles"],
)


def _pick(tx: Transaction, name: str) -> Any:
    return getattr(tx, f"{name}s")


async def _as_of(world: World, name: str, ids: Sequence[Any], day: date | None = None) -> Any:
    return await world.uow.read(lambda tx: _pick(tx, name).as_of(ids, day))


async def _held(world: World, name: str, row: Any, day: date | None = None) -> AsOf[Any]:
    found: dict[Any, AsOf[Any]] = await _as_of(world, name, [row.id], day)
    return found[row.id]


async def _change(world: World, name: str, row: Any, at: datetime, **values: Any) -> Any:
    after = row.changed(at, **values)
    await save(world, lambda tx: _pick(tx, name), Change.updated(row, after))
    return after


def _on(days: int) -> datetime:
    """Noon of a day, so many days after everything was made."""
    return MADE + timedelta(days=days)


class HistoryContract(Contract):
    """Rates and prices as they were on a day."""

    @KINDS
    async def test_a_day_before_a_change_has_the_value_of_before(
        self, world: World, name: str, field: str
    ) -> None:
        """And the day of the change the new one; what keeps no history is as it is now."""
        row = getattr(await a_furnished_school(world), name)
        after = await _change(world, name, row, _on(10), notes="אחר", **{field: DEARER})
        before = attrs.evolve(after, **{field: getattr(row, field)})
        assert await _held(world, name, row, _on(9).date()) == AsOf(before)
        for day in (_on(10).date(), _on(11).date(), None):
            assert await _held(world, name, row, day) == AsOf(after)

    @pytest.mark.parametrize("name", ["instructor", "cycle"])
    async def test_each_value_that_money_is_reckoned_from_is_kept(
        self, world: World, name: str
    ) -> None:
        """R-MEET-6: one changed after the other, each has its past."""
        school = await a_furnished_school(world)
        other = an_instructor()
        await add(world, lambda tx: tx.instructors, other)
        states = [getattr(school, name)]
        fields = fields_with_history(type(states[0]))
        for days, field in enumerate(fields, start=1):
            value = {**ANOTHER, "instructor_id": other.id}[field]
            states.append(await _change(world, name, states[-1], _on(days), **{field: value}))
        for days, state in enumerate(states):
            then = (await _held(world, name, state, _on(days).date())).thing
            assert [getattr(then, f) for f in fields] == [getattr(state, f) for f in fields]

    @KINDS
    @pytest.mark.parametrize(
        ("at", "last_day"),
        [
            (datetime(2026, 1, 15, 21, 59, tzinfo=UTC), date(2026, 1, 14)),
            (datetime(2026, 1, 15, 22, 0, tzinfo=UTC), date(2026, 1, 15)),
            (datetime(2026, 7, 15, 20, 59, tzinfo=UTC), date(2026, 7, 14)),
            (datetime(2026, 7, 15, 21, 0, tzinfo=UTC), date(2026, 7, 15)),
        ],
        ids=["winter 23:59", "winter 24:00", "summer 23:59", "summer 24:00"],
    )
    async def test_a_day_ends_at_midnight_in_jerusalem(
        self, world: World, name: str, field: str, at: datetime, last_day: date
    ) -> None:
        """Days are civil, in winter and in summer."""
        row = getattr(await a_furnished_school(world), name)
        await _change(world, name, row, at, **{field: DEARER})
        before = await _held(world, name, row, last_day)
        after = await _held(world, name, row, last_day + timedelta(days=1))
        assert getattr(before.thing, field) == getattr(row, field)
        assert getattr(after.thing, field) == DEARER

    @KINDS
    async def test_before_all_that_is_known_stands_the_oldest_and_is_said_to(
        self, world: World, name: str, field: str
    ) -> None:
        """The first civil day of which something is known is named."""
        row = getattr(await a_furnished_school(world), name)
        await _change(world, name, row, _on(10), **{field: DEARER})
        long_ago = await _held(world, name, row, date(2000, 1, 1))
        assert getattr(long_ago.thing, field) == getattr(row, field)
        assert long_ago.known_since == FIRST
        assert (await _held(world, name, row, FIRST)).known_since is None

    @KINDS
    async def test_of_several_changes_in_a_day_the_last_holds(
        self, world: World, name: str, field: str
    ) -> None:
        """Also where all of them were made at one instant."""
        row = getattr(await a_furnished_school(world), name)
        for shekels in (130, 110, 120):
            row = await _change(world, name, row, _on(3), **{field: Money.of(shekels)})
        assert getattr((await _held(world, name, row, _on(3).date())).thing, field) == DEARER

    @KINDS
    async def test_the_deleted_have_a_past_too_and_the_unknown_have_none(
        self, world: World, name: str, field: str
    ) -> None:
        """R-PPL-4: a meeting that was held keeps its instructor, who may have left."""
        row = getattr(await a_furnished_school(world), name)
        row = await _change(world, name, row, _on(1), **{field: DEARER})
        lost = gone(row, at=_on(2))
        await save(world, lambda tx: _pick(tx, name), Change.updated(row, lost))
        for day in (None, _on(5).date()):
            assert await _as_of(world, name, [row.id, an_id()], day) == {row.id: AsOf(lost)}
            assert await _as_of(world, name, [], day) == {}

    @KINDS
    async def test_work_sees_its_own_change_and_leaves_none_when_it_fails(
        self, world: World, name: str, field: str
    ) -> None:
        """An entry belongs to the transaction of its change."""
        row = getattr(await a_furnished_school(world), name)

        async def work(tx: Transaction) -> None:
            await _pick(tx, name).save(Change.updated(row, row.changed(_on(1), **{field: DEARER})))
            then = (await _pick(tx, name).as_of([row.id], _on(1).date()))[row.id].thing
            assert getattr(then, field) == DEARER

        await undone(world, work)
        assert await _held(world, name, row, _on(1).date()) == AsOf(row)

    @property_of_world(20)
    @given(
        st.sampled_from(["instructor", "cycle"]),
        st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3), st.booleans()), max_size=6),
    )
    async def test_a_day_has_what_the_last_change_by_then_made(
        self, world: World, name: str, changes: Sequence[tuple[int, int, bool]]
    ) -> None:
        """Any sequence of changes, of what keeps its history and what does not."""
        field = "rate_online" if name == "instructor" else "student_count"

        async def work(tx: Transaction) -> None:
            school = a_school()
            await furnish(tx, school)
            row = getattr(school, name)
            then = dict.fromkeys(range(8), getattr(row, field))
            for days, value, kept in sorted(changes, key=lambda change: change[0]):
                made = Money.of(value) if name == "instructor" else value
                values = {field: made} if kept else {"notes": f"{value}"}
                after = row.changed(_on(days), **values)
                await _pick(tx, name).save(Change.updated(row, after))
                row = after
                then.update(dict.fromkeys(range(days, 8), getattr(row, field)))
            for days, value in then.items():
                held = (await _pick(tx, name).as_of([row.id], _on(days).date()))[row.id]
                assert held == AsOf(attrs.evolve(row, **{field: value}))

        await undone(world, work)
