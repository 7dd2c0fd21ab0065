"""Login sessions: begun, refreshed, ended, and asked who they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

import attrs

from haitech_domain.access import Action, Actor, ActorKind, Forbidden, Resource, grant
from haitech_domain.change import Change
from haitech_domain.errors import BadValue
from haitech_domain.ids import InstructorId, SessionId
from haitech_domain.people import Email
from haitech_domain.ports import (
    Attempts,
    Clock,
    Ids,
    Passwords,
    Randomness,
    Tokens,
    Transaction,
    Unauthenticated,
    UnitOfWork,
    neighbourhood,
)
from haitech_domain.session import RefreshToken, SessionEnd, opened, rotated
from haitech_domain.use_cases.closing import locked_user
from haitech_domain.use_cases.login_rules import LoginRules
from haitech_domain.user import User

_WRONG: Final = "email or password is wrong"
_LONGEST_SUBJECT: Final = 254


@attrs.frozen(kw_only=True)
class Session:
    """What logging in gives: two tokens, the first one's life in seconds, and whose they are."""

    access_token: str = attrs.field(repr=False)
    refresh_token: str = attrs.field(repr=False)
    expires_in: int
    user: User


def login_subjects(email: str, address: str | None) -> tuple[str, ...]:
    """What failed logins are counted against: the account as it was named, and the address."""
    account = f"login:account:{email.strip().lower()[:_LONGEST_SUBJECT]}"
    return (account, *address_subjects("login", address))


def address_subjects(what: str, address: str | None) -> Iterable[str]:
    """The address that something is counted against, where it is known."""
    return () if address is None else (f"{what}:address:{neighbourhood(address)}",)


def account_of(actor: Actor, action: Action) -> UUID:
    """The user who is calling. :raises Forbidden: the caller is no user, so has no account"""
    grant(actor, action, Resource.ACCOUNT)
    if actor.kind is not ActorKind.USER or actor.id is None:
        raise Forbidden("whoever is no user", action, Resource.ACCOUNT)
    return actor.id


@attrs.frozen(kw_only=True)
class LogIn:
    """Log in with email and password.

    An unknown address, a wrong password and an inactive user get the same answer after the same
    time. Failures count against the account and the address.
    """

    uow: UnitOfWork
    clock: Clock
    ids: Ids
    passwords: Passwords
    tokens: Tokens
    randomness: Randomness
    attempts: Attempts
    rules: LoginRules

    async def __call__(self, *, email: str, password: str, address: str | None = None) -> Session:
        """A session of the user. `address` is the caller's on the network.

        :raises Unauthenticated: the two do not belong together, or the user is not active
        :raises TooManyAttempts: too many failures of this account or address
        """
        subjects = login_subjects(email, address)
        await self.attempts.check(*subjects)
        user = await self._found(email)
        stored = None if user is None else user.password_hash
        right = await self.passwords.verified(password, stored)
        if user is None or stored is None or not right or not user.is_active:
            await self.attempts.failed(*subjects)
            raise Unauthenticated(_WRONG)
        # others may have used up what is allowed while this one was computed
        await self.attempts.check(*subjects)
        kept = await self.passwords.hashed(password) if self.passwords.outdated(stored) else stored
        return await self._begun(user, kept)

    async def _found(self, email: str) -> User | None:
        try:
            wanted = Email.of(email)
        except BadValue:
            # the same question to the store, which finds nobody
            wanted = Email("nobody@invalid.example")
        return await self.uow.read(lambda tx: tx.users.by_email(wanted))

    async def _begun(self, user: User, password_hash: str) -> Session:
        refresh = RefreshToken.new(self.randomness.text)
        session_id = SessionId(self.ids.new())

        async def arrive(tx: Transaction) -> tuple[User, InstructorId | None]:
            known = await _still(tx, user)
            at = self.clock.now()
            after = known.changed(at, last_login=at, password_hash=password_hash)
            await tx.users.save(Change.updated(known, after, action="login"))
            session = opened(
                refresh,
                id=session_id,
                user_id=user.id,
                at=at,
                life=self.rules.refresh_life,
                longest=self.rules.session_life,
            )
            await tx.login_sessions.save(Change.created(session, action="login"))
            return after, await tx.users.instructor_of(known.id)

        arrived, instructor = await self.uow.run(user.actor(), arrive)
        access, life = self.tokens.issue(arrived.actor(instructor, session_id))
        return Session(
            access_token=access, refresh_token=str(refresh), expires_in=life, user=arrived
        )


