"""Many meetings recalculated at once: all or none, each with its differences, and the sums."""

from datetime import timedelta

import pytest

from tests.http.school_world import NOBODY, START, a_school_behind_its_api, fields_of, sunday

PATH = "/meetings/bulk-recalculate"
FIRST_DAY = START.date().isoformat()
TOMORROW = (START + timedelta(days=1)).date().isoformat()


@pytest.fixture
def world():
    with a_school_behind_its_api() as made:
        yield made


def held(world, id, day=0, start="16:00", end="17:30", **fields):
    meeting = world.meeting(id, sunday(day), start, end, **fields)
    return world.manager.act(f"/meetings/{meeting['id']}/complete")


def a_day(world, **fields):
    """A cycle paid by the day, and three held meetings of one date."""
    id = world.cycle(instructorPaymentMode="daily", instructorDailyRate=600, **fields)["id"]
    times = (("08:00", "09:00"), ("10:00", "11:00"), ("12:00", "13:00"))
    return id, [held(world, id, 0, *slot) for slot in times]


def recalculated(world, *meetings, **body):
    return world.manager.act(PATH, {"ids": [m["id"] for m in meetings], **body})


def told(error):
    return {(d["field"], d["reason"]) for d in error["details"]}


def rises(shown, figure):
    return [(m["diff"][figure]["old"], m["diff"][figure]["new"]) for m in shown["meetings"]]


def test_each_is_told_in_the_order_asked_and_all_together(world):
    """R-MEET-6: over several cycles, in one transaction, progress untouched."""
    one = world.cycle()["id"]
    two = world.cycle(startTime="09:00", endTime="10:00", meetingRevenue="100.01")["id"]
    first, second = held(world, one), held(world, one, 1)
    other = held(world, two, 0, "09:00", "10:00")
    untouched = held(world, two, 1, "09:00", "10:00")
    world.manager.put(f"/cycles/{two}", {"meetingRevenue": "200.02"})
    world.manager.put(f"/instructors/{world.yael['id']}", {"rateFrontal": 200})
    before, events = len(world.uow.committed), len(world.events())
    found = recalculated(world, other, second, first)
    assert len(world.uow.committed) == before + 1
    assert world.events()[events:] == ["meeting.updated"] * 3
    assert [m["meetingId"] for m in found["meetings"]] == [other["id"], second["id"], first["id"]]
    assert rises(found, "instructorPayment") == [(150, 200), (225, 300), (225, 300)]
    assert rises(found, "revenue") == [(100.01, 200.02), (600, 600), (600, 600)]
    assert found["totals"] == {
        "revenue": {"old": 1300.01, "new": 1400.02, "difference": 100.01},
        "instructorPayment": {"old": 600, "new": 800, "difference": 200},
        "employerCost": {"old": 600, "new": 800, "difference": 200},
        "profit": {"old": 700.01, "new": 600.02, "difference": -99.99},
    }
    assert (found["recalculated"], found["changed"]) == (3, 3)
    assert world.manager.get(f"/meetings/{untouched['id']}") == untouched
    for id in (one, two):
        world.recounted(id)


def test_a_day_that_is_paid_as_a_whole_is_paid_once(world):
    """R-PAY-3: in whatever order its meetings are named."""
    id, (first, second, third) = a_day(world)
    world.manager.put(f"/cycles/{id}", {"instructorDailyRate": 700})
    found = recalculated(world, third, first, second)
    assert rises(found, "instructorPayment") == [(0, 0), (600, 700), (0, 0)]
    assert found["totals"]["instructorPayment"] == {"old": 600, "new": 700, "difference": 100}
    assert [m["instructorPayment"] for m in world.meetings(id)] == [700, 0, 0]


def test_onto_the_hour_and_back_onto_the_day(world):
    """R-PAY-3: each is changed once, however the day's pay went round."""
    id, meetings = a_day(world)
    world.manager.put(f"/cycles/{id}", {"instructorPaymentMode": "hourly"})
    events = len(world.events())
    recalculated(world, *meetings)
    assert [m["instructorPayment"] for m in world.meetings(id)] == [150] * 3
    world.manager.put(f"/cycles/{id}", {"instructorPaymentMode": "daily"})
    recalculated(world, *reversed(meetings))
    after = world.meetings(id)
    assert [m["instructorPayment"] for m in after] == [600, 0, 0]
    assert world.events()[events:].count("meeting.updated") == 6
    assert all(m["profit"] == m["revenue"] - m["employerCost"] for m in after)


