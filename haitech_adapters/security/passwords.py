"""Password hashing with argon2id at OWASP's parameters, off the event loop."""

from __future__ import annotations

import asyncio
from typing import Final

import attrs
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

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
        """What is compared where nobody is known, so that it takes as long."""
        return self.hasher.hash("nobody's password")

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
