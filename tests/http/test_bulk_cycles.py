"""Many cycles at once: changed, or given their meetings, all or none."""

import pytest

from tests.http.school_world import NOBODY, a_school_behind_its_api, fields_of, ids_of, sunday
from tests.http.test_bulk_meetings import told

UPDATE = "/cycles/bulk-update"
GENERATE = "/cycles/bulk-generate-meetings"
MORNING = {"startTime": "09:00", "endTime": "10:00"}
NOON = {"startTime": "12:00", "endTime": "13:00"}


@pytest.fixture
def world():
    with a_school_behind_its_api() as made:
        yield made


def as_they_are(world, *cycles):
    return [world.manager.get(f"/cycles/{id}") for id in cycles]


# ── changing ────────────────────────────────────────────────────────────────────────────────


def test_the_same_fields_change_on_all_and_the_answer_is_in_the_order_of_the_ids(world):
    """R-CYC-6: one transaction; what is not given stays."""
    ids = [world.cycle(name=name)["id"] for name in ("A", "B", "C")]
    before = as_they_are(world, *ids)
    said = {"maxStudents": 9, "notes": "room 4", "location": None, "sendParentReminders": False}
    transactions = len(world.uow.committed)
    done = world.manager.act(UPDATE, {"ids": [ids[2], ids[0]], "data": said})
    assert len(world.uow.committed) == transactions + 1
    assert done["updated"] == 2
    assert done["cycles"] == as_they_are(world, ids[2], ids[0])
    assert done["cycles"][1] == before[0] | said | {
        "version": 2,
        "updatedAt": done["cycles"][1]["updatedAt"],
    }
    assert as_they_are(world, ids[1]) == [before[1]]
    assert world.manager.act(UPDATE, {"ids": ids[:1], "data": {}})["cycles"][0]["version"] == 2


def test_every_id_and_value_is_checked_and_nothing_half_written(world):
    """R-CYC-6: paths like `ids[3]` and `data.totalMeetings`; 400 before 404 before 409."""
    world_ids = [world.cycle()["id"], world.generated(**MORNING)[0]]
    before = as_they_are(world, *world_ids)
    ids = [world_ids[0], str(NOBODY), world_ids[1], world_ids[0]]
    wrong = {
        "totalMeetings": 0,
        "courseId": str(NOBODY),
        "instructorId": str(NOBODY),
        "dayOfWeek": "saturday",
        "name": " ",
    }
    error = world.manager.refused(400, "POST", UPDATE, {"ids": ids, "data": wrong})
    assert fields_of(error) == {"ids[1]", "ids[3]"} | {f"data.{field}" for field in wrong}
    assert error["message"] == "Invalid input"
    total = {"totalMeetings": 2, "notes": "x"}
    error = world.manager.refused(404, "POST", UPDATE, {"ids": ids[:3], "data": total})
    assert told(error) == {
        ("ids[1]", "not_found"),
        ("ids[2]", "cycle.total_below_live_number"),
    }
    error = world.manager.refused(409, "POST", UPDATE, {"ids": world_ids, "data": total})
    assert error["reason"] == "cycle.total_below_live_number"
    dates = {"endDate": sunday(-2)}
    error = world.manager.refused(400, "POST", UPDATE, {"ids": world_ids, "data": dates})
    assert told(error) == {("ids[0].endDate", "date.order"), ("ids[1].endDate", "date.order")}
    types = {"totalMeetings": "x", "colour": "red", "allowConflicts": True, "name": ""}
    error = world.manager.refused(400, "POST", UPDATE, {"ids": [3], "data": types})
    assert fields_of(error) == {"ids[0]", *(f"data.{field}" for field in types)}
    price = {"meetingRevenue": " 5", "notes": "x"}  # R-MONEY-1, also within another object
    error = world.manager.refused(400, "POST", UPDATE, {"ids": world_ids, "data": price})
    assert told(error) == {("data.meetingRevenue", "money.not_a_number")}
    assert as_they_are(world, *world_ids) == before


