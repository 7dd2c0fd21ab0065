"""Marking over HTTP: every way in, whom a mark is of, what is refused, and what follows at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.http.school_world import NOBODY, START, Caller, a_school_behind_its_api, fields_of

FIRST_STARTS = START.replace(hour=16)
WAYS = [
    ("PUT", "/meetings/{0}/attendance/bulk", {}),
    ("POST", "/meetings/{0}/attendance/bulk", {}),
    ("POST", "/meetings/{0}/attendance/bulk", {"meetingId": "{0}"}),
    ("POST", "/attendance/meeting/{0}/bulk", {}),
    ("POST", "/attendance/bulk", {"meetingId": "{0}"}),
]


@pytest.fixture
def world():
    """Yael's cycle of three meetings and three children, and a meeting of Omer's."""
    made: Any
    with a_school_behind_its_api() as made:
        cycle, made.rows = made.generated()
        _, foreign = made.generated(
            instructorId=made.omer["id"], startTime="18:00", endTime="19:00"
        )
        made.cycles = {"mine": cycle, "foreign": foreign[0]["cycleId"]}
        made.meeting, made.foreign = made.rows[0]["id"], foreign[0]["id"]
        made.noam, made.dana, made.ruth = (made.registered(cycle) for _ in range(3))
        yield made


def of(registration: Any, status: str = "present", **more: Any) -> dict[str, Any]:
    return {"registrationId": str(registration.id), "status": status, **more}


def guest(name: str = "אורח", status: str = "present", **more: Any) -> dict[str, Any]:
    return {"guestName": name, "status": status, **more}


def bulk(world: Any, *records: Any, by: Caller | None = None, meeting: str | None = None) -> Any:
    path = f"/meetings/{meeting or world.meeting}/attendance/bulk"
    return (by or world.manager).put(path, {"records": records})


def sheet(world: Any, meeting: str | None = None) -> Any:
    return world.manager.get(f"/meetings/{meeting or world.meeting}/attendance")


def told(world: Any) -> list[Any]:
    return [
        event.facts
        for committed in world.uow.committed
        for event in committed.outbox
        if event.type == "attendance.recorded"
    ]


# ── the ways in ─────────────────────────────────────────────────────────────────────────────


def test_one_mark_is_made_with_its_address(world):
    """R-ATT-1: 201 with Location and ETag, and who marked it when."""
    body = of(world.noam, meetingId=world.meeting)
    answer = world.manager.send("POST", "/attendance", body)
    mark = answer.json()["data"]
    stamp = "2026-10-18T06:00:00Z"
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/v1/attendance/{mark['id']}"
    assert mark == {
        "id": mark["id"],
        "meetingId": world.meeting,
        "status": "present",
        "registrationId": str(world.noam.id),
        "studentId": None,
        "guestName": None,
        "isTrial": False,
        "notes": None,
        "recordedAt": stamp,
        "recordedById": world.manager.get("/auth/me")["id"],
        "createdAt": stamp,
        "updatedAt": stamp,
        "version": 1,
    }
    shown = world.manager.send("GET", f"/attendance/{mark['id']}")
    assert (shown.json()["data"], shown.headers["etag"]) == (mark, answer.headers["etag"])


def test_marking_again_is_201_and_keeps_the_id(world):
    """R-ATT-1: what is left out stays; the same once more changes nothing."""
    first = world.manager.make("/attendance", of(world.noam, meetingId=world.meeting, notes="x"))
    world.clock.set(START + timedelta(hours=1))
    late = of(world.noam, "late", meetingId=world.meeting)
    again = world.manager.send("POST", "/attendance", late)
    mark = again.json()["data"]
    assert (again.status_code, mark["id"]) == (201, first["id"])
    assert again.headers["location"] == f"/api/v1/attendance/{first['id']}"
    assert (mark["status"], mark["notes"], mark["version"]) == ("late", "x", 2)
    assert mark["recordedAt"] == "2026-10-18T07:00:00Z"
    world.clock.set(START + timedelta(hours=2))
    assert world.admin.make("/attendance", late) == mark
    assert len(told(world)) == 2


def test_a_meeting_takes_one_record_or_a_list_of_them(world):
    """api.md: one answers the mark, a list the marks in its order."""
    path = f"/meetings/{world.meeting}/attendance"
    one = world.manager.send("POST", path, of(world.noam, meetingId=world.meeting))
    assert one.status_code == 201
    assert one.headers["location"] == f"/api/v1/attendance/{one.json()['data']['id']}"
    records = [guest(), of(world.dana, "absent"), of(world.noam)]
    several = world.manager.send("POST", path, {"attendance": records})
    marks = several.json()["data"]
    assert (several.status_code, several.headers["location"]) == (201, f"/api/v1{path}")
    assert [mark["status"] for mark in marks] == ["present", "absent", "present"]
    assert marks[2] == one.json()["data"]
    assert len(sheet(world)["marks"]) == 3


@pytest.mark.parametrize(("method", "path", "more"), WAYS)
def test_every_bulk_way_answers_the_marks_and_how_the_meeting_stands(world, method, path, more):
    """R-ATT-3, R-ATT-4: the statistics change at once."""
    there = world.manager.make("/attendance", of(world.noam, meetingId=world.meeting))
    same = world.manager.make("/attendance", guest("רות", "absent", meetingId=world.meeting))
    body = {k: v.format(world.meeting) for k, v in more.items()}
    records = [of(world.dana, "absent"), of(world.noam, "late"), guest("רות", "absent")]
    answer = world.manager.send(method, path.format(world.meeting), body | {"records": records})
    assert answer.status_code == 200, answer.text
    done = answer.json()["data"]
    assert [mark["status"] for mark in done["marks"]] == ["absent", "late", "absent"]
    assert [mark["id"] for mark in done["marks"][1:]] == [there["id"], same["id"]]
    assert (done["created"], done["updated"], done["unchanged"]) == (1, 1, 1)
    now = sheet(world)
    for name in ("meetingId", "counts", "rate"):
        assert done[name] == now[name]
    assert now["counts"] == {"present": 0, "absent": 2, "late": 1}
    assert now["rate"] == 0.3333


def test_the_same_bulk_once_more_changes_nothing(world):
    """R-ATT-3: no version, no audit row, no event."""
    records = [of(world.noam), of(world.dana, "absent", notes="חולה"), guest()]
    first = bulk(world, *records)
    rows, _ = world.admin.page("/audit-logs", limit=1)
    world.clock.set(START + timedelta(hours=3))
    second = bulk(world, *records)
    assert second["marks"] == first["marks"]
    assert (second["created"], second["updated"], second["unchanged"]) == (0, 0, 3)
    assert world.admin.page("/audit-logs", limit=1)[0] == rows
    assert len(told(world)) == 3


def test_a_retry_with_its_key_is_the_same_answer(world):
    body = of(world.noam, meetingId=world.meeting)
    answers = [
        world.manager.send("POST", "/attendance", body, headers={"Idempotency-Key": "one"})
        for _ in range(2)
    ]
    assert answers[0].json()["data"] == answers[1].json()["data"]
    assert answers[1].headers["idempotency-replayed"] == "true"


# ── whom a mark is of ───────────────────────────────────────────────────────────────────────


def test_a_registration_and_its_student_are_one_mark(world):
    """R-ATT-1: the student means the registration, also once it was cancelled (R-REG-6)."""
    student = {"studentId": str(world.noam.student_id), "status": "absent"}
    first = world.manager.make(f"/meetings/{world.meeting}/attendance", student)
    assert (first["registrationId"], first["studentId"]) == (str(world.noam.id), None)
    again = world.manager.make("/attendance", of(world.noam, meetingId=world.meeting))
    assert again["id"] == first["id"]
    world.manager.put(f"/registrations/{world.noam.id}", {"status": "cancelled"})
    assert bulk(world, student)["marks"][0]["id"] == first["id"]
    world.manager.drop(f"/registrations/{world.noam.id}")
    after = bulk(world, {**student, "status": "late"})["marks"][0]
    assert (after["id"], after["registrationId"]) == (first["id"], str(world.noam.id))
    assert len(sheet(world)["marks"]) == 1


def test_a_child_on_trial_who_joins_keeps_the_mark(world):
    """R-ATT-1: it becomes the registration's."""
    child = str(world.student())
    trial = world.manager.make(
        f"/meetings/{world.meeting}/attendance", {"studentId": child, "status": "present"}
    )
    assert (trial["studentId"], trial["isTrial"]) == (child, True)
    joined = world.manager.make(
        "/registrations", {"cycleId": world.cycles["mine"], "studentId": child}
    )
    assert child not in {row["studentId"] for row in sheet(world)["unmarked"]}
    after = bulk(world, {"studentId": child, "status": "present"})["marks"][0]
    assert (after["id"], after["registrationId"]) == (trial["id"], joined["id"])


