"""Meetings: making, changing, listing, their verbs in every state, and what each role may."""

from datetime import date, datetime, timedelta

import pytest

from haitech_domain.access import Role
from haitech_domain.testing.builders import a_closure
from tests.http.school_world import (
    NOBODY,
    a_school_behind_its_api,
    fields_of,
    ids_of,
    sunday,
)

MONEY = ("revenue", "employerCost", "profit")
FIXED = {
    "scheduledDate": sunday(7),
    "startTime": "10:00",
    "endTime": "18:00",
    "activityType": "online",
    "nature": "no_revenue",
}
"""R-MEET-8, but for the instructor, who differs from school to school."""


@pytest.fixture
def world():
    with a_school_behind_its_api() as made:
        yield made


@pytest.fixture
def cycle(world):
    return world.cycle()["id"]


def brought_to(world, status, cycle=None, **fields):
    """A meeting of this status."""
    cycle = cycle or world.cycle(totalMeetings=9)["id"]
    one = world.meeting(cycle, sunday(0), **fields)
    verb = {"completed": "complete", "cancelled": "cancel", "postponed": "postpone"}.get(status)
    if verb:
        world.manager.act(f"/meetings/{one['id']}/{verb}")
    return world.manager.get(f"/meetings/{one['id']}")


# ── making and reading ──────────────────────────────────────────────────────────────────────


def test_a_meeting_made_by_hand_takes_its_cycle_s_instructor_and_the_lowest_number(world, cycle):
    """R-SCHED-5."""
    body = {"cycleId": cycle, "scheduledDate": sunday(0), "startTime": "16:00", "endTime": "17:30"}
    answer = world.manager.send("POST", "/meetings", body)
    made = answer.json()["data"]
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/v1/meetings/{made['id']}"
    assert made | body == made
    assert made["instructorId"] == world.yael["id"]
    assert (made["number"], made["status"], made["nature"]) == (1, "scheduled", "regular")
    assert made["activityType"] is None
    assert made["conflictOverride"] is False
    assert world.manager.get(f"/meetings/{made['id']}") == made
    assert world.events()[-1] == "meeting.created"
    world.recounted(cycle)


def test_everything_that_may_be_said_of_a_meeting_is_kept(world, cycle):
    said = {
        "instructorId": world.omer["id"],
        "nature": "no_revenue",
        "activityType": "online",
        "topic": "loops",
        "notes": "two\nlines",
        "zoomMeetingId": "9",
        "zoomJoinUrl": "https://zoom.us/j/9",
    }
    made = world.meeting(cycle, sunday(0), **said)
    assert made | said == made


def test_numbers_are_the_lowest_free_and_go_above_the_total(world, cycle):
    """R-SCHED-5: cancelling frees a number, deleting too."""
    made = [world.meeting(cycle, sunday(week)) for week in range(4)]
    assert [m["number"] for m in made] == [1, 2, 3, 4]
    world.manager.act(f"/meetings/{made[1]['id']}/cancel")
    world.manager.drop(f"/meetings/{made[0]['id']}")
    assert world.meeting(cycle, sunday(5))["number"] == 1
    assert world.meeting(cycle, sunday(6))["number"] == 2
    assert world.meeting(cycle, sunday(7))["number"] == 5
    world.recounted(cycle)


def test_everything_that_is_wrong_with_a_new_meeting_is_listed(world):
    wanted = {"cycleId", "scheduledDate", "startTime", "endTime"}
    assert fields_of(world.manager.refused(400, "POST", "/meetings", {})) == wanted
    wrong = {
        "cycleId": "x",
        "scheduledDate": "1999-01-01",
        "startTime": "7:00",
        "endTime": "24:00",
        "nature": "odd",
        "topic": "",
        "number": 3,
        "status": "completed",
        "revenue": 5,
    }
    assert fields_of(world.manager.refused(400, "POST", "/meetings", wrong)) == set(wrong)


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        ("16:00", "16:00", "time.order"),
        ("16:00", "15:00", "time.order"),
        ("16:00", "16:04", "time.duration"),
        ("08:00", "20:01", "time.duration"),
    ],
)
def test_times_that_make_no_meeting_are_refused(world, cycle, start, end, reason):
    """R-MEET-1."""
    times = {"startTime": start, "endTime": end}
    body = {"cycleId": cycle, "scheduledDate": sunday(0), **times}
    error = world.manager.refused(400, "POST", "/meetings", body)
    assert (error["reason"], fields_of(error)) == (reason, {"endTime"})
    one = world.meeting(cycle, sunday(0))
    error = world.manager.refused(400, "PUT", f"/meetings/{one['id']}", times)
    assert (error["reason"], fields_of(error)) == (reason, {"endTime"})
    error = world.manager.refused(
        400, "POST", f"/meetings/{one['id']}/postpone", {"newStartTime": start, "newEndTime": end}
    )
    assert (error["reason"], fields_of(error)) == (reason, {"newEndTime"})


