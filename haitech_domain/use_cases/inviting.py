"""Instructors and their accounts: made together, or by an invitation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

import attrs

from haitech_domain.access import Action, Actor, Resource, Role, grant
from haitech_domain.change import Change
from haitech_domain.errors import DomainError, Invalid, Problem
from haitech_domain.fields import problems_in
from haitech_domain.ids import InstructorId, UserId
from haitech_domain.instructor import Instructor
from haitech_domain.people import Email, Phone
from haitech_domain.ports import (
    Clock,
    Ids,
    Mailer,
    Passwords,
    Transaction,
    UnitOfWork,
)
from haitech_domain.session import OneTimeToken, TokenPurpose
from haitech_domain.use_cases.catalogue import Create
from haitech_domain.use_cases.letters import letter
from haitech_domain.use_cases.passwords import Links
from haitech_domain.use_cases.posting import Post
from haitech_domain.use_cases.spec import Within
from haitech_domain.user import PasswordPolicy, User


@attrs.frozen
class HasAccount(DomainError):
    """The instructor logs in already; a forgotten password is reset by mail."""

    reason: ClassVar[str] = "instructor.has_account"
    says: ClassVar[str] = "this instructor has an account with a password already"


@attrs.frozen
class AccountClosed(DomainError):
    """The linked user is not active, so a link would lead nowhere."""

    reason: ClassVar[str] = "user.inactive"
    says: ClassVar[str] = "the user of this instructor is not active; activate it first"


@attrs.frozen
class NoAddress(DomainError):
    """An invitation is sent by mail."""

    reason: ClassVar[str] = "instructor.no_email"
    says: ClassVar[str] = "this instructor has no email; give one first"


@attrs.frozen(kw_only=True)
class CreateInstructor(Create[Instructor]):
    """Make an instructor; with `createUser` also the user, in the same transaction.

    Without `userPassword` the user gets an invitation by mail.
    """

    passwords: Passwords
    policy: PasswordPolicy
    links: Links
    post: Post

    async def __call__(
        self, *, actor: Actor, values: Mapping[str, Any], within: Within | None = None
    ) -> Instructor:
        """The new instructor, of the given fields, `create_user` and `user_password`.

        :raises Forbidden: the role or scopes do not allow it
        :raises Invalid: values that break their rules, or a password that may not be used
        :raises Duplicate: a value that must be unique is taken, also the address by another user
        """
        grant(actor, Action.CREATE, self.spec.resource)
        given = dict(values)
        makes_user = given.pop("create_user", False)
        password = given.pop("user_password", None)
        if makes_user:
            grant(actor, Action.CREATE, Resource.USERS)
        problems = (
            *problems_in(Instructor, given),
            *self._problems(given, password, makes_user=makes_user),
        )
        if problems:
            raise Invalid(problems)
        create = partial(super().__call__, actor=actor, within=within)
        if not makes_user:
            return await create(values=given)
        user = await self._user(given, password)

        async def work(tx: Transaction) -> Instructor:
            await tx.users.save(Change.created(user))
            if password is None:
                await _invited(tx, user, self.links, self.post)
            return await create(values={**given, "user_id": user.id})

        return await self.uow.run(actor, work)

    def _problems(
        self, given: Mapping[str, Any], password: str | None, *, makes_user: bool
    ) -> Iterator[Problem]:
        if makes_user and given.get("email") is None:
            yield Problem("email", "is required to make the user", "value.required")
        if password is None:
            return
        if not makes_user:
            yield Problem("user_password", "goes with createUser only", "value.unexpected")
        about = [given[name] for name in ("email", "name") if given.get(name) is not None]
        yield from self.policy.problems(password, field="user_password", about=about)

    async def _user(self, given: Mapping[str, Any], password: str | None) -> User:
        phone = given.get("phone")
        at = self.clock.now()
        return User(
            id=UserId(self.ids.new()),
            email=Email.of(given["email"]),
            name=given["name"],
            role=Role.INSTRUCTOR,
            phone=None if phone is None else Phone.of(phone),
            password_hash=None if password is None else await self.passwords.hashed(password),
            created_at=at,
            updated_at=at,
        )


async def _invited(tx: Transaction, user: User, links: Links, post: Post) -> OneTimeToken:
    """Have a link sent to a user who is locked, by which they set a password."""
    secret = links.secret()
    token = await links.keep(tx, user, TokenPurpose.INVITATION, secret)
    mail = letter(user, TokenPurpose.INVITATION, secret, links.rules)
    await post.put(tx, mail, until=token.expires_at)
    return token


@attrs.frozen(kw_only=True)
class Invitation:
    """A link that was sent: whose account it opens, where it went, until when it is good."""

    user_id: UserId
    email: Email
    expires_at: datetime


@attrs.frozen(kw_only=True)
class InviteInstructor:
    """Send an instructor a link by mail that sets a password.

    The linked user is made where there is none. Inviting again sends a new link, and the old one
    is void.
    """

    uow: UnitOfWork
    clock: Clock
    ids: Ids
    mailer: Mailer
    links: Links
    post: Post

    async def __call__(self, *, actor: Actor, id: InstructorId) -> Invitation:
        """Send it.

        :raises Forbidden: only administrators make users
        :raises NotFound: there is no such instructor
        :raises NoAddress: the instructor has no email
        :raises HasAccount: the linked user has a password
        :raises AccountClosed: the linked user is not active
        :raises Duplicate: another user has the address
        :raises Unavailable: no mail server is set, so nothing can be sent
        """
        grant(actor, Action.CREATE, Resource.USERS)
        self.mailer.must_be_set()

        async def work(tx: Transaction) -> Invitation:
            user = await self._account(tx, await tx.instructors.lock(id))
            token = await _invited(tx, user, self.links, self.post)
            return Invitation(user_id=user.id, email=user.email, expires_at=token.expires_at)

        return await self.uow.run(actor, work)

    async def _account(self, tx: Transaction, instructor: Instructor) -> User:
        """The linked user, locked, or a new one."""
        linked = instructor.user_id
        if linked is not None and linked in await tx.users.many([linked]):
            user = await tx.users.lock(linked)
            if not user.is_active:
                raise AccountClosed
            if user.password_hash is not None:
                raise HasAccount
            return user
        if instructor.email is None:
            raise NoAddress
        at = self.clock.now()
        user = User(
            id=UserId(self.ids.new()),
            email=instructor.email,
            name=instructor.name,
            role=Role.INSTRUCTOR,
            phone=instructor.phone,
            created_at=at,
            updated_at=at,
        )
        await tx.users.save(Change.created(user))
        after = instructor.changed(at, user_id=user.id)
        await tx.instructors.save(Change.updated(instructor, after, action="invite"))
        return user
