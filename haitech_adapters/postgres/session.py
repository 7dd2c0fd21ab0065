"""One connection for the time of one piece of work; the only place that runs statements."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import psycopg
from psycopg.pq import TransactionStatus

from haitech_adapters.postgres.failures import (
    Repeat,
    TransactionFailed,
    WriteInReading,
    judged,
    judged_in_commit,
    unavailable,
)
from haitech_adapters.postgres.journal import WRITE, Journal
from haitech_adapters.postgres.totals import LongTotals
from haitech_domain.change import Change

Row = tuple[Any, ...]
Params = Mapping[str, Any]
Connection = psycopg.AsyncConnection[Row]
Log = Callable[[str, float], None]
"""Told of every statement's text and its seconds; never of parameters."""

_ONE: Final = 1

E = TypeVar("E", bound=BaseException)


class Session:
    """Runs statements, and remembers the first that failed: nothing can follow it.

    `totals` are those of long lists, for work that only reads; without them every list is counted.
    """

    def __init__(
        self,
        connection: Connection,
        journal: Journal,
        log: Log | None = None,
        *,
        totals: LongTotals | None = None,
    ) -> None:
        self._connection = connection
        self.totals = totals
        self._log = log
        self.journal = journal
        self.failure: BaseException | None = None
        self._reading = journal.actor is None

    @contextmanager
    def joined(self, *, reading: bool) -> Iterator[None]:
        """Around work within this session's work."""
        before, self._reading = self._reading, reading
        try:
            yield
        finally:
            self._reading = before

    def must_write(self) -> None:
        """:raises WriteInReading: this session only reads, or what is done in it just now"""
        if self._reading:
            raise WriteInReading("work given to `read` neither saves nor locks; use `run`")

    async def begin(self) -> None:
        """Begin the transaction. The isolation is READ COMMITTED; rows are locked by name."""
        await self.rows("BEGIN", None)

    async def rows(self, sql: str, params: Params | None) -> list[Row]:
        """All rows of a query.

        :raises Exception: what the failure was judged to be (`failures.py`)
        """
        return await self._rows(sql, params, prepare=None)

    async def planned_rows(self, sql: str, params: Params) -> list[Row]:
        """All rows of a query that is planned anew each time, for the values that it is given.

        A plan that is kept takes every stretch of days for a short one, and reads years by it.

        :raises Exception: what the failure was judged to be (`failures.py`)
        """
        return await self._rows(sql, params, prepare=False)

    async def _rows(self, sql: str, params: Params | None, *, prepare: bool | None) -> list[Row]:
        self._must_be_well()
        began = time.perf_counter()
        try:
            cursor = await self._connection.execute(sql, params, prepare=prepare)
            # whether there are rows; `description` would describe every column for that
            return [] if cursor.rownumber is None else await cursor.fetchall()
        except psycopg.Error as error:
            raise self.failed(judged(error)) from error
        finally:
            self._told(sql, began)

    async def rows_of_each(self, queries: Sequence[tuple[str, Params]]) -> list[list[Row]]:
        """All rows of several queries, in one round trip.

        :raises Exception: what the failure was judged to be (`failures.py`)
        """
        self._must_be_well()
        began = time.perf_counter()
        try:
            async with self._connection.pipeline():
                cursors = [await self._connection.execute(*query) for query in queries]
            return [await cursor.fetchall() for cursor in cursors]
        except psycopg.Error as error:
            raise self.failed(judged(error)) from error
        finally:
            for sql, _params in queries:
                self._told(sql, began)

    async def write(
        self, statements: Sequence[tuple[str, Params]], changes: Sequence[Change[Any]] = ()
    ) -> list[int]:
        """Run statements in order, in one round trip, and say how many rows each touched.

        `changes` are what the statements write, so that a refusal can name the right one.
        """
        self._must_be_well()
        cursors: list[psycopg.AsyncCursor[Row]] = []
        began = time.perf_counter()
        try:
            if len(statements) == _ONE:
                cursors.append(await self._connection.execute(*statements[0]))
            else:
                async with self._connection.pipeline():
                    for statement in statements:
                        cursor = self._connection.cursor()
                        cursors.append(cursor)
                        await cursor.execute(*statement)
        except psycopg.Error as error:
            answered = sum(cursor.statusmessage is not None for cursor in cursors)
            blamed = changes[answered] if answered < len(changes) else None
            raise self.failed(judged(error, blamed)) from error
        finally:
            for sql, _params in statements:
                self._told(sql, began)
        return [cursor.rowcount for cursor in cursors]

    async def commit(self) -> None:
        """Write the journal and commit, in one round trip.

        :raises TransactionFailed: a statement had failed, and the work hid it
        :raises Unavailable: the connection broke, and whether it committed is unknown
        """
        if self.failure is not None:
            raise TransactionFailed("a refusal must leave the work") from self.failure
        began = time.perf_counter()
        sealed = self.journal.sealed()
        try:
            if sealed is None:
                done = await self._connection.execute("COMMIT")
            else:
                async with self._connection.pipeline():
                    await self._connection.execute(WRITE, sealed)
                    done = await self._connection.execute("COMMIT")
        except psycopg.Error as error:
            raise self.failed(judged_in_commit(error)) from error
        finally:
            self._told("COMMIT" if sealed is None else f"{WRITE}; COMMIT", began)
        if done.statusmessage != "COMMIT":
            raise self.failed(unavailable())

    async def roll_back(self) -> None:
        """Undo everything. A connection that cannot even do that is thrown away by the pool."""
        if self._connection.info.transaction_status is TransactionStatus.IDLE:
            return
        try:
            await self._connection.rollback()
        except psycopg.Error:
            await self._connection.close()

    def failed(self, failure: E) -> E:
        """Remember why nothing can follow, and give it back for raising."""
        if self.failure is None:
            self.failure = failure
        return failure

    def _must_be_well(self) -> None:
        if isinstance(self.failure, Repeat):
            raise self.failure
        if self.failure is not None:
            raise TransactionFailed("a refusal must leave the work") from self.failure

    def _told(self, sql: str, began: float) -> None:
        if self._log is not None:
            self._log(sql, time.perf_counter() - began)
