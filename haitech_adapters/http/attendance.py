"""`/attendance`: reading marks, and the sheet of a meeting."""

from __future__ import annotations

from typing import Final

from litestar import Controller, get
from litestar.params import FromPath
from litestar.response.base import ASGIResponse

from haitech_adapters.http.attendance_shapes import (
    AttendanceQuery,
    AttendanceSummaryQuery,
    AttendanceSummaryView,
    MarkView,
    SheetView,
    mark_view,
    sheet_view,
    summary_view,
)
from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer, page
from haitech_adapters.http.meetings import meeting_id_of
from haitech_adapters.http.querying import read_query
from haitech_adapters.http.reading import identifier
from haitech_adapters.http.relations import without
from haitech_adapters.http.shapes import HttpRequest, UseVerbs
from haitech_domain.access import Action, Resource
from haitech_domain.use_cases import CountAttendance, ListPage, Read, ReadSheet

_READ: Final = (Action.READ, Resource.ATTENDANCE)
_OF_MEETING: Final = without(AttendanceQuery, "meeting_id", "MeetingAttendanceQuery")


class AttendanceController(Controller):
    """Marks in meetings."""

    path = "/attendance"
    tags = ("attendance",)

    @get(
        "/",
        opt={
            "endpoint": Endpoint(
                summary="List attendance",
                use_case=ListPage,
                access=_READ,
                query=AttendanceQuery,
                result=MarkView,
                paged=True,
            )
        },
    )
    async def list(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """List."""
        actor = actor_of(request)
        asked = read_query(request, AttendanceQuery).asked()
        found = await verbs.list_attendance(actor=actor, query=asked)
        return page(request, [mark_view(m, actor) for m in found.items], found)

    @get(
        "/summary",
        opt={
            "endpoint": Endpoint(
                summary="Count attendance",
                use_case=CountAttendance,
                access=_READ,
                query=AttendanceSummaryQuery,
                result=AttendanceSummaryView,
            )
        },
    )
    async def summary(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """How many came."""
        asked = read_query(request, AttendanceSummaryQuery).asked()
        counts = await verbs.count_attendance(actor=actor_of(request), query=asked)
        return answer(request, summary_view(counts))

    @get(
        "/{id:str}",
        opt={
            "endpoint": Endpoint(
                summary="Read a mark", use_case=Read, access=_READ, result=MarkView
            )
        },
    )
    async def read(self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]) -> ASGIResponse:
        """Read."""
        actor = actor_of(request)
        return answer(
            request, mark_view(await verbs.read_mark(actor=actor, id=identifier(id)), actor)
        )

    @get(
        "/meeting/{meeting_id:str}",
        opt={
            "endpoint": Endpoint(
                summary="List the attendance of a meeting",
                use_case=ListPage,
                access=_READ,
                query=_OF_MEETING,
                result=MarkView,
                paged=True,
            )
        },
    )
    async def of_meeting(
        self, request: HttpRequest, verbs: UseVerbs, meeting_id: FromPath[str]
    ) -> ASGIResponse:
        """Of a meeting."""
        actor = actor_of(request)
        meeting = meeting_id_of(meeting_id)
        asked = read_query(request, _OF_MEETING).asked(meeting_id=meeting)
        await verbs.read_meeting(actor=actor, id=meeting)
        found = await verbs.list_attendance(actor=actor, query=asked)
        return page(request, [mark_view(m, actor) for m in found.items], found)


class MeetingAttendanceController(Controller):
    """The sheet of a meeting."""

    path = "/meetings"
    tags = ("meetings",)

    @get(
        "/{id:str}/attendance",
        opt={
            "endpoint": Endpoint(
                summary="Read the attendance sheet of a meeting",
                use_case=ReadSheet,
                access=_READ,
                result=SheetView,
            )
        },
    )
    async def attendance(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """The sheet."""
        sheet = await verbs.read_sheet(actor=actor_of(request), meeting_id=meeting_id_of(id))
        return answer(request, sheet_view(sheet))
