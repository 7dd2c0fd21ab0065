"""What Zoom told, on PostgreSQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from haitech_adapters.postgres.compiled import compiled
from haitech_adapters.postgres.mapping import parameter
from haitech_adapters.postgres.mappings import ZOOM_EVENTS
from haitech_adapters.postgres.repository import PostgresRepository
from haitech_adapters.postgres.session import Session
from haitech_adapters.postgres.tables import zoom_events
from haitech_domain.ports import Listing, Page, Query
from haitech_domain.zoom import ZoomEvent

_ADD: Final = compiled(
    insert(zoom_events)
    .values({name: parameter(name) for name in ZOOM_EVENTS.names})
    .on_conflict_do_nothing(index_elements=["digest"])
)
_OLD: Final = (
    sa.select(zoom_events.c.id)
    .where(zoom_events.c.created_at < parameter("before"))
    .order_by(zoom_events.c.created_at, zoom_events.c.id)
    .limit(parameter("most", sa.Integer()))
    .with_for_update(skip_locked=True)
)
_PURGE: Final = compiled(zoom_events.delete().where(zoom_events.c.id.in_(_OLD)))


class PostgresZoomEvents:
    """What Zoom told, each thing once, kept for a while."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows: Final = PostgresRepository[Any](ZOOM_EVENTS, session)

    @property
    def listing(self) -> Listing:
        """What can be asked of `page`."""
        return self._rows.listing

    async def add(self, event: ZoomEvent) -> bool:
        """Keep one; False where its digest is known already, and nothing is kept."""
        self._session.must_write()
        (count,) = await self._session.write([(_ADD, ZOOM_EVENTS.write(event))])
        return count > 0

    async def page(self, query: Query) -> Page[ZoomEvent]:
        """One page of them, newest first. :raises Invalid: an unknown filter or sort"""
        return await self._rows.page(query)

    async def purge(self, *, before: datetime, most: int = 1_000) -> int:
        """Forget the oldest from before then; those that another purge is at stay."""
        self._session.must_write()
        (count,) = await self._session.write([(_PURGE, {"before": before, "most": most})])
        return count
