"""Feeds of meetings as iCalendar (RFC 5545), for the calendars that people subscribe with."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from haitech_domain.calendar import civil
from haitech_domain.meeting import MeetingStatus
from haitech_domain.scheduling import Feed, FeedEvent, OtherHalf

ZONE: Final = ZoneInfo("Asia/Jerusalem")
REFRESH: Final = timedelta(hours=1)
"""How often a calendar is asked to look for news."""
_KEPT: Final = 16_384
"""Events that are kept as they were written, some 20 MB of them."""
_CALLED_OFF: Final = {MeetingStatus.CANCELLED, MeetingStatus.POSTPONED}

# Israel's law since 2013: summer from the Friday before the last Sunday of March, 2:00, to the
# last Sunday of October, 2:00. A test compares it with the system's time zones.
_RULES: Final = """\
BEGIN:VTIMEZONE
TZID:Asia/Jerusalem
BEGIN:DAYLIGHT
DTSTART:20130329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=FR;BYMONTHDAY=23,24,25,26,27,28,29
TZNAME:IDT
TZOFFSETFROM:+0200
TZOFFSETTO:+0300
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20131027T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:IST
TZOFFSETFROM:+0300
TZOFFSETTO:+0200
END:STANDARD
END:VTIMEZONE
"""


class IcalendarFeeds:
    """Writes feeds by the library `icalendar`.

    That takes about a millisecond for an event, so it is done in a thread, and events are kept as
    they were written: calendars ask again and again, and few events change.
    """

    def __init__(self) -> None:
        self._event = functools.lru_cache(maxsize=_KEPT)(_event)

    async def written(self, feed: Feed) -> bytes:
        """The feed as a VCALENDAR in UTF-8, lines folded by octets and ended by CRLF."""
        return await asyncio.to_thread(self._whole, feed)

    def _whole(self, feed: Feed) -> bytes:
        head, end, rest = _shell(_line(feed.name)).rpartition(b"END:VCALENDAR")
        return b"".join([head, *map(self._event, feed.events), end, rest])


def _shell(name: str) -> bytes:
    """A calendar without events."""
    import icalendar  # noqa: PLC0415  # a library for those who subscribe

    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//HaiTech//HaiTech CRM//EN")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", ZONE.key)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    calendar.add_component(icalendar.Timezone.from_ical(_RULES))
    return bytes(calendar.to_ical(sorted=False))


def _event(event: FeedEvent) -> bytes:
    import icalendar  # noqa: PLC0415  # a library for those who subscribe

    written = icalendar.Event()
    written.add("uid", str(event.id))
    written.add("sequence", event.version - 1)
    # without a METHOD, DTSTAMP is when the event was last changed
    written.add("dtstamp", event.updated_at)
    written.add("created", event.created_at)
    written.add("last-modified", event.updated_at)
    written.add("dtstart", _instant(civil(event.day, event.start)))
    written.add("dtend", _instant(civil(event.day, event.end)))
    written.add("summary", _line(event.title))
    called_off = event.status in _CALLED_OFF
    written.add("status", "CANCELLED" if called_off else "CONFIRMED")
    written.add("transp", "TRANSPARENT" if called_off else "OPAQUE")
    if event.place:
        written.add("location", _line(event.place))
    notes = "\n".join(_notes(event))
    if notes:
        written.add("description", notes)
    for half in (event.moved_to, event.moved_from):
        if half is not None:
            written.add("related-to", str(half.id), parameters={"RELTYPE": "SIBLING"})
    return bytes(written.to_ical(sorted=False))


def _instant(moment: datetime) -> datetime:
    """A civil moment in its zone: 16:00 stays 16:00 whatever the season (R-SCHED-7)."""
    return moment.replace(tzinfo=ZONE)


def _notes(event: FeedEvent) -> Iterator[str]:
    if event.number is not None:
        yield f"מפגש {event.number} מתוך {event.total} · Meeting {event.number} of {event.total}"
    if event.status is MeetingStatus.POSTPONED:
        to = event.moved_to
        yield "נדחה · Postponed" if to is None else f"נדחה ל־{_when(to)} · Moved to {_when(to)}"
    if event.moved_from is not None:
        when = _when(event.moved_from)
        yield f"במקום {when} · Instead of {when}"


def _when(half: OtherHalf) -> str:
    return f"{half.day} {half.start:%H:%M}"


def _line(text: str) -> str:
    """A text as one line: whatever some reader takes for the end of one is a space."""
    return " ".join(text.split())
