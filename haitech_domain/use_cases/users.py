"""Logging in, and the first administrator."""

from __future__ import annotations

import attrs

from haitech_domain.access import Actor, ActorKind, Role
from haitech_domain.change import Change
from haitech_domain.errors import BadValue, Duplicate, Invalid, NotFound
from haitech_domain.ids import UserId
from haitech_domain.people import Email
from haitech_domain.ports import (
    Clock,
    Ids,
    Passwords,
    Query,
    Tokens,
    Transaction,
    Unauthenticated,
    UnitOfWork,
)
from haitech_domain.user import User

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 128


def check_password(password: str) -> None:
    """Whether a password may be used: 8–128 characters.

    :raises Invalid: it may not
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid.because(
            "password",
            f"must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters",
            reason="password.length",
        )


@attrs.frozen(kw_only=True)
class Session:
    """What logging in gives: a token, its life in seconds, and whose it is."""

    access_token: str
    expires_in: int
    user: User


@attrs.frozen(kw_only=True)
class LogIn:
    """Log in with email and password.

    An unknown address, a wrong password and an inactive user get the same answer after the same
    time.
    """

    uow: UnitOfWork
    clock: Clock
    passwords: Passwords
    tokens: Tokens

    async def __call__(self, *, email: str, password: str) -> Session:
        """An access token for the user.

        :raises Unauthenticated: the two do not belong together, or the user is not active
        """
        try:
            address = Email.of(email)
        except BadValue:
            address = None

        async def find(tx: Transaction) -> User | None:
            return None if address is None else await tx.users.by_email(address)

        user = await self.uow.read(find)
        stored = None if user is None else user.password_hash
        right = await self.passwords.verified(password, stored)
        if user is None or not right or not user.is_active:
            raise Unauthenticated("email or password is wrong")
        user_id = user.id

        async def arrive(tx: Transaction) -> tuple[User, Actor]:
            known = await tx.users.lock(user_id)
            after = known.changed(self.clock.now(), last_login=self.clock.now())
            actor = after.actor(await tx.users.instructor_of(known.id))
            await tx.users.save(Change.updated(known, after, action="login"))
            return after, actor

        arrived, actor = await self.uow.run(user.actor(), arrive)
        token, life = self.tokens.issue(actor)
        return Session(access_token=token, expires_in=life, user=arrived)


@attrs.frozen(kw_only=True)
class ReadMe:
    """The user who is calling."""

    uow: UnitOfWork

    async def __call__(self, *, actor: Actor) -> User:
        """The caller's account.

        :raises NotFound: the caller is no user, or the account is gone
        """
        if actor.kind is not ActorKind.USER or actor.id is None:
            raise NotFound("user", actor.id)
        id = actor.id
        return await self.uow.read(lambda tx: tx.users.get(id))


@attrs.frozen(kw_only=True)
class CreateAdmin:
    """Make an administrator, from the command line or at the first start."""

    uow: UnitOfWork
    clock: Clock
    ids: Ids
    passwords: Passwords

    async def __call__(self, *, email: str, password: str, name: str = "Admin") -> User:
        """The new administrator.

        :raises Invalid: the address or the password may not be used
        :raises Duplicate: a user has this address
        """
        check_password(password)
        at = self.clock.now()
        try:
            address = Email.of(email)
        except BadValue as bad:
            raise Invalid.because("email", bad.message, reason=bad.reason) from None
        user = User(
            id=UserId(self.ids.new()),
            email=address,
            name=name,
            role=Role.ADMIN,
            password_hash=await self.passwords.hashed(password),
            created_at=at,
            updated_at=at,
        )

        async def work(tx: Transaction) -> User:
            await tx.users.save(Change.created(user))
            return user

        return await self.uow.run(Actor.system("setup"), work)

    async def if_none(self, *, email: str, password: str) -> User | None:
        """The new administrator where nobody has an account yet, else None.

        Of two first starts at once with the same address one makes it.
        """

        async def anyone(tx: Transaction) -> bool:
            return bool((await tx.users.page(Query(limit=1))).total)

        if await self.uow.read(anyone):
            return None
        try:
            return await self(email=email, password=password)
        except Duplicate:
            return None
