"""What keeping API keys promises: finding one by either of its hashes, and noting uses."""

from __future__ import annotations

from datetime import timedelta

from haitech_domain.api_key import hashed
from haitech_domain.change import Change
from haitech_domain.ids import DeletionId
from haitech_domain.ports import KeyUse, Transaction
from haitech_domain.testing.builders import MADE, a_key, an_api_key, an_id
from haitech_domain.testing.contracts.world import SYSTEM, Contract, World, add, save

LATER = MADE + timedelta(hours=1)


async def _found(world: World, key: str) -> object:
    return await world.uow.read(lambda tx: tx.api_keys.by_hash(hashed(key)))


class ApiKeysContract(Contract):
    """API keys (R-ACC-3)."""

    async def test_a_key_is_found_by_its_hash_and_by_the_one_before(self, world: World) -> None:
        """Until the next rotation takes the older one away."""
        first, second, third = a_key(), a_key(), a_key()
        row = an_api_key(key=first)
        await add(world, lambda tx: tx.api_keys, row, an_api_key())
        assert await _found(world, first) == row
        once = row.rotated(LATER, second, timedelta(hours=1))
        await save(world, lambda tx: tx.api_keys, Change.updated(row, once))
        assert await _found(world, first) == await _found(world, second) == once
        twice = once.rotated(LATER, third, timedelta(hours=1))
        await save(world, lambda tx: tx.api_keys, Change.updated(once, twice))
        assert await _found(world, first) is None
        assert await _found(world, second) == await _found(world, third) == twice

    async def test_a_revoked_key_is_found_by_nothing(self, world: World) -> None:
        """Nor when its row is back."""
        key = a_key()
        row = an_api_key(key=key)
        await add(world, lambda tx: tx.api_keys, row)
        revoked = row.revoked(LATER, DeletionId(an_id()))
        await save(world, lambda tx: tx.api_keys, Change.updated(row, revoked))
        assert await _found(world, key) is None
        back = revoked.changed(LATER, deleted_at=None, deletion=None)
        await save(world, lambda tx: tx.api_keys, Change.updated(revoked, back))
        assert await _found(world, key) is None

    async def test_a_use_is_noted_beside_versions_and_audit(self, world: World) -> None:
        """The latest stays, in whatever order they come; a key that is not there has none."""
        row, other = an_api_key(), an_api_key()
        await add(world, lambda tx: tx.api_keys, row, other)
        told = len((await world.journal()).audit)
        uses = [KeyUse(row.id, LATER, "192.0.2.1"), KeyUse(an_api_key().id, LATER)]
        await world.uow.run(SYSTEM, lambda tx: tx.api_keys.used(uses))
        older = [KeyUse(row.id, MADE, "192.0.2.2")]
        await world.uow.run(SYSTEM, lambda tx: tx.api_keys.used(older))
        await world.uow.run(SYSTEM, lambda tx: tx.api_keys.used([]))
        kept = await world.uow.read(lambda tx: tx.api_keys.get(row.id))
        assert (kept.last_used_at, kept.last_used_ip) == (LATER, "192.0.2.1")
        assert (kept.version, kept.updated_at) == (row.version, row.updated_at)
        assert await world.uow.read(lambda tx: tx.api_keys.get(other.id)) == other
        assert len((await world.journal()).audit) == told

    async def test_a_use_noted_meanwhile_makes_no_change_stale(self, world: World) -> None:
        """Whoever locked the key before changes it, and the use stays."""
        row = an_api_key()
        await add(world, lambda tx: tx.api_keys, row)
        use = KeyUse(row.id, LATER, "2001:db8::1")
        await world.uow.run(SYSTEM, lambda tx: tx.api_keys.used([use]))

        async def rename(tx: Transaction) -> None:
            keys = tx.api_keys
            before = await keys.lock(row.id)
            await keys.save(Change.updated(before, before.changed(LATER, name="Another")))

        await world.uow.run(SYSTEM, rename)
        kept = await world.uow.read(lambda tx: tx.api_keys.get(row.id))
        assert (kept.name, kept.version, kept.last_used_ip) == ("Another", 2, "2001:db8::1")
