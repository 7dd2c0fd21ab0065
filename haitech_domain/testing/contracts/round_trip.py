"""Whatever is valid can be kept, and comes back as it was (a property, over every resource)."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import attrs
from hypothesis import given
from hypothesis import strategies as st

from haitech_domain.change import Change
from haitech_domain.ports import Transaction
from haitech_domain.testing.builders import a_school, furnish
from haitech_domain.testing.contracts.kept import Kept, ThingsContract
from haitech_domain.testing.contracts.promises import must_be
from haitech_domain.testing.contracts.world import World, property_of_world, undone

SAME: Final = "{}: what is saved is read back as it was"
SCHOOL: Final = a_school()
"""One school for all examples: none of them leaves anything in the world."""


@cache
def _like(kept: Kept) -> st.SearchStrategy[Any]:
    """Rows in the place of the school's own one; made once, for making strategies takes long."""
    return kept.like(SCHOOL)


@st.composite
def _rows(draw: st.DrawFn, *, versions: int) -> tuple[Kept, list[Any]]:
    """A thing of the suite, and some states of the school's own row of it."""
    suite: ThingsContract = draw(st.runner())
    kept = draw(st.sampled_from(suite.things))
    return kept, [draw(_like(kept)) for _ in range(versions)]


class RoundTripContract(ThingsContract):
    """Saving and reading are the inverse of each other, for every valid state."""

    @property_of_world(100)
    @given(_rows(versions=1))
    async def test_what_is_saved_is_read_back_in_every_field(
        self, world: World, drawn: tuple[Kept, list[Any]]
    ) -> None:
        """R-MONEY-1, R-PPL-1: amounts, phones, dates and texts come back as they were given."""
        kept, [row] = drawn

        async def work(tx: Transaction) -> None:
            await furnish(tx, kept.instead(SCHOOL, row), only=kept.with_parents())
            must_be(await kept.pick(tx).get(row.id), row, SAME.format(kept))
            found = await kept.pick(tx).many([row.id])
            must_be(found.get(row.id), row, SAME.format(kept))

        await undone(world, work)

    @property_of_world(100)
    @given(_rows(versions=2))
    async def test_what_is_changed_is_read_back_in_every_field(
        self, world: World, drawn: tuple[Kept, list[Any]]
    ) -> None:
        """The next version of a row replaces the whole of it, but for when it was made."""
        kept, [before, other] = drawn
        kept_up = {"version": before.version + 1, "created_at": before.created_at}
        after = attrs.evolve(other, **kept_up)

        async def work(tx: Transaction) -> None:
            await furnish(tx, kept.instead(SCHOOL, before), only=kept.with_parents())
            await kept.pick(tx).save(Change.updated(before, after))
            must_be(await kept.pick(tx).get(after.id), after, SAME.format(kept))

        await undone(world, work)
