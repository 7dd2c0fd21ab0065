"""Passwords, tokens and randomness, by argon2-cffi, PyJWT and the operating system."""

from haitech_adapters.security.passwords import Argon2Passwords
from haitech_adapters.security.randomness import SystemRandomness
from haitech_adapters.security.tokens import JwtTokens

__all__ = ["Argon2Passwords", "JwtTokens", "SystemRandomness"]
