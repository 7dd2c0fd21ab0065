"""Tokens of meeting links: each stands for one link, and nothing else is one."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haitech_adapters.memory import FixedClock
from haitech_adapters.security import JwtTokens, SignedMeetingLinks, derived
from haitech_adapters.security.links import PURPOSE
from haitech_domain.ids import InstructorId, MeetingId
from haitech_domain.meeting import CompletionWindow, MeetingLink
from haitech_domain.ports import Unauthenticated
from haitech_domain.testing.builders import a_key, a_meeting, a_user

SECRET = "a secret of the tests, and long enough"
KEY = derived(SECRET, PURPOSE)
LINKS = SignedMeetingLinks(KEY)
LINK = MeetingLink(
    meeting_id=MeetingId(UUID(int=7)),
    instructor_id=InstructorId(UUID(int=8)),
    expires_at=datetime(2026, 10, 19, 21, tzinfo=UTC),
)
TOKEN = LINKS.signed(LINK)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

links = st.builds(
    MeetingLink,
    meeting_id=st.uuids().map(MeetingId),
    instructor_id=st.uuids().map(InstructorId),
    expires_at=st.datetimes(
        datetime(2000, 1, 1),  # noqa: DTZ001
        datetime(2102, 12, 31),  # noqa: DTZ001
        timezones=st.just(UTC),
    ).map(lambda at: at.replace(microsecond=0)),
)


@given(link=links)
def test_whatever_is_signed_is_read_back(link):
    token = LINKS.signed(link)
    assert LINKS.read(token) == link
    assert len(token) == 96
    assert set(token) <= set(ALPHABET)


@given(one=links, other=links)
def test_two_links_have_one_token_only_if_they_are_the_same(one, other):
    assert (LINKS.signed(one) == LINKS.signed(other)) is (one == other)


def test_with_any_bit_flipped_it_is_none():
    raw = base64.urlsafe_b64decode(TOKEN)
    for place, bit in product(range(72), range(8)):
        changed = bytearray(raw)
        changed[place] ^= 1 << bit
        assert LINKS.read(base64.urlsafe_b64encode(changed).decode()) is None


def test_with_any_letter_replaced_it_is_none():
    """Each text stands for bytes of its own: none is another writing of the same token."""
    for place, letter in product(range(96), ALPHABET + "+/=.% א"):
        changed = TOKEN[:place] + letter + TOKEN[place + 1 :]
        assert (LINKS.read(changed) is None) is (changed != TOKEN)


def test_cut_short_or_lengthened_it_is_none():
    for length in range(96):
        assert LINKS.read(TOKEN[:length]) is None
        assert LINKS.read(TOKEN[length + 1 :]) is None
    for more in ("A", "=", "==", "\n", " ", "\x00", TOKEN, "." + TOKEN):
        assert LINKS.read(TOKEN + more) is None
        assert LINKS.read(more + TOKEN) is None


def test_a_key_of_another_secret_or_purpose_reads_none():
    for key in (
        derived("another secret, also long enough", PURPOSE),
        *(derived(SECRET, purpose) for purpose in ("idempotency", "audit seal", "meeting link")),
        SECRET.encode(),
        bytes(32),
    ):
        assert SignedMeetingLinks(key).read(TOKEN) is None
        assert LINKS.read(SignedMeetingLinks(key).signed(LINK)) is None


def test_no_other_token_of_ours_is_a_link_nor_a_link_one_of_them():
    clock = FixedClock()
    access = JwtTokens(secret=SECRET, clock=clock)
    for secret in (SECRET, KEY.hex(), KEY.decode("latin-1")):
        token, _ = JwtTokens(secret=secret, clock=clock).issue(a_user().actor())
        assert LINKS.read(token) is None
    assert LINKS.read(a_key()) is None
    with pytest.raises(Unauthenticated):
        access.read(TOKEN)


def test_a_jwt_is_none_whatever_its_algorithm_says():
    claims = {"sub": str(LINK.meeting_id), "exp": LINK.expires_at, "aud": "meeting links"}
    for algorithm, key in (("none", ""), ("HS256", KEY), ("HS512", KEY * 2)):
        assert LINKS.read(jwt.encode(claims, key, algorithm)) is None


def test_a_link_is_open_until_its_second():
    """At that second it is not, nor ever after."""
    until = LINK.expires_at
    assert LINK.is_open(until - timedelta(microseconds=1))
    assert not LINK.is_open(until)
    assert not LINK.is_open(until + timedelta(days=400))


def test_a_link_opens_its_meeting_while_that_is_its_instructors():
    meeting = a_meeting(id=LINK.meeting_id, instructor_id=LINK.instructor_id)
    assert LINK.opens(meeting)
    assert not LINK.opens(a_meeting(id=LINK.meeting_id, instructor_id=UUID(int=9)))
    assert not LINK.opens(a_meeting(id=UUID(int=9), instructor_id=LINK.instructor_id))


@pytest.mark.parametrize("days", [0, 1, 30])
def test_the_window_closes_where_reporting_ends(days):
    """R-MEET-4: the last moment is inside, the first one after it is not."""
    window, meeting = CompletionWindow(days), a_meeting()
    closes = window.closes(meeting)
    window.check(meeting, closes - timedelta(microseconds=1))
    assert closes.date() == meeting.scheduled_date + timedelta(days=days + 1)
    with pytest.raises(Exception, match="reports this meeting between"):
        window.check(meeting, closes)


def test_the_wall_clock_tells_its_instant_in_summer_in_winter_and_where_it_shows_an_hour_twice():
    clock = FixedClock()
    moments = {
        datetime(2026, 7, 1): datetime(2026, 6, 30, 21, tzinfo=UTC),  # noqa: DTZ001
        datetime(2026, 12, 1): datetime(2026, 11, 30, 22, tzinfo=UTC),  # noqa: DTZ001
        datetime(2026, 10, 25, 1, 30): datetime(2026, 10, 24, 22, 30, tzinfo=UTC),  # noqa: DTZ001
    }
    for civil, instant in moments.items():
        assert clock.instant(civil) == instant