async def _still(tx: Transaction, user: User) -> User:
    """The user, locked, if what was checked of them still holds.

    :raises Unauthenticated: deactivated, deleted, or with another password by now
    """
    known = await locked_user(tx, user.id)
    if known is None or known.password_hash != user.password_hash:
        raise Unauthenticated(_WRONG)
    return known


@attrs.frozen(kw_only=True)
class RefreshSession:
    """Exchange a refresh token for a new pair of tokens.

    Each is good for one exchange: one that comes again ends the session with all its tokens,
    because somebody else may hold a copy. That holds for two exchanges at once, too.
    """

    uow: UnitOfWork
    clock: Clock
    tokens: Tokens
    randomness: Randomness
    attempts: Attempts
    rules: LoginRules

    async def __call__(self, *, refresh_token: str, address: str | None = None) -> Session:
        """The session with new tokens.

        :raises Unauthenticated: unknown, expired, spent, or the session or the user is no more
        :raises TooManyAttempts: too many wrong tokens from this address
        """
        given = RefreshToken.of(refresh_token)
        session = None if given is None else await self._exchanged(given)
        if session is None:
            # only failures are held up: many people may share an address, and stale tokens
            await self.attempts.failed(*address_subjects("token", address))
            raise Unauthenticated("the refresh token is not valid; log in again")
        return session

    async def _exchanged(self, given: RefreshToken) -> Session | None:
        found = await self.uow.read(lambda tx: tx.login_sessions.by_family(given.family_hash))
        if found is None:
            return None
        new = RefreshToken.new(self.randomness.text, given.family)

        async def exchange(tx: Transaction) -> tuple[User, InstructorId | None] | None:
            session = await tx.login_sessions.lock(found.id)
            user = (await tx.users.many([session.user_id])).get(session.user_id)
            at = self.clock.now()
            after = rotated(session, given, new, at=at, life=self.rules.refresh_life)
            if after is None or user is None or not user.is_active:
                return None
            action = "refresh" if after.ended_at is None else "end"
            # what ends is kept: the refusal is raised outside of the transaction
            await tx.login_sessions.save(Change.updated(session, after, action=action))
            if after.ended_at is not None:
                return None
            return user, await tx.users.instructor_of(user.id)

        exchanged = await self.uow.run(Actor.system("sessions"), exchange)
        if exchanged is None:
            return None
        user, instructor = exchanged
        access, life = self.tokens.issue(user.actor(instructor, found.id))
        return Session(access_token=access, refresh_token=str(new), expires_in=life, user=user)


@attrs.frozen(kw_only=True)
class LogOut:
    """End the session of the caller; its tokens are good for nothing from then on.

    A refresh token of the caller's may be given too; then its session ends as well.
    """

    uow: UnitOfWork
    clock: Clock

    async def __call__(self, *, actor: Actor, refresh_token: str | None = None) -> None:
        """End it; one that has ended already stays so.

        :raises Forbidden: the caller is no user
        """
        user = account_of(actor, Action.UPDATE)
        given = RefreshToken.of(refresh_token or "")

        async def work(tx: Transaction) -> None:
            ending = {actor.session_id}
            if given is not None:
                other = await tx.login_sessions.by_family(given.family_hash)
                ending.add(other.id if other is not None else None)
            at = self.clock.now()
            going = await tx.login_sessions.lock_open_of(user, at)
            await tx.login_sessions.save(
                *(
                    Change.updated(one, one.ended(at, SessionEnd.LOGOUT), action="logout")
                    for one in going
                    if one.id in ending
                )
            )

        await self.uow.run(actor, work)


@attrs.frozen(kw_only=True)
class Recognise:
    """Who a token speaks for, as they are now: role, name and instructor may have changed."""

    uow: UnitOfWork
    clock: Clock

    async def __call__(self, user_id: UUID, session_id: UUID | None) -> Actor:
        """The user as one who acts.

        :raises Unauthenticated: the session is over, or the user inactive or gone
        """

        async def look(tx: Transaction) -> Actor | None:
            if session_id is None:
                return None
            session = (await tx.login_sessions.many([session_id])).get(session_id)
            if session is None or session.user_id != user_id:
                return None
            user = (await tx.users.many([user_id])).get(user_id)
            if user is None or not user.is_active or not session.is_open(self.clock.now()):
                return None
            return user.actor(await tx.users.instructor_of(user_id), session.id)

        actor = await self.uow.read(look)
        if actor is None:
            raise Unauthenticated("this session is over; log in again")
        return actor
