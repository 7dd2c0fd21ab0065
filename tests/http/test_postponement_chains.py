"""Meetings postponed again and again, and what becomes of a chain of them (R-MEET-5, R-SCHED-5)."""

import pytest

from tests.http.school_world import a_school_behind_its_api, sunday


@pytest.fixture
def world():
    with a_school_behind_its_api() as made:
        yield made


def postponed(world, meeting, **to):
    """The original and its replacement."""
    done = world.manager.act(f"/meetings/{meeting['id']}/postpone", to)
    return done["original"], done["newMeeting"]


def now(world, meeting):
    return world.manager.get(f"/meetings/{meeting['id']}")


def test_a_chain_is_linked_both_ways_and_only_its_last_one_is_live(world):
    cycle, (first, *_) = world.generated()
    second = postponed(world, first)[1]
    third = postponed(world, second, newDate="2026-11-16")[1]
    chain = [now(world, m) for m in (first, second, third)]
    assert [m["status"] for m in chain] == ["postponed", "postponed", "scheduled"]
    assert [m["number"] for m in chain] == [1, 1, 1]
    links = [(m["rescheduledFromId"], m["rescheduledToId"]) for m in chain]
    one, two, three = (m["id"] for m in chain)
    assert links == [(None, two), (one, three), (two, None)]
    progress = world.manager.get(f"/cycles/{cycle}")["progress"]
    assert progress | {"scheduled": 3, "postponed": 2, "remaining": 3} == progress
    world.manager.act(f"/meetings/{three}/complete")
    world.recounted(cycle)


@pytest.mark.parametrize("gone", ["cancel", "delete"])
def test_a_replacement_that_is_gone_frees_its_number_and_its_original_stays_postponed(world, gone):
    """R-SCHED-4: the lesson is missing again, so it is planned anew."""
    cycle, (first, *_) = world.generated()
    original, new = postponed(world, first)
    if gone == "cancel":
        world.manager.act(f"/meetings/{new['id']}/cancel")
    else:
        world.manager.drop(f"/meetings/{new['id']}")
    assert now(world, original) == original, "it points to what it was put off to"
    [planned] = world.manager.act(f"/cycles/{cycle}/generate-meetings")["meetings"]
    assert (planned["number"], planned["rescheduledFromId"]) == (1, None)
    world.recounted(cycle)
    back = world.manager.act(f"/meetings/{new['id']}/restore", {"allowConflicts": True})
    assert (back["number"], back["rescheduledFromId"]) == (4, original["id"])
    world.recounted(cycle)


def test_a_replacement_that_comes_back_has_its_number_again(world):
    cycle, (first, *_) = world.generated()
    _, new = postponed(world, first)
    world.manager.drop(f"/meetings/{new['id']}")
    assert world.manager.act(f"/meetings/{new['id']}/restore")["number"] == 1
    world.recounted(cycle)


def test_a_postponed_meeting_is_deleted_and_restored_without_touching_its_replacement(world):
    """It holds no number and nobody's time."""
    cycle, (first, *_) = world.generated()
    original, new = postponed(world, first)
    world.manager.drop(f"/meetings/{original['id']}")
    assert now(world, new) == new
    world.recounted(cycle)
    back = world.manager.act(f"/meetings/{original['id']}/restore")
    assert (back["status"], back["rescheduledToId"]) == ("postponed", new["id"])
    world.recounted(cycle)


def test_a_chain_goes_with_its_cycle_and_comes_back_with_it(world):
    """R-CYC-3, R-PPL-3."""
    cycle, (first, *_) = world.generated()
    postponed(world, postponed(world, first)[1])
    before = {m["id"]: (m["status"], m["number"]) for m in world.meetings(cycle)}
    world.manager.put(f"/cycles/{cycle}", {"status": "cancelled"})
    world.manager.put(f"/cycles/{cycle}", {"status": "active"})
    assert {m["id"]: (m["status"], m["number"]) for m in world.meetings(cycle)} == before
    world.manager.drop(f"/cycles/{cycle}")
    world.manager.act(f"/cycles/{cycle}/restore")
    assert {m["id"]: (m["status"], m["number"]) for m in world.meetings(cycle)} == before
    world.recounted(cycle)


def test_a_new_time_without_a_date_is_looked_for_at_that_time(world):
    """R-MEET-5: the instructor has to be free then."""
    _, (first, *_) = world.generated()
    other = world.cycle(name="Other")["id"]
    world.meeting(other, sunday(3), "10:00", "11:00")
    new = postponed(world, first, newStartTime="10:30")[1]
    assert (new["scheduledDate"], new["startTime"], new["endTime"]) == (
        sunday(4),
        "10:30",
        "12:00",
    )


def test_leave_to_overlap_is_recorded_on_the_replacement_and_passes_with_the_next(world):
    """R-SCHED-9."""
    _, (first, second, _) = world.generated()
    new = postponed(world, first, newDate=second["scheduledDate"], allowConflicts=True)[1]
    assert (new["conflictOverride"], now(world, second)["conflictOverride"]) == (True, False)
    assert postponed(world, new)[1]["conflictOverride"] is False
