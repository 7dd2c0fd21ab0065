"""Reading the audit log; it is written by the unit of work itself, with every change."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from haitech_domain.audit import AuditEntry
from haitech_domain.ports.query import Listing, Page, Query


class AuditTrail(Protocol):
    """What has been changed so far, as far as it is committed. Nothing of it ever changes."""

    @property
    def listing(self) -> Listing:
        """What can be asked of `page`."""
        ...

    async def get(self, id: UUID) -> AuditEntry:
        """The entry with this id. :raises NotFound: there is none"""
        ...

    async def page(self, query: Query) -> Page[AuditEntry]:
        """One page of the entries. :raises Invalid: an unknown filter or sort"""
        ...