def test_guests_are_kept_as_they_are_written(world):
    """Nothing of a name runs anywhere, and nothing of it is lost."""
    names = ["<script>alert('דנה')</script>", "O'Neil; DROP TABLE attendance;--", "דנה", " רות "]
    done = bulk(world, *map(guest, names))
    assert [mark["guestName"] for mark in done["marks"]] == names
    assert all(mark["isTrial"] for mark in done["marks"])
    assert done["created"] == 4


# ── what is refused ─────────────────────────────────────────────────────────────────────────


def test_everything_that_is_wrong_is_listed_and_nothing_is_kept(world):
    """R-ATT-3, api.md: with the paths of the request."""
    foreign = world.registered(world.cycles["foreign"])
    records = [
        of(world.noam),
        of(foreign),
        guest(" "),
        {"status": "present"},
        guest("דנה", isTrial=False),
        {"studentId": str(NOBODY), "status": "late"},
        {"studentId": str(world.noam.student_id), "status": "late"},
        guest(notes="a\x07b"),
    ]
    path = f"/meetings/{world.meeting}/attendance/bulk"
    control = world.manager.refused(400, "PUT", path, {"records": records})
    assert fields_of(control) == {"records[7].notes"}
    error = world.manager.refused(400, "PUT", path, {"records": records[:7]})
    assert [(d["field"], d["reason"]) for d in error["details"]] == [
        ("records[1].registrationId", "reference.unknown"),
        ("records[2].guestName", "text.blank"),
        ("records[3].registrationId", "attendance.one_target"),
        ("records[3].studentId", "attendance.one_target"),
        ("records[3].guestName", "attendance.one_target"),
        ("records[4].isTrial", "attendance.trial"),
        ("records[5].studentId", "reference.unknown"),
        ("records[0].registrationId", "attendance.twice"),
        ("records[6].studentId", "attendance.twice"),
    ]
    one_target = error["details"][2]["message"]
    assert one_target == "give one of registrationId, studentId, guestName"
    assert sheet(world)["marks"] == []
    of_list = {"attendance": records[1:2]}
    path = f"/meetings/{world.meeting}/attendance"
    assert fields_of(world.manager.refused(400, "POST", path, of_list)) == {
        "attendance[0].registrationId"
    }


