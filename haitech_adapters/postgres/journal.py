"""Audit rows, events and their deliveries of one transaction, written together with its COMMIT."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import attrs
import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from haitech_adapters.context import current
from haitech_adapters.postgres.audit_key import AuditKey
from haitech_adapters.postgres.compiled import compiled
from haitech_adapters.postgres.fan_out import told_to_webhooks
from haitech_adapters.postgres.kinds import INSTANT
from haitech_adapters.postgres.tables import audit_log, outbox
from haitech_domain.access import Actor
from haitech_domain.change import Change, Event
from haitech_domain.ports import Clock, Ids
from haitech_domain.records import differences, facts_of

_JSON: Final = msgspec.json.Encoder()


def _rows(parameter: str, **columns: Any) -> Any:
    """The objects of a JSON list as rows: any number of them by one statement of one shape."""
    listed = sa.func.jsonb_to_recordset(sa.bindparam(parameter, type_=JSONB()))
    typed = (sa.column(name, type_) for name, type_ in columns.items())
    return listed.table_valued(*typed).render_derived(name=parameter, with_types=True)


def _statement() -> sa.Insert:
    text, id_ = sa.Text(), sa.Uuid()
    audited = _rows(
        "audited",
        id=id_,
        action=text,
        entity=text,
        entity_id=id_,
        old=JSONB(),
        new=JSONB(),
        mac=sa.LargeBinary(),
    )
    happened = _rows(
        "happened", id=id_, type=text, entity=text, entity_id=id_, facts=JSONB(), at=INSTANT
    )
    same = (
        "created_at",
        "actor_kind",
        "actor_id",
        "actor_name",
        "request_id",
        "address",
        "user_agent",
    )
    shared = [sa.bindparam(name, type_=audit_log.c[name].type) for name in same]
    audit = audit_log.insert().from_select(
        [*same, *audited.c.keys()], sa.select(*shared, *audited.c)
    )
    events = outbox.insert().from_select(happened.c.keys(), sa.select(*happened.c))
    told = events.returning(outbox.c.id, outbox.c.type, outbox.c.at).cte("told")
    at = sa.bindparam("created_at", type_=audit_log.c.created_at.type)
    return told_to_webhooks(told, at).add_cte(audit.cte("audit"))


WRITE: Final = compiled(_statement())


@attrs.define
class Journal:
    """What one transaction has to tell. Without an actor it is a reading one."""

    _ids: Ids
    _clock: Clock
    actor: Actor | None
    _key: AuditKey | None = None
    """What signs the audit rows; without it they are unsigned."""
    _audited: list[dict[str, Any]] = attrs.field(factory=list, init=False)
    _happened: list[dict[str, Any]] = attrs.field(factory=list, init=False)
    events: list[Event] = attrs.field(factory=list, init=False)
    """What happened, in order."""

    def note(self, what: str, changes: Sequence[Change[Any]]) -> None:
        """Take down changes that were saved, in order."""
        for change in changes:
            subject = {"entity": what, "entity_id": change.after.id}
            old, new = differences(change)
            if old or new:
                entry = {"id": self._ids.new(), "action": change.action, "old": old, "new": new}
                self._audited.append({**subject, **entry})
            for event in change.events:
                facts = {"type": event.type, "at": event.at, "facts": facts_of(event)}
                self.events.append(event)
                self._happened.append({**subject, **facts, "id": self._ids.new()})

    def sealed(self) -> dict[str, Any] | None:
        """The parameters of `WRITE`; None where there is nothing to tell."""
        if self.actor is None or not (self._audited or self._happened):
            return None
        request = current()
        shared = {
            "created_at": self._clock.now(),
            "actor_kind": self.actor.kind.value,
            "actor_id": self.actor.id,
            "actor_name": self.actor.name,
            "request_id": request.request_id if request else None,
            "address": request.address if request else None,
            "user_agent": request.user_agent if request else None,
        }
        signed = [{**entry, "mac": self._signature({**shared, **entry})} for entry in self._audited]
        return {
            "audited": _JSON.encode(signed).decode(),
            "happened": _JSON.encode(self._happened).decode(),
            **shared,
        }

    def _signature(self, content: dict[str, Any]) -> str:
        """A row's signature as PostgreSQL reads bytes."""
        return "\\x" + (self._key.of_row(content).hex() if self._key else "")
