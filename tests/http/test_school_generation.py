"""Generating what a cycle misses, and recounting what it has."""

from datetime import date
from uuid import UUID

import pytest

from haitech_domain.change import Change
from haitech_domain.ids import CycleId
from haitech_domain.testing.builders import a_closure
from tests.http.school_world import SYSTEM, a_school_behind_its_api, ids_of, sunday


@pytest.fixture
def world():
    with a_school_behind_its_api() as made:
        yield made


def generate(world, id, **body):
    return world.manager.act(f"/cycles/{id}/generate-meetings", body or None)


def test_meetings_fall_weekly_on_the_cycle_s_day_at_its_times(world):
    """R-SCHED-1: from the first such day on or after the start."""
    id = world.cycle(startDate="2026-10-20", dayOfWeek="monday")["id"]
    done = generate(world, id)
    assert [m["scheduledDate"] for m in done["meetings"]] == [
        "2026-10-26",
        "2026-11-02",
        "2026-11-09",
    ]
    assert {(m["startTime"], m["endTime"]) for m in done["meetings"]} == {("16:00", "17:30")}
    assert [m["number"] for m in done["meetings"]] == [1, 2, 3]
    assert (done["created"], done["skipped"], done["conflicts"]) == (3, [], [])
    assert done["progress"]["scheduled"] == 3
    assert world.meetings(id) == done["meetings"]
    world.recounted(id)


def test_a_second_run_adds_nothing(world):
    """R-SCHED-4."""
    id, meetings = world.generated()
    written = len(world.uow.committed)
    done = generate(world, id)
    assert (done["created"], done["meetings"], done["skipped"]) == (0, [], [])
    assert world.meetings(id) == meetings
    assert len(world.uow.committed) == written


def test_only_missing_numbers_are_planned_after_the_last_live_meeting(world):
    """R-SCHED-4, R-SCHED-5."""
    id, meetings = world.generated(totalMeetings=4)
    world.manager.act(f"/meetings/{meetings[0]['id']}/cancel")
    world.manager.drop(f"/meetings/{meetings[2]['id']}")
    done = generate(world, id)
    assert [(m["number"], m["scheduledDate"]) for m in done["meetings"]] == [
        (1, sunday(4)),
        (3, sunday(5)),
    ]
    world.recounted(id)


def test_what_is_skipped_is_named(world):
    """R-SCHED-2, R-SCHED-6: Pesach 2027, a closure of the branch, and the days of remembrance."""
    days = [date(2027, 4, 4), date(2027, 4, 10)]
    closure = a_closure(
        branch_id=world.branch["id"], first_day=days[0], last_day=days[1], why="trip"
    )
    world.save(lambda tx: tx.closures, closure)
    id = world.cycle(startDate="2027-04-04", totalMeetings=4)["id"]
    done = generate(world, id)
    assert [m["scheduledDate"] for m in done["meetings"]] == [
        "2027-04-11",
        "2027-04-18",
        "2027-05-02",
        "2027-05-09",
    ]
    assert done["skipped"] == [
        {"date": "2027-04-04", "reason": "trip"},
        {"date": "2027-04-25", "reason": "Pesach"},
    ]


def test_pesach_2026_is_passed_over_week_by_week(world):
    """R-SCHED-6: «2026-04-05 Pesach»."""
    id = world.cycle(startDate="2026-03-29", totalMeetings=3)["id"]
    done = generate(world, id, dryRun=True)
    assert {"date": "2026-04-05", "reason": "Pesach"} in done["skipped"]
    assert "2026-04-05" not in {m["scheduledDate"] for m in done["meetings"]}


def test_times_survive_the_change_of_clocks(world):
    """R-SCHED-7: both in October and in March."""
    for start in ("2026-10-18", "2027-03-07"):
        id = world.cycle(startDate=start, totalMeetings=5, startTime="16:00")["id"]
        done = generate(world, id)
        assert {m["startTime"] for m in done["meetings"]} == {"16:00"}
        assert {date.fromisoformat(m["scheduledDate"]).isoweekday() for m in done["meetings"]} == {
            7
        }


def test_a_dry_run_stores_nothing(world):
    """The same plan, without a trace."""
    id = world.cycle()["id"]
    before, written = world.manager.get(f"/cycles/{id}"), len(world.uow.committed)
    dry = generate(world, id, dryRun=True)
    assert (dry["dryRun"], dry["created"], len(dry["meetings"])) == (True, 0, 3)
    assert world.meetings(id) == []
    assert world.manager.get(f"/cycles/{id}") == before
    assert len(world.uow.committed) == written
    wet = generate(world, id)
    assert [m["scheduledDate"] for m in wet["meetings"]] == [
        m["scheduledDate"] for m in dry["meetings"]
    ]
    assert generate(world, id, dryRun=True)["meetings"] == []


