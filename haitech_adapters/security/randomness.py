"""Secrets from the operating system's own source."""

from __future__ import annotations

import secrets


class SystemRandomness:
    """The `Randomness` port."""

    def text(self, alphabet: str, length: int) -> str:
        """So many characters, each any of the alphabet's with the same chance."""
        return "".join(secrets.choice(alphabet) for _ in range(length))
