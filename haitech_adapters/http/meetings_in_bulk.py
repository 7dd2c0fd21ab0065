"""`/meetings/bulk-…`: the verbs of meetings over many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from litestar import Controller, post
from litestar.response.base import ASGIResponse
from msgspec import Meta

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.bulk_shapes import EXAMPLE_IDS, Ids
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer
from haitech_adapters.http.meeting_shapes import MeetingView, meeting_view
from haitech_adapters.http.meetings import CYCLE_IS_CANCELLED
from haitech_adapters.http.reading import read_body
from haitech_adapters.http.recalculation_shapes import (
    ManyRecalculatedView,
    ManyRecalculationBody,
    many_recalculated_view,
)
from haitech_adapters.http.rule_schemas import like
from haitech_adapters.http.shapes import Body, HttpRequest, UseVerbs, View
from haitech_domain.access import Action, Resource
from haitech_domain.errors import Kind
from haitech_domain.fields import Remark
from haitech_domain.meeting import MeetingStatus
from haitech_domain.use_cases import DeleteMeetings, RecalculateMeetings, UpdateMeetingStatuses

_WITHOUT_POSTPONED: Final = {
    "reason": "value.unknown",
    "says": "must be one of scheduled, completed, cancelled;"
    " a meeting is postponed by POST /meetings/{id}/postpone",
}
StatusByVerb: TypeAlias = Annotated[
    Literal["scheduled", "completed", "cancelled"], Meta(extra=_WITHOUT_POSTPONED)
]


class StatusesBody(Body, frozen=True, kw_only=True):
    """The status that meetings are brought to; `reason` is for cancelling."""

    ids: Ids
    status: StatusByVerb
    reason: Annotated[str, like(Remark)] | None = None
    allow_conflicts: bool = False


class IdsBody(Body, frozen=True, kw_only=True):
    """The things that a request is about."""

    ids: Ids


class UpdatedMeetingsView(View, frozen=True):
    """How many meetings were changed, and what they are now, in the order of the ids."""

    updated: int
    meetings: Sequence[MeetingView]


class DeletedView(View, frozen=True):
    """How many are gone, and which."""

    deleted: int
    ids: Sequence[UUID]


class MeetingsInBulkController(Controller):
    """What is done with many lessons at once."""

    path = "/meetings"
    tags = ("meetings",)

    @post(
        "/bulk-update-status",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Bring many meetings to a status",
                use_case=UpdateMeetingStatuses,
                access=(Action.UPDATE, Resource.MEETINGS),
                body=StatusesBody,
                result=UpdatedMeetingsView,
                errors=(Kind.NOT_FOUND, Kind.CONFLICT),
                conflicts=(
                    "meeting.cannot_complete",
                    "meeting.cannot_cancel",
                    "meeting.cannot_restore",
                    "instructor.busy",
                    CYCLE_IS_CANCELLED,
                    "restore.parent_deleted",
                    "vat.no_rate",
                ),
                example={"ids": EXAMPLE_IDS, "status": "completed"},
            )
        },
    )
    async def update_statuses(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Each by its verb."""
        actor = actor_of(request)
        body = await read_body(request, StatusesBody)
        after = await verbs.update_meeting_statuses(
            actor=actor,
            ids=body.ids,
            status=MeetingStatus(body.status),
            reason=body.reason,
            allow_conflicts=body.allow_conflicts,
        )
        meetings = [meeting_view(meeting, actor) for meeting in after]
        return answer(request, UpdatedMeetingsView(updated=len(meetings), meetings=meetings))

    @post(
        "/bulk-recalculate",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Recalculate many completed meetings",
                use_case=RecalculateMeetings,
                access=(Action.UPDATE, Resource.MEETINGS),
                body=ManyRecalculationBody,
                result=ManyRecalculatedView,
                errors=(Kind.NOT_FOUND, Kind.CONFLICT),
                conflicts=("meeting.cannot_recalculate", CYCLE_IS_CANCELLED, "vat.no_rate"),
                example={"ids": EXAMPLE_IDS, "asOf": "2026-03-01", "dryRun": True},
            )
        },
    )
    async def recalculate_many(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Recalculate."""
        body = await read_body(request, ManyRecalculationBody)
        how = body.how
        found = await verbs.recalculate_meetings(actor=actor_of(request), ids=body.ids, how=how)
        return answer(request, many_recalculated_view(found, how))

    @post(
        "/bulk-delete",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Delete many meetings",
                use_case=DeleteMeetings,
                access=(Action.DELETE, Resource.MEETINGS),
                body=IdsBody,
                result=DeletedView,
                errors=(Kind.NOT_FOUND, Kind.CONFLICT),
                conflicts=(CYCLE_IS_CANCELLED,),
                example={"ids": EXAMPLE_IDS},
            )
        },
    )
    async def delete_many(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Delete."""
        body = await read_body(request, IdsBody)
        gone = await verbs.delete_meetings(actor=actor_of(request), ids=body.ids)
        return answer(request, DeletedView(deleted=len(gone), ids=gone))