def test_wrong_types_and_broken_rules_are_told_in_one_answer(world):
    """Within a list, too."""
    records = [guest(status="ill"), guest("x" * 201), {"guestName": "דנה", "nickname": "d"}]
    path = f"/meetings/{world.meeting}/attendance"
    for body, where in (({"records": records}, "/bulk"), ({"attendance": records}, "")):
        (name,) = body
        error = world.manager.refused(400, "POST", path + where, body)
        assert fields_of(error) == {
            f"{name}[0].status",
            f"{name}[1].guestName",
            f"{name}[2].status",
            f"{name}[2].nickname",
        }
    single = {"guestName": " ", "status": "ill", "meetingId": "7"}
    for where in (path, "/attendance"):
        error = world.manager.refused(400, "POST", where, single)
        assert fields_of(error) == {"guestName", "status", "meetingId"}


@pytest.mark.parametrize("records", [[], [guest(str(n)) for n in range(201)], {}, "all", None])
def test_a_bulk_has_1_to_200_records(world, records):
    for method, path, more in WAYS:
        body = {"records": records, **{k: v.format(world.meeting) for k, v in more.items()}}
        error = world.manager.refused(400, method, path.format(world.meeting), body)
        assert fields_of(error) == {"records"}
    body = {"attendance": records}
    world.manager.refused(400, "POST", f"/meetings/{world.meeting}/attendance", body)


