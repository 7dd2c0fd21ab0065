"""Keys for single purposes, all from one secret, none of which tells another."""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

LENGTH: Final = 32


def derived(secret: str, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose (`audit seal`), by HKDF-SHA256."""
    kdf = HKDF(algorithm=SHA256(), length=LENGTH, salt=None, info=f"haitech {purpose}".encode())
    return kdf.derive(secret.encode())
