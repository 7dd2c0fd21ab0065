"""One transaction over all repositories."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol, TypeVar

import attrs

from haitech_domain.access import Actor
from haitech_domain.ports.answers import Answers
from haitech_domain.ports.audit import AuditTrail
from haitech_domain.ports.exports import ExportFiles, Exports
from haitech_domain.ports.jobs import Jobs
from haitech_domain.ports.reports import Reports
from haitech_domain.ports.repositories import (
    ApiKeys,
    Attendance,
    Branches,
    Closures,
    Courses,
    Customers,
    Cycles,
    Instructors,
    LeadNotes,
    Leads,
    LoginSessions,
    Meetings,
    OneTimeTokens,
    Orders,
    Payments,
    Registrations,
    SavedViews,
    Students,
    TimeOffs,
    Users,
)
from haitech_domain.ports.webhooks import Deliveries, Webhooks
from haitech_domain.ports.zoom import ZoomEvents

R = TypeVar("R")


@attrs.frozen(kw_only=True)
class Imported:
    """What the import ledger knows of one row: its key, what it held, what became of it."""

    key: str
    digest: str
    entity: str
    entity_id: str


class ImportLedger(Protocol):
    """Which rows of other programs' exports have come in already."""

    async def known(self, keys: Sequence[str]) -> Mapping[str, Imported]:
        """The entries among these keys."""
        ...

    async def record(self, entries: Sequence[Imported]) -> None:
        """Remember rows. :raises Duplicate: a key is known already"""
        ...


class Transaction(Protocol):
    """The repositories as one transaction sees them."""

    @property
    def customers(self) -> Customers: ...
    @property
    def students(self) -> Students: ...
    @property
    def courses(self) -> Courses: ...
    @property
    def branches(self) -> Branches: ...
    @property
    def closures(self) -> Closures: ...
    @property
    def instructors(self) -> Instructors: ...
    @property
    def time_off(self) -> TimeOffs: ...
    @property
    def orders(self) -> Orders: ...
    @property
    def cycles(self) -> Cycles: ...
    @property
    def meetings(self) -> Meetings: ...
    @property
    def registrations(self) -> Registrations: ...
    @property
    def payments(self) -> Payments: ...
    @property
    def attendance(self) -> Attendance: ...
    @property
    def leads(self) -> Leads: ...
    @property
    def lead_notes(self) -> LeadNotes: ...
    @property
    def saved_views(self) -> SavedViews: ...
    @property
    def users(self) -> Users: ...
    @property
    def login_sessions(self) -> LoginSessions: ...
    @property
    def one_time_tokens(self) -> OneTimeTokens: ...
    @property
    def audit(self) -> AuditTrail: ...
    @property
    def api_keys(self) -> ApiKeys: ...
    @property
    def imports(self) -> ImportLedger: ...
    @property
    def answers(self) -> Answers: ...
    @property
    def reports(self) -> Reports: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def webhooks(self) -> Webhooks: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def zoom_events(self) -> ZoomEvents: ...
    @property
    def exports(self) -> Exports: ...
    @property
    def export_files(self) -> ExportFiles: ...


class UnitOfWork(Protocol):
    """Runs a piece of work in one transaction.

    The work is a function so that it can run again: an adapter repeats it from the start when
    the database asks for that (a serialization failure, a deadlock, a connection lost before the
    commit). It must therefore do nothing but what goes through the transaction.

    Work begun within work of the same task joins its transaction: there is one commit, at the end
    of the outermost `run`, and only that one is repeated. Whatever an inner `run` raises must
    leave the outermost, too: a transaction whose inner work failed cannot be committed. The
    journal names the outermost actor. Other tasks, also those started inside, have transactions
    of their own (`asyncio.gather` and, in Python 3.11, `asyncio.wait_for` start tasks).
    """

    async def run(self, actor: Actor, work: Callable[[Transaction], Awaitable[R]]) -> R:
        """Do the work and keep everything, or, when it raises, nothing.

        :raises Unavailable: the store cannot be reached, or has no room for another transaction
        """
        ...

    async def read(self, work: Callable[[Transaction], Awaitable[R]]) -> R:
        """Do work that only reads; saving in it is an error. Within `run` it sees its writing.

        :raises Unavailable: the store cannot be reached, or has no room for another transaction
        """
        ...
