"""What a reader from outside found: everything told at once, in the request's own words."""

import pytest

from tests.http.school_world import a_school_behind_its_api, fields_of, sunday

NOBODY = "00000000-0000-7000-8000-00000000dead"


@pytest.fixture(scope="module")
def world():
    with a_school_behind_its_api() as made:
        yield made


def test_a_new_cycle_is_told_everything_that_is_wrong_with_it(world):
    """R-CYC-7, R-SCHED-3: values, what is between them, the rest day and unknown references."""
    refused = world.manager.refused(
        400,
        "POST",
        "/cycles",
        {
            "name": "x",
            "courseId": NOBODY,
            "branchId": world.branch["id"],
            "instructorId": NOBODY,
            "type": "institutional_fixed",
            "startDate": "2026-09-06",
            "endDate": "2020-01-01",
            "dayOfWeek": "saturday",
            "startTime": "17:00",
            "endTime": "16:00",
            "totalMeetings": 0,
            "maxStudents": 0,
        },
    )
    assert fields_of(refused) == {
        "courseId",
        "instructorId",
        "endDate",
        "dayOfWeek",
        "endTime",
        "totalMeetings",
        "maxStudents",
        "meetingRevenue",
    }


def test_a_new_meeting_is_told_everything_that_is_wrong_with_it(world):
    """R-MEET-1 and the references, in one answer."""
    body = {
        "cycleId": NOBODY,
        "instructorId": NOBODY,
        "scheduledDate": sunday(0),
        "startTime": "17:00",
        "endTime": "16:00",
        "topic": "",
        "zoomJoinUrl": "javascript:alert(1)",
    }
    refused = world.manager.refused(400, "POST", "/meetings", body)
    expected = {"cycleId", "instructorId", "endTime", "topic", "zoomJoinUrl"}
    assert fields_of(refused) == expected


@pytest.mark.parametrize("times", [("18:00", "17:00"), ("08:00", "21:00")])
def test_times_that_make_no_slot_are_refused_before_anything_is_looked_up(world, times):
    """api.md: 400 comes before 404 and 409."""
    body = {"newStartTime": times[0], "newEndTime": times[1]}
    refused = world.manager.refused(400, "POST", f"/meetings/{NOBODY}/postpone", body)
    assert fields_of(refused) == {"newEndTime"}


def test_a_postponed_meeting_keeps_its_length_where_only_its_start_is_given(world):
    """R-MEET-5: the replacement is the same lesson at another time."""
    _, meetings = world.generated()
    put = world.manager.act(
        f"/meetings/{meetings[0]['id']}/postpone", {"newDate": sunday(9), "newStartTime": "18:00"}
    )
    assert (put["newMeeting"]["startTime"], put["newMeeting"]["endTime"]) == ("18:00", "19:30")
    too_late = {"newDate": sunday(10), "newStartTime": "23:00"}
    refused = world.manager.refused(
        400, "POST", f"/meetings/{meetings[1]['id']}/postpone", too_late
    )
    assert fields_of(refused) == {"newEndTime"}


def test_verbs_without_a_body_refuse_one_that_says_something(world):
    """api.md: an unknown field is refused; an empty object says nothing."""
    id = world.cycle()["id"]
    assert world.manager.act(f"/cycles/{id}/sync-progress", {})["drift"]["completed"] == 0
    refused = world.manager.refused(400, "POST", f"/cycles/{id}/sync-progress", {"x": 1})
    assert fields_of(refused) == {"x"}
    for verb in ("reopen", "recalculate"):
        refused = world.manager.refused(400, "POST", f"/meetings/{NOBODY}/{verb}", {"x": 1})
        assert fields_of(refused) == {"x"}


def test_a_list_of_meetings_is_not_searched(world):
    """api.md names no search for meetings."""
    refused = world.manager.refused(400, "GET", "/meetings", params={"q": "x"})
    assert fields_of(refused) == {"q"}