@pytest.mark.parametrize(("start", "end"), [("16:00", "16:05"), ("08:00", "20:00")])
def test_the_bounds_of_a_meeting_s_length_belong_to_it(world, cycle, start, end):
    """R-MEET-1."""
    world.meeting(cycle, sunday(0), start, end)


@pytest.mark.parametrize("field", ["cycleId", "instructorId"])
def test_a_meeting_of_nothing_known_is_refused(world, cycle, field):
    body = {"cycleId": cycle, "scheduledDate": sunday(0), "startTime": "16:00", "endTime": "17:00"}
    error = world.manager.refused(400, "POST", "/meetings", body | {field: str(NOBODY)})
    assert (error["reason"], fields_of(error)) == ("reference.unknown", {field})


def test_an_instructor_is_never_in_two_places(world, cycle):
    """R-SCHED-9: half-open; with leave, it is recorded."""
    world.meeting(cycle, sunday(0), "16:00", "17:00")
    world.meeting(cycle, sunday(0), "17:00", "18:00")
    body = {"cycleId": cycle, "scheduledDate": sunday(0), "startTime": "16:30", "endTime": "17:30"}
    error = world.manager.refused(409, "POST", "/meetings", body)
    assert error["reason"] == "instructor.busy"
    assert len(error["details"]) == 2
    assert world.meeting(cycle, sunday(0), "16:30", "17:30", instructorId=world.omer["id"])
    made = world.manager.make("/meetings", body | {"allowConflicts": True})
    assert made["conflictOverride"] is True
    freed = world.manager.put(f"/meetings/{made['id']}", {"scheduledDate": sunday(1)})
    assert freed["conflictOverride"] is False


@pytest.mark.parametrize("status", ["cancelled", "postponed", "deleted"])
def test_what_is_not_live_takes_nobody_s_time(world, cycle, status):
    """R-SCHED-9."""
    there = brought_to(world, status, cycle)
    if status == "deleted":
        world.manager.drop(f"/meetings/{there['id']}")
    world.meeting(cycle, sunday(0))


def test_a_no_teaching_day_needs_leave(world, cycle):
    """R-MEET-5, R-SCHED-2: holidays, rest days and closures of the branch."""
    closure = a_closure(
        branch_id=world.branch["id"],
        first_day=date(2026, 12, 1),
        last_day=date(2026, 12, 3),
        why="paint",
    )
    world.save(lambda tx: tx.closures, closure)
    days = {
        "2026-09-21": "Yom Kippur",
        "2026-10-24": "rest day",
        "2026-12-03": "paint",
        "2027-04-25": "Pesach",
    }
    for day, why in days.items():
        body = {"cycleId": cycle, "scheduledDate": day, "startTime": "16:00", "endTime": "17:00"}
        error = world.manager.refused(409, "POST", "/meetings", body)
        assert error["reason"] == "meeting.no_teaching_day"
        assert why in error["message"]
        made = world.manager.make("/meetings", body | {"allowNoTeachingDay": True})
        moved = {"scheduledDate": "2026-12-02"}
        if day != "2026-12-03":
            error = world.manager.refused(409, "PUT", f"/meetings/{made['id']}", moved)
            assert error["reason"] == "meeting.no_teaching_day"
        later = world.manager.put(f"/meetings/{made['id']}", {"endTime": "17:15"})
        assert later["endTime"] == "17:15", "only a move to such a day is asked about"


# ── changing ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("field", [*FIXED, "instructorId"])
def test_time_place_and_kind_change_while_a_meeting_is_scheduled(world, field, method):
    """R-MEET-8."""
    value = FIXED.get(field, world.omer["id"])
    there = brought_to(world, "scheduled")
    path = f"/meetings/{there['id']}"
    changed = world.manager.send(method, path, {field: value}).json()["data"]
    assert changed == there | {
        field: value,
        "version": there["version"] + 1,
        "updatedAt": changed["updatedAt"],
    }
    assert world.manager.put(path, {field: value}) == changed
    world.recounted(there["cycleId"])


@pytest.mark.parametrize("status", ["completed", "cancelled", "postponed"])
def test_time_place_and_kind_are_fixed_once_it_is_not(world, status):
    """R-MEET-8: refused together; what stays as it is may be said."""
    there = brought_to(world, status)
    path = f"/meetings/{there['id']}"
    change = FIXED | {"instructorId": world.omer["id"]}
    for field, value in change.items():
        error = world.manager.refused(409, "PUT", path, {field: value})
        assert error["reason"] == "meeting.is_fixed"
    world.manager.refused(409, "PUT", path, change | {"topic": "x"})
    assert world.manager.put(path, {field: there[field] for field in change}) == there
    said = {"topic": "loops", "notes": "fine", "zoomJoinUrl": "https://zoom.us/j/1"}
    assert world.manager.put(path, said).items() >= said.items()