def test_the_meeting_is_named_once_or_twice_the_same(world):
    """api.md: a repeated meetingId must equal the path; where the path has none it is required."""
    other = world.rows[1]["id"]
    for method, path, body in (
        ("POST", f"/meetings/{world.meeting}/attendance", guest()),
        ("POST", f"/meetings/{world.meeting}/attendance", {"attendance": [guest()]}),
        ("PUT", f"/meetings/{world.meeting}/attendance/bulk", {"records": [guest()]}),
        ("POST", f"/attendance/meeting/{world.meeting}/bulk", {"records": [guest()]}),
    ):
        error = world.manager.refused(400, method, path, {**body, "meetingId": other})
        assert (fields_of(error), error["reason"]) == ({"meetingId"}, "meeting.contradicted")
    for path, body in (("/attendance", guest()), ("/attendance/bulk", {"records": [guest()]})):
        assert fields_of(world.manager.refused(400, "POST", path, body)) == {"meetingId"}
    assert sheet(world)["marks"] == []


def test_a_meeting_that_does_not_exist_is_404_once_the_rest_is_right(world):
    """api.md: 400 comes before 404, also where the meeting stands in the body."""
    bad, good = {"status": "late"}, guest()
    for path, body in (
        ("/attendance", {"meetingId": str(NOBODY)}),
        (f"/meetings/{NOBODY}/attendance", {}),
    ):
        world.manager.refused(400, "POST", path, bad | body)
        world.manager.refused(404, "POST", path, good | body)
    for path in (f"/meetings/{NOBODY}/attendance/bulk", f"/attendance/meeting/{NOBODY}/bulk"):
        error = world.manager.refused(400, "POST", path, {"records": [good, bad]})
        assert error["details"][0]["field"] == "records[1].registrationId"
        world.manager.refused(404, "POST", path, {"records": [good]})


@pytest.mark.parametrize("verb", ["cancel", "postpone"])
def test_marks_belong_to_scheduled_and_completed_meetings(world, verb):
    """R-ATT-2: refused by name; what is there already stays, and can be taken back."""
    mark = world.manager.make("/attendance", of(world.noam, meetingId=world.meeting))
    gone = world.manager.make("/attendance", guest(meetingId=world.meeting))
    world.manager.drop(f"/attendance/{gone['id']}")
    world.manager.act(f"/meetings/{world.meeting}/{verb}")
    for method, path, body in (
        ("POST", "/attendance", guest(meetingId=world.meeting)),
        ("PUT", f"/meetings/{world.meeting}/attendance/bulk", {"records": [of(world.noam)]}),
        ("PUT", f"/attendance/{mark['id']}", {"status": "late"}),
        ("POST", f"/attendance/{gone['id']}/restore", None),
    ):
        error = world.manager.refused(409, method, path, body)
        assert error["reason"] == "attendance.meeting_not_held"
        assert verb.rstrip("e") in error["message"]
    assert len(sheet(world)["marks"]) == 1
    world.manager.drop(f"/attendance/{mark['id']}")