def test_status_runs_its_verb_on_each(world):
    """R-CYC-3: with what each takes along, and back."""
    ids = [world.generated(**times)[0] for times in (MORNING, NOON)]
    for id in ids:
        world.registered(id)
    gone = world.manager.act(UPDATE, {"ids": ids, "data": {"status": "cancelled"}})
    assert {c["status"] for c in gone["cycles"]} == {"cancelled"}
    assert {m["status"] for id in ids for m in world.meetings(id)} == {"cancelled"}
    assert {r.status for id in ids for r in world.registrations(id)} == {"cancelled"}
    assert {c["endDate"] for c in gone["cycles"]} == {None}
    back = world.manager.act(UPDATE, {"ids": ids, "data": {"status": "active", "notes": "again"}})
    assert {(c["status"], c["notes"]) for c in back["cycles"]} == {("active", "again")}
    assert [m["number"] for m in world.meetings(ids[1])] == [1, 2, 3]
    assert {r.status for id in ids for r in world.registrations(id)} == {"registered"}
    error = world.manager.refused(
        409, "POST", UPDATE, {"ids": ids, "data": {"status": "completed"}}
    )
    assert told(error) == {(f"ids[{n}]", "cycle.meetings_scheduled") for n in (0, 1)}
    empty = [world.cycle(name=name)["id"] for name in ("A", "B")]
    done = world.manager.act(UPDATE, {"ids": empty, "data": {"status": "completed"}})
    assert {c["status"] for c in done["cycles"]} == {"completed"}
    for id in (*ids, *empty):
        world.recounted(id)


def test_a_total_lowered_to_what_is_held_completes_each(world):
    """R-CYC-2, R-CYC-8."""
    ids, meetings = zip(*(world.generated(**times) for times in (MORNING, NOON)), strict=True)
    for first, *rest in meetings:
        world.manager.act(f"/meetings/{first['id']}/complete")
        world.manager.act("/meetings/bulk-delete", {"ids": ids_of(rest)})
    world.registered(ids[0])
    done = world.manager.act(UPDATE, {"ids": ids, "data": {"totalMeetings": 1}})
    assert {c["status"] for c in done["cycles"]} == {"completed"}
    assert [r.status for r in world.registrations(ids[0])] == ["completed"]


def test_a_hand_over_looks_for_overlaps_also_among_the_cycles_of_the_request(world):
    """R-CYC-9, R-SCHED-9: the whole is refused, or allowed and recorded."""
    dana = world.instructor()
    first, _ = world.generated()
    second, _ = world.generated(instructorId=world.omer["id"], startTime="17:00", endTime="18:00")
    busy, [theirs, *_] = world.generated(instructorId=dana["id"], totalMeetings=1, **MORNING)
    third, _ = world.generated(totalMeetings=1, **MORNING)
    body = {"ids": [second, first, third], "data": {"instructorId": dana["id"]}}
    before = as_they_are(world, first, second, third)
    error = world.manager.refused(409, "POST", UPDATE, body)
    later = "ids[0]" if first < second else "ids[1]"
    assert {d["field"] for d in error["details"]} == {
        f"{later}.scheduledDate",
        "ids[2].scheduledDate",
    }
    assert len(error["details"]) == 4
    assert any(theirs["id"] in d["message"] for d in error["details"])
    assert as_they_are(world, first, second, third) == before
    world.manager.act(UPDATE, body | {"allowConflicts": True})
    moved = [m for id in (first, second, third) for m in world.meetings(id)]
    assert {m["instructorId"] for m in moved} == {dana["id"]}
    assert [m["conflictOverride"] for m in moved].count(True) == 4
    assert world.manager.get(f"/cycles/{busy}")["version"]


def test_cycles_that_come_back_are_in_each_other_s_way(world):
    """R-SCHED-9: reopening two that were cancelled, where one's meetings took the other's time."""
    ids = [world.generated()[0]]
    world.manager.put(f"/cycles/{ids[0]}", {"status": "cancelled"})
    ids.append(world.generated()[0])
    world.manager.put(f"/cycles/{ids[1]}", {"status": "cancelled"})
    body = {"ids": ids, "data": {"status": "active"}}
    error = world.manager.refused(409, "POST", UPDATE, body)
    assert len(error["details"]) == 3
    done = world.manager.act(UPDATE, body | {"allowConflicts": True})
    assert {c["status"] for c in done["cycles"]} == {"active"}


def test_an_instructor_changes_and_generates_nothing(world):
    """R-ACC-1."""
    id = world.cycle()["id"]
    for path, body in ((UPDATE, {"ids": [id], "data": {"notes": "x"}}), (GENERATE, {"ids": [id]})):
        world.as_yael.refused(403, "POST", path, body)


# ── generating ──────────────────────────────────────────────────────────────────────────────


