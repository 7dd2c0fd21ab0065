"""What the queue promises."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from haitech_domain.change import Change
from haitech_domain.ids import JobId
from haitech_domain.ports import Held, Job, JobLost, QueueFigures, Transaction
from haitech_domain.testing.builders import MADE, a_course
from haitech_domain.testing.contracts.world import SYSTEM, Contract, RolledBackError, World

SECOND = timedelta(seconds=1)
LEASE = timedelta(seconds=30)


def _job(world: World, **more: Any) -> Job:
    given = {"kind": "greet", "due_at": MADE, "lane": "greetings", "facts": {"whom": "נועה"}}
    return Job(id=JobId(world.ids.new()), **{**given, **more})


async def _put(world: World, *jobs: Job) -> None:
    await world.uow.run(SYSTEM, lambda tx: tx.jobs.put(*jobs))


async def _claim(
    world: World, at: datetime = MADE, most: int = 100, per_lane: int = 100, spare: int = 0
) -> Held:
    room = {"most": most, "per_lane": per_lane, "spare": spare}
    return await world.uow.run(
        SYSTEM, lambda tx: tx.jobs.claim(at=at, until=at + LEASE, holder="a worker", **room)
    )


async def _claimed(world: World, at: datetime = MADE) -> Job:
    (job,) = (await _claim(world, at)).jobs
    return job


async def _buried(world: World, job: Job, at: datetime) -> None:
    await world.uow.run(SYSTEM, lambda tx: tx.jobs.bury(job, at=at, why="no use"))


async def _figures(world: World, at: datetime = MADE) -> QueueFigures:
    return await world.uow.read(lambda tx: tx.jobs.figures(at=at))


class JobsContract(Contract):
    """Work is done, once at a time, whatever becomes of whoever does it."""

    async def test_what_is_put_is_claimed_with_all_its_facts(self, world: World) -> None:
        """Also those that are kept encrypted."""
        job = _job(world, secret={"code": "שלום 17"}, until=MADE + LEASE)
        await _put(world, job)
        found = await _claimed(world)
        assert (found.id, found.kind, found.lane, found.until) == (
            job.id,
            job.kind,
            job.lane,
            job.until,
        )
        assert (dict(found.facts), found.secret) == (dict(job.facts), job.secret)
        assert (found.attempts, found.due_at) == (1, MADE + LEASE)

    async def test_what_falls_with_its_transaction_is_not_done(self, world: World) -> None:
        """A rollback asks for nothing."""

        async def work(tx: Transaction) -> None:
            await tx.jobs.put(_job(world))
            raise RolledBackError

        with pytest.raises(RolledBackError):
            await world.uow.run(SYSTEM, work)
        assert not (await _claim(world)).jobs

    async def test_nothing_is_claimed_before_it_is_due(self, world: World) -> None:
        """The claim says when to ask again."""
        await _put(world, _job(world, due_at=MADE + SECOND), _job(world, due_at=MADE + 2 * SECOND))
        assert await _claim(world) == Held(jobs=[], next_due_at=MADE + SECOND)
        assert len((await _claim(world, MADE + SECOND)).jobs) == 1

    async def test_what_is_held_is_nobody_elses_until_the_lease_ends(self, world: World) -> None:
        """Then it is due again, and counts one attempt more."""
        await _put(world, _job(world))
        first = await _claimed(world)
        assert not (await _claim(world, MADE + LEASE - SECOND)).jobs
        second = await _claimed(world, MADE + LEASE)
        assert (second.id, second.attempts) == (first.id, 2)

    async def test_only_the_last_holder_ends_a_job(self, world: World) -> None:
        """Whatever the others wrote with it is not kept."""
        await _put(world, _job(world))
        first = await _claimed(world)
        second = await _claimed(world, MADE + LEASE)

        def ending(job: Job) -> Any:
            async def work(tx: Transaction) -> None:
                await tx.courses.save(Change.created(a_course()))
                await tx.jobs.finish(job)

            return work

        with pytest.raises(JobLost):
            await world.uow.run(SYSTEM, ending(first))
        assert not (await world.journal()).audit
        await world.uow.run(SYSTEM, ending(second))
        assert len((await world.journal()).audit) == 1
        for late in (
            lambda tx: tx.jobs.finish(second),
            lambda tx: tx.jobs.put_off(second, due_at=MADE),
            lambda tx: tx.jobs.bury(second, at=MADE, why="late"),
        ):
            with pytest.raises(JobLost):
                await world.uow.run(SYSTEM, late)

    async def test_a_lease_is_renewed_by_its_holder_alone(self, world: World) -> None:
        """The answer says what is still held."""
        await _put(world, _job(world), _job(world))
        one, two = (await _claim(world)).jobs
        later = MADE + 2 * LEASE

        async def renewed(*jobs: Job) -> list[JobId]:
            return list(await world.uow.run(SYSTEM, lambda tx: tx.jobs.renew(jobs, until=later)))

        assert await renewed(one) == [one.id]
        assert await renewed() == []
        (again,) = (await _claim(world, MADE + LEASE)).jobs
        assert again.id == two.id
        assert await renewed(one, two) == [one.id]

    async def test_what_is_put_off_comes_again_at_its_time(self, world: World) -> None:
        """Its attempts go on counting where it failed, and begin anew where it did not."""
        await _put(world, _job(world))
        job = await _claimed(world)
        soon, later = MADE + SECOND, MADE + 2 * SECOND
        await world.uow.run(SYSTEM, lambda tx: tx.jobs.put_off(job, due_at=soon, why="busy"))
        assert not (await _claim(world)).jobs
        again = await _claimed(world, soon)
        assert (again.attempts, again.taken) == (2, 2)
        await world.uow.run(SYSTEM, lambda tx: tx.jobs.put_off(again, due_at=later))
        anew = await _claimed(world, later)
        assert (anew.attempts, anew.taken) == (1, 3)
        with pytest.raises(JobLost):
            await world.uow.run(SYSTEM, lambda tx: tx.jobs.finish(job))

    async def test_what_is_buried_is_kept_and_not_done(self, world: World) -> None:
        """Until it is forgotten, the oldest first."""
        await _put(world, _job(world), _job(world))
        for minute, job in enumerate((await _claim(world)).jobs):
            await _buried(world, job, MADE + timedelta(minutes=minute))
        assert not (await _claim(world, MADE + 10 * LEASE)).jobs
        assert (await _figures(world)).buried == 2

        async def forgotten(before: datetime, most: int = 1) -> int:
            return await world.uow.run(
                SYSTEM, lambda tx: tx.jobs.forget(buried_before=before, most=most)
            )

        assert await forgotten(MADE) == 0
        assert await forgotten(MADE + timedelta(hours=1)) == 1
        assert (await _figures(world)).buried == 1

    async def test_a_name_is_given_once(self, world: World) -> None:
        """While it is in the queue; then it can be given again."""
        await _put(world, _job(world, name="nightly"), _job(world, name="nightly"))
        await _put(world, _job(world, name="nightly"), _job(world))
        assert (await _figures(world)).waiting == 2
        named = next(job for job in (await _claim(world)).jobs if job.name)
        await world.uow.run(SYSTEM, lambda tx: tx.jobs.finish(named))
        await _put(world, _job(world, name="nightly"))
        assert (await _figures(world)).waiting == 1

    async def test_what_waits_till_later_can_be_made_due(self, world: World) -> None:
        """Not what is held, buried, due or not there."""
        waits, held, due, buried = (
            _job(world, due_at=MADE + hours * timedelta(hours=1)) for hours in (9, 0, 0, 0)
        )

        async def hasten(job: Job) -> bool:
            return await world.uow.run(SYSTEM, lambda tx: tx.jobs.hasten(job.id, at=MADE))

        assert not await hasten(waits)
        await _put(world, held)
        await _claimed(world)
        await _put(world, buried)
        await _buried(world, await _claimed(world), MADE)
        await _put(world, waits, due)
        assert [await hasten(job) for job in (waits, held, due, buried)] == [True] + [False] * 3
        assert {job.id for job in (await _claim(world)).jobs} == {waits.id, due.id}
        assert not await hasten(waits)

    async def test_a_full_lane_holds_up_no_other(self, world: World) -> None:
        """However many wait in it, and however long."""
        slow = [_job(world, lane="slow") for _ in range(5)]
        quick = _job(world, lane="quick", due_at=MADE + SECOND)
        await _put(world, *slow, quick)
        at = MADE + SECOND
        first = await _claim(world, at, per_lane=2)
        assert {job.id for job in first.jobs} == {slow[0].id, slow[1].id, quick.id}
        assert not (await _claim(world, at, per_lane=2)).jobs
        await world.uow.run(SYSTEM, lambda tx: tx.jobs.finish(first.jobs[0]))
        (next_,) = (await _claim(world, at, per_lane=2)).jobs
        assert next_.id == slow[2].id

    async def test_the_longest_due_are_claimed_first(self, world: World) -> None:
        """At most as many as were asked for."""
        jobs = [_job(world, due_at=MADE - n * SECOND, lane=f"lane {n}") for n in range(4)]
        await _put(world, *jobs)
        assert {j.id for j in (await _claim(world, most=2)).jobs} == {jobs[3].id, jobs[2].id}

    async def test_a_long_backlog_of_one_lane_lets_the_others_go_first(self, world: World) -> None:
        """Where there is not room for all, lanes of which little is held come first."""
        behind = [_job(world, lane="slow", due_at=MADE - n * SECOND) for n in range(20)]
        quick = [_job(world, lane=f"quick {n}") for n in range(2)]
        await _put(world, *behind, *quick)
        first = await _claim(world, most=2)
        assert {job.lane for job in first.jobs} == {"slow", "quick 0"}
        second = await _claim(world, most=2)
        assert {job.lane for job in second.jobs} == {"slow", "quick 1"}

    async def test_the_last_places_are_for_lanes_of_which_nothing_is_held(
        self, world: World
    ) -> None:
        """So that what hangs in some lanes leaves room for the others."""
        await _put(world, *(_job(world, lane=f"hangs {n % 2}") for n in range(10)))
        first = await _claim(world, most=6, spare=3)
        assert sorted(job.lane for job in first.jobs) == ["hangs 0", "hangs 0", "hangs 1"]
        assert not (await _claim(world, most=3, spare=3)).jobs
        await _put(world, *(_job(world, lane=f"quick {n}") for n in (0, 0, 1)))
        second = await _claim(world, most=3, spare=3)
        assert sorted(job.lane for job in second.jobs) == ["quick 0", "quick 1"]
        assert len((await _claim(world, most=4, spare=3)).jobs) == 1

    async def test_of_many_claims_at_once_none_gets_what_another_has(self, world: World) -> None:
        """All is claimed, each once, and no lane beyond its places."""
        await _put(world, *(_job(world, lane=f"lane {n % 3}") for n in range(12)))
        claims = await asyncio.gather(*(_claim(world, most=3, per_lane=3) for _ in range(6)))
        found = [job for claim in claims for job in claim.jobs]
        assert len(found) == len({job.id for job in found}) == 9

    async def test_the_figures_say_how_the_queue_stands(self, world: World) -> None:
        """Waiting, held, buried, and since when the oldest could have been done."""
        assert await _figures(world) == QueueFigures(
            waiting=0, held=0, buried=0, oldest_due_at=None
        )
        await _put(world, _job(world), _job(world), _job(world, due_at=MADE + LEASE))
        await _claim(world, most=1)
        assert await _figures(world) == QueueFigures(
            waiting=2, held=1, buried=0, oldest_due_at=MADE
        )
        late = MADE + LEASE
        assert await _figures(world, late) == QueueFigures(
            waiting=3, held=0, buried=0, oldest_due_at=MADE
        )
