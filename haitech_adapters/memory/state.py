"""What is kept: rows by class and id, their history, ledger, answers, jobs, what was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Self, TypeVar, cast
from uuid import UUID

import attrs

from haitech_domain.access import Actor
from haitech_domain.audit import AuditEntry
from haitech_domain.entity import Entity
from haitech_domain.ids import EventId, ExportId, JobId
from haitech_domain.ports import Imported, Job, KeptAnswer, fields_with_history
from haitech_domain.webhook import Attempt
from haitech_domain.webhook.envelope import StoredEvent

E = TypeVar("E", bound=Entity)


@attrs.frozen(kw_only=True)
class OutboxEntry:
    """One event that waits for its subscribers."""

    id: EventId
    at: datetime
    type: str
    facts: Mapping[str, Any]


@attrs.frozen(kw_only=True)
class Committed:
    """What one committed transaction wrote beside its rows, in the order of writing."""

    actor: Actor
    audit: tuple[AuditEntry, ...]
    outbox: tuple[OutboxEntry, ...]


@attrs.frozen(kw_only=True)
class QueuedJob:
    """A job as it is kept: who holds it, since when it is given up, and why."""

    job: Job
    held_by: str | None = None
    buried_at: datetime | None = None
    why: str | None = None


@attrs.frozen(kw_only=True)
class ExportPieces:
    """The pieces of a file that are there, in order, and the export that they are of."""

    export: ExportId
    pieces: tuple[bytes, ...]


class State:
    """Rows, history, ledger, answers, jobs. All is frozen, so a copy costs only the tables."""

    def __init__(self) -> None:
        self._tables: dict[type[Entity], dict[UUID, Entity]] = {}
        self.imported: dict[str, Imported] = {}
        self.answers: dict[bytes, KeptAnswer] = {}
        self.history: dict[UUID, tuple[Entity, ...]] = {}
        self.jobs: dict[JobId, QueuedJob] = {}
        self.events: dict[EventId, StoredEvent] = {}
        self.pieces: dict[UUID, ExportPieces] = {}
        self.attempts: dict[UUID, tuple[Attempt, ...]] = {}

    def copy(self) -> Self:
        """A state that can be changed without this one noticing."""
        other = type(self)()
        for name, kept in vars(self).items():
            # the tables are one level deeper than the rest
            copied = {k: dict(v) if name == "_tables" else v for k, v in kept.items()}
            setattr(other, name, copied)
        return other

    def table(self, cls: type[E]) -> dict[UUID, E]:
        """Every row of a class by its id, the deleted ones too."""
        return cast("dict[UUID, E]", self._tables.setdefault(cls, {}))

    def write(self, row: Entity, id: UUID) -> None:
        """Put a row in its table, and in its history where a value differs whose past is kept."""
        table = self.table(type(row))
        before = table.get(id)
        table[id] = row
        kept = fields_with_history(type(row))
        if kept and (before is None or any(getattr(before, f) != getattr(row, f) for f in kept)):
            self.history[id] = (*self.history.get(id, ()), row)

    def live(self, cls: type[E]) -> Iterator[E]:
        """The rows of a class that are not deleted."""
        return (row for row in self.table(cls).values() if row.deleted_at is None)
