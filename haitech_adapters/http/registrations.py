"""`/registrations`: reading, making, changing, deleting and restoring registrations."""

from __future__ import annotations

from typing import Final

from litestar import Controller, HttpMethod, Response, delete, get, post, route
from litestar.params import FromPath
from litestar.response.base import ASGIResponse

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer, no_content, page
from haitech_adapters.http.querying import read_query
from haitech_adapters.http.reading import identifier, read_body
from haitech_adapters.http.registration_shapes import (
    BODY_EXAMPLE,
    JOINING_REFUSALS,
    RegistrationBody,
    RegistrationChanges,
    RegistrationQuery,
    RegistrationView,
    registration_view,
)
from haitech_adapters.http.shapes import HttpRequest, NoBody, UseVerbs
from haitech_domain.access import Action, Resource
from haitech_domain.errors import Kind
from haitech_domain.ids import RegistrationId
from haitech_domain.registration import Registration
from haitech_domain.use_cases import (
    DeleteRegistration,
    ListPage,
    Read,
    RegisterStudent,
    RestoreRegistration,
    UpdateRegistration,
    lock_registration,
)

_READ: Final = (Action.READ, Resource.REGISTRATIONS)


def registration_id_of(id: str) -> RegistrationId:
    """The id in a path. :raises Invalid: it is no UUID"""
    return RegistrationId(identifier(id))


class RegistrationsController(Controller):
    """Students in cycles."""

    path = "/registrations"
    tags = ("registrations",)

    @get(
        "/",
        opt={
            "endpoint": Endpoint(
                summary="List registrations",
                use_case=ListPage,
                access=_READ,
                query=RegistrationQuery,
                result=RegistrationView,
                paged=True,
            )
        },
    )
    async def list(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """List."""
        actor = actor_of(request)
        asked = read_query(request, RegistrationQuery).asked()
        found = await verbs.list_registrations(actor=actor, query=asked)
        return page(request, [registration_view(r, actor) for r in found.items], found)

    @post(
        "/",
        opt={
            "endpoint": Endpoint(
                summary="Register a student",
                use_case=RegisterStudent,
                access=(Action.CREATE, Resource.REGISTRATIONS),
                body=RegistrationBody,
                entity=Registration,
                result=RegistrationView,
                errors=(Kind.CONFLICT,),
                conflicts=JOINING_REFUSALS,
                example=BODY_EXAMPLE,
            )
        },
    )
    async def create(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Create."""
        actor = actor_of(request)
        body = await read_body(request, RegistrationBody, is_new=True)
        made = await verbs.register_student.by_fields(actor=actor, values=body.given())
        location = f"/api/v1/registrations/{made.id}"
        return answer(request, registration_view(made, actor), headers={"Location": location})

    @get(
        "/{id:str}",
        opt={
            "endpoint": Endpoint(
                summary="Read a registration", use_case=Read, access=_READ, result=RegistrationView
            )
        },
    )
    async def read(self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]) -> ASGIResponse:
        """Read."""
        actor = actor_of(request)
        found = await verbs.read_registration(actor=actor, id=registration_id_of(id))
        return answer(request, registration_view(found, actor))

    @route(
        "/{id:str}",
        http_method=[HttpMethod.PUT, HttpMethod.PATCH],
        opt={
            "endpoint": Endpoint(
                summary="Update a registration",
                use_case=UpdateRegistration,
                access=(Action.UPDATE, Resource.REGISTRATIONS),
                lock=lock_registration,
                body=RegistrationChanges,
                entity=Registration,
                result=RegistrationView,
                errors=(Kind.CONFLICT,),
                conflicts=(
                    "registration.ended",
                    "registration.cannot_cancel",
                    "registration.cannot_complete",
                    "registration.cycle_not_active",
                    "payment.contradicts_ledger",
                ),
                example={"status": "active", "amount": 990},
            )
        },
    )
    async def update(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Update."""
        actor = actor_of(request)
        registration_id = registration_id_of(id)
        body = await read_body(request, RegistrationChanges)
        after = await verbs.update_registration(
            actor=actor, registration_id=registration_id, values=body.given()
        )
        return answer(request, registration_view(after, actor))

    @delete(
        "/{id:str}",
        opt={
            "endpoint": Endpoint(
                summary="Delete a registration",
                use_case=DeleteRegistration,
                access=(Action.DELETE, Resource.REGISTRATIONS),
                lock=lock_registration,
            )
        },
    )
    async def delete(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> Response[None]:
        """Delete."""
        actor = actor_of(request)
        await verbs.delete_registration(actor=actor, registration_id=registration_id_of(id))
        return no_content()

    @post(
        "/{id:str}/restore",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Restore a registration",
                use_case=RestoreRegistration,
                access=(Action.DELETE, Resource.REGISTRATIONS),
                body=NoBody,
                body_required=False,
                result=RegistrationView,
                errors=(Kind.CONFLICT,),
                conflicts=(
                    "restore.not_deleted",
                    "restore.parent_deleted",
                    "registration.exists",
                    "registration.cycle_not_active",
                    "cycle.full",
                ),
            )
        },
    )
    async def restore(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Restore."""
        actor = actor_of(request)
        registration_id = registration_id_of(id)
        await read_body(request, NoBody, required=False)
        back = await verbs.restore_registration(actor=actor, registration_id=registration_id)
        return answer(request, registration_view(back, actor))
