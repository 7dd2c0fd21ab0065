"""The verbs of registrations: paying and cancelling, and the ledger that they write."""

from __future__ import annotations

from typing import Final

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer, page
from haitech_adapters.http.payment_shapes import (
    CANCELLATION_EXAMPLE,
    PAYMENT_EXAMPLE,
    PaymentBody,
    PaymentQuery,
    PaymentView,
    RegistrationCancellationBody,
    payment_view,
)
from haitech_adapters.http.querying import read_query
from haitech_adapters.http.reading import read_body
from haitech_adapters.http.registration_shapes import RegistrationView, registration_view
from haitech_adapters.http.registrations import registration_id_of
from haitech_adapters.http.shapes import HttpRequest, UseVerbs
from haitech_domain.access import Action, Resource
from haitech_domain.errors import Kind
from haitech_domain.registration import StatedCancellation, StatedPayment
from haitech_domain.use_cases import CancelRegistration, ListPayments, PayRegistration

_UPDATE: Final = (Action.UPDATE, Resource.REGISTRATIONS)


class RegistrationVerbsController(Controller):
    """What is done with registrations."""

    path = "/registrations"
    tags = ("registrations",)

    @post(
        "/{id:str}/payment",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Record a payment",
                use_case=PayRegistration,
                access=_UPDATE,
                body=PaymentBody,
                result=RegistrationView,
                errors=(Kind.CONFLICT,),
                conflicts=(
                    "payment.contradicts_ledger",
                    "payment.above_price",
                    "payment.no_price",
                ),
                example=PAYMENT_EXAMPLE,
            )
        },
    )
    async def pay(self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]) -> ASGIResponse:
        """Pay."""
        actor = actor_of(request)
        registration_id = registration_id_of(id)
        body = await read_body(request, PaymentBody)
        paid = await verbs.pay_registration(
            actor=actor, registration_id=registration_id, stated=StatedPayment(**body.given())
        )
        return answer(request, registration_view(paid, actor))

    @post(
        "/{id:str}/cancel",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Cancel a registration",
                use_case=CancelRegistration,
                access=_UPDATE,
                body=RegistrationCancellationBody,
                body_required=False,
                result=RegistrationView,
                errors=(Kind.CONFLICT,),
                conflicts=("registration.cannot_cancel", "payment.refund_above_paid"),
                example=CANCELLATION_EXAMPLE,
            )
        },
    )
    async def cancel(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Cancel."""
        actor = actor_of(request)
        registration_id = registration_id_of(id)
        body = await read_body(request, RegistrationCancellationBody, required=False)
        gone = await verbs.cancel_registration(
            actor=actor,
            registration_id=registration_id,
            stated=StatedCancellation(**body.given()),
        )
        return answer(request, registration_view(gone, actor))

    @get(
        "/{id:str}/payments",
        opt={
            "endpoint": Endpoint(
                summary="List the payments of a registration",
                use_case=ListPayments,
                access=(Action.SEE_MONEY, Resource.REGISTRATIONS),
                query=PaymentQuery,
                result=PaymentView,
                paged=True,
            )
        },
    )
    async def payments(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Its ledger."""
        actor = actor_of(request)
        registration_id = registration_id_of(id)
        asked = read_query(request, PaymentQuery).asked()
        found = await verbs.list_payments(actor=actor, registration_id=registration_id, query=asked)
        return page(request, [payment_view(entry) for entry in found.items], found)
