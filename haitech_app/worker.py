"""Doing what is in the queue: many jobs at a time, each under a lease that is renewed."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Final, TypeAlias

import attrs
import structlog

from haitech_domain.access import Actor
from haitech_domain.errors import DomainError
from haitech_domain.ids import JobId
from haitech_domain.ports import (
    PER_LANE,
    Clock,
    Handler,
    Held,
    Job,
    JobLost,
    Note,
    Outcome,
    Transaction,
    Unavailable,
    UnitOfWork,
)
from haitech_domain.use_cases.coming_round import BeginRounds, Round

log = structlog.get_logger("haitech.worker")

LEASE: Final = timedelta(seconds=30)
"""How long work is held without renewing: a killed worker's is taken over after that."""
RENEWAL: Final = LEASE.total_seconds() / 3
POLL: Final = 5.0
"""Seconds between two looks at the queue, where nobody says that something was added."""
STUCK: Final = 60.0
"""Seconds without a look at the queue after which something is wrong: no statement takes so long."""
AT_ONCE: Final = 128
"""How many jobs one process does at a time; most of them wait for somebody else."""
PATIENCE: Final = 20.0
"""Seconds that running work has to end when the worker stops."""
MOST_ATTEMPTS: Final = 12
FIRST_PAUSE: Final = timedelta(seconds=10)
ENDING_AGAIN: Final = 0.5
"""Seconds before writing down once more what became of a job, where the store was away."""
_LONGEST_PAUSE: Final = timedelta(hours=1)
SYSTEM: Final = Actor.system("worker")


def holder() -> str:
    """What this process is called in the queue."""
    return f"{socket.gethostname()}:{os.getpid()}"


def pause_after(attempts: int, first: timedelta = FIRST_PAUSE) -> timedelta:
    """How long to wait before another try: 10 s, 30 s, 90 s … an hour.

    `first` is shorter where what was needed was only away for a moment.
    """
    times: int = 3 ** min(attempts - 1, 10)
    return min(_LONGEST_PAUSE, first * times)


def _first_pause(refused: DomainError) -> timedelta:
    """What was only away says when it will be there again."""
    if isinstance(refused, Unavailable):
        return timedelta(seconds=refused.retry_after)
    return FIRST_PAUSE


def _called(outcome: Outcome) -> str:
    if outcome.buried:
        return "buried"
    return "done" if outcome.again_at is None else "put_off"


Tell: TypeAlias = Callable[[str, str], object]
"""Is told of each job that ended: its kind, and whether it was done, put_off, buried or lost."""


def nobody(*_: str) -> None:
    """Nobody is told."""


