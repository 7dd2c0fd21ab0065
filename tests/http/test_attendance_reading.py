"""`/attendance` and the sheet of a meeting: who sees which marks, and how they are listed."""

from typing import Any
from uuid import UUID

import pytest

from haitech_domain.change import Change
from haitech_domain.testing.builders import a_mark
from tests.http.school_world import (
    NOBODY,
    SYSTEM,
    a_school_behind_its_api,
    fields_of,
    ids_of,
    sunday,
)


def mark(world, meeting, **facts):
    """A mark saved past the API; marking over it comes with its verbs."""
    made = a_mark(
        meeting_id=UUID(meeting["id"]),
        recorded_at=world.clock.now(),
        created_at=world.clock.now(),
        updated_at=world.clock.now(),
        **facts,
    )
    world.save(lambda tx: tx.attendance, made)
    return str(made.id)


@pytest.fixture(scope="module")
def world():
    """Yael's cycle with three meetings, one taught by Omer; and a cycle of Omer's."""
    made: Any
    with a_school_behind_its_api() as made:
        cycle, meetings = made.generated()
        _, foreign = made.generated(
            instructorId=made.omer["id"], startTime="18:00", endTime="19:00"
        )
        made.cycles = [cycle]
        made.manager.put(f"/meetings/{meetings[2]['id']}", {"instructorId": made.omer["id"]})
        made.meetings_of = {"mine": meetings, "foreign": foreign}
        noam, dana, ruth = (made.registered(cycle) for _ in range(3))
        made.noam, made.dana, made.ruth = noam, dana, ruth
        made.trial = made.student()
        made.marks = {
            "noam 0": mark(made, meetings[0], registration_id=noam.id),
            "dana 0": mark(made, meetings[0], registration_id=dana.id, status="late"),
            "noam 1": mark(made, meetings[1], registration_id=noam.id, status="absent"),
            "trial 1": mark(made, meetings[1], student_id=made.trial, notes="first time"),
            "guest 2": mark(made, meetings[2], guest_name="אורח"),
            "noam foreign": mark(made, foreign[0], student_id=noam.student_id),
        }
        yield made


def named(world, rows):
    names = {id: name for name, id in world.marks.items()}
    return sorted(names[row["id"]] for row in rows)


def test_a_mark_is_shown_as_the_contract_names_it(world):
    found = world.manager.get(f"/attendance/{world.marks['trial 1']}")
    stamp = "2026-10-18T06:00:00Z"
    assert found == {
        "id": world.marks["trial 1"],
        "meetingId": world.meetings_of["mine"][1]["id"],
        "status": "present",
        "registrationId": None,
        "studentId": str(world.trial),
        "guestName": None,
        "isTrial": True,
        "notes": "first time",
        "recordedAt": stamp,
        "recordedById": None,
        "createdAt": stamp,
        "updatedAt": stamp,
        "version": 1,
    }


def test_every_filter_keeps_what_it_names(world):
    mine, noam = world.meetings_of["mine"], world.noam
    everything = sorted(world.marks)
    questions = [
        ({}, everything),
        ({"meetingId": mine[0]["id"]}, ["dana 0", "noam 0"]),
        ({"studentId": str(noam.student_id)}, ["noam 0", "noam 1", "noam foreign"]),
        ({"registrationId": str(noam.id)}, ["noam 0", "noam 1"]),
        ({"cycleId": world.cycles[0]}, [n for n in everything if n != "noam foreign"]),
        ({"cycleId": str(NOBODY)}, []),
        ({"branchId": world.branch["id"], "isTrial": "false"}, ["dana 0", "noam 0", "noam 1"]),
        ({"branchId": str(NOBODY)}, []),
        ({"status": "late"}, ["dana 0"]),
        ({"isTrial": "true"}, ["guest 2", "noam foreign", "trial 1"]),
        ({"from": sunday(1)}, ["guest 2", "noam 1", "trial 1"]),
        ({"to": sunday(0)}, ["dana 0", "noam 0", "noam foreign"]),
        ({"studentId": str(noam.student_id), "status": "absent"}, ["noam 1"]),
        ({"meetingId": str(NOBODY)}, []),
    ]
    for params, expected in questions:
        found, about = world.manager.page("/attendance", **params)
        assert (params, named(world, found)) == (params, expected)
        assert about["total"] == len(expected)


