"""Leads as they are listed, read, followed up and noted of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.change import Change
from haitech_domain.customer import Customer
from haitech_domain.ids import LeadId, LeadNoteId
from haitech_domain.lead import Lead, LeadNote, amend
from haitech_domain.ports import Clock, Ids, Page, Query, Transaction, UnitOfWork
from haitech_domain.ports.query import MOST_AT_ONCE
from haitech_domain.use_cases.spec import A_PART, Spec


@attrs.frozen(kw_only=True)
class LeadRelatives:
    """What is shown along with a single lead: its customer, and its latest notes."""

    customer: Customer
    notes: Page[LeadNote]


async def _relatives(tx: Transaction, lead: Lead) -> LeadRelatives:
    latest = Query(filters={"lead_id": lead.id}, limit=MOST_AT_ONCE)
    return LeadRelatives(
        customer=await tx.customers.get(lead.customer_id), notes=await tx.lead_notes.page(latest)
    )


LEADS: Final = Spec(
    resource=Resource.LEADS,
    entity=Lead,
    repository=lambda tx: tx.leads,
    relatives=_relatives,
)
LEAD_NOTES: Final = Spec(
    resource=Resource.LEADS,
    counts_as=A_PART,
    parent=lambda tx: tx.leads,
    entity=LeadNote,
    repository=lambda tx: tx.lead_notes,
)


@attrs.frozen(kw_only=True)
class UpdateLead:
    """Change the given fields of a lead, and where it stands.

    `status` moves freely between new, contacted, in_progress and closed; converted is reached by
    converting alone, and stays. The customer's own fields are the customer's, and do not follow.
    """

    uow: UnitOfWork
    clock: Clock

    async def __call__(self, *, actor: Actor, lead_id: LeadId, values: Mapping[str, Any]) -> Lead:
        """The lead with the given fields changed.

        :raises NotFound: there is no such lead
        :raises Invalid: values that break their rules, or `converted`
        :raises Transition: it is converted, and its status would change
        """
        grant(actor, Action.UPDATE, Resource.LEADS)

        async def work(tx: Transaction) -> Lead:
            change = amend(await tx.leads.lock(lead_id), at=self.clock.now(), **values)
            await tx.leads.save(change)
            return change.after

        return await self.uow.run(actor, work)


@attrs.frozen(kw_only=True)
class NoteLead:
    """Add a note to a lead, whatever its status. Notes stay as they were written."""

    uow: UnitOfWork
    clock: Clock
    ids: Ids

    async def __call__(self, *, actor: Actor, lead_id: LeadId, text: str) -> LeadNote:
        """The note, with its time and author.

        :raises NotFound: there is no such lead
        :raises Invalid: the text breaks its rule
        """
        grant(actor, Action.UPDATE, Resource.LEADS)
        note = note_of(actor, lead_id, text, clock=self.clock, ids=self.ids)

        async def work(tx: Transaction) -> LeadNote:
            await tx.leads.lock(lead_id)
            await tx.lead_notes.save(Change.created(note))
            return note

        return await self.uow.run(actor, work)


def note_of(actor: Actor, lead_id: LeadId, text: str, *, clock: Clock, ids: Ids) -> LeadNote:
    """A new note of this actor's. :raises Invalid: the text breaks its rule"""
    at = clock.now()
    return LeadNote(
        id=LeadNoteId(ids.new()),
        lead_id=lead_id,
        text=text,
        author_id=actor.id,
        author=actor.name or None,
        created_at=at,
        updated_at=at,
    )
