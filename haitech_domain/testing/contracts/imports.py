"""What every import ledger promises."""

from __future__ import annotations

import pytest

from haitech_domain.errors import Duplicate
from haitech_domain.ports import Imported, Transaction
from haitech_domain.testing.builders import an_id
from haitech_domain.testing.contracts.world import SYSTEM, Contract, RolledBackError, World


def _row(key: str, digest: str = "d1") -> Imported:
    return Imported(key=key, digest=digest, entity="customer", entity_id=str(an_id()))


async def _record(world: World, *rows: Imported) -> None:
    await world.uow.run(SYSTEM, lambda tx: tx.imports.record(rows))


class ImportLedgerContract(Contract):
    """A row comes in once."""

    async def test_knows_what_it_recorded_and_nothing_else(self, world: World) -> None:
        """By key, with all that was remembered."""
        rows = [_row("customers/1"), _row("customers/2"), _row("לקוחות/3")]
        await _record(world, *rows)
        asked = ["customers/1", "לקוחות/3", "customers/4"]
        known = await world.uow.read(lambda tx: tx.imports.known(asked))
        assert known == {"customers/1": rows[0], "לקוחות/3": rows[2]}
        assert await world.uow.read(lambda tx: tx.imports.known([])) == {}

    async def test_a_key_is_recorded_once(self, world: World) -> None:
        """In another transaction or in the same one; and a refusal records nothing."""
        await _record(world, _row("customers/1"))
        with pytest.raises(Duplicate):
            await _record(world, _row("customers/2"), _row("customers/1", "d2"))
        with pytest.raises(Duplicate):
            await _record(world, _row("customers/3"), _row("customers/3"))
        keys = ["customers/1", "customers/2", "customers/3"]
        known = await world.uow.read(lambda tx: tx.imports.known(keys))
        assert {key: row.digest for key, row in known.items()} == {"customers/1": "d1"}

    async def test_is_part_of_the_transaction(self, world: World) -> None:
        """What is rolled back was never imported."""

        async def work(tx: Transaction) -> None:
            await tx.imports.record([_row("customers/1")])
            assert "customers/1" in await tx.imports.known(["customers/1"])
            raise RolledBackError

        with pytest.raises(RolledBackError):
            await world.uow.run(SYSTEM, work)
        assert await world.uow.read(lambda tx: tx.imports.known(["customers/1"])) == {}
