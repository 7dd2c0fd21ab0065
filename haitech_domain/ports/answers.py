"""Answers kept for retries: what a key stands for, and who may do its work."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Final, Protocol

import attrs

from haitech_domain.errors import DomainError, Kind

KEPT_FOR: Final = timedelta(hours=24)
"""How long a retry gets the first answer; afterwards its key is free again."""


@attrs.frozen(kw_only=True)
class KeptAnswer:
    """One answer that was given.

    `key` is a digest of whose request it was and of the key it came with; the `answer`, and what
    was asked, are opaque here.
    """

    key: bytes
    answer: bytes
    at: datetime


class Answers(Protocol):
    """The answers given to requests with a key, each kept in the transaction of its work."""

    async def claim(self, key: bytes, *, since: datetime) -> KeptAnswer | None:
        """What was kept under this key, not before `since`.

        None means that nothing was, and that until the end of this transaction nobody else can
        claim the key: the work is this transaction's to do.

        :raises KeyInProgress: another transaction has claimed it and is at work
        """
        ...

    async def keep(self, kept: KeptAnswer) -> None:
        """Keep an answer under the key that was claimed, instead of what has expired."""
        ...

    async def purge(self, *, before: datetime, most: int = 1_000) -> int:
        """Forget the oldest answers from before then, at most so many; say how many they were."""
        ...


@attrs.frozen
class KeyInProgress(DomainError):
    """The first request with this key is still being worked on."""

    reason: ClassVar[str] = "idempotency.in_progress"
    says: ClassVar[str] = "the first request with this key is still running; try again in a moment"


@attrs.frozen
class KeyReused(DomainError):
    """The key came before, with another request."""

    kind: ClassVar[Kind] = Kind.KEY_REUSED
    reason: ClassVar[str] = "idempotency.reused"
    says: ClassVar[str] = "this key was used for another request; a new request needs a new key"


@attrs.frozen
class AnswerUnreadable(DomainError):
    """The work was done, but its answer can be told no more: the secret key has changed."""

    reason: ClassVar[str] = "idempotency.unreadable"
    says: ClassVar[str] = "this was done already, but its answer can no longer be read"
