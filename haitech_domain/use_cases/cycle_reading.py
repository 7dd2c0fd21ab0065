"""Reading cycles, with what they belong to."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from haitech_domain.access import Action, Actor, Resource, grant, own
from haitech_domain.cycle import Cycle
from haitech_domain.ids import CycleId
from haitech_domain.ports import Page, Query, Relatives, Transaction, UnitOfWork


@attrs.frozen(kw_only=True)
class ReadCycle:
    """Read a cycle with its course, branch, instructor and progress."""

    uow: UnitOfWork

    async def __call__(self, *, actor: Actor, cycle_id: CycleId) -> tuple[Cycle, Relatives]:
        """The cycle, if it exists for the actor.

        :raises NotFound: there is none
        """
        mine = own(grant(actor, Action.READ, Resource.CYCLES), actor)

        async def work(tx: Transaction) -> tuple[Cycle, Relatives]:
            cycle = await tx.cycles.get(cycle_id, own=mine)
            return cycle, await tx.cycles.relatives([cycle])

        return await self.uow.read(work)


@attrs.frozen(kw_only=True)
class ShowCycle:
    """A cycle that the actor has just written, as it stands, with what it belongs to.

    Whoever writes sees what was written, also a key that may write and not read.
    """

    uow: UnitOfWork

    async def __call__(self, written: Cycle) -> tuple[Cycle, Relatives]:
        """The cycle and its relatives. :raises NotFound: somebody has deleted it meanwhile"""

        async def work(tx: Transaction) -> tuple[Cycle, Relatives]:
            cycle = await tx.cycles.get(written.id)
            return cycle, await tx.cycles.relatives([cycle])

        return await self.uow.read(work)

    async def related(self, written: Sequence[Cycle]) -> Relatives:
        """What several belong to that the actor has just written."""
        return await self.uow.read(lambda tx: tx.cycles.relatives(written))


@attrs.frozen(kw_only=True)
class ListCycles:
    """List cycles, with every filter; `from` and `to` mean overlap with start–end."""

    uow: UnitOfWork

    async def __call__(self, *, actor: Actor, query: Query) -> tuple[Page[Cycle], Relatives]:
        """One page of the cycles that exist for the actor.

        :raises Invalid: an unknown filter or sort
        """
        asked = attrs.evolve(query, own=own(grant(actor, Action.READ, Resource.CYCLES), actor))

        async def work(tx: Transaction) -> tuple[Page[Cycle], Relatives]:
            page = await tx.cycles.page(asked)
            return page, await tx.cycles.relatives(page.items)

        return await self.uow.read(work)
