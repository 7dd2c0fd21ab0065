"""The audit log as lists and single entries are read from it."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from haitech_adapters.postgres.mapping import Filter, Undeletable, civil_days, equals
from haitech_adapters.postgres.tables import audit_log
from haitech_domain.access import ActorKind
from haitech_domain.audit import AuditEntry
from haitech_domain.ports import listings


def _by(kind: ActorKind) -> Filter:
    # the kind stands in the statement: a parameter would be one that nobody gives
    is_kind = audit_log.c.actor_kind == sa.literal_column(f"'{kind.value}'", sa.Text())
    return lambda value: sa.and_(audit_log.c.actor_id == value, is_kind)


AUDIT: Final = Undeletable(
    what="audit entry",
    entity=AuditEntry,
    table=audit_log,
    listing=listings.AUDIT,
    filters={
        **equals(audit_log, "action", "entity", "entity_id"),
        "user_id": _by(ActorKind.USER),
        "api_key_id": _by(ActorKind.API_KEY),
        **civil_days(audit_log.c.created_at),
    },
)
