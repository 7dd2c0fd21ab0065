"""What the rest of a cycle would bring and cost: examples over the API, and what is refused."""

from uuid import UUID

import pytest

from haitech_adapters.calendar import IsraeliSchoolCalendar
from haitech_domain.calendar import DayOfWeek
from haitech_domain.ids import CycleId
from haitech_domain.scheduling import RestDay
from haitech_domain.use_cases import School, Supposition, WhatIf
from tests.http.school_world import NOBODY, SYSTEM, a_school_behind_its_api, fields_of, sunday

FIGURES = ("revenue", "instructorPayment", "employerCost", "profit")


@pytest.fixture
def world():
    with a_school_behind_its_api() as made:
        yield made


def what_if(world, id, **body):
    return world.manager.act(f"/cycles/{id}/what-if", body or None)


def money(shown):
    return [shown[name] for name in FIGURES]


def texts(shown):
    return [line["text"] for line in shown["explanation"]]


def complete(world, *meetings):
    return [world.manager.act(f"/meetings/{m['id']}/complete") for m in meetings]


def test_without_a_change_it_is_a_forecast_of_the_rest(world):
    """Scheduled meetings, and those that the total still misses; 600.00 and 225.00 a meeting."""
    id = world.cycle(totalMeetings=5)["id"]
    first, _, third = [world.meeting(id, sunday(n)) for n in (0, 1, 2)]
    complete(world, first)
    world.manager.act(f"/meetings/{third['id']}/cancel")
    found = what_if(world, id)
    assert found["cycleId"] == id
    assert found["projected"] == found["current"]
    current = found["current"]
    assert (current["scheduled"], current["planned"], current["meetings"]) == (1, 3, 4)
    assert current["lastDay"] == sunday(4), "it goes on after the last live meeting"
    assert money(current) == [2400, 900, 900, 1500]
    assert (found["completed"]["meetings"], money(found["completed"])) == (1, [600, 225, 225, 375])
    assert found["diff"]["profit"] == {"old": 1500, "new": 1500, "difference": 0}
    assert found["wholeCycle"]["revenue"] == {"old": 3000, "new": 3000, "difference": 0}
    assert texts(current) == [
        f"meetings scheduled: 1, still to be planned: 3; {sunday(1)} to {sunday(4)}",
        "revenue: 4 meetings × 600.00 = 2400.00 (revenue per meeting 600.00)",
        "pay: 4 meetings × 225.00 = 900.00 (90 minutes × 150.00 an hour (frontal rate) = 225.00)",
        "cost: 4 meetings × 225.00 = 900.00 (freelancer: cost = pay = 225.00)",
        "profit: 2400.00 − 900.00 = 1500.00",
    ]


def test_nothing_is_stored(world):
    id, _ = world.generated()
    before, written = world.meetings(id), len(world.uow.committed)
    what_if(world, id, priceChange=5, totalMeetings=7, instructorId=world.omer["id"])
    assert (world.meetings(id), len(world.uow.committed)) == (before, written)


@pytest.mark.parametrize(
    ("fields", "change", "revenue", "says"),
    [
        ({}, "-20.50", 1738.5, "price of a meeting 600.00 − 20.50 = 579.50"),
        (
            {"type": "institutional_per_child", "pricePerStudent": 45.5, "studentCount": 12},
            "4.50",
            1800,
            "price of a child and meeting 45.50 + 4.50 = 50.00",
        ),
        ({"type": "private"}, 100, 2100, "price of a meeting 600.00 + 100.00 = 700.00"),
    ],
    ids=["fixed", "per child", "private with a price of its own"],
)
def test_a_price_changes_where_the_type_has_it(world, fields, change, revenue, says):
    id, _ = world.generated(**fields)
    found = what_if(world, id, priceChange=change)
    assert found["projected"]["revenue"] == revenue
    assert texts(found["projected"])[0] == says
    assert money(found["current"])[1:3] == money(found["projected"])[1:3]


