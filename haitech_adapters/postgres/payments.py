"""The ledger of payments on PostgreSQL."""

from __future__ import annotations

from typing import Any, Final

from haitech_adapters.postgres.mappings import PAYMENTS
from haitech_adapters.postgres.repository import PostgresRepository
from haitech_adapters.postgres.session import Session
from haitech_domain.change import Change
from haitech_domain.ports import Listing, Page, Query
from haitech_domain.registration import Payment


class PostgresPayments:
    """The ledgers of all registrations; what cannot be changed has no door for it."""

    def __init__(self, session: Session) -> None:
        self._rows: Final = PostgresRepository[Any](PAYMENTS, session)

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