@pytest.mark.parametrize(
    "params",
    [
        {"status": "ill"},
        {"isTrial": "1"},
        {"meetingId": "7"},
        {"from": sunday(2), "to": sunday(1)},
        {"sortBy": "name"},
        {"courseId": str(NOBODY)},
        {"search": "x"},
    ],
)
def test_what_cannot_be_asked_is_refused(world, params):
    world.manager.refused(400, "GET", "/attendance", params=params)


def test_the_lists_of_a_meeting_a_registration_and_a_student(world):
    """api.md: the same rows under each of them, with the same filters but their own."""
    meeting, noam = world.meetings_of["mine"][0]["id"], world.noam
    lists = {
        f"/attendance/meeting/{meeting}": (["dana 0", "noam 0"], "meetingId"),
        f"/registrations/{noam.id}/attendance": (["noam 0", "noam 1"], "registrationId"),
        f"/students/{noam.student_id}/attendance": (
            ["noam 0", "noam 1", "noam foreign"],
            "studentId",
        ),
    }
    for path, (expected, own_filter) in lists.items():
        found, about = world.manager.page(path)
        assert (named(world, found), about["total"]) == (expected, len(expected))
        absent, _ = world.manager.page(path, status="absent")
        assert named(world, absent) == [name for name in expected if name == "noam 1"]
        refused = world.manager.refused(400, "GET", path, params={own_filter: str(NOBODY)})
        assert fields_of(refused) == {own_filter}
        nowhere = "/".join([*path.split("/")[:2], str(NOBODY), *path.split("/")[3:]])
        if path.startswith("/attendance"):
            nowhere = f"/attendance/meeting/{NOBODY}"
        world.manager.refused(404, "GET", nowhere)


# ── the sheet ───────────────────────────────────────────────────────────────────────────────


def test_the_sheet_lists_marked_and_unmarked_with_the_rate(world):
    """R-ATT-3, R-ATT-4."""
    meeting = world.meetings_of["mine"][0]["id"]
    sheet = world.manager.get(f"/meetings/{meeting}/attendance")
    assert set(sheet) == {"meetingId", "marks", "unmarked", "counts", "rate"}
    assert sheet["meetingId"] == meeting
    assert named(world, sheet["marks"]) == ["dana 0", "noam 0"]
    single = world.manager.get(f"/attendance/{world.marks['noam 0']}")
    shown = next(row for row in sheet["marks"] if row["id"] == single["id"])
    assert shown == {**single, "name": "נועם כהן"}
    assert sheet["unmarked"] == [
        {
            "registrationId": str(world.ruth.id),
            "studentId": str(world.ruth.student_id),
            "name": "נועם כהן",
        }
    ]
    assert sheet["counts"] == {"present": 1, "absent": 0, "late": 1}
    assert sheet["rate"] == 1


def test_the_rate_is_of_the_marks_alone_and_null_without(world):
    """R-ATT-4: who is unmarked does not count."""
    second = world.manager.get(f"/meetings/{world.meetings_of['mine'][1]['id']}/attendance")
    assert (second["rate"], len(second["unmarked"])) == (0.5, 2)
    empty = world.manager.get(f"/meetings/{world.meetings_of['foreign'][1]['id']}/attendance")
    assert empty["rate"] is None
    assert (empty["marks"], empty["unmarked"]) == ([], [])
    guest = world.manager.get(f"/meetings/{world.meetings_of['mine'][2]['id']}/attendance")
    assert guest["marks"][0]["name"] == "אורח"
    world.manager.refused(404, "GET", f"/meetings/{NOBODY}/attendance")


# ── instructors ─────────────────────────────────────────────────────────────────────────────


def test_an_instructor_reads_the_marks_of_own_meetings_only(world):
    """R-ACC-2: those of the cycle's and of the meeting's instructor."""
    yaels = ["dana 0", "guest 2", "noam 0", "noam 1", "trial 1"]
    omers = ["guest 2", "noam foreign"]
    for caller, expected in ((world.as_yael, yaels), (world.as_omer, omers)):
        found, about = caller.page("/attendance")
        assert (named(world, found), about["total"]) == (expected, len(expected))
        for name, id in world.marks.items():
            status = 200 if name in expected else 404
            assert caller.send("GET", f"/attendance/{id}").status_code == status


