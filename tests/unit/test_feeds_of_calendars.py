"""Feeds of meetings: which events they hold, and how they are written as RFC 5545 has it."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from haitech_adapters.calendar import IcalendarFeeds
from haitech_domain.ids import MeetingId
from haitech_domain.meeting import MeetingStatus
from haitech_domain.scheduling import Feed, FeedEvent, OtherHalf, feed_of
from haitech_domain.testing.builders import (
    MADE,
    SUNDAY,
    a_branch,
    a_cycle,
    a_meeting,
    an_id,
    an_instructor,
    gone,
)

JERUSALEM = ZoneInfo("Asia/Jerusalem")
BRANCH = a_branch(name="בית ספר הרצל", address="הרצל 5", city="חיפה")
CYCLE = a_cycle(branch_id=BRANCH.id, location="חדר 4", zoom_join_url="https://zoom.example/1")
YAEL = an_instructor(name="יעל לוי")


def held(**facts: Any) -> Any:
    return a_meeting(cycle_id=CYCLE.id, instructor_id=YAEL.id, **facts)


def feed(*meetings: Any, branch: Any = BRANCH, cycle: Any = CYCLE, halves: Any = ()) -> Feed:
    return feed_of(
        YAEL,
        meetings,
        cycles={CYCLE.id: cycle},
        branches={} if branch is None else {BRANCH.id: branch},
        halves={half.id: half for half in halves},
    )


# --- which events ------------------------------------------------------------------------------


def test_a_feed_holds_the_instructors_own_meetings_in_order() -> None:
    """Those of others, deleted ones and those of a cycle that is gone are not in it."""
    late, early = held(start_time="18:00", end_time="19:00"), held()
    others = (
        a_meeting(cycle_id=CYCLE.id),
        gone(held()),
        a_meeting(instructor_id=YAEL.id),
    )
    found = feed(late, *others, early)
    assert found.name == "יעל לוי"
    assert [event.id for event in found.events] == [early.id, late.id]


def test_an_event_tells_when_where_and_of_what_a_meeting_is() -> None:
    """And which of how many, in which version."""
    meeting = held(topic="לולאות", number=3).changed(MADE + timedelta(hours=1), notes="x")
    (event,) = feed(meeting).events
    assert event == FeedEvent(
        id=meeting.id,
        version=2,
        created_at=MADE,
        updated_at=MADE + timedelta(hours=1),
        day=SUNDAY,
        start=time(16),
        end=time(17, 30),
        status=MeetingStatus.SCHEDULED,
        title="Python, Sundays: לולאות",
        place="חדר 4, בית ספר הרצל, הרצל 5, חיפה",
        number=3,
        total=10,
    )


@pytest.mark.parametrize(
    ("meeting", "cycle", "branch", "place"),
    [
        ({"activity_type": "online"}, {}, BRANCH, "https://zoom.example/1"),
        (
            {"activity_type": "online", "zoom_join_url": "https://zoom.example/2"},
            {},
            BRANCH,
            "https://zoom.example/2",
        ),
        ({}, {"activity_type": "online"}, None, "https://zoom.example/1"),
        ({"activity_type": "online"}, {"zoom_join_url": None, "location": None}, None, None),
        ({}, {"location": None}, a_branch(name="Herzl", city="Herzl"), "Herzl"),
        ({}, {}, None, "חדר 4"),
    ],
)
def test_the_place_is_a_room_or_the_link_of_what_is_online(
    meeting: Any, cycle: Any, branch: Any, place: str | None
) -> None:
    """A branch that was deleted since is not named."""
    (event,) = feed(held(**meeting), cycle=CYCLE.changed(MADE, **cycle), branch=branch).events
    assert event.place == place


def test_a_postponement_names_its_other_half_unless_somebody_else_holds_that() -> None:
    """R-ACC-2: what is another's does not exist here."""
    original, replacement = held(status="postponed", number=None), held(scheduled_date="2026-03-08")
    original = original.changed(MADE, rescheduled_to_id=replacement.id)
    replacement = replacement.changed(MADE, rescheduled_from_id=original.id)
    both = [original, replacement]
    before, after = feed(*both, halves=both).events
    assert before.moved_to == OtherHalf(id=replacement.id, day=date(2026, 3, 8), start=time(16))
    assert after.moved_from == OtherHalf(id=original.id, day=SUNDAY, start=time(16))
    assert feed(original).events[0].moved_to is None
    foreign = replacement.changed(MADE, instructor_id=an_id())
    assert feed(original, halves=[foreign]).events[0].moved_to is None


