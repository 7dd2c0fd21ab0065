"""Leads and their notes in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from haitech_adapters.memory.declaration import Reference, Resource, civil_days, equals
from haitech_adapters.memory.repository import MemoryRepository
from haitech_adapters.memory.state import State
from haitech_domain.customer import Customer
from haitech_domain.lead import Lead, LeadNote
from haitech_domain.people import Email, Phone
from haitech_domain.ports import listings
from haitech_domain.student import Student


def _of_live_customer(row: Lead, state: State) -> bool:
    """R-PPL-4: what a deleted customer asked is in no list."""
    return state.table(Customer)[row.customer_id].deleted_at is None


def _of_live_lead(row: LeadNote, state: State) -> bool:
    lead = state.table(Lead)[row.lead_id]
    return lead.deleted_at is None and _of_live_customer(lead, state)


LEADS: Final = Resource(
    cls=Lead,
    name="lead",
    listing=listings.LEADS,
    filters={**equals("status", "source", "customer_id"), **civil_days("created_at")},
    stands=_of_live_customer,
    references=(
        Reference("customer_id", Customer, "customer"),
        Reference("student_id", Student, "student"),
    ),
)
LEAD_NOTES: Final = Resource(
    cls=LeadNote,
    name="lead_note",
    listing=listings.LEAD_NOTES,
    filters=equals("lead_id"),
    stands=_of_live_lead,
    references=(Reference("lead_id", Lead, "lead"),),
)


class MemoryLeads(MemoryRepository[Lead]):
    """The leads."""

    async def alike(self, phone: Phone, email: Email | None, *, since: datetime) -> Sequence[Lead]:
        """The open leads with this phone or this address that came in since, the latest first.

        Transactions run one after another, so no other is received meanwhile.
        """
        self._session.must_write()

        def is_alike(lead: Lead) -> bool:
            same = lead.phone == phone or (email is not None and lead.email == email)
            return same and lead.status.is_open and lead.received_at >= since

        return sorted(self._live(is_alike), key=lambda x: (x.received_at, x.id), reverse=True)
