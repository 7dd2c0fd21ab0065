"""`/users`: a simple resource of administrators, whose users can be shut out and let in again."""

from __future__ import annotations

from typing import Any, Final, Literal
from uuid import UUID

from litestar import Controller, post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from msgspec import UNSET, UnsetType

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer
from haitech_adapters.http.reading import identifier, read_body
from haitech_adapters.http.shapes import (
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
from haitech_domain.access import Action, Resource, Role
from haitech_domain.errors import Kind
from haitech_domain.use_cases import USERS, ActivateUser, DeactivateUser, Update


class UserBody(Body, frozen=True, kw_only=True):
    """A user to be made. The password has 8 to 128 characters."""

    email: str
    name: str
    role: Role
    password: NewPassword
    phone: str | UnsetType | None = UNSET
    is_active: bool | UnsetType = UNSET


class UserChanges(Body, frozen=True):
    """Fields of a user to be changed; a password is changed by its owner."""

    email: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    phone: str | UnsetType | None = UNSET
    is_active: bool | UnsetType = UNSET


class UserQuery(SearchedQuery, frozen=True, kw_only=True):
    """Which users to list."""

    sort_by: Literal["name", "createdAt"] | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


class UserView(View, frozen=True):
    """A user."""

    id: UUID
    email: str
    name: str
    role: Role
    phone: str | None
    is_active: bool
    last_login: Instant | None
    created_at: Instant
    updated_at: Instant
    version: int


BODY_EXAMPLE: Final = {
    "email": "dana@example.com",
    "name": "דנה לוי",
    "role": "manager",
    "password": "correct horse battery",
}
LAST_ADMIN: Final = "user.last_admin"

UserController = simple_resource(
    path="/users",
    one="a user",
    spec=USERS,
    of=lambda verbs: verbs.users,
    creation=UserBody,
    changes=UserChanges,
    query=UserQuery,
    result=UserView,
    view=lambda user, _: shown(UserView, user),
    examples=(BODY_EXAMPLE, None),
)


def _verb(summary: str, use_case: type, *conflicts: str) -> Endpoint:
    return Endpoint(
        summary=summary,
        use_case=use_case,
        access=(Action.UPDATE, Resource.USERS),
        body=NoBody,
        body_required=False,
        result=UserView,
        errors=(Kind.CONFLICT,),
        conflicts=conflicts,
    )


async def _set(request: HttpRequest, verb: Update[Any], id: str, *, active: bool) -> ASGIResponse:
    named = identifier(id)
    await read_body(request, NoBody, required=False)
    user = await verb(actor=actor_of(request), id=named, values={"is_active": active})
    return answer(request, shown(UserView, user))


class UserVerbsController(Controller):
    """Shutting out, and letting in again."""

    path = "/users"
    tags = (str(Resource.USERS),)

    @post(
        "/{id:str}/activate",
        status_code=200,
        opt={"endpoint": _verb("Activate a user", ActivateUser)},
    )
    async def activate(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Let a user log in again."""
        return await _set(request, verbs.activate_user, id, active=True)

    @post(
        "/{id:str}/deactivate",
        status_code=200,
        opt={"endpoint": _verb("Deactivate a user", DeactivateUser, LAST_ADMIN)},
    )
    async def deactivate(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Shut a user out."""
        return await _set(request, verbs.deactivate_user, id, active=False)
