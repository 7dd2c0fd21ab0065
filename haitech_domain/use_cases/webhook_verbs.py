"""All that is done with webhooks, in one value."""

from __future__ import annotations

from typing import Self

import attrs

from haitech_domain.ports import Clock, Courier, Ids, Randomness, UnitOfWork, Vault
from haitech_domain.use_cases.catalogue import ListPage, Read
from haitech_domain.use_cases.deletion import Delete, Restore
from haitech_domain.use_cases.telling import (
    Carrier,
    Deliver,
    ListDeliveries,
    RetryDelivery,
    TestWebhook,
)
from haitech_domain.use_cases.webhooks import (
    WEBHOOKS,
    CreateWebhook,
    ForgetEvents,
    RecoverDeliveries,
    RotateSecret,
    UpdateWebhook,
)
from haitech_domain.webhook import Webhook


@attrs.frozen(kw_only=True)
class WebhookVerbs:
    """The use cases of webhooks."""

    create: CreateWebhook
    read: Read[Webhook]
    list: ListPage[Webhook]
    update: UpdateWebhook
    delete: Delete[Webhook]
    restore: Restore[Webhook]
    rotate: RotateSecret
    test: TestWebhook
    deliveries: ListDeliveries
    retry: RetryDelivery
    deliver: Deliver
    recover: RecoverDeliveries
    forget: ForgetEvents

    @classmethod
    def of(
        cls,
        *,
        uow: UnitOfWork,
        clock: Clock,
        ids: Ids,
        randomness: Randomness,
        vault: Vault,
        courier: Courier,
    ) -> Self:
        """All of them over these ports."""
        carry = Carrier(clock=clock, vault=vault, courier=courier)
        return cls(
            create=CreateWebhook(
                uow=uow, clock=clock, ids=ids, randomness=randomness, vault=vault, courier=courier
            ),
            read=Read(spec=WEBHOOKS, uow=uow),
            list=ListPage(spec=WEBHOOKS, uow=uow),
            update=UpdateWebhook(spec=WEBHOOKS, uow=uow, clock=clock, courier=courier),
            delete=Delete(spec=WEBHOOKS, uow=uow, clock=clock, ids=ids),
            restore=Restore(spec=WEBHOOKS, uow=uow, clock=clock),
            rotate=RotateSecret(uow=uow, clock=clock, randomness=randomness, vault=vault),
            test=TestWebhook(uow=uow, clock=clock, ids=ids, carry=carry),
            deliveries=ListDeliveries(uow=uow),
            retry=RetryDelivery(uow=uow, clock=clock),
            deliver=Deliver(uow=uow, clock=clock, carry=carry),
            recover=RecoverDeliveries(uow=uow, clock=clock),
            forget=ForgetEvents(uow=uow, clock=clock),
        )