def test_null_clears_what_is_optional_and_nothing_else(world, cycle):
    optional = ("activityType", "topic", "notes", "zoomMeetingId", "zoomJoinUrl")
    there = world.meeting(cycle, sunday(0), topic="a", notes="b", activityType="online")
    cleared = world.manager.put(f"/meetings/{there['id']}", dict.fromkeys(optional))
    assert all(cleared[name] is None for name in optional)
    required = ("scheduledDate", "startTime", "endTime", "instructorId", "nature")
    error = world.manager.refused(400, "PUT", f"/meetings/{there['id']}", dict.fromkeys(required))
    assert fields_of(error) == set(required)


@pytest.mark.parametrize("field", ["status", "number", "revenue", "instructorPayment", "cycleId"])
def test_a_status_changes_only_through_its_verbs(world, cycle, field):
    """R-MEET-8, R-MEET-3: neither status nor money is a field to be written."""
    there = world.meeting(cycle, sunday(0))
    error = world.manager.refused(400, "PUT", f"/meetings/{there['id']}", {field: "completed"})
    assert (error["reason"], fields_of(error)) == ("field.unknown", {field})


def test_moving_a_meeting_onto_another_is_refused(world):
    """R-SCHED-9."""
    _, (first, second, _) = world.generated()
    one = f"/meetings/{second['id']}"
    body = {"scheduledDate": first["scheduledDate"], "startTime": "17:00", "endTime": "18:00"}
    assert world.manager.refused(409, "PUT", one, body)["reason"] == "instructor.busy"
    assert world.manager.get(one) == second
    moved = world.manager.put(one, body | {"allowConflicts": True})
    assert moved["conflictOverride"] is True
    world.manager.refused(400, "PUT", one, {"instructorId": str(NOBODY)})


# ── deleting and restoring ──────────────────────────────────────────────────────────────────


def test_a_deleted_meeting_is_nowhere_until_it_is_restored(world):
    """R-PPL-3, R-PPL-4, R-CYC-1."""
    id, meetings = world.generated()
    one = f"/meetings/{meetings[2]['id']}"
    world.manager.drop(one)
    for method, path, body in (
        ("GET", "", None),
        ("PUT", "", {"topic": "x"}),
        ("DELETE", "", None),
        ("GET", "/financials", None),
        *(
            ("POST", f"/{verb}", None)
            for verb in ("complete", "cancel", "postpone", "reopen", "recalculate")
        ),
    ):
        world.manager.refused(404, method, one + path, body)
    assert ids_of(world.meetings(id)) == ids_of(meetings[:2])
    shown = world.manager.get(f"/cycles/{id}")
    assert (shown["progress"]["scheduled"], shown["endDate"]) == (2, sunday(1))
    back = world.manager.act(f"{one}/restore")
    assert back | {"version": 1, "updatedAt": meetings[2]["updatedAt"]} == meetings[2]
    assert world.manager.get(f"/cycles/{id}")["endDate"] == sunday(2)
    world.recounted(id)


@pytest.mark.parametrize("gone", ["cancelled", "deleted"])
def test_a_meeting_that_comes_back_takes_a_free_number_if_its_own_is_taken(world, cycle, gone):
    """R-MEET-2, R-SCHED-5."""
    there = world.meeting(cycle, sunday(0))
    one = f"/meetings/{there['id']}"
    if gone == "cancelled":
        assert world.manager.act(f"{one}/cancel", {"reason": "rain"})["number"] == 1
    else:
        world.manager.drop(one)
    assert world.meeting(cycle, sunday(1))["number"] == 1
    back = world.manager.act(f"{one}/restore")
    assert (back["number"], back["status"], back["cancellationReason"]) == (2, "scheduled", None)
    world.recounted(cycle)


@pytest.mark.parametrize("gone", ["cancelled", "deleted"])
def test_a_meeting_comes_back_into_free_time_only(world, cycle, gone):
    """R-SCHED-9."""
    one = f"/meetings/{world.meeting(cycle, sunday(0))['id']}"
    if gone == "cancelled":
        world.manager.act(f"{one}/cancel")
    else:
        world.manager.drop(one)
    world.meeting(cycle, sunday(0))
    error = world.manager.refused(409, "POST", f"{one}/restore")
    assert error["reason"] == "instructor.busy"
    back = world.manager.act(f"{one}/restore", {"allowConflicts": True})
    assert back["conflictOverride"] is True
    world.recounted(cycle)


