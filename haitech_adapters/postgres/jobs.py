"""The queue in a table: claimed under a lock that is short, held under a lease."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

import msgspec
import sqlalchemy as sa
from psycopg.types.json import Jsonb
from sqlalchemy.dialects.postgresql import insert

from haitech_adapters.postgres.compiled import compiled
from haitech_adapters.postgres.mapping import parameter
from haitech_adapters.postgres.session import Session
from haitech_adapters.postgres.tables import jobs
from haitech_domain.ids import JobId
from haitech_domain.ports import PER_LANE, Held, Job, JobLost, QueueFigures

WAKE: Final = "haitech_jobs"
"""The channel on which workers hear that something was added."""

_COLUMNS: Final = (
    "id",
    "kind",
    "due_at",
    "lane",
    "facts",
    "secret",
    "name",
    "until",
    "attempts",
    "taken",
)
_ONE_CLAIM_AT_A_TIME: Final = compiled(
    sa.select(
        sa.func.pg_advisory_xact_lock(
            sa.func.hashtextextended(sa.literal_column(f"'{WAKE}'"), sa.literal_column("0"))
        )
    )
)
_PUT: Final = compiled(
    insert(jobs).values({name: parameter(name) for name in _COLUMNS}).on_conflict_do_nothing()
)

# Written out: the lanes are found by skipping through the index from one to the next, and of each
# only as many rows are read as it has places, however many wait in it. Where there is not room for
# all, lanes of which little is held come first, so that a long backlog of one delays no other; and
# the last places are kept for lanes of which nothing is held, so that many that hang do not, either.
_CLAIM: Final = """
WITH RECURSIVE lanes (lane) AS (
    (SELECT lane FROM jobs WHERE buried_at IS NULL ORDER BY lane LIMIT 1)
    UNION ALL
    SELECT (
        SELECT jobs.lane FROM jobs
        WHERE jobs.buried_at IS NULL AND jobs.lane > lanes.lane ORDER BY jobs.lane LIMIT 1
    )
    FROM lanes WHERE lanes.lane IS NOT NULL
), places (lane, held) AS (
    SELECT lanes.lane, (
        SELECT count(*) FROM jobs
        WHERE jobs.lane = lanes.lane AND jobs.buried_at IS NULL AND jobs.held_by IS NOT NULL
          AND jobs.due_at > %(at)s
    )
    FROM lanes WHERE lanes.lane IS NOT NULL
), in_turn AS (
    SELECT waiting.id, places.held + waiting.turn AS turn, row_number() OVER (
        ORDER BY places.held + waiting.turn, waiting.due_at, waiting.id
    ) AS place
    FROM places CROSS JOIN LATERAL (
        SELECT jobs.id, jobs.due_at, row_number() OVER (ORDER BY jobs.due_at, jobs.id) AS turn
        FROM jobs
        WHERE jobs.lane = places.lane AND jobs.buried_at IS NULL AND jobs.due_at <= %(at)s
        ORDER BY jobs.due_at, jobs.id LIMIT greatest(%(per_lane)s - places.held, 0)
    ) AS waiting
), due AS (
    SELECT id FROM in_turn
    WHERE turn = 1 OR place <= %(most)s - %(spare)s
    ORDER BY place LIMIT %(most)s
)
UPDATE jobs SET attempts = jobs.attempts + 1, taken = jobs.taken + 1, due_at = %(until)s, held_by = %(holder)s
FROM due WHERE jobs.id = due.id AND jobs.due_at <= %(at)s AND jobs.buried_at IS NULL
RETURNING jobs.id, jobs.kind, jobs.due_at, jobs.lane, jobs.facts, jobs.secret, jobs.name,
          jobs.until, jobs.attempts, jobs.taken
