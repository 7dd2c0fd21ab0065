"""The audit log in memory: what it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from haitech_adapters.memory.declaration import Resource, Test, equals
from haitech_adapters.memory.services import JERUSALEM
from haitech_adapters.memory.state import State
from haitech_domain.access import ActorKind
from haitech_domain.audit import AuditEntry
from haitech_domain.ports import listings


def _by(kind: ActorKind) -> Test[Any]:
    def test(row: AuditEntry, value: Any, state: State) -> bool:
        del state
        return row.actor_kind is kind and row.actor_id is not None and row.actor_id == value

    return test


def on_days(holds: Callable[[date, date], bool]) -> Test[Any]:
    """A test of the civil day on which a row was made."""

    def test(row: Any, value: date, state: State) -> bool:
        del state
        made: date = row.created_at.astimezone(JERUSALEM).date()
        return holds(made, value)

    return test


AUDIT: Final = Resource[Any](
    cls=AuditEntry,
    name="audit entry",
    listing=listings.AUDIT,
    filters={
        **equals("action", "entity", "entity_id"),
        "user_id": _by(ActorKind.USER),
        "api_key_id": _by(ActorKind.API_KEY),
        "from": on_days(date.__ge__),
        "to": on_days(date.__le__),
    },
)
