"""Reading registrations (R-ACC-2)."""

from __future__ import annotations

from typing import Final

from haitech_domain.access import Resource
from haitech_domain.ports import Listing, listings
from haitech_domain.registration import Registration
from haitech_domain.use_cases.spec import Spec

REGISTRATIONS: Final = Spec(
    resource=Resource.REGISTRATIONS,
    entity=Registration,
    repository=lambda tx: tx.registrations,
    # of what a family pays an instructor sees nothing, nor whose children are one family's
    for_instructors=Listing(
        filters=listings.REGISTRATIONS.filters - {"payment_status", "customer_id"},
        sorts=listings.REGISTRATIONS.sorts,
    ),
)
"""Registrations as far as reading and listing go; they are written under their cycle's lock."""
