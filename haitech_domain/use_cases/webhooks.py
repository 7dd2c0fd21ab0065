"""Webhooks: making, changing and rotating them; only administrators do (domain.md §11)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.change import Change
from haitech_domain.errors import Invalid
from haitech_domain.ids import WebhookId
from haitech_domain.ports import (
    Clock,
    Courier,
    Ids,
    Randomness,
    Recovered,
    RefusedTarget,
    Transaction,
    UnitOfWork,
    Vault,
)
from haitech_domain.session.refreshing import ALPHABET
from haitech_domain.use_cases.catalogue import Update
from haitech_domain.use_cases.spec import Spec, Within
from haitech_domain.webhook import Webhook, WebhookStatus, whsec
from haitech_domain.webhook.values import SECRET_LENGTH

WEBHOOKS: Final = Spec(
    resource=Resource.WEBHOOKS, entity=Webhook, repository=lambda tx: tx.webhooks
)
LEFT_BEHIND_AFTER: Final = timedelta(minutes=1)
"""How long a delivery may wait without a job; a trial, which has none, takes seconds."""
EVENTS_KEPT: Final = timedelta(days=30)
"""How long an event and its deliveries can be looked at, once nothing of it is pending."""


@attrs.frozen(kw_only=True)
class ToldSecret:
    """A webhook as it is kept, and its secret, which is told this once, in both writings."""

    webhook: Webhook
    secret: str = attrs.field(repr=False)

    @property
    def id(self) -> WebhookId:
        """The id of what is kept."""
        return self.webhook.id

    @property
    def whsec(self) -> str:
        """The secret as the Standard Webhooks spec writes it."""
        return whsec(self.secret)


async def _may_be_told(courier: Courier, url: str) -> None:
    """:raises Invalid: nothing is sent to such an address"""
    try:
        await courier.check(url)
    except RefusedTarget as refused:
        raise Invalid.because("url", refused.message, reason=refused.reason) from None


@attrs.frozen(kw_only=True)
class CreateWebhook:
    """Make a webhook. The answer holds its secret, which is shown this once.

    An address that resolves to a private, loopback, link-local or metadata address is refused,
    now and at every delivery.
    """

    uow: UnitOfWork
    clock: Clock
    ids: Ids
    randomness: Randomness
    vault: Vault
    courier: Courier

    async def __call__(self, *, actor: Actor, values: Mapping[str, Any]) -> ToldSecret:
        """The new webhook and its secret.

        :raises Forbidden: the caller is no administrator
        :raises Invalid: values that break their rules, or an address that nothing is sent to
        """
        grant(actor, Action.CREATE, Resource.WEBHOOKS)
        at, id = self.clock.now(), WebhookId(self.ids.new())
        secret = self.randomness.text(ALPHABET, SECRET_LENGTH)
        sealed = self.vault.seal(secret, about=id)
        made = {"id": id, "created_at": at, "updated_at": at, "sealed_secret": sealed}
        webhook = Webhook(**{**values, **made})
        await _may_be_told(self.courier, webhook.url)
        await self.uow.run(actor, lambda tx: tx.webhooks.save(Change.created(webhook)))
        return ToldSecret(webhook=webhook, secret=secret)


@attrs.frozen(kw_only=True)
class UpdateWebhook(Update[Webhook]):
    """Change the given fields. One that becomes active again is told what has waited for it."""

    courier: Courier

    async def __call__(
        self, *, actor: Actor, id: UUID, values: Mapping[str, Any], within: Within | None = None
    ) -> Webhook:
        """The webhook with the given fields changed.

        :raises Forbidden: the caller is no administrator
        :raises NotFound: there is none
        :raises Invalid: values that break their rules, or an address that nothing is sent to
        """
        del within  # a webhook has no parent
        grant(actor, Action.UPDATE, Resource.WEBHOOKS)
        at = self.clock.now()
        seen = await self.uow.read(lambda tx: tx.webhooks.get(id))
        wanted = seen.changed(at, **values)
        if wanted.url != seen.url:
            await _may_be_told(self.courier, wanted.url)
        return await self.uow.run(actor, lambda tx: self._changed(tx, id, values, at))

    async def _changed(
        self, tx: Transaction, id: UUID, values: Mapping[str, Any], at: datetime
    ) -> Webhook:
        before = await tx.webhooks.lock(id)
        after = before.changed(at, **values)
        resumes = after.status is WebhookStatus.ACTIVE is not before.status
        if resumes:
            after = attrs.evolve(after, status_reason=None, failing_since=None)
        await tx.webhooks.save(Change.updated(before, after))
        if resumes:
            await tx.deliveries.resume(after.id, at=at)
        return after


@attrs.frozen(kw_only=True)
class RotateSecret:
    """Replace a webhook's secret. For 24 hours the one before signs as well."""

    uow: UnitOfWork
    clock: Clock
    randomness: Randomness
    vault: Vault

    async def __call__(self, *, actor: Actor, id: UUID) -> ToldSecret:
        """The webhook and its new secret.

        :raises Forbidden: the caller is no administrator
        :raises NotFound: there is none
        """
        grant(actor, Action.UPDATE, Resource.WEBHOOKS)
        at = self.clock.now()
        secret = self.randomness.text(ALPHABET, SECRET_LENGTH)
        sealed = self.vault.seal(secret, about=id)

        async def work(tx: Transaction) -> Webhook:
            before = await tx.webhooks.lock(id)
            after = before.rotated(sealed, at=at)
            await tx.webhooks.save(Change.updated(before, after, action="rotate"))
            return after

        return ToldSecret(webhook=await self.uow.run(actor, work), secret=secret)


@attrs.frozen(kw_only=True)
class RecoverDeliveries:
    """See to deliveries that wait although nobody works on them: send them, or say they are dead.

    A job is buried when whoever does it is killed again and again, and then its delivery is dead;
    a trial is, whose program ended before it did. An event that came about in the very moment in
    which its webhook was made to go on has no job, and is put on its way.
    """

    uow: UnitOfWork
    clock: Clock

    async def __call__(self, *, actor: Actor) -> Recovered:
        """How many were sent again, and how many are dead; the oldest go first, some at once."""
        at = self.clock.now()
        before = at - LEFT_BEHIND_AFTER
        return await self.uow.run(actor, lambda tx: tx.deliveries.recover(before=before, at=at))


@attrs.frozen(kw_only=True)
class ForgetEvents:
    """Purge the events, with their deliveries, that are told and over for a month."""

    uow: UnitOfWork
    clock: Clock

    async def __call__(self, *, actor: Actor) -> int:
        """How many events were forgotten; the oldest go first, some at once."""
        before = self.clock.now() - EVENTS_KEPT
        return await self.uow.run(actor, lambda tx: tx.deliveries.purge(before=before))
