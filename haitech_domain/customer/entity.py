"""The customer and its events."""

from __future__ import annotations

from typing import ClassVar

import attrs

from haitech_domain.change import Event
from haitech_domain.entity import Entity
from haitech_domain.fields import Line, Name, Notes
from haitech_domain.ids import CustomerId
from haitech_domain.people import Email, Phone


@attrs.frozen(kw_only=True)
class Customer(Entity):
    """A parent or paying person. The phone is unique among live customers (R-PPL-1)."""

    id: CustomerId
    name: Name
    phone: Phone
    email: Email | None = None
    address: Line | None = None
    city: Name | None = None
    notes: Notes | None = None


@attrs.frozen(kw_only=True)
class CustomerCreated(Event):
    """A customer was made."""

    type: ClassVar[str] = "customer.created"
    customer_id: CustomerId
    name: str


@attrs.frozen(kw_only=True)
class CustomerUpdated(Event):
    """Some of a customer's fields changed; `fields` names them."""

    type: ClassVar[str] = "customer.updated"
    customer_id: CustomerId
    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class CustomerDeleted(Event):
    """A customer was deleted, with its students."""

    type: ClassVar[str] = "customer.deleted"
    customer_id: CustomerId
