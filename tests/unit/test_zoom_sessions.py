"""Which meeting a session in Zoom was of, what it adds to it, and what is read of Zoom's words."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from itertools import permutations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haitech_adapters.http.zoom_notices import news_of, notice_of, plain_token_of
from haitech_adapters.security import SharedZoomSecret
from haitech_domain.errors import Invalid
from haitech_domain.meeting import MeetingUpdated, complete
from haitech_domain.meeting.entity import NO_MONEY
from haitech_domain.testing.builders import MADE, SUNDAY, a_meeting, an_id
from haitech_domain.zoom import (
    EARLY,
    ENDED,
    RECORDED,
    STARTED,
    ZoomNews,
    note,
    room_number,
    taught_in,
)

AT = datetime(2026, 3, 1, 14, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PAGE = "https://zoom.example/rec/share/1"


def held(start: int, end: int, day: date = SUNDAY):
    return a_meeting(scheduled_date=day, start_time=time(start), end_time=time(end))


def on_sunday(hour: int, minute: int = 0) -> datetime:
    return datetime.combine(SUNDAY, time(hour, minute))


# --- which meeting -----------------------------------------------------------------------------


def test_no_meeting_has_the_room_where_there_is_none():
    assert taught_in([], on_sunday(16)) is None


def test_the_only_meeting_of_the_day_is_it_however_far_away():
    only = held(16, 17)
    assert taught_in([only], on_sunday(0)) == taught_in([only], on_sunday(23, 59)) == only


@pytest.mark.parametrize(
    ("hour", "minute", "which"),
    [
        (8, 0, 0),
        (16, 35, 0),  # the room was closed and opened again
        (16, 44, 0),
        (16, 45, 1),  # opened a quarter of an hour early
        (17, 0, 1),
        (17, 30, 1),
        (18, 50, 1),
        (19, 0, 2),
        (19, 20, 2),
        (20, 0, 2),
        (23, 0, 2),
    ],
)
def test_of_several_it_is_the_one_that_had_the_room(hour, minute, which):
    """One after the other, and one after a pause."""
    meetings = [held(16, 17), held(17, 18), held(20, 21)]
    for order in permutations(meetings):
        assert taught_in(order, on_sunday(hour, minute)) == meetings[which]


def test_a_room_is_ones_own_a_quarter_of_an_hour_early():
    assert timedelta(minutes=15) == EARLY


def test_a_room_has_one_number_however_it_is_written():
    assert room_number("987 1234-5678") == room_number("98712345678") == "98712345678"


# --- what is noted -----------------------------------------------------------------------------


def news(type_=ENDED, **facts):
    return ZoomNews(type=type_, zoom_meeting_id="98712345678", **facts)


def noted(meeting, *told):
    for one in told:
        meeting = note(meeting, one, at=MADE).after
    return meeting


def test_a_start_an_end_and_a_recording_are_noted_with_an_event_that_names_them():
    meeting = held(16, 17)
    change = note(meeting, news(STARTED, started_at=AT), at=MADE)
    assert change.after.started_at == AT
    assert change.after.version == meeting.version + 1
    [event] = change.events
    assert isinstance(event, MeetingUpdated)
    assert event.fields == ("started_at",)
    ended = note(meeting, news(started_at=AT, ended_at=AT + MINUTE), at=MADE)
    assert (ended.after.started_at, ended.after.ended_at) == (AT, AT + MINUTE)
    recorded = note(meeting, news(RECORDED, started_at=AT, recording_url=PAGE), at=MADE)
    assert (recorded.after.recording_url, recorded.after.started_at) == (PAGE, None)


@pytest.mark.parametrize(
    "told",
    [
        news(STARTED),
        news(ENDED),
        news(RECORDED, started_at=AT),
        news("meeting.alert", started_at=AT, ended_at=AT, recording_url=PAGE),
    ],
)
def test_what_says_nothing_changes_nothing(told):
    assert note(held(16, 17), told, at=MADE).is_empty


def test_a_meeting_is_never_completed_by_it_and_a_completed_one_keeps_its_money():
    told = news(started_at=AT, ended_at=AT + MINUTE)
    assert noted(held(16, 17), told).status.value == "scheduled"
    done = complete(held(16, 17), NO_MONEY, at=AT).after
    after = noted(done, told)
    same = attrs.evolve(after, started_at=None, ended_at=None, updated_at=AT, version=done.version)
    assert same == done


_minutes = st.integers(0, 300).map(lambda n: AT + n * MINUTE)
_told = st.one_of(
    st.builds(lambda at: news(STARTED, started_at=at), _minutes),
    st.builds(lambda a, b: news(started_at=min(a, b), ended_at=max(a, b)), _minutes, _minutes),
    st.just(news(RECORDED, started_at=AT, recording_url=PAGE)),
)


@given(
    st.lists(_told, max_size=5).flatmap(
        lambda told: st.tuples(st.just(told), st.permutations(told))
    )
)
def test_in_any_order_and_told_again_the_same_is_noted(orders):
    told, otherwise = orders
    meeting = held(16, 17)
    one, other = noted(meeting, *told), noted(meeting, *otherwise, *told)
    facts = ("started_at", "ended_at", "recording_url")
    assert [getattr(one, f) for f in facts] == [getattr(other, f) for f in facts]
    assert all(note(other, again, at=MADE).is_empty for again in told)
    started = [t.started_at for t in told if t.type != RECORDED]
    assert one.started_at == min(started, default=None)
    assert one.ended_at == max((t.ended_at for t in told if t.ended_at), default=None)


def test_the_recording_that_came_first_stands():
    other = news(RECORDED, recording_url="https://zoom.example/rec/share/2")
    after = noted(held(16, 17), news(RECORDED, recording_url=PAGE), other)
    assert after.recording_url == PAGE


# --- what is kept ------------------------------------------------------------------------------


def test_the_same_news_have_one_fingerprint_and_any_other_another():
    told = news(started_at=AT, session="a")
    others = [
        news(started_at=AT, session="b"),
        news(started_at=AT, sent_at=AT, session="a"),
        news(ended_at=AT, session="a"),
        news(STARTED, started_at=AT, session="a"),
        attrs.evolve(told, zoom_meeting_id="1"),
        attrs.evolve(told, recording_url=PAGE),
    ]
    assert told.fingerprint == news(started_at=AT, session="a").fingerprint
    assert len({t.fingerprint for t in (told, *others)}) == 1 + len(others)


def test_what_is_kept_says_what_was_told_and_of_which_meeting():
    told, id, meeting = news(started_at=AT), an_id(), an_id()
    kept = told.kept(id=id, at=MADE, meeting=meeting)
    assert (kept.id, kept.created_at, kept.meeting_id) == (id, MADE, meeting)
    assert kept.digest == told.fingerprint
    assert (kept.type, kept.started_at, kept.moment) == (ENDED, AT, AT)


def test_a_session_without_a_start_is_looked_for_by_its_end():
    assert news(ended_at=AT).moment == AT
    assert news().moment is None


# --- what is read ------------------------------------------------------------------------------


def read(event="meeting.ended", payload=..., **about):
    body = {"event": event, "event_ts": 1792348260123}
    body["payload"] = {"object": about} if payload is ... else payload
    return news_of(notice_of(json.dumps(body).encode()))


def test_a_room_comes_as_a_number_or_as_text():
    numbers = [98712345678, "98712345678", "987 1234 5678", "987-1234-5678"]
    assert {read(id=n).zoom_meeting_id for n in numbers} == {"98712345678"}
    others: list[object] = [None, True, 1.5, "", "abc", "٣", -1, 10**20, [], {}, "1" * 21]
    for none in others:
        assert read(id=none).zoom_meeting_id is None


def test_moments_are_read_in_any_offset_and_without_one_not_at_all():
    assert read(start_time="2026-03-01T16:00:00+02:00").started_at == AT
    assert read(start_time="2026-03-01T14:00:00Z").started_at == AT
    for none in (None, 1792348260, "", "now", "2026-03-01T14:00:00", "0001-01-01T00:00:00+14:00"):
        assert read(start_time=none).started_at is None
    assert read(start_time="9999-12-31T23:59:59-14:00").started_at is None


def test_when_it_was_told_is_kept_to_the_millisecond():
    assert read().sent_at == datetime(2026, 10, 18, 18, 31, 0, 123000, tzinfo=UTC)
    for written in (1792348260123, "1792348260123", 1792348260123.0):
        body = json.dumps({"event": "a.b", "event_ts": written})
        assert news_of(notice_of(body.encode())).sent_at == read().sent_at
    others: list[object] = [-1, 0, 10**13, 10**18, None, True, 1.5, "x", "٣", [], {}]
    for none in others:
        body = json.dumps({"event": "a.b", "event_ts": none})
        assert news_of(notice_of(body.encode())).sent_at is None
    assert news_of(notice_of(b'{"event":"a.b"}')) == ZoomNews(type="a.b")


def test_an_event_is_kept_whatever_its_payload_is():
    payloads: list[object] = [None, 7, "x", [], True]
    for payload in payloads:
        assert read(payload=payload).type == "meeting.ended"


def test_a_recording_is_its_page_else_the_first_file_that_can_be_seen():
    files = [{"play_url": "ftp://x"}, 7, {"download_url": PAGE}, {"play_url": "https://x"}]
    assert read(share_url="https://s", recording_files=files).recording_url == "https://s"
    assert read(share_url="javascript:alert(1)", recording_files=files[:3]).recording_url == PAGE
    assert read(recording_files=files).recording_url == "https://x"
    for none in (None, 7, "https://" + "x" * 2000, "https://a\u202eb", "https://a\x00b"):
        assert read(share_url=none, recording_files=none).recording_url is None


def test_nothing_of_people_and_no_secret_is_read():
    told = read(
        payload={
            "download_token": "secret-1",
            "object": {"id": 1, "topic": "secret-2", "host_email": "secret-3@x.example"},
            "operator": "secret-4",
        }
    )
    assert "secret" not in repr(told)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"payload":{}}',
        b'{"event":"Meeting Started"}',
        b'{"event":"a\\n"}',
        b'{"event":7}',
        b'{"event":"a.b","payload":{"a":' + b"[" * 100_000,
    ],
)
def test_what_is_no_event_is_refused(raw):
    with pytest.raises(Invalid, match="no event of Zoom"):
        notice_of(raw)


def news_or_refused(raw):
    """The news, or None for what is refused as unreadable; nothing else may happen."""
    with suppress(Invalid):
        return news_of(notice_of(raw))
    return None


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_object = st.fixed_dictionaries(
    {},
    optional={
        name: _json | st.text(alphabet="0123456789:-TZ+. ") | st.datetimes().map(str)
        for name in ("id", "uuid", "start_time", "end_time", "share_url", "recording_files")
    },
)


@given(st.one_of(_json, st.builds(lambda o: {"object": o}, _object | _json)), st.integers())
def test_whatever_zoom_may_send_is_news_or_refused(payload, sent):
    body = {"event": "meeting.ended", "event_ts": sent, "payload": payload}
    told = news_or_refused(json.dumps(body).encode())
    assert told is None or (told.type == ENDED and len(told.fingerprint) == 64)


@given(st.binary(max_size=60))
def test_whatever_bytes_come_are_news_or_refused(raw):
    news_or_refused(raw)


def test_no_answer_to_zoom_can_be_a_signature():
    """What is signed begins with `v0:`, and a token has no colon."""
    for token in ("v0:1:{}", "", "a b", "א", "x" * 201, 7, None):
        notice = notice_of(json.dumps({"event": "a.b", "payload": {"plainToken": token}}).encode())
        with pytest.raises(Invalid):
            plain_token_of(notice)
    with pytest.raises(Invalid):
        plain_token_of(notice_of(b'{"event":"a.b"}'))


def test_a_token_is_signed_as_anybody_else_would():
    """As `openssl dgst -sha256 -hmac secret` has it."""
    secret = SharedZoomSecret("secret")
    assert secret.answer("qgg8vlvZRS6UYooatFL8Aw") == (
        "72cef096bfd47c0b8664df30d07721641e4abd7e885ba432204260db477a9a3e"
    )
