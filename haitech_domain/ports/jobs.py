"""Work that is done later: put into the queue by the transaction that asks for it.

A job is held under a lease. Whoever holds one renews it while at work; where that stops, by
kill -9 too, the job is due again when the lease ends, and its next holder goes on. So work may be
done twice, never not at all, and what it writes is written once: the transaction that ends a job
is refused to everybody but its last holder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final, Protocol

import attrs

from haitech_domain.errors import DomainError
from haitech_domain.ids import JobId

PER_LANE: Final = 8
"""How many jobs of one lane are held at once, by all workers together."""


@attrs.frozen(kw_only=True)
class Job:
    """One piece of work.

    `kind` says what is done, `facts` with what (plain data, as JSON holds it); `secret` are
    further facts, which are kept encrypted. Of one `lane` only a few are held at once, so that
    what is slow delays nothing else. Of those with the same `name` there is one at most.
    `attempts` counts how often it was taken up without success, this time included; `taken` how
    often at all, which tells the last holder from those before. It is not to be done any more once
    `until` is over.
    """

    id: JobId
    kind: str
    due_at: datetime
    lane: str
    facts: Mapping[str, Any] = attrs.field(factory=dict)
    secret: Mapping[str, Any] | None = attrs.field(default=None, repr=False)
    name: str | None = None
    until: datetime | None = None
    attempts: int = 0
    taken: int = 0


@attrs.frozen(kw_only=True)
class Held:
    """What a claim found, and when to ask again: None where nothing waits."""

    jobs: Sequence[Job]
    next_due_at: datetime | None


@attrs.frozen(kw_only=True)
class QueueFigures:
    """How the queue stands: waiting (due or not yet), held by workers, buried.

    `oldest_due_at` is since when the oldest waits that could have been done.
    """

    waiting: int
    held: int
    buried: int
    oldest_due_at: datetime | None


@attrs.frozen
class JobLost(DomainError):
    """The lease was over, and somebody else has the job, or has done it."""

    reason: ClassVar[str] = "job.lost"
    says: ClassVar[str] = "this job is somebody else's by now"
    id: JobId


class Jobs(Protocol):
    """The queue, as one transaction sees it."""

    async def put(self, *jobs: Job) -> None:
        """Add work, which nobody sees before this transaction is committed.

        A job whose id or name is in the queue already is passed over.
        """
        ...

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
        """Take up work that is due at `at`; it is the holder's till `until`.

        Of a lane no more than `per_lane` are held at once, the longest due first. Where `most` is
        fewer than are due, lanes of which the fewest are held come first; and the last `spare` of
        those places are only for the first job of a lane of which nothing is held. Claims wait for
        each other.
        """
        ...

    async def renew(self, jobs: Sequence[Job], *, until: datetime) -> Sequence[JobId]:
        """Hold on to jobs for longer; those that are still the caller's."""
        ...

    async def finish(self, job: Job) -> None:
        """The job is done. :raises JobLost: it is somebody else's"""
        ...

    async def put_off(self, job: Job, *, due_at: datetime, why: str | None = None) -> None:
        """The job is to be done later; without a `why` nothing failed, and attempts begin anew.

        :raises JobLost: it is somebody else's
        """
        ...

    async def hasten(self, id: JobId, *, at: datetime) -> bool:
        """A job that waits till later is due at `at`; whether there is such a one.

        One that is held, buried or due already is left as it is.
        """
        ...

    async def bury(self, job: Job, *, at: datetime, why: str) -> None:
        """The job is given up, and kept to be looked at. :raises JobLost: it is somebody else's"""
        ...

    async def forget(self, *, buried_before: datetime, most: int = 1_000) -> int:
        """Remove the oldest of those given up before then, at most so many; say how many."""
        ...

    async def figures(self, *, at: datetime) -> QueueFigures:
        """How the queue stands."""
        ...
