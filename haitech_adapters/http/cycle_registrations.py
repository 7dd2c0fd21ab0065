"""`POST /cycles/{id}/registrations`: joining a cycle; the list is a relation."""

from __future__ import annotations

from litestar import Controller, post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer
from haitech_adapters.http.reading import identifier, read_body
from haitech_adapters.http.registration_shapes import (
    JOINING_REFUSALS,
    OF_CYCLE_EXAMPLE,
    CycleRegistrationBody,
    RegistrationView,
    registration_view,
)
from haitech_adapters.http.shapes import HttpRequest, UseVerbs
from haitech_domain.access import Action, Resource
from haitech_domain.errors import Kind
from haitech_domain.ids import CycleId, StudentId
from haitech_domain.registration import Registration
from haitech_domain.use_cases import RegisterStudent


class CycleRegistrationsController(Controller):
    """Joining a cycle."""

    path = "/cycles"
    tags = ("cycles",)

    @post(
        "/{id:str}/registrations",
        opt={
            "endpoint": Endpoint(
                summary="Register a student in a cycle",
                use_case=RegisterStudent,
                access=(Action.CREATE, Resource.REGISTRATIONS),
                body=CycleRegistrationBody,
                entity=Registration,
                result=RegistrationView,
                errors=(Kind.CONFLICT,),
                conflicts=JOINING_REFUSALS,
                example=OF_CYCLE_EXAMPLE,
            )
        },
    )
    async def register(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Register."""
        actor = actor_of(request)
        cycle_id = CycleId(identifier(id))
        body = await read_body(request, CycleRegistrationBody, is_new=True)
        made = await verbs.register_student(
            actor=actor,
            cycle_id=cycle_id,
            student_id=StudentId(body.student_id),
            values=body.given(apart_from=("student_id",)),
        )
        location = f"/api/v1/registrations/{made.id}"
        return answer(request, registration_view(made, actor), headers={"Location": location})
