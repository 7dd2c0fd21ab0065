"""What leads promise besides: which are alike, whom they find, and that they go with customers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from haitech_domain.change import Change
from haitech_domain.customer import Customer
from haitech_domain.errors import NotFound, UnknownReference
from haitech_domain.lead import Lead
from haitech_domain.people import Email, Phone
from haitech_domain.testing.builders import (
    MADE,
    a_customer,
    a_lead,
    a_lead_note,
    an_email,
    an_id,
    gone,
)
from haitech_domain.testing.contracts.world import SYSTEM, Contract, World, add, save

LATER: Final = MADE + timedelta(days=3)
PHONE: Final = Phone.of("050-765-4321")


async def _settle(world: World, customer: Customer, *leads: Lead) -> None:
    await add(world, lambda tx: tx.customers, customer)
    await add(world, lambda tx: tx.leads, *leads)


async def _alike(world: World, email: str | None = None, since: datetime = MADE) -> list[Lead]:
    known = None if email is None else Email.of(email)
    found = await world.uow.run(SYSTEM, lambda tx: tx.leads.alike(PHONE, known, since=since))
    return list(found)


async def _contacts(world: World, email: str | None = None) -> list[Customer]:
    known = None if email is None else Email.of(email)
    found = await world.uow.run(SYSTEM, lambda tx: tx.customers.lock_by_contact(PHONE, known))
    return list(found)


class LeadsContract(Contract):
    """R-PPL-2: what an enquiry is compared with; R-PPL-4."""

    async def test_open_leads_are_alike_by_phone_or_email_the_latest_first(
        self, world: World
    ) -> None:
        """Another's, ended ones and deleted ones are not; no email is nobody's."""
        customer, email = a_customer(), an_email()
        mine: dict[str, Any] = {"customer_id": customer.id, "phone": PHONE}
        first = a_lead(**mine)
        last = a_lead(**mine, status="in_progress", received_at=LATER)
        by_email = a_lead(customer_id=customer.id, email=email, status="contacted")
        others = (
            a_lead(customer_id=customer.id),
            a_lead(**mine, status="closed"),
            gone(a_lead(**mine)),
            a_lead(**mine, received_at=MADE - timedelta(seconds=1)),
        )
        await _settle(world, customer, first, last, by_email, *others)
        assert await _alike(world) == [last, first]
        assert await _alike(world, email) == [last, by_email, first]
        assert await _alike(world, since=LATER) == [last]
        assert await _alike(world, an_email(), since=LATER + timedelta(days=1)) == []

    async def test_customers_are_found_by_phone_or_email_in_order_of_id(self, world: World) -> None:
        """Two at most, as both are unique among the living."""
        email = an_email()
        by_email, by_phone = a_customer(email=email), a_customer(phone=PHONE)
        rows = (by_phone, by_email, a_customer(), gone(a_customer(phone=PHONE, email=email)))
        await add(world, lambda tx: tx.customers, *rows)
        assert await _contacts(world) == [by_phone]
        assert await _contacts(world, email) == [by_email, by_phone]
        assert await _contacts(world, an_email()) == [by_phone]

    async def test_leads_and_notes_are_there_while_their_customer_is(self, world: World) -> None:
        """R-PPL-4: what a deleted customer asked appears nowhere, until the customer returns."""
        customer = a_customer()
        lead = a_lead(customer_id=customer.id, phone=PHONE)
        note = a_lead_note(lead_id=lead.id)
        await _settle(world, customer, lead)
        await add(world, lambda tx: tx.lead_notes, note)
        away = gone(customer, at=LATER)
        await save(world, lambda tx: tx.customers, Change.updated(customer, away))
        assert await _alike(world) == []
        with pytest.raises(NotFound):
            await world.uow.read(lambda tx: tx.leads.get(lead.id))
        with pytest.raises(NotFound):
            await world.uow.read(lambda tx: tx.lead_notes.get(note.id))
        back = away.changed(LATER, deleted_at=None, deletion=None)
        await save(world, lambda tx: tx.customers, Change.updated(away, back))
        assert await _alike(world) == [lead]
        assert await world.uow.read(lambda tx: tx.lead_notes.get(note.id)) == note

    async def test_a_lead_is_converted_into_a_student_who_exists(self, world: World) -> None:
        """A reference to nothing is refused by its field."""
        customer = a_customer()
        await add(world, lambda tx: tx.customers, customer)
        lead = a_lead(customer_id=customer.id, status="converted", student_id=an_id())
        with pytest.raises(UnknownReference) as refused:
            await add(world, lambda tx: tx.leads, lead)
        assert refused.value.field == "student_id"

    async def test_a_note_of_a_lead_that_is_gone_is_gone(self, world: World) -> None:
        """It belongs to it."""
        customer = a_customer()
        lead = a_lead(customer_id=customer.id)
        note = a_lead_note(lead_id=lead.id)
        await _settle(world, customer, lead)
        await add(world, lambda tx: tx.lead_notes, note)
        await save(world, lambda tx: tx.leads, Change.updated(lead, gone(lead, at=LATER)))
        with pytest.raises(NotFound):
            await world.uow.read(lambda tx: tx.lead_notes.get(note.id))