def test_the_meetings_of_many_are_generated_with_totals_and_reasons(world):
    """R-SCHED-4, R-SCHED-6: each as by itself, in one transaction; again adds nothing."""
    empty = world.cycle(totalMeetings=2)["id"]
    partly, _ = world.generated(totalMeetings=1, **MORNING)
    world.manager.put(f"/cycles/{partly}", {"totalMeetings": 3})
    purim = world.cycle(startDate="2027-03-21", dayOfWeek="tuesday", totalMeetings=2)["id"]
    body = {"ids": [purim, empty, partly]}
    dry = world.manager.act(GENERATE, body | {"dryRun": True})
    assert (dry["created"], dry["planned"], dry["dryRun"]) == (0, 6, True)
    assert [c["progress"]["scheduled"] for c in dry["cycles"]] == [0, 0, 1]
    transactions = len(world.uow.committed)
    done = world.manager.act(GENERATE, body)
    assert len(world.uow.committed) == transactions + 1
    assert (done["created"], done["planned"], done["conflicts"]) == (6, 6, 0)
    assert [c["cycleId"] for c in done["cycles"]] == body["ids"]
    assert [c["planned"] for c in done["cycles"]] == [2, 2, 2]
    assert [c["progress"]["scheduled"] for c in done["cycles"]] == [2, 2, 3]
    assert done["skipped"] == 1
    assert done["cycles"][0]["skipped"] == [{"date": "2027-03-23", "reason": "Purim"}]
    assert world.manager.act(GENERATE, body)["created"] == 0
    for id in body["ids"]:
        world.recounted(id)


def test_any_overlap_refuses_the_whole_also_one_among_the_cycles_of_the_request(world):
    """R-SCHED-9."""
    there, [booked, *_] = world.generated(totalMeetings=1, **MORNING)
    first = world.cycle(totalMeetings=2, **MORNING)["id"]
    twin = world.cycle(totalMeetings=3, startTime="09:30", endTime="10:30")["id"]
    body = {"ids": [twin, first]}
    dry = world.manager.act(GENERATE, body | {"dryRun": True})
    by_cycle = {c["cycleId"]: c["conflicts"] for c in dry["cycles"]}
    assert dry["conflicts"] == sum(map(len, by_cycle.values())) == 4
    assert {c["cycleId"] for c in (*by_cycle[twin], *by_cycle[first])} == {there, min(first, twin)}
    error = world.manager.refused(409, "POST", GENERATE, body)
    assert error["reason"] == "instructor.busy"
    assert len(error["details"]) == 4
    assert any(booked["id"] in d["message"] for d in error["details"])
    assert world.meetings(first) == world.meetings(twin) == []
    done = world.manager.act(GENERATE, body | {"allowConflicts": True})
    assert (done["created"], done["conflicts"]) == (5, 4)
    made = [*world.meetings(first), *world.meetings(twin)]
    assert sum(m["conflictOverride"] for m in made) == 3
    world.recounted(first)
    world.recounted(twin)


def test_what_cannot_be_generated_is_told_of_every_cycle(world):
    ended = world.cycle(name="Gone")["id"]
    world.manager.put(f"/cycles/{ended}", {"status": "cancelled"})
    good = world.cycle()["id"]
    body = {"ids": [ended, good, str(NOBODY)]}
    error = world.manager.refused(404, "POST", GENERATE, body)
    assert told(error) == {("ids[0]", "cycle.is_cancelled"), ("ids[2]", "not_found")}
    error = world.manager.refused(409, "POST", GENERATE, {"ids": [good, ended], "dryRun": True})
    assert told(error) == {("ids[1]", "cycle.is_cancelled")}
    assert world.meetings(good) == []


def test_generating_reopens_completed_cycles(world):
    """R-MEET-7."""
    days = {"orderDate": "2026-01-01", "startDate": "2026-01-01", "endDate": "2026-12-31"}
    order = world.manager.make("/institutional-orders", days | {"branchId": world.branch["id"]})
    ordered = MORNING | {"institutionalOrderId": order["id"]}
    ids = [world.cycle(name=name, **times)["id"] for name, times in (("A", ordered), ("B", NOON))]
    world.manager.act(UPDATE, {"ids": ids, "data": {"status": "completed"}})
    done = world.manager.act(GENERATE, {"ids": ids})
    assert [c["status"] for c in done["cycles"]] == ["active", "active"]
