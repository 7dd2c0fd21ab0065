"""The verbs of meetings: complete, cancel, postpone, reopen, recalculate, restore; their money."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.cycles import RestoreBody
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer
from haitech_adapters.http.meeting_shapes import (
    CancellationBody,
    CompletionBody,
    FinancialsView,
    MeetingView,
    PostponedView,
    PostponementBody,
    financials_view,
    meeting_view,
)
from haitech_adapters.http.meetings import CYCLE_IS_CANCELLED, meeting_id_of
from haitech_adapters.http.reading import read_body
from haitech_adapters.http.recalculation_shapes import (
    RecalculatedView,
    RecalculationBody,
    recalculated_view,
)
from haitech_adapters.http.shapes import HttpRequest, NoBody, UseVerbs
from haitech_domain.access import Action, Resource
from haitech_domain.errors import Kind
from haitech_domain.fields import civil_time
from haitech_domain.meeting import Meeting
from haitech_domain.use_cases import (
    CancelMeeting,
    CompleteMeeting,
    PostponeMeeting,
    Put,
    ReadFinancials,
    RecalculateMeeting,
    ReopenMeeting,
    RestoreMeeting,
)

_UPDATE: Final = (Action.UPDATE, Resource.MEETINGS)


def _verb(path: str, endpoint: Endpoint) -> Callable[[Any], Any]:
    """A verb on one meeting: POST, answered with 200."""
    return post(f"/{{id:str}}/{path}", status_code=200, opt={"endpoint": endpoint})


class MeetingVerbsController(Controller):
    """What is done with lessons."""

    path = "/meetings"
    tags = ("meetings",)

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
            conflicts=(
                "meeting.cannot_restore",
                CYCLE_IS_CANCELLED,
                "instructor.busy",
                "restore.parent_deleted",
            ),
            example={"allowConflicts": False},
        ),
    )
    async def restore(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Restore."""
        actor = actor_of(request)
        meeting_id = meeting_id_of(id)
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
            entity=Meeting,
            body_required=False,
            result=MeetingView,
            errors=(Kind.CONFLICT,),
            conflicts=(
                "meeting.cannot_complete",
                "meeting.outside_window",
                CYCLE_IS_CANCELLED,
                "vat.no_rate",
            ),
            example={"topic": "loops"},
        ),
    )
    async def complete(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Complete."""
        actor = actor_of(request)
        meeting_id = meeting_id_of(id)
        body = await read_body(request, CompletionBody, required=False)
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
            conflicts=("meeting.cannot_cancel", CYCLE_IS_CANCELLED),
            example={"reason": "the school is on a trip"},
        ),
    )
    async def cancel(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Cancel."""
        actor = actor_of(request)
        meeting_id = meeting_id_of(id)
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
            entity=Meeting,
            body_required=False,
            result=PostponedView,
            errors=(Kind.CONFLICT,),
            conflicts=(
                "meeting.cannot_postpone",
                "meeting.no_teaching_day",
                "instructor.busy",
                CYCLE_IS_CANCELLED,
            ),
            example={"newDate": "2026-09-13"},
        ),
    )
    async def postpone(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Postpone."""
        actor = actor_of(request)
        meeting_id = meeting_id_of(id)
        body = await read_body(request, PostponementBody, required=False)
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
            body=NoBody,
            body_required=False,
            result=MeetingView,
            errors=(Kind.CONFLICT,),
            conflicts=("meeting.cannot_reopen", CYCLE_IS_CANCELLED, "restore.parent_deleted"),
        ),
    )
    async def reopen(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Reopen."""
        actor = actor_of(request)
        meeting_id = meeting_id_of(id)
        await read_body(request, NoBody, required=False)
        open_again = await verbs.reopen_meeting(actor=actor, meeting_id=meeting_id)
        return answer(request, meeting_view(open_again, actor))

    @_verb(
        "recalculate",
        Endpoint(
            summary="Recalculate a completed meeting",
            use_case=RecalculateMeeting,
            access=_UPDATE,
            body=RecalculationBody,
            body_required=False,
            result=RecalculatedView,
            errors=(Kind.CONFLICT,),
            conflicts=("meeting.cannot_recalculate", CYCLE_IS_CANCELLED, "vat.no_rate"),
            example={"asOf": "2026-03-01", "dryRun": True},
        ),
    )
    async def recalculate(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Recalculate."""
        actor = actor_of(request)
        meeting_id = meeting_id_of(id)
        how = (await read_body(request, RecalculationBody, required=False)).how
        found = await verbs.recalculate_meeting(actor=actor, meeting_id=meeting_id, how=how)
        return answer(request, recalculated_view(found, meeting_id, how, actor))

    @get(
        "/{id:str}/financials",
        opt={
            "endpoint": Endpoint(
                summary="A meeting's money, explained",
                use_case=ReadFinancials,
                access=(Action.SEE_MONEY, Resource.MEETINGS),
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
        found = await verbs.read_financials(actor=actor_of(request), meeting_id=meeting_id_of(id))
        view = financials_view(found.meeting, found.money, is_forecast=found.is_forecast)
        return answer(request, view)
