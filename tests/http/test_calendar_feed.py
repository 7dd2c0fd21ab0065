"""`/instructors/{id}/calendar.ics`: opened by a token that is told once and can be taken back."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
import vobject

from haitech_domain.access import Role
from tests.http.school_world import NOBODY, SUNDAY, a_school_behind_its_api, sunday

HEADERS_OF_TIME = {"date", "x-request-id"}


@pytest.fixture
def world():
    with a_school_behind_its_api() as world:
        yield world


def token_of(world, caller=None, instructor=None):
    path = f"/instructors/{(instructor or world.yael)['id']}/calendar-token"
    return (caller or world.as_yael).make(path, None)["token"]


def feed(world, token, instructor=None, **more):
    path = f"/instructors/{(instructor or world.yael)['id']}/calendar.ics"
    return world.nobody.send("GET", path, params={"token": token}, **more)


def events(world, token, **whose):
    answer = feed(world, token, **whose)
    assert answer.status_code == 200, answer.text
    calendar = vobject.readOne(answer.text)
    return {event.uid.value: event for event in getattr(calendar, "vevent_list", [])}


class TestSubscribing:
    def test_the_address_is_told_once_and_opens_without_a_login(self, world):
        path = f"/instructors/{world.yael['id']}/calendar-token"
        answer = world.as_yael.send("POST", path)
        made = answer.json()["data"]
        address = f"/api/v1/instructors/{world.yael['id']}/calendar.ics"
        assert (answer.status_code, answer.headers["location"]) == (201, address)
        assert made["url"] == f"http://127.0.0.1:8000{address}?token={made['token']}"
        assert len(made["token"]) == 43
        assert answer.headers["cache-control"] == "no-store"
        opened = feed(world, made["token"])
        assert opened.status_code == 200
        assert opened.headers["content-type"] == "text/calendar; charset=utf-8"
        assert opened.text.startswith("BEGIN:VCALENDAR\r\n")
        assert opened.headers["cache-control"] == "private, no-cache"
        assert made["token"] not in json.dumps(world.admin.get(f"/instructors/{world.yael['id']}"))

    def test_a_calendar_that_has_it_is_told_so(self, world):
        world.generated()
        token = token_of(world)
        first = feed(world, token)
        again = feed(world, token, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        (meeting, *_) = world.as_yael.page("/meetings")[0]
        world.manager.put(f"/meetings/{meeting['id']}", {"topic": "Loops"})
        changed = feed(world, token, headers={"If-None-Match": first.headers["etag"]})
        assert changed.status_code == 200
        assert changed.headers["etag"] != first.headers["etag"]
        odd = feed(world, token, headers={"If-None-Match": "odd"})
        assert odd.status_code == 400

    def test_head_says_the_same_without_the_calendar(self, world):
        token = token_of(world)
        path = f"/instructors/{world.yael['id']}/calendar.ics"
        head = world.nobody.send("HEAD", path, params={"token": token})
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["etag"] == feed(world, token).headers["etag"]

    def test_whatever_does_not_open_is_answered_alike(self, world):
        old = token_of(world)
        current = token_of(world, world.manager)
        revoked = token_of(world, world.as_omer, world.omer)
        world.as_omer.drop(f"/instructors/{world.omer['id']}/calendar-token")
        away = world.instructor()
        theirs = token_of(world, world.admin, away)
        world.admin.put(f"/instructors/{away['id']}", {"isActive": False})
        dropped = world.instructor()
        gone = token_of(world, world.admin, dropped)
        world.admin.drop(f"/instructors/{dropped['id']}")
        answers = [
            feed(world, old),
            feed(world, "x"),
            feed(world, current, world.omer),
            feed(world, revoked, world.omer),
            feed(world, theirs, away),
            feed(world, gone, dropped),
            feed(world, current, {"id": NOBODY}),
            feed(world, current, {"id": "nonsense"}),
            world.nobody.send("GET", f"/instructors/{world.yael['id']}/calendar.ics"),
        ]
        told = {
            (
                answer.status_code,
                json.dumps(answer.json()["error"]),
                str(sorted((n, v) for n, v in answer.headers.items() if n not in HEADERS_OF_TIME)),
            )
            for answer in answers
        }
        assert len(told) == 1, told
        assert answers[0].status_code == 401
        assert answers[0].headers["www-authenticate"] == "Bearer"
        assert feed(world, current).status_code == 200

    def test_who_may_not_log_in_any_more_reads_no_calendar(self, world):
        token = token_of(world)
        user = world.admin.get(f"/instructors/{world.yael['id']}")["userId"]
        world.admin.act(f"/users/{user}/deactivate")
        assert feed(world, token).status_code == 401
        world.admin.act(f"/users/{user}/activate")
        assert feed(world, token).status_code == 200
        world.admin.drop(f"/users/{user}")
        assert feed(world, token).status_code == 401

    def test_an_instructor_without_an_account_has_a_calendar_all_the_same(self, world):
        dana = world.instructor()
        assert feed(world, token_of(world, world.manager, dana), dana).status_code == 200

    def test_taking_back_what_is_not_there_changes_nothing(self, world):
        path = f"/instructors/{world.yael['id']}"
        before = world.admin.get(path)
        world.as_yael.drop(f"{path}/calendar-token")
        assert world.admin.get(path) == before

    def test_an_inactive_instructor_gets_no_token(self, world):
        world.admin.put(f"/instructors/{world.omer['id']}", {"isActive": False})
        path = f"/instructors/{world.omer['id']}/calendar-token"
        assert world.manager.refused(409, "POST", path)["reason"] == "instructor.inactive"

    def test_the_token_is_in_no_line_of_the_log_and_no_row_of_the_audit(self, world, capture_logs):
        token = token_of(world)
        feed(world, token)
        feed(world, "wrong-but-secret", headers={"Accept": "text/html"})
        world.as_yael.drop(f"/instructors/{world.yael['id']}/calendar-token")
        assert token not in json.dumps(capture_logs, default=str)
        assert "wrong-but-secret" not in json.dumps(capture_logs, default=str)
        rows = world.admin.page("/audit-logs", entity="instructor")[0]
        assert token not in json.dumps(rows)
        ended, made, *_ = [row for row in rows if row["action"] in {"rotate", "end"}]
        assert (made["old"], made["new"]) == ({"calendarHash": None}, {"calendarHash": "***"})
        assert (ended["old"], ended["new"]) == ({"calendarHash": "***"}, {"calendarHash": None})

    def test_a_retry_with_a_key_gets_the_same_token(self, world):
        path = f"/instructors/{world.yael['id']}/calendar-token"
        key = {"Idempotency-Key": "subscribe"}
        first, again = (world.as_yael.send("POST", path, headers=key) for _ in range(2))
        assert first.json()["data"] == again.json()["data"]
        assert feed(world, first.json()["data"]["token"]).status_code == 200

    def test_it_can_be_had_as_a_calendar_only(self, world):
        token = token_of(world)
        assert feed(world, token, headers={"Accept": "text/calendar"}).status_code == 200
        assert feed(world, token, headers={"Accept": "text/html"}).status_code == 406
        assert feed(world, token, headers={"Accept": "text/html, */*;q=0.5"}).status_code == 200


class TestWhatItHolds:
    def test_meetings_with_their_status_and_a_growing_sequence(self, world):
        _cycle, (first, second, third) = world.generated(location="חדר 4")
        token = token_of(world)
        before = events(world, token)
        assert set(before) == {first["id"], second["id"], third["id"]}
        event = before[first["id"]]
        assert event.summary.value == "Python, Sundays"
        assert event.location.value == "חדר 4, Herzl"
        assert str(event.dtstart.value.replace(tzinfo=None)) == f"{sunday(0)} 16:00:00"
        world.manager.put(f"/meetings/{first['id']}", {"startTime": "15:00", "topic": "לולאות"})
        world.manager.act(f"/meetings/{second['id']}/cancel", {"reason": "rain"})
        world.manager.act(f"/meetings/{first['id']}/complete")
        moved = world.manager.act(f"/meetings/{third['id']}/postpone")["newMeeting"]
        after = events(world, token)
        assert {id: e.status.value for id, e in after.items()} == {
            first["id"]: "CONFIRMED",
            second["id"]: "CANCELLED",
            third["id"]: "CANCELLED",
            moved["id"]: "CONFIRMED",
        }
        assert after[first["id"]].summary.value == "Python, Sundays: לולאות"
        assert all(
            int(after[id].sequence.value) > int(was.sequence.value) for id, was in before.items()
        )
        assert moved["scheduledDate"] in after[third["id"]].description.value
        assert sunday(2) in after[moved["id"]].description.value
        world.admin.drop(f"/meetings/{second['id']}")
        assert second["id"] not in events(world, token)
        world.manager.put(f"/meetings/{moved['id']}", {"instructorId": world.omer["id"]})
        left = events(world, token)
        assert moved["id"] not in left
        assert moved["scheduledDate"] not in left[third["id"]].description.value

    def test_nothing_of_children_and_money(self, world):
        cycle, (first, *_) = world.generated(notes="secret of the office")
        world.registered(cycle, amount="1180.00")
        world.manager.put(f"/meetings/{first['id']}", {"notes": "נועם בוכה"})
        world.manager.act(f"/meetings/{first['id']}/complete")
        text = feed(world, token_of(world)).text
        for private in ("נועם", "secret", "600.", "1180.", "225."):
            assert private not in text

    def test_sixty_days_back_and_a_year_ahead(self, world):
        cycle = world.cycle(startDate="2026-01-01")["id"]
        token = token_of(world)
        days = [SUNDAY + timedelta(days=n) for n in (-61, -60, 365, 366)]
        made = [world.meeting(cycle, d.isoformat(), allowNoTeachingDay=True)["id"] for d in days]
        assert set(events(world, token)) == set(made[1:3])
        world.clock.advance(timedelta(days=1))
        assert set(events(world, token)) == set(made[2:])

    def test_names_stay_text_whatever_they_hold(self, world):
        name = "x; y, z\\n\u2028BEGIN:VEVENT <script>alert(1)</script>"
        world.generated(name=name, location="a;b")
        answer = feed(world, token_of(world))
        assert answer.text.count("BEGIN:VEVENT\r\n") == 3
        assert answer.headers["x-content-type-options"] == "nosniff"
        found = [e.summary.value for e in vobject.readOne(answer.text).vevent_list]
        assert found == [name.replace("\u2028", " ")] * 3

    def test_a_week_of_summer_time(self, world):
        """R-SCHED-7: 16:00 on the wall, whichever side of the last Sunday of October."""
        world.generated()
        found = events(world, token_of(world)).values()
        starts = sorted(event.dtstart.value for event in found)
        assert [(s.date(), s.hour, s.utcoffset()) for s in starts] == [
            (date(2026, 10, 18), 16, timedelta(hours=3)),
            (date(2026, 10, 25), 16, timedelta(hours=2)),
            (date(2026, 11, 1), 16, timedelta(hours=2)),
        ]


def test_a_key_needs_to_read_meetings_before_it_may_open_them_to_others(world):
    """R-ACC-3: a key never exceeds its scopes, by no detour."""
    path = f"/instructors/{world.yael['id']}/calendar-token"
    world.key("write:instructors").refused(403, "POST", path)
    world.key("write:instructors", "read:meetings", "read:cycles").make(path, None)


def test_a_user_without_an_instructor_has_no_calendar(world):
    path = f"/instructors/{world.yael['id']}/calendar-token"
    world.user(Role.INSTRUCTOR).refused(403, "POST", path)
