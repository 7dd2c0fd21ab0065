"""The login session and the one-time token."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

import attrs

from haitech_domain.entity import Entity
from haitech_domain.fields import Passing, Secret, Text
from haitech_domain.ids import OneTimeTokenId, SessionId, UserId


class SessionEnd(StrEnum):
    """Why a login session ended before its time."""

    LOGOUT = "logout"
    REUSE = "reuse"
    """A refresh token came twice, so somebody else may hold a copy."""
    PASSWORD = "password"  # noqa: S105  # a reason
    """The password was changed or set anew."""
    USER_CLOSED = "user_closed"
    """The user was deactivated or deleted."""


class TokenPurpose(StrEnum):
    """What a one-time token is for."""

    RESET = "reset"
    INVITATION = "invitation"


class TokenEnd(StrEnum):
    """Why a one-time token is good for nothing any more."""

    USED = "used"
    REPLACED = "replaced"
    """A newer one was sent, or the password, the address or the user changed meanwhile."""


@attrs.frozen(kw_only=True)
class LoginSession(Entity):
    """One login and all refresh tokens that follow from it, its family.

    `family_hash` is of the part that all its refresh tokens share, `token_hash` of the one that
    is good now, `expires_at` when that one ends; `ends_at` is when the session ends however often
    it is refreshed. Hashes are SHA-256 in hexadecimal.
    """

    id: SessionId
    user_id: UserId
    family_hash: Annotated[str, Text(64), Secret()]
    token_hash: Annotated[str, Text(64), Secret(), Passing()]
    expires_at: Annotated[datetime, Passing()]
    ends_at: datetime
    ended_at: datetime | None = None
    ended_by: SessionEnd | None = None

    def is_open(self, at: datetime) -> bool:
        """Whether the session goes on: it neither ended nor expired."""
        return self.ended_at is None and at < self.expires_at

    def ended(self, at: datetime, why: SessionEnd) -> Self:
        """The session as one that is over; the first reason stays."""
        return self if self.ended_at else self.changed(at, ended_at=at, ended_by=why)


@attrs.frozen(kw_only=True)
class OneTimeToken(Entity):
    """A link by mail that sets a password once."""

    id: OneTimeTokenId
    user_id: UserId
    purpose: TokenPurpose
    token_hash: Annotated[str, Text(64), Secret()]
    expires_at: datetime
    ended_at: datetime | None = None
    ended_by: TokenEnd | None = None

    def is_open(self, at: datetime) -> bool:
        """Whether it can still be used."""
        return self.ended_at is None and at < self.expires_at

    def ended(self, at: datetime, why: TokenEnd) -> Self:
        """The token as one that is good for nothing; the first reason stays."""
        return self if self.ended_at else self.changed(at, ended_at=at, ended_by=why)