"""
_NEXT: Final = compiled(
    sa.select(sa.func.min(jobs.c.due_at)).where(
        jobs.c.buried_at.is_(None), jobs.c.due_at > parameter("at")
    )
)
_MINE: Final = sa.and_(
    jobs.c.id == parameter("job_id"),
    jobs.c.taken == parameter("taken"),
    jobs.c.held_by.is_not(None),
)
_RENEW: Final = compiled(jobs.update().where(_MINE).values(due_at=parameter("until")))
_FINISH: Final = compiled(jobs.delete().where(_MINE))
_PUT_OFF: Final = compiled(
    jobs.update()
    .where(_MINE)
    .values(
        due_at=parameter("due_at"),
        why=parameter("why", sa.Text()),
        held_by=sa.null(),
        # nothing failed: it comes round again, and its attempts begin anew
        attempts=sa.case(
            (parameter("why", sa.Text()).is_(None), sa.literal_column("0")), else_=jobs.c.attempts
        ),
    )
)
_TELL: Final = compiled(
    sa.select(sa.func.pg_notify(sa.literal_column(f"'{WAKE}'"), sa.literal_column("''")))
)
_HASTEN: Final = compiled(
    jobs.update()
    .where(
        jobs.c.id == parameter("job_id"),
        jobs.c.held_by.is_(None),
        jobs.c.buried_at.is_(None),
        jobs.c.due_at > parameter("at"),
    )
    .values(due_at=parameter("at"))
)
_BURY: Final = compiled(
    jobs.update()
    .where(_MINE)
    .values(buried_at=parameter("at"), why=parameter("why"), held_by=sa.null())
)
_OLD: Final = (
    sa.select(jobs.c.id)
    .where(jobs.c.buried_at < parameter("before"))
    .order_by(jobs.c.buried_at)
    .limit(parameter("most", sa.Integer()))
    .with_for_update(skip_locked=True)
)
_FORGET: Final = compiled(jobs.delete().where(jobs.c.id.in_(_OLD)))


def _figures() -> Any:
    waits = jobs.c.buried_at.is_(None)
    held = sa.and_(waits, jobs.c.held_by.is_not(None), jobs.c.due_at > parameter("at"))
    counted = sa.func.count()
    return sa.select(
        counted.filter(waits, sa.not_(held)),
        counted.filter(held),
        counted.filter(jobs.c.buried_at.is_not(None)),
        sa.func.min(jobs.c.due_at).filter(waits, jobs.c.due_at <= parameter("at")),
    ).select_from(jobs)


_FIGURES: Final = compiled(_figures())


class Sealing(Protocol):
    """Encrypts the secret facts of jobs."""

    def seal(self, text: bytes, *, about: bytes) -> bytes:
        """The text, encrypted; it opens only with the same `about`."""
        ...

    def open(self, sealed: bytes, *, about: bytes) -> bytes:
        """The text. :raises ValueError: it was sealed otherwise, or about something else"""
        ...


class PostgresJobs:
    """The queue. Without `sealing`, jobs with secret facts are refused."""

    def __init__(self, session: Session, sealing: Sealing | None) -> None:
        self._session = session
        self._sealing = sealing

    async def put(self, *added: Job) -> None:
        """Add work, which nobody sees before this transaction is committed.

        :raises ValueError: a job has secret facts, and nothing encrypts them
        """
        self._session.must_write()
        if added:
            await self._session.write([(_PUT, self._row(job)) for job in added])

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
        """Take up work that is due, from each lane in turn; claims wait for each other.

        A row that somebody is ending just now is waited for, and then taken only if it is still due.
        """
        self._session.must_write()
        await self._session.rows(_ONE_CLAIM_AT_A_TIME, {})
        room = {"most": most, "per_lane": per_lane, "spare": spare}
        params = {"at": at, "until": until, "holder": holder, **room}
        found = [self._job(row) for row in await self._session.rows(_CLAIM, params)]
        ((next_due_at,),) = await self._session.rows(_NEXT, {"at": at})
        # ids rise with time, so of those that were put at once the first comes first
        return Held(jobs=sorted(found, key=lambda job: job.id), next_due_at=next_due_at)

    async def renew(self, held: Sequence[Job], *, until: datetime) -> Sequence[JobId]:
        """Hold on to jobs for longer; those that are still the caller's."""
        self._session.must_write()
        if not held:
            return []
        counts = await self._session.write([(_RENEW, {**_of(j), "until": until}) for j in held])
        return [job.id for job, count in zip(held, counts, strict=True) if count]

    async def finish(self, job: Job) -> None:
        """The job is done. :raises JobLost: it is somebody else's"""
        await self._ended(job, _FINISH, {})

    async def put_off(self, job: Job, *, due_at: datetime, why: str | None = None) -> None:
        """The job is to be done later. :raises JobLost: it is somebody else's"""
        await self._ended(job, _PUT_OFF, {"due_at": due_at, "why": why})

    async def hasten(self, id: JobId, *, at: datetime) -> bool:
        """A job that waits till later is due at `at`; whether there is such a one."""
        self._session.must_write()
        (count,) = await self._session.write([(_HASTEN, {"job_id": id, "at": at})])
        if count:
            await self._session.rows(_TELL, {})
        return bool(count)

    async def bury(self, job: Job, *, at: datetime, why: str) -> None:
        """The job is given up, and kept to be looked at. :raises JobLost: it is somebody else's"""
        await self._ended(job, _BURY, {"at": at, "why": why})

    async def forget(self, *, buried_before: datetime, most: int = 1_000) -> int:
        """Remove the oldest of those given up before then; say how many they were."""
        self._session.must_write()
        params = {"before": buried_before, "most": most}
        (count,) = await self._session.write([(_FORGET, params)])
        return count

    async def figures(self, *, at: datetime) -> QueueFigures:
        """How the queue stands."""
        ((waiting, held, buried, oldest),) = await self._session.rows(_FIGURES, {"at": at})
        return QueueFigures(waiting=waiting, held=held, buried=buried, oldest_due_at=oldest)

    async def _ended(self, job: Job, sql: str, params: dict[str, Any]) -> None:
        self._session.must_write()
        (count,) = await self._session.write([(sql, {**_of(job), **params})])
        if not count:
            raise self._session.failed(JobLost(job.id))

    def _row(self, job: Job) -> dict[str, Any]:
        row = {name: getattr(job, name) for name in _COLUMNS}
        sealed = None if job.secret is None else self._sealed(job)
        return {**row, "facts": Jsonb(dict(job.facts)), "secret": sealed, "attempts": 0, "taken": 0}

    def _sealed(self, job: Job) -> bytes:
        if self._sealing is None:
            raise ValueError("a job with secret facts needs something that encrypts them")
        return self._sealing.seal(msgspec.json.encode(job.secret), about=job.id.bytes)

    def _job(self, row: Sequence[Any]) -> Job:
        values = dict(zip(_COLUMNS, row, strict=True))
        sealed = values["secret"]
        values["secret"] = None if sealed is None else self._opened(bytes(sealed), values["id"])
        return Job(**values)

    def _opened(self, sealed: bytes, id: UUID) -> Any:
        """The secret facts; None where the key is another by now, which whoever does it will say."""
        if self._sealing is None:
            return None
        try:
            return msgspec.json.decode(self._sealing.open(sealed, about=id.bytes))
        except ValueError:
            return None


def _of(job: Job) -> dict[str, Any]:
    return {"job_id": job.id, "taken": job.taken}
