"""Leads and their notes."""

from __future__ import annotations

from typing import Final

from haitech_adapters.postgres.tables.columns import (
    by_name,
    check,
    entity_table,
    live_index,
    searched,
)
from haitech_domain.lead import Lead, LeadNote, LeadStatus

_OPEN: Final = ", ".join(f"'{status.value}'" for status in LeadStatus if status.is_open)
IS_OPEN: Final = f"status IN ({_OPEN})"

leads: Final = entity_table(
    "leads",
    Lead,
    check("converted", "(status = 'converted') = (student_id IS NOT NULL)"),
    references={"customer_id": "customers", "student_id": "students"},
)
by_name(leads)
live_index("ix_leads_customer_id", leads.c.customer_id)
live_index("ix_leads_email", leads.c.email)
live_index("ix_leads_phone", leads.c.phone)
live_index("ix_leads_source", leads.c.source)
live_index("ix_leads_status", leads.c.status)
searched(leads, "name", "phone", "email", "child_name")

lead_notes: Final = entity_table("lead_notes", LeadNote, references={"lead_id": "leads"})
live_index("ix_lead_notes_lead_id", *(lead_notes.c["lead_id", "created_at", "id"]))
