"""What Zoom told, in memory."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from haitech_adapters.memory.declaration import Reference, Resource, equals, referred
from haitech_adapters.memory.repository import MemoryRepository
from haitech_adapters.memory.session import Session
from haitech_adapters.memory.state import State
from haitech_domain.errors import UnknownReference
from haitech_domain.meeting import Meeting
from haitech_domain.ports import Listing, Page, Query, listings
from haitech_domain.zoom import ZoomEvent


def _matched(row: ZoomEvent, value: Any, state: State) -> bool:
    del state
    return (row.meeting_id is not None) is value


_MEETING: Final = Reference("meeting_id", Meeting, "meeting")
ZOOM_EVENTS: Final = Resource[Any](
    cls=ZoomEvent,
    name="zoom_event",
    listing=listings.ZOOM_EVENTS,
    filters={**equals("type"), "matched": _matched},
    references=(_MEETING,),
)


class MemoryZoomEvents:
    """What Zoom told, each thing once, kept for a while."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows: Final = MemoryRepository(ZOOM_EVENTS, session)

    @property
    def listing(self) -> Listing:
        """What can be asked of `page`."""
        return self._rows.listing

    async def add(self, event: ZoomEvent) -> bool:
        """Keep one; False where its digest is known already, and nothing is kept.

        :raises UnknownReference: there is no such meeting
        """
        with self._session.writing():
            if any(event.digest == known.digest for known in self._table().values()):
                return False
            if not referred(self._session.state, _MEETING, event.meeting_id):
                raise UnknownReference(_MEETING.field, _MEETING.what)
            self._table()[event.id] = event
            return True

    async def page(self, query: Query) -> Page[ZoomEvent]:
        """One page of them, newest first. :raises Invalid: an unknown filter or sort"""
        return await self._rows.page(query)

    async def purge(self, *, before: datetime, most: int = 1_000) -> int:
        """Forget the oldest from before then; say how many they were."""
        with self._session.writing():
            table = self._table()
            old = sorted((e.created_at, e.id) for e in table.values() if e.created_at < before)
            for _, id in old[:most]:
                del table[id]
            return len(old[:most])

    def _table(self) -> dict[UUID, ZoomEvent]:
        kept: Any = ZoomEvent
        rows: dict[UUID, ZoomEvent] = self._session.state.table(kept)
        return rows
