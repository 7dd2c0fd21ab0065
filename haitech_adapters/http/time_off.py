"""`/instructors/{id}/time-off`: the days on which an instructor does not teach."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final, TypeAlias
from uuid import UUID

import msgspec
from litestar import Controller, HttpMethod, Response, delete, get, post, route
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from msgspec import UNSET, UnsetType

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.days_off import WORDS, DaysOffQuery, inner, worded
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer, no_content, page
from haitech_adapters.http.querying import read_query
from haitech_adapters.http.reading import identifier, read_body
from haitech_adapters.http.rule_schemas import like
from haitech_adapters.http.shapes import Body, HttpRequest, Instant, NoBody, UseVerbs, View
from haitech_adapters.http.showing import shown
from haitech_domain import fields
from haitech_domain.access import Action, Resource
from haitech_domain.errors import fields_called
from haitech_domain.instructor import TimeOff
from haitech_domain.use_cases import (
    Create,
    Delete,
    ListPage,
    Read,
    Restore,
    Update,
    lock_time_off,
)

Day: TypeAlias = dt.date
_SEE: Final = (Action.SEE_TIMES, Resource.INSTRUCTORS)
_WRITE: Final = (Action.ANNOTATE, Resource.INSTRUCTORS)
_EXAMPLE: Final = {"from": "2026-12-20", "to": "2026-12-22", "reason": "מילואים"}


class TimeOffBody(Body, frozen=True):
    """Days on which an instructor does not teach, both included, and why."""

    from_: Annotated[Day, like(fields.Day)] = msgspec.field(name="from")
    to: Annotated[Day, like(fields.Day)]
    reason: Annotated[str, like(fields.Line)] | UnsetType | None = UNSET


class TimeOffChanges(Body, frozen=True):
    """Fields of time off to be changed."""

    from_: Annotated[Day, like(fields.Day)] | UnsetType = msgspec.field(name="from", default=UNSET)
    to: Annotated[Day, like(fields.Day)] | UnsetType = UNSET
    reason: Annotated[str, like(fields.Line)] | UnsetType | None = UNSET


class TimeOffQuery(DaysOffQuery, frozen=True, kw_only=True):
    """Which time off to list: what has any day from `from` to `to`."""

    from_: Day | UnsetType = msgspec.field(default=UNSET, name="from")
    to: Day | UnsetType = UNSET


class TimeOffView(View, frozen=True):
    """Days on which an instructor does not teach."""

    id: UUID
    instructor_id: UUID
    from_: Day = msgspec.field(name="from")
    to: Day
    reason: str | None
    created_at: Instant
    updated_at: Instant
    version: int


def time_off_view(time_off: TimeOff) -> TimeOffView:
    """Time off in the words of the wire."""
    return shown(TimeOffView, time_off, **worded(time_off))


class TimeOffController(Controller):
    """When instructors teach, and when they do not."""

    path = "/instructors/{id:str}/time-off"
    tags = ("instructors",)

    @get(
        "/",
        opt={
            "endpoint": Endpoint(
                summary="List an instructor's time off",
                use_case=ListPage,
                access=_SEE,
                query=TimeOffQuery,
                result=TimeOffView,
                paged=True,
            )
        },
    )
    async def list(self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]) -> ASGIResponse:
        """List."""
        within = {"instructor_id": identifier(id)}
        asked = read_query(request, TimeOffQuery).asked()
        found = await verbs.time_off.list(actor=actor_of(request), query=asked, within=within)
        return page(request, [time_off_view(item) for item in found.items], found)

    @post(
        "/",
        opt={
            "endpoint": Endpoint(
                summary="Note time off of an instructor",
                use_case=Create,
                access=_WRITE,
                body=TimeOffBody,
                result=TimeOffView,
                example=_EXAMPLE,
            )
        },
    )
    async def create(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Create."""
        within = {"instructor_id": identifier(id)}
        body = await read_body(request, TimeOffBody)
        with fields_called(WORDS):
            made = await verbs.time_off.create(
                actor=actor_of(request), values=inner(body.given()), within=within
            )
        location = f"/api/v1/instructors/{made.instructor_id}/time-off/{made.id}"
        return answer(request, time_off_view(made), headers={"Location": location})

    @get(
        "/{time_off_id:str}",
        opt={
            "endpoint": Endpoint(
                summary="Read time off of an instructor",
                use_case=Read,
                access=_SEE,
                result=TimeOffView,
            )
        },
    )
    async def read(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str], time_off_id: FromPath[str]
    ) -> ASGIResponse:
        """Read."""
        within, named = _named(id, time_off_id)
        found = await verbs.time_off.read(actor=actor_of(request), id=named, within=within)
        return answer(request, time_off_view(found))

    @route(
        "/{time_off_id:str}",
        http_method=[HttpMethod.PUT, HttpMethod.PATCH],
        opt={
            "endpoint": Endpoint(
                summary="Update time off of an instructor",
                use_case=Update,
                access=_WRITE,
                body=TimeOffChanges,
                result=TimeOffView,
                example={"to": "2026-12-23"},
                lock=lock_time_off,
            )
        },
    )
    async def update(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str], time_off_id: FromPath[str]
    ) -> ASGIResponse:
        """Update."""
        within, named = _named(id, time_off_id)
        body = await read_body(request, TimeOffChanges)
        with fields_called(WORDS):
            after = await verbs.time_off.update(
                actor=actor_of(request), id=named, values=inner(body.given()), within=within
            )
        return answer(request, time_off_view(after))

    @delete(
        "/{time_off_id:str}",
        opt={
            "endpoint": Endpoint(
                summary="Take time off of an instructor back",
                use_case=Delete,
                access=_WRITE,
                lock=lock_time_off,
            )
        },
    )
    async def delete(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str], time_off_id: FromPath[str]
    ) -> Response[None]:
        """Delete."""
        within, named = _named(id, time_off_id)
        await verbs.time_off.delete(actor=actor_of(request), id=named, within=within)
        return no_content()

    @post(
        "/{time_off_id:str}/restore",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Restore time off of an instructor",
                use_case=Restore,
                access=_WRITE,
                body=NoBody,
                body_required=False,
                result=TimeOffView,
                conflicts=("restore.not_deleted",),
            )
        },
    )
    async def restore(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str], time_off_id: FromPath[str]
    ) -> ASGIResponse:
        """Restore."""
        within, named = _named(id, time_off_id)
        await read_body(request, NoBody, required=False)
        back = await verbs.time_off.restore(actor=actor_of(request), id=named, within=within)
        return answer(request, time_off_view(back))


def _named(instructor: str, time_off: str) -> tuple[dict[str, UUID], UUID]:
    """The two ids of an address. :raises Invalid: one is no UUID"""
    return {"instructor_id": identifier(instructor)}, identifier(time_off, "timeOffId")
