"""Passwords: changed by who knows it, set anew by who reads the mail."""

from __future__ import annotations

from typing import Final

import attrs

from haitech_domain.access import Action, Actor
from haitech_domain.change import Change
from haitech_domain.errors import BadValue, Invalid
from haitech_domain.ids import JobId, OneTimeTokenId
from haitech_domain.people import Email
from haitech_domain.ports import (
    Attempts,
    Clock,
    Ids,
    Job,
    Outcome,
    Passwords,
    Randomness,
    Transaction,
    UnitOfWork,
)
from haitech_domain.session import OneTimeToken, SessionEnd, TokenEnd, TokenPurpose, fingerprint
from haitech_domain.session.refreshing import ALPHABET, SECRET_LENGTH
from haitech_domain.use_cases.closing import end_sessions, locked_user, void_links
from haitech_domain.use_cases.letters import letter
from haitech_domain.use_cases.logging_in import account_of, address_subjects, login_subjects
from haitech_domain.use_cases.login_rules import LoginRules
from haitech_domain.use_cases.posting import LOST_KEY, Post
from haitech_domain.user import User

_NEW: Final = "new_password"


@attrs.frozen(kw_only=True)
class ChangePassword:
    """Change one's own password. All other sessions of the user end; this one goes on."""

    uow: UnitOfWork
    clock: Clock
    passwords: Passwords
    attempts: Attempts
    rules: LoginRules

    async def __call__(
        self,
        *,
        actor: Actor,
        current_password: str,
        new_password: str,
        address: str | None = None,
    ) -> None:
        """Change it.

        :raises Invalid: the present one is wrong, which counts as a failed login, or the new one
            may not be used
        :raises Forbidden: the caller is no user
        :raises TooManyAttempts: too many failures of this account or address
        """
        id = account_of(actor, Action.UPDATE)
        user = await self.uow.read(lambda tx: tx.users.get(id))
        subjects = login_subjects(str(user.email), address)
        await self.attempts.check(*subjects)
        self.rules.passwords.check(new_password, field=_NEW, about=(user.email, user.name))
        if not await self.passwords.verified(current_password, user.password_hash):
            await self.attempts.failed(*subjects)
            raise _not_the_present_one()
        hashed = await self.passwords.hashed(new_password)

        async def work(tx: Transaction) -> None:
            known = await tx.users.lock(id)
            if known.password_hash != user.password_hash:
                raise _not_the_present_one()
            at = self.clock.now()
            after = known.changed(at, password_hash=hashed)
            await tx.users.save(Change.updated(known, after, action="password"))
            await end_sessions(tx, id, at=at, why=SessionEnd.PASSWORD, apart_from=actor.session_id)
            await void_links(tx, id, at=at)

        await self.uow.run(actor, work)


def _not_the_present_one() -> Invalid:
    return Invalid.because("current_password", "is not your password", reason="password.wrong")


@attrs.frozen(kw_only=True)
class Links:
    """Makes one-time links and the letters that carry them."""

    clock: Clock
    ids: Ids
    randomness: Randomness
    rules: LoginRules

    def secret(self) -> str:
        """A token that nobody can guess."""
        return self.randomness.text(ALPHABET, SECRET_LENGTH)

    async def keep(
        self, tx: Transaction, user: User, purpose: TokenPurpose, secret: str
    ) -> OneTimeToken:
        """Keep a new token of a user who is locked; the older ones are void from then on."""
        at = self.clock.now()
        await void_links(tx, user.id, at=at)
        invited = purpose is TokenPurpose.INVITATION
        made = OneTimeToken(
            id=OneTimeTokenId(self.ids.new()),
            user_id=user.id,
            purpose=purpose,
            token_hash=fingerprint(secret),
            expires_at=at + (self.rules.invitation_life if invited else self.rules.reset_life),
            created_at=at,
            updated_at=at,
        )
        await tx.one_time_tokens.save(Change.created(made))
        return made


FORGOTTEN: Final = "password.forgotten"
"""The kind of job that asking for a link is."""
_ASKING: Final = Actor.system("password reset")


