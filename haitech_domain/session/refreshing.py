"""Refresh tokens: made, recognised, exchanged once (api.md, `/auth/refresh`)."""

from __future__ import annotations

import hashlib
import string
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Self

import attrs

from haitech_domain.ids import SessionId, UserId
from haitech_domain.session.entity import LoginSession, SessionEnd

ALPHABET: Final = string.ascii_letters + string.digits
FAMILY_LENGTH: Final = 22
"""130 bits."""
SECRET_LENGTH: Final = 43
"""256 bits."""
_SEPARATOR: Final = "."
_LONGEST: Final = 200

Randomly = Callable[[str, int], str]
"""So many characters of an alphabet, each with the same chance."""


def fingerprint(text: str) -> str:
    """What is stored of a token: its SHA-256. The token has 256 random bits, so it needs no salt."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@attrs.frozen
class RefreshToken:
    """`family.secret`: the first is the session's, the second is new each time.

    By the family's part a token that was spent long ago is still known for what it is, without a
    list of all that were ever spent; and nobody who never held one can end a session by guessing.
    """

    family: str = attrs.field(repr=False)
    secret: str = attrs.field(repr=False)

    @classmethod
    def new(cls, randomly: Randomly, family: str | None = None) -> Self:
        """A token of a family, or of a new one."""
        return cls(family or randomly(ALPHABET, FAMILY_LENGTH), randomly(ALPHABET, SECRET_LENGTH))

    @classmethod
    def of(cls, given: str) -> Self | None:
        """Read one from outside; None for what cannot be one."""
        family, separator, secret = given.partition(_SEPARATOR)
        usable = bool(family and separator and secret) and len(given) <= _LONGEST
        return cls(family, secret) if usable else None

    def __str__(self) -> str:
        return f"{self.family}{_SEPARATOR}{self.secret}"

    @property
    def family_hash(self) -> str:
        """By which the session is found."""
        return fingerprint(self.family)

    @property
    def token_hash(self) -> str:
        """By which this very token is recognised."""
        return fingerprint(str(self))


def opened(
    token: RefreshToken,
    *,
    id: SessionId,
    user_id: UserId,
    at: datetime,
    life: timedelta,
    longest: timedelta,
) -> LoginSession:
    """A new session. `life` is that of one refresh token, `longest` that of the whole session."""
    return LoginSession(
        id=id,
        user_id=user_id,
        family_hash=token.family_hash,
        token_hash=token.token_hash,
        expires_at=at + min(life, longest),
        ends_at=at + longest,
        created_at=at,
        updated_at=at,
    )


def rotated(
    session: LoginSession, given: RefreshToken, new: RefreshToken, *, at: datetime, life: timedelta
) -> LoginSession | None:
    """The session after `given` was exchanged for `new`; None where it is over.

    A token of the family that is not its present one was spent before: the session ends.
    """
    if not session.is_open(at):
        return None
    if given.token_hash != session.token_hash:
        return session.ended(at, SessionEnd.REUSE)
    expires_at = min(at + life, session.ends_at)
    return session.changed(at, token_hash=new.token_hash, expires_at=expires_at)