@pytest.mark.parametrize("status", ["completed", "cancelled", "postponed"])
def test_a_deleted_meeting_comes_back_as_it_was(world, status):
    """R-PPL-3: with its money, if it has any."""
    there = brought_to(world, status)
    world.manager.drop(f"/meetings/{there['id']}")
    back = world.manager.act(f"/meetings/{there['id']}/restore")
    assert back | {"version": there["version"], "updatedAt": there["updatedAt"]} == there
    world.recounted(there["cycleId"])


def test_a_held_meeting_comes_back_though_its_instructor_has_left(world):
    """R-PPL-3, R-PPL-4."""
    there = brought_to(world, "completed", instructorId=world.omer["id"])
    world.manager.drop(f"/meetings/{there['id']}")
    world.admin.drop(f"/instructors/{world.omer['id']}")
    assert world.manager.act(f"/meetings/{there['id']}/restore")["revenue"] == 600


# ── the verbs ───────────────────────────────────────────────────────────────────────────────

LEADS = {
    ("complete", "scheduled"): "completed",
    ("cancel", "scheduled"): "cancelled",
    ("postpone", "scheduled"): "postponed",
    ("reopen", "completed"): "scheduled",
    ("recalculate", "completed"): "completed",
    ("restore", "cancelled"): "scheduled",
}
VERBS = sorted({verb for verb, _ in LEADS})
TOLD = {
    "complete": "meeting.completed",
    "cancel": "meeting.cancelled",
    "postpone": "meeting.postponed",
    "reopen": "meeting.reopened",
    "restore": "meeting.reopened",
}


@pytest.mark.parametrize(("verb", "status"), LEADS)
def test_each_verb_leads_from_its_own_status_with_its_event_and_money(world, verb, status):
    """R-MEET-2, R-MEET-3; what every verb makes of every other state: test_wrong_states.py."""
    there = brought_to(world, status)
    one = f"/meetings/{there['id']}"
    told = len(world.events())
    world.manager.act(f"{one}/{verb}")
    after = world.manager.get(one)
    assert after["status"] == LEADS[verb, status]
    if verb in TOLD:
        assert TOLD[verb] in world.events()[told:]
    if after["status"] != "completed":
        assert [after[name] for name in (*MONEY, "instructorPayment")] == [0] * 4
    world.recounted(there["cycleId"])


def test_restoring_what_is_not_gone_is_refused_by_name_whatever_overlaps(world, cycle):
    """R-MEET-2: the state is the reason, not somebody's time."""
    there = world.meeting(cycle, sunday(0))
    world.meeting(cycle, sunday(0), allowConflicts=True)
    error = world.manager.refused(409, "POST", f"/meetings/{there['id']}/restore")
    assert error["reason"] == "meeting.cannot_restore"


def test_verbs_on_what_never_was_are_not_found(world):
    for verb in VERBS:
        world.manager.refused(404, "POST", f"/meetings/{NOBODY}/{verb}")
    for method in ("GET", "PUT", "DELETE"):
        world.manager.refused(404, method, f"/meetings/{NOBODY}", {"topic": "x"})
    world.manager.refused(404, "GET", f"/meetings/{NOBODY}/financials")


def test_completing_takes_topic_and_notes(world, cycle):
    there = world.meeting(cycle, sunday(0), topic="old", notes="old")
    done = world.manager.act(f"/meetings/{there['id']}/complete", {"topic": "loops", "notes": None})
    assert (done["topic"], done["notes"]) == ("loops", None)
    assert done["completedAt"] == "2026-10-18T06:00:00Z"


@pytest.mark.parametrize("reason", ["", "x" * 501, 7])
def test_a_reason_that_is_no_line_is_named_as_it_was_given(world, cycle, reason):
    there = world.meeting(cycle, sunday(0))
    error = world.manager.refused(
        400, "POST", f"/meetings/{there['id']}/cancel", {"reason": reason}
    )
    assert fields_of(error) == {"reason"}


def test_an_unknown_field_is_refused_by_every_verb_that_takes_a_body(world, cycle):
    there = world.meeting(cycle, sunday(0))
    for verb in ("complete", "cancel", "postpone", "restore"):
        path = f"/meetings/{there['id']}/{verb}"
        error = world.manager.refused(400, "POST", path, {"status": "x"})
        assert (error["reason"], fields_of(error)) == ("field.unknown", {"status"})


@pytest.mark.parametrize("verb", ["complete", "cancel", "postpone", "restore"])
def test_an_empty_body_is_no_body(world, verb):
    there = brought_to(world, "cancelled" if verb == "restore" else "scheduled")
    headers = {"Content-Type": "application/json"}
    answer = world.manager.send(
        "POST", f"/meetings/{there['id']}/{verb}", content=b"", headers=headers
    )
    assert answer.status_code == 200


# ── postponing ──────────────────────────────────────────────────────────────────────────────