# --- how they are written ----------------------------------------------------------------------


def an_event(**facts: Any) -> FeedEvent:
    defaults: dict[str, Any] = {
        "id": MeetingId(an_id()),
        "version": 1,
        "created_at": MADE,
        "updated_at": MADE,
        "day": SUNDAY,
        "start": time(16),
        "end": time(17, 30),
        "status": MeetingStatus.SCHEDULED,
        "title": "פייתון",
        "place": None,
        "number": 3,
        "total": 10,
    }
    return FeedEvent(**(defaults | facts))


def written(*events: FeedEvent, name: str = "יעל לוי") -> bytes:
    return asyncio.run(IcalendarFeeds().written(Feed(name=name, events=events)))


def lines_of(text: bytes) -> list[str]:
    """The content lines, unfolded: strictly CRLF, at most 75 octets, whole characters each."""
    assert text.endswith(b"\r\n")
    folded = text.removesuffix(b"\r\n").split(b"\r\n")
    assert all(0 < len(line) <= 75 for line in folded)
    assert not any(byte in line for line in folded for byte in b"\r\n")
    for line in folded:
        line.decode()
    lines = re.sub(rb"\r\n[ \t]", b"", text.removesuffix(b"\r\n")).decode().split("\r\n")
    assert all(re.fullmatch(r"[A-Z-]+(;[A-Z-]+=[^:;]+)*:.*", line) for line in lines), lines
    return lines


def values(lines: list[str], name: str) -> list[str]:
    return [line.partition(":")[2] for line in lines if re.match(rf"{name}[;:]", line)]


def read(text: bytes) -> Any:
    """The calendar as vobject reads it."""
    return vobject.readOne(text.decode())


def test_a_calendar_says_what_it_is_and_whose() -> None:
    lines = lines_of(written())
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    assert values(lines, "VERSION") == ["2.0"]
    assert values(lines, "X-WR-CALNAME") == values(lines, "NAME") == ["יעל לוי"]
    assert values(lines, "TZID") == ["Asia/Jerusalem"]
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in lines


def test_an_event_is_written_with_all_that_calendars_go_by() -> None:
    event = an_event(version=4, place="חדר 4, הרצל 5")
    lines = lines_of(written(event))
    body = lines[lines.index("BEGIN:VEVENT") :]
    assert body == [
        "BEGIN:VEVENT",
        f"UID:{event.id}",
        "SEQUENCE:3",
        "DTSTAMP:20260101T080000Z",
        "CREATED:20260101T080000Z",
        "LAST-MODIFIED:20260101T080000Z",
        "DTSTART;TZID=Asia/Jerusalem:20260301T160000",
        "DTEND;TZID=Asia/Jerusalem:20260301T173000",
        "SUMMARY:פייתון",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        r"LOCATION:חדר 4\, הרצל 5",
        "DESCRIPTION:מפגש 3 מתוך 10 · Meeting 3 of 10",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("scheduled", "CONFIRMED"),
        ("completed", "CONFIRMED"),
        ("cancelled", "CANCELLED"),
        ("postponed", "CANCELLED"),
    ],
)
def test_a_status_is_told_in_the_words_of_calendars(status: str, told: str) -> None:
    lines = lines_of(written(an_event(status=MeetingStatus(status))))
    assert values(lines, "STATUS") == [told]
    assert values(lines, "TRANSP") == ["OPAQUE" if told == "CONFIRMED" else "TRANSPARENT"]