def test_a_completed_meeting_is_marked_also_where_its_cycle_has_ended(world):
    """R-ATT-2: marks touch no money, and correct what was."""
    for meeting in world.rows:
        world.manager.act(f"/meetings/{meeting['id']}/complete")
    assert world.status(world.cycles["mine"]) == "completed"
    bulk(world, of(world.noam), guest())
    world.manager.act(f"/meetings/{world.rows[2]['id']}/reopen")
    world.manager.put(f"/cycles/{world.cycles['mine']}", {"status": "cancelled"})
    child = {"studentId": str(world.noam.student_id), "status": "late"}
    assert bulk(world, child)["updated"] == 1
    gone = world.manager.refused(409, "POST", "/attendance", guest(meetingId=world.rows[2]["id"]))
    assert gone["reason"] == "attendance.meeting_not_held"


# ── instructors ─────────────────────────────────────────────────────────────────────────────


def test_an_instructor_marks_from_the_start_to_the_end_of_the_following_day(world):
    """R-ATT-2, R-MEET-4: every verb, to the minute; managers at any time."""
    opens = FIRST_STARTS
    closes = datetime(2026, 10, 20, 0, 0)  # noqa: DTZ001  # a wall clock
    there = world.manager.make("/attendance", of(world.noam, meetingId=world.meeting))
    gone = world.manager.make("/attendance", guest(meetingId=world.meeting))
    world.manager.drop(f"/attendance/{gone['id']}")
    minute = timedelta(minutes=1)
    for moment, status in (
        (opens - minute, 409),
        (opens, 200),
        (closes - minute, 200),
        (closes, 409),
    ):
        world.clock.set(moment)
        for method, path, body in (
            ("PUT", f"/meetings/{world.meeting}/attendance/bulk", {"records": [of(world.dana)]}),
            ("PUT", f"/attendance/{there['id']}", {"status": "late"}),
            ("POST", f"/attendance/{gone['id']}/restore", None),
            ("DELETE", f"/attendance/{(gone if status == 200 else there)['id']}", None),
        ):
            answer = world.as_yael.send(method, path, body)
            assert answer.status_code == (204 if (method, status) == ("DELETE", 200) else status)
            if status == 409:
                assert answer.json()["error"]["reason"] == "meeting.outside_window"
    bulk(world, of(world.ruth))
    mark = world.as_yael.get(f"/meetings/{world.meeting}/attendance")["marks"]
    assert len(mark) == 3


def test_the_meetings_instructor_marks_and_a_colleague_whose_cycle_it_is_does_not(world):
    """R-ACC-2: to mark, one is the meeting's instructor; a substitute names every child."""
    world.manager.put(f"/meetings/{world.meeting}", {"instructorId": world.omer["id"]})
    world.clock.set(FIRST_STARTS)
    child = {"studentId": str(world.noam.student_id), "status": "present"}
    done = bulk(world, child, of(world.dana), guest(), by=world.as_omer)
    assert done["created"] == 3
    mark = done["marks"][0]["id"]
    for method, path, body in (
        ("POST", "/attendance", guest(meetingId=world.meeting)),
        ("PUT", f"/attendance/{mark}", {"status": "late"}),
        ("DELETE", f"/attendance/{mark}", None),
    ):
        world.as_yael.refused(403, method, path, body)
    world.as_omer.drop(f"/attendance/{mark}")
    world.as_yael.refused(403, "POST", f"/attendance/{mark}/restore")
    assert world.as_omer.act(f"/attendance/{mark}/restore")["id"] == mark


