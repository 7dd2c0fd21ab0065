"""What users, login sessions and one-time tokens can do besides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from haitech_adapters.postgres import mapping as m
from haitech_adapters.postgres.compiled import compiled
from haitech_adapters.postgres.mappings import LOGIN_SESSIONS, ONE_TIME_TOKENS, USERS
from haitech_adapters.postgres.repository import PostgresRepository
from haitech_adapters.postgres.shapes import locking
from haitech_adapters.postgres.tables import (
    instructors,
    login_sessions,
    one_time_tokens,
    users,
)
from haitech_domain.access import Role
from haitech_domain.ids import InstructorId
from haitech_domain.people import Email
from haitech_domain.session import LoginSession, OneTimeToken
from haitech_domain.user import User

_param = m.parameter

_USER_BY_EMAIL: Final = compiled(USERS.select(USERS.live, users.c.email == _param("email")))
_INSTRUCTOR_OF: Final = compiled(
    sa.select(instructors.c.id).where(
        instructors.c.user_id == _param("user"), instructors.c.deleted_at.is_(None)
    )
)
_ADMINS: Final = compiled(
    locking(
        USERS.select(USERS.live, users.c.role == _param("role"), users.c.is_active.is_(sa.true()))
        # in order of id, so that two who lock them all wait for each other in the same order
        .order_by(users.c.id),
        users,
    )
)
_BY_FAMILY: Final = compiled(
    LOGIN_SESSIONS.select(LOGIN_SESSIONS.live, login_sessions.c.family_hash == _param("hash"))
)
_BY_HASH: Final = compiled(
    ONE_TIME_TOKENS.select(ONE_TIME_TOKENS.live, one_time_tokens.c.token_hash == _param("hash"))
)


def _open_of(resource: m.Mapping[LoginSession] | m.Mapping[OneTimeToken]) -> str:
    columns = resource.table.c
    going = resource.select(
        resource.live,
        columns.user_id == _param("user"),
        columns.ended_at.is_(None),
        columns.expires_at > _param("at"),
    )
    return compiled(locking(going.order_by(columns.id), resource.table))


_OPEN_SESSIONS: Final = _open_of(LOGIN_SESSIONS)
_OPEN_TOKENS: Final = _open_of(ONE_TIME_TOKENS)


class PostgresUsers(PostgresRepository[User]):
    """The users."""

    async def by_email(self, email: Email) -> User | None:
        """The live user with this address."""
        return await self._first(_USER_BY_EMAIL, {"email": str(email)})

    async def instructor_of(self, user: UUID) -> InstructorId | None:
        """The live instructor linked to a user."""
        rows = await self._session.rows(_INSTRUCTOR_OF, {"user": user})
        return InstructorId(rows[0][0]) if rows else None

    async def lock_admins(self) -> Sequence[User]:
        """The live, active administrators, locked, in order of id."""
        self._session.must_write()
        return await self._all(_ADMINS, {"role": Role.ADMIN.value})


class PostgresLoginSessions(PostgresRepository[LoginSession]):
    """The login sessions."""

    async def by_family(self, family_hash: str) -> LoginSession | None:
        """The session whose refresh tokens share this, open or over."""
        return await self._first(_BY_FAMILY, {"hash": family_hash})

    async def lock_open_of(self, user: UUID, at: datetime) -> Sequence[LoginSession]:
        """The sessions of a user that are open at this instant, locked, in order of id."""
        self._session.must_write()
        return await self._all(_OPEN_SESSIONS, {"user": user, "at": at})


class PostgresOneTimeTokens(PostgresRepository[OneTimeToken]):
    """The one-time tokens."""

    async def by_hash(self, token_hash: str) -> OneTimeToken | None:
        """The token with this hash, open or not."""
        return await self._first(_BY_HASH, {"hash": token_hash})

    async def lock_open_of(self, user: UUID, at: datetime) -> Sequence[OneTimeToken]:
        """The tokens of a user that are open at this instant, locked, in order of id."""
        self._session.must_write()
        return await self._all(_OPEN_TOKENS, {"user": user, "at": at})
