"""Zoom's webhook: really signed bodies, and what becomes of meetings."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime, timedelta

import attrs
import pytest
from litestar.testing import TestClient

from haitech_app.handlers import rounds_of
from haitech_app.http_app import app_over
from haitech_app.testing.doors import ZOOM
from tests.http.school_world import BASE, a_school_behind_its_api, sunday

PATH = f"{BASE}/public/zoom-webhook"
ROOM = "98712345678"
PAGE = "https://zoom.example/rec/share/1"
FIRST = "2026-10-18T13:00:00Z"
"""When the first meeting of every cycle here begins (16:00 in Israel, still in summer time)."""
SECOND = timedelta(seconds=1)


@pytest.fixture
def world():
    with a_school_behind_its_api() as world:
        world.cycles, world.rows = world.generated(zoomMeetingId="987 1234 5678")
        world.path = f"/meetings/{world.rows[0]['id']}"
        yield world


def signed(world, raw, *, age=timedelta(0), secret=ZOOM):
    """The headers of a body as Zoom sends it."""
    seconds = str(int((world.clock.now() - age).timestamp()))
    mac = hmac.new(secret.encode(), b"v0:" + seconds.encode() + b":" + raw, hashlib.sha256)
    return {"x-zm-request-timestamp": seconds, "x-zm-signature": f"v0={mac.hexdigest()}"}


def send(world, raw, headers=None, **how):
    headers = signed(world, raw, **how) if headers is None else headers
    kind = {"content-type": "application/json; charset=utf-8"}
    return world.client.post(PATH, content=raw, headers=kind | headers)


def body(event="meeting.started", *, sent=1792328460000, **about):
    told = {"id": ROOM, "uuid": "4444AAAiAAAAAiAiAiiAii==", "start_time": FIRST, **about}
    return json.dumps(
        {
            "event": event,
            "event_ts": sent,
            "download_token": "a token",
            "payload": {"account_id": "A", "operator": "d@x.example", "object": told},
        }
    ).encode()


def told(world, *args, **about):
    answer = send(world, body(*args, **about))
    assert (answer.status_code, answer.json()) == (200, {"received": True}), answer.text


def refused(world, raw, headers=None, **how):
    answer = send(world, raw, headers, **how)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    return answer.json()["error"]


def facts(meeting):
    return meeting["startedAt"], meeting["endedAt"], meeting["recordingUrl"]


def unmatched(world):
    return world.manager.everything("/zoom-events", matched=False)


class TestBelieving:
    def test_the_address_is_validated_without_an_envelope(self, world):
        raw = (
            b'{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}'
        )
        answer = send(world, raw)
        mac = hmac.new(ZOOM.encode(), b"qgg8vlvZRS6UYooatFL8Aw", hashlib.sha256).hexdigest()
        assert answer.status_code == 200
        assert answer.json() == {
            "plainToken": "qgg8vlvZRS6UYooatFL8Aw",
            "encryptedToken": mac,
        }
        assert world.manager.everything("/zoom-events") == []

    def test_a_validation_that_is_not_signed_is_not_answered(self, world):
        """Else anybody could have anything signed."""
        raw = b'{"event":"endpoint.url_validation","payload":{"plainToken":"abc"}}'
        refused(world, raw, {})
        answer = send(world, raw.replace(b"abc", b"v0:1:x"))
        assert (answer.status_code, answer.json()["error"]["reason"]) == (400, "zoom.token")

    def test_whatever_is_wrong_is_refused_in_the_same_words(self, world):
        raw, other = body(), body("meeting.ended")
        good = signed(world, raw)
        mac, at = good["x-zm-signature"], good["x-zm-request-timestamp"]
        wrong = [
            {},
            {"x-zm-request-timestamp": at},
            {"x-zm-signature": mac},
            good | {"x-zm-signature": mac.removeprefix("v0=")},
            good | {"x-zm-signature": mac.upper()},
            good | {"x-zm-signature": mac[:-1]},
            good | {"x-zm-signature": "é".encode("latin-1")},
            good | {"x-zm-request-timestamp": str(int(at) + 1)},
            good | {"x-zm-request-timestamp": f"{at}.0"},
            good | {"x-zm-request-timestamp": f"-{at}"},
            good | {"x-zm-request-timestamp": "9" * 400},
            signed(world, other),
            signed(world, raw, secret="another"),
        ]
        errors = [refused(world, raw, headers) for headers in wrong]
        errors.append(refused(world, raw + b" ", good))
        assert all(error == errors[0] for error in errors)
        assert world.manager.everything("/zoom-events") == []

    @pytest.mark.parametrize("way", [1, -1])
    def test_it_is_good_for_five_minutes_either_way(self, world, way):
        edge = way * timedelta(minutes=5)
        refused(world, body(), age=edge + way * SECOND)
        assert send(world, body(), age=edge).status_code == 200

    def test_a_replay_after_five_minutes_is_refused(self, world):
        raw = body()
        headers = signed(world, raw)
        assert send(world, raw, headers).status_code == 200
        world.clock.set(world.clock.civil() + timedelta(minutes=5, seconds=1))
        refused(world, raw, headers)

    def test_without_a_secret_nothing_is_believed(self, world):
        hear = attrs.evolve(world.verbs.hear_zoom, secret=None)
        verbs = attrs.evolve(world.verbs, hear_zoom=hear)
        app = app_over(verbs, tokens=world.tokens, checks={})
        raw = body()
        with TestClient(app) as client:
            answer = client.post(PATH, content=raw, headers=signed(world, raw))
        assert answer.status_code == 401
        assert answer.json()["error"]["message"] == refused(world, raw, {})["message"]

    @pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff\x00", b'{"event":"!"}', b"[" * 5000])
    def test_garbage_that_is_signed_is_refused_as_such(self, world, raw):
        answer = send(world, raw)
        assert (answer.status_code, answer.json()["error"]["reason"]) == (400, "zoom.unreadable")

    def test_a_body_above_a_mebibyte_is_refused(self, world):
        raw = b" " * (1024 * 1024 + 1)
        assert send(world, raw).status_code == 413

    def test_neither_secret_nor_payload_reaches_the_log(self, world, capture_logs):
        told(world)
        refused(world, body(), {})
        send(world, b"{ a token")
        lines = repr(capture_logs)
        assert not any(word in lines for word in (ZOOM, "a token", "d@x.example", ROOM))


class TestMatching:
    def test_start_end_and_recording_are_noted_on_the_meeting_and_complete_nothing(self, world):
        told(world)
        told(world, "meeting.ended", end_time="2026-10-18T14:31:00Z")
        told(world, "recording.completed", share_url=PAGE)
        meeting = world.manager.get(world.path)
        assert facts(meeting) == (FIRST, "2026-10-18T14:31:00Z", PAGE)
        assert (meeting["status"], meeting["revenue"]) == ("scheduled", 0)
        assert unmatched(world) == []
        assert [facts(m) for m in world.meetings(world.cycles)[1:]] == [(None, None, None)] * 2
        assert world.events()[-3:] == ["meeting.updated"] * 3

    def test_it_is_audited_as_zooms_doing(self, world):
        told(world)
        rows, _ = world.admin.page("/audit-logs", entity="meeting", entityId=world.rows[0]["id"])
        assert (rows[0]["actorKind"], rows[0]["actorName"]) == ("system", "zoom")
        assert set(rows[0]["new"]) == {"startedAt"}

    @pytest.mark.parametrize("id", [int(ROOM), ROOM, "987 1234 5678"])
    def test_the_id_is_a_number_or_a_text(self, world, id):
        told(world, id=id)
        assert world.manager.get(world.path)["startedAt"] == FIRST

    def test_a_repeat_changes_nothing(self, world):
        told(world)
        first = world.manager.get(world.path)
        audit, events = world.admin.page("/audit-logs")[1]["total"], len(world.events())
        told(world)
        told(world, sent=1792328465000)  # the same again, told anew
        assert world.manager.get(world.path) == first
        assert world.admin.page("/audit-logs")[1]["total"] == audit
        assert len(world.events()) == events

    def test_what_comes_late_takes_nothing_back(self, world):
        """The room was closed and opened again; the first end comes last."""
        told(world, "meeting.ended", end_time="2026-10-18T14:31:00Z")
        told(world, start_time="2026-10-18T13:20:00Z")
        told(world, "meeting.ended", end_time="2026-10-18T13:15:00Z")
        assert facts(world.manager.get(world.path))[:2] == (FIRST, "2026-10-18T14:31:00Z")

    def test_a_meetings_own_room_goes_before_its_cycles(self, world):
        world.manager.put(world.path, {"zoomMeetingId": "111"})
        told(world)
        assert facts(world.manager.get(world.path)) == (None, None, None)
        told(world, id="111")
        assert world.manager.get(world.path)["startedAt"] == FIRST

    def test_of_two_meetings_on_a_day_it_is_the_one_that_had_the_room(self, world):
        second = world.meeting(world.cycles, sunday(0), "17:30", "19:00")
        told(world, start_time="2026-10-18T14:20:00Z")
        assert world.manager.get(f"/meetings/{second['id']}")["startedAt"] is not None
        assert world.manager.get(world.path)["startedAt"] is None

    def test_the_day_is_that_of_israel(self, world):
        """23:30 UTC is 02:30 of the next day in summer, 01:30 in winter; 20:30 and 21:30 still today."""
        summer = world.meeting(world.cycles, sunday(0), "01:30", "03:00")
        told(world, start_time="2026-10-17T23:30:00Z")
        assert world.manager.get(f"/meetings/{summer['id']}")["startedAt"] is not None
        winter = world.manager.get(f"/meetings/{world.rows[1]['id']}")
        assert winter["scheduledDate"] == "2026-10-25"  # the day on which summer time ends
        told(world, start_time="2026-10-24T20:59:00Z")
        assert len(unmatched(world)) == 1
        told(world, start_time="2026-10-24T21:00:00Z")
        told(world, "meeting.ended", start_time="2026-10-25T21:59:00Z", end_time=FIRST)
        told(world, start_time="2026-10-25T22:00:00Z")
        assert len(unmatched(world)) == 2
        assert world.manager.get(f"/meetings/{winter['id']}")["startedAt"] == "2026-10-24T21:00:00Z"

    def test_what_is_off_deleted_or_of_a_cancelled_cycle_is_not_matched(self, world):
        one, two, three = (f"/meetings/{row['id']}" for row in world.rows)
        world.manager.act(f"{one}/cancel")
        world.manager.act(f"{two}/postpone", {"newDate": sunday(9)})
        world.manager.drop(three)
        for week in range(3):
            told(world, start_time=f"{sunday(week)}T14:30:00Z")
        assert len(unmatched(world)) == 3
        done = world.meeting(world.cycles, sunday(10))
        world.manager.act(f"/meetings/{done['id']}/complete")
        world.manager.put(f"/cycles/{world.cycles}", {"status": "cancelled"})
        told(world, start_time=f"{sunday(10)}T14:00:00Z")
        assert len(unmatched(world)) == 4
        assert world.manager.get(f"/meetings/{done['id']}")["startedAt"] is None

    def test_a_completed_meeting_takes_its_recording_and_keeps_its_money(self, world):
        world.clock.set(datetime(2026, 10, 18, 18, 0))  # noqa: DTZ001  # a wall clock
        before = world.manager.act(f"{world.path}/complete")
        told(world, "recording.completed", share_url=PAGE)
        after = world.manager.get(world.path)
        changed = {name for name in after if after[name] != before.get(name, after[name])}
        assert changed == {"recordingUrl", "version"}


class TestWhatIsKept:
    def test_what_fits_nothing_is_listed_for_the_office_alone(self, world):
        told(world, id="404")
        [event] = unmatched(world)
        assert event | {"id": "", "createdAt": ""} == {
            "id": "",
            "createdAt": "",
            "type": "meeting.started",
            "zoomMeetingId": "404",
            "zoomUuid": "4444AAAiAAAAAiAiAiiAii==",
            "sentAt": "2026-10-18T13:01:00Z",
            "startedAt": FIRST,
            "endedAt": None,
            "recordingUrl": None,
            "meetingId": None,
        }
        world.as_yael.refused(403, "GET", "/zoom-events")

    def test_other_events_are_kept_as_little_more_than_their_names(self, world):
        told(world, "meeting.participant_joined", participant={"user_name": "a child"})
        told(world, "user.signed_in", id=None)
        rows = world.manager.everything("/zoom-events")
        assert [row["type"] for row in rows] == ["user.signed_in", "meeting.participant_joined"]
        assert [row["meetingId"] for row in rows] == [None, None]
        assert "a child" not in repr(rows)

    def test_lists_are_filtered_and_paged(self, world):
        told(world)
        told(world, id="404")
        [matched] = world.manager.everything("/zoom-events", matched=True)
        assert matched["meetingId"] == world.rows[0]["id"]
        rows, about = world.manager.page("/zoom-events", limit=1, type="meeting.started")
        assert (rows[0]["zoomMeetingId"], about["total"]) == ("404", 2)
        rest, _ = world.manager.page(
            "/zoom-events", limit=1, type="meeting.started", cursor=about["nextCursor"]
        )
        assert rest == [matched]
        world.manager.refused(400, "GET", "/zoom-events?colour=red")

    def test_what_was_told_is_forgotten_after_ninety_days(self, world):
        told(world)
        days = timedelta(days=90)
        [purge] = [
            one
            for one in rounds_of(world.verbs, world.uow, world.clock)
            if one.kind == "purge.zoom"
        ]
        end = world.clock.now() + days
        world.clock.set(world.clock.civil(end))
        world.run(purge.work)
        assert world.admin.page("/zoom-events")[1]["total"] == 1
        world.clock.set(world.clock.civil(end + SECOND))
        world.run(purge.work)
        assert world.admin.page("/zoom-events")[1]["total"] == 0
        assert world.manager.get(world.path)["startedAt"] == FIRST
