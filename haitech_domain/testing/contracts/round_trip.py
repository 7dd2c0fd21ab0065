"""Whatever is valid can be kept, and comes back as it was (a property, over every resource)."""

from __future__ import annotations

from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from haitech_domain.change import Change
from haitech_domain.ports import Transaction
from haitech_domain.testing.builders import School, a_school, furnish
from haitech_domain.testing.contracts.kept import ALL_KEPT, Kept
from haitech_domain.testing.contracts.world import Contract, World, property_of_world, undone


@st.composite
def _rows(draw: st.DrawFn, *, versions: int) -> tuple[Kept, School, list[Any]]:
    """A resource, a school, and some states of the school's own row of it."""
    kept = draw(st.sampled_from(ALL_KEPT))
    school = a_school()
    return kept, school, [draw(kept.like(school)) for _ in range(versions)]


class RoundTripContract(Contract):
    """Saving and reading are the inverse of each other, for every valid state."""

    @property_of_world(100)
    @given(_rows(versions=1))
    async def test_what_is_saved_is_read_back_in_every_field(
        self, world: World, drawn: tuple[Kept, School, list[Any]]
    ) -> None:
        """R-MONEY-1, R-PPL-1: amounts, phones, dates and texts come back as they were given."""
        kept, school, [row] = drawn

        async def work(tx: Transaction) -> None:
            await furnish(tx, kept.instead(school, row))
            assert await kept.pick(tx).get(row.id) == row
            assert await kept.pick(tx).many([row.id]) == {row.id: row}

        await undone(world, work)

    @property_of_world(100)
    @given(_rows(versions=2))
    async def test_what_is_changed_is_read_back_in_every_field(
        self, world: World, drawn: tuple[Kept, School, list[Any]]
    ) -> None:
        """The next version of a row replaces the whole of it, but for when it was made."""
        kept, school, [before, other] = drawn
        kept_up = {"version": before.version + 1, "created_at": before.created_at}
        after = attrs.evolve(other, **kept_up)

        async def work(tx: Transaction) -> None:
            await furnish(tx, kept.instead(school, before))
            await kept.pick(tx).save(Change.updated(before, after))
            assert await kept.pick(tx).get(after.id) == after

        await undone(world, work)