@attrs.define(kw_only=True)
class Worker:
    """Claims jobs, does each by the handler of its kind, and ends it in a transaction.

    A handler that raises makes its job be tried again after a growing pause, and after
    `most_attempts` the job is buried; so is one whose kind nobody does, and one that was taken up
    and not ended that often, for it may be what kills the workers. What comes round (`rounds`) is
    never buried. Half of the places are only for lanes of which nothing is held: so that it takes as
    many targets that hang as there are places to be in the way of those that answer.
    """

    uow: UnitOfWork
    clock: Clock
    begin_rounds: BeginRounds
    handlers: Mapping[str, Handler]
    rounds: Sequence[Round] = ()
    name: str = attrs.field(factory=holder)
    tell: Tell = nobody
    at_once: int = AT_ONCE
    per_lane: int = PER_LANE
    most_attempts: int = MOST_ATTEMPTS
    _running: dict[JobId, tuple[Job, asyncio.Task[None]]] = attrs.field(factory=dict, init=False)
    _woken: asyncio.Event = attrs.field(factory=asyncio.Event, init=False)
    _well: bool = attrs.field(default=True, init=False)
    _turned: float | None = attrs.field(default=None, init=False)
    now: Callable[[], float] = time.monotonic

    def wake(self) -> None:
        """There may be something to do."""
        self._woken.set()

    @property
    def trouble(self) -> str | None:
        """Why it can do nothing at the moment; None while the queue answers."""
        if not self._well:
            return "the queue cannot be reached"
        if self._turned is not None and self.now() - self._turned > STUCK:
            return f"the queue was not looked at for {STUCK:.0f} s"
        return None

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Work for as long as the context lasts; at its end let running work finish."""
        tasks = [asyncio.create_task(self._claiming()), asyncio.create_task(self._renewing())]
        try:
            yield
        finally:
            tasks[0].cancel()
            with suppress(asyncio.CancelledError):
                await tasks[0]
            await self._settled()
            tasks[1].cancel()
            with suppress(asyncio.CancelledError):
                await tasks[1]

    async def drained(self) -> int:
        """Do all that is due now and comes of it; how many jobs that were. For tests and commands."""
        done = 0
        while (await self._claim()).jobs:
            done += len(self._running)
            await asyncio.gather(*(task for _, task in self._running.values()))
        return done

    async def _claiming(self) -> None:
        begun = False
        while True:
            self._woken.clear()
            self._turned = self.now()
            wait = POLL
            try:
                if not begun:
                    await self.begin_rounds(self.rounds)
                    begun = True
                held = await self._claim()
            except Unavailable as why:
                self._unwell(why)
            else:
                self._well = True
                wait = self._until_due(held)
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):  # wait_for can swallow that it was cancelled
                    await self._woken.wait()

    def _unwell(self, why: DomainError) -> None:
        if self._well:
            log.error("the queue cannot be reached", why=why.reason)
        self._well = False

    def _until_due(self, held: Held) -> float:
        if len(self._running) >= self.at_once:
            return POLL  # whatever ends wakes
        if held.jobs:
            return 0.0  # there may be more
        if held.next_due_at is None:
            return POLL
        return max(0.0, min(POLL, (held.next_due_at - self.clock.now()).total_seconds()))

    async def _claim(self) -> Held:
        """Take up what is due and there is room for, and begin with it."""
        room = self.at_once - len(self._running)
        if room <= 0:
            return Held(jobs=[], next_due_at=None)

        async def work(tx: Transaction) -> Held:
            at = self.clock.now()
            return await tx.jobs.claim(
                at=at,
                until=at + LEASE,
                holder=self.name,
                most=room,
                per_lane=self.per_lane,
                spare=self.at_once // 2,
            )

        held = await self.uow.run(SYSTEM, work)
        for job in held.jobs:
            self._stop(job.id)  # its lease was over while the store was away
            self._running[job.id] = (job, asyncio.create_task(self._do(job)))
        return held

    async def _do(self, job: Job) -> None:
        try:
            await self._ended(job, await self._outcome(job))
        except JobLost:
            log.warning("a job was taken over", kind=job.kind, job_id=str(job.id))
            self.tell(job.kind, "lost")
        except Exception:
            log.exception("a job could not be ended", kind=job.kind, job_id=str(job.id))
        finally:
            running = self._running.get(job.id)
            if running is not None and running[0].taken == job.taken:
                del self._running[job.id]
            self.wake()

    def _stop(self, id: JobId) -> None:
        """Stop doing a job that was taken up anew."""
        running = self._running.pop(id, None)
        if running is not None:
            running[1].cancel()

    async def _outcome(self, job: Job) -> Outcome:
        at = self.clock.now()
        handler = self.handlers.get(job.kind)
        if handler is None:
            return Outcome(buried=True, why="nobody does this kind of work")
        if job.until is not None and at >= job.until:
            return Outcome(buried=True, why="its time is over")
        if job.name is None and job.attempts > self.most_attempts:
            return Outcome(buried=True, why=f"taken up {job.attempts - 1} times and never ended")
        try:
            return await handler(job)
        except JobLost:
            raise
        except DomainError as refused:
            # its sentence may tell what nobody should read; its reason never does
            log.warning("a job failed", kind=job.kind, job_id=str(job.id), reason=refused.reason)
            return self._again(job, at, refused.reason, _first_pause(refused))
        except Exception as error:
            log.exception("a job failed", kind=job.kind, job_id=str(job.id))
            return self._again(job, at, type(error).__name__)

    def _again(
        self, job: Job, at: datetime, why: str, first_pause: timedelta = FIRST_PAUSE
    ) -> Outcome:
        if job.name is None and job.attempts >= self.most_attempts:
            return Outcome(buried=True, why=why)
        return Outcome(again_at=at + pause_after(job.attempts, first_pause), why=why)

    async def _ended(self, job: Job, outcome: Outcome) -> None:
        """End it, as soon as the store is there again where it is away.

        What was done is done: giving it up would do it twice, and hold its place in the lane till
        the lease is over. Whoever has it by then makes this end with `JobLost`.
        """
        while True:
            try:
                return await self._end(job, outcome)
            except Unavailable as why:
                self._unwell(why)
                await asyncio.sleep(ENDING_AGAIN)

    async def _end(self, job: Job, outcome: Outcome) -> None:
        async def work(tx: Transaction) -> object:
            said = None if outcome.settle is None else await outcome.settle(tx)
            if outcome.buried:
                why = outcome.why or "given up"
                await tx.jobs.bury(job, at=self.clock.now(), why=why)
            elif outcome.again_at is not None:
                await tx.jobs.put_off(job, due_at=outcome.again_at, why=outcome.why)
            else:
                await tx.jobs.finish(job)
            return said

        said = await self.uow.run(SYSTEM, work)
        if isinstance(said, Note):
            log.warning(said.says, **said.facts)
        self.tell(job.kind, _called(outcome))
        if outcome.buried:
            log.error("a job is given up", kind=job.kind, job_id=str(job.id), why=outcome.why)

    async def _renewing(self) -> None:
        while True:
            await asyncio.sleep(RENEWAL)
            try:
                await self._renew()
            except Unavailable as why:
                self._unwell(why)

    async def _renew(self) -> None:
        """Hold on to what is running; stop what has become somebody else's."""
        jobs = [job for job, _ in self._running.values()]
        if not jobs:
            return
        until = self.clock.now() + LEASE
        kept = set(await self.uow.run(SYSTEM, lambda tx: tx.jobs.renew(jobs, until=until)))
        for job in jobs:
            running = self._running.get(job.id)
            if job.id not in kept and running is not None:
                log.warning("a job was taken over", kind=job.kind, job_id=str(job.id))
                running[1].cancel()

    async def _settled(self) -> None:
        """Let running work end; what takes too long is given back, to be done by another."""
        tasks = [task for _, task in self._running.values()]
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=PATIENCE)
        jobs = [job for job, task in self._running.values() if task in late]
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)
        for job in jobs:
            await self._given_back(job)

    async def _given_back(self, job: Job) -> None:
        async def work(tx: Transaction) -> None:
            await tx.jobs.put_off(job, due_at=self.clock.now(), why="the worker stopped")

        with suppress(DomainError):  # its lease ends by itself
            await self.uow.run(SYSTEM, work)
