"""Login sessions and one-time tokens: how a user stays known, and gets in without a password."""

from haitech_domain.session.entity import (
    LoginSession,
    OneTimeToken,
    SessionEnd,
    TokenEnd,
    TokenPurpose,
)
from haitech_domain.session.refreshing import RefreshToken, fingerprint, opened, rotated

__all__ = [
    "LoginSession",
    "OneTimeToken",
    "RefreshToken",
    "SessionEnd",
    "TokenEnd",
    "TokenPurpose",
    "fingerprint",
    "opened",
    "rotated",
]