def test_a_foreign_meeting_does_not_exist_by_any_way(world):
    """R-ACC-2: 404 in the same words as for none, in the body as in the path."""
    world.clock.set(FIRST_STARTS)
    mark = world.manager.make("/attendance", guest(meetingId=world.foreign))["id"]
    gone = world.manager.make("/attendance", guest("דנה", meetingId=world.foreign))["id"]
    world.manager.drop(f"/attendance/{gone}")
    ways: list[Any] = [
        (method, path, {**more, "records": [guest()]}, world.foreign) for method, path, more in WAYS
    ]
    ways += [
        ("POST", "/attendance", {**guest(), "meetingId": "{0}"}, world.foreign),
        ("POST", "/meetings/{0}/attendance", guest(), world.foreign),
        ("PUT", "/attendance/{0}", {"status": "late"}, mark),
        ("DELETE", "/attendance/{0}", None, mark),
        ("POST", "/attendance/{0}/restore", None, mark),
        ("POST", "/attendance/{0}/restore", None, gone),
    ]
    for method, path, body, thing in ways:

        def told_of(id: str, way: Any = (method, path, body)) -> str:
            how, where, what = way
            sent = what and {k: v.format(id) if k == "meetingId" else v for k, v in what.items()}
            error = world.as_yael.refused(404, how, where.format(id), sent)
            return str(error).replace(id, "…")

        assert told_of(thing) == told_of(str(NOBODY)), (method, path)


def test_an_instructor_names_only_children_of_own_cycles(world):
    """R-ACC-2: any other student is one that does not exist, unless the sheet shows it already."""
    world.clock.set(FIRST_STARTS)
    stranger = {"studentId": str(world.student()), "status": "present"}
    nobody = {"studentId": str(NOBODY), "status": "present"}
    path = f"/meetings/{world.meeting}/attendance"
    refused = [
        world.as_yael.refused(400, "POST", path, body)["details"] for body in (stranger, nobody)
    ]
    assert refused[0] == refused[1]
    other, _ = world.generated(startTime="11:00", endTime="12:00")
    own = {"studentId": str(world.registered(other).student_id), "status": "present"}
    assert world.as_yael.make(path, own)["isTrial"]
    world.manager.make(path, stranger)
    assert world.as_yael.make(path, {**stranger, "status": "late"})["status"] == "late"


# ── changing, taking back, restoring ────────────────────────────────────────────────────────


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_status_trial_and_notes_change_and_nothing_else(world, method):
    """R-ATT-1: target and meeting may be said again, and never change."""
    mark = world.manager.make("/attendance", of(world.noam, meetingId=world.meeting, notes="x"))
    path = f"/attendance/{mark['id']}"
    same = {"registrationId": mark["registrationId"], "meetingId": world.meeting, "guestName": None}
    answer = world.manager.send(method, path, {**same, "status": "late", "notes": None})
    assert answer.status_code == 200, answer.text
    after = answer.json()["data"]
    assert (after["status"], after["notes"], after["isTrial"]) == ("late", None, False)
    assert world.manager.put(path, {"isTrial": True})["isTrial"] is True
    for field, value in (
        ("registrationId", str(world.dana.id)),
        ("studentId", str(world.noam.student_id)),
        ("guestName", "דנה"),
        ("meetingId", world.rows[1]["id"]),
    ):
        error = world.manager.refused(400, method, path, {field: value})
        assert (fields_of(error), error["reason"]) == ({field}, "attendance.fixed")
    for body in ({"status": None}, {"status": "ill"}, {"recordedAt": "now"}, {"isTrial": None}):
        assert fields_of(world.manager.refused(400, method, path, body)) == set(body)
    trial = world.manager.make("/attendance", guest(meetingId=world.meeting))
    error = world.manager.refused(400, method, f"/attendance/{trial['id']}", {"isTrial": False})
    assert error["reason"] == "attendance.trial"


def test_a_change_is_made_to_the_version_that_was_seen(world):
    """If-Match, under the cycle's lock."""
    answer = world.manager.send("POST", "/attendance", of(world.noam, meetingId=world.meeting))
    path, seen = f"/attendance/{answer.json()['data']['id']}", answer.headers["etag"]
    late = world.manager.send("PUT", path, {"status": "late"}, headers={"If-Match": seen})
    assert late.status_code == 200
    for method, body in (("PUT", {"status": "absent"}), ("DELETE", None)):
        assert world.manager.send(method, path, body, headers={"If-Match": seen}).status_code == 412
    now = {"If-Match": late.headers["etag"]}
    assert world.manager.send("DELETE", path, headers=now).status_code == 204


