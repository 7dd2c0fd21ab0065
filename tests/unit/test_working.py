"""The worker: what becomes of jobs that succeed, fail, hang, or kill whoever does them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise
from types import SimpleNamespace

import attrs
import pytest
from structlog.testing import capture_logs

from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_app.worker import LEASE, SYSTEM, Worker, pause_after
from haitech_domain.change import Change
from haitech_domain.ids import JobId
from haitech_domain.ports import DONE, Job, Outcome, Unavailable
from haitech_domain.testing.builders import a_course
from haitech_domain.use_cases.coming_round import BeginRounds, Round

pytestmark = pytest.mark.anyio


@pytest.fixture
def world():
    ids, clock = CountingIds(), FixedClock()
    uow = MemoryUnitOfWork(ids, clock)
    return SimpleNamespace(ids=ids, clock=clock, uow=uow, done=[])


def a_worker(world, handler=None, **more):
    async def greet(job):
        world.done.append(job.facts["whom"])
        return DONE

    given = {
        "uow": world.uow,
        "clock": world.clock,
        "begin_rounds": BeginRounds(uow=world.uow, clock=world.clock, ids=world.ids),
        "handlers": {"greet": handler or greet},
        "name": "a worker",
    }
    return Worker(**{**given, **more})


async def put(world, **more):
    at = world.clock.now()
    given = {"kind": "greet", "due_at": at, "lane": "greetings", "facts": {"whom": "noa"}}
    job = Job(id=JobId(world.ids.new()), **{**given, **more})
    await world.uow.run(SYSTEM, lambda tx: tx.jobs.put(job))
    return job


async def figures(world):
    return await world.uow.read(lambda tx: tx.jobs.figures(at=world.clock.now()))


async def test_what_waits_is_done_once(world):
    for whom in ("noa", "dana"):
        await put(world, facts={"whom": whom})
    worker = a_worker(world)
    assert await worker.drained() == 2
    assert await worker.drained() == 0
    assert sorted(world.done) == ["dana", "noa"]
    assert (await figures(world)).waiting == 0


async def test_what_follows_is_written_in_the_transaction_that_ends_the_job(world):
    course = a_course()

    async def settle(tx):
        await tx.courses.save(Change.created(course))

    async def handler(job):
        return Outcome(settle=settle)

    await put(world)
    await a_worker(world, handler).drained()
    assert await world.uow.read(lambda tx: tx.courses.get(course.id)) == course
    assert (await figures(world)).waiting == 0


async def test_what_fails_is_tried_again_after_growing_pauses_and_then_given_up(world):
    tries = []

    async def handler(job):
        tries.append(world.clock.now())
        raise Unavailable("the mailbox of dana@example.com", 10)

    await put(world)
    worker = a_worker(world, handler, most_attempts=4)
    with capture_logs() as lines:
        for _ in range(20):
            await worker.drained()
            world.clock.advance(timedelta(seconds=10))
    waits = [later - earlier for earlier, later in pairwise(tries)]
    assert waits == [timedelta(seconds=s) for s in (10, 30, 90)]
    assert (await figures(world)).buried == 1
    assert "dana" not in str(lines)
    assert lines[-1]["event"] == "a job is given up"


def test_pauses_end_growing_at_an_hour():
    assert [pause_after(n).total_seconds() for n in (1, 2, 3, 6, 7, 60)] == [
        10, 30, 90, 2430, 3600, 3600,
    ]  # fmt: skip


async def test_what_hangs_in_many_lanes_leaves_room_for_one_that_does_not(world):
    """Five lanes with more than enough to fill all places, and one that is always quick."""
    hang, six_hang, ten_done = asyncio.Event(), asyncio.Event(), asyncio.Event()
    hanging: list[Job] = []

    async def handler(job):
        begun, count, reached = (world.done, 10, ten_done)
        if job.lane != "quick":
            begun, count, reached = (hanging, 6, six_hang)
        begun.append(job)
        if len(begun) == count:
            reached.set()
        if begun is hanging:
            await hang.wait()
        return DONE

    for n in range(100):
        await put(world, lane=f"hangs {n % 5}")
    worker = a_worker(world, handler, at_once=12)
    async with asyncio.timeout(20), worker.working():
        await six_hang.wait()
        for _ in range(10):
            await put(world, lane="quick")
        worker.wake()
        await ten_done.wait()
        assert len(hanging) == 6
        hang.set()


async def test_a_fault_of_the_program_is_logged_with_its_stack_and_tried_again(world):
    async def handler(job):
        raise RuntimeError("broken")

    await put(world)
    with capture_logs() as lines:
        await a_worker(world, handler).drained()
    assert lines[0]["log_level"] == "error"
    assert (await figures(world)).waiting == 1


async def test_what_nobody_can_do_is_buried(world):
    await put(world, kind="unheard of")
    await put(world, until=world.clock.now())
    with capture_logs() as lines:
        await a_worker(world).drained()
    assert [line["why"] for line in lines] == [
        "nobody does this kind of work",
        "its time is over",
    ]
    assert world.done == []


async def test_what_kills_its_workers_is_buried_in_the_end(world):
    await put(world)
    for _ in range(3):
        await world.uow.run(
            SYSTEM,
            lambda tx: tx.jobs.claim(
                at=world.clock.now(), until=world.clock.now() + LEASE, holder="killed", most=1
            ),
        )
        world.clock.advance(LEASE)
    await a_worker(world, most_attempts=3).drained()
    assert world.done == []
    assert (await figures(world)).buried == 1


async def test_a_killed_workers_job_is_taken_over_when_its_lease_ends(world):
    begun, stuck = asyncio.Event(), asyncio.Event()

    async def hang(job):
        begun.set()
        await stuck.wait()
        return DONE

    await put(world)
    killed = asyncio.create_task(a_worker(world, hang).drained())
    await begun.wait()
    assert await a_worker(world).drained() == 0
    world.clock.advance(LEASE)
    assert await a_worker(world).drained() == 1
    with capture_logs() as lines:
        stuck.set()  # it was not dead after all, but its job is another's
        await killed
    assert [line["event"] for line in lines] == ["a job was taken over"]
    assert world.done == ["noa"]


async def test_what_comes_round_is_there_once_and_never_given_up(world):
    rounds = []

    async def purge():
        rounds.append(world.clock.now())
        if len(rounds) == 2:
            raise Unavailable("the database")

    hourly = Round(kind="purge", every=timedelta(hours=1), work=purge, clock=world.clock)
    worker = a_worker(world, handlers={"purge": hourly}, most_attempts=1)
    await worker.begin_rounds([hourly])
    await worker.begin_rounds([hourly])
    begin = world.clock.now()
    with capture_logs():
        for _ in range(4):
            world.clock.advance(timedelta(hours=1))
            await worker.drained()
    assert [(at - begin) // timedelta(hours=1) for at in rounds] == [1, 2, 3, 4]


async def test_a_worker_in_the_background_does_what_is_put_meanwhile_and_stops_in_order(world):
    begun, go = asyncio.Event(), asyncio.Event()

    async def slowly(job):
        begun.set()
        await go.wait()
        world.done.append(job.facts["whom"])
        return DONE

    worker = a_worker(world, slowly)
    async with worker.working():
        await put(world)
        worker.wake()
        await begun.wait()
        go.set()
    assert world.done == ["noa"], "running work may end"
    assert (await figures(world)).waiting == 0


async def test_what_does_not_end_when_the_worker_stops_is_given_back(world, monkeypatch):
    monkeypatch.setattr("haitech_app.worker.PATIENCE", 0.01)
    begun = asyncio.Event()

    async def hang(job):
        begun.set()
        await asyncio.Event().wait()

    worker = a_worker(world, hang)
    async with worker.working():
        await put(world)
        worker.wake()
        await begun.wait()
    now = await figures(world)
    assert (now.waiting, now.held) == (1, 0)


async def test_running_work_is_held_on_to_and_stopped_once_it_is_anothers(world, monkeypatch):
    monkeypatch.setattr("haitech_app.worker.RENEWAL", 0.0)
    begun, stopped = asyncio.Event(), asyncio.Event()

    async def hang(job):
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    worker = a_worker(world, hang)
    with capture_logs() as lines:
        async with worker.working():
            job = await put(world)
            worker.wake()
            await begun.wait()
            world.clock.advance(LEASE * 0.9)
            for _ in range(10):
                await asyncio.sleep(0)
            world.clock.advance(LEASE * 0.9)
            assert (await figures(world)).held == 1, "renewed"
            ended = attrs.evolve(job, taken=1)
            await world.uow.run(SYSTEM, lambda tx: tx.jobs.finish(ended))
            await stopped.wait()
    assert lines[0]["event"] == "a job was taken over"


class Away:
    """A store that cannot be reached at first."""

    def __init__(self, uow, times):
        self.uow, self.times, self.asked = uow, times, asyncio.Event()

    async def run(self, actor, work):
        if self.times:
            self.times -= 1
            self.asked.set()
            raise Unavailable("the database")
        return await self.uow.run(actor, work)


async def test_a_store_that_is_away_is_told_once_and_waited_for(world, monkeypatch):
    monkeypatch.setattr("haitech_app.worker.POLL", 0.001)
    done = asyncio.Event()

    async def handler(job):
        done.set()
        return DONE

    await put(world)
    worker = a_worker(world, handler, uow=Away(world.uow, 3))
    assert worker.trouble is None
    with capture_logs() as lines:
        async with worker.working():
            await worker.uow.asked.wait()
            assert worker.trouble == "the queue cannot be reached"
            await done.wait()
    assert worker.trouble is None
    assert [line["event"] for line in lines] == ["the queue cannot be reached"]


async def test_a_worker_that_has_not_looked_for_a_minute_says_so(world):
    """However it came to hang: a probe is told, and the process can be started anew."""
    times = [0.0]
    worker = a_worker(world, now=lambda: times[0])
    assert worker.trouble is None
    async with worker.working():
        await asyncio.sleep(0)
        times[0] = 60.0
        assert worker.trouble is None
        times[0] = 61.0
        assert worker.trouble == "the queue was not looked at for 60 s"


@pytest.mark.parametrize("times", [1, 3])
async def test_what_was_done_is_ended_once_the_store_is_there_again(world, monkeypatch, times):
    """It is not done again, and its place in the lane is not held till the lease is over."""
    monkeypatch.setattr("haitech_app.worker.ENDING_AGAIN", 0.001)
    away = Away(world.uow, 0)

    async def handler(job):
        world.done.append(job.facts["whom"])
        away.times = times
        return DONE

    await put(world)
    await a_worker(world, handler, uow=away).drained()
    assert world.done == ["noa"]
    assert (await figures(world)).waiting == (await figures(world)).held == 0


async def test_what_finds_the_store_away_is_tried_again_in_a_second(world):
    async def handler(job):
        world.done.append(world.clock.now())
        if len(world.done) < 3:
            raise Unavailable("the database")
        return DONE

    await put(world)
    worker = a_worker(world, handler)
    while (await figures(world)).waiting:
        await worker.drained()
        world.clock.advance(timedelta(seconds=1))
    assert [(b - a).total_seconds() for a, b in pairwise(world.done)] == [1, 3]


async def test_what_is_taken_up_anew_after_its_lease_is_done_by_one_task_alone(world, monkeypatch):
    """The store was away for longer than the lease: the work of before is stopped."""
    going_on, ended = asyncio.Event(), []

    async def handler(job):
        if job.taken == 1:
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(job.taken)
                going_on.set()
        ended.append(job.taken)
        return DONE

    await put(world)
    worker = a_worker(world, handler)
    await worker._claim()
    await asyncio.sleep(0)
    world.clock.advance(LEASE)
    await worker.drained()
    await going_on.wait()
    assert sorted(ended) == [1, 2]
    assert worker._running == {}
