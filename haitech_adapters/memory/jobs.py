"""The queue in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import attrs

from haitech_adapters.memory.session import Session
from haitech_adapters.memory.state import QueuedJob
from haitech_domain.ids import JobId
from haitech_domain.ports import PER_LANE, Held, Job, JobLost, QueueFigures


class MemoryJobs:
    """The queue. Transactions that write run one after another, so claims do, too."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def put(self, *jobs: Job) -> None:
        """Add work; a job whose id or name is taken is passed over."""
        with self._session.writing():
            queue = self._session.state.jobs
            for job in jobs:
                named = {one.job.name for one in queue.values()} - {None}
                if job.name not in named and job.id not in queue:
                    queue[job.id] = QueuedJob(job=attrs.evolve(job, attempts=0, taken=0))

    async def claim(
        self,
        *,
        at: datetime,
        until: datetime,
        holder: str,
        most: int,
        per_lane: int = PER_LANE,
        spare: int = 0,
    ) -> Held:
        """Take up work that is due, from each lane in turn."""
        with self._session.writing():
            queue = self._session.state.jobs
            waiting = [one for one in queue.values() if one.buried_at is None]
            taken = Counter(one.job.lane for one in waiting if _is_held(one, at))
            turns: list[tuple[int, QueuedJob]] = []
            for one in sorted(waiting, key=lambda one: (one.job.due_at, one.job.id)):
                if one.job.due_at <= at and taken[one.job.lane] < per_lane:
                    taken[one.job.lane] += 1
                    turns.append((taken[one.job.lane], one))
            found: list[Job] = []
            in_turn = sorted(turns, key=lambda turn: turn[0])[:most]
            for place, (turn, one) in enumerate(in_turn):
                if turn > 1 and place >= most - spare:
                    break
                job = one.job
                mine = attrs.evolve(
                    job, due_at=until, attempts=job.attempts + 1, taken=job.taken + 1
                )
                queue[job.id] = attrs.evolve(one, job=mine, held_by=holder)
                found.append(mine)
            due = (one.job.due_at for one in waiting if one.job.due_at > at)
            return Held(jobs=found, next_due_at=min(due, default=None))

    async def renew(self, jobs: Sequence[Job], *, until: datetime) -> Sequence[JobId]:
        """Hold on to jobs for longer; those that are still the caller's."""
        with self._session.writing():
            queue = self._session.state.jobs
            kept = [one for job in jobs if (one := self._mine(job)) is not None]
            for one in kept:
                later = attrs.evolve(one.job, due_at=until)
                queue[later.id] = attrs.evolve(one, job=later)
            return [one.job.id for one in kept]

    async def finish(self, job: Job) -> None:
        """The job is done. :raises JobLost: it is somebody else's"""
        with self._session.writing():
            del self._session.state.jobs[self._still(job).job.id]

    async def put_off(self, job: Job, *, due_at: datetime, why: str | None = None) -> None:
        """The job is to be done later. :raises JobLost: it is somebody else's"""
        with self._session.writing():
            one = self._still(job)
            attempts = one.job.attempts if why else 0
            later = attrs.evolve(one.job, due_at=due_at, attempts=attempts)
            self._session.state.jobs[job.id] = QueuedJob(job=later, why=why)

    async def hasten(self, id: JobId, *, at: datetime) -> bool:
        """A job that waits till later is due at `at`; whether there is such a one."""
        with self._session.writing():
            one = self._session.state.jobs.get(id)
            waits = one is not None and one.held_by is None and one.buried_at is None
            if one is None or not waits or one.job.due_at <= at:
                return False
            sooner = attrs.evolve(one.job, due_at=at)
            self._session.state.jobs[id] = attrs.evolve(one, job=sooner)
            return True

    async def bury(self, job: Job, *, at: datetime, why: str) -> None:
        """The job is given up, and kept to be looked at. :raises JobLost: it is somebody else's"""
        with self._session.writing():
            one = self._still(job)
            self._session.state.jobs[job.id] = QueuedJob(job=one.job, buried_at=at, why=why)

    async def forget(self, *, buried_before: datetime, most: int = 1_000) -> int:
        """Remove the oldest of those given up before then; say how many they were."""
        with self._session.writing():
            queue = self._session.state.jobs
            old = sorted(
                (one.buried_at, id)
                for id, one in queue.items()
                if one.buried_at is not None and one.buried_at < buried_before
            )[:most]
            for _, id in old:
                del queue[id]
            return len(old)

    async def figures(self, *, at: datetime) -> QueueFigures:
        """How the queue stands."""
        queue = self._session.state.jobs.values()
        waiting = [one for one in queue if one.buried_at is None]
        held = sum(_is_held(one, at) for one in waiting)
        due = (one.job.due_at for one in waiting if one.job.due_at <= at)
        return QueueFigures(
            waiting=len(waiting) - held,
            held=held,
            buried=len(queue) - len(waiting),
            oldest_due_at=min(due, default=None),
        )

    def _mine(self, job: Job) -> QueuedJob | None:
        """The job as it is kept, if nobody has taken it up since the caller did."""
        one = self._session.state.jobs.get(job.id)
        held = one is not None and one.held_by is not None
        return one if one is not None and held and one.job.taken == job.taken else None

    def _still(self, job: Job) -> QueuedJob:
        """:raises JobLost: it is somebody else's"""
        one = self._mine(job)
        if one is None:
            raise JobLost(job.id)
        return one


def _is_held(one: QueuedJob, at: datetime) -> bool:
    return one.held_by is not None and one.job.due_at > at
