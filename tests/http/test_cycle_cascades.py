"""What the end of a cycle takes along, and what reopening it brings back (R-CYC-3, R-CYC-9)."""

from uuid import UUID

import pytest

from haitech_domain.testing.builders import a_mark
from tests.http.school_world import a_school_behind_its_api, ids_of, sunday

CANCELLED = {"status": "cancelled"}
ACTIVE = {"status": "active"}


@pytest.fixture
def world():
    with a_school_behind_its_api() as made:
        yield made


def instructors(world, cycle):
    return [m["instructorId"] for m in world.meetings(cycle)]


def cancelled(world, **fields):
    """A cycle that was cancelled, and its meetings as they were before."""
    id, meetings = world.generated(**fields)
    world.manager.put(f"/cycles/{id}", CANCELLED)
    return id, meetings


def test_what_was_held_keeps_its_money_and_its_marks_through_cancelling_and_reopening(world):
    """R-CYC-3, R-REG-6: the registration is cancelled, its mark stays."""
    id, (held, *_) = world.generated()
    child = world.registered(id)
    mark = a_mark(meeting_id=UUID(held["id"]), registration_id=child.id)
    world.save(lambda tx: tx.attendance, mark)
    held = world.manager.act(f"/meetings/{held['id']}/complete")
    money = world.manager.get(f"/meetings/{held['id']}/financials")
    for status in (CANCELLED, ACTIVE):
        world.manager.put(f"/cycles/{id}", status)
        assert world.manager.get(f"/meetings/{held['id']}") == held
        assert world.manager.get(f"/meetings/{held['id']}/financials") == money
        marks, _ = world.manager.page("/attendance", meetingId=held["id"])
        assert [m["registrationId"] for m in marks] == [str(child.id)]


def test_what_ended_by_itself_before_does_not_come_back_with_its_cycle(world):
    """R-CYC-3: exactly its own cascade."""
    id, (one, *_) = world.generated()
    left, stays = world.registered(id), world.registered(id, status="active")
    world.manager.put(f"/registrations/{left.id}", CANCELLED)
    world.manager.act(f"/meetings/{one['id']}/cancel", {"reason": "rain"})
    for _ in range(2):
        world.manager.put(f"/cycles/{id}", CANCELLED)
        back = world.manager.put(f"/cycles/{id}", ACTIVE)
        assert back["progress"]["scheduled"] == 2
        statuses = {r.id: r.status for r in world.registrations(id)}
        assert statuses == {left.id: "cancelled", stays.id: "active"}
        assert world.manager.get(f"/meetings/{one['id']}")["cancellationReason"] == "rain"


def test_a_cycle_handed_over_while_it_was_cancelled_comes_back_to_its_new_instructor(world):
    """R-CYC-9: as it would have been, had it been handed over before it was cancelled."""
    id, meetings = world.generated(totalMeetings=5)
    noa = world.instructor(name="Noa")["id"]
    held, gone, substituted, *_ = ids_of(meetings)
    world.manager.act(f"/meetings/{held}/complete")
    world.manager.act(f"/meetings/{gone}/cancel")
    world.manager.put(f"/meetings/{substituted}", {"instructorId": noa})
    yael, omer = world.yael["id"], world.omer["id"]
    world.manager.put(f"/cycles/{id}", CANCELLED)
    world.manager.put(f"/cycles/{id}", {"instructorId": omer})
    world.manager.put(f"/cycles/{id}", ACTIVE)
    assert instructors(world, id) == [yael, yael, noa, omer, omer]
    world.recounted(id)
    assert world.manager.act(f"/meetings/{gone}/restore")["instructorId"] == yael


def test_the_new_instructor_s_time_is_asked_for_when_the_cycle_comes_back(world):
    """R-SCHED-9: nobody teaches what is cancelled."""
    id, _ = cancelled(world)
    world.generated(name="Other", instructorId=world.omer["id"])
    handed = world.manager.put(f"/cycles/{id}", {"instructorId": world.omer["id"]})
    assert handed["status"] == "cancelled"
    error = world.manager.refused(409, "PUT", f"/cycles/{id}", ACTIVE)
    assert (error["reason"], len(error["details"])) == ("instructor.busy", 3)
    world.generated(name="Third")
    back = ACTIVE | {"instructorId": world.yael["id"]}
    assert len(world.manager.refused(409, "PUT", f"/cycles/{id}", back)["details"]) == 3
    world.manager.put(f"/cycles/{id}", back | {"allowConflicts": True})
    assert [m["conflictOverride"] for m in world.meetings(id)] == [True] * 3


def test_handed_over_to_its_own_substitute_it_does_not_put_them_in_two_places(world):
    """R-SCHED-9: two meetings of one cycle at one time, which had an instructor each."""
    id, meetings = world.generated()
    beside = world.meeting(id, sunday(0), instructorId=world.omer["id"])
    world.manager.put(f"/cycles/{id}", CANCELLED)
    world.manager.put(f"/cycles/{id}", {"instructorId": world.omer["id"]})
    error = world.manager.refused(409, "PUT", f"/cycles/{id}", ACTIVE)
    [told] = error["details"]
    assert any(m["id"] in told["message"] for m in (beside, meetings[0]))
    world.manager.put(f"/cycles/{id}", ACTIVE | {"allowConflicts": True})
    overrides = [m["conflictOverride"] for m in world.meetings(id)]
    assert (sum(overrides[:2]), overrides[2:]) == (1, [False, False])
    assert set(instructors(world, id)) == {world.omer["id"]}
    world.recounted(id)


def test_meetings_that_overlap_with_leave_are_handed_over_while_they_are_cancelled(world):
    """R-SCHED-9: what was allowed among themselves stays allowed, and nothing else."""
    id, _ = world.generated()
    world.meeting(id, sunday(0), "17:00", "18:00", allowConflicts=True)
    world.generated(name="Other", startTime="09:00", endTime="10:00")
    alone = world.meeting(id, sunday(5), "09:30", "10:30")
    world.manager.put(
        f"/meetings/{alone['id']}", {"scheduledDate": sunday(1), "allowConflicts": True}
    )
    world.manager.put(f"/cycles/{id}", CANCELLED)
    world.manager.put(f"/cycles/{id}", {"instructorId": world.omer["id"]})
    back = world.manager.put(f"/cycles/{id}", ACTIVE)
    assert back["progress"]["scheduled"] == 5
    overrides = {m["startTime"]: m["conflictOverride"] for m in world.meetings(id)}
    assert overrides == {"16:00": False, "17:00": True, "09:30": False}
