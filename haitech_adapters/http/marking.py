"""Marking attendance: one mark, those of a meeting together, and changes of what was marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from litestar import Controller, HttpMethod, Response, delete, post, route
from litestar.params import FromPath
from litestar.response.base import ASGIResponse

from haitech_adapters.http.attendance_shapes import MarkView, mark_view
from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer, no_content
from haitech_adapters.http.marking_shapes import (
    MARK_EXAMPLE,
    MARKING_REFUSALS,
    RECORD_EXAMPLE,
    RECORDS_EXAMPLE,
    WHOLE_RECORDS_EXAMPLE,
    MarkBody,
    MarkChanges,
    MarkedView,
    MeetingMarkBody,
    MeetingMarksBody,
    MeetingRecordsBody,
    RecordBody,
    RecordsBody,
    all_wanted,
    marked_view,
    same_meeting,
    wanted,
)
from haitech_adapters.http.meetings import meeting_id_of
from haitech_adapters.http.reading import identifier, read_body, read_either
from haitech_adapters.http.shapes import HttpRequest, NoBody, UseVerbs
from haitech_domain.access import Action, Resource
from haitech_domain.attendance import Mark
from haitech_domain.errors import Kind
from haitech_domain.ids import MarkId, MeetingId
from haitech_domain.use_cases import (
    DeleteMark,
    MarkAttendance,
    RestoreMark,
    UpdateMark,
    lock_mark,
    lock_meeting,
)

_MARK: Final = (Action.MARK, Resource.ATTENDANCE)


def mark_id_of(id: str) -> MarkId:
    """The id in a path. :raises Invalid: it is no UUID"""
    return MarkId(identifier(id))


def _bulk(summary: str, body: type, example: object) -> Endpoint:
    return Endpoint(
        summary=summary,
        use_case=MarkAttendance,
        access=_MARK,
        body=body,
        result=MarkedView,
        errors=(Kind.NOT_FOUND,),
        conflicts=MARKING_REFUSALS,
        example=example,
        lock=lock_meeting,
    )


async def _one(
    request: HttpRequest, verbs: UseVerbs, meeting_id: MeetingId, body: RecordBody
) -> ASGIResponse:
    actor = actor_of(request)
    marked = await verbs.mark_attendance(actor=actor, meeting_id=meeting_id, wanted=[wanted(body)])
    (mark,) = marked.marks
    location = f"/api/v1/attendance/{mark.id}"
    return answer(request, mark_view(mark, actor), headers={"Location": location})


async def _marked(
    request: HttpRequest, verbs: UseVerbs, meeting_id: MeetingId, body: MeetingRecordsBody
) -> ASGIResponse:
    actor = actor_of(request)
    records = all_wanted(body.records, "records")
    marked = await verbs.mark_attendance(actor=actor, meeting_id=meeting_id, wanted=records)
    return answer(request, marked_view(marked, actor))


async def _marked_in(request: HttpRequest, verbs: UseVerbs, meeting: str) -> ASGIResponse:
    meeting_id = meeting_id_of(meeting)
    body = await read_body(request, MeetingRecordsBody)
    same_meeting(meeting_id, body.meeting_id)
    return await _marked(request, verbs, meeting_id, body)


class MarkingController(Controller):
    """Marking who came, and changing what was marked."""

    path = "/attendance"
    tags = ("attendance",)

    @post(
        "/",
        opt={
            "endpoint": Endpoint(
                summary="Mark somebody in a meeting",
                use_case=MarkAttendance,
                access=_MARK,
                body=MarkBody,
                entity=Mark,
                result=MarkView,
                errors=(Kind.NOT_FOUND,),
                conflicts=MARKING_REFUSALS,
                example=MARK_EXAMPLE,
            )
        },
    )
    async def create(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Mark."""
        body = await read_body(request, MarkBody, is_new=True)
        return await _one(request, verbs, MeetingId(body.meeting_id), body)

    @post(
        "/bulk",
        status_code=200,
        opt={"endpoint": _bulk("Mark a meeting's attendance", RecordsBody, WHOLE_RECORDS_EXAMPLE)},
    )
    async def bulk(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Mark several."""
        body = await read_body(request, RecordsBody)
        return await _marked(request, verbs, MeetingId(body.meeting_id), body)

    @post(
        "/meeting/{meeting_id:str}/bulk",
        status_code=200,
        opt={
            "endpoint": _bulk(
                "Mark the attendance of a meeting", MeetingRecordsBody, RECORDS_EXAMPLE
            )
        },
    )
    async def of_meeting(
        self, request: HttpRequest, verbs: UseVerbs, meeting_id: FromPath[str]
    ) -> ASGIResponse:
        """Mark several in a meeting."""
        return await _marked_in(request, verbs, meeting_id)

    @route(
        "/{id:str}",
        http_method=[HttpMethod.PUT, HttpMethod.PATCH],
        opt={
            "endpoint": Endpoint(
                summary="Change a mark",
                use_case=UpdateMark,
                access=_MARK,
                lock=lock_mark,
                body=MarkChanges,
                entity=Mark,
                result=MarkView,
                conflicts=MARKING_REFUSALS,
                example={"status": "late", "notes": "הגיע ב-16:20"},
            )
        },
    )
    async def update(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Change."""
        actor = actor_of(request)
        mark_id = mark_id_of(id)
        body = await read_body(request, MarkChanges)
        after = await verbs.update_mark(actor=actor, mark_id=mark_id, values=body.given())
        return answer(request, mark_view(after, actor))

    @delete(
        "/{id:str}",
        opt={
            "endpoint": Endpoint(
                summary="Take a mark back",
                use_case=DeleteMark,
                access=_MARK,
                lock=lock_mark,
                conflicts=("meeting.outside_window",),
            )
        },
    )
    async def delete(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> Response[None]:
        """Take back."""
        await verbs.delete_mark(actor=actor_of(request), mark_id=mark_id_of(id))
        return no_content()

    @post(
        "/{id:str}/restore",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Restore a mark",
                use_case=RestoreMark,
                access=_MARK,
                body=NoBody,
                body_required=False,
                result=MarkView,
                conflicts=(
                    "restore.not_deleted",
                    "restore.parent_deleted",
                    "duplicate",
                    *MARKING_REFUSALS,
                ),
            )
        },
    )
    async def restore(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Restore."""
        actor = actor_of(request)
        mark_id = mark_id_of(id)
        await read_body(request, NoBody, required=False)
        back = await verbs.restore_mark(actor=actor, mark_id=mark_id)
        return answer(request, mark_view(back, actor))


class MeetingMarkingController(Controller):
    """Marking the sheet of a meeting."""

    path = "/meetings"
    tags = ("meetings",)

    @post(
        "/{id:str}/attendance",
        opt={
            "endpoint": Endpoint(
                summary="Mark one or several in a meeting",
                use_case=MarkAttendance,
                access=_MARK,
                body=MeetingMarkBody | MeetingMarksBody,
                result=MarkView | Sequence[MarkView],
                conflicts=MARKING_REFUSALS,
                example=RECORD_EXAMPLE,
            )
        },
    )
    async def mark(self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]) -> ASGIResponse:
        """Mark: one record answers the mark, a list of them the marks in its order."""
        actor = actor_of(request)
        meeting_id = meeting_id_of(id)
        body = await read_either(request, {"attendance": MeetingMarksBody}, MeetingMarkBody)
        same_meeting(meeting_id, body.meeting_id)
        if isinstance(body, MeetingMarksBody):
            records = all_wanted(body.attendance, "attendance")
            marked = await verbs.mark_attendance(actor=actor, meeting_id=meeting_id, wanted=records)
            shown = [mark_view(mark, actor) for mark in marked.marks]
            location = f"/api/v1/meetings/{meeting_id}/attendance"
            return answer(request, shown, headers={"Location": location})
        return await _one(request, verbs, meeting_id, body)

    @route(
        "/{id:str}/attendance/bulk",
        http_method=[HttpMethod.PUT, HttpMethod.POST],
        status_code=200,
        opt={"endpoint": _bulk("Mark the sheet of a meeting", MeetingRecordsBody, RECORDS_EXAMPLE)},
    )
    async def bulk(self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]) -> ASGIResponse:
        """Mark the sheet."""
        return await _marked_in(request, verbs, id)
