"""Passwords, tokens and keys, by argon2-cffi, PyJWT and cryptography."""

from haitech_adapters.security.keys import derived
from haitech_adapters.security.passwords import Argon2Passwords
from haitech_adapters.security.sealing import AesGcmSealing
from haitech_adapters.security.tokens import JwtTokens

__all__ = ["AesGcmSealing", "Argon2Passwords", "JwtTokens", "derived"]
