"""Somebody who has logged in, for apps over a database."""

from __future__ import annotations

from datetime import timedelta

from haitech_domain.access import Actor, Role
from haitech_domain.change import Change
from haitech_domain.testing.builders import a_login_session, a_user

FOR_EVER = timedelta(days=36_500)


async def a_token(uow, tokens, clock, role=Role.ADMIN):
    """The access token of a new user of this role."""
    at = clock.now()
    user = a_user(role=role)
    session = a_login_session(
        user_id=user.id, expires_at=at + FOR_EVER, ends_at=at + FOR_EVER, created_at=at
    )

    async def work(tx):
        await tx.users.save(Change.created(user))
        await tx.login_sessions.save(Change.created(session))

    await uow.run(Actor.system("test"), work)
    return tokens.issue(user.actor(session_id=session.id))[0]
