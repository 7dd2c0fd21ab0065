"""`/meetings`: reading, writing and the verbs of meetings."""

from __future__ import annotations

from typing import Final

from litestar import Controller, HttpMethod, Response, delete, get, post, route
from litestar.params import FromPath
from litestar.response.base import ASGIResponse

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer, no_content, page
from haitech_adapters.http.meeting_shapes import (
    BODY_EXAMPLE,
    FLAGS,
    MeetingBody,
    MeetingChanges,
    MeetingQuery,
    MeetingView,
    meeting_view,
)
from haitech_adapters.http.querying import read_query
from haitech_adapters.http.reading import identifier, read_body
from haitech_adapters.http.shapes import HttpRequest, UseVerbs
from haitech_domain.access import Action, Resource
from haitech_domain.errors import Kind
from haitech_domain.ids import MeetingId
from haitech_domain.meeting import Meeting
from haitech_domain.use_cases import (
    CreateMeeting,
    DeleteMeeting,
    ListPage,
    Read,
    UpdateMeeting,
    lock_meeting,
)

_READ: Final = (Action.READ, Resource.MEETINGS)
CYCLE_IS_CANCELLED: Final = "cycle.is_cancelled"


def meeting_id_of(id: str) -> MeetingId:
    """The id in a path. :raises Invalid: it is no UUID"""
    return MeetingId(identifier(id))


class MeetingsController(Controller):
    """Lessons of cycles."""

    path = "/meetings"
    tags = ("meetings",)

    @get(
        "/",
        opt={
            "endpoint": Endpoint(
                summary="List meetings",
                use_case=ListPage,
                access=_READ,
                query=MeetingQuery,
                result=MeetingView,
                paged=True,
            )
        },
    )
    async def list(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """List."""
        actor = actor_of(request)
        asked = read_query(request, MeetingQuery).asked()
        found = await verbs.list_meetings(actor=actor, query=asked)
        return page(request, [meeting_view(m, actor) for m in found.items], found)

    @post(
        "/",
        opt={
            "endpoint": Endpoint(
                summary="Create a meeting",
                use_case=CreateMeeting,
                access=(Action.CREATE, Resource.MEETINGS),
                body=MeetingBody,
                entity=Meeting,
                result=MeetingView,
                errors=(Kind.CONFLICT,),
                conflicts=(CYCLE_IS_CANCELLED, "meeting.no_teaching_day", "instructor.busy"),
                example=BODY_EXAMPLE,
            )
        },
    )
    async def create(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Create."""
        actor = actor_of(request)
        body = await read_body(request, MeetingBody, is_new=True)
        made = await verbs.create_meeting(
            actor=actor,
            values=body.given(apart_from=FLAGS),
            allow_conflicts=body.allow_conflicts,
            allow_no_teaching_day=body.allow_no_teaching_day,
        )
        location = f"/api/v1/meetings/{made.id}"
        return answer(request, meeting_view(made, actor), headers={"Location": location})

    @get(
        "/{id:str}",
        opt={
            "endpoint": Endpoint(
                summary="Read a meeting", use_case=Read, access=_READ, result=MeetingView
            )
        },
    )
    async def read(self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]) -> ASGIResponse:
        """Read."""
        actor = actor_of(request)
        meeting = await verbs.read_meeting(actor=actor, id=meeting_id_of(id))
        return answer(request, meeting_view(meeting, actor))

    @route(
        "/{id:str}",
        http_method=[HttpMethod.PUT, HttpMethod.PATCH],
        opt={
            "endpoint": Endpoint(
                summary="Update a meeting",
                use_case=UpdateMeeting,
                access=(Action.ANNOTATE, Resource.MEETINGS),
                body=MeetingChanges,
                entity=Meeting,
                result=MeetingView,
                errors=(Kind.CONFLICT,),
                conflicts=(
                    CYCLE_IS_CANCELLED,
                    "meeting.is_fixed",
                    "meeting.no_teaching_day",
                    "instructor.busy",
                ),
                example={"topic": "loops"},
                lock=lock_meeting,
            )
        },
    )
    async def update(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Update."""
        actor = actor_of(request)
        meeting_id = meeting_id_of(id)
        body = await read_body(request, MeetingChanges)
        after = await verbs.update_meeting(
            actor=actor,
            meeting_id=meeting_id,
            values=body.given(apart_from=FLAGS),
            allow_conflicts=body.allow_conflicts,
            allow_no_teaching_day=body.allow_no_teaching_day,
        )
        return answer(request, meeting_view(after, actor))

    @delete(
        "/{id:str}",
        opt={
            "endpoint": Endpoint(
                summary="Delete a meeting",
                use_case=DeleteMeeting,
                access=(Action.DELETE, Resource.MEETINGS),
                errors=(Kind.CONFLICT,),
                conflicts=(CYCLE_IS_CANCELLED,),
                lock=lock_meeting,
            )
        },
    )
    async def delete(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> Response[None]:
        """Delete."""
        await verbs.delete_meeting(actor=actor_of(request), meeting_id=meeting_id_of(id))
        return no_content()
