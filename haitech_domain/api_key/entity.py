"""The API key: what it may do, until when, and the hash by which it is known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Final

import attrs

from haitech_domain.access import Actor, ActorKind, Scopes
from haitech_domain.api_key.writing import SHOWN, hashed, prefix_of
from haitech_domain.entity import Entity, across
from haitech_domain.errors import Problem
from haitech_domain.fields import Between, Derived, Name, Secret, Text
from haitech_domain.ids import ApiKeyId, DeletionId

Hash = Annotated[str, Text(64), Secret()]
READ_ALL: Final = Scopes.of(["read:*"])


@attrs.frozen(kw_only=True)
class ApiKey(Entity):
    """A key with its own scopes and rate limit (requests an hour).

    The key itself is nowhere kept. After a rotation the key before opens too, until
    `previous_until`. A revoked key has no hash any more, so restoring it brings back its name and
    scopes, and nothing that opens. Its last use is no change of it: it makes no new version.
    """

    id: ApiKeyId
    name: Name
    prefix: Annotated[str, Text(SHOWN)]
    scopes: Scopes = READ_ALL
    rate_limit: Annotated[int, Between(10, 100_000)] = 1000
    expires_at: datetime | None = None
    is_active: bool = True
    key_hash: Hash | None = None
    previous_hash: Hash | None = None
    previous_until: datetime | None = None
    last_used_at: Annotated[datetime, Derived()] | None = None
    last_used_ip: Annotated[str, Text(45), Derived()] | None = None

    @across("previous_hash", "previous_until")
    def _overlap_has_an_end(self) -> Iterator[Problem]:
        if (self.previous_hash is None) is not (self.previous_until is None):
            yield Problem("previous_until", "goes with the hash of the key before")

    def admits(self, key_hash: str, at: datetime) -> bool:
        """R-ACC-3: whether the key of this hash opens at this moment."""
        if not self.is_active or self.deleted_at is not None:
            return False
        if self.expires_at is not None and at >= self.expires_at:
            return False
        if key_hash == self.key_hash:
            return True
        overlap = self.previous_until is not None and at < self.previous_until
        return overlap and key_hash == self.previous_hash

    def actor(self) -> Actor:
        """The key as one who acts."""
        return Actor(
            kind=ActorKind.API_KEY,
            id=self.id,
            name=self.name,
            scopes=self.scopes,
            rate_limit=self.rate_limit,
        )

    def rotated(self, at: datetime, key: str, overlap: timedelta) -> ApiKey:
        """The same with another key; the one so far opens for the time of the overlap.

        The key before that one ends now, whatever its overlap was.
        """
        overlaps = bool(overlap) and self.key_hash is not None
        return self.changed(
            at,
            prefix=prefix_of(key),
            key_hash=hashed(key),
            previous_hash=self.key_hash if overlaps else None,
            previous_until=at + overlap if overlaps else None,
        )

    def revoked(self, at: datetime, deletion: DeletionId) -> ApiKey:
        """The same as one that is gone and whose keys never open again."""
        return self.changed(
            at,
            deleted_at=at,
            deletion=deletion,
            key_hash=None,
            previous_hash=None,
            previous_until=None,
        )
