"""What Zoom told."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from haitech_adapters.postgres.tables.columns import table_of
from haitech_domain.zoom import ZoomEvent

zoom_events: Final = table_of("zoom_events", ZoomEvent, references={"meeting_id": "meetings"})
sa.Index("uq_zoom_events_digest", zoom_events.c.digest, unique=True)
sa.Index("ix_zoom_events_created_at", zoom_events.c.created_at, zoom_events.c.id)
sa.Index("ix_zoom_events_type", *(zoom_events.c["type", "created_at", "id"]))
sa.Index(
    "ix_zoom_events_unmatched",
    *(zoom_events.c["created_at", "id"]),
    postgresql_where="meeting_id IS NULL",
)
sa.Index(
    "ix_zoom_events_matched",
    *(zoom_events.c["created_at", "id"]),
    postgresql_where="meeting_id IS NOT NULL",
)
