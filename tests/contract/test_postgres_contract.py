"""The ports on PostgreSQL keep the contracts of storage."""

from __future__ import annotations

import pytest

from haitech_domain.testing import contracts

pytestmark = pytest.mark.postgres


@pytest.fixture
def world(postgres_world):
    return postgres_world


class TestRepositories(contracts.RepositoryContract):
    """Every repository."""


class TestPages(contracts.PagesContract):
    """Lists page by page."""


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
