"""`/branches/{id}/closures`: the days on which a branch does not teach."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final, TypeAlias
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.days_off import WORDS, DaysOffQuery, inner, worded
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer, no_content
from haitech_adapters.http.reading import identifier, read_body
from haitech_adapters.http.rule_schemas import like
from haitech_adapters.http.shapes import (
    Body,
    HttpRequest,
    Instant,
    NoBody,
    UseVerbs,
    View,
)
from haitech_adapters.http.showing import shown
from haitech_domain import fields
from haitech_domain.access import Action, Actor, Resource
from haitech_domain.branch import Closure
from haitech_domain.errors import fields_called
from haitech_domain.use_cases import Create, Delete, Restore

Day: TypeAlias = dt.date
_UPDATE: Final = (Action.UPDATE, Resource.BRANCHES)


class ClosureBody(Body, frozen=True):
    """Days on which a branch is closed, both included, and why."""

    from_: Annotated[Day, like(fields.Day)] = msgspec.field(name="from")
    to: Annotated[Day, like(fields.Day)]
    reason: Annotated[str, like(fields.Line)]


class ClosureQuery(DaysOffQuery, frozen=True, kw_only=True):
    """How to list a branch's closures."""


class ClosureView(View, frozen=True):
    """Days on which a branch is closed."""

    id: UUID
    branch_id: UUID
    from_: Day = msgspec.field(name="from")
    to: Day
    reason: str
    created_at: Instant
    updated_at: Instant
    version: int


def closure_view(closure: Closure, actor: Actor) -> ClosureView:
    """A closure in the words of the wire; everybody sees all of it."""
    del actor
    return shown(ClosureView, closure, **worded(closure))


class ClosuresController(Controller):
    """Closing a branch for some days. They are part of the branch, so this changes it."""

    path = "/branches/{id:str}/closures"
    tags = ("branches",)

    @post(
        "/",
        opt={
            "endpoint": Endpoint(
                summary="Close a branch for some days",
                use_case=Create,
                access=_UPDATE,
                body=ClosureBody,
                result=ClosureView,
                example={"from": "2026-12-20", "to": "2026-12-22", "reason": "שיפוצים"},
            )
        },
    )
    async def create(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Create."""
        actor = actor_of(request)
        branch_id = identifier(id)
        body = await read_body(request, ClosureBody)
        with fields_called(WORDS):
            made = await verbs.closures.create(
                actor=actor, values=inner(body.given()), within={"branch_id": branch_id}
            )
        location = f"/api/v1/branches/{branch_id}/closures/{made.id}"
        return answer(request, closure_view(made, actor), headers={"Location": location})

    @delete(
        "/{closure_id:str}",
        opt={
            "endpoint": Endpoint(
                summary="Take a branch's closure back", use_case=Delete, access=_UPDATE
            )
        },
    )
    async def delete(
        self,
        request: HttpRequest,
        verbs: UseVerbs,
        id: FromPath[str],
        closure_id: FromPath[str],
    ) -> Response[None]:
        """Delete."""
        within = {"branch_id": identifier(id)}
        closure = identifier(closure_id, "closureId")
        await verbs.closures.delete(actor=actor_of(request), id=closure, within=within)
        return no_content()

    @post(
        "/{closure_id:str}/restore",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Restore a branch's closure",
                use_case=Restore,
                access=_UPDATE,
                body=NoBody,
                body_required=False,
                result=ClosureView,
                conflicts=("restore.not_deleted",),
            )
        },
    )
    async def restore(
        self,
        request: HttpRequest,
        verbs: UseVerbs,
        id: FromPath[str],
        closure_id: FromPath[str],
    ) -> ASGIResponse:
        """Restore."""
        actor = actor_of(request)
        within = {"branch_id": identifier(id)}
        closure = identifier(closure_id, "closureId")
        await read_body(request, NoBody, required=False)
        back = await verbs.closures.restore(actor=actor, id=closure, within=within)
        return answer(request, closure_view(back, actor))