def test_for_an_instructor_foreign_marks_are_in_no_filter_count_or_relation(world):
    """R-ACC-2."""
    foreign = world.meetings_of["foreign"][0]["id"]
    found, about = world.as_yael.page("/attendance", meetingId=foreign)
    assert (found, about["total"]) == ([], 0)
    for path in (f"/meetings/{foreign}/attendance", f"/attendance/meeting/{foreign}"):
        world.as_yael.refused(404, "GET", path)
    student = world.noam.student_id
    mine, about = world.as_yael.page(f"/students/{student}/attendance")
    assert (named(world, mine), about["total"]) == (["noam 0", "noam 1"], 2)
    filtered, _ = world.as_yael.page("/attendance", studentId=str(student))
    assert ids_of(filtered) == ids_of(mine)
    world.as_omer.refused(404, "GET", f"/registrations/{world.noam.id}/attendance")
    world.as_omer.refused(404, "GET", f"/students/{student}/attendance")


def test_a_substitute_reads_the_sheet_of_the_meeting(world):
    """R-ACC-2: whoever will mark it sees who is expected."""
    meeting = world.meetings_of["mine"][2]["id"]
    sheet = world.as_omer.get(f"/meetings/{meeting}/attendance")
    assert len(sheet["unmarked"]) == 3
    assert sheet == world.as_yael.get(f"/meetings/{meeting}/attendance")


def test_nobody_reads_without_a_token(world):
    paths = ("/attendance", f"/attendance/{world.marks['noam 0']}")
    for path in (*paths, f"/meetings/{world.meetings_of['mine'][0]['id']}/attendance"):
        world.nobody.refused(401, "GET", path)


# ── what is deleted ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def apart():
    """A store of its own, whose rows come and go: a cycle, its meetings, two marks in the first."""
    made: Any
    with a_school_behind_its_api() as made:
        cycle, meetings = made.generated()
        made.cycles = [cycle]
        made.rows = meetings
        made.noam = made.registered(cycle)
        made.marks = {
            "noam": mark(made, meetings[0], registration_id=made.noam.id),
            "guest": mark(made, meetings[0], guest_name="אורח"),
        }
        yield made


def test_a_deleted_or_cancelled_registration_keeps_its_attendance(apart):
    """R-REG-6: in the lists of the meeting and of the student, and on the sheet."""
    path = f"/registrations/{apart.noam.id}"
    meeting = apart.rows[0]["id"]
    apart.manager.put(path, {"status": "cancelled"})
    assert named(apart, apart.manager.page(f"{path}/attendance")[0]) == ["noam"]
    apart.manager.drop(path)
    apart.manager.refused(404, "GET", f"{path}/attendance")
    for where, params in (
        ("/attendance", {"registrationId": str(apart.noam.id)}),
        (f"/students/{apart.noam.student_id}/attendance", {}),
    ):
        assert named(apart, apart.manager.page(where, **params)[0]) == ["noam"]
    sheet = apart.manager.get(f"/meetings/{meeting}/attendance")
    assert (named(apart, sheet["marks"]), sheet["unmarked"]) == (["guest", "noam"], [])
    names = {row["id"]: row["name"] for row in sheet["marks"]}
    assert names[apart.marks["noam"]] is None
    assert sheet["rate"] == 1


@pytest.mark.parametrize("what", ["meetings", "cycles"])
def test_marks_of_a_deleted_meeting_are_in_no_list_until_it_returns(apart, what):
    """R-PPL-4, also where the meeting went with its cycle."""
    id = apart.rows[0]["id"] if what == "meetings" else apart.cycles[0]
    apart.manager.drop(f"/{what}/{id}")
    assert apart.manager.page("/attendance")[1]["total"] == 0
    student = f"/students/{apart.noam.student_id}/attendance"
    assert apart.manager.page(student)[1]["total"] == 0
    for mark_id in apart.marks.values():
        apart.manager.refused(404, "GET", f"/attendance/{mark_id}")
    apart.manager.refused(404, "GET", f"/attendance/meeting/{apart.rows[0]['id']}")
    apart.manager.act(f"/{what}/{id}/restore")
    assert named(apart, apart.manager.page("/attendance")[0]) == ["guest", "noam"]


def test_a_deleted_mark_is_gone(apart):
    """R-PPL-4."""

    async def drop(tx):
        there = await tx.attendance.lock(UUID(apart.marks["guest"]))
        at = apart.clock.now()
        gone = there.changed(at, deleted_at=at)
        await tx.attendance.save(Change.updated(there, gone, action="delete"))

    apart.run(apart.uow.run, SYSTEM, drop)
    assert named(apart, apart.manager.page("/attendance")[0]) == ["noam"]
    sheet = apart.manager.get(f"/meetings/{apart.rows[0]['id']}/attendance")
    assert named(apart, sheet["marks"]) == ["noam"]
