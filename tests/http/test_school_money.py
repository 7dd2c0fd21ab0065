"""What meetings earn and cost, over the API: snapshots, forecasts, days, recalculation."""

from decimal import Decimal
from itertools import permutations

import pytest

from tests.http.school_world import a_school_behind_its_api, sunday

FIGURES = ("revenue", "instructorPayment", "employerCost", "profit")


@pytest.fixture
def world():
    with a_school_behind_its_api() as made:
        yield made


def money(shown):
    return [shown[name] for name in FIGURES]


def complete(world, meeting):
    return world.manager.act(f"/meetings/{meeting['id']}/complete")


def test_completing_fixes_the_figures_with_their_reasons(world):
    """R-MEET-3, R-PAY-2, R-REV-6: 150.00 an hour, 90 minutes, freelancer: 225.00."""
    _, meetings = world.generated()
    path = f"/meetings/{meetings[0]['id']}"
    assert money(world.manager.get(path)) == [0] * 4
    forecast = world.manager.get(f"{path}/financials")
    assert forecast["isForecast"] is True
    assert forecast["status"] == "scheduled"
    done = complete(world, meetings[0])
    assert money(done) == [600, 225, 225, 375]
    fixed = world.manager.get(f"{path}/financials")
    assert fixed == forecast | {"isForecast": False, "status": "completed"}
    assert money(fixed) == money(done)
    lines = fixed["explanation"]
    assert {line["rule"] for line in lines} >= {"R-PAY-2", "R-PAY-4", "R-PAY-5"}
    assert any("90 minutes × 150.00 an hour" in line["text"] for line in lines)
    assert all(line["text"] for line in lines)


def test_money_leaves_as_numbers_with_two_decimals(world):
    """R-MONEY-1: in the text that is sent, and never by a float."""
    world.manager.put(f"/instructors/{world.yael['id']}", {"rateFrontal": "101.00"})
    id = world.cycle(meetingRevenue="282.49", endTime="16:50")["id"]
    meeting = world.meeting(id, sunday(0), "16:00", "16:50")
    raw = world.manager.send("POST", f"/meetings/{meeting['id']}/complete").text
    for figure in (
        '"revenue":282.49,',
        '"instructorPayment":84.17,',
        '"employerCost":84.17,',
        '"profit":198.32,',
    ):
        assert figure in raw
    raw = world.manager.send("GET", f"/meetings/{meeting['id']}/financials").text
    assert '"revenue":282.49,' in raw
    plain = world.generated(name="Other", startTime="10:00", endTime="11:00")[1][0]
    assert (
        '"revenue":600.00,' in world.manager.send("POST", f"/meetings/{plain['id']}/complete").text
    )
    assert '"revenue":0.00,' in world.manager.send("POST", f"/meetings/{plain['id']}/reopen").text


@pytest.mark.parametrize("status", ["cancelled", "postponed"])
def test_what_is_not_held_has_no_money(world, status):
    """R-MEET-3."""
    _, meetings = world.generated()
    verb = {"cancelled": "cancel", "postponed": "postpone"}[status]
    world.manager.act(f"/meetings/{meetings[0]['id']}/{verb}")
    found = world.manager.get(f"/meetings/{meetings[0]['id']}/financials")
    assert money(found) == [0] * 4
    assert (found["isForecast"], found["explanation"], found["status"]) == (False, [], status)


def test_per_child_with_stated_children(world):
    """R-REV-6: «12 children × 45.50 = 546.00»."""
    body = {"type": "institutional_per_child", "pricePerStudent": "45.50", "studentCount": 12}
    id, meetings = world.generated(**body)
    done = complete(world, meetings[0])
    assert done["revenue"] == 546
    lines = world.manager.get(f"/meetings/{done['id']}/financials")["explanation"]
    assert any("12 children × 45.50 = 546.00" in line["text"] for line in lines)
    assert world.manager.get(f"/cycles/{id}")["studentCount"] == 12


