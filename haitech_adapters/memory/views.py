"""Saved views in memory."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Final
from uuid import UUID

from haitech_adapters.memory.constraints import Unique
from haitech_adapters.memory.declaration import Resource, equals
from haitech_adapters.memory.repository import MemoryRepository
from haitech_adapters.memory.state import State
from haitech_domain.access import Resource as Viewed
from haitech_domain.errors import Duplicate
from haitech_domain.ports import listings
from haitech_domain.saved_view import SavedView


def _own_or_public(row: SavedView, whose: Any, state: State) -> bool:
    del state
    return row.is_public or bool(row.owner_id == whose)


def _default(row: SavedView) -> Hashable | None:
    """One default of an owner for a list."""
    return (row.owner_id, row.entity) if row.is_default and row.deleted_at is None else None


SAVED_VIEWS: Final = Resource(
    cls=SavedView,
    name="saved_view",
    listing=listings.SAVED_VIEWS,
    filters=equals("entity"),
    own=_own_or_public,
    constraints=(Unique(_default, lambda _new, _there: Duplicate("saved_view", "is_default")),),
)


class MemorySavedViews(MemoryRepository[SavedView]):
    """The saved views."""

    async def default_of(self, owner: UUID, entity: Viewed) -> SavedView | None:
        """The owner's default view of a resource; transactions run one after another."""
        self._session.must_write()
        return next(iter(self._live(lambda v: _default(v) == (owner, entity))), None)