def test_a_postponement_is_written_at_both_ends() -> None:
    other = OtherHalf(id=MeetingId(an_id()), day=date(2026, 3, 8), start=time(9, 30))
    moved = an_event(status=MeetingStatus.POSTPONED, number=None, moved_to=other)
    lost = an_event(status=MeetingStatus.POSTPONED, number=None)
    instead = an_event(moved_from=other)
    lines = lines_of(written(moved, lost, instead))
    assert values(lines, "DESCRIPTION") == [
        "נדחה ל־2026-03-08 09:30 · Moved to 2026-03-08 09:30",
        "נדחה · Postponed",
        (
            r"מפגש 3 מתוך 10 · Meeting 3 of 10\n"
            "במקום 2026-03-08 09:30 · Instead of 2026-03-08 09:30"
        ),
    ]
    assert [line for line in lines if line.startswith("RELATED-TO")] == [
        f"RELATED-TO;RELTYPE=SIBLING:{other.id}"
    ] * 2


def test_an_event_without_number_and_place_says_nothing_of_them() -> None:
    lines = lines_of(written(an_event(number=None)))
    assert values(lines, "DESCRIPTION") == values(lines, "LOCATION") == []


NASTY = st.text(
    st.sampled_from("אבג ;,:\\\"'nN\r\n\t\x0b\x0c\x85\u2028\u2029=<>&^")
    | st.characters(codec="utf-8"),
    max_size=120,
)


@settings(max_examples=40)
@given(title=NASTY, place=NASTY, name=NASTY)
def test_no_text_breaks_out_of_its_line(title: str, place: str, name: str) -> None:
    """Whatever the name of a cycle holds, one event stays one event."""
    event = an_event(title=f"{title}\r\nBEGIN:VALARM", place=place)
    text = written(event, name=name)
    lines = lines_of(text)
    begun = [line for line in lines if line.startswith(("BEGIN", "END"))]
    assert begun[-3:] == ["BEGIN:VEVENT", "END:VEVENT", "END:VCALENDAR"]
    assert len(text.decode().splitlines()) == text.count(b"\r\n"), "by any reader's line ends"


@pytest.mark.parametrize(
    "title", ["פייתון; מתחילים, יום א׳", "C:\\new", "a\\, b\\; c", "x" * 200, "ש" * 200, "<b>&amp;"]
)
def test_another_reader_finds_the_text_as_it_was(title: str) -> None:
    (event,) = read(written(an_event(title=title, place=title))).vevent_list
    assert (event.summary.value, event.location.value) == (title, title)


def test_a_series_stays_at_its_hour_over_the_end_of_march_and_of_october() -> None:
    """R-SCHED-7, as another reader counts by the rules in the calendar itself."""
    for first, hours in ((date(2026, 3, 22), [14, 13]), (date(2026, 10, 18), [13, 14])):
        sundays = [first + timedelta(days=7 * n) for n in range(2)]
        events = read(written(*(an_event(day=day) for day in sundays))).vevent_list
        starts = [event.dtstart.value for event in events]
        assert [(s.hour, s.date()) for s in starts] == [(16, day) for day in sundays]
        assert [s.astimezone(UTC).hour for s in starts] == hours


@pytest.mark.parametrize("year", [2026, 2027, 2032])
def test_the_rules_of_summer_time_are_those_of_the_zone(year: int) -> None:
    """Each day of a year at noon, and around the hours in which clocks change."""
    (event,) = read(written(an_event(day=date(year, 1, 1)))).vevent_list
    zone = event.dtstart.value.tzinfo
    noon = datetime(year, 1, 1, 12)  # noqa: DTZ001  # civil, put into either zone below
    for moment in (noon + timedelta(days=n) for n in range(365)):
        there = moment.replace(tzinfo=JERUSALEM).utcoffset()
        assert moment.replace(tzinfo=zone).utcoffset() == there, moment


def test_equal_feeds_are_written_alike_and_one_that_changed_otherwise() -> None:
    feeds = IcalendarFeeds()
    event = an_event()

    def text(*events: FeedEvent) -> bytes:
        return asyncio.run(feeds.written(Feed(name="x", events=events)))

    assert text(event) == text(event)
    assert text(event) != text(an_event(id=event.id, version=2))
