"""What the leads, and the customers they find, can do besides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from haitech_adapters.postgres.compiled import compiled
from haitech_adapters.postgres.mapping import parameter
from haitech_adapters.postgres.mappings import CUSTOMERS, LEADS
from haitech_adapters.postgres.repositories import in_turn
from haitech_adapters.postgres.repository import PostgresRepository
from haitech_adapters.postgres.shapes import locking
from haitech_adapters.postgres.tables import customers, leads
from haitech_adapters.postgres.tables.leads import IS_OPEN
from haitech_domain.customer import Customer
from haitech_domain.lead import Lead
from haitech_domain.people import Email, Phone

_BY_CONTACT: Final = compiled(
    locking(
        CUSTOMERS.select(
            CUSTOMERS.live,
            sa.or_(
                customers.c.phone == parameter("phone"), customers.c.email == parameter("email")
            ),
        ).order_by(customers.c.id),
        customers,
    )
)
_ALIKE: Final = compiled(
    LEADS.select(
        LEADS.live,
        sa.or_(leads.c.phone == parameter("phone"), leads.c.email == parameter("email")),
        sa.literal_column(f"leads.{IS_OPEN}", sa.Boolean()),
        leads.c.received_at >= parameter("since"),
    ).order_by(leads.c.received_at.desc(), leads.c.id.desc())
)


class PostgresCustomers(PostgresRepository[Customer]):
    """The customers."""

    async def lock_by_contact(self, phone: Phone, email: Email | None) -> Sequence[Customer]:
        """The live customers with this phone or this address, locked, in order of id."""
        self._session.must_write()
        return await self._all(_BY_CONTACT, _contact(phone, email))


class PostgresLeads(PostgresRepository[Lead]):
    """The leads."""

    async def alike(self, phone: Phone, email: Email | None, *, since: datetime) -> Sequence[Lead]:
        """The open leads with this phone or this address that came in since, the latest first.

        There may be no row to lock, so those who ask wait for each other by phone and by address,
        in the same order.
        """
        self._session.must_write()
        for what in ([] if email is None else [f"lead by email {email}"]) + [
            f"lead by phone {phone}"
        ]:
            await in_turn(self._session, what)
        return await self._all(_ALIKE, {**_contact(phone, email), "since": since})


def _contact(phone: Phone, email: Email | None) -> dict[str, str | None]:
    return {"phone": str(phone), "email": None if email is None else str(email)}
