"""Writing exports from the queue: whole or not at all, whoever is killed, cancelled or refused."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import attrs
import pytest

from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_adapters.sheets import SheetFiles
from haitech_adapters.spool import DiskSpool
from haitech_app.worker import LEASE, SYSTEM, Worker
from haitech_domain.change import Change
from haitech_domain.errors import Invalid
from haitech_domain.export import LANE, WRITE, ExportStatus, NoRoom, cancelled
from haitech_domain.ids import JobId
from haitech_domain.ports import Job
from haitech_domain.reports import CellKind, Column, Heading, Language
from haitech_domain.testing.builders import an_export, an_id
from haitech_domain.use_cases.coming_round import BeginRounds
from haitech_domain.use_cases.export_writing import MOST_AT_ONCE, MOST_TRIES, Contents, WriteExport

pytestmark = pytest.mark.anyio

HEADING = Heading(
    name="revenue",
    columns=(Column(key="course", kind=CellKind.TEXT), Column(key="meetings", kind=CellKind.COUNT)),
    language=Language.ENGLISH,
)
BATCHES = 4
EACH = 10


class World(SimpleNamespace):
    """A store, a spool, a worker, and a report of which each test says how it is read."""

    async def between(self, number):
        """What happens before a batch is read."""

    async def read(self, tx, export):
        async def batches():
            for number in range(BATCHES):
                await self.between(number)
                yield iter([(f"course {number}", n) for n in range(EACH)])

        return Contents(
            heading=HEADING, expected=BATCHES * EACH, batches=batches(), totals=("all", 40)
        )

    def writing(self, **more):
        given = {
            "uow": self.uow,
            "clock": self.clock,
            "ids": self.ids,
            "snapshots": self.uow,
            "spool": self.spool,
            "read": self.read,
        }
        return WriteExport(**{**given, **more})

    def worker(self, name="one", **more):
        return Worker(
            uow=self.uow,
            clock=self.clock,
            begin_rounds=BeginRounds(uow=self.uow, clock=self.clock, ids=self.ids),
            handlers={WRITE: self.writing(**more)},
            name=name,
        )

    async def asked(self, **fields):
        """An export in the queue."""
        export = an_export(**fields)
        job = Job(
            id=JobId(export.id),
            kind=WRITE,
            lane=LANE,
            due_at=self.clock.now(),
            facts={"export": str(export.id)},
        )

        async def work(tx):
            await tx.exports.save(Change.created(export))
            await tx.jobs.put(job)

        await self.uow.run(SYSTEM, work)
        return export

    async def now(self, export):
        return await self.uow.read(lambda tx: tx.exports.get(export.id))

    async def jobs(self):
        return await self.uow.read(lambda tx: tx.jobs.figures(at=self.clock.now()))

    @property
    def files(self):
        """What is kept of files."""
        return self.uow._state.pieces

    def content(self, export):
        return b"".join(self.files[export.file_id].pieces).decode("utf-8-sig").splitlines()


@pytest.fixture
def world(tmp_path):
    ids, clock = CountingIds(), FixedClock()
    return World(
        ids=ids,
        clock=clock,
        uow=MemoryUnitOfWork(ids, clock),
        spool=DiskSpool(SheetFiles(), tmp_path),
        folder=tmp_path,
    )


class TestWriting:
    async def test_a_file_is_there_with_all_rows_and_its_totals(self, world):
        export = await world.asked()
        assert await world.worker().drained() == 1
        done = await world.now(export)
        assert (done.status, done.progress, done.rows_written) == (ExportStatus.DONE, 100, 40)
        lines = world.content(done)
        assert (len(lines), lines[-1]) == (42, "all,40")
        assert done.size == sum(map(len, world.files[done.file_id].pieces))
        assert (await world.jobs()).waiting == 0
        assert list(world.folder.iterdir()) == []

    async def test_progress_is_told_on_the_way(self, world):
        told = []

        async def between(number):
            told.append((await world.now(export)).progress)
            world.clock.advance(timedelta(seconds=1))

        world.between = between
        export = await world.asked()
        await world.worker().drained()
        assert told == [0, 22, 45, 67]

    async def test_only_so_many_are_written_at_a_time(self, world):
        together, most = 0, 0

        async def between(number):
            nonlocal together, most
            together += 1
            most = max(most, together)
            await asyncio.sleep(0)
            together -= 1

        world.between = between
        exports = [await world.asked() for _ in range(6)]
        await world.worker().drained()
        assert most <= MOST_AT_ONCE
        assert {(await world.now(e)).status for e in exports} == {ExportStatus.DONE}

    async def test_an_export_that_is_gone_is_no_work(self, world):
        job = Job(
            id=JobId(an_id()),
            kind=WRITE,
            lane=LANE,
            due_at=world.clock.now(),
            facts={"export": str(an_id())},
        )
        await world.uow.run(SYSTEM, lambda tx: tx.jobs.put(job))
        await world.worker().drained()
        assert (await world.jobs()).waiting == 0


class TestBeingCutShort:
    async def test_who_comes_after_a_killed_worker_begins_anew(self, world):
        """Nothing of the first half is in the file."""

        class Killed(BaseException):
            """As a process ends."""

        async def killed(number):
            if number == 2:
                raise Killed

        export = await world.asked()
        world.between = killed
        first = world.worker()
        with pytest.raises(Killed):
            await first.drained()
        assert (await world.now(export)).status is ExportStatus.RUNNING
        assert world.files == {}
        del world.between
        world.clock.advance(LEASE)
        assert await world.worker("another").drained() == 1
        done = await world.now(export)
        assert (done.status, done.attempt, len(world.content(done))) == (ExportStatus.DONE, 2, 42)

    async def test_a_lost_lease_never_publishes(self, world):
        """The slow one finds out when it next says how far it is, and stops."""
        export = await world.asked()
        second = world.worker("second")

        async def overtaken(number):
            if number == 1:
                del world.between
                world.clock.advance(LEASE + timedelta(seconds=1))
                assert await second.drained() == 1

        world.between = overtaken
        first = world.worker("first")
        await first.drained()
        done = await world.now(export)
        assert (done.status, done.attempt) == (ExportStatus.DONE, 2)
        assert list(world.files) == [done.file_id]

    async def test_a_cancelled_one_is_stopped_and_leaves_nothing(self, world):
        export = await world.asked()

        async def cancel(number):
            world.clock.advance(timedelta(seconds=2))
            if number == 1:
                now = await world.now(export)
                change = cancelled(now, at=world.clock.now())
                await world.uow.run(SYSTEM, lambda tx: tx.exports.save(change))

        world.between = cancel
        await world.worker().drained()
        assert (await world.now(export)).status is ExportStatus.CANCELLED
        assert world.files == {}
        assert (await world.jobs()).waiting == 0

    async def test_one_cancelled_in_the_very_end_is_not_ready(self, world):
        """Between its last piece and the end of its job."""
        export = await world.asked()
        write = world.writing()

        async def cancelled_then(job):
            outcome = await write(job)
            change = cancelled(await world.now(export), at=world.clock.now())
            await world.uow.run(SYSTEM, lambda tx: tx.exports.save(change))
            return outcome

        worker = world.worker()
        worker.handlers = {WRITE: cancelled_then}
        await worker.drained()
        assert (await world.now(export)).status is ExportStatus.CANCELLED
        assert (await world.jobs()).waiting == 0

    async def test_one_that_kills_whoever_writes_it_has_failed_after_some_times(self, world):
        export = await world.asked()
        for _ in range(MOST_TRIES):
            until = world.clock.now() + LEASE
            await world.uow.run(
                SYSTEM,
                lambda tx, until=until: tx.jobs.claim(
                    at=world.clock.now(), until=until, holder="killed", most=1
                ),
            )
            world.clock.advance(LEASE)
        await world.worker().drained()
        now = await world.now(export)
        assert (now.status, "never ended" in now.failure) == (ExportStatus.FAILED, True)
        assert (await world.jobs()).buried == 1


class TestFailing:
    async def test_a_full_disk_is_told_tried_again_and_given_up_with_advice(self, world):
        async def full(number):
            if number == 2:
                raise NoRoom

        world.between = full
        export = await world.asked()
        worker = world.worker()
        for _ in range(MOST_TRIES - 1):
            await worker.drained()
            now = await world.now(export)
            assert (now.status, now.failure) == (ExportStatus.QUEUED, NoRoom().message)
            world.clock.advance(timedelta(hours=1))
        await worker.drained()
        now = await world.now(export)
        assert (now.status, now.failure) == (ExportStatus.FAILED, NoRoom().message)
        assert world.files == {}
        assert list(world.folder.iterdir()) == []

    async def test_it_goes_on_once_there_is_room_again(self, world):
        async def full(number):
            raise NoRoom

        world.between = full
        export = await world.asked()
        await world.worker().drained()
        del world.between
        world.clock.advance(timedelta(minutes=1))
        await world.worker().drained()
        done = await world.now(export)
        assert (done.status, done.failure, done.rows_written) == (ExportStatus.DONE, None, 40)

    async def test_what_is_hopeless_is_not_tried_again(self, world):
        async def refuse(tx, export):
            raise Invalid.because("from", "is no day")

        export = await world.asked()
        await world.worker(read=refuse).drained()
        assert (await world.now(export)).status is ExportStatus.FAILED
        assert (await world.jobs()).waiting == 0

    async def test_what_is_over_stays_as_it_is(self, world):
        """A job that fails late does not undo a cancellation."""
        export = await world.asked()

        async def cancel_and_fail(number):
            now = await world.now(export)
            change = cancelled(now, at=world.clock.now())
            await world.uow.run(SYSTEM, lambda tx: tx.exports.save(change))
            raise NoRoom

        world.between = cancel_and_fail
        await world.worker().drained()
        assert (await world.now(export)).status is ExportStatus.CANCELLED

    async def test_an_export_removed_meanwhile_takes_its_job_along(self, world):
        export = await world.asked()

        async def removed(number):
            world.uow._state.table(type(export)).pop(export.id)
            raise NoRoom

        world.between = removed
        await world.worker().drained()
        assert attrs.asdict(await world.jobs())["held"] == 0
