"""The audit log as lists and single entries are read from it."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from haitech_adapters.postgres.mapping import Filter, Undeletable, equals
from haitech_adapters.postgres.tables import audit_log
from haitech_domain.access import ActorKind
from haitech_domain.audit import AuditEntry
from haitech_domain.ports import listings

Bound = sa.BindParameter[Any]


def _by(kind: ActorKind) -> Filter:
    # the kind stands in the statement: a parameter would be one that nobody gives
    is_kind = audit_log.c.actor_kind == sa.literal_column(f"'{kind.value}'", sa.Text())
    return lambda value: sa.and_(audit_log.c.actor_id == value, is_kind)


def _midnight(value: Bound, *, after_days: int) -> sa.ColumnElement[Any]:
    """When a civil day begins in Asia/Jerusalem, or one so many days later."""
    day = sa.cast(value, sa.Date()) + sa.literal_column(str(after_days), sa.Integer())
    zone = sa.literal_column("'Asia/Jerusalem'", sa.Text())
    return sa.func.timezone(zone, sa.cast(day, sa.DateTime()))


AUDIT: Final = Undeletable(
    what="audit entry",
    entity=AuditEntry,
    table=audit_log,
    listing=listings.AUDIT,
    filters={
        **equals(audit_log, "action", "entity", "entity_id"),
        "user_id": _by(ActorKind.USER),
        "api_key_id": _by(ActorKind.API_KEY),
        "from": lambda value: audit_log.c.created_at >= _midnight(value, after_days=0),
        "to": lambda value: audit_log.c.created_at < _midnight(value, after_days=1),
    },
)
