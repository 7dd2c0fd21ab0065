"""One transaction at work: its private state and what it has written so far."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from haitech_adapters.context import current
from haitech_adapters.memory.declaration import Resource
from haitech_adapters.memory.state import Committed, OutboxEntry, State
from haitech_domain.access import Actor
from haitech_domain.audit import AuditEntry
from haitech_domain.change import Change
from haitech_domain.ids import AuditEntryId, EventId
from haitech_domain.ports import Clock, Ids
from haitech_domain.records import differences, facts_of


class WriteInReading(RuntimeError):
    """Work given to `read` saved or locked something; that is a fault of the program."""


class TransactionFailed(RuntimeError):
    """Work went on after a save of it was refused.

    As in PostgreSQL, such a transaction takes no further statement and cannot commit: a refusal
    has to leave the work.
    """


class Session:
    """The state that a transaction sees, and the journal of its writing.

    Without an actor it is a reading one.
    """

    def __init__(self, state: State, ids: Ids, clock: Clock, actor: Actor | None) -> None:
        self._state = state
        self._ids = ids
        self._clock = clock
        self._actor = actor
        self._audit: list[AuditEntry] = []
        self._outbox: list[OutboxEntry] = []
        self._promised: dict[tuple[str, UUID], Resource[Any]] = {}
        self._wrote = False
        self._failed = False
        self._reading = actor is None

    @contextmanager
    def joined(self, *, reading: bool) -> Iterator[None]:
        """Around work within this session's work; work that writes and raises ends the whole."""
        before, self._reading = self._reading, reading
        try:
            yield
        except BaseException:
            self._failed = self._failed or not reading
            raise
        finally:
            self._reading = before

    @property
    def state(self) -> State:
        """The rows. :raises TransactionFailed: a save was refused before"""
        if self._failed:
            raise TransactionFailed("a save in this transaction was refused; it takes no more")
        return self._state

    def must_write(self) -> Actor:
        """Who writes. :raises WriteInReading: nobody, this only reads"""
        if self._actor is None or self._reading:
            raise WriteInReading("work given to `read` neither saves nor locks; use `run`")
        return self._actor

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Around every write: one that is refused ends the transaction."""
        self.must_write()
        _ = self.state
        self._wrote = True
        try:
            yield
        except BaseException:
            self._failed = True
            raise

    def note(self, entity: str, change: Change[Any]) -> None:
        """Put a change's audit entry and events in the journal."""
        old, new = differences(change)
        if old or new:
            actor, request = self.must_write(), current()
            entry = AuditEntry(
                id=AuditEntryId(self._ids.new()),
                created_at=self._clock.now(),
                actor_kind=actor.kind,
                actor_id=actor.id,
                actor_name=actor.name,
                action=change.action,
                entity=entity,
                entity_id=change.after.id,
                old=old,
                new=new,
                request_id=request.request_id if request else None,
                address=request.address if request else None,
                user_agent=request.user_agent if request else None,
            )
            self._audit.append(entry)
        self._outbox.extend(
            OutboxEntry(id=EventId(self._ids.new()), at=e.at, type=e.type, facts=facts_of(e))
            for e in change.events
        )

    def promise(self, resource: Resource[Any], id: UUID) -> None:
        """Look at a row that was written once more, when all is written."""
        self._promised[resource.name, id] = resource

    def sealed(self) -> Committed | None:
        """What is to be kept beside the rows; None where nothing was written.

        :raises TransactionFailed: a save was refused, and the work hid it
        :raises DomainError: what was written does not hold together (`Resource.at_commit`)
        """
        _ = self.state
        if not self._wrote:
            return None
        for (_name, id), resource in self._promised.items():
            resource.at_commit(self._state.table(resource.cls)[id], self._state)
        return Committed(
            actor=self.must_write(), audit=tuple(self._audit), outbox=tuple(self._outbox)
        )
