"""Sealing: a chain of signatures over the rows of the log, made after them.

Writers know nothing of it and never wait. Positions are given out before a commit, so a row may
become visible after rows above it were sealed: seals stand in the order of sealing, and rows are
looked for above the highest position of which it is sure that nothing can appear below any more.
"""

from __future__ import annotations

import asyncio
from typing import Final

import attrs
import psycopg
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout, TooManyRequests

from haitech_adapters.postgres.audit_key import AuditKey, Head, same
from haitech_adapters.postgres.audit_rows import (
    head_of,
    is_erased,
    is_true,
    keep,
    seal_numbered,
    sealed_over,
    unsealed,
)
from haitech_adapters.postgres.failures import unavailable
from haitech_adapters.postgres.session import Connection
from haitech_domain.ports import Clock

MOST: Final = 2_000
"""Rows sealed in one transaction."""
_LOCK: Final = 4_851_172_026
"""The advisory lock that one sealer at a time holds; any number of our own."""

_GIVEN_OUT: Final = """
SELECT coalesce(pg_sequence_last_value(
    pg_get_serial_sequence('audit_log', 'position')::regclass), 0)
"""
_WRITING: Final = """
SELECT virtualtransaction FROM pg_locks
WHERE locktype = 'relation' AND relation = 'audit_log'::regclass AND mode = 'RowExclusiveLock'
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_UNREACHABLE: Final = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    PoolTimeout,
    PoolClosed,
    TooManyRequests,
)
_ANY_SEAL: Final = "SELECT count(*) FROM (SELECT FROM audit_seals LIMIT 1) s"
_FROM_BEFORE: Final = "SELECT coalesce(max(position), 0) FROM audit_log WHERE mac = ''"


class SealsBroken(RuntimeError):
    """The end of the chain is not as it was left, so nothing can be sealed after it.

    `haitech audit verify` says what is wrong.
    """


@attrs.frozen
class _Moment:
    """The positions given out so far, and the transactions that may still bring one of them."""

    given_out: int
    writing: frozenset[str]


class AuditSealer:
    """Seals what is new. One at a time: where another process is at it, this one does nothing."""

    def __init__(self, pool: AsyncConnectionPool[Connection], key: AuditKey, clock: Clock) -> None:
        self._pool = pool
        self._key = key
        self._clock = clock
        self._moment: _Moment | None = None
        self.head: Head | None = None
        """The end of the chain as this sealer last saw it."""

    async def __call__(self, *, wait: bool = False) -> int:
        """Seal every row without a seal that can be seen; how many there were.

        With `wait` it waits its turn where another one seals.

        :raises SealsBroken: the chain's end was changed, removed or put back
        :raises Unavailable: the database cannot be reached
        """
        try:
            return await self._sealed(wait=wait)
        except psycopg.errors.UniqueViolation as error:
            raise SealsBroken("there are seals beyond the head of the audit log's seals") from error
        except _UNREACHABLE as error:
            raise unavailable() from error

    async def _sealed(self, *, wait: bool) -> int:
        async with self._pool.connection() as connection:
            settled = await self._settled(connection)
            done, after = 0, 0
            while True:
                async with connection.transaction():
                    if not await _my_turn(connection, wait=wait):
                        return done
                    sealed, after, head = await self._batch(connection, settled, after)
                self.head = head
                done += sealed
                if sealed < MOST:
                    return done

    async def _settled(self, connection: Connection) -> int:
        """The position up to which every row there will ever be can be seen from now on.

        Whoever was given a position holds the table's lock for writing until its transaction
        ends, and is seen by others before it lets go of that.
        """
        (given_out,) = await _row(connection, _GIVEN_OUT)
        cursor = await connection.execute(_WRITING)
        writing = frozenset(row[0] for row in await cursor.fetchall())
        before, now = self._moment, _Moment(given_out, writing)
        if not writing:
            self._moment = None
            return now.given_out
        if before is None:
            self._moment = now
            return 0
        if before.writing & writing:
            return 0
        self._moment = now
        return before.given_out

    async def _batch(
        self, connection: Connection, settled: int, after: int
    ) -> tuple[int, int, Head]:
        """Seal some rows; how many, the position of the last, and where the chain ends then."""
        head, is_new = await self._head(connection)
        rows = await unsealed(connection, after=max(after, head.settled), most=MOST)
        # only when the last row is sealed is everything up to there
        target = max(settled, head.settled) if len(rows) < MOST else head.settled
        if not (rows or is_new or target > head.settled):
            return 0, after, head
        seals, moved = await asyncio.to_thread(
            sealed_over, self._key, head, rows, settled=target, at=self._clock.now()
        )
        await keep(connection, seals, moved)
        return len(rows), rows[-1].position if rows else after, moved

    async def _head(self, connection: Connection) -> tuple[Head, bool]:
        """Where the chain ends, and whether it begins only now.

        :raises SealsBroken: not where it was left
        """
        head = await head_of(connection)
        if head is None:
            (seals,) = await _row(connection, _ANY_SEAL)
            if seals or self.head is not None:
                raise SealsBroken("the head of the audit log's seals is gone")
            if await is_erased(connection):
                raise SealsBroken("the audit log is gone: it has no row, and there are users")
            (unsigned,) = await _row(connection, _FROM_BEFORE)
            return Head(unsigned=unsigned, sealed_at=self._clock.now()), True
        if not is_true(self._key, head):
            raise SealsBroken("the head of the audit log's seals is not signed with this key")
        await self._follows(connection, head)
        return head, False

    async def _follows(self, connection: Connection, head: Head) -> None:
        """Whether the chain that this sealer saw before is a part of the one that is there."""
        known = self.head
        if known is None or known.number == 0:
            return
        seal = await seal_numbered(connection, known.number)
        if head.number < known.number or seal is None or not same(seal.mac, known.mac):
            raise SealsBroken(
                f"the audit log's seals were put back: {known.anchor} is no longer among them"
            )


async def _my_turn(connection: Connection, *, wait: bool) -> bool:
    if wait:
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        return True
    cursor = await connection.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
    ((mine,),) = await cursor.fetchall()
    return bool(mine)


async def _row(connection: Connection, sql: str) -> tuple[int]:
    cursor = await connection.execute(sql)
    ((value,),) = await cursor.fetchall()
    return (int(value),)
