"""The audit log in memory: what it is asked for."""

from __future__ import annotations

from typing import Any, Final

from haitech_adapters.memory.declaration import Resource, Test, civil_days, equals
from haitech_adapters.memory.state import State
from haitech_domain.access import ActorKind
from haitech_domain.audit import AuditEntry
from haitech_domain.ports import listings


def _by(kind: ActorKind) -> Test[Any]:
    def test(row: AuditEntry, value: Any, state: State) -> bool:
        del state
        return row.actor_kind is kind and row.actor_id is not None and row.actor_id == value

    return test


AUDIT: Final = Resource[Any](
    cls=AuditEntry,
    name="audit entry",
    listing=listings.AUDIT,
    filters={
        **equals("action", "entity", "entity_id"),
        "user_id": _by(ActorKind.USER),
        "api_key_id": _by(ActorKind.API_KEY),
        **civil_days("created_at"),
    },
)
