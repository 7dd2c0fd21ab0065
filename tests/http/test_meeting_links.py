"""A meeting's link: made by the office, read and used by its instructor without a login."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from litestar.testing import TestClient

from haitech_adapters.http import Limiter
from haitech_adapters.limits import MemoryWindows, SlidingRates, Windows
from haitech_app.http_app import app_over
from haitech_domain.ports import RequestRates
from tests.http.school_world import BASE, NOBODY, Caller, a_school_behind_its_api

SHOWN = {
    "scheduledDate", "startTime", "endTime", "status", "number", "totalMeetings", "activityType",
    "topic", "cycleName", "courseName", "branchName", "branchAddress", "branchCity", "location",
    "instructorName", "expiresAt",
}  # fmt: skip
RUNNING = datetime(2026, 10, 18, 17, 0)  # noqa: DTZ001
"""The wall clock while the first meeting runs."""
END = datetime(2026, 10, 19, 21, 0, tzinfo=UTC)
"""When its window closes: midnight after the following day, in Jerusalem."""
SECOND = timedelta(seconds=1)


@pytest.fixture
def world():
    with a_school_behind_its_api() as world:
        world.cycles, world.rows = world.generated(location="Room 4")
        world.path = f"/meetings/{world.rows[0]['id']}"
        yield world


@pytest.fixture
def link(world):
    token = world.manager.act(f"{world.path}/link")["token"]
    world.clock.set(RUNNING)
    return f"/public/meetings/{token}"


def words_of(answer):
    """What a refusal says, apart from what tells requests apart."""
    body = answer.json()
    assert set(body) == {"error", "meta"}
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name not in {"x-request-id", "content-length"}
    }
    return answer.status_code, body["error"], headers


def is_shut(world, link):
    """Reading and completing are refused with the words that any wrong text gets."""
    for method, path in (("GET", link), ("POST", f"{link}/complete")):
        wrong = world.nobody.send(method, f"/public/meetings/x{path.removeprefix(link)}")
        answer = world.nobody.send(method, path)
        assert words_of(answer) == words_of(wrong)
        assert answer.status_code == 401
        assert "www-authenticate" in answer.headers
    return True


class TestMakingOne:
    def test_the_office_gets_an_address_a_token_and_its_end(self, world):
        answer = world.manager.send("POST", f"{world.path}/link")
        made = answer.json()["data"]
        assert answer.status_code == 200
        assert set(made) == {"url", "token", "expiresAt"}
        assert made["url"] == f"http://127.0.0.1:8000{BASE}/public/meetings/{made['token']}"
        assert made["expiresAt"] == END.isoformat().replace("+00:00", "Z")
        assert answer.headers["cache-control"] == "no-store"

    def test_asked_again_it_is_the_same_link_and_nothing_is_written(self, world):
        before = len(world.uow.committed)
        first, second = (world.manager.act(f"{world.path}/link") for _ in range(2))
        assert first == second
        assert len(world.uow.committed) == before

    def test_only_a_scheduled_meeting_has_one(self, world):
        done, gone, moved = (f"/meetings/{m['id']}" for m in world.rows)
        world.manager.act(f"{done}/complete")
        world.manager.act(f"{gone}/cancel")
        world.manager.act(f"{moved}/postpone")
        for path in (done, gone, moved):
            error = world.manager.refused(409, "POST", f"{path}/link")
            assert error["reason"] == "meeting.cannot_link"

    def test_one_whose_window_has_closed_has_none(self, world):
        world.clock.set(END - SECOND)
        world.manager.act(f"{world.path}/link")
        world.clock.set(END)
        error = world.manager.refused(409, "POST", f"{world.path}/link")
        assert error["reason"] == "meeting.outside_window"

    def test_an_instructor_who_is_not_active_gets_none(self, world):
        world.admin.put(f"/instructors/{world.yael['id']}", {"isActive": False})
        error = world.manager.refused(409, "POST", f"{world.path}/link")
        assert error["reason"] == "instructor.inactive"

    def test_no_such_meeting(self, world):
        world.manager.refused(404, "POST", f"/meetings/{NOBODY}/link")


class TestReadingByOne:
    def test_it_shows_what_an_instructor_needs_and_nothing_else(self, world, link):
        """No children, no money, no ids: also not in what the office has noted."""
        world.registered(world.cycles)
        world.manager.put(world.path, {"topic": "Loops", "notes": "Noam was ill"})
        answer = world.nobody.send("GET", link)
        seen = answer.json()["data"]
        assert set(seen) == SHOWN
        assert seen["cycleName"] == "Python, Sundays"
        assert (seen["courseName"], seen["branchName"]) == ("Python", "Herzl")
        assert (seen["instructorName"], seen["location"]) == ("Yael", "Room 4")
        assert (seen["startTime"], seen["endTime"]) == ("16:00", "17:30")
        assert (seen["number"], seen["totalMeetings"]) == (1, 3)
        assert (seen["status"], seen["topic"]) == ("scheduled", "Loops")
        assert seen["activityType"] == "frontal"
        assert "Noam" not in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"

    def test_what_the_cycle_belonged_to_may_be_gone_since(self, world, link):
        for meeting in world.rows:
            world.manager.act(f"/meetings/{meeting['id']}/complete")
        world.admin.drop(f"/courses/{world.course['id']}")
        world.admin.drop(f"/branches/{world.branch['id']}")
        seen = world.nobody.get(link)
        assert [seen[k] for k in ("courseName", "branchName", "branchCity")] == [None] * 3
        assert seen["status"] == "completed"

    def test_looking_changes_nothing(self, world, link):
        """Programs that show a preview of a message follow its links."""
        before = len(world.uow.committed)
        for _ in range(3):
            world.nobody.get(link)
        assert len(world.uow.committed) == before


class TestCompletingByOne:
    def test_it_is_the_completion_of_a_meeting_with_its_money_and_events(self, world, link):
        seen = world.nobody.act(f"{link}/complete", {"topic": "Loops", "notes": "went well"})
        assert (seen["status"], seen["topic"], set(seen)) == ("completed", "Loops", SHOWN)
        meeting = world.manager.get(world.path)
        assert [meeting[k] for k in ("status", "revenue", "instructorPayment", "profit")] == [
            "completed", 600.0, 225.0, 375.0,
        ]  # fmt: skip
        assert meeting["notes"] == "went well"
        assert world.events()[-1] == "meeting.completed"
        world.recounted(world.cycles)

    def test_the_last_one_completes_the_cycle_and_can_still_be_read(self, world, link):
        for meeting in world.rows[1:]:
            world.manager.act(f"/meetings/{meeting['id']}/complete")
        world.nobody.act(f"{link}/complete")
        assert world.status(world.cycles) == "completed"
        assert world.nobody.get(link)["status"] == "completed"

    def test_the_audit_says_by_whose_link_and_from_where(self, world, link):
        world.nobody.act(f"{link}/complete")
        rows = world.admin.everything(f"/audit-logs/entity/meeting/{world.rows[0]['id']}")
        row = next(row for row in rows if row["action"] == "complete")
        assert row["actorKind"] == "system"
        assert row["actorName"] == "meeting link of Yael"
        assert row["address"] is not None
        [done] = world.admin.everything("/audit-logs", entity="meeting", action="complete")
        assert done == row

    def test_notes_stand_below_those_of_the_office(self, world, link):
        """Nobody overwrites what the link does not show."""
        world.manager.put(world.path, {"notes": "Noam was ill"})
        error = world.nobody.refused(400, "POST", f"{link}/complete", {"notes": None})
        assert error["details"][0]["field"] == "notes"
        long = world.nobody.send("POST", f"{link}/complete", {"notes": "x" * 9_995})
        assert long.status_code == 400
        world.nobody.act(f"{link}/complete", {"notes": "went well"})
        assert world.manager.get(world.path)["notes"] == "Noam was ill\nwent well"

    def test_without_notes_those_of_the_office_stay(self, world, link):
        world.manager.put(world.path, {"notes": "Noam was ill", "topic": "Loops"})
        world.nobody.act(f"{link}/complete", {})
        meeting = world.manager.get(world.path)
        assert (meeting["notes"], meeting["topic"]) == ("Noam was ill", "Loops")

    def test_a_second_time_it_is_refused_also_with_a_key_for_retries(self, world, link):
        """Idempotency-Key is for whoever is known; the status itself keeps this from doubling."""
        key = {"Idempotency-Key": "again"}
        first = world.nobody.send("POST", f"{link}/complete", headers=key)
        assert first.status_code == 200
        second = world.nobody.send("POST", f"{link}/complete", headers=key)
        assert second.status_code == 409
        assert second.json()["error"]["reason"] == "meeting.cannot_complete"

    def test_before_the_meeting_begins_it_is_refused(self, world, link):
        """R-MEET-4."""
        start = datetime(2026, 10, 18, 16, 0)  # noqa: DTZ001
        world.clock.set(start - SECOND)
        error = world.nobody.refused(409, "POST", f"{link}/complete")
        assert error["reason"] == "meeting.outside_window"
        assert world.nobody.get(link)["status"] == "scheduled"
        world.clock.set(start)
        world.nobody.act(f"{link}/complete")

    def test_a_meeting_that_is_not_scheduled_is_refused_by_name(self, world, link):
        world.manager.act(f"{world.path}/cancel", {"reason": "ill"})
        assert world.nobody.get(link)["status"] == "cancelled"
        error = world.nobody.refused(409, "POST", f"{link}/complete")
        assert error["reason"] == "meeting.cannot_complete"

    def test_in_a_cancelled_cycle_no_meeting_changes(self, world, link):
        """R-MEET-7."""
        world.manager.put(f"/cycles/{world.cycles}", {"status": "cancelled"})
        error = world.nobody.refused(409, "POST", f"{link}/complete")
        assert error["reason"] == "cycle.is_cancelled"

    def test_what_is_sent_is_judged_as_everywhere(self, world, link):
        for body in ({"revenue": 1}, {"status": "completed"}, {"topic": 5}, {"topic": "x\x00"}):
            world.nobody.refused(400, "POST", f"{link}/complete", body)
        assert world.nobody.get(link)["status"] == "scheduled"


class TestWhatEndsOne:
    def test_its_second(self, world, link):
        world.clock.set(END - SECOND)
        world.nobody.get(link)
        world.clock.set(END)
        assert is_shut(world, link)
        world.clock.set(END + timedelta(days=365))
        assert is_shut(world, link)

    def test_a_completion_in_the_last_second_holds(self, world, link):
        world.clock.set(END - SECOND)
        world.nobody.act(f"{link}/complete")

    def test_another_instructor(self, world, link):
        world.manager.put(world.path, {"instructorId": world.omer["id"]})
        assert is_shut(world, link)
        theirs = world.manager.act(f"{world.path}/link")["token"]
        assert world.nobody.get(f"/public/meetings/{theirs}")["instructorName"] == "Omer"

    def test_the_meeting_deleted_until_it_is_restored(self, world, link):
        world.manager.drop(world.path)
        assert is_shut(world, link)
        world.manager.act(f"{world.path}/restore")
        world.nobody.get(link)

    def test_the_cycle_deleted(self, world, link):
        world.manager.drop(f"/cycles/{world.cycles}")
        assert is_shut(world, link)

    def test_the_instructor_deactivated_or_deleted(self, world, link):
        world.admin.put(f"/instructors/{world.yael['id']}", {"isActive": False})
        assert is_shut(world, link)
        world.admin.put(f"/instructors/{world.yael['id']}", {"isActive": True})
        for meeting in world.rows:
            world.manager.act(f"/meetings/{meeting['id']}/complete")
        world.nobody.get(link)
        world.admin.drop(f"/instructors/{world.yael['id']}")
        assert is_shut(world, link)

    def test_a_deletion_between_looking_and_locking(self, world, link):
        """Whoever comes too late is told the same."""
        use_case = world.verbs.complete_by_link
        uow = use_case.uow

        class Late:
            async def read(self, work):
                return await uow.read(work)

            async def run(self, actor, work):
                await world.verbs.delete_meeting(
                    actor=actor, meeting_id=use_case.by_link.links.read(link[17:]).meeting_id
                )
                return await uow.run(actor, work)

        object.__setattr__(use_case, "uow", Late())
        try:
            answer = world.nobody.send("POST", f"{link}/complete")
        finally:
            object.__setattr__(use_case, "uow", uow)
        assert words_of(answer) == words_of(
            world.nobody.send("POST", "/public/meetings/x/complete")
        )


class TestWhatItIsNot:
    """OWASP API1, API2, API5: a link opens one meeting, for reading and completing, by its path."""

    def test_no_credentials_for_any_other_route(self, world, link):
        token = link.removeprefix("/public/meetings/")
        for headers in ({}, {"X-API-Key": token}, {"Authorization": f"Bearer {token}"}):
            for method, path in (
                ("GET", "/meetings"),
                ("GET", world.path),
                ("POST", f"{world.path}/complete"),
                ("PUT", world.path),
                ("GET", f"{world.path}/attendance"),
            ):
                answer = world.nobody.send(method, path, {}, headers=headers)
                assert answer.status_code == 401
                assert token not in answer.text

    def test_nor_are_credentials_a_link(self, world, link):
        for caller in (world.admin, world.as_yael, world.key("*")):
            answer = caller.send("GET", f"/public/meetings/{caller.token}")
            assert answer.status_code == 401
            changed = Caller(world.client, caller.token).send("GET", f"{link[:-1]}x")
            assert changed.status_code == 401

    def test_no_other_meeting_of_the_same_instructor(self, world, link):
        world.nobody.act(f"{link}/complete")
        statuses = [m["status"] for m in world.meetings(world.cycles)]
        assert statuses == ["completed", "scheduled", "scheduled"]

    def test_no_other_method(self, world, link):
        for method in ("PUT", "PATCH", "DELETE"):
            assert world.nobody.send(method, link, {}).status_code == 405
        assert world.nobody.send("GET", f"{link}/complete").status_code == 405

    def test_no_line_of_the_log_and_no_audit_row_has_its_token(self, world, link, capture_logs):
        token = link.removeprefix("/public/meetings/")
        world.nobody.get(link)
        world.nobody.act(f"{link}/complete")
        world.nobody.send("POST", f"{link}/complete")
        world.clock.set(END)
        world.nobody.send("GET", link)
        world.nobody.send("GET", f"{link}/nowhere")
        lines = json.dumps(capture_logs, default=repr)
        assert "/public/meetings/{token" in lines
        assert token not in lines
        kept = repr(world.uow.committed)
        assert "meeting link of Yael" in kept
        assert token not in kept

    def test_who_tries_texts_is_held_up_by_address(self, world):
        """OWASP API4."""
        windows = Windows(MemoryWindows(lambda: 0.0))
        limiter = Limiter(
            limits=SlidingRates(windows, secret=b"for tests"),
            rates=RequestRates(per_hour=3, per_minute=3),
        )
        app = app_over(world.verbs, tokens=world.tokens, checks={}, limiter=limiter)
        with TestClient(app) as client:
            path = f"{BASE}/public/meetings/x"
            statuses = [client.get(path).status_code for _ in range(4)]
            statuses.append(client.post(f"{path}/complete").status_code)
        assert statuses == [401, 401, 401, 429, 429]


def test_a_meeting_that_moves_keeps_its_link_while_both_times_allow(world, link):
    """The link's end is that of the day for which it was made; the window is that of the meeting."""
    world.manager.put(world.path, {"scheduledDate": "2026-10-19"})
    assert world.nobody.get(link)["scheduledDate"] == "2026-10-19"
    error = world.nobody.refused(409, "POST", f"{link}/complete")
    assert error["reason"] == "meeting.outside_window"
    world.clock.set(datetime(2026, 10, 19, 16, 30))  # noqa: DTZ001
    world.nobody.act(f"{link}/complete")
