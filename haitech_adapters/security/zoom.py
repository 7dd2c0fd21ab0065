"""Zoom's signatures: HMAC-SHA256 with the «secret token» of the app that was made at Zoom."""

from __future__ import annotations

import hmac
from hashlib import sha256


class SharedZoomSecret:
    """The `ZoomSecret` port. A signature is `v0=` and the HMAC of `v0:TIMESTAMP:BODY` in hexadecimal."""

    def __init__(self, secret: str) -> None:
        self._key = secret.encode()

    def signs(self, body: bytes, *, timestamp: str, signature: str) -> bool:
        """Whether the signature of a request is Zoom's, compared in constant time."""
        message = b"v0:%s:%s" % (timestamp.encode("utf-8", "replace"), body)
        wanted = f"v0={self._mac(message)}".encode()
        return hmac.compare_digest(wanted, signature.encode("utf-8", "replace"))

    def answer(self, text: str) -> str:
        """The HMAC of a text that Zoom sent, in hexadecimal."""
        return self._mac(text.encode())

    def _mac(self, message: bytes) -> str:
        return hmac.new(self._key, message, sha256).hexdigest()