def test_per_child_counts_who_bears_revenue(world):
    """R-REV-1."""
    body = {"type": "institutional_per_child", "pricePerStudent": "33.33"}
    id, meetings = world.generated(**body)
    for status in ("registered", "active", "registered", "trial"):
        world.registered(id, status=status)
    forecast = world.manager.get(f"/meetings/{meetings[0]['id']}/financials")
    assert forecast["revenue"] == 99.99


@pytest.mark.parametrize(
    ("amounts", "total", "shares"),
    [
        (["1180.00", "1180.00"], 10, ["200.00"] * 10),
        (["1000.00"], 3, ["282.49", "282.49", "282.48"]),
    ],
)
def test_private_shares_of_the_registrations(world, amounts, total, shares):
    """R-REV-2: the worked examples."""
    id, meetings = world.generated(type="private", meetingRevenue=..., totalMeetings=total)
    for amount in amounts:
        world.registered(id, amount=amount)
    extra = world.meeting(id, sunday(total))
    got = [Decimal(str(complete(world, m)["revenue"])) for m in meetings]
    assert got == [Decimal(share) for share in shares]
    assert complete(world, extra)["revenue"] == 0
    kept = world.manager.get(f"/cycles/{id}")
    assert kept["meetingRevenue"] is None, "R-REV-5: a figure is never written back"


def test_a_meeting_without_revenue_still_pays(world):
    """R-REV-3."""
    id = world.cycle()["id"]
    meeting = world.meeting(id, sunday(0), nature="no_revenue")
    assert money(complete(world, meeting)) == [0, 225, 225, -225]


def test_an_employee_costs_more_than_the_pay(world):
    """R-PAY-4: 100.00 an hour, 75 minutes: pay 125.00, cost 162.50."""
    change = {"rateFrontal": 100, "employmentType": "employee"}
    world.manager.put(f"/instructors/{world.yael['id']}", change)
    meeting = world.meeting(world.cycle()["id"], sunday(0), "16:00", "17:15")
    assert money(complete(world, meeting)) == [600, 125, 162.5, 437.5]


def test_a_missing_rate_is_said(world):
    """R-PAY-1."""
    world.manager.put(f"/instructors/{world.yael['id']}", {"rateFrontal": None})
    meeting = world.meeting(world.cycle()["id"], sunday(0))
    assert money(complete(world, meeting)) == [600, 0, 0, 600]
    lines = world.manager.get(f"/meetings/{meeting['id']}/financials")["explanation"]
    assert any(line["text"].startswith("no rate is set") for line in lines)


def test_recalculating_applies_today_s_inputs_and_reports_both(world):
    """R-MEET-6, R-PAY-6: a changed rate changes nothing until somebody asks."""
    id, meetings = world.generated()
    path = f"/meetings/{complete(world, meetings[0])['id']}"
    world.manager.put(f"/instructors/{world.yael['id']}", {"rateFrontal": 200})
    world.manager.put(f"/cycles/{id}", {"meetingRevenue": 700})
    assert money(world.manager.get(path)) == [600, 225, 225, 375]
    found = world.manager.act(f"{path}/recalculate")
    assert money(found["before"]) == [600, 225, 225, 375]
    assert money(found["after"]) == [700, 300, 300, 400]
    assert money(found["meeting"]) == money(found["after"])
    assert any("150.00" in line["text"] for line in found["before"]["explanation"])
    assert any("200.00" in line["text"] for line in found["after"]["explanation"])
    again = world.manager.act(f"{path}/recalculate")
    assert again["before"] == again["after"]
    world.recounted(id)


def test_a_meeting_is_recalculated_though_its_instructor_has_left(world):
    """R-MEET-6, R-PPL-4."""
    id = world.cycle()["id"]
    meeting = world.meeting(id, sunday(0), instructorId=world.omer["id"])
    complete(world, meeting)
    world.admin.drop(f"/instructors/{world.omer['id']}")
    found = world.manager.act(f"/meetings/{meeting['id']}/recalculate")
    assert found["after"]["instructorPayment"] == 150


