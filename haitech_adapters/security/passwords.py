"""Password hashing with argon2id at OWASP's parameters, off the event loop."""

from __future__ import annotations

import asyncio
import base64
import secrets
from typing import Final

import attrs
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

OWASP: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""19 MiB, two passes, one lane: the first of OWASP's recommended settings."""

AT_ONCE: Final = 2
"""How many hashes are computed at a time; more would only fight over the cores and memory."""


@attrs.define
class Argon2Passwords:
    """The `Passwords` port."""

    hasher: PasswordHasher = OWASP
    _decoy: str = attrs.field(init=False, repr=False)
    _slots: asyncio.Semaphore = attrs.field(init=False, factory=lambda: asyncio.Semaphore(AT_ONCE))

    @_decoy.default
    def _make_decoy(self) -> str:
        """What is compared where nobody is known, so that it takes as long; no password has it.

        Any bytes do: comparing computes the hash anew, and making one would take as long again.
        """
        known = self.hasher
        salt, hashed = (_text(secrets.token_bytes(n)) for n in (known.salt_len, known.hash_len))
        costs = f"m={known.memory_cost},t={known.time_cost},p={known.parallelism}"
        return f"$argon2{known.type.name.lower()}$v={ARGON2_VERSION}${costs}${salt}${hashed}"

    async def hashed(self, password: str) -> str:
        """What to store instead of the password."""
        async with self._slots:
            return await asyncio.to_thread(self.hasher.hash, password)

    async def verified(self, password: str, stored: str | None) -> bool:
        """Whether the password is the one; takes as long when there is none stored."""
        async with self._slots:
            right = await asyncio.to_thread(self._matches, password, stored or self._decoy)
        return right and stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether a stored hash was made with other parameters than these."""
        return self.hasher.check_needs_rehash(stored)

    def _matches(self, password: str, stored: str) -> bool:
        try:
            return self.hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def _text(value: bytes) -> str:
    """Bytes as Argon2 writes them: base64 without padding."""
    return base64.b64encode(value).decode("ascii").rstrip("=")
