"""Another run of a cycle: every setting, and on request its children and its meetings (R-CYC-5)."""

from uuid import UUID

import attrs
import pytest

from haitech_domain.change import Change
from haitech_domain.cycle import Cycle
from haitech_domain.cycle.duplicate import COPIED, DERIVED, FRESH, GIVEN
from tests.http.school_world import NOBODY, SYSTEM, a_school_behind_its_api, fields_of, sunday

NEXT = {"newName": "Python, next year", "newStartDate": "2027-09-05"}
SAID = {
    "type": "private",
    "endDate": "2027-06-27",
    "pricePerStudent": "45.50",
    "defaultRegistrationAmount": "1180.00",
    "meetingRevenue": "600.00",
    "revenueIncludesVat": False,
    "instructorPaymentMode": "daily",
    "instructorDailyRate": "700.00",
    "studentCount": 12,
    "maxStudents": 3,
    "sendParentReminders": False,
    "activityType": "online",
    "location": "room 4",
    "zoomMeetingId": "987",
    "zoomJoinUrl": "https://zoom.us/j/987",
    "notes": "bring a cable",
}
OWN = {"id", "name", "startDate", "endDate", "createdAt", "updatedAt", "version"}


@pytest.fixture
def world():
    with a_school_behind_its_api() as made:
        yield made


def change_past_the_rules(world, cycle, **fields):
    """Change a cycle as an import or a setting can leave it."""

    async def change(tx):
        there = await tx.cycles.lock(UUID(cycle))
        await tx.cycles.save(Change.updated(there, there.changed(world.clock.now(), **fields)))

    world.run(world.uow.run, SYSTEM, change)


def duplicate(world, cycle, **more):
    return world.manager.make(f"/cycles/{cycle}/duplicate", NEXT | more)


def test_every_field_of_a_cycle_is_decided():
    """A new field stands in one of these sets, or nobody has thought of it."""
    decided = [*COPIED, *GIVEN, *FRESH, *DERIVED]
    assert sorted(decided) == sorted(a.name for a in attrs.fields(Cycle))


def test_every_setting_is_copied_and_the_rest_begins_anew(world):
    """Active, without meetings, children or a stated end; the source stays as it is."""
    source, meetings = world.generated(**SAID)
    world.registered(source)
    world.manager.act(f"/meetings/{meetings[0]['id']}/complete")
    there = world.manager.get(f"/cycles/{source}")
    answer = world.manager.send("POST", f"/cycles/{source}/duplicate", NEXT)
    made = answer.json()["data"]
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/v1/cycles/{made['id']}"
    assert world.manager.get(f"/cycles/{made['id']}") == made
    begun = {
        "progress": {"completed": 0, "scheduled": 0, "cancelled": 0, "postponed": 0}
        | {"total": 3, "remaining": 3},
        "completedMeetings": 0,
        "remainingMeetings": 3,
        "status": "active",
    }
    shared = {k: v for k, v in there.items() if k not in OWN} | begun
    assert {k: v for k, v in made.items() if k not in OWN} == shared
    assert (made["name"], made["startDate"]) == tuple(NEXT.values())
    assert (made["endDate"], made["version"]) == (None, 1)
    assert world.meetings(made["id"]) == world.registrations(made["id"]) == []
    assert world.manager.get(f"/cycles/{source}") == there
    assert world.events()[-1] == "cycle.created"


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_an_ended_cycle_has_another_run_too(world, status):
    source = world.cycle()["id"]
    world.manager.put(f"/cycles/{source}", {"status": status})
    assert duplicate(world, source)["status"] == "active"


