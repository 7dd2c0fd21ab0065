"""Recalculating what was held: by today's inputs, by those of a day, and only to see."""

from datetime import timedelta

import pytest

from tests.http.school_world import START, a_school_behind_its_api, sunday

FIGURES = ("revenue", "instructorPayment", "employerCost", "profit")
FIRST_DAY = START.date().isoformat()


@pytest.fixture
def world():
    with a_school_behind_its_api() as made:
        yield made


def days_later(world, days):
    """The clock, so many days after the first; gives that day."""
    world.clock.set(START + timedelta(days=days))
    return (START + timedelta(days=days)).date().isoformat()


def held(world, id, day=0, start="16:00", end="17:30", **fields):
    """A meeting that was held."""
    meeting = world.meeting(id, sunday(day), start, end, **fields)
    return world.manager.act(f"/meetings/{meeting['id']}/complete")


def money(shown):
    return [shown[name] for name in FIGURES]


def recalculated(world, meeting, **body):
    return world.manager.act(f"/meetings/{meeting['id']}/recalculate", body)


def texts(shown):
    return [line["text"] for line in shown["explanation"]]


def test_as_of_the_day_before_a_raise_the_old_figures_come_back(world):
    """R-MEET-6, R-PAY-6: 100.00 an hour, from the tenth day on 120.00; 90 minutes."""
    world.manager.put(f"/instructors/{world.yael['id']}", {"rateFrontal": "100.00"})
    meeting = held(world, world.cycle()["id"])
    assert money(meeting) == [600, 150, 150, 450]
    raised = days_later(world, 10)
    world.manager.put(f"/instructors/{world.yael['id']}", {"rateFrontal": "120.00"})
    days_later(world, 20)
    assert money(recalculated(world, meeting)["after"]) == [600, 180, 180, 420]
    assert money(recalculated(world, meeting, asOf=raised)["after"]) == [600, 180, 180, 420]
    before = (START + timedelta(days=9)).date().isoformat()
    found = recalculated(world, meeting, asOf=before)
    assert money(found["after"]) == money(meeting)
    assert texts(found["after"])[0] == f"as of {before}: the rates, prices and VAT of that day"
    assert money(world.manager.get(f"/meetings/{meeting['id']}")) == money(meeting)


def test_the_answer_has_the_differences(world):
    """R-MEET-6: old and new of each figure, and by how much it rises."""
    id = world.cycle()["id"]
    meeting = held(world, id)
    world.manager.put(f"/cycles/{id}", {"meetingRevenue": "512.34"})
    world.manager.put(
        f"/instructors/{world.yael['id']}", {"rateFrontal": 200, "employmentType": "employee"}
    )
    found = recalculated(world, meeting)
    assert found["diff"] == {
        "revenue": {"old": 600, "new": 512.34, "difference": -87.66},
        "instructorPayment": {"old": 225, "new": 300, "difference": 75},
        "employerCost": {"old": 225, "new": 390, "difference": 165},
        "profit": {"old": 375, "new": 122.34, "difference": -252.66},
    }
    assert (found["asOf"], found["dryRun"], found["changed"]) == (None, False, True)
    assert found["alsoChanged"] == []


def test_as_of_a_day_prices_and_vat_are_those_of_the_day(world):
    """R-MONEY-4, R-MEET-6: what was before all that is known is the oldest, and is said to be."""
    id = world.cycle(meetingRevenue="1170.00", revenueIncludesVat=True)["id"]
    meeting = held(world, id)
    assert meeting["revenue"] == 991.53
    days_later(world, 3)
    world.manager.put(f"/cycles/{id}", {"meetingRevenue": "1180.00"})
    assert recalculated(world, meeting)["after"]["revenue"] == 1000
    assert recalculated(world, meeting, asOf=FIRST_DAY)["after"]["revenue"] == 991.53
    found = recalculated(world, meeting, asOf="2024-12-31")["after"]
    assert found["revenue"] == 1000, "17 % of 1,170.00"
    assert texts(found)[:3] == [
        "as of 2024-12-31: the rates, prices and VAT of that day",
        f"the instructor's rates are known since {FIRST_DAY}; these are the oldest",
        f"the cycle's prices are known since {FIRST_DAY}; these are the oldest",
    ]


