"""Which meeting a session in Zoom was of, and what it adds to that meeting."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from haitech_domain.calendar import civil
from haitech_domain.change import Change
from haitech_domain.meeting import Meeting, MeetingUpdated, in_order
from haitech_domain.meeting.transitions import event_of
from haitech_domain.records import fields_changed
from haitech_domain.zoom.event import ENDED, RECORDED, STARTED, ZoomNews

EARLY: Final = timedelta(minutes=15)
"""How long before a meeting its instructor may have opened the room."""


def taught_in(meetings: Iterable[Meeting], moment: datetime) -> Meeting | None:
    """Of a day's meetings in one room, the one of a session begun at this civil moment.

    A meeting has the room from a quarter of an hour before its start to its end. The session
    belongs to whoever had the room then; to the later of two; else to the one that had it soonest
    before or after.
    """

    def away(meeting: Meeting) -> timedelta:
        ends = civil(meeting.scheduled_date, meeting.end_time)
        return max(meeting.starts - EARLY - moment, moment - ends, timedelta(0))

    return min(reversed(in_order(meetings)), key=away, default=None)


def note(meeting: Meeting, news: ZoomNews, *, at: datetime) -> Change[Meeting]:
    """What news say of a meeting: when it began and ended, and its recording; never that it was held.

    Of several sessions the earliest start and the latest end stand, and the recording that came
    first. So nothing that comes again, late or in another order takes anything back.
    """
    values: dict[str, Any] = {}
    if news.type in {STARTED, ENDED} and news.started_at is not None:
        values["started_at"] = min(news.started_at, meeting.started_at or news.started_at)
    if news.type == ENDED and news.ended_at is not None:
        values["ended_at"] = max(news.ended_at, meeting.ended_at or news.ended_at)
    if news.type == RECORDED and news.recording_url is not None:
        values["recording_url"] = meeting.recording_url or news.recording_url
    after = meeting.changed(at, **values)
    event = event_of(MeetingUpdated, after, at, fields=fields_changed(meeting, after))
    return Change.updated(meeting, after, event)