def test_postponing_to_a_date_makes_a_twin_linked_both_ways(world, cycle):
    """R-MEET-5."""
    there = world.meeting(
        cycle,
        sunday(0),
        topic="loops",
        notes="mine",
        activityType="online",
        nature="no_revenue",
        instructorId=world.omer["id"],
    )
    body = {"newDate": "2026-10-20", "newStartTime": "10:00", "newEndTime": "11:00", "notes": "ill"}
    done = world.manager.act(f"/meetings/{there['id']}/postpone", body)
    original, new = done["original"], done["newMeeting"]
    assert original["status"] == "postponed"
    assert original["notes"] == "ill"
    assert (original["rescheduledToId"], new["rescheduledFromId"]) == (new["id"], original["id"])
    kept = ("number", "instructorId", "activityType", "nature", "topic", "cycleId")
    assert {k: new[k] for k in kept} == {k: there[k] for k in kept}
    assert (new["scheduledDate"], new["startTime"], new["endTime"]) == (
        "2026-10-20",
        "10:00",
        "11:00",
    )
    assert (new["status"], new["notes"], new["conflictOverride"]) == ("scheduled", None, False)
    assert world.manager.get(f"/meetings/{new['id']}") == new
    assert world.events()[-2:] == ["meeting.postponed", "meeting.created"]
    world.recounted(cycle)


def test_postponing_to_its_own_time_is_in_nobody_s_way(world, cycle):
    """R-MEET-5, R-SCHED-9: the old one no longer counts."""
    there = world.meeting(cycle, sunday(0))
    done = world.manager.act(f"/meetings/{there['id']}/postpone", {"newDate": sunday(0)})
    assert done["newMeeting"]["number"] == 1


def test_without_a_date_it_goes_after_the_last_live_meeting(world):
    """R-MEET-5."""
    id, meetings = world.generated()
    done = world.manager.act(f"/meetings/{meetings[0]['id']}/postpone")
    assert done["newMeeting"]["scheduledDate"] == sunday(3)
    assert done["newMeeting"]["number"] == 1
    shown = world.manager.get(f"/cycles/{id}")
    assert shown["endDate"] == sunday(3)
    assert shown["progress"] | {"scheduled": 3, "postponed": 1} == shown["progress"]
    world.recounted(id)


def test_without_a_date_it_passes_over_closed_and_busy_days(world):
    """R-MEET-5: it goes where there is teaching and the instructor is free."""
    closure = a_closure(
        branch_id=world.branch["id"],
        first_day=date.fromisoformat(sunday(3)),
        last_day=date.fromisoformat(sunday(3)),
    )
    world.save(lambda tx: tx.closures, closure)
    _, meetings = world.generated()
    other = world.cycle(name="Other")["id"]
    world.meeting(other, sunday(4), "17:00", "18:00")
    world.meeting(other, sunday(5), "17:30", "18:00")
    done = world.manager.act(f"/meetings/{meetings[1]['id']}/postpone")
    assert done["newMeeting"]["scheduledDate"] == sunday(5)


def test_postponing_onto_a_no_teaching_day_or_a_busy_time_needs_leave(world):
    """R-MEET-5, R-SCHED-9."""
    id, meetings = world.generated()
    path = f"/meetings/{meetings[0]['id']}/postpone"
    error = world.manager.refused(409, "POST", path, {"newDate": "2027-04-25"})
    assert error["reason"] == "meeting.no_teaching_day"
    error = world.manager.refused(409, "POST", path, {"newDate": sunday(1)})
    assert error["reason"] == "instructor.busy"
    assert ids_of(world.meetings(id)) == ids_of(meetings)
    done = world.manager.act(path, {"newDate": sunday(1), "allowConflicts": True})
    again = f"/meetings/{done['newMeeting']['id']}/postpone"
    assert done["newMeeting"]["conflictOverride"] is True
    done = world.manager.act(again, {"newDate": "2027-04-25", "allowNoTeachingDay": True})
    assert done["newMeeting"]["conflictOverride"] is False
    world.recounted(id)


@pytest.mark.parametrize("leave", [True, False])
@pytest.mark.parametrize("day", ["1999-12-31", "2101-01-01"])
def test_a_new_day_beyond_the_calendar_is_named_as_it_was_given(world, cycle, day, leave):
    there = world.meeting(cycle, sunday(0))
    body = {"newDate": day, "allowNoTeachingDay": leave}
    error = world.manager.refused(400, "POST", f"/meetings/{there['id']}/postpone", body)
    assert fields_of(error) == {"newDate"}


# ── its cycle ───────────────────────────────────────────────────────────────────────────────


