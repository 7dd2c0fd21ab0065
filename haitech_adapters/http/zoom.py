"""`/public/zoom-webhook`: what Zoom tells; `/zoom-events`: what was told, for the office."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from litestar import Controller, get, post
from litestar.response.base import ASGIResponse
from msgspec import UNSET, Meta, UnsetType

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import JSON, Endpoint
from haitech_adapters.http.envelope import encoded, page
from haitech_adapters.http.querying import read_query
from haitech_adapters.http.reading import raw_body
from haitech_adapters.http.shapes import HttpRequest, Instant, ListQuery, UseVerbs, View
from haitech_adapters.http.zoom_notices import (
    VALIDATION,
    ZoomNotice,
    news_of,
    notice_of,
    plain_token_of,
)
from haitech_domain.access import Action, Resource
from haitech_domain.errors import Kind
from haitech_domain.use_cases import HearZoom, ListZoomEvents
from haitech_domain.zoom import ZoomEvent

SIGNATURE: Final = "x-zm-signature"
TIMESTAMP: Final = "x-zm-request-timestamp"
_ENDED: Final = {
    "event": "meeting.ended",
    "event_ts": 1792348260000,
    "payload": {
        "account_id": "AAAAAABBBB",
        "object": {
            "id": "98712345678",
            "uuid": "4444AAAiAAAAAiAiAiiAii==",
            "start_time": "2026-10-18T13:01:00Z",
            "end_time": "2026-10-18T14:31:00Z",
        },
    },
}
_EVENT: Final = {
    "id": "01900000-0000-7000-8000-000000000001",
    "createdAt": "2026-10-18T14:31:01Z",
    "type": "meeting.ended",
    "zoomMeetingId": "98712345678",
    "zoomUuid": "4444AAAiAAAAAiAiAiiAii==",
    "sentAt": "2026-10-18T14:31:00Z",
    "startedAt": "2026-10-18T13:01:00Z",
    "endedAt": "2026-10-18T14:31:00Z",
    "recordingUrl": None,
    "meetingId": None,
}


class ZoomAnswer(View, frozen=True):
    """`received` for what was told; for `endpoint.url_validation` the token and its HMAC instead."""

    received: Literal[True] | UnsetType = UNSET
    plain_token: str | UnsetType = UNSET
    encrypted_token: str | UnsetType = UNSET


class ZoomEventsQuery(ListQuery, frozen=True, kw_only=True):
    """Which of the things told to list."""

    sort_by: Literal["createdAt"] | UnsetType = UNSET
    type: Annotated[str, Meta(max_length=100)] | UnsetType = UNSET
    matched: (
        Annotated[bool, Meta(description="Only those that a meeting was, or was not, found for.")]
        | UnsetType
    ) = UNSET


class ZoomEventView(View, frozen=True):
    """One thing that Zoom told, and the meeting that it is about; null where none was found."""

    id: UUID
    created_at: Instant
    type: str
    zoom_meeting_id: str | None
    zoom_uuid: str | None
    sent_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    recording_url: str | None
    meeting_id: UUID | None


def event_view(event: ZoomEvent) -> ZoomEventView:
    """One as the office sees it."""
    return ZoomEventView(
        id=event.id,
        created_at=event.created_at,
        type=event.type,
        zoom_meeting_id=event.zoom_meeting_id,
        zoom_uuid=event.session,
        sent_at=event.sent_at,
        started_at=event.started_at,
        ended_at=event.ended_at,
        recording_url=event.recording_url,
        meeting_id=event.meeting_id,
    )


class ZoomWebhookController(Controller):
    """What Zoom tells, without a login: by its signature."""

    path = "/public/zoom-webhook"
    tags = ("public",)

    @post(
        "/",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Take what Zoom tells",
                use_case=HearZoom,
                open=True,
                headers=("ZoomSignature", "ZoomTimestamp"),
                body=ZoomNotice,
                raw=True,
                result=ZoomAnswer,
                errors=(Kind.UNAUTHENTICATED,),
                example=_ENDED,
                result_example={"received": True},
            )
        },
    )
    async def hear(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Take it; whether Zoom sent it is asked before anything of it is read."""
        hear = verbs.hear_zoom
        timestamp = request.headers.get(TIMESTAMP, "")
        hear.must_be_recent(timestamp)
        raw = await raw_body(request)
        signature = request.headers.get(SIGNATURE, "")
        secret = hear.must_be_signed(raw, timestamp=timestamp, signature=signature)
        notice = notice_of(raw)
        if notice.event == VALIDATION:
            token = plain_token_of(notice)
            return _answer(ZoomAnswer(plain_token=token, encrypted_token=secret.answer(token)))
        await hear(news=news_of(notice))
        return _answer(ZoomAnswer(received=True))


class ZoomEventsController(Controller):
    """What Zoom told, and which meeting it was about."""

    path = "/zoom-events"
    tags = ("zoom-events",)

    @get(
        "/",
        opt={
            "endpoint": Endpoint(
                summary="List what Zoom told",
                use_case=ListZoomEvents,
                access=(Action.UPDATE, Resource.MEETINGS),
                query=ZoomEventsQuery,
                result=ZoomEventView,
                paged=True,
                result_example=_EVENT,
            )
        },
    )
    async def list(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """List."""
        asked = read_query(request, ZoomEventsQuery).asked()
        found = await verbs.list_zoom_events(actor=actor_of(request), query=asked)
        return page(request, [event_view(event) for event in found.items], found)


def _answer(said: Any) -> ASGIResponse:
    return ASGIResponse(body=encoded(said), media_type=JSON, headers={"Cache-Control": "no-store"})
