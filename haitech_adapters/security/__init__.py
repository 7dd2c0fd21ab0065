"""Passwords, tokens, links, keys and randomness, by argon2-cffi, PyJWT, cryptography and the system."""

from haitech_adapters.security.keys import derived
from haitech_adapters.security.links import SignedMeetingLinks
from haitech_adapters.security.passwords import Argon2Passwords
from haitech_adapters.security.randomness import SystemRandomness
from haitech_adapters.security.sealing import AesGcmSealing
from haitech_adapters.security.tokens import JwtTokens
from haitech_adapters.security.vault import AesGcmVault
from haitech_adapters.security.zoom import SharedZoomSecret

__all__ = [
    "AesGcmSealing",
    "AesGcmVault",
    "Argon2Passwords",
    "JwtTokens",
    "SharedZoomSecret",
    "SignedMeetingLinks",
    "SystemRandomness",
    "derived",
]