def test_any_conflict_refuses_the_whole(world):
    """R-SCHED-9: and with leave it is recorded on the meetings that overlap."""
    other = world.cycle(name="Other")["id"]
    there = world.meeting(other, sunday(1), "17:00", "18:00")
    id = world.cycle()["id"]
    error = world.manager.refused(409, "POST", f"/cycles/{id}/generate-meetings")
    assert error["reason"] == "instructor.busy"
    assert len(error["details"]) == 1
    assert there["id"] in error["details"][0]["message"]
    assert world.meetings(id) == []
    dry = generate(world, id, dryRun=True)
    assert [(c["meetingId"], c["cycleId"], c["date"]) for c in dry["conflicts"]] == [
        (there["id"], other, sunday(1))
    ]
    assert [m["conflictOverride"] for m in dry["meetings"]] == [False, True, False]
    done = generate(world, id, allowConflicts=True)
    assert [m["conflictOverride"] for m in done["meetings"]] == [False, True, False]
    assert len(done["conflicts"]) == 1
    assert world.meetings(id) == done["meetings"]


def test_generating_into_a_completed_cycle_reopens_it(world):
    """R-MEET-7."""
    id, meetings = world.generated(totalMeetings=1)
    world.manager.act(f"/meetings/{meetings[0]['id']}/complete")
    assert world.status(id) == "completed"
    world.manager.put(f"/cycles/{id}", {"totalMeetings": 2})
    done = generate(world, id)
    assert [m["number"] for m in done["meetings"]] == [2]
    assert world.status(id) == "active"
    world.recounted(id)


def test_a_calendar_that_ends_ends_the_plan(world):
    """R-SCHED-8, R-SCHED-2: it does not hang."""
    id = world.cycle(startDate="2100-12-19", totalMeetings=5)["id"]
    error = world.manager.refused(409, "POST", f"/cycles/{id}/generate-meetings")
    assert error["reason"] == "calendar.out_of_range"


def test_a_branch_that_is_closed_for_ever_ends_the_plan(world):
    """R-SCHED-8."""
    days = {"first_day": date(2026, 1, 1), "last_day": date(2040, 1, 1)}
    world.save(lambda tx: tx.closures, a_closure(branch_id=world.branch["id"], **days))
    id = world.cycle()["id"]
    error = world.manager.refused(409, "POST", f"/cycles/{id}/generate-meetings")
    assert error["reason"] == "plan.without_end"


def test_flags_are_truth_values(world):
    id = world.cycle()["id"]
    for body in ({"dryRun": "yes"}, {"dryRun": None}, {"dryrun": True}):
        world.manager.refused(400, "POST", f"/cycles/{id}/generate-meetings", body)


def test_a_recount_finds_no_difference(world):
    """R-CYC-1."""
    id, meetings = world.generated()
    world.manager.act(f"/meetings/{meetings[0]['id']}/complete")
    before = world.manager.get(f"/cycles/{id}")
    found = world.manager.act(f"/cycles/{id}/sync-progress")
    assert found["before"] == found["after"] == before["progress"]
    assert found["drift"] == dict.fromkeys(before["progress"], 0)
    assert world.manager.get(f"/cycles/{id}") == before


def test_a_recount_mends_what_had_drifted_and_says_so(world):
    """R-CYC-1: figures that somebody spoilt past the program."""
    id, _ = world.generated()

    async def spoil(tx):
        there = await tx.cycles.lock(CycleId(UUID(id)))
        wrong = there.changed(world.clock.now(), completed_meetings=2, scheduled_meetings=0)
        await tx.cycles.save(Change.updated(there, wrong))

    world.run(world.uow.run, SYSTEM, spoil)
    found = world.manager.act(f"/cycles/{id}/sync-progress")
    assert found["drift"] == {
        **dict.fromkeys(found["drift"], 0),
        "completed": -2,
        "scheduled": 3,
        "remaining": 2,
    }
    world.recounted(id)


def test_twenty_runs_make_the_meetings_once(world):
    """R-SCHED-4: done when the third point of the issue holds."""
    id = world.cycle()["id"]
    made = [generate(world, id)["created"] for _ in range(20)]
    assert made == [3, *[0] * 19]
    assert len(set(ids_of(world.meetings(id)))) == 3