@attrs.frozen(kw_only=True)
class ForgotPassword:
    """Ask for a link that sets a new password, by mail, good once for 30 minutes.

    The answer is the same, after the same time, whether or not anybody has the address: all that
    is done before it is to put the question into the queue.
    """

    uow: UnitOfWork
    attempts: Attempts
    clock: Clock
    ids: Ids
    rules: LoginRules

    async def __call__(self, *, email: str, address: str | None = None) -> None:
        """Have the link sent, if there is somebody to send it to.

        :raises TooManyAttempts: asked for too often for this account or from this address
        """
        account = f"forgot:account:{email.strip().lower()[:254]}"
        await self.attempts.failed(account, *address_subjects("forgot", address))
        try:
            wanted = Email.of(email)
        except BadValue:
            return
        at = self.clock.now()
        job = Job(
            id=JobId(self.ids.new()),
            kind=FORGOTTEN,
            lane=FORGOTTEN,
            due_at=at,
            until=at + self.rules.reset_life,
            secret={"email": str(wanted)},
        )
        await self.uow.run(_ASKING, lambda tx: tx.jobs.put(job))


@attrs.frozen(kw_only=True)
class AnswerForgotten:
    """Look who has forgotten their password, and write to them. A new link makes the older void."""

    links: Links
    post: Post

    async def __call__(self, job: Job) -> Outcome:
        """Nothing where nobody has the address, or may log in."""
        if job.secret is None:
            return LOST_KEY
        email, secret = Email.of(job.secret["email"]), self.links.secret()

        async def settle(tx: Transaction) -> None:
            found = await tx.users.by_email(email)
            user = None if found is None else await locked_user(tx, found.id)
            if user is None:
                return
            token = await self.links.keep(tx, user, TokenPurpose.RESET, secret)
            mail = letter(user, TokenPurpose.RESET, secret, self.links.rules)
            await self.post.put(tx, mail, until=token.expires_at)

        return Outcome(settle=settle)


@attrs.frozen(kw_only=True)
class ResetPassword:
    """Set a new password by a one-time link. All sessions of the user end."""

    uow: UnitOfWork
    clock: Clock
    passwords: Passwords
    attempts: Attempts
    rules: LoginRules

    async def __call__(self, *, token: str, new_password: str, address: str | None = None) -> None:
        """Set it.

        :raises Invalid: the token is unknown, used, replaced or expired, or the password may not
            be used (then the token stays good)
        :raises TooManyAttempts: too many wrong tokens from this address
        """
        self.rules.passwords.check(new_password, field=_NEW)
        holder = await self.uow.read(lambda tx: self._holder(tx, fingerprint(token)))
        done = False
        if holder is not None:
            about = (holder.email, holder.name)
            self.rules.passwords.check(new_password, field=_NEW, about=about)
            done = await self._set(holder, fingerprint(token), new_password)
        if not done:
            await self.attempts.failed(*address_subjects("token", address))
            message = "is not valid any more; ask for a new link"
            raise Invalid.because("token", message, reason="token.invalid")

    async def _holder(self, tx: Transaction, token_hash: str) -> User | None:
        """Whose token it is, if it can be used."""
        token = await tx.one_time_tokens.by_hash(token_hash)
        if token is None or not token.is_open(self.clock.now()):
            return None
        user = (await tx.users.many([token.user_id])).get(token.user_id)
        return user if user is not None and user.is_active else None

    async def _set(self, holder: User, token_hash: str, password: str) -> bool:
        hashed = await self.passwords.hashed(password)

        async def work(tx: Transaction) -> bool:
            # whoever uses or replaces a link of the user waits here for the other
            user = await locked_user(tx, holder.id)
            if user is None or await self._holder(tx, token_hash) is None:
                return False
            at = self.clock.now()
            for one in await tx.one_time_tokens.lock_open_of(holder.id, at):
                mine = one.token_hash == token_hash
                ended = one.ended(at, TokenEnd.USED if mine else TokenEnd.REPLACED)
                await tx.one_time_tokens.save(Change.updated(one, ended, action="end"))
            after = user.changed(at, password_hash=hashed)
            await tx.users.save(Change.updated(user, after, action="password"))
            await end_sessions(tx, user.id, at=at, why=SessionEnd.PASSWORD)
            return True

        return await self.uow.run(holder.actor(), work)
