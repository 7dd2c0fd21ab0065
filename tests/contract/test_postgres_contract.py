"""The ports on PostgreSQL keep the contracts of storage."""

from __future__ import annotations

import attrs
import pytest
from psycopg_pool import AsyncConnectionPool

from haitech_adapters.memory import CountingIds, FixedClock
from haitech_adapters.postgres import PoolSettings, PostgresUnitOfWork, make_pool
from haitech_adapters.security import AesGcmSealing
from haitech_adapters.security.keys import LENGTH
from haitech_domain.testing import contracts
from tests.postgres import databases

pytestmark = pytest.mark.postgres

AUDIT = "SELECT action, entity, entity_id, old, new, actor_kind FROM audit_log ORDER BY position"
EVENTS = "SELECT type, facts FROM outbox ORDER BY position"


@attrs.frozen
class PostgresWorld:
    """The tables of this process's database, emptied."""

    uow: PostgresUnitOfWork
    ids: CountingIds
    clock: FixedClock
    pool: AsyncConnectionPool

    async def journal(self) -> contracts.Journal:
        """What every committed transaction wrote beside its rows."""
        return contracts.Journal(audit=await self._all(AUDIT), events=await self._all(EVENTS))

    async def _all(self, query):
        async with self.pool.connection() as connection:
            cursor = await connection.execute(query)
            names = [column.name for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in await cursor.fetchall()]


@pytest.fixture(scope="module")
async def pool():
    """Connections that stay: a new one costs as much as a test."""
    async with make_pool(databases.database(), PoolSettings(min_size=1)) as pool:
        yield pool


@pytest.fixture
async def world(pool):
    databases.emptied()
    ids, clock = CountingIds(), FixedClock()
    uow = PostgresUnitOfWork(pool, ids, clock, sealing=AesGcmSealing(bytes(LENGTH)))
    return PostgresWorld(uow, ids, clock, pool)


class TestRepositories(contracts.RepositoryContract):
    """Every repository."""


class TestRoundTrip(contracts.RoundTripContract):
    """Saving and reading."""


class TestCursors(contracts.CursorsContract):
    """Lists by cursor."""


class TestApiKeys(contracts.ApiKeysContract):
    """API keys."""


class TestListing(contracts.ListingContract):
    """Lists."""


class TestUnitOfWork(contracts.UnitOfWorkContract):
    """Transactions."""


class TestAnswers(contracts.AnswersContract):
    """Answers kept for retries."""


class TestJobs(contracts.JobsContract):
    """The queue."""


class TestWebhooks(contracts.WebhooksContract):
    """Webhooks and deliveries."""


class TestUniqueness(contracts.UniquenessContract):
    """Unique fields."""


class TestMeetings(contracts.MeetingsContract):
    """Meetings."""


class TestAvailability(contracts.AvailabilityContract):
    """The times of instructors."""


class TestRegistrations(contracts.RegistrationsContract):
    """Registrations."""


class TestPayments(contracts.PaymentsContract):
    """The ledger of payments."""


class TestAttendance(contracts.AttendanceContract):
    """Attendance."""


class TestReports(contracts.ReportsContract):
    """Rows for reports."""


class TestSchoolReports(contracts.SchoolReportsContract):
    """Rows for reports."""


class TestLeads(contracts.LeadsContract):
    """Leads."""


class TestSavedViews(contracts.SavedViewsContract):
    """Saved views."""


class TestCycles(contracts.CyclesContract):
    """Cycles, and what they refer to."""


class TestHistory(contracts.HistoryContract):
    """Rates and prices as they were on a day."""


class TestAuditTrail(contracts.AuditTrailContract):
    """The audit log."""


class TestExports(contracts.ExportsContract):
    """Exports and their files."""


class TestZoomEvents(contracts.ZoomEventsContract):
    """What Zoom told."""


class TestImportLedger(contracts.ImportLedgerContract):
    """The import ledger."""