class TestPrivateCycles:
    @pytest.fixture
    def id(self, world):
        """Two children at 1,180.00, one who tries; ten meetings."""
        id, _ = world.generated(type="private", meetingRevenue=..., totalMeetings=10)
        for status in ("registered", "active", "trial"):
            world.registered(id, status=status, amount="1180.00")
        return id

    def test_a_price_is_that_of_each_registration(self, world, id):
        """R-REV-2: the shares of what is completed stay as they were fixed."""
        complete(world, *world.meetings(id)[:5])
        found = what_if(world, id, priceChange="-118.00")
        assert money(found["completed"])[0] == 1000
        assert found["diff"]["revenue"] == {"old": 1000, "new": 900, "difference": -100}
        assert "2 prices of registrations − 118.00 each: together 2124.00" in texts(
            found["projected"]
        )

    def test_more_children_pay_the_default_of_the_cycle(self, world, id):
        """R-REG-3."""
        world.manager.put(f"/cycles/{id}", {"defaultRegistrationAmount": "590.00"})
        found = what_if(world, id, studentCount=4)
        assert found["diff"]["revenue"] == {"old": 2000, "new": 3000, "difference": 1000}
        assert texts(found["projected"])[0] == "4 children instead of 2, the others at 590.00"
        dearer = what_if(world, id, studentCount=4, priceChange="59.00")
        assert dearer["projected"]["revenue"] == 3200, "whoever comes pays the new price"

    @pytest.mark.parametrize(("count", "revenue"), [(0, 0), (1, 1000), (2, 2000), (3, 3000)])
    def test_else_they_pay_the_average_of_those_there(self, world, id, count, revenue):
        assert what_if(world, id, studentCount=count)["projected"]["revenue"] == revenue

    def test_where_nobody_is_there_is_no_price(self, world):
        id, _ = world.generated(
            type="private", meetingRevenue=..., startTime="09:00", endTime="10:00"
        )
        found = what_if(world, id, studentCount=3, priceChange=10)
        assert found["projected"]["revenue"] == 0
        assert "3 children instead of 0, without a price" in texts(found["projected"])

    def test_more_meetings_share_the_same_amounts(self, world, id):
        found = what_if(world, id, totalMeetings=20)
        assert found["diff"]["revenue"]["difference"] == 0
        assert found["diff"]["instructorPayment"]["difference"] == 2250
        assert (found["projected"]["scheduled"], found["projected"]["planned"]) == (10, 10)

    def test_shares_that_differ_have_a_line_each(self, world):
        """R-REV-2: five of 2,880.00 over 32."""
        id = world.cycle(
            type="private", meetingRevenue=..., totalMeetings=32, startTime="09:00", endTime="10:00"
        )["id"]
        for _ in range(5):
            world.registered(id, amount="2880.00")
        found = what_if(world, id)["current"]
        assert found["revenue"] == 12203.39
        assert [t.partition(" (")[0] for t in texts(found) if t.startswith("revenue")] == [
            "revenue: 19 meetings × 381.36 = 7245.84",
            "revenue: 13 meetings × 381.35 = 4957.55",
        ]


def test_other_children_of_an_institution(world):
    """R-REV-1: the stated number, else those registered; places are told of."""
    body = {"type": "institutional_per_child", "pricePerStudent": 10, "maxStudents": 4}
    id, _ = world.generated(**body)
    world.registered(id)
    found = what_if(world, id, studentCount=5)
    assert found["diff"]["revenue"] == {"old": 30, "new": 150, "difference": 120}
    assert texts(found["projected"])[:2] == [
        "5 children instead of 1",
        "the cycle has 4 places",
    ]
    world.manager.put(f"/cycles/{id}", {"studentCount": 3})
    assert texts(what_if(world, id, studentCount=2)["projected"])[0] == "2 children instead of 3"


def test_children_do_not_bear_on_a_fixed_price(world):
    id, _ = world.generated()
    found = what_if(world, id, studentCount=50)
    assert found["diff"]["revenue"]["difference"] == 0
    assert "does not depend" in texts(found["projected"])[0]


def test_another_instructor_takes_over_what_was_the_own_one_s(world):
    """R-CYC-9: 100.00 an hour and employed; a substitute's meeting stays theirs."""
    substitute = world.instructor(name="Noa", rateFrontal=300)
    world.admin.put(f"/instructors/{world.omer['id']}", {"employmentType": "employee"})
    id, meetings = world.generated()
    world.manager.put(f"/meetings/{meetings[0]['id']}", {"instructorId": substitute["id"]})
    found = what_if(world, id, instructorId=world.omer["id"])
    assert money(found["current"]) == [1800, 900, 900, 900]
    assert money(found["projected"]) == [1800, 750, 840, 960]
    assert "Omer takes over from Yael; substitutes keep their meetings" in texts(found["projected"])


def test_a_day_is_paid_once_whoever_is_left(world):
    """R-PAY-3: one meeting of the date is held already and carries it."""
    id = world.cycle(instructorPaymentMode="daily", instructorDailyRate=600, totalMeetings=5)["id"]
    held, *_ = [world.meeting(id, sunday(0), f"{h}:00", f"{h + 1}:00") for h in (12, 10, 14)]
    complete(world, held)
    found = what_if(world, id)
    assert found["current"]["instructorPayment"] == 1200, "two dates that are not planned yet"
    assert found["wholeCycle"]["instructorPayment"]["old"] == 1800
    another = what_if(world, id, instructorId=world.omer["id"])
    assert another["projected"]["instructorPayment"] == 1800, "each has a day of their own"


