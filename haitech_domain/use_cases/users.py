"""Accounts: one's own, those that administrators make, and the first one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from haitech_domain.access import Action, Actor, Resource, Role, grant
from haitech_domain.change import Change, Verb
from haitech_domain.errors import BadValue, Duplicate, Invalid
from haitech_domain.fields import problems_in
from haitech_domain.ids import UserId
from haitech_domain.people import Email
from haitech_domain.ports import Clock, Ids, Passwords, Query, Transaction, UnitOfWork
from haitech_domain.use_cases.catalogue import Create, Update
from haitech_domain.use_cases.logging_in import account_of
from haitech_domain.use_cases.spec import Within
from haitech_domain.user import PasswordPolicy, User


@attrs.frozen(kw_only=True)
class ReadMe:
    """The user who is calling."""

    uow: UnitOfWork

    async def __call__(self, *, actor: Actor) -> User:
        """The caller's account.

        :raises Forbidden: the caller is no user
        """
        id = account_of(actor, Action.READ)
        return await self.uow.read(lambda tx: tx.users.get(id))


@attrs.frozen(kw_only=True)
class CreateAdmin:
    """Make an administrator, from the command line or at the first start."""

    uow: UnitOfWork
    clock: Clock
    ids: Ids
    passwords: Passwords
    policy: PasswordPolicy = attrs.field(factory=PasswordPolicy)

    async def __call__(self, *, email: str, password: str, name: str = "Admin") -> User:
        """The new administrator.

        :raises Invalid: the address or the password may not be used
        :raises Duplicate: a user has this address
        """
        self.policy.check(password, about=(email, name))
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


@attrs.frozen(kw_only=True)
class CreateUser(Create[User]):
    """Make a user with a password. Every value is checked, and everything that is wrong is listed."""

    passwords: Passwords
    policy: PasswordPolicy

    async def __call__(
        self, *, actor: Actor, values: Mapping[str, Any], within: Within | None = None
    ) -> User:
        """The new user, of the given fields and `password`.

        :raises Forbidden: the role or scopes do not allow it
        :raises Invalid: values that break their rules, or a password that may not be used
        :raises Duplicate: a user has this address
        """
        grant(actor, Action.CREATE, Resource.USERS)
        given = dict(values)
        password = given.pop("password")
        about = [given[name] for name in ("email", "name") if name in given]
        problems = (*problems_in(User, given), *self.policy.problems(password, about=about))
        if problems:
            raise Invalid(problems)
        given["password_hash"] = await self.passwords.hashed(password)
        return await super().__call__(actor=actor, values=given, within=within)


@attrs.frozen(kw_only=True)
class ActivateUser(Update[User]):
    """Let a user log in again."""

    action: Verb = "activate"


@attrs.frozen(kw_only=True)
class DeactivateUser(Update[User]):
    """Shut a user out: all sessions end, on every process within five seconds.

    The last active administrator cannot be deactivated.
    """

    action: Verb = "deactivate"
