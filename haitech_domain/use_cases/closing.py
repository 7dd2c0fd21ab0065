"""What ends along with something else: sessions and one-time links of a user."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from haitech_domain.change import Change
from haitech_domain.errors import NotFound
from haitech_domain.ids import SessionId
from haitech_domain.ports import Transaction
from haitech_domain.session import SessionEnd, TokenEnd
from haitech_domain.user import User


async def locked_user(tx: Transaction, id: UUID) -> User | None:
    """A user who can log in, locked; None for one who is inactive or gone.

    Locks follow one order: the user, their sessions, their links.
    """
    try:
        user = await tx.users.lock(id)
    except NotFound:
        return None
    return user if user.is_active else None


async def end_sessions(
    tx: Transaction,
    user: UUID,
    *,
    at: datetime,
    why: SessionEnd,
    apart_from: SessionId | None = None,
) -> None:
    """End every open session of a user, but for one."""
    going = await tx.login_sessions.lock_open_of(user, at)
    await tx.login_sessions.save(
        *(
            Change.updated(one, one.ended(at, why), action="end")
            for one in going
            if one.id != apart_from
        )
    )


async def void_links(tx: Transaction, user: UUID, *, at: datetime) -> None:
    """Make every open one-time link of a user good for nothing."""
    going = await tx.one_time_tokens.lock_open_of(user, at)
    await tx.one_time_tokens.save(
        *(Change.updated(one, one.ended(at, TokenEnd.REPLACED), action="end") for one in going)
    )


async def shut_out(tx: Transaction, user: UUID, *, at: datetime) -> None:
    """End everything by which a user is in, or could come in without a password."""
    await end_sessions(tx, user, at=at, why=SessionEnd.USER_CLOSED)
    await void_links(tx, user, at=at)
