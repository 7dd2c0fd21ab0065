"""What the saved views promise besides: whose they are, and one default of an owner for a list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import pytest

from haitech_domain.access import Resource
from haitech_domain.change import Change
from haitech_domain.errors import Duplicate, NotFound
from haitech_domain.testing.builders import MADE, a_saved_view, an_id, gone
from haitech_domain.testing.contracts.world import SYSTEM, Contract, World, add, save

LATER: Final = MADE + timedelta(hours=1)


def _views(tx: Any) -> Any:
    return tx.saved_views


async def _default_of(world: World, owner: Any, entity: Resource = Resource.CYCLES) -> Any:
    return await world.uow.run(SYSTEM, lambda tx: tx.saved_views.default_of(owner, entity))


class SavedViewsContract(Contract):
    """Owners, the public, and defaults."""

    async def test_own_and_public_ones_exist_for_somebody(self, world: World) -> None:
        """api.md: own or public."""
        me, other = an_id(), an_id()
        mine = a_saved_view(owner_id=me)
        private = a_saved_view(owner_id=other)
        public = a_saved_view(owner_id=other, is_public=True)
        await add(world, _views, mine, private, public)
        assert await world.uow.read(lambda tx: _views(tx).get(mine.id, own=me)) == mine
        assert await world.uow.read(lambda tx: _views(tx).get(public.id, own=me)) == public
        with pytest.raises(NotFound):
            await world.uow.read(lambda tx: _views(tx).get(private.id, own=me))

    async def test_an_owner_has_one_default_for_a_list(self, world: World) -> None:
        """Others, other lists, deleted ones and those that are no default do not count."""
        me = an_id()
        first = a_saved_view(owner_id=me, is_default=True)
        others = (
            a_saved_view(owner_id=me),
            a_saved_view(owner_id=an_id(), is_default=True),
            a_saved_view(owner_id=me, entity=Resource.MEETINGS, is_default=True),
            gone(a_saved_view(owner_id=me, is_default=True)),
        )
        await add(world, _views, first, *others)
        assert await _default_of(world, me) == first
        assert await _default_of(world, an_id()) is None
        with pytest.raises(Duplicate) as refused:
            await add(world, _views, a_saved_view(owner_id=me, is_default=True))
        assert (refused.value.what, refused.value.field) == ("saved_view", "is_default")
        moved = first.changed(LATER, is_default=False)
        await save(world, _views, Change.updated(first, moved))
        assert await _default_of(world, me) is None
        await add(world, _views, a_saved_view(owner_id=me, is_default=True))