def test_without_a_day_the_vat_is_that_of_the_meeting(world):
    """R-MONEY-4."""
    id = world.cycle(startDate="2024-12-29", meetingRevenue="1170", revenueIncludesVat=True)["id"]
    meeting = world.meeting(id, "2024-12-29")
    world.manager.act(f"/meetings/{meeting['id']}/complete")
    assert recalculated(world, meeting)["after"]["revenue"] == 1000
    assert recalculated(world, meeting, asOf=FIRST_DAY)["after"]["revenue"] == 991.53


@pytest.mark.parametrize("as_of", [None, FIRST_DAY])
def test_a_dry_run_answers_the_same_and_stores_nothing(world, as_of):
    id = world.cycle(instructorPaymentMode="daily", instructorDailyRate=600)["id"]
    meetings = [held(world, id, start=f"{hour}:00", end=f"{hour}:45") for hour in (10, 11, 12)]
    days_later(world, 1)
    world.manager.put(f"/instructors/{world.yael['id']}", {"rateFrontal": 200})
    world.manager.put(f"/cycles/{id}", {"instructorPaymentMode": "hourly", "meetingRevenue": 700})
    before, written = world.meetings(id), len(world.uow.committed)
    dry = recalculated(world, meetings[0], asOf=as_of, dryRun=True)
    assert (world.meetings(id), len(world.uow.committed)) == (before, written)
    real = recalculated(world, meetings[0], asOf=as_of)
    assert real == dry | {"dryRun": False}
    assert real["meeting"] == world.manager.get(f"/meetings/{meetings[0]['id']}")


def test_doing_it_again_changes_nothing(world):
    meeting = held(world, world.cycle()["id"])
    assert recalculated(world, meeting)["changed"] is False
    days_later(world, 1)
    assert recalculated(world, meeting, asOf=FIRST_DAY)["changed"] is True, "it says as of when"
    written = len(world.uow.committed)
    again = recalculated(world, meeting, asOf=FIRST_DAY)
    assert (again["changed"], again["before"]) == (False, again["after"])
    assert [c.audit for c in world.uow.committed[written:]] in ([], [()])


def test_it_is_one_change_with_one_event(world):
    """Also where the day's pay goes round."""
    id = world.cycle(instructorPaymentMode="daily", instructorDailyRate=600)["id"]
    late, early = (
        held(world, id, start="12:00", end="13:00"),
        held(world, id, start="10:00", end="11:00"),
    )
    world.manager.put(f"/cycles/{id}", {"instructorDailyRate": 700})
    told = len(world.events())
    recalculated(world, early)
    assert world.events()[told:] == ["meeting.updated"]
    now = world.manager.get(f"/meetings/{early['id']}")
    assert (now["instructorPayment"], now["version"]) == (700, early["version"] + 1)
    assert world.manager.get(f"/meetings/{late['id']}")["instructorPayment"] == 0


def test_others_whose_day_s_pay_moved_are_named(world):
    """R-PAY-3, R-MEET-6."""
    id = world.cycle(instructorPaymentMode="daily", instructorDailyRate=600)["id"]
    first, second = (held(world, id, start=f"{h}:00", end=f"{h + 1}:00") for h in (10, 12))
    world.manager.put(f"/cycles/{id}", {"instructorPaymentMode": "hourly"})
    found = recalculated(world, first)
    assert found["diff"]["instructorPayment"] == {"old": 600, "new": 150, "difference": -450}
    [other] = found["alsoChanged"]
    assert (other["meetingId"], other["asked"], other["startTime"]) == (
        second["id"],
        False,
        "12:00",
    )
    assert other["diff"]["instructorPayment"] == {"old": 0, "new": 600, "difference": 600}
    assert [m["instructorPayment"] for m in world.meetings(id)] == [150, 600]


