"""The ledger of payments in memory."""

from __future__ import annotations

from typing import Any, Final

from haitech_adapters.memory.declaration import Reference, Resource, equals
from haitech_adapters.memory.repository import MemoryRepository
from haitech_adapters.memory.session import Session
from haitech_adapters.memory.state import State
from haitech_domain.change import Change
from haitech_domain.errors import Invalid
from haitech_domain.money import Money
from haitech_domain.ports import Listing, Page, Query, listings
from haitech_domain.registration import Payment, Registration


def _of_live_registration(row: Payment, state: State) -> bool:
    """R-PPL-4: payments of a deleted registration are in no list."""
    return state.table(Registration)[row.registration_id].deleted_at is None


def must_be_its_payments(row: Registration, state: State) -> None:
    """R-REG-4. :raises Invalid: `paid_amount` is not the sum of the registration's ledger"""
    entries = (p for p in state.table(PAYMENTS.cls).values() if p.registration_id == row.id)
    if row.paid_amount != Money.total(entry.amount for entry in entries):
        raise Invalid.because("paid_amount", "must be the sum of the payments")


def _adds_up(row: Payment, state: State) -> None:
    must_be_its_payments(state.table(Registration)[row.registration_id], state)


PAYMENTS: Final = Resource[Any](
    cls=Payment,
    name="payment",
    listing=listings.PAYMENTS,
    filters=equals("registration_id"),
    stands=_of_live_registration,
    references=(Reference("registration_id", Registration, "registration"),),
    at_commit=_adds_up,
)


class MemoryPayments:
    """The ledgers of all registrations; what cannot be changed has no door for it."""

    def __init__(self, session: Session) -> None:
        self._rows: Final = MemoryRepository(PAYMENTS, session)

    @property
    def listing(self) -> Listing:
        """What can be asked of `page`."""
        return self._rows.listing

    async def add(self, *entries: Payment) -> None:
        """Write new entries, each with its audit row.

        :raises Duplicate: an entry of this id is there already
        :raises UnknownReference: there is no such registration
        """
        await self._rows.save(*(Change[Any].created(entry) for entry in entries))

    async def page(self, query: Query) -> Page[Payment]:
        """One page of the entries. :raises Invalid: an unknown filter or sort"""
        return await self._rows.page(query)
