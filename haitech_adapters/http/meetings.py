"""`/meetings`: reading, writing and the verbs of meetings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from litestar import Controller, HttpMethod, Response, delete, get, post, route
from litestar.params import FromPath
from litestar.response.base import ASGIResponse

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.cycles import RestoreBody
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer, no_content, page
from haitech_adapters.http.meeting_shapes import (
    BODY_EXAMPLE,
    FLAGS,
    CancellationBody,
    CompletionBody,
    FinancialsView,
    MeetingBody,
    MeetingChanges,
    MeetingQuery,
    MeetingView,
    PostponedView,
    PostponementBody,
    RecalculatedView,
    financials_view,
    meeting_view,
)
from haitech_adapters.http.querying import read_query
from haitech_adapters.http.reading import identifier, read_body
from haitech_adapters.http.shapes import HttpRequest, NoBody, UseVerbs
from haitech_domain.access import Action, Resource
from haitech_domain.errors import Kind
from haitech_domain.fields import civil_time
from haitech_domain.ids import MeetingId
from haitech_domain.meeting import Meeting
from haitech_domain.use_cases import (
    CancelMeeting,
    CompleteMeeting,
    CreateMeeting,
    DeleteMeeting,
    ListPage,
    PostponeMeeting,
    Put,
    Read,
    ReadFinancials,
    RecalculateMeeting,
    ReopenMeeting,
    RestoreMeeting,
    UpdateMeeting,
)

_READ: Final = (Action.READ, Resource.MEETINGS)
_UPDATE: Final = (Action.UPDATE, Resource.MEETINGS)
_WRONG_STATE: Final = "cycle.is_cancelled"


def _meeting_id(id: str) -> MeetingId:
    return MeetingId(identifier(id))


def _verb(path: str, endpoint: Endpoint) -> Callable[[Any], Any]:
    """A verb on one meeting: POST, answered with 200."""
    return post(f"/{{id:str}}/{path}", status_code=200, opt={"endpoint": endpoint})


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
                result=MeetingView,
                errors=(Kind.CONFLICT,),
                conflicts=(_WRONG_STATE, "meeting.no_teaching_day", "instructor.busy"),
                example=BODY_EXAMPLE,
            )
        },
    )
    async def create(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Create."""
        actor = actor_of(request)
        body = await read_body(request, MeetingBody, entity=Meeting, is_new=True)
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
        meeting = await verbs.read_meeting(actor=actor, id=_meeting_id(id))
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
                result=MeetingView,
                errors=(Kind.CONFLICT,),
                conflicts=(
                    _WRONG_STATE,
                    "meeting.is_fixed",
                    "meeting.no_teaching_day",
                    "instructor.busy",
                ),
                example={"topic": "loops"},
            )
        },
    )
    async def update(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Update."""
        actor = actor_of(request)
        meeting_id = _meeting_id(id)
        body = await read_body(request, MeetingChanges, entity=Meeting)
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
                conflicts=(_WRONG_STATE,),
            )
        },
    )
    async def delete(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> Response[None]:
        """Delete."""
        await verbs.delete_meeting(actor=actor_of(request), meeting_id=_meeting_id(id))
        return no_content()

    @_verb(
        "restore",
        Endpoint(
            summary="Restore a deleted or cancelled meeting",
            use_case=RestoreMeeting,
            access=(Action.DELETE, Resource.MEETINGS),
            body=RestoreBody,
            body_required=False,
            result=MeetingView,
            errors=(Kind.CONFLICT,),
            conflicts=("meeting.cannot_restore", _WRONG_STATE, "instructor.busy"),
            example={"allowConflicts": False},
        ),
    )
    async def restore(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Restore."""
        actor = actor_of(request)
        meeting_id = _meeting_id(id)
        body = await read_body(request, RestoreBody, required=False)
        back = await verbs.restore_meeting(
            actor=actor, meeting_id=meeting_id, allow_conflicts=body.allow_conflicts
        )
        return answer(request, meeting_view(back, actor))

    @_verb(
        "complete",
        Endpoint(
            summary="Complete a meeting",
            use_case=CompleteMeeting,
            access=(Action.COMPLETE, Resource.MEETINGS),
            body=CompletionBody,
            body_required=False,
            result=MeetingView,
            errors=(Kind.CONFLICT,),
            conflicts=("meeting.cannot_complete", "meeting.outside_window", _WRONG_STATE),
            example={"topic": "loops"},
        ),
    )
    async def complete(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Complete."""
        actor = actor_of(request)
        meeting_id = _meeting_id(id)
        body = await read_body(request, CompletionBody, required=False, entity=Meeting)
        held = await verbs.complete_meeting(actor=actor, meeting_id=meeting_id, notes=body.given())
        return answer(request, meeting_view(held, actor))

    @_verb(
        "cancel",
        Endpoint(
            summary="Cancel a meeting",
            use_case=CancelMeeting,
            access=_UPDATE,
            body=CancellationBody,
            body_required=False,
            result=MeetingView,
            errors=(Kind.CONFLICT,),
            conflicts=("meeting.cannot_cancel", _WRONG_STATE),
            example={"reason": "the school is on a trip"},
        ),
    )
    async def cancel(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Cancel."""
        actor = actor_of(request)
        meeting_id = _meeting_id(id)
        body = await read_body(request, CancellationBody, required=False)
        gone = await verbs.cancel_meeting(actor=actor, meeting_id=meeting_id, reason=body.reason)
        return answer(request, meeting_view(gone, actor))

    @_verb(
        "postpone",
        Endpoint(
            summary="Postpone a meeting",
            use_case=PostponeMeeting,
            access=_UPDATE,
            body=PostponementBody,
            body_required=False,
            result=PostponedView,
            errors=(Kind.CONFLICT,),
            conflicts=(
                "meeting.cannot_postpone",
                "meeting.no_teaching_day",
                "instructor.busy",
                _WRONG_STATE,
            ),
            example={"newDate": "2026-09-13"},
        ),
    )
    async def postpone(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Postpone."""
        actor = actor_of(request)
        meeting_id = _meeting_id(id)
        body = await read_body(request, PostponementBody, required=False, entity=Meeting)
        to = Put(
            new_date=body.new_date,
            new_start_time=civil_time(body.new_start_time) if body.new_start_time else None,
            new_end_time=civil_time(body.new_end_time) if body.new_end_time else None,
            allow_conflicts=body.allow_conflicts,
            allow_no_teaching_day=body.allow_no_teaching_day,
        )
        original, replacement = await verbs.postpone_meeting(
            actor=actor, meeting_id=meeting_id, to=to, notes=body.notes
        )
        result = PostponedView(
            original=meeting_view(original, actor), new_meeting=meeting_view(replacement, actor)
        )
        return answer(request, result)

    @_verb(
        "reopen",
        Endpoint(
            summary="Reopen a completed meeting",
            use_case=ReopenMeeting,
            access=_UPDATE,
            result=MeetingView,
            errors=(Kind.CONFLICT,),
            conflicts=("meeting.cannot_reopen", _WRONG_STATE),
        ),
    )
    async def reopen(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Reopen."""
        actor = actor_of(request)
        meeting_id = _meeting_id(id)
        await read_body(request, NoBody, required=False)
        open_again = await verbs.reopen_meeting(actor=actor, meeting_id=meeting_id)
        return answer(request, meeting_view(open_again, actor))

    @_verb(
        "recalculate",
        Endpoint(
            summary="Recalculate a completed meeting",
            use_case=RecalculateMeeting,
            access=_UPDATE,
            result=RecalculatedView,
            errors=(Kind.CONFLICT,),
            conflicts=("meeting.cannot_recalculate", _WRONG_STATE),
        ),
    )
    async def recalculate(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Recalculate."""
        actor = actor_of(request)
        meeting_id = _meeting_id(id)
        await read_body(request, NoBody, required=False)
        before, after = await verbs.recalculate_meeting(actor=actor, meeting_id=meeting_id)
        result = RecalculatedView(
            meeting=meeting_view(after, actor),
            before=financials_view(before, before.money, is_forecast=False),
            after=financials_view(after, after.money, is_forecast=False),
        )
        return answer(request, result)

    @get(
        "/{id:str}/financials",
        opt={
            "endpoint": Endpoint(
                summary="A meeting's money, explained",
                use_case=ReadFinancials,
                access=_UPDATE,
                result=FinancialsView,
                errors=(Kind.CONFLICT,),
                conflicts=("vat.no_rate",),
            )
        },
    )
    async def financials(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Its money."""
        found = await verbs.read_financials(actor=actor_of(request), meeting_id=_meeting_id(id))
        view = financials_view(found.meeting, found.money, is_forecast=found.is_forecast)
        return answer(request, view)
