"""What rows were on a day, in memory (`State.write` keeps it)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeVar
from uuid import UUID

import attrs

from haitech_adapters.memory.repository import MemoryRepository
from haitech_adapters.memory.services import JERUSALEM
from haitech_domain.entity import Entity
from haitech_domain.ports import AsOf, fields_with_history

T = TypeVar("T", bound=Entity)


class RepositoryWithHistory(MemoryRepository[T]):
    """A resource that keeps the history of some of its values."""

    async def as_of(self, ids: Iterable[UUID], day: date | None = None) -> Mapping[UUID, AsOf[T]]:
        """These rows, deleted ones too, as they were at the end of a civil day; else as they are."""
        table = self._session.state.table(self._resource.cls)
        return {id: self._held(table[id], id, day) for id in ids if id in table}

    def _held(self, row: T, id: UUID, day: date | None) -> AsOf[T]:
        if day is None:
            return AsOf(row)
        entries = self._session.state.history[id]
        by_then = [entry for entry in entries if _since(entry) <= day]
        held = by_then[-1] if by_then else entries[0]
        values = {name: getattr(held, name) for name in fields_with_history(type(row))}
        return AsOf(attrs.evolve(row, **values), None if by_then else _since(held))


def _since(entry: Entity) -> date:
    return entry.updated_at.astimezone(JERUSALEM).date()
