"""`/webhooks`: a simple resource whose secret is told once, with deliveries, a trial and retries."""

from __future__ import annotations

from typing import Any, Final

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from msgspec import to_builtins

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer, page
from haitech_adapters.http.querying import read_query
from haitech_adapters.http.reading import identifier, read_body
from haitech_adapters.http.relations import without
from haitech_adapters.http.shapes import HttpRequest, NoBody, UseVerbs
from haitech_adapters.http.simple_resource import simple_resource
from haitech_adapters.http.webhook_shapes import (
    BODY_EXAMPLE,
    DeliveryQuery,
    DeliveryView,
    EventTypeView,
    WebhookBody,
    WebhookChanges,
    WebhookQuery,
    WebhookView,
    delivery_view,
    webhook_view,
)
from haitech_domain.access import Action, Resource, grant
from haitech_domain.errors import Kind
from haitech_domain.use_cases.telling import ListDeliveries, RetryDelivery, TestWebhook
from haitech_domain.use_cases.webhooks import WEBHOOKS, CreateWebhook, RotateSecret
from haitech_domain.webhook.catalogue import told

_READ: Final = (Action.READ, Resource.WEBHOOKS)
_UPDATE: Final = (Action.UPDATE, Resource.WEBHOOKS)
_OF_ONE: Final = without(DeliveryQuery, "webhook_id", "WebhookDeliveryQuery")

_plain: Any = simple_resource(
    path="/webhooks",
    one="a webhook",
    spec=WEBHOOKS,
    of=lambda verbs: verbs.webhooks,
    creation=WebhookBody,
    changes=WebhookChanges,
    query=WebhookQuery,
    result=WebhookView,
    view=webhook_view,
    examples=(BODY_EXAMPLE, None),
    creates=CreateWebhook,
)


class WebhooksController(_plain):  # type: ignore[misc]  # made by a call, so of no known type
    """Webhooks."""

    @post(
        "/{id:str}/rotate-secret",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Rotate a webhook's secret",
                use_case=RotateSecret,
                access=_UPDATE,
                body=NoBody,
                body_required=False,
                result=WebhookView,
            )
        },
    )
    async def rotate_secret(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Rotate."""
        actor = actor_of(request)
        named = identifier(id)
        await read_body(request, NoBody, required=False)
        made = await verbs.webhooks.rotate(actor=actor, id=named)
        return answer(request, webhook_view(made, actor))

    @get(
        "/events",
        opt={
            "endpoint": Endpoint(
                summary="List the types of events",
                description="Every type of event, with the JSON Schema of what is sent.",
                access=_READ,
                result=list[EventTypeView],
            )
        },
    )
    async def events(self, request: HttpRequest) -> ASGIResponse:
        """Every type."""
        grant(actor_of(request), *_READ)
        views = [
            EventTypeView(
                type=one.type,
                description=one.description,
                version=one.version,
                schema=to_builtins(one.schema),
            )
            for one in told()
        ]
        return answer(request, views)


class DeliveriesController(Controller):
    """What became of events."""

    path = "/webhooks"
    tags = ("webhooks",)

    @get(
        "/deliveries",
        opt={
            "endpoint": Endpoint(
                summary="List deliveries",
                use_case=ListDeliveries,
                access=_READ,
                query=DeliveryQuery,
                result=DeliveryView,
                paged=True,
            )
        },
    )
    async def all(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Of all webhooks."""
        asked = read_query(request, DeliveryQuery).asked()
        found, tries = await verbs.webhooks.deliveries(actor=actor_of(request), query=asked)
        return page(request, [delivery_view(d, tries.get(d.id, ())) for d in found.items], found)

    @get(
        "/{id:str}/deliveries",
        opt={
            "endpoint": Endpoint(
                summary="List a webhook's deliveries",
                use_case=ListDeliveries,
                access=_READ,
                query=_OF_ONE,
                result=DeliveryView,
                paged=True,
            )
        },
    )
    async def of_one(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Of one webhook."""
        actor = actor_of(request)
        webhook = identifier(id)
        asked = read_query(request, _OF_ONE).asked(webhook_id=webhook)
        await verbs.webhooks.read(actor=actor, id=webhook)
        found, tries = await verbs.webhooks.deliveries(actor=actor, query=asked)
        return page(request, [delivery_view(d, tries.get(d.id, ())) for d in found.items], found)

    @post(
        "/{id:str}/test",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Try a webhook",
                use_case=TestWebhook,
                access=_UPDATE,
                body=NoBody,
                body_required=False,
                result=DeliveryView,
            )
        },
    )
    async def test(self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]) -> ASGIResponse:
        """Try."""
        actor = actor_of(request)
        webhook = identifier(id)
        await read_body(request, NoBody, required=False)
        done = await verbs.webhooks.test(actor=actor, id=webhook)
        return answer(request, delivery_view(done.delivery, done.attempts))

    @post(
        "/{id:str}/deliveries/{delivery_id:str}/retry",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Send a delivery once more",
                use_case=RetryDelivery,
                access=_UPDATE,
                body=NoBody,
                body_required=False,
                result=DeliveryView,
                errors=(Kind.CONFLICT,),
                conflicts=("delivery.pending", "webhook.not_active"),
            )
        },
    )
    async def retry(
        self,
        request: HttpRequest,
        verbs: UseVerbs,
        id: FromPath[str],
        delivery_id: FromPath[str],
    ) -> ASGIResponse:
        """Send again."""
        actor = actor_of(request)
        webhook, delivery = identifier(id), identifier(delivery_id, "deliveryId")
        await read_body(request, NoBody, required=False)
        done = await verbs.webhooks.retry(actor=actor, webhook_id=webhook, delivery_id=delivery)
        return answer(request, delivery_view(done.delivery, done.attempts))