def test_a_mark_is_taken_back_and_returns(world):
    """R-PPL-3, R-ATT-4: out of every list and figure at once, and in again."""
    mark = world.manager.make("/attendance", of(world.noam, "absent", meetingId=world.meeting))
    world.manager.make("/attendance", of(world.dana, meetingId=world.meeting))
    path = f"/attendance/{mark['id']}"
    world.manager.refused(409, "POST", f"{path}/restore")
    world.manager.drop(path)
    world.manager.refused(404, "DELETE", path)
    assert sheet(world)["rate"] == 1
    assert str(world.noam.id) in {row["registrationId"] for row in sheet(world)["unmarked"]}
    back = world.manager.act(f"{path}/restore")
    assert (back["id"], back["status"], back["recordedAt"]) == (
        mark["id"],
        "absent",
        mark["recordedAt"],
    )
    assert sheet(world)["rate"] == 0.5
    assert [facts["status"] for facts in told(world)] == ["absent", "present", None, "absent"]


def test_a_mark_does_not_return_beside_a_newer_one(world):
    """R-ATT-1: whichever way the child is named."""
    old = world.manager.make("/attendance", of(world.noam, meetingId=world.meeting))["id"]
    world.manager.drop(f"/attendance/{old}")
    child = {"studentId": str(world.noam.student_id), "status": "late"}
    new = world.manager.make(f"/meetings/{world.meeting}/attendance", child)["id"]
    error = world.manager.refused(409, "POST", f"/attendance/{old}/restore")
    assert error["reason"] == "duplicate"
    world.manager.drop(f"/attendance/{new}")
    assert world.manager.act(f"/attendance/{old}/restore")["id"] == old


def test_a_mark_returns_only_into_a_meeting_that_is_there(world):
    """R-PPL-3; for an instructor there is none."""
    world.clock.set(FIRST_STARTS)
    mark = world.as_yael.make("/attendance", guest(meetingId=world.meeting))["id"]
    world.as_yael.drop(f"/attendance/{mark}")
    world.manager.drop(f"/meetings/{world.meeting}")
    error = world.manager.refused(409, "POST", f"/attendance/{mark}/restore")
    assert error["reason"] == "restore.parent_deleted"
    world.as_yael.refused(404, "POST", f"/attendance/{mark}/restore")
    world.manager.act(f"/meetings/{world.meeting}/restore")
    assert world.as_yael.act(f"/attendance/{mark}/restore")["id"] == mark


# ── what is told and written beside it ──────────────────────────────────────────────────────


def test_one_event_for_each_mark_made_or_changed_without_a_name(world):
    """domain.md §12."""
    first = bulk(world, of(world.noam), guest("דנה הקטנה", notes="אלרגית"))
    bulk(world, of(world.noam, "late"), guest("דנה הקטנה"))
    facts = told(world)
    ids = [mark["id"] for mark in first["marks"]]
    assert [str(one["mark_id"]) for one in facts] == [*ids, ids[0]]
    assert {one["meeting_id"] for one in facts} == {world.meeting}
    assert [one["status"] for one in facts] == ["present", "present", "late"]
    assert "דנה" not in str(facts)
    assert "אלרגית" not in str(facts)


def test_every_mark_made_or_changed_is_in_the_audit(world):
    mark = world.manager.make("/attendance", of(world.noam, meetingId=world.meeting))
    world.manager.put(f"/attendance/{mark['id']}", {"status": "late"})
    world.manager.drop(f"/attendance/{mark['id']}")
    rows, _ = world.admin.page(f"/audit-logs/entity/attendance/{mark['id']}")
    assert [row["action"] for row in rows] == ["delete", "update", "create"]
    assert rows[1]["new"]["status"] == "late"


def test_a_key_marks_with_its_scope_and_is_no_user(world):
    """R-ACC-3: `write:attendance` marks, and does not read."""
    key = world.key("write:attendance")
    mark = key.make("/attendance", of(world.noam, meetingId=world.meeting))
    assert mark["recordedById"] is None
    key.refused(403, "GET", f"/attendance/{mark['id']}")
    world.key("read:attendance").refused(403, "POST", "/attendance", guest(meetingId=world.meeting))


