"""Many meetings at once: all or none, every problem told, and the result of one by one."""

from uuid import uuid4

import pytest

from tests.http.school_world import NOBODY, a_school_behind_its_api, fields_of, sunday

STATUS = "/meetings/bulk-update-status"
DELETE = "/meetings/bulk-delete"


@pytest.fixture
def world():
    with a_school_behind_its_api() as made:
        yield made


def told(error):
    """What a refusal says of each path."""
    return {(d["field"], d["reason"]) for d in error["details"]}


def to(status, *meetings, **more):
    return {
        "ids": [m if isinstance(m, str) else m["id"] for m in meetings],
        "status": status,
    } | more


# ── what is wrong with a request ────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", [STATUS, DELETE])
def test_ids_are_1_to_200_uuids(world, path):
    """R-CYC-6: paths like `ids[3]`, all at once."""
    rest = {"status": "completed"} if path == STATUS else {}
    for ids in ([], [str(uuid4()) for _ in range(201)]):
        error = world.manager.refused(400, "POST", path, {"ids": ids} | rest)
        assert fields_of(error) == {"ids"}
    error = world.manager.refused(400, "POST", path, {"ids": ["7", str(uuid4()), None]} | rest)
    assert fields_of(error) == {"ids[0]", "ids[2]"}
    assert fields_of(world.manager.refused(400, "POST", path, rest)) == {"ids"}


def test_everything_is_told_and_the_first_class_that_occurs_is_the_answer_s(world):
    """api.md: 400 before 404 before 409, and the details list all."""
    cycle, (first, second, third) = world.generated()
    world.manager.act(f"/meetings/{second['id']}/complete")
    unknown = str(NOBODY)
    body = to("completed", first, unknown, second)
    error = world.manager.refused(404, "POST", STATUS, body)
    assert error["reason"] == "not_found"
    assert told(error) == {("ids[1]", "not_found"), ("ids[2]", "meeting.cannot_complete")}
    error = world.manager.refused(
        400, "POST", STATUS, to("completed", first, unknown, first, second)
    )
    assert error["reason"] == "id.repeated"
    assert told(error) == {
        ("ids[1]", "not_found"),
        ("ids[2]", "id.repeated"),
        ("ids[3]", "meeting.cannot_complete"),
    }
    error = world.manager.refused(409, "POST", STATUS, to("completed", second))
    assert told(error) == {("ids[0]", "meeting.cannot_complete")}
    assert [m["status"] for m in world.meetings(cycle)] == ["scheduled", "completed", "scheduled"]
    world.manager.act(STATUS, to("completed", third, first))
    assert world.status(cycle) == "completed"


def test_postponing_is_sent_to_its_own_verb(world):
    _, [one, *_] = world.generated()
    error = world.manager.refused(400, "POST", STATUS, to("postponed", one))
    assert fields_of(error) == {"status"}
    assert "/postpone" in error["details"][0]["message"]


@pytest.mark.parametrize(
    ("status", "reason"), [("completed", "ill"), ("scheduled", "ill"), ("cancelled", " ")]
)
def test_a_reason_is_for_cancelling_and_says_something(world, status, reason):
    _, [one, *_] = world.generated()
    error = world.manager.refused(400, "POST", STATUS, to(status, one, reason=reason))
    assert "reason" in fields_of(error)


def test_in_a_cancelled_cycle_no_meeting_changes(world):
    """R-MEET-7."""
    cycle, (one, *_) = world.generated()
    _, (other, *_) = world.generated(startTime="09:00", endTime="10:00")
    world.manager.put(f"/cycles/{cycle}", {"status": "cancelled"})
    for path, body in (
        (STATUS, to("scheduled", other, one)),
        (STATUS, to("cancelled", other, one)),
        (DELETE, {"ids": [other["id"], one["id"]]}),
    ):
        error = world.manager.refused(409, "POST", path, body)
        assert ("ids[1]", "cycle.is_cancelled") in told(error)
    assert world.manager.get(f"/meetings/{other['id']}") == other


# ── what it does ────────────────────────────────────────────────────────────────────────────


def test_the_answer_is_in_the_order_of_the_ids(world):
    cycle, meetings = world.generated()
    wanted = [meetings[2], meetings[0]]
    done = world.manager.act(STATUS, to("cancelled", *wanted, reason="trip"))
    assert done["updated"] == 2
    assert [m["id"] for m in done["meetings"]] == [m["id"] for m in wanted]
    assert {(m["status"], m["cancellationReason"]) for m in done["meetings"]} == {
        ("cancelled", "trip")
    }
    assert [world.manager.get(f"/meetings/{m['id']}") for m in done["meetings"]] == done["meetings"]
    world.recounted(cycle)


