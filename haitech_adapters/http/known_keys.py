"""API keys at the door: known by their hash, remembered for seconds, their uses noted."""

from __future__ import annotations

import attrs
import structlog

from haitech_adapters import context
from haitech_adapters.http.remembering import Remembered
from haitech_domain.access import Actor
from haitech_domain.api_key import ApiKey, KeyKind, hashed, is_a_key
from haitech_domain.errors import DomainError
from haitech_domain.ids import ApiKeyId
from haitech_domain.ports import Clock, KeyUse, Unauthenticated
from haitech_domain.use_cases import FindApiKey, NoteKeyUses
from haitech_domain.use_cases.api_keys import NOT_VALID

log = structlog.get_logger("haitech.http")


@attrs.define
class KeyUses:
    """The last use of each key since the last writing: one write for all, beside the requests.

    Whoever serves has it written now and then, and once more in the end.
    """

    note_uses: NoteKeyUses
    _noted: dict[ApiKeyId, KeyUse] = attrs.field(factory=dict, init=False)

    def note(self, use: KeyUse) -> None:
        """Take down a use; a later one of the same key takes its place."""
        self._noted[use.key_id] = use

    async def write(self) -> None:
        """Write what was noted. What could not be written is kept for the next time."""
        uses, self._noted = self._noted, {}
        if not uses:
            return
        try:
            await self.note_uses(list(uses.values()))
        except BaseException as error:
            self._noted = uses | self._noted
            if not isinstance(error, DomainError):
                raise
            log.warning("the last uses of API keys wait for the database", why=error.reason)


class KnownKeys:
    """The `ApiKeys` of authentication: whose a key is, and whether it opens at this moment.

    A look-up is remembered for the seconds of `Remembered`, so a revocation or another scope is
    felt within 5 s by every process; expiry and overlap are judged at each use. Only hashes are
    remembered, and no refusal is.
    """

    def __init__(
        self, remembered: Remembered[str, ApiKey], kind: KeyKind, clock: Clock, uses: KeyUses
    ) -> None:
        self._remembered = remembered
        self._kind = kind
        self._clock = clock
        self._uses = uses

    @classmethod
    def over(cls, find: FindApiKey, kind: KeyKind, clock: Clock, uses: KeyUses) -> KnownKeys:
        """Those that `find` finds."""
        return cls(Remembered(find), kind, clock, uses)

    async def read(self, key: str) -> Actor:
        """The actor whom a key names.

        :raises Unauthenticated: mistyped, of the other kind, unknown, inactive, expired or revoked
        :raises Unavailable: it is not remembered, and the store cannot be reached
        """
        if not is_a_key(key, self._kind):
            raise Unauthenticated(f"this is no API key of this server, haitech_{self._kind}_…")
        key_hash = hashed(key)
        found = await self._remembered(key_hash)
        at = self._clock.now()
        if not found.admits(key_hash, at):
            raise Unauthenticated(NOT_VALID)
        facts = context.current()
        self._uses.note(KeyUse(found.id, at, facts.address if facts else None))
        return found.actor()