def test_marks_of_the_children_follow_them_everywhere(world):
    """R-ATT-4: lists of the registration and the student, from the moment they are marked."""
    for week, status in enumerate(("present", "late", "absent")):
        bulk(world, of(world.noam, status), meeting=world.rows[week]["id"])
    for path in (f"/registrations/{world.noam.id}", f"/students/{world.noam.student_id}"):
        marks, _ = world.manager.page(f"{path}/attendance")
        assert sorted(mark["status"] for mark in marks) == ["absent", "late", "present"]
        assert {mark["registrationId"] for mark in marks} == {str(world.noam.id)}


# ── how many came ───────────────────────────────────────────────────────────────────────────


def test_figures_change_with_every_mark(world):
    """R-ATT-4: of a meeting, a registration, a student, a cycle and a branch, and null without."""
    second = world.rows[1]["id"]

    def rates() -> dict[str, Any]:
        asked = {
            "meetingId": world.meeting,
            "registrationId": str(world.noam.id),
            "studentId": str(world.noam.student_id),
            "cycleId": world.cycles["mine"],
            "branchId": world.branch["id"],
        }
        found = {k: world.manager.get("/attendance/summary", **{k: v}) for k, v in asked.items()}
        return {name: one["rate"] for name, one in found.items()}

    assert set(rates().values()) == {None}
    bulk(world, of(world.noam), of(world.dana, "absent"))
    bulk(world, of(world.noam, "late"), of(world.dana, "absent"), meeting=second)
    bulk(world, guest(), meeting=world.foreign)
    summary = world.manager.get("/attendance/summary", cycleId=world.cycles["mine"])
    assert summary == {"counts": {"present": 1, "absent": 2, "late": 1}, "rate": 0.5}
    assert rates() == {
        "meetingId": 0.5,
        "registrationId": 1,
        "studentId": 1,
        "cycleId": 0.5,
        "branchId": 0.6,
    }
    marks, _ = world.manager.page(
        "/attendance", meetingId=second, registrationId=str(world.noam.id)
    )
    world.manager.put(f"/attendance/{marks[0]['id']}", {"status": "absent"})
    assert rates()["registrationId"] == 0.5
    world.manager.drop(f"/attendance/{marks[0]['id']}")
    assert rates()["registrationId"] == 1
    dates = {"from": world.rows[1]["scheduledDate"], "isTrial": "false"}
    assert world.manager.get("/attendance/summary", **dates)["counts"]["absent"] == 1


def test_marks_of_a_meeting_that_was_called_off_do_not_count(world):
    """R-ATT-2, R-ATT-4: they stay on its sheet, and count again once it is restored."""
    bulk(world, of(world.noam, "absent"))
    asked = {"registrationId": str(world.noam.id)}
    world.manager.act(f"/meetings/{world.meeting}/cancel")
    assert world.manager.get("/attendance/summary", **asked)["rate"] is None
    assert sheet(world)["counts"]["absent"] == 1
    world.manager.act(f"/meetings/{world.meeting}/restore")
    assert world.manager.get("/attendance/summary", **asked)["rate"] == 0


def test_an_instructor_counts_own_meetings_only(world):
    """R-ACC-2: a foreign one counts as none."""
    bulk(world, of(world.noam))
    bulk(world, guest(status="absent"), meeting=world.foreign)
    assert world.as_yael.get("/attendance/summary")["rate"] == 1
    for params in ({"meetingId": world.foreign}, {"cycleId": world.cycles["foreign"]}):
        assert world.as_yael.get("/attendance/summary", **params)["rate"] is None
    for params in ({"from": "2026-12-01", "to": "2026-01-01"}, {"status": "late"}, {"limit": 5}):
        world.manager.refused(400, "GET", "/attendance/summary", params=params)