def test_a_forecast_before_the_first_rate_of_vat_is_refused(world):
    """R-MONEY-4."""
    id = world.cycle(startDate="2010-01-03", revenueIncludesVat=True)["id"]
    meeting = world.meeting(id, "2010-01-03")
    for method, verb in (("GET", "financials"), ("POST", "complete")):
        error = world.manager.refused(409, method, f"/meetings/{meeting['id']}/{verb}")
        assert error["reason"] == "vat.no_rate"


# ── by the day ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def day(world):
    """A cycle paid by the day, and three meetings of one date."""
    id = world.cycle(instructorPaymentMode="daily", instructorDailyRate="600.00")["id"]
    times = (("08:00", "09:00"), ("10:00", "11:00"), ("12:00", "13:00"))
    return id, [world.meeting(id, sunday(0), *slot) for slot in times]


def carries(world, id):
    """What each held meeting of the day is paid, by its start."""
    held = [m for m in world.meetings(id) if m["status"] == "completed"]
    for meeting in held:
        assert meeting["profit"] == meeting["revenue"] - meeting["employerCost"]
        shown = world.manager.get(f"/meetings/{meeting['id']}/financials")
        assert money(shown) == money(meeting)
        assert any(line["rule"] == "R-PAY-3" for line in shown["explanation"])
    return [meeting["instructorPayment"] for meeting in held]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_first_held_meeting_of_the_date_carries_the_day(world, day, order):
    """R-PAY-3: in whatever order they are completed and reopened."""
    id, meetings = day
    for done, position in enumerate(order, start=1):
        complete(world, meetings[position])
        assert carries(world, id) == [600, 0, 0][:done]
    for left, position in enumerate(reversed(order), start=1):
        world.manager.act(f"/meetings/{meetings[position]['id']}/reopen")
        assert carries(world, id) == [600, 0, 0][: 3 - left]
    world.recounted(id)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_deleting_and_restoring_leave_one_that_carries(world, day, order):
    """R-PAY-3."""
    id, meetings = day
    for meeting in meetings:
        complete(world, meeting)
    for left, position in enumerate(order, start=1):
        world.manager.drop(f"/meetings/{meetings[position]['id']}")
        assert carries(world, id) == [600, 0, 0][: 3 - left]
    for back, position in enumerate(order, start=1):
        world.manager.act(f"/meetings/{meetings[position]['id']}/restore")
        assert carries(world, id) == [600, 0, 0][:back]
    world.recounted(id)


def test_a_substitute_is_paid_by_the_hour(world, day):
    """R-PAY-3."""
    id, meetings = day
    world.manager.put(f"/meetings/{meetings[0]['id']}", {"instructorId": world.omer["id"]})
    assert complete(world, meetings[0])["instructorPayment"] == 100
    assert complete(world, meetings[2])["instructorPayment"] == 600
    assert complete(world, meetings[1])["instructorPayment"] == 600
    assert [m["instructorPayment"] for m in world.meetings(id)] == [100, 600, 0]


def test_each_date_is_paid_once(world, day):
    """R-PAY-3."""
    id, meetings = day
    complete(world, meetings[1])
    other = world.meeting(id, sunday(1))
    assert complete(world, other)["instructorPayment"] == 600


def test_recalculating_onto_the_hour_hands_the_day_on(world, day):
    """R-PAY-3, R-MEET-6."""
    id, meetings = day
    for meeting in meetings:
        complete(world, meeting)
    world.manager.put(f"/cycles/{id}", {"instructorPaymentMode": "hourly"})
    found = world.manager.act(f"/meetings/{meetings[0]['id']}/recalculate")
    assert found["after"]["instructorPayment"] == 150
    assert [m["instructorPayment"] for m in world.meetings(id)] == [150, 600, 0]


def test_recalculating_who_carries_the_day_applies_the_new_rate(world, day):
    """R-MEET-6."""
    id, meetings = day
    for meeting in meetings:
        complete(world, meeting)
    world.manager.put(f"/cycles/{id}", {"instructorDailyRate": 700})
    world.manager.act(f"/meetings/{meetings[2]['id']}/recalculate")
    assert carries(world, id) == [600, 0, 0]
    world.manager.act(f"/meetings/{meetings[0]['id']}/recalculate")
    assert carries(world, id) == [700, 0, 0]
