"""Leads: enquiries from the outside that become, or join, customers (domain.md §10)."""

from haitech_domain.lead.entity import Lead, LeadNote, LeadStatus
from haitech_domain.lead.events import LeadReceived
from haitech_domain.lead.receiving import SAME_FOR, Enquiry, Reception, receive
from haitech_domain.lead.transitions import amend, convert

__all__ = [
    "SAME_FOR",
    "Enquiry",
    "Lead",
    "LeadNote",
    "LeadReceived",
    "LeadStatus",
    "Reception",
    "amend",
    "convert",
    "receive",
]