def test_a_cycle_that_has_ended_misses_nothing_as_it_is(world):
    """R-CYC-1; with more meetings in all, generating would make those it misses."""
    id = world.cycle(totalMeetings=4)["id"]
    complete(world, world.meeting(id, sunday(0)))
    world.manager.put(f"/cycles/{id}", {"status": "completed"})
    found = what_if(world, id, totalMeetings=6)
    assert (found["current"]["meetings"], money(found["current"])) == (0, [0, 0, 0, 0])
    assert found["current"]["lastDay"] is None
    assert texts(found["current"]) == ["no meeting is left to be held: 0.00"]
    assert found["projected"]["planned"] == 5


def test_fewer_meetings_down_to_the_highest_that_lives(world):
    """R-CYC-8."""
    id = world.cycle(totalMeetings=5)["id"]
    for week in range(3):
        world.meeting(id, sunday(week))
    found = what_if(world, id, totalMeetings=3)
    assert (found["current"]["planned"], found["projected"]["planned"]) == (2, 0)
    error = world.manager.refused(409, "POST", f"/cycles/{id}/what-if", {"totalMeetings": 2})
    assert error["reason"] == "cycle.total_below_live_number"


def test_a_calendar_is_asked_only_for_what_is_still_to_be_planned(world):
    """R-SCHED-3: the cycle's weekday has become a rest day since."""
    id, _ = world.generated()
    resting = School(holidays=IsraeliSchoolCalendar(), rest_days=frozenset({DayOfWeek.SUNDAY}))
    ask = WhatIf(uow=world.uow, school=resting)

    def asked(total):
        supposition = Supposition(total_meetings=total)
        return world.run(ask, actor=SYSTEM, cycle_id=CycleId(UUID(id)), supposition=supposition)

    assert asked(3).current.planned == 0
    with pytest.raises(RestDay):
        asked(4)


class TestRefusals:
    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"priceChange": "-600.01"}, "priceChange"),
            ({"priceChange": "999999"}, "priceChange"),
            ({"priceChange": "0.001"}, "priceChange"),
            ({"priceChange": None}, "priceChange"),
            ({"studentCount": -1}, "studentCount"),
            ({"studentCount": 10_001}, "studentCount"),
            ({"totalMeetings": 0}, "totalMeetings"),
            ({"totalMeetings": 501}, "totalMeetings"),
            ({"instructorId": str(NOBODY)}, "instructorId"),
            ({"instructorId": "Omer"}, "instructorId"),
            ({"price": 5}, "price"),
        ],
        ids=str,
    )
    def test_what_no_cycle_could_be(self, world, body, field):
        id = world.cycle()["id"]
        error = world.manager.refused(400, "POST", f"/cycles/{id}/what-if", body)
        assert fields_of(error) == {field}

    def test_everything_is_told_at_once(self, world):
        id = world.cycle()["id"]
        body = {"priceChange": -601, "instructorId": str(NOBODY), "totalMeetings": 1}
        error = world.manager.refused(400, "POST", f"/cycles/{id}/what-if", body)
        assert fields_of(error) == {"priceChange", "instructorId"}

    def test_an_instructor_who_has_left(self, world):
        id = world.cycle()["id"]
        world.admin.drop(f"/instructors/{world.omer['id']}")
        body = {"instructorId": world.omer["id"]}
        error = world.manager.refused(400, "POST", f"/cycles/{id}/what-if", body)
        assert error["reason"] == "reference.unknown"

    def test_a_registration_below_zero(self, world):
        id = world.cycle(type="private", meetingRevenue=...)["id"]
        for amount in ("100.00", "90.00"):
            world.registered(id, amount=amount)
        path = f"/cycles/{id}/what-if"
        assert fields_of(world.manager.refused(400, "POST", path, {"priceChange": "-90.01"})) == {
            "priceChange"
        }
        what_if(world, id, priceChange="-90.00")

    def test_a_cancelled_cycle(self, world):
        id = world.cycle()["id"]
        world.manager.put(f"/cycles/{id}", {"status": "cancelled"})
        error = world.manager.refused(409, "POST", f"/cycles/{id}/what-if")
        assert error["reason"] == "cycle.is_cancelled"

    def test_no_such_cycle(self, world):
        world.manager.refused(404, "POST", f"/cycles/{NOBODY}/what-if", {})

    def test_whoever_sees_no_money(self, world):
        id = world.cycle()["id"]
        world.as_yael.refused(403, "POST", f"/cycles/{id}/what-if", {})
        world.key("read:meetings", "write:cycles").refused(403, "POST", f"/cycles/{id}/what-if")
        assert world.key("read:cycles").act(f"/cycles/{id}/what-if")["cycleId"] == id
