"""What is signed of the audit log, and how: HMAC-SHA256 under one key from outside the database.

What is signed does not depend on the session, the server's version or the order of keys: it is a
JSON list with sorted keys and without spaces, made here from values.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import attrs
import msgspec

CONTENT: Final = (
    "id",
    "created_at",
    "actor_kind",
    "actor_id",
    "actor_name",
    "action",
    "entity",
    "entity_id",
    "old",
    "new",
    "request_id",
    "address",
    "user_agent",
)
"""The columns of a row of the log that its signature covers, in this order."""

NOTHING: Final = bytes(32)
"""What the first seal follows."""

_JSON: Final = msgspec.json.Encoder(order="deterministic")
_FORM: Final = 1
"""The form of what is signed; another form gets another number."""


def canonical(content: Mapping[str, Any]) -> bytes:
    """The content of a row as the bytes that are signed."""
    return _JSON.encode([_FORM, *(_plain(content[name]) for name in CONTENT)])


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, UUID) else value


@attrs.frozen(kw_only=True)
class Seal:
    """One link of the chain: the row at `position` had content of this `digest`.

    `number` counts the seals from 1 without a gap, in the order of sealing; `entity` and
    `entity_id` are there to name a row that is gone.
    """

    number: int
    position: int
    entity: str
    entity_id: UUID
    digest: bytes
    mac: bytes = b""


@attrs.frozen(kw_only=True)
class Head:
    """Where the chain ends: the last seal's `number`, `position` and `mac`.

    Every row at a position up to `settled` has its seal. Rows up to `unsigned` may be without a
    signature of their own: they were there before rows were signed.
    """

    number: int = 0
    position: int = 0
    mac: bytes = NOTHING
    settled: int = 0
    unsigned: int = 0
    sealed_at: datetime
    signature: bytes = b""

    @property
    def anchor(self) -> str:
        """The head in a line, to be noted elsewhere: `117:9f86…`. It reveals nothing."""
        return f"{self.number}:{self.mac.hex()}"


@attrs.frozen
class AuditKey:
    """Signs rows, seals and heads; each kind so that none passes for another."""

    _key: bytes = attrs.field(repr=False)

    def of_row(self, content: Mapping[str, Any]) -> bytes:
        """The signature of a row's content."""
        return self._signed(b"row", canonical(content))

    def of_seal(self, seal: Seal, previous: bytes) -> bytes:
        """The signature of a seal that follows the one with the mac `previous`."""
        facts = [seal.number, seal.position, seal.entity, str(seal.entity_id)]
        return self._signed(b"seal", previous + seal.digest + _JSON.encode(facts))

    def of_head(self, head: Head) -> bytes:
        """The signature of a head."""
        facts = [head.number, head.position, head.settled, head.unsigned, _plain(head.sealed_at)]
        return self._signed(b"head", head.mac + _JSON.encode(facts))

    def _signed(self, kind: bytes, what: bytes) -> bytes:
        return hmac.digest(self._key, kind + b"\0" + what, "sha256")


def same(one: bytes, other: bytes) -> bool:
    """Whether two signatures are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(one, other)
