"""Passwords and tokens, by argon2-cffi and PyJWT."""

from haitech_adapters.security.passwords import Argon2Passwords
from haitech_adapters.security.tokens import JwtTokens

__all__ = ["Argon2Passwords", "JwtTokens"]
