"""`/instructors/{id}/calendar.ics`: the feed that calendars subscribe to, and its token."""

from __future__ import annotations

from typing import Final

from litestar import Controller, Response, delete, get, post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from msgspec import UNSET, UnsetType

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer, no_content
from haitech_adapters.http.etags import is_known, named, tag_of
from haitech_adapters.http.querying import read_query
from haitech_adapters.http.reading import identifier, read_body
from haitech_adapters.http.shapes import HttpRequest, NoBody, QueryString, UseVerbs, View
from haitech_adapters.http.singles import TAGGED
from haitech_domain.access import Action, Resource
from haitech_domain.errors import Invalid, Kind
from haitech_domain.ids import InstructorId
from haitech_domain.ports import Unauthenticated
from haitech_domain.use_cases import IssueCalendarToken, ReadCalendarFeed, RevokeCalendarToken
from haitech_domain.use_cases.calendar_feed import NOT_VALID

CALENDAR: Final = "text/calendar"
_WRITE: Final = (Action.ANNOTATE, Resource.INSTRUCTORS)
_NOT_KEPT: Final = {"Cache-Control": "no-store"}
_ASKED_AGAIN: Final = {"Cache-Control": "private, no-cache"}
"""Kept by whoever asked, and by nobody between; asked for again each time, which is cheap."""
_TOKEN: Final = "Jk2vQ8sYw0aZr5cXe7TtLm1uHbNf3gPqDi6oKyWxVn4"  # noqa: S105  # an example
_MADE: Final = {
    "token": _TOKEN,
    "url": "https://school.example/api/v1/instructors/"
    f"019c3b1e-7a52-7c1e-9d0b-2f4a6c8e1b35/calendar.ics?token={_TOKEN}",
}


class CalendarTokenView(View, frozen=True):
    """The token of an instructor's calendar, told this once, and the address to subscribe to."""

    token: str
    url: str


class FeedQuery(QueryString, frozen=True, kw_only=True):
    """By what a calendar is opened."""

    token: str | UnsetType = UNSET


def _address(instructor: InstructorId) -> str:
    return f"/api/v1/instructors/{instructor}/calendar.ics"


class CalendarFeedController(Controller):
    """The calendars of instructors, for their own devices."""

    path = "/instructors/{id:str}"
    tags = ("instructors",)

    @post(
        "/calendar-token",
        opt={
            "endpoint": Endpoint(
                summary="Make the token of an instructor's calendar",
                use_case=IssueCalendarToken,
                access=_WRITE,
                body=NoBody,
                body_required=False,
                result=CalendarTokenView,
                conflicts=("instructor.inactive",),
                result_example=_MADE,
            )
        },
    )
    async def issue(self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]) -> ASGIResponse:
        """Make it."""
        instructor = InstructorId(identifier(id))
        await read_body(request, NoBody, required=False)
        use_case = verbs.issue_calendar_token
        token = await use_case(actor=actor_of(request), instructor_id=instructor)
        address = _address(instructor)
        view = CalendarTokenView(token=token, url=f"{use_case.public_url}{address}?token={token}")
        return answer(request, view, headers={"Location": address, **_NOT_KEPT})

    @delete(
        "/calendar-token",
        opt={
            "endpoint": Endpoint(
                summary="Take the token of an instructor's calendar back",
                use_case=RevokeCalendarToken,
                access=_WRITE,
            )
        },
    )
    async def revoke(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> Response[None]:
        """Take it back."""
        instructor = InstructorId(identifier(id))
        await verbs.revoke_calendar_token(actor=actor_of(request), instructor_id=instructor)
        return no_content()

    @get(
        "/calendar.ics",
        opt={
            TAGGED: True,
            "endpoint": Endpoint(
                summary="An instructor's calendar",
                use_case=ReadCalendarFeed,
                open=True,
                query=FeedQuery,
                raw=True,
                produces=(CALENDAR,),
                errors=(Kind.UNAUTHENTICATED,),
            ),
        },
    )
    async def feed(self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]) -> ASGIResponse:
        """The feed, or 304 for a calendar that has it."""
        token = read_query(request, FeedQuery).token
        try:
            instructor = identifier(id)
        except Invalid:  # whatever does not open is answered alike
            raise Unauthenticated(NOT_VALID) from None
        known = named(request.scope, b"if-none-match")
        feed = await verbs.read_calendar_feed(
            instructor_id=instructor, token="" if token is UNSET else token
        )
        body = await verbs.calendar_feeds.written(feed)
        headers = {**_ASKED_AGAIN, "ETag": tag_of(body)}
        if known is not None and is_known(headers["ETag"], known):
            return ASGIResponse(status_code=304, headers=headers)
        headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
        return ASGIResponse(body=body, media_type=CALENDAR, encoding="utf-8", headers=headers)
