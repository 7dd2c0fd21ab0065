"""Secrets of others that must be read again: encrypted, as text."""

from __future__ import annotations

import base64
from typing import Final
from uuid import UUID

from haitech_adapters.security.sealing import AesGcmSealing

WEBHOOK_SECRETS: Final = "webhook secrets"
"""What the key of the webhooks' secrets is derived for."""


class AesGcmVault:
    """The `Vault` port, with one key of 32 bytes (`keys.derived`)."""

    def __init__(self, key: bytes) -> None:
        self._sealing = AesGcmSealing(key)

    def seal(self, secret: str, *, about: UUID) -> str:
        """The secret, encrypted, in base64; it opens only with the same `about`."""
        sealed = self._sealing.seal(secret.encode(), about=about.bytes)
        return base64.b64encode(sealed).decode("ascii")

    def open(self, sealed: str, *, about: UUID) -> str:
        """The secret. :raises ValueError: sealed with another key, about something else, or changed"""
        return self._sealing.open(
            base64.b64decode(sealed, validate=True), about=about.bytes
        ).decode()