def test_the_last_completion_completes_the_cycle_and_reopening_reopens_it(world):
    """R-CYC-2: with its registrations, in one transaction; trials are left alone."""
    id, meetings = world.generated()
    for status in ("registered", "active", "trial"):
        world.registered(id, status=status)
    for meeting in meetings:
        assert world.status(id) == "active"
        world.manager.act(f"/meetings/{meeting['id']}/complete")
    assert world.status(id) == "completed"
    assert [r.status.value for r in world.registrations(id)] == ["completed", "completed", "trial"]
    told = [event.type for event in world.uow.committed[-1].outbox]
    assert sorted(told) == [
        "cycle.completed",
        "meeting.completed",
        "registration.completed",
        "registration.completed",
    ]
    world.recounted(id)
    world.manager.act(f"/meetings/{meetings[1]['id']}/reopen")
    assert world.status(id) == "active"
    assert [r.status.value for r in world.registrations(id)] == ["registered", "active", "trial"]
    world.recounted(id)


def test_a_cycle_with_an_extra_meeting_to_come_is_not_done(world):
    """R-CYC-2: none may be scheduled."""
    id, meetings = world.generated(totalMeetings=1)
    extra = world.meeting(id, sunday(1))
    world.manager.act(f"/meetings/{meetings[0]['id']}/complete")
    assert world.status(id) == "active"
    world.manager.act(f"/meetings/{extra['id']}/cancel")
    assert world.status(id) == "completed"
    world.recounted(id)


def test_adding_or_restoring_a_meeting_reopens_a_completed_cycle(world):
    """R-MEET-7."""
    id, meetings = world.generated(totalMeetings=1)
    world.manager.act(f"/meetings/{meetings[0]['id']}/complete")
    extra = world.meeting(id, sunday(1))
    assert (extra["number"], world.status(id)) == (2, "active")
    world.manager.act(f"/meetings/{extra['id']}/cancel")
    assert world.status(id) == "completed"
    world.manager.act(f"/meetings/{extra['id']}/restore")
    assert world.status(id) == "active"
    world.manager.drop(f"/meetings/{extra['id']}")
    assert world.status(id) == "completed"
    world.manager.act(f"/meetings/{extra['id']}/restore")
    assert world.status(id) == "active"
    world.recounted(id)


# ── lists ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def many():
    """Meetings of every kind, as they are shown one by one."""
    with a_school_behind_its_api() as world:
        ai = world.admin.make("/courses", {"name": "AI", "category": "ai"})
        online = world.admin.make("/branches", {"name": "Zoom", "type": "online"})
        world.cycles = {}
        for position in range(3):
            fields = {
                "courseId": (ai if position else world.course)["id"],
                "branchId": (online if position == 1 else world.branch)["id"],
                "instructorId": (world.omer if position == 2 else world.yael)["id"],
                "activityType": ("frontal", "online", "private_lesson")[position],
                "startTime": f"{10 + 2 * position}:00",
                "endTime": f"{11 + 2 * position}:00",
                "totalMeetings": 4,
            }
            id, meetings = world.generated(**fields)
            world.cycles[id] = world.manager.get(f"/cycles/{id}")
            one, two, three, four = (f"/meetings/{m['id']}" for m in meetings)
            world.manager.act(f"{one}/complete")
            world.manager.act(f"{two}/cancel")
            world.manager.act(f"{three}/postpone")
            world.manager.put(four, {"activityType": "online", "instructorId": world.omer["id"]})
            world.clock.advance(timedelta(minutes=1))
        world.rows = world.manager.everything("/meetings")
        assert len(world.rows) == 15
        assert [world.manager.get(f"/meetings/{m['id']}") for m in world.rows] == world.rows
        yield world


def of_cycle(many, field):
    return lambda m: many.cycles[m["cycleId"]][field]


def activity(many):
    return lambda m: m["activityType"] or many.cycles[m["cycleId"]]["activityType"]


def test_meetings_come_by_date_and_start(many):
    key = [(m["scheduledDate"], m["startTime"], m["id"]) for m in many.rows]
    assert key == sorted(key)


@pytest.mark.parametrize(
    "field",
    ["cycleId", "instructorId", "branchId", "courseId", "status", "activityType", "date"],
)
def test_each_filter_gives_what_a_recount_gives(many, field):
    value_of = {
        "branchId": of_cycle(many, "branchId"),
        "courseId": of_cycle(many, "courseId"),
        "activityType": activity(many),
        "date": lambda m: m["scheduledDate"],
    }.get(field, lambda m: m[field])
    for value in {value_of(m) for m in many.rows}:
        expected = [m for m in many.rows if value_of(m) == value]
        assert many.manager.everything("/meetings", **{field: value}) == expected


