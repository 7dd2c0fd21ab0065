"""Work that comes round by itself: one job of its name, whoever does it and however many work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta

import attrs

from haitech_domain.access import Actor
from haitech_domain.ids import JobId
from haitech_domain.ports import Clock, Ids, Job, Outcome, UnitOfWork


@attrs.frozen(kw_only=True)
class Round:
    """Work that is done after each pause of `every`, for as long as the school is there."""

    kind: str
    every: timedelta
    work: Callable[[], Awaitable[object]]
    clock: Clock

    async def __call__(self, job: Job) -> Outcome:
        """Do it, and have it done again after the pause."""
        del job
        await self.work()
        return Outcome(again_at=self.clock.now() + self.every)


@attrs.frozen(kw_only=True)
class BeginRounds:
    """See that all that comes round is in the queue, once."""

    uow: UnitOfWork
    clock: Clock
    ids: Ids

    async def __call__(self, rounds: Iterable[Round]) -> None:
        """Put what is missing; what is there already keeps its time."""
        due_at = self.clock.now()
        jobs = [
            Job(
                id=JobId(self.ids.new()),
                kind=one.kind,
                name=one.kind,
                lane=one.kind,
                due_at=due_at + one.every,
            )
            for one in rounds
        ]
        await self.uow.run(Actor.system("worker"), lambda tx: tx.jobs.put(*jobs))