def test_live_registrations_are_made_anew_unpaid_at_the_same_price(world):
    """`registered` from today; a trial too; what has ended is not copied; no price stays none."""
    source = world.cycle(**SAID)["id"]
    trial = world.registered(source, status="trial", amount="990.00", notes="brother")
    unpriced = world.registered(source)
    left = world.registered(source)
    world.manager.put(f"/registrations/{left.id}", {"status": "cancelled"})
    world.manager.put(f"/registrations/{unpriced.id}", {"amount": None})
    world.manager.put(f"/registrations/{trial.id}", {"paymentMethod": "cash"})
    made = duplicate(world, source, copyRegistrations=True)
    new = {r.student_id: r for r in world.registrations(made["id"])}
    assert set(new) == {trial.student_id, unpriced.student_id}
    one = new[trial.student_id]
    assert (one.status, str(one.amount), one.notes) == ("registered", "990.00", "brother")
    assert (one.payment_status, one.payment_method) == ("unpaid", None)
    assert one.registration_date == world.clock.civil().date()
    assert new[unpriced.student_id].amount is None
    assert {r.status for r in world.registrations(source)} == {"trial", "registered", "cancelled"}
    assert world.events()[-3:] == ["cycle.created", *["registration.created"] * 2]


def test_more_children_than_places_refuse_the_whole(world):
    """R-REG-2: capacity is asked of the new cycle, too."""
    source = world.cycle()["id"]
    for _ in range(2):
        world.registered(source)
    change_past_the_rules(world, source, max_students=1)
    before = world.manager.everything("/cycles")
    body = NEXT | {"copyRegistrations": True}
    error = world.manager.refused(409, "POST", f"/cycles/{source}/duplicate", body)
    assert error["reason"] == "cycle.full"
    assert world.manager.everything("/cycles") == before


def test_its_meetings_are_generated_from_the_new_date_on(world):
    """R-SCHED-1; overlaps refuse the whole, unless they are allowed."""
    source, _ = world.generated()
    body = NEXT | {"newStartDate": sunday(1), "generateMeetings": True}
    error = world.manager.refused(409, "POST", f"/cycles/{source}/duplicate", body)
    assert error["reason"] == "instructor.busy"
    assert len(error["details"]) == 2
    assert len(world.manager.everything("/cycles")) == 1
    made = duplicate(world, source, generateMeetings=True)
    assert [m["scheduledDate"] for m in world.meetings(made["id"])] == [
        "2027-09-05",
        "2027-09-12",
        "2027-09-19",
    ]
    assert (made["endDate"], made["progress"]["scheduled"]) == ("2027-09-19", 3)
    crowded = duplicate(world, source, **{**body, "allowConflicts": True})
    overrides = [m["conflictOverride"] for m in world.meetings(crowded["id"])]
    assert overrides == [True, True, False]
    world.recounted(crowded["id"])


def test_what_is_wrong_is_named_as_it_was_given(world):
    source = world.cycle()["id"]
    path = f"/cycles/{source}/duplicate"
    error = world.manager.refused(400, "POST", path, {})
    assert fields_of(error) == set(NEXT)
    wrong = {"newName": " ", "newStartDate": "1999-12-31"}
    assert fields_of(world.manager.refused(400, "POST", path, wrong)) == set(NEXT)
    world.manager.refused(404, "POST", f"/cycles/{NOBODY}/duplicate", NEXT)


def test_a_run_of_what_is_deleted_is_refused(world):
    """R-PPL-3: an ended cycle outlives its course; a new run would not stand on it."""
    source = world.cycle()["id"]
    world.manager.put(f"/cycles/{source}", {"status": "completed"})
    world.admin.drop(f"/courses/{world.course['id']}")
    error = world.manager.refused(409, "POST", f"/cycles/{source}/duplicate", NEXT)
    assert error["reason"] == "restore.parent_deleted"


def test_children_are_copied_by_whoever_may_register_them(world):
    """R-ACC-3: a key without `write:registrations` makes the cycle alone."""
    source = world.cycle()["id"]
    path, body = f"/cycles/{source}/duplicate", NEXT | {"copyRegistrations": True}
    world.as_yael.refused(403, "POST", path, NEXT)
    key = world.key("write:cycles")
    key.refused(403, "POST", path, body)
    key.make(path, NEXT)
    world.key("write:cycles", "write:registrations").make(path, body)


def test_a_cycle_on_what_is_a_rest_day_by_now_has_no_other_run(world):
    """R-SCHED-3: it is from before the setting."""
    source = world.cycle()["id"]
    change_past_the_rules(world, source, day_of_week="saturday")
    error = world.manager.refused(400, "POST", f"/cycles/{source}/duplicate", NEXT)
    assert error["reason"] == "cycle.rest_day"
