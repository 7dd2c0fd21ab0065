"""Reading for a long time, all of it as it was at one moment, without keeping anybody waiting."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import psycopg

from haitech_adapters.postgres.failures import Repeat, judged, unavailable
from haitech_adapters.postgres.journal import Journal
from haitech_adapters.postgres.pool import PoolSettings, set_up
from haitech_adapters.postgres.session import Connection, Log, Session
from haitech_adapters.postgres.unit_of_work import PostgresTransaction
from haitech_domain.ports import Clock, Ids, Transaction

R = TypeVar("R")

PATIENT: Final = PoolSettings(
    statement_timeout_ms=10 * 60_000,
    idle_in_transaction_timeout_ms=10 * 60_000,
    application_name="haitech-export",
)
"""Its first rows may have to be sorted out of millions, and whoever writes them down may be slow;
what hangs for longer is ended all the same, for old snapshots keep a database from cleaning up."""
_ALIVE: Final[dict[str, Any]] = {"keepalives": 1, "keepalives_idle": 30, "keepalives_interval": 10}
_BEGIN: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class PostgresSnapshots:
    """Snapshots, each on a connection of its own, so none is taken from the pool of requests."""

    def __init__(
        self,
        url: str,
        ids: Ids,
        clock: Clock,
        log: Log | None = None,
        settings: PoolSettings = PATIENT,
    ) -> None:
        self._url = url
        self._ids = ids
        self._clock = clock
        self._log = log
        self._settings = settings

    async def read(self, work: Callable[[Transaction], Awaitable[R]]) -> R:
        """Do work that only reads; all that it sees is as it was when it began.

        It is not repeated.

        :raises WriteInReading: it saves or locks
        :raises Unavailable: the database cannot be reached, or was lost on the way
        """
        try:
            async with self._connected() as connection:
                session = Session(connection, Journal(self._ids, self._clock, None), self._log)
                await session.rows(_BEGIN, None)
                return await work(PostgresTransaction(session, self._clock))
        except Repeat as lost:
            raise unavailable() from lost

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Connection]:
        try:
            connection = await psycopg.AsyncConnection.connect(
                self._url,
                autocommit=True,  # it says its own BEGIN
                connect_timeout=self._settings.connect_timeout,
                application_name=self._settings.application_name,
                **_ALIVE,
            )
        except psycopg.Error as error:
            raise judged(error) from error
        try:
            await set_up(connection, self._settings)
            yield connection
        finally:
            await connection.close()  # which ends the transaction, too