@pytest.mark.parametrize("since", [sunday(0), sunday(1), sunday(2), "2026-10-26", None])
@pytest.mark.parametrize("until", [sunday(0), sunday(1), sunday(4), "2026-10-17", None])
def test_from_and_to_are_both_included(many, since, until):
    expected = [
        m
        for m in many.rows
        if (since is None or m["scheduledDate"] >= since)
        and (until is None or m["scheduledDate"] <= until)
    ]
    params = {k: v for k, v in {"from": since, "to": until}.items() if v}
    if since and until and since > until:
        refused = many.manager.refused(400, "GET", "/meetings", params=params)
        assert [detail["field"] for detail in refused["details"]] == ["to"]
        return
    assert many.manager.everything("/meetings", **params) == expected
    done = [m for m in expected if m["status"] == "completed"]
    assert many.manager.everything("/meetings", **params, status="completed") == done


@pytest.mark.parametrize("order", ["asc", "desc", None])
@pytest.mark.parametrize("field", ["scheduledDate", "startTime", "createdAt"])
def test_each_sort_is_that_of_a_recount(many, field, order):
    """Dates are sorted by start within a date; ties by id."""

    def key(meeting):
        within = meeting["startTime"] if field == "scheduledDate" else ""
        return meeting[field], within, meeting["id"]

    expected = sorted(many.rows, key=key, reverse=order == "desc")
    params = {"sortBy": field} | ({"sortOrder": order} if order else {})
    assert ids_of(many.manager.everything("/meetings", **params)) == ids_of(expected)


def test_a_cycle_s_own_list_takes_the_same_filters(many):
    for id in many.cycles:
        own = [m for m in many.rows if m["cycleId"] == id]
        assert many.meetings(id) == own
        cancelled = [m for m in own if m["status"] == "cancelled"]
        assert many.manager.everything(f"/cycles/{id}/meetings", status="cancelled") == cancelled
        page, about = many.manager.page(f"/cycles/{id}/meetings", limit=2, offset=1)
        assert page == own[1:3]
        assert about.pop("nextCursor")
        assert about == {"total": 5, "limit": 2, "offset": 1, "hasMore": True}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"sortBy": "number"}, "sortBy"),
        ({"status": "done"}, "status"),
        ({"date": "today"}, "date"),
        ({"cycleId": "x"}, "cycleId"),
        ({"search": "loops"}, "search"),
        ({"type": "x"}, "type"),
    ],
)
def test_a_bad_query_names_its_parameter(many, query, field):
    assert fields_of(many.manager.refused(400, "GET", "/meetings", params=query)) == {field}


def test_an_instructor_s_list_is_their_own(many):
    """R-ACC-2: theirs, or their cycle's; foreign rows are in no list or count."""
    for caller, who in ((many.as_yael, many.yael), (many.as_omer, many.omer)):
        own = [
            m
            for m in many.rows
            if who["id"] in (m["instructorId"], many.cycles[m["cycleId"]]["instructorId"])
        ]
        seen = caller.everything("/meetings")
        assert ids_of(seen) == ids_of(own)
        assert caller.page("/meetings", limit=1)[1]["total"] == len(own)
        for shown, whole in zip(seen, own, strict=True):
            pay = set() if whole["instructorId"] == who["id"] else {"instructorPayment"}
            assert shown == {k: v for k, v in whole.items() if k not in {*MONEY, *pay}}
            assert caller.get(f"/meetings/{whole['id']}") == shown
        for foreign in (m for m in many.rows if m not in own):
            assert caller.refused(404, "GET", f"/meetings/{foreign['id']}")
            assert caller.everything("/meetings", date=foreign["scheduledDate"]) == [
                m for m in seen if m["scheduledDate"] == foreign["scheduledDate"]
            ]


# ── instructors ─────────────────────────────────────────────────────────────────────────────


def test_an_instructor_writes_notes_and_topic_of_own_meetings_only(world, cycle):
    """R-ACC-1, R-MEET-4: and never what is money or time."""
    there = world.meeting(cycle, sunday(0))
    one = f"/meetings/{there['id']}"
    seen = world.as_yael.put(one, {"topic": "loops", "notes": "fine"})
    assert (seen["topic"], seen["notes"]) == ("loops", "fine")
    assert not set(MONEY) & set(seen)
    world.as_omer.refused(404, "PUT", one, {"topic": "mine"})
    for field, value in FIXED.items():
        world.as_yael.refused(403, "PUT", one, {field: value})
        error = world.as_yael.refused(403, "PUT", one, {field: value, "topic": "x"})
        assert error["message"].startswith("instructor may change topic and notes of meetings")
        assert [(at["field"], at["reason"]) for at in error["details"]] == [
            (field, "access.denied")
        ]
    for field in ("revenue", "instructorPayment", "status"):
        world.as_yael.refused(400, "PUT", one, {field: 1})


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("flag", ["allowConflicts", "allowNoTeachingDay"])
def test_overriding_is_for_managers(world, cycle, method, flag):
    """R-SCHED-9: also where there is nothing to override."""
    one = f"/meetings/{world.meeting(cycle, sunday(0))['id']}"
    for said in ({}, {"notes": "fine"}):
        error = world.as_yael.refused(403, method, one, {flag: True, **said})
        assert error["reason"] == "access.denied"
        assert world.manager.get(one)["notes"] is None
    assert world.as_yael.send(method, one, {flag: False, "notes": "fine"}).status_code == 200
    assert world.manager.send(method, one, {flag: True}).status_code == 200


