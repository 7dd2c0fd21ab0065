"""What Zoom tells, as far as it is of use: no people, no names, no tokens."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, ClassVar, Final

import attrs

from haitech_domain.fields import Text, Url, enforce
from haitech_domain.ids import MeetingId, ZoomEventId

STARTED: Final = "meeting.started"
ENDED: Final = "meeting.ended"
RECORDED: Final = "recording.completed"


@attrs.frozen(kw_only=True)
class ZoomNews:
    """One thing that Zoom told.

    `zoom_meeting_id` is the number of the room, `session` Zoom's name for the one time that it was
    open; `sent_at` is when it was told, and the same when it is told again.

    :raises Invalid: with all that is wrong
    """

    type: Annotated[str, Text(100)]
    zoom_meeting_id: Annotated[str, Text(20)] | None = None
    session: Annotated[str, Text(100)] | None = None
    sent_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    recording_url: Url | None = None

    def __attrs_post_init__(self) -> None:
        enforce(self)

    @property
    def moment(self) -> datetime | None:
        """By which a meeting is looked for: when the session began, else when it ended."""
        return self.started_at or self.ended_at

    @property
    def fingerprint(self) -> str:
        """The same for the same news told again, and for no other."""
        facts = (getattr(self, a.name) for a in attrs.fields(ZoomNews))
        # no text holds the separator: control characters are refused
        told = "\x1f".join("" if fact is None else str(fact) for fact in facts)
        return hashlib.sha256(told.encode()).hexdigest()

    def kept(self, *, id: ZoomEventId, at: datetime, meeting: MeetingId | None) -> ZoomEvent:
        """It as it is kept, with the meeting that it is about, if one was found."""
        facts = attrs.asdict(self, recurse=False)
        return ZoomEvent(**facts, id=id, created_at=at, digest=self.fingerprint, meeting_id=meeting)


@attrs.frozen(kw_only=True)
class ZoomEvent(ZoomNews):
    """One thing that Zoom told, received at `created_at`; `meeting_id` None means unmatched."""

    deleted_at: ClassVar[None] = None
    """One is never gone by itself, as lists ask of every row."""

    id: ZoomEventId
    created_at: datetime
    digest: Annotated[str, Text(64)]
    meeting_id: MeetingId | None = None


def room_number(written: str) -> str:
    """The number of a room however people write it: `987 1234 5678` is `98712345678`."""
    return written.replace(" ", "").replace("-", "")
