"""Encrypting what is kept: AES-GCM, each text bound to what it belongs to."""

from __future__ import annotations

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE: Final = 12


class AesGcmSealing:
    """Seals with one key of 32 bytes (`keys.derived`)."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, text: bytes, *, about: bytes) -> bytes:
        """The text, encrypted; it opens only with the same `about`."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, text, about)

    def open(self, sealed: bytes, *, about: bytes) -> bytes:
        """The text. :raises ValueError: sealed with another key, about something else, or changed"""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], about)
        except InvalidTag:
            message = "this was not sealed here, or not about this"
            raise ValueError(message) from None