def test_others_of_a_day_are_among_the_answer_and_the_sums(world):
    """What the reports will show is what is told."""
    id, (first, second, third) = a_day(world)
    world.manager.put(f"/cycles/{id}", {"instructorPaymentMode": "hourly"})
    found = recalculated(world, second, first)
    assert [(m["meetingId"], m["asked"]) for m in found["meetings"]] == [
        (second["id"], True),
        (first["id"], True),
        (third["id"], False),
    ]
    assert rises(found, "instructorPayment") == [(0, 150), (600, 150), (0, 600)]
    assert found["totals"]["instructorPayment"] == {"old": 600, "new": 900, "difference": 300}
    assert [m["instructorPayment"] for m in world.meetings(id)] == [150, 150, 600]


@pytest.mark.parametrize("as_of", [None, FIRST_DAY])
def test_a_dry_run_answers_the_same_and_stores_nothing(world, as_of):
    id, meetings = a_day(world)
    world.clock.advance(timedelta(days=1))
    world.manager.put(f"/cycles/{id}", {"instructorPaymentMode": "hourly", "meetingRevenue": 1})
    before, written = world.meetings(id), len(world.uow.committed)
    dry = recalculated(world, *meetings[:2], asOf=as_of, dryRun=True)
    assert (world.meetings(id), len(world.uow.committed)) == (before, written)
    assert recalculated(world, *meetings[:2], asOf=as_of) == dry | {"dryRun": False}


def test_as_of_the_first_day_all_is_as_it_was(world):
    """R-MEET-6: whatever was changed since."""
    id, day = a_day(world)
    other = held(world, id, 1, instructorId=world.omer["id"])
    before = world.meetings(id)
    world.clock.advance(timedelta(days=3))
    world.manager.put(f"/instructors/{world.omer['id']}", {"employmentType": "employee"})
    world.manager.put(
        f"/cycles/{id}",
        {"instructorPaymentMode": "hourly", "meetingRevenue": 1, "instructorId": world.omer["id"]},
    )
    recalculated(world, *day, other)
    assert world.meetings(id) != before
    found = recalculated(world, other, *day, asOf=FIRST_DAY)
    names = ("revenue", "instructorPayment", "employerCost", "profit")
    assert [[m[n] for n in names] for m in world.meetings(id)] == [
        [m[n] for n in names] for m in before
    ]
    assert (found["asOf"], found["recalculated"]) == (FIRST_DAY, 4)


@pytest.mark.parametrize("dry_run", [True, False])
def test_every_problem_is_told_and_nothing_is_written(world, dry_run):
    """api.md: 400 before 404 before 409, and the details list all."""
    id = world.cycle(revenueIncludesVat=True)["id"]
    good, scheduled = held(world, id), world.meeting(id, sunday(1))
    cancelled = world.cycle(startTime="09:00", endTime="10:00")["id"]
    lost = held(world, cancelled, 0, "09:00", "10:00")
    world.manager.put(f"/cycles/{cancelled}", {"status": "cancelled"})
    world.manager.put(f"/cycles/{id}", {"meetingRevenue": 1})
    ids = [good["id"], scheduled["id"], str(NOBODY), lost["id"]]
    body = {"ids": ids, "dryRun": dry_run}
    conflicts = {("ids[1]", "meeting.cannot_recalculate"), ("ids[3]", "cycle.is_cancelled")}
    error = world.manager.refused(404, "POST", PATH, body)
    assert told(error) == conflicts | {("ids[2]", "not_found")}
    repeated = body | {"ids": [*ids, ids[0]], "asOf": TOMORROW}
    error = world.manager.refused(400, "POST", PATH, repeated)
    assert told(error) == conflicts | {
        ("ids[2]", "not_found"),
        ("ids[4]", "id.repeated"),
        ("asOf", "date.future"),
    }
    body = {"ids": [ids[0], ids[1]], "asOf": "2010-01-01", "dryRun": dry_run}
    error = world.manager.refused(409, "POST", PATH, body)
    assert told(error) == {("ids[0]", "vat.no_rate"), ("ids[1]", "meeting.cannot_recalculate")}
    assert fields_of(world.manager.refused(400, "POST", PATH, {"ids": []})) == {"ids"}
    assert world.manager.get(f"/meetings/{good['id']}") == good
