"""What Zoom tells: how it is believed, and where it is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from haitech_domain.ports.query import Listing, Page, Query
from haitech_domain.zoom import ZoomEvent


class ZoomSecret(Protocol):
    """The secret that this program and Zoom share."""

    def signs(self, body: bytes, *, timestamp: str, signature: str) -> bool:
        """Whether the signature of a request is Zoom's, compared in constant time."""
        ...

    def answer(self, text: str) -> str:
        """What proves to Zoom that the secret is known here."""
        ...


class ZoomEvents(Protocol):
    """What Zoom told, each thing once, kept for a while. It is no change of the school: no audit."""

    @property
    def listing(self) -> Listing:
        """What can be asked of `page`."""
        ...

    async def add(self, event: ZoomEvent) -> bool:
        """Keep one; False where its digest is known already, and nothing is kept.

        Of two transactions that add the same, one waits for the other to end.
        """
        ...

    async def page(self, query: Query) -> Page[ZoomEvent]:
        """One page of them, newest first.

        :raises Invalid: an unknown filter or sort
        """
        ...

    async def purge(self, *, before: datetime, most: int = 1_000) -> int:
        """Forget the oldest from before then, at most so many; say how many they were."""
        ...
