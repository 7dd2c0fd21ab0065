"""What every repository promises, whatever it keeps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from haitech_domain.change import Change
from haitech_domain.cycle import CycleDeleted
from haitech_domain.errors import NotFound, Stale, UnknownReference
from haitech_domain.ports import Query
from haitech_domain.records import differences, facts_of
from haitech_domain.testing.builders import MADE, a_cycle, a_school, an_id, gone
from haitech_domain.testing.contracts.kept import Kept, ThingsContract
from haitech_domain.testing.contracts.promises import must_be, refused
from haitech_domain.testing.contracts.world import (
    SYSTEM,
    World,
    a_furnished_school,
    save,
)

LATER = MADE + timedelta(hours=1)
OVERWRITES = "{}: who did not see the latest version does not overwrite it"


class RepositoryContract(ThingsContract):
    """Creating, reading, changing, deleting and restoring, for each resource."""

    async def test_a_committed_row_is_there_for_everybody(self, world: World, kept: Kept) -> None:
        """What one transaction kept, the next one reads and can lock."""
        row = kept.of(await a_furnished_school(world, kept.with_parents()))
        promise = f"{kept}: what is committed is there for everybody, as it was"
        must_be(await world.uow.read(lambda tx: kept.pick(tx).get(row.id)), row, promise)
        assert await _run(world, lambda tx: kept.pick(tx).lock(row.id)) == row
        assert await _run(world, lambda tx: kept.pick(tx).lock_many([row.id])) == {row.id: row}

    async def test_an_unknown_id_is_not_found(self, world: World, kept: Kept) -> None:
        """Neither got, locked, nor among many."""
        id = an_id()
        with pytest.raises(NotFound) as caught:
            await world.uow.read(lambda tx: kept.pick(tx).get(id))
        assert caught.value.id == id
        with pytest.raises(NotFound):
            await _run(world, lambda tx: kept.pick(tx).lock(id))
        with pytest.raises(NotFound):
            await _run(world, lambda tx: kept.pick(tx).lock_deleted(id))
        assert await world.uow.read(lambda tx: kept.pick(tx).many([id])) == {}
        assert await world.uow.read(lambda tx: kept.pick(tx).many([])) == {}
        assert await _run(world, lambda tx: kept.pick(tx).lock_many([id])) == {}
        assert await _run(world, lambda tx: kept.pick(tx).lock_many([])) == {}

    async def test_a_change_makes_the_next_version(self, world: World, kept: Kept) -> None:
        """Versions count the changes of a row."""
        row = kept.of(await a_furnished_school(world, kept.with_parents()))
        after = row.changed(LATER, **kept.edit)
        await save(world, kept.pick, Change.updated(row, after))
        found = await world.uow.read(lambda tx: kept.pick(tx).get(row.id))
        must_be(found, after, f"{kept}: a change replaces what was there")
        assert (found.version, found.updated_at, found.created_at) == (2, LATER, MADE)

    async def test_a_stale_change_is_refused(self, world: World, kept: Kept) -> None:
        """Who did not see the latest version does not overwrite it."""
        row = kept.of(await a_furnished_school(world, kept.with_parents()))
        after = row.changed(LATER, **kept.edit)
        await save(world, kept.pick, Change.updated(row, after))
        with refused(Stale, OVERWRITES.format(kept)) as caught:
            await save(world, kept.pick, Change.updated(row, after))
        assert caught.value.id == row.id
        assert await world.uow.read(lambda tx: kept.pick(tx).get(row.id)) == after

    async def test_a_change_of_what_was_never_saved_is_stale(
        self, world: World, kept: Kept
    ) -> None:
        """There is no version to replace."""
        row = kept.of(a_school())
        with refused(Stale, OVERWRITES.format(kept)):
            await save(world, kept.pick, Change.updated(row, row.changed(LATER, **kept.edit)))

    async def test_a_refused_change_takes_the_others_of_its_save_along(
        self, world: World, kept: Kept
    ) -> None:
        """R-CYC-6: a save is whole or not at all."""
        row = kept.of(await a_furnished_school(world, kept.with_parents()))
        good = Change.updated(row, row.changed(LATER, **kept.edit))
        never = kept.of(a_school())
        bad = Change.updated(never, never.changed(LATER, **kept.edit))
        before = await world.journal()
        with refused(Stale, OVERWRITES.format(kept)):
            await save(world, kept.pick, good, bad)
        found = await world.uow.read(lambda tx: kept.pick(tx).get(row.id))
        must_be(found, row, f"{kept}: a save is whole or not at all (R-CYC-6)")
        assert await world.journal() == before

    async def test_an_empty_change_writes_nothing(self, world: World, kept: Kept) -> None:
        """Neither a version, nor an audit row, nor an event."""
        row = kept.of(await a_furnished_school(world, kept.with_parents()))
        before = await world.journal()
        await save(world, kept.pick, Change.updated(row, row.changed(LATER)))
        await save(world, kept.pick)
        assert await world.uow.read(lambda tx: kept.pick(tx).get(row.id)) == row
        assert await world.journal() == before

    async def test_audit_and_events_are_written_with_the_change(
        self, world: World, kept: Kept
    ) -> None:
        """domain.md §12: what became true is told in the transaction that made it true."""
        row = kept.of(await a_furnished_school(world, kept.with_parents()))
        before = await world.journal()
        event = CycleDeleted(at=LATER, cycle_id=a_cycle().id)  # any event will do
        change = Change.updated(row, row.changed(LATER, **kept.edit), event, action="import")
        await save(world, kept.pick, change)
        after = await world.journal()
        old, new = differences(change)
        written = after.audit[len(before.audit) :]
        assert len(written) == 1, f"{kept}: a change writes one audit row, not {len(written)}"
        [entry] = written
        assert (entry["action"], entry["entity"]) == ("import", kept.entity)
        assert (str(entry["entity_id"]), entry["actor_kind"]) == (str(row.id), "system")
        assert (entry["old"], entry["new"]) == (old, new)
        events = after.events[len(before.events) :]
        assert len(events) == 1, f"{kept}: an event is told once, not {len(events)} times"
        [told] = events
        assert (told["type"], told["facts"]) == (event.type, facts_of(event))

    async def test_creating_is_audited_with_all_that_is_new(self, world: World, kept: Kept) -> None:
        """The audit row of a new thing has no old values."""
        row = kept.of(await a_furnished_school(world, kept.with_parents()))
        journal = await world.journal()
        written = [e for e in journal.audit if str(e["entity_id"]) == str(row.id)]
        assert len(written) == 1, f"{kept}: creating writes one audit row, not {len(written)}"
        [entry] = written
        assert (entry["action"], entry["entity"]) == ("create", kept.entity)
        assert (entry["old"], entry["new"]) == differences(Change.created(row))

    async def test_what_is_deleted_is_gone_from_everywhere(self, world: World, kept: Kept) -> None:
        """R-PPL-3, R-PPL-4: no reading finds it, and restoring does."""
        row = kept.of(await a_furnished_school(world, kept.with_parents()))
        deletion = an_id()
        deleted = gone(row, at=LATER, deletion=deletion)
        await save(world, kept.pick, Change.updated(row, deleted, action="delete"))
        gone_everywhere = f"{kept}: what is deleted is found nowhere (R-PPL-4)"
        with refused(NotFound, gone_everywhere):
            await world.uow.read(lambda tx: kept.pick(tx).get(row.id))
        with refused(NotFound, gone_everywhere):
            await _run(world, lambda tx: kept.pick(tx).lock(row.id))
        must_be(await world.uow.read(lambda tx: kept.pick(tx).many([row.id])), {}, gone_everywhere)
        assert await _run(world, lambda tx: kept.pick(tx).lock_many([row.id])) == {}
        page = await world.uow.read(lambda tx: kept.pick(tx).page(Query()))
        assert (page.items, page.total) == ((), 0)
        assert await _run(world, lambda tx: kept.pick(tx).lock_deleted(row.id)) == deleted
        taken = await world.uow.read(lambda tx: kept.pick(tx).deleted_with(deletion))
        assert list(taken) == [deleted]

    async def test_what_is_restored_is_back_and_not_among_the_deleted(
        self, world: World, kept: Kept
    ) -> None:
        """R-PPL-3: a deletion can be undone."""
        row = kept.of(await a_furnished_school(world, kept.with_parents()))
        with pytest.raises(NotFound):
            await _run(world, lambda tx: kept.pick(tx).lock_deleted(row.id))
        deletion = an_id()
        deleted = gone(row, at=LATER, deletion=deletion)
        back = deleted.changed(LATER, deleted_at=None, deletion=None)
        await save(world, kept.pick, Change.updated(row, deleted, action="delete"))
        await save(world, kept.pick, Change.updated(deleted, back, action="restore"))
        assert await world.uow.read(lambda tx: kept.pick(tx).get(row.id)) == back
        assert list(await world.uow.read(lambda tx: kept.pick(tx).deleted_with(deletion))) == []

    async def test_a_reference_to_nothing_is_refused_by_its_field(
        self, world: World, kept: Kept
    ) -> None:
        """Nothing names what does not exist."""
        row = kept.of(await a_furnished_school(world, kept.with_parents()))
        for field in kept.references:
            lost = row.changed(LATER, **{field: an_id()})
            with refused(UnknownReference, f"{kept}: {field} names only what exists") as caught:
                await save(world, kept.pick, Change.updated(row, lost))
            assert caught.value.field == field


async def _run(world: World, work: Any) -> Any:
    return await world.uow.run(SYSTEM, work)