def test_the_cycles_instructor_writes_notes_of_a_substitutes_meeting(world, cycle):
    """domain.md §11 and R-ACC-2: both may; completing is for whoever holds it."""
    there = world.meeting(cycle, sunday(0), instructorId=world.omer["id"])
    one = f"/meetings/{there['id']}"
    assert world.as_yael.put(one, {"notes": "bring robots"})["notes"] == "bring robots"
    assert world.as_omer.put(one, {"topic": "loops"})["notes"] == "bring robots"
    world.as_yael.refused(403, "POST", f"{one}/complete", {})


def test_an_instructor_may_no_verb_but_completing(world, cycle):
    """R-ACC-1: 403 comes before anything else."""
    there = world.meeting(cycle, sunday(0))
    one = f"/meetings/{there['id']}"
    for method, path, body in (
        ("POST", "/meetings", {}),
        ("DELETE", one, None),
        *(
            ("POST", f"{one}/{verb}", {"x": 1})
            for verb in ("cancel", "postpone", "reopen", "recalculate", "restore")
        ),
        ("GET", f"{one}/financials", None),
        ("GET", f"/meetings/{NOBODY}/financials", None),
    ):
        assert world.as_yael.refused(403, method, path, body)["reason"] == "access.denied"


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (datetime(2026, 10, 18, 15, 59, 59), False),  # noqa: DTZ001
        (datetime(2026, 10, 18, 16, 0), True),  # noqa: DTZ001
        (datetime(2026, 10, 19, 23, 59, 59), True),  # noqa: DTZ001
        (datetime(2026, 10, 20, 0, 0), False),  # noqa: DTZ001
    ],
)
def test_its_instructor_completes_it_from_its_start_to_the_end_of_the_next_day(
    world, cycle, moment, is_open
):
    """R-MEET-4: by the wall clock of Jerusalem; managers at any time."""
    path = f"/meetings/{world.meeting(cycle, sunday(0))['id']}/complete"
    world.clock.set(moment)
    world.as_omer.refused(404, "POST", path)
    if is_open:
        seen = world.as_yael.act(path, {"topic": "loops"})
        assert (seen["status"], seen["instructorPayment"]) == ("completed", 225)
        assert not set(MONEY) & set(seen)
    else:
        error = world.as_yael.refused(409, "POST", path)
        assert error["reason"] == "meeting.outside_window"
        world.manager.act(path)


@pytest.mark.parametrize(
    ("day", "moment", "is_open"),
    [
        ("2026-10-25", datetime(2026, 10, 26, 21, 59), True),  # noqa: DTZ001
        ("2026-10-25", datetime(2026, 10, 27, 0, 0), False),  # noqa: DTZ001
        ("2026-03-27", datetime(2026, 3, 28, 23, 59), True),  # noqa: DTZ001
        ("2026-03-27", datetime(2026, 3, 29, 0, 0), False),  # noqa: DTZ001
    ],
)
def test_the_window_is_civil_across_the_change_of_clocks(world, cycle, day, moment, is_open):
    """R-MEET-4, R-SCHED-7."""
    path = f"/meetings/{world.meeting(cycle, day)['id']}/complete"
    world.clock.set(moment)
    assert world.as_yael.send("POST", path).status_code == (200 if is_open else 409)


def test_a_substitute_completes_their_meeting_and_the_cycle_s_own_does_not(world, cycle):
    """R-ACC-2: to read is the cycle's or the meeting's, to complete the meeting's."""
    there = world.meeting(cycle, sunday(0), instructorId=world.omer["id"])
    path = f"/meetings/{there['id']}"
    world.clock.set(datetime(2026, 10, 18, 17, 0))  # noqa: DTZ001
    assert "instructorPayment" not in world.as_yael.get(path)
    world.as_yael.refused(403, "POST", f"{path}/complete")
    assert world.as_omer.act(f"{path}/complete")["instructorPayment"] == 150
    assert "instructorPayment" not in world.as_yael.get(path)


def test_a_user_linked_to_no_instructor_owns_nothing(world, cycle):
    """R-ACC-1."""
    loose = world.user(Role.INSTRUCTOR)
    for path in ("/cycles", "/meetings", f"/cycles/{cycle}"):
        loose.refused(403, "GET", path)
