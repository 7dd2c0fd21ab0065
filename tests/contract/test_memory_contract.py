"""The ports in memory keep the contracts of storage."""

from __future__ import annotations

import attrs
import pytest

from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_domain.testing import contracts


@attrs.frozen
class MemoryWorld:
    """A fresh store in this process."""

    uow: MemoryUnitOfWork
    ids: CountingIds
    clock: FixedClock

    async def journal(self) -> contracts.Journal:
        """What every committed transaction wrote beside its rows."""
        return contracts.Journal(
            audit=[
                {
                    "action": entry.action,
                    "entity": entry.entity,
                    "entity_id": entry.entity_id,
                    "old": entry.old,
                    "new": entry.new,
                    "actor_kind": entry.actor.kind.value,
                }
                for committed in self.uow.committed
                for entry in committed.audit
            ],
            events=[
                {"type": event.type, "facts": event.facts}
                for committed in self.uow.committed
                for event in committed.outbox
            ],
        )


@pytest.fixture
async def world():
    ids, clock = CountingIds(), FixedClock()
    return MemoryWorld(MemoryUnitOfWork(ids, clock), ids, clock)


class TestRepositories(contracts.RepositoryContract):
    """Every repository."""


class TestRoundTrip(contracts.RoundTripContract):
    """Saving and reading."""


class TestUnitOfWork(contracts.UnitOfWorkContract):
    """Transactions."""


class TestUniqueness(contracts.UniquenessContract):
    """Unique fields."""


class TestMeetings(contracts.MeetingsContract):
    """Meetings."""


class TestRegistrations(contracts.RegistrationsContract):
    """Registrations."""


class TestCycles(contracts.CyclesContract):
    """Cycles, and what they refer to."""


class TestImportLedger(contracts.ImportLedgerContract):
    """The import ledger."""


class TestListing(contracts.ListingContract):
    """Lists."""
