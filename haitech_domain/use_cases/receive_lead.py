"""Receiving leads from the outside (R-PPL-2)."""

from __future__ import annotations

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.change import Change
from haitech_domain.errors import Duplicate
from haitech_domain.ids import CustomerId, LeadId
from haitech_domain.lead import SAME_FOR, Enquiry, Reception, receive
from haitech_domain.ports import Clock, Ids, Transaction, Unavailable, UnitOfWork
from haitech_domain.use_cases.leads import note_of


@attrs.frozen(kw_only=True)
class ReceiveLead:
    """Take in an enquiry from outside, such as a website's form.

    Its customer is found by phone, then by email; somebody new becomes a customer. Of a known
    customer nothing is overwritten, and a missing email is filled in, unless somebody else has it.
    A lead that is open, with the same phone or email, received within 30 days, is the same lead:
    it gets a note, its blanks are filled in, and `created` is false.

    Any number of requests at once with one phone or email make one customer and one lead.
    """

    uow: UnitOfWork
    clock: Clock
    ids: Ids

    async def __call__(self, *, actor: Actor, enquiry: Enquiry) -> Reception:
        """What became of the enquiry.

        :raises Unavailable: somebody makes the same customer at this moment by hand; it is there
            when the caller comes again
        """
        grant(actor, Action.CREATE, Resource.LEADS)

        async def work(tx: Transaction) -> Reception:
            reception = await self._decided(tx, enquiry)
            await tx.customers.save(reception.customer)
            await tx.leads.save(reception.lead)
            if reception.note is not None:
                known = reception.lead.after.id
                note = note_of(actor, known, reception.note, clock=self.clock, ids=self.ids)
                await tx.lead_notes.save(Change.created(note))
            return reception

        try:
            return await self.uow.run(actor, work)
        except Duplicate as taken:
            raise Unavailable("the customer's record") from taken

    async def _decided(self, tx: Transaction, enquiry: Enquiry) -> Reception:
        """The decision, under the locks of those it is about: the customers, then the leads."""
        phone, email, at = enquiry.phone, enquiry.email, self.clock.now()
        alike = await tx.leads.alike(phone, email, since=at - SAME_FOR)
        known = await tx.customers.lock_by_contact(phone, email)
        if not known:
            whose = await tx.customers.lock_many({lead.customer_id for lead in alike})
            known = list(whose.values())
        locked = await tx.leads.lock_many(lead.id for lead in alike)
        return receive(
            enquiry,
            known=known,
            alike=[locked[lead.id] for lead in alike if lead.id in locked],
            customer_id=CustomerId(self.ids.new()),
            lead_id=LeadId(self.ids.new()),
            at=at,
        )