def test_an_ended_cycle_does_not_come_back_over_deleted_parents(world):
    """R-PPL-3: 409, in words about the parent, as restoring a cycle says it."""
    course = world.admin.make("/courses", {"name": "Short", "category": "ai"})
    id = world.cycle(courseId=course["id"])["id"]
    world.manager.put(f"/cycles/{id}", {"status": "cancelled"})
    world.admin.drop(f"/courses/{course['id']}")
    refused = world.manager.refused(409, "PUT", f"/cycles/{id}", {"status": "active"})
    assert refused["reason"] == "restore.parent_deleted"
    world.admin.act(f"/courses/{course['id']}/restore")
    assert world.manager.put(f"/cycles/{id}", {"status": "active"})["status"] == "active"


def test_a_new_instructor_of_a_daily_cycle_is_paid_beside_the_old_one(world):
    """R-PAY-3: the cycle's own instructor gets the daily rate; each has a day of their own."""
    id = world.cycle(
        instructorPaymentMode="daily", instructorDailyRate="600.00", startTime="08:00",
        endTime="09:00",
    )["id"]  # fmt: skip
    day = sunday(20)
    first = world.meeting(id, day, "08:00", "09:00")
    second = world.meeting(id, day, "10:00", "11:00")
    paid = [
        world.manager.act(f"/meetings/{m['id']}/complete")["instructorPayment"]
        for m in (first, second)
    ]
    assert paid == [600, 0]
    third = world.meeting(id, day, "14:00", "15:00")
    world.manager.put(f"/cycles/{id}", {"instructorId": world.omer["id"]})
    assert world.manager.act(f"/meetings/{third['id']}/complete")["instructorPayment"] == 600
    world.manager.act(f"/meetings/{first['id']}/reopen")
    assert world.manager.get(f"/meetings/{second['id']}")["instructorPayment"] == 600
    assert world.manager.get(f"/meetings/{third['id']}")["instructorPayment"] == 600


def test_a_deleted_scheduled_meeting_does_not_return_without_its_instructor(world):
    """R-PPL-3: 409 in words about the instructor, whom the request never named."""
    id = world.cycle(startTime="06:00", endTime="07:00")["id"]
    substitute = world.instructor(name="Sub", rateFrontal="90.00")
    body = {
        "cycleId": id, "instructorId": substitute["id"], "scheduledDate": sunday(30),
        "startTime": "06:00", "endTime": "07:00",
    }  # fmt: skip
    meeting = world.manager.make("/meetings", body)
    world.manager.drop(f"/meetings/{meeting['id']}")
    world.admin.drop(f"/instructors/{substitute['id']}")
    refused = world.manager.refused(409, "POST", f"/meetings/{meeting['id']}/restore")
    assert refused["reason"] == "restore.parent_deleted"


def test_a_daily_rate_of_nothing_is_carried_by_nobody(world):
    """R-PAY-3: restoring a meeting of such a day finds nothing to carry."""
    id = world.cycle(
        instructorPaymentMode="daily", instructorDailyRate=0, startTime="06:00", endTime="07:00"
    )["id"]
    meeting = world.meeting(id, sunday(31), "06:00", "07:00")
    world.manager.act(f"/meetings/{meeting['id']}/complete")
    world.manager.drop(f"/meetings/{meeting['id']}")
    back = world.manager.act(f"/meetings/{meeting['id']}/restore")
    assert (back["status"], back["instructorPayment"]) == ("completed", 0)


def test_an_ended_cycle_returns_though_its_course_is_gone(world):
    """R-PPL-3: only something live can be orphaned; the history of a cycle can come back."""
    course = world.admin.make("/courses", {"name": "Gone", "category": "ai"})
    id = world.cycle(courseId=course["id"])["id"]
    world.manager.put(f"/cycles/{id}", {"status": "cancelled"})
    world.manager.drop(f"/cycles/{id}")
    world.admin.drop(f"/courses/{course['id']}")
    back = world.manager.act(f"/cycles/{id}/restore")
    assert (back["status"], back["course"]) == ("cancelled", None)
