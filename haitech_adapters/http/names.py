"""What something belongs to, by name."""

from __future__ import annotations

from uuid import UUID

from haitech_adapters.http.shapes import View
from haitech_adapters.http.showing import shown
from haitech_domain.reports import Named


class KnownByNameView(View, frozen=True):
    """What something belongs to; it stays here by name when it is deleted."""

    id: UUID
    name: str
    is_deleted: bool


def known_by_name(thing: Named) -> KnownByNameView:
    """A thing as everybody who sees it sees it."""
    return shown(KnownByNameView, thing)
