"""Transactions in memory: one after another, whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from haitech_adapters.ambient import Ambient
from haitech_adapters.memory.answers import MemoryAnswers
from haitech_adapters.memory.attendance import ATTENDANCE, MemoryAttendance
from haitech_adapters.memory.audit import AUDIT
from haitech_adapters.memory.exports import EXPORTS, MemoryExportFiles, MemoryExports
from haitech_adapters.memory.imports import MemoryImportLedger
from haitech_adapters.memory.instructors import (
    INSTRUCTORS,
    TIME_OFF,
    MemoryInstructors,
    MemoryTimeOff,
)
from haitech_adapters.memory.jobs import MemoryJobs
from haitech_adapters.memory.leads import LEAD_NOTES, LEADS, MemoryLeads
from haitech_adapters.memory.payments import MemoryPayments
from haitech_adapters.memory.people import (
    API_KEYS,
    CUSTOMERS,
    LOGIN_SESSIONS,
    ONE_TIME_TOKENS,
    STUDENTS,
    USERS,
    MemoryApiKeys,
    MemoryCustomers,
    MemoryLoginSessions,
    MemoryOneTimeTokens,
    MemoryStudents,
    MemoryUsers,
)
from haitech_adapters.memory.places import BRANCHES, CLOSURES, COURSES, ORDERS, MemoryClosures
from haitech_adapters.memory.reports import MemoryReports
from haitech_adapters.memory.repository import MemoryRepository, NamedRepository
from haitech_adapters.memory.session import Session
from haitech_adapters.memory.state import Committed, State
from haitech_adapters.memory.teaching import (
    CYCLES,
    MEETINGS,
    REGISTRATIONS,
    MemoryCycles,
    MemoryMeetings,
    MemoryRegistrations,
)
from haitech_adapters.memory.views import SAVED_VIEWS, MemorySavedViews
from haitech_adapters.memory.webhooks import DELIVERIES, WEBHOOKS, MemoryDeliveries, fan_out
from haitech_adapters.memory.zoom import MemoryZoomEvents
from haitech_domain.access import Actor
from haitech_domain.ports import Clock, Ids, Transaction

R = TypeVar("R")


class MemoryTransaction:
    """The repositories over one session."""

    def __init__(self, session: Session) -> None:
        self.session: Final = session
        self.customers: Final = MemoryCustomers(CUSTOMERS, session)
        self.students: Final = MemoryStudents(STUDENTS, session)
        self.courses: Final = NamedRepository(COURSES, session)
        self.branches: Final = NamedRepository(BRANCHES, session)
        self.closures: Final = MemoryClosures(CLOSURES, session)
        self.instructors: Final = MemoryInstructors(INSTRUCTORS, session)
        self.time_off: Final = MemoryTimeOff(TIME_OFF, session)
        self.orders: Final = MemoryRepository(ORDERS, session)
        self.cycles: Final = MemoryCycles(CYCLES, session)
        self.meetings: Final = MemoryMeetings(MEETINGS, session)
        self.registrations: Final = MemoryRegistrations(REGISTRATIONS, session)
        self.payments: Final = MemoryPayments(session)
        self.attendance: Final = MemoryAttendance(ATTENDANCE, session)
        self.leads: Final = MemoryLeads(LEADS, session)
        self.lead_notes: Final = MemoryRepository(LEAD_NOTES, session)
        self.saved_views: Final = MemorySavedViews(SAVED_VIEWS, session)
        self.users: Final = MemoryUsers(USERS, session)
        self.login_sessions: Final = MemoryLoginSessions(LOGIN_SESSIONS, session)
        self.one_time_tokens: Final = MemoryOneTimeTokens(ONE_TIME_TOKENS, session)
        self.audit: Final = MemoryRepository(AUDIT, session)
        self.api_keys: Final = MemoryApiKeys(API_KEYS, session)
        self.imports: Final = MemoryImportLedger(session)
        self.answers: Final = MemoryAnswers(session)
        self.reports: Final = MemoryReports(session)
        self.jobs: Final = MemoryJobs(session)
        self.webhooks: Final = MemoryRepository(WEBHOOKS, session)
        self.deliveries: Final = MemoryDeliveries(DELIVERIES, session)
        self.zoom_events: Final = MemoryZoomEvents(session)
        self.exports: Final = MemoryExports(EXPORTS, session)
        self.export_files: Final = MemoryExportFiles(session)


class MemoryUnitOfWork:
    """The unit of work over rows in this process, for trying out and for tests.

    Work that writes runs strictly one after another; work that reads sees what was committed
    when it began and waits for nobody. A `run` within a `run` of the same task joins it; in
    another task it waits for its turn, so work must not wait for such a task.
    """

    def __init__(self, ids: Ids, clock: Clock) -> None:
        self._ids = ids
        self._clock = clock
        self._state = State()
        self._turn = asyncio.Lock()
        self._committed: list[Committed] = []
        self._ambient = Ambient[MemoryTransaction]()

    @property
    def committed(self) -> Sequence[Committed]:
        """The audit and outbox entries of every transaction that wrote, in order of commit."""
        return tuple(self._committed)

    async def run(self, actor: Actor, work: Callable[[Transaction], Awaitable[R]]) -> R:
        """Do the work on a private copy, which becomes the state unless it raises.

        Within another `run` of the same task it joins that one's.
        """
        outer = self._ambient.current()
        if outer is not None:
            with outer.session.joined(reading=False):
                return await work(outer)
        async with self._turn:
            state = self._state.copy()
            session = Session(state, self._ids, self._clock, actor)
            with self._ambient.bound(MemoryTransaction(session)) as transaction:
                result = await work(transaction)
            written = session.sealed()
            if written is not None:
                fan_out(state, written, self._ids)
                state.table(AUDIT.cls).update({entry.id: entry for entry in written.audit})
                self._state = state
                self._committed.append(written)
            return result

    async def read(self, work: Callable[[Transaction], Awaitable[R]]) -> R:
        """Do work that only reads, on what is committed now, or on what a `run` around it sees.

        :raises WriteInReading: it saves or locks
        """
        outer = self._ambient.current()
        if outer is not None:
            with outer.session.joined(reading=True):
                return await work(outer)
        # a committed state is replaced, never changed, so it is its own snapshot
        session = Session(self._state, self._ids, self._clock, actor=None)
        return await work(MemoryTransaction(session))
