"""What keeping exports promises, and their files."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import attrs
import pytest

from haitech_domain.change import Change
from haitech_domain.errors import Duplicate, NotFound, UnknownReference
from haitech_domain.export import Export, ExportStatus, begun, completed
from haitech_domain.export import File as Kept
from haitech_domain.ids import ExportId, JobId
from haitech_domain.ports import PIECE, Job, Query, Transaction
from haitech_domain.testing.builders import MADE, an_export, an_id
from haitech_domain.testing.contracts.world import SYSTEM, Contract, World, add

DAY: Final = timedelta(days=1)
AT_ONCE: Final = 8


async def _kept(world: World, *exports: Export) -> None:
    await add(world, lambda tx: tx.exports, *exports)


async def _put(world: World, export: Export, file: UUID, *pieces: bytes, first: int = 0) -> None:
    async def work(tx: Transaction) -> None:
        for number, piece in enumerate(pieces, first):
            await tx.export_files.put(export.id, file, number, piece)

    await world.uow.run(SYSTEM, work)


async def _piece(world: World, file: UUID, number: int) -> bytes | None:
    return await world.uow.read(lambda tx: tx.export_files.piece(file, number))


def _ready(**overrides: Any) -> Export:
    export = begun(an_export(**overrides), attempt=1, at=MADE).after
    file = Kept(id=an_id(), size=10, digest="d" * 64, rows=2)
    return attrs.evolve(completed(export, file, attempt=1, at=MADE).after, version=1)


class ExportsContract(Contract):
    """Exports, whose they are, and what is found of them."""

    async def test_they_exist_for_whoever_asked_and_for_those_who_see_all(
        self, world: World
    ) -> None:
        """A foreign one is not there."""
        mine, other = an_export(), an_export()
        await _kept(world, mine, other)

        async def work(tx: Transaction) -> None:
            assert await tx.exports.get(mine.id) == mine
            assert await tx.exports.get(mine.id, own=mine.owner_id) == mine
            assert (await tx.exports.page(Query(own=mine.owner_id))).items == (mine,)
            assert (await tx.exports.page(Query())).total == 2
            with pytest.raises(NotFound):
                await tx.exports.get(mine.id, own=other.owner_id)

        await world.uow.read(work)

    async def test_lists_are_filtered(self, world: World) -> None:
        """By report, format, status and civil day."""
        old, new = an_export(), an_export(created_at=MADE + DAY, status=ExportStatus.FAILED)
        await _kept(world, old, new)

        async def found(**filters: Any) -> tuple[Export, ...]:
            return (await world.uow.read(lambda tx: tx.exports.page(Query(filters=filters)))).items

        assert await found(status=ExportStatus.FAILED) == (new,)
        assert await found(report=old.report, format=old.format) == (new, old)
        assert await found(**{"from": (MADE + DAY).date()}) == (new,)
        assert await found(to=MADE.date()) == (old,)

    async def test_those_under_way_are_counted_by_owner_and_one_after_another(
        self, world: World
    ) -> None:
        """So a limit holds however many ask at once."""
        owner = an_id()
        over = an_export(owner_id=owner, status=ExportStatus.CANCELLED)
        await _kept(world, over, an_export())

        async def ask(tx: Transaction) -> int:
            known = await tx.exports.under_way(owner)
            await tx.exports.save(Change.created(an_export(owner_id=owner)))
            return known

        counted = await asyncio.gather(*(world.uow.run(SYSTEM, ask) for _ in range(AT_ONCE)))
        assert sorted(counted) == list(range(AT_ONCE))

    async def test_those_whose_time_is_over_are_found_the_oldest_first(self, world: World) -> None:
        """Of those that are ready; at most so many at once."""
        ends = [MADE + DAY * n for n in (3, 1, 2, 4)]
        rows = [_ready(expires_at=None) for _ in ends]
        rows = [attrs.evolve(row, expires_at=end) for row, end in zip(rows, ends, strict=True)]
        gone = attrs.evolve(_ready(), status=ExportStatus.EXPIRED, expires_at=MADE)
        await _kept(world, *rows, gone)

        async def over(most: int) -> list[Export]:
            at = MADE + DAY * 3
            return list(await world.uow.run(SYSTEM, lambda tx: tx.exports.over(at=at, most=most)))

        assert await over(9) == [rows[1], rows[2], rows[0]]
        assert await over(1) == [rows[1]]

    async def test_those_that_nobody_works_on_are_found(self, world: World) -> None:
        """Their job is buried or gone; what has a job, is over, or is young is not among them."""
        gone, buried, waits, young, over = (
            an_export(updated_at=MADE + DAY * n) for n in (0, 1, 0, 5, 0)
        )
        over = attrs.evolve(over, status=ExportStatus.FAILED)
        await _kept(world, gone, buried, waits, young, over)

        def job(export: Export) -> Job:
            return Job(id=JobId(export.id), kind="x", lane="x", due_at=MADE)

        async def work(tx: Transaction) -> None:
            await tx.jobs.put(job(buried))
            held = await tx.jobs.claim(at=MADE, until=MADE + DAY, holder="x", most=9)
            for one in held.jobs:
                await tx.jobs.bury(one, at=MADE, why="x")
            await tx.jobs.put(job(waits))

        await world.uow.run(SYSTEM, work)

        async def left(most: int) -> list[Export]:
            before = MADE + DAY * 4
            return list(
                await world.uow.run(
                    SYSTEM, lambda tx: tx.exports.left_behind(before=before, most=most)
                )
            )

        assert await left(9) == [gone, buried]
        assert await left(1) == [gone]

    async def test_a_file_is_kept_piece_by_piece(self, world: World) -> None:
        """In as many transactions as one likes; what was never kept is not there."""
        export, file = an_export(), an_id()
        await _kept(world, export)
        first, last = bytes(range(256)) * (PIECE // 256), b"\x00\xff the end"
        await _put(world, export, file, first)
        await _put(world, export, file, last, first=1)
        assert await _piece(world, file, 0) == first
        assert await _piece(world, file, 1) == last
        assert await _piece(world, file, 2) is None
        assert await _piece(world, an_id(), 0) is None

    async def test_a_piece_is_kept_once_and_of_an_export_that_is_there(self, world: World) -> None:
        """What was refused is not kept."""
        export, file = an_export(), an_id()
        await _kept(world, export)
        await _put(world, export, file, b"one")
        with pytest.raises(Duplicate):
            await _put(world, export, file, b"two")
        with pytest.raises(UnknownReference):
            await _put(world, an_export(), an_id(), b"nobody's")
        assert await _piece(world, file, 0) == b"one"

    async def test_files_are_forgotten_by_export_but_for_one(self, world: World) -> None:
        """What other exports have stays."""
        export, other = an_export(), an_export()
        await _kept(world, export, other)
        files = [an_id(), an_id(), an_id()]
        await _put(world, export, files[0], b"one", b"more")
        await _put(world, export, files[1], b"two")
        await _put(world, other, files[2], b"three")

        async def forget(but: UUID | None = None) -> list[bytes | None]:
            id = ExportId(export.id)
            await world.uow.run(SYSTEM, lambda tx: tx.export_files.forget(id, but=but))
            return [await _piece(world, file, 0) for file in files]

        assert await forget(but=files[1]) == [None, b"two", b"three"]
        assert await forget() == [None, None, b"three"]

    async def test_reading_keeps_and_forgets_nothing(self, world: World) -> None:
        """All of it is work."""
        export = an_export()
        await _kept(world, export)
        for work in (
            lambda tx: tx.exports.under_way(export.owner_id),
            lambda tx: tx.exports.over(at=MADE),
            lambda tx: tx.exports.left_behind(before=MADE),
            lambda tx: tx.export_files.put(export.id, an_id(), 0, b"x"),
            lambda tx: tx.export_files.forget(export.id),
        ):
            # each store has its own name for this fault of the program
            with pytest.raises(Exception):  # noqa: B017, PT011
                await world.uow.read(work)