def test_all_meetings_completed_at_once_complete_their_cycles(world):
    """R-CYC-2: with registrations and events, in one transaction."""
    one, first = world.generated()
    two, second = world.generated(startTime="09:00", endTime="10:00", totalMeetings=2)
    world.registered(one)
    before = len(world.uow.committed)
    done = world.manager.act(STATUS, to("completed", *second, *first))
    assert [m["revenue"] for m in done["meetings"]] == [600] * 5
    assert (world.status(one), world.status(two)) == ("completed", "completed")
    assert [r.status for r in world.registrations(one)] == ["completed"]
    assert len(world.uow.committed) == before + 1
    tail = world.events()[-8:]
    assert sorted(tail) == [
        *["cycle.completed"] * 2,
        *["meeting.completed"] * 5,
        "registration.completed",
    ]
    assert tail[:5] == ["meeting.completed"] * 5, "what follows is told after what it follows from"
    world.recounted(one)
    world.recounted(two)


def test_reopening_and_restoring_at_once_opens_a_completed_cycle_once(world):
    """R-MEET-7, R-CYC-2: `scheduled` is the way back from completed and from cancelled."""
    cycle, meetings = world.generated()
    extra = world.meeting(cycle, sunday(9))
    world.registered(cycle)
    world.manager.act(f"/meetings/{extra['id']}/cancel")
    world.manager.act(STATUS, to("completed", *meetings))
    assert world.status(cycle) == "completed"
    done = world.manager.act(STATUS, to("scheduled", extra, *meetings[1:]))
    assert {m["status"] for m in done["meetings"]} == {"scheduled"}
    assert {m["revenue"] for m in done["meetings"]} == {0}
    assert done["meetings"][0]["number"] == extra["number"]
    assert world.status(cycle) == "active"
    assert [r.status for r in world.registrations(cycle)] == ["registered"]
    world.recounted(cycle)


def test_meetings_that_come_back_are_in_each_other_s_way(world):
    """R-SCHED-9: also with those of the same request; with leave it is recorded."""
    _, (one, *_) = world.generated()
    world.manager.act(f"/meetings/{one['id']}/cancel")
    other_cycle, (other, *_) = world.generated(startDate=sunday(9), totalMeetings=1)
    moved = world.manager.put(
        f"/meetings/{other['id']}",
        {"scheduledDate": sunday(0), "startTime": "17:00", "endTime": "18:00"},
    )
    world.manager.act(f"/meetings/{moved['id']}/cancel")
    error = world.manager.refused(409, "POST", STATUS, to("scheduled", moved, one))
    assert told(error) == {("ids[0].scheduledDate", "instructor.busy")}
    assert one["id"] in error["details"][0]["message"]
    done = world.manager.act(STATUS, to("scheduled", moved, one, allowConflicts=True))
    assert [m["conflictOverride"] for m in done["meetings"]] == [True, False]
    world.recounted(other_cycle)


def test_a_meeting_that_is_scheduled_is_not_scheduled_again(world):
    _, [one, *_] = world.generated()
    error = world.manager.refused(409, "POST", STATUS, to("scheduled", one))
    assert told(error) == {("ids[0]", "meeting.cannot_restore")}


def test_many_are_deleted_at_once_and_come_back_one_by_one(world):
    """R-PPL-3, R-SCHED-5."""
    cycle, meetings = world.generated()
    ids = [m["id"] for m in (meetings[2], meetings[0])]
    assert world.manager.act(DELETE, {"ids": ids}) == {"deleted": 2, "ids": ids}
    assert [m["id"] for m in world.meetings(cycle)] == [meetings[1]["id"]]
    world.recounted(cycle)
    world.manager.act(f"/meetings/{ids[0]}/restore")
    assert [m["number"] for m in world.meetings(cycle)] == [2, 3]
    error = world.manager.refused(404, "POST", DELETE, {"ids": [meetings[1]["id"], ids[1]]})
    assert told(error) == {("ids[1]", "not_found")}
    world.recounted(cycle)


def test_a_refused_one_leaves_no_trace_in_what_others_are_judged_by(world):
    """Each id is judged as if those that are refused had not been asked for."""
    cycle, (first, second, third) = world.generated()
    for one in (first, second, third):
        world.manager.act(f"/meetings/{one['id']}/cancel")
    taken = world.meeting(cycle, sunday(1))
    error = world.manager.refused(409, "POST", STATUS, to("scheduled", first, second, third))
    assert told(error) == {("ids[1].scheduledDate", "instructor.busy")}
    assert [m["status"] for m in world.meetings(cycle)].count("cancelled") == 3
    assert taken["number"] == 1
    done = world.manager.act(STATUS, to("scheduled", first, third))
    assert [m["number"] for m in done["meetings"]] == [2, 3], "its own is taken, then the next"