def test_as_of_a_day_the_cycle_s_own_instructor_is_that_of_the_day(world):
    """R-PAY-3: the day pays the cycle's own, and a substitute by the hour."""
    id = world.cycle(instructorPaymentMode="daily", instructorDailyRate=600)["id"]
    meeting = held(world, id)
    days_later(world, 1)
    world.manager.put(f"/cycles/{id}", {"instructorId": world.omer["id"]})
    assert recalculated(world, meeting)["after"]["instructorPayment"] == 225
    assert recalculated(world, meeting, asOf=FIRST_DAY)["after"]["instructorPayment"] == 600


def test_registrations_are_those_of_today(world):
    """Their amounts keep no history: shares sum to the price that holds (R-REV-2)."""
    id = world.cycle(type="private", meetingRevenue=..., totalMeetings=2)["id"]
    registered = world.registered(id, amount="1180.00")
    meeting = held(world, id)
    assert meeting["revenue"] == 500
    days_later(world, 1)
    world.manager.put(f"/registrations/{registered.id}", {"amount": "2360.00"})
    assert recalculated(world, meeting, asOf=FIRST_DAY)["after"]["revenue"] == 1000


def test_an_instructor_who_has_left_has_a_past(world):
    """R-PPL-4: also where it is only looked at."""
    meeting = held(world, world.cycle()["id"], instructorId=world.omer["id"])
    days_later(world, 1)
    world.admin.put(f"/instructors/{world.omer['id']}", {"rateFrontal": 500})
    world.admin.drop(f"/instructors/{world.omer['id']}")
    for dry_run in (True, False):
        found = recalculated(world, meeting, dryRun=dry_run)
        assert found["after"]["instructorPayment"] == 750
    assert recalculated(world, meeting, asOf=FIRST_DAY)["after"]["instructorPayment"] == 150


@pytest.mark.parametrize("dry_run", [True, False])
class TestRefusals:
    def refused(self, world, status, meeting, dry_run, **body):
        path = f"/meetings/{meeting['id']}/recalculate"
        return world.manager.refused(status, "POST", path, {"dryRun": dry_run, **body})

    def test_the_future_is_not_known(self, world, dry_run):
        meeting = held(world, world.cycle()["id"])
        tomorrow = (START + timedelta(days=1)).date().isoformat()
        error = self.refused(world, 400, meeting, dry_run, asOf=tomorrow)
        assert [(d["field"], d["reason"]) for d in error["details"]] == [("asOf", "date.future")]
        recalculated(world, meeting, asOf=FIRST_DAY, dryRun=dry_run)

    def test_a_day_beyond_the_calendar(self, world, dry_run):
        meeting = held(world, world.cycle()["id"])
        error = self.refused(world, 400, meeting, dry_run, asOf="1999-12-31")
        assert [d["field"] for d in error["details"]] == ["asOf"]

    def test_what_is_not_held(self, world, dry_run):
        """R-MEET-6."""
        meeting = world.meeting(world.cycle()["id"], sunday(0))
        error = self.refused(world, 409, meeting, dry_run, asOf=FIRST_DAY)
        assert error["reason"] == "meeting.cannot_recalculate"

    def test_in_a_cancelled_cycle(self, world, dry_run):
        """R-MEET-7."""
        id = world.cycle()["id"]
        meeting = held(world, id)
        world.manager.put(f"/cycles/{id}", {"status": "cancelled"})
        assert self.refused(world, 409, meeting, dry_run)["reason"] == "cycle.is_cancelled"

    def test_of_no_meeting(self, world, dry_run):
        nothing = {"id": "0190aaaa-0000-7000-8000-000000000404"}
        assert self.refused(world, 404, nothing, dry_run)["reason"] == "not_found"

    def test_before_the_first_rate_of_vat(self, world, dry_run):
        """R-MONEY-4."""
        meeting = held(world, world.cycle(revenueIncludesVat=True)["id"])
        error = self.refused(world, 409, meeting, dry_run, asOf="2013-06-01")
        assert error["reason"] == "vat.no_rate"
