"""How an enquiry becomes a lead of a customer (R-PPL-2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import attrs

from haitech_domain.change import Change
from haitech_domain.customer import Customer, CustomerCreated, CustomerUpdated
from haitech_domain.fields import Name, enforce
from haitech_domain.ids import CustomerId, LeadId
from haitech_domain.lead.entity import Lead, Message
from haitech_domain.lead.events import LeadReceived
from haitech_domain.people import Email, Phone

SAME_FOR: Final = timedelta(days=30)
"""How long an open lead that is received again stays the same one."""
AGAIN: Final = "received again"
"""The note of an enquiry that says nothing new."""


@attrs.frozen(kw_only=True)
class Enquiry:
    """What somebody outside says.

    :raises Invalid: with all that is wrong
    """

    name: Name
    phone: Phone
    email: Email | None = None
    course: Name | None = None
    message: Message | None = None
    source: Name | None = None
    child_name: Name | None = None

    def __attrs_post_init__(self) -> None:
        enforce(self)

    @property
    def said(self) -> dict[str, Any]:
        """What it says, by the names of a lead's fields."""
        return {a.name: getattr(self, a.name) for a in attrs.fields(Enquiry)}


@attrs.frozen(kw_only=True)
class Reception:
    """What becomes of an enquiry: its customer, its lead, and a note of what it adds to a known one.

    `created` is whether the lead is a new one.
    """

    customer: Change[Customer]
    lead: Change[Lead]
    note: str | None = None

    @property
    def created(self) -> bool:
        """Whether the lead is a new one."""
        return self.lead.before is None


def receive(
    enquiry: Enquiry,
    *,
    known: Sequence[Customer],
    alike: Iterable[Lead],
    customer_id: CustomerId,
    lead_id: LeadId,
    at: datetime,
) -> Reception:
    """R-PPL-2: the customer and the lead of an enquiry; the two ids are for new ones.

    `alike` are leads with its phone or address, those first that came in last; `known` are the
    customers who have its phone or address, or, where nobody has, those of `alike`. The customer
    is found by phone, then by address, then by such a lead.
    """
    open_ones = [lead for lead in alike if lead.is_open and lead.received_at >= at - SAME_FOR]
    open_ones.sort(key=lambda lead: lead.phone != enquiry.phone)  # by phone, then by address
    found = _found(enquiry, known, open_ones)
    if found is None:
        customer = _new_customer(enquiry, customer_id, at)
    else:
        customer = _filled(found, enquiry, known, at)
    whose = customer.after.id
    same = next((lead for lead in open_ones if lead.customer_id == whose), None)
    if same is None:
        lead = Lead(
            id=lead_id,
            customer_id=whose,
            received_at=at,
            created_at=at,
            updated_at=at,
            **enquiry.said,
        )
        event = _received(enquiry, lead, at, created=True)
        return Reception(customer=customer, lead=Change.created(lead, event))
    again = _again(same, enquiry, at)
    event = _received(enquiry, again, at, created=False)
    change = Change.updated(same, again, event)
    return Reception(customer=customer, lead=change, note=_news(enquiry, again))


def _found(enquiry: Enquiry, known: Sequence[Customer], alike: Sequence[Lead]) -> Customer | None:
    for customer in known:
        if customer.phone == enquiry.phone:
            return customer
    for customer in known:
        if enquiry.email is not None and customer.email == enquiry.email:
            return customer
    by_id = {customer.id: customer for customer in known}
    return next((by_id[lead.customer_id] for lead in alike if lead.customer_id in by_id), None)


def _new_customer(enquiry: Enquiry, id: CustomerId, at: datetime) -> Change[Customer]:
    customer = Customer(
        id=id,
        name=enquiry.name,
        phone=enquiry.phone,
        email=enquiry.email,
        created_at=at,
        updated_at=at,
    )
    return Change.created(customer, CustomerCreated(at=at, customer_id=id, name=customer.name))


def _filled(
    customer: Customer, enquiry: Enquiry, known: Sequence[Customer], at: datetime
) -> Change[Customer]:
    """Nothing is overwritten; the address is a blank to fill, unless somebody else has it."""
    taken = enquiry.email in {other.email for other in known}
    if customer.email is not None or enquiry.email is None or taken:
        return Change.updated(customer, customer)
    after = customer.changed(at, email=enquiry.email)
    event = CustomerUpdated(at=at, customer_id=customer.id, fields=("email",))
    return Change.updated(customer, after, event)


def _again(lead: Lead, enquiry: Enquiry, at: datetime) -> Lead:
    """A known lead with its blanks filled: always another version, as it came in once more."""
    filled: dict[str, Any] = {
        name: said for name, said in enquiry.said.items() if getattr(lead, name) is None
    }
    last = max(lead.received_at, at)
    return attrs.evolve(lead, version=lead.version + 1, received_at=last, updated_at=at, **filled)


def _news(enquiry: Enquiry, lead: Lead) -> str:
    """What an enquiry says otherwise than its lead, a line for each; the message whole."""
    said = enquiry.said
    message = said.pop("message")
    lines = [
        f"{name.replace('_', ' ')}: {value}"
        for name, value in said.items()
        if value is not None and value != getattr(lead, name)
    ]
    return "\n".join([*lines, *([message] if message else [])]) or AGAIN


def _received(enquiry: Enquiry, lead: Lead, at: datetime, *, created: bool) -> LeadReceived:
    said = {name: value for name, value in enquiry.said.items() if name != "child_name"}
    return LeadReceived(
        at=at, lead_id=lead.id, customer_id=lead.customer_id, created=created, **said
    )
