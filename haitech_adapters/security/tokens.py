"""Access tokens: signed JWTs of one algorithm, with issuer, audience and expiry checked."""

from __future__ import annotations

import functools
import time
from datetime import timedelta
from typing import Final
from uuid import UUID

import attrs
import jwt

from haitech_domain.access import Actor, ActorKind, Role
from haitech_domain.ids import InstructorId, SessionId
from haitech_domain.ports import Clock, Unauthenticated

ALGORITHM: Final = "HS256"
ISSUER: Final = "haitech"
AUDIENCE: Final = "haitech-api"
REMEMBERED: Final = 4_096
"""Tokens whose signature was checked; those not used for longest are forgotten first."""
_EXPIRED: Final = "the access token has expired; log in again"


@attrs.frozen(kw_only=True)
class JwtTokens:
    """The `Tokens` port for users."""

    secret: str = attrs.field(repr=False)
    clock: Clock
    life: timedelta = timedelta(minutes=60)

    def issue(self, actor: Actor) -> tuple[str, int]:
        """An access token for a user, and its life in seconds.

        :raises ValueError: the actor is not a user with a role
        """
        if actor.id is None or actor.role is None:
            message = "only a user has an access token"
            raise ValueError(message)
        now = self.clock.now()
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(actor.id),
            "role": actor.role.value,
            "name": actor.name,
            "iat": now,
            "exp": now + self.life,
        }
        if actor.instructor_id is not None:
            claims["instructor"] = str(actor.instructor_id)
        if actor.session_id is not None:
            claims["sid"] = str(actor.session_id)
        return jwt.encode(claims, self.secret, ALGORITHM), int(self.life.total_seconds())

    def read(self, token: str) -> Actor:
        """The actor whom a token names.

        :raises Unauthenticated: bad or expired
        """
        try:
            actor, expires = _verified(token, self.secret)
        except jwt.ExpiredSignatureError:
            raise Unauthenticated(_EXPIRED) from None
        except (jwt.InvalidTokenError, KeyError, ValueError, TypeError, AttributeError):
            raise Unauthenticated("the access token is not valid") from None
        if expires <= time.time():
            raise Unauthenticated(_EXPIRED)
        return actor


@functools.lru_cache(maxsize=REMEMBERED)
def _verified(token: str, secret: str) -> tuple[Actor, int]:
    """Whom a token names, and until when (seconds of Unix time): nothing of a token ever changes.

    Callers send the same one again and again; only its end has to be looked at each time. What is
    not valid is not remembered.

    :raises Exception: it is not valid
    """
    claims = jwt.decode(
        token,
        secret,
        algorithms=[ALGORITHM],
        audience=AUDIENCE,
        issuer=ISSUER,
        options={"require": ["exp", "iat", "sub", "aud", "iss"]},
    )
    instructor, session = claims.get("instructor"), claims.get("sid")
    actor = Actor(
        kind=ActorKind.USER,
        id=UUID(claims["sub"]),
        name=claims["name"],
        role=Role(claims["role"]),
        instructor_id=None if instructor is None else InstructorId(UUID(instructor)),
        session_id=None if session is None else SessionId(UUID(session)),
    )
    return actor, int(claims["exp"])
