"""Links to meetings: made for instructors, and what is read and done by them without a login."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final, TypeAlias

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from msgspec import UNSET, Meta, UnsetType

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer
from haitech_adapters.http.meetings import CYCLE_IS_CANCELLED, meeting_id_of
from haitech_adapters.http.reading import read_body
from haitech_adapters.http.shapes import HHMM, Body, HttpRequest, Instant, NoBody, UseVerbs, View
from haitech_adapters.http.showing import shown
from haitech_domain.access import Action, Resource
from haitech_domain.cycle import ActivityType
from haitech_domain.errors import Kind
from haitech_domain.meeting import Meeting, MeetingStatus
from haitech_domain.use_cases import CompleteByLink, LinkedMeeting, MakeMeetingLink, ReadByLink

Day: TypeAlias = dt.date

PUBLIC: Final = "/api/v1/public/meetings"
_NOT_KEPT: Final = {"Cache-Control": "no-store"}
"""What a link shows, and the link itself, stay in no cache."""
_TOKEN: Final = (
    "AZw7HnpSfB6dCy9KbI4bNQGcOx56UnwenQsvSmyOGzYAAAAAaYdGkJz3vE9Qw0mTt2n"  # noqa: S105  # an example
    "5yJH1xkF8ZrUe6aVdSgW4bLo"
)
_MADE: Final = {
    "url": f"https://school.example{PUBLIC}/{_TOKEN}",
    "token": _TOKEN,
    "expiresAt": "2026-02-09T22:00:00Z",
}


class MeetingLinkView(View, frozen=True):
    """A link for a meeting's instructor: `token` is its secret, `url` where it leads."""

    url: str
    token: str
    expires_at: Instant


class ReportBody(Body, frozen=True):
    """What its instructor says of a meeting on completing it by a link.

    Notes stand below those that there are.
    """

    topic: str | UnsetType | None = UNSET
    notes: str | UnsetType = UNSET


class LinkedMeetingView(View, frozen=True):
    """A meeting as its link shows it; it can be completed from its start until `expiresAt`."""

    scheduled_date: Day
    start_time: HHMM
    end_time: HHMM
    status: MeetingStatus
    number: int | None
    total_meetings: Annotated[int, Meta(description="How many meetings the cycle has.")]
    activity_type: ActivityType
    topic: str | None
    cycle_name: str
    course_name: str | None
    branch_name: str | None
    branch_address: str | None
    branch_city: str | None
    location: str | None
    instructor_name: str
    expires_at: Instant


def linked_view(found: LinkedMeeting) -> LinkedMeetingView:
    """A meeting for whoever holds its link."""
    branch, cycle = found.branch, found.cycle
    return shown(
        LinkedMeetingView,
        found.meeting,
        total_meetings=cycle.total_meetings,
        activity_type=found.meeting.activity_type or cycle.activity_type,
        cycle_name=cycle.name,
        course_name=found.course_name,
        branch_name=branch.name if branch else None,
        branch_address=branch.address if branch else None,
        branch_city=branch.city if branch else None,
        location=cycle.location,
        instructor_name=found.instructor.name,
        expires_at=found.expires_at,
    )


class MeetingLinksController(Controller):
    """Links by which instructors report."""

    path = "/meetings"
    tags = ("meetings",)

    @post(
        "/{id:str}/link",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Make a link for a meeting's instructor",
                use_case=MakeMeetingLink,
                access=(Action.UPDATE, Resource.MEETINGS),
                body=NoBody,
                body_required=False,
                result=MeetingLinkView,
                errors=(Kind.CONFLICT,),
                conflicts=("meeting.cannot_link", "meeting.outside_window", "instructor.inactive"),
                result_example=_MADE,
            )
        },
    )
    async def make(self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]) -> ASGIResponse:
        """Make one."""
        actor = actor_of(request)
        meeting_id = meeting_id_of(id)
        await read_body(request, NoBody, required=False)
        use_case = verbs.make_meeting_link
        made = await use_case(actor=actor, meeting_id=meeting_id)
        view = MeetingLinkView(
            url=f"{use_case.public_url}{PUBLIC}/{made.token}",
            token=made.token,
            expires_at=made.expires_at,
        )
        return answer(request, view, headers=_NOT_KEPT)


class PublicMeetingsController(Controller):
    """Meetings by the links of their instructors, without a login."""

    path = "/public/meetings"
    tags = ("public",)

    @get(
        "/{token:str}",
        opt={
            "endpoint": Endpoint(
                summary="Read a meeting by its link",
                use_case=ReadByLink,
                open=True,
                result=LinkedMeetingView,
                errors=(Kind.UNAUTHENTICATED,),
            )
        },
    )
    async def read(
        self, request: HttpRequest, verbs: UseVerbs, token: FromPath[str]
    ) -> ASGIResponse:
        """Read."""
        found = await verbs.read_by_link(token=token)
        return answer(request, linked_view(found), headers=_NOT_KEPT)

    @post(
        "/{token:str}/complete",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Complete a meeting by its link",
                use_case=CompleteByLink,
                open=True,
                body=ReportBody,
                entity=Meeting,
                body_required=False,
                result=LinkedMeetingView,
                errors=(Kind.UNAUTHENTICATED, Kind.CONFLICT),
                conflicts=(
                    "meeting.cannot_complete",
                    "meeting.outside_window",
                    CYCLE_IS_CANCELLED,
                    "vat.no_rate",
                ),
                example={"topic": "loops"},
            )
        },
    )
    async def complete(
        self, request: HttpRequest, verbs: UseVerbs, token: FromPath[str]
    ) -> ASGIResponse:
        """Complete; whether the link is good is asked before the body is looked at."""
        await verbs.read_by_link(token=token)
        body = await read_body(request, ReportBody, required=False)
        done = await verbs.complete_by_link(token=token, notes=body.given())
        return answer(request, linked_view(done), headers=_NOT_KEPT)
