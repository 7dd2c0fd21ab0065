"""Transactions on PostgreSQL: kept whole or not at all, repeated where that is safe."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import cached_property
from typing import Any, Final, TypeVar

from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout, TooManyRequests
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_random_exponential

from haitech_adapters.ambient import Ambient
from haitech_adapters.postgres import mappings
from haitech_adapters.postgres.access import (
    PostgresLoginSessions,
    PostgresOneTimeTokens,
    PostgresUsers,
)
from haitech_adapters.postgres.answers import PostgresAnswers
from haitech_adapters.postgres.audit import AUDIT
from haitech_adapters.postgres.audit_key import AuditKey
from haitech_adapters.postgres.exports import EXPORTS, PostgresExportFiles, PostgresExports
from haitech_adapters.postgres.failures import Repeat, unavailable
from haitech_adapters.postgres.jobs import PostgresJobs, Sealing
from haitech_adapters.postgres.journal import Journal
from haitech_adapters.postgres.leads import PostgresCustomers, PostgresLeads
from haitech_adapters.postgres.payments import PostgresPayments
from haitech_adapters.postgres.reports import PostgresReports
from haitech_adapters.postgres.repositories import (
    NamedRepository,
    PostgresApiKeys,
    PostgresClosures,
    PostgresImportLedger,
    PostgresInstructors,
    PostgresSavedViews,
    PostgresStudents,
    PostgresTimeOff,
)
from haitech_adapters.postgres.repository import PostgresRepository
from haitech_adapters.postgres.session import Connection, Log, Session
from haitech_adapters.postgres.teaching import (
    PostgresAttendance,
    PostgresCycles,
    PostgresMeetings,
    PostgresRegistrations,
)
from haitech_adapters.postgres.totals import LongTotals
from haitech_adapters.postgres.webhooks import DELIVERIES, WEBHOOKS, PostgresDeliveries
from haitech_adapters.postgres.zoom import PostgresZoomEvents
from haitech_domain.access import Actor
from haitech_domain.branch import Branch
from haitech_domain.change import Event
from haitech_domain.course import Course
from haitech_domain.lead import LeadNote
from haitech_domain.order import InstitutionalOrder
from haitech_domain.ports import Clock, Ids, Transaction
from haitech_domain.webhook import Webhook

R = TypeVar("R")
Pool = AsyncConnectionPool[Connection]
Work = Callable[[Transaction], Awaitable[R]]

REPEATS: Final = 4
"""How often work is repeated after its first failure, before the caller is told to come again."""


class PostgresTransaction:
    """The repositories over one session, each made when it is first asked for."""

    def __init__(self, session: Session, clock: Clock, sealing: Sealing | None = None) -> None:
        self._session = session
        self._clock = clock
        self._sealing = sealing

    @property
    def session(self) -> Session:
        """What runs its statements."""
        return self._session

    @cached_property
    def customers(self) -> PostgresCustomers:
        """The customers."""
        return PostgresCustomers(mappings.CUSTOMERS, self._session)

    @cached_property
    def students(self) -> PostgresStudents:
        """The students."""
        return PostgresStudents(mappings.STUDENTS, self._session)

    @cached_property
    def courses(self) -> NamedRepository[Course]:
        """The courses."""
        return NamedRepository(mappings.COURSES, self._session)

    @cached_property
    def branches(self) -> NamedRepository[Branch]:
        """The branches."""
        return NamedRepository(mappings.BRANCHES, self._session)

    @cached_property
    def closures(self) -> PostgresClosures:
        """The closures of branches."""
        return PostgresClosures(mappings.CLOSURES, self._session)

    @cached_property
    def instructors(self) -> PostgresInstructors:
        """The instructors."""
        return PostgresInstructors(mappings.INSTRUCTORS, self._session)

    @cached_property
    def time_off(self) -> PostgresTimeOff:
        """The time off of instructors."""
        return PostgresTimeOff(mappings.TIME_OFF, self._session)

    @cached_property
    def orders(self) -> PostgresRepository[InstitutionalOrder]:
        """The institutional orders."""
        return PostgresRepository(mappings.ORDERS, self._session)

    @cached_property
    def cycles(self) -> PostgresCycles:
        """The cycles."""
        return PostgresCycles(mappings.CYCLES, self._session)

    @cached_property
    def meetings(self) -> PostgresMeetings:
        """The meetings."""
        return PostgresMeetings(mappings.MEETINGS, self._session)

    @cached_property
    def registrations(self) -> PostgresRegistrations:
        """The registrations."""
        return PostgresRegistrations(mappings.REGISTRATIONS, self._session)

    @cached_property
    def payments(self) -> PostgresPayments:
        """The ledgers of registrations."""
        return PostgresPayments(self._session)

    @cached_property
    def attendance(self) -> PostgresAttendance:
        """The marks."""
        return PostgresAttendance(mappings.ATTENDANCE, self._session)

    @cached_property
    def leads(self) -> PostgresLeads:
        """The leads."""
        return PostgresLeads(mappings.LEADS, self._session)

    @cached_property
    def lead_notes(self) -> PostgresRepository[LeadNote]:
        """The notes of leads."""
        return PostgresRepository(mappings.LEAD_NOTES, self._session)

    @cached_property
    def saved_views(self) -> PostgresSavedViews:
        """The saved views."""
        return PostgresSavedViews(mappings.SAVED_VIEWS, self._session)

    @cached_property
    def users(self) -> PostgresUsers:
        """The users."""
        return PostgresUsers(mappings.USERS, self._session)

    @cached_property
    def login_sessions(self) -> PostgresLoginSessions:
        """The login sessions."""
        return PostgresLoginSessions(mappings.LOGIN_SESSIONS, self._session)

    @cached_property
    def one_time_tokens(self) -> PostgresOneTimeTokens:
        """The one-time tokens."""
        return PostgresOneTimeTokens(mappings.ONE_TIME_TOKENS, self._session)

    @cached_property
    def audit(self) -> PostgresRepository[Any]:
        """The audit log, for reading."""
        return PostgresRepository(AUDIT, self._session)

    @cached_property
    def api_keys(self) -> PostgresApiKeys:
        """The API keys."""
        return PostgresApiKeys(mappings.API_KEYS, self._session)

    @cached_property
    def imports(self) -> PostgresImportLedger:
        """The import ledger."""
        return PostgresImportLedger(self._session, self._clock)

    @cached_property
    def answers(self) -> PostgresAnswers:
        """The answers kept for retries."""
        return PostgresAnswers(self._session)

    @cached_property
    def webhooks(self) -> PostgresRepository[Webhook]:
        """The webhooks."""
        return PostgresRepository(WEBHOOKS, self._session)

    @cached_property
    def deliveries(self) -> PostgresDeliveries:
        """The deliveries."""
        return PostgresDeliveries(DELIVERIES, self._session)

    @cached_property
    def reports(self) -> PostgresReports:
        """Rows for reports."""
        return PostgresReports(self._session)

    @cached_property
    def jobs(self) -> PostgresJobs:
        """The queue."""
        return PostgresJobs(self._session, self._sealing)

    @cached_property
    def zoom_events(self) -> PostgresZoomEvents:
        """What Zoom told."""
        return PostgresZoomEvents(self._session)

    @cached_property
    def exports(self) -> PostgresExports:
        """The exports."""
        return PostgresExports(EXPORTS, self._session)

    @cached_property
    def export_files(self) -> PostgresExportFiles:
        """Their files."""
        return PostgresExportFiles(self._session)


class PostgresUnitOfWork:
    """The unit of work over a pool of connections (`pool.py`).

    `log` is told of every statement and its seconds; `audit_key` signs the audit rows, which are
    unsigned without it; `sealing` encrypts the secret facts of jobs, which are refused without it.
    `told` hears of the events of every transaction once it is committed, and must not fail.
    `totals` are those of long lists that are remembered (`totals.py`).
    """

    def __init__(
        self,
        pool: Pool,
        ids: Ids,
        clock: Clock,
        log: Log | None = None,
        *,
        audit_key: AuditKey | None = None,
        sealing: Sealing | None = None,
        told: Callable[[Sequence[Event]], object] | None = None,
        totals: LongTotals | None = None,
    ) -> None:
        self._totals = totals or LongTotals()
        self._told = told
        self._pool = pool
        self._ids = ids
        self._clock = clock
        self._log = log
        self._audit_key = audit_key
        self._sealing = sealing
        self._checking: asyncio.Task[None] | None = None
        self._ambient = Ambient[PostgresTransaction]()

    async def run(self, actor: Actor, work: Work[R]) -> R:
        """Do the work and keep everything, or, when it raises, nothing.

        Within another `run` of the same task it joins that one's transaction.

        :raises Unavailable: the database cannot be reached, has no room, or broke while it
            committed, which leaves unknown whether the work was kept
        """
        outer = self._ambient.current()
        if outer is not None:
            return await _joined(outer, work)
        return await self._repeated(lambda: self._kept(actor, work))

    async def read(self, work: Work[R]) -> R:
        """Do work that only reads; each question sees what is committed by then.

        Within a `run` of the same task it sees what that one has written, too.

        :raises WriteInReading: it saves or locks
        :raises Unavailable: the database cannot be reached, or has no room
        """
        outer = self._ambient.current()
        if outer is not None:
            with outer.session.joined(reading=True):
                return await work(outer)
        return await self._repeated(lambda: self._read(work))

    async def _repeated(self, once: Callable[[], Awaitable[R]]) -> R:
        try:
            return await once()
        except Repeat as failure:
            await self._recovered(failure)
        try:
            async for attempt in AsyncRetrying(
                stop=stop_after_attempt(REPEATS),
                wait=wait_random_exponential(multiplier=0.02, max=0.5),
                retry=retry_if_exception_type(Repeat),
                reraise=True,
            ):
                with attempt:
                    return await once()
        except Repeat as failure:
            raise unavailable() from failure
        raise AssertionError  # tenacity ends by returning or raising

    async def _recovered(self, failure: Repeat) -> None:
        """After one lost connection, look at the idle ones: a restart breaks them all."""
        if not failure.lost:
            return
        if self._checking is None or self._checking.done():
            self._checking = asyncio.create_task(self._pool.check())
        await asyncio.shield(self._checking)

    async def _kept(self, actor: Actor, work: Work[R]) -> R:
        connection = await self._connection()
        session = Session(
            connection, Journal(self._ids, self._clock, actor, self._audit_key), self._log
        )
        try:
            await session.begin()
            with self._ambient.bound(self._transaction(session)) as transaction:
                result = await work(transaction)
            await session.commit()
        except BaseException as error:
            await asyncio.shield(self._abandoned(session, connection))
            _prefer_repeating(session, error)
            raise
        if self._told is not None:
            self._told(session.journal.events)
        await self._pool.putconn(connection)
        return result

    async def _read(self, work: Work[R]) -> R:
        connection = await self._connection()
        session = Session(
            connection, Journal(self._ids, self._clock, None), self._log, totals=self._totals
        )
        try:
            result = await work(self._transaction(session))
        except BaseException as error:
            await asyncio.shield(self._abandoned(session, connection))
            _prefer_repeating(session, error)
            raise
        await self._pool.putconn(connection)
        return result

    def _transaction(self, session: Session) -> PostgresTransaction:
        return PostgresTransaction(session, self._clock, self._sealing)

    async def _connection(self) -> Connection:
        try:
            return await self._pool.getconn()
        except (PoolTimeout, PoolClosed, TooManyRequests) as error:
            raise unavailable() from error

    async def _abandoned(self, session: Session, connection: Connection) -> None:
        """Roll back and give the connection back, whatever interrupts the caller meanwhile."""
        try:
            await session.roll_back()
        finally:
            await self._pool.putconn(connection)


async def _joined(outer: PostgresTransaction, work: Work[R]) -> R:
    """Work within other work: what it refuses undoes all, whatever the outer work makes of it."""
    try:
        with outer.session.joined(reading=False):
            return await work(outer)
    except BaseException as error:
        outer.session.failed(error)
        raise


def _prefer_repeating(session: Session, error: BaseException) -> None:
    """Whatever the work made of a failure that asks for repeating, it is repeated."""
    if isinstance(error, Exception) and isinstance(session.failure, Repeat):
        raise session.failure from error
