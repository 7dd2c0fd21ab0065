"""The ports in memory keep the contracts of storage."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest

from haitech_adapters.memory import (
    CountingIds,
    FixedClock,
    TransactionFailed,
    WriteInReading,
)
from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.errors import Duplicate, NotFound
from haitech_domain.testing import contracts
from haitech_domain.testing.builders import a_course, a_customer


@pytest.fixture
def world(memory_world):
    return memory_world


class TestRepositories(contracts.RepositoryContract):
    """Every repository."""


class TestPages(contracts.PagesContract):
    """Lists page by page."""


class TestRoundTrip(contracts.RoundTripContract):
    """Saving and reading."""


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


class TestCursors(contracts.CursorsContract):
    """Lists by cursor."""


class TestApiKeys(contracts.ApiKeysContract):
    """API keys."""


class TestListing(contracts.ListingContract):
    """Lists."""


SYSTEM = Actor.system("test")


@pytest.mark.anyio
class TestAsStrictAsADatabase:
    """What only memory can promise by these names."""

    async def test_a_refused_save_ends_the_transaction(self, world):
        customer = a_customer()

        async def work(tx):
            await tx.customers.save(Change.created(customer))
            with suppress(Duplicate):
                await tx.customers.save(Change.created(customer))
            return await tx.customers.get(customer.id)

        with pytest.raises(TransactionFailed):
            await world.uow.run(SYSTEM, work)
        with pytest.raises(NotFound):
            await world.uow.read(lambda tx: tx.customers.get(customer.id))

    async def test_a_hidden_refusal_cannot_be_committed(self, world):
        customer = a_customer()

        async def work(tx):
            with suppress(Duplicate):
                await tx.customers.save(Change.created(customer), Change.created(customer))

        with pytest.raises(TransactionFailed):
            await world.uow.run(SYSTEM, work)

    async def test_reading_work_neither_saves_nor_locks(self, world):
        course = a_course()
        await world.uow.run(SYSTEM, lambda tx: tx.courses.save(Change.created(course)))
        for work in (
            lambda tx: tx.courses.save(Change.created(a_course())),
            lambda tx: tx.courses.lock(course.id),
            lambda tx: tx.courses.lock_deleted(course.id),
            lambda tx: tx.courses.lock_many([course.id]),
            lambda tx: tx.imports.record([]),
        ):
            with pytest.raises(WriteInReading):
                await world.uow.read(work)

    async def test_work_that_writes_nothing_leaves_no_record(self, world):
        await world.uow.run(SYSTEM, lambda tx: tx.courses.many([]))
        assert world.uow.committed == ()


class TestTheClockAndTheIds:
    def test_the_clock_stands_until_it_is_set(self):
        clock = FixedClock(datetime(2026, 7, 1, 15, 0, tzinfo=timezone(timedelta(hours=3))))
        assert (clock.now(), clock.now().tzinfo) == (datetime(2026, 7, 1, 12, 0, tzinfo=UTC), UTC)
        clock.advance(timedelta(minutes=30))
        assert clock.civil() == datetime(2026, 7, 1, 15, 30)  # noqa: DTZ001  # civil is naive
        clock.set(datetime(2026, 1, 1, 8, 0))  # noqa: DTZ001  # as above
        assert clock.now() == datetime(2026, 1, 1, 6, 0, tzinfo=UTC)
        clock.set(datetime(2026, 1, 2, tzinfo=UTC))
        assert clock.now() == datetime(2026, 1, 2, tzinfo=UTC)

    def test_a_clock_can_be_made_from_the_wall_clock(self):
        civil = datetime(2026, 7, 1, 0, 30)  # noqa: DTZ001  # civil is naive
        assert FixedClock.at(civil).civil() == civil
        assert FixedClock.at(civil).now() == datetime(2026, 6, 30, 21, 30, tzinfo=UTC)

    def test_instants_and_wall_clock_moments_are_not_mixed_up(self):
        with pytest.raises(ValueError, match="offset"):
            FixedClock(datetime(2026, 7, 1))  # noqa: DTZ001  # the mistake itself
        with pytest.raises(ValueError, match="offset"):
            FixedClock.at(datetime(2026, 7, 1, tzinfo=UTC))

    def test_ids_rise_and_series_never_meet(self):
        first, second = CountingIds(), CountingIds(1)
        found = [first.new(), first.new(), second.new(), second.new()]
        assert found == sorted(set(found))
