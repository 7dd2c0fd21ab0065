"""What reading for a long time promises."""

from __future__ import annotations

from haitech_domain.ports import Query, Snapshots, Transaction
from haitech_domain.testing.builders import a_course
from haitech_domain.testing.contracts.promises import must_be
from haitech_domain.testing.contracts.world import Contract, World, add


class SnapshotsContract(Contract):
    """A moment that is read at leisure. Beside it fixtures `world` and `snapshots` over its store."""

    async def test_what_is_written_meanwhile_is_not_seen(
        self, world: World, snapshots: Snapshots
    ) -> None:
        """A report of many questions shows one school."""
        await add(world, lambda tx: tx.courses, a_course())

        async def work(tx: Transaction) -> tuple[int, int]:
            before = (await tx.courses.page(Query())).total
            await add(world, lambda other: other.courses, a_course())
            return before, (await tx.courses.page(Query())).total

        seen = await snapshots.read(work)
        must_be(seen, (1, 1), "what is written meanwhile is not seen")
        after = await world.uow.read(lambda tx: tx.courses.page(Query()))
        must_be(after.total, 2, "and nobody waited for the reading")
