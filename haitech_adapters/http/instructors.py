"""`/instructors`: a simple resource whose colleagues see no more than its name."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from litestar import Controller, post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from msgspec import UNSET, UnsetType

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer
from haitech_adapters.http.reading import identifier, read_body
from haitech_adapters.http.rule_schemas import like
from haitech_adapters.http.shapes import (
    HHMM,
    Amount,
    Body,
    HttpRequest,
    Instant,
    NewPassword,
    NoBody,
    SearchedQuery,
    UseVerbs,
    View,
)
from haitech_adapters.http.showing import shown
from haitech_adapters.http.simple_resource import simple_resource
from haitech_domain import fields
from haitech_domain.access import Action, Actor, Resource, Role
from haitech_domain.errors import Kind
from haitech_domain.ids import InstructorId
from haitech_domain.instructor import EmploymentType, Instructor
from haitech_domain.use_cases import INSTRUCTORS, InviteInstructor

Day: TypeAlias = dt.date


class InstructorDetails(Body, frozen=True):
    """What may be said of an instructor besides name and phone; rates are shekels an hour."""

    email: str | UnsetType | None = UNSET
    rate_frontal: Amount | UnsetType | None = UNSET
    rate_online: Amount | UnsetType | None = UNSET
    rate_private: Amount | UnsetType | None = UNSET
    rate_preparation: Amount | UnsetType | None = UNSET
    employment_type: EmploymentType | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    notes: str | UnsetType | None = UNSET
    bank_name: str | UnsetType | None = UNSET
    bank_branch: str | UnsetType | None = UNSET
    account_number: str | UnsetType | None = UNSET


class InstructorBody(InstructorDetails, frozen=True, kw_only=True):
    """An instructor to be made."""

    name: str
    phone: str
    create_user: bool | UnsetType = UNSET
    user_password: NewPassword | UnsetType | None = UNSET
    """Without one, the user that `createUser` makes is invited by mail."""


class InstructorChanges(InstructorDetails, frozen=True, kw_only=True):
    """Fields of an instructor to be changed."""

    name: str | UnsetType = UNSET
    phone: str | UnsetType = UNSET


class InstructorQuery(SearchedQuery, frozen=True, kw_only=True):
    """Which instructors to list."""

    sort_by: Literal["name", "createdAt"] | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    available_on: Annotated[Day, like(fields.Day)] | UnsetType = UNSET
    available_from: HHMM | UnsetType = UNSET
    available_to: HHMM | UnsetType = UNSET


class InvitationView(View, frozen=True):
    """A link that was sent: to whose account, where, and until when it is good."""

    user_id: UUID
    email: str
    expires_at: Instant


class InstructorView(View, frozen=True):
    """An instructor. A colleague sees `id` and `name` only."""

    id: UUID
    name: str
    phone: str | UnsetType | None
    email: str | UnsetType | None
    rate_frontal: Amount | UnsetType | None
    rate_online: Amount | UnsetType | None
    rate_private: Amount | UnsetType | None
    rate_preparation: Amount | UnsetType | None
    employment_type: EmploymentType | UnsetType
    is_active: bool | UnsetType
    notes: str | UnsetType | None
    bank_name: str | UnsetType | None
    bank_branch: str | UnsetType | None
    account_number: str | UnsetType | None
    user_id: UUID | UnsetType | None
    created_at: Instant | UnsetType
    updated_at: Instant | UnsetType
    version: int | UnsetType


_HIDDEN_FROM_COLLEAGUES: Final = frozenset(InstructorView.__struct_fields__) - {"id", "name"}


def _view(instructor: Instructor, actor: Actor) -> InstructorView:
    colleague = actor.role is Role.INSTRUCTOR and actor.instructor_id != instructor.id
    return shown(
        InstructorView, instructor, without=_HIDDEN_FROM_COLLEAGUES if colleague else frozenset()
    )


BODY_EXAMPLE = {"name": "נועה כהן", "phone": "050-123-4567", "rateFrontal": 150}

InstructorController = simple_resource(
    path="/instructors",
    one="an instructor",
    spec=INSTRUCTORS,
    of=lambda verbs: verbs.instructors,
    creation=InstructorBody,
    changes=InstructorChanges,
    query=InstructorQuery,
    result=InstructorView,
    view=_view,
    examples=(BODY_EXAMPLE, None),
)


class InvitingController(Controller):
    """Accounts of instructors."""

    path = "/instructors"
    tags = (str(Resource.INSTRUCTORS),)

    @post(
        "/{id:str}/invite",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Invite an instructor by mail",
                use_case=InviteInstructor,
                # it makes a user, which is more than making an instructor
                access=(Action.CREATE, Resource.USERS),
                body=NoBody,
                body_required=False,
                result=InvitationView,
                errors=(Kind.CONFLICT,),
                conflicts=(
                    "instructor.has_account",
                    "instructor.no_email",
                    "user.inactive",
                    "duplicate",
                ),
            )
        },
    )
    async def invite(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Send a link that sets a password."""
        named = InstructorId(identifier(id))
        await read_body(request, NoBody, required=False)
        sent = await verbs.invite_instructor(actor=actor_of(request), id=named)
        return answer(request, shown(InvitationView, sent))
