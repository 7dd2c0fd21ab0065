"""Reading the audit log: for administrators, and never by a key (R-ACC-1, R-ACC-3)."""

from __future__ import annotations

from uuid import UUID

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.audit import AuditEntry
from haitech_domain.ports import Page, Query, UnitOfWork


@attrs.frozen(kw_only=True)
class ReadAudit:
    """One entry of the audit log."""

    uow: UnitOfWork

    async def __call__(self, *, actor: Actor, id: UUID) -> AuditEntry:
        """The entry with this id.

        :raises Forbidden: the role does not allow it
        :raises NotFound: there is none
        """
        grant(actor, Action.READ, Resource.AUDIT_LOGS)
        return await self.uow.read(lambda tx: tx.audit.get(id))


@attrs.frozen(kw_only=True)
class ListAudit:
    """The audit log, newest first: who changed what, when and from where."""

    uow: UnitOfWork

    async def __call__(self, *, actor: Actor, query: Query) -> Page[AuditEntry]:
        """One page of the entries.

        :raises Forbidden: the role does not allow it
        :raises Invalid: an unknown filter or sort
        """
        grant(actor, Action.READ, Resource.AUDIT_LOGS)
        return await self.uow.read(lambda tx: tx.audit.page(query))
