"""Saved views."""

from __future__ import annotations

from typing import Final

from haitech_adapters.postgres.tables.columns import (
    LIVE,
    by_name,
    entity_table,
    live_index,
    searched,
    unique,
)
from haitech_domain.saved_view import SavedView

# an owner is a user or an API key, so it refers to no one table
saved_views: Final = entity_table("saved_views", SavedView)
unique(
    saved_views,
    "owner_id",
    "entity",
    name="uq_saved_views_default",
    where=f"{LIVE} AND is_default",
)
by_name(saved_views)
live_index("ix_saved_views_entity", saved_views.c.entity)
live_index("ix_saved_views_is_public", saved_views.c.is_public)
live_index("ix_saved_views_owner_id", saved_views.c.owner_id)
searched(saved_views, "name")
