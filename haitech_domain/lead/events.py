"""What happens to leads."""

from __future__ import annotations

from typing import ClassVar

import attrs

from haitech_domain.change import Event
from haitech_domain.ids import CustomerId, LeadId
from haitech_domain.people import Email, Phone


@attrs.frozen(kw_only=True)
class LeadReceived(Event):
    """An enquiry came in, as it was said; `created` is false where a lead was received again.

    The child's name is not told: no event names a child.
    """

    type: ClassVar[str] = "lead.received"
    lead_id: LeadId
    customer_id: CustomerId
    created: bool
    name: str
    phone: Phone
    email: Email | None
    course: str | None
    message: str | None
    source: str | None
