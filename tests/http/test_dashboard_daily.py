"""`/dashboard/daily`: the school's day, as whoever runs it looks at it in the morning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.http.school_world import SUNDAY, a_school_behind_its_api, fields_of, sunday

FIGURES = ("revenue", "instructorPayment", "employerCost", "profit")
TODAY = SUNDAY.isoformat()


@pytest.fixture
def world():
    with a_school_behind_its_api() as world:
        yield world


def day_of(world, day=None):
    return world.manager.get("/dashboard/daily", **({} if day is None else {"date": day}))


def money(shown):
    return [shown[name] for name in FIGURES]


def line_of(shown, meeting):
    [line] = [line for line in shown["meetings"] if line["id"] == meeting["id"]]
    return line


class TestTheMeetingsOfTheDay:
    def test_they_come_in_order_with_the_names_of_what_they_belong_to(self, world):
        _, late = world.generated(startTime="18:00", endTime="19:00", activityType="online")
        _, early = world.generated(startTime="08:00", endTime="09:00")
        shown = day_of(world)
        assert [line["id"] for line in shown["meetings"]] == [early[0]["id"], late[0]["id"]]
        line = shown["meetings"][1]
        assert (line["startTime"], line["endTime"]) == ("18:00", "19:00")
        assert (line["number"], line["status"], line["activityType"]) == (1, "scheduled", "online")
        names = [line[kind]["name"] for kind in ("cycle", "course", "branch", "instructor")]
        assert names == ["Python, Sundays", "Python", "Herzl", "Yael"]
        assert not any(line[kind]["isDeleted"] for kind in ("course", "branch", "instructor"))
        assert line["conflictOverride"] is False

    def test_they_are_counted_by_status_and_only_those_of_the_day(self, world):
        _, first = world.generated()
        _, second = world.generated(startTime="08:00", endTime="09:00")
        _, third = world.generated(startTime="18:00", endTime="19:00")
        world.manager.act(f"/meetings/{first[0]['id']}/complete")
        world.manager.act(f"/meetings/{second[0]['id']}/cancel")
        world.manager.act(f"/meetings/{third[0]['id']}/postpone")
        counts = {"scheduled": 0, "completed": 1, "cancelled": 1, "postponed": 1}
        assert day_of(world)["counts"] == counts
        assert day_of(world, sunday(1))["counts"] == dict.fromkeys(counts, 0) | {"scheduled": 3}

    def test_the_day_is_todays_on_the_wall_clock_of_israel(self, world):
        world.clock.set(datetime(2026, 10, 17, 22, 30, tzinfo=UTC))
        assert day_of(world)["date"] == "2026-10-18"
        world.clock.set(datetime(2026, 10, 18, 22, 30, tzinfo=UTC))
        assert day_of(world)["date"] == "2026-10-19"

    def test_marks_and_children_are_those_of_the_sheet(self, world):
        """R-ATT-3, R-ATT-4."""
        cycle, taught = world.generated()
        path = f"/meetings/{taught[0]['id']}/attendance"
        registered = [world.registered(cycle) for _ in range(4)]
        world.manager.act(f"/meetings/{taught[1]['id']}/complete")  # nobody is marked there
        records = [
            {"registrationId": str(registered[0].id), "status": "present"},
            {"registrationId": str(registered[1].id), "status": "late"},
            {"guestName": "בן דוד", "status": "absent", "isTrial": True},
        ]
        answer = world.manager.send("POST", path, {"attendance": records})
        assert answer.is_success, answer.text
        line, sheet = line_of(day_of(world), taught[0]), world.manager.get(path)
        assert line["marks"] == sheet["counts"] == {"present": 1, "late": 1, "absent": 1}
        assert line["attendanceRate"] == sheet["rate"]
        assert (line["marked"], line["unmarked"]) == (3, len(sheet["unmarked"])) == (3, 2)
        assert (line["registered"], line["children"]) == (4, 4)
        other = line_of(day_of(world, sunday(1)), taught[1])
        assert (other["marked"], other["unmarked"], other["attendanceRate"]) == (0, 4, None)

    def test_as_many_children_are_expected_as_the_cycle_states(self, world):
        cycle, taught = world.generated(studentCount=22)
        world.registered(cycle)
        line = line_of(day_of(world), taught[0])
        assert (line["children"], line["registered"]) == (22, 1)


class TestTheMoneyOfTheDay:
    def test_totals_are_of_completed_meetings_and_expected_of_scheduled_ones(self, world):
        _, done = world.generated()
        _, waiting = world.generated(startTime="18:00", endTime="19:00", meetingRevenue="100.05")
        _, gone = world.generated(startTime="08:00", endTime="09:00")
        world.manager.act(f"/meetings/{gone[0]['id']}/cancel")
        world.manager.act(f"/meetings/{done[0]['id']}/complete")
        shown = day_of(world)
        assert money(shown["totals"]) == [600.0, 225.0, 225.0, 375.0]
        assert money(shown["expected"]) == [100.05, 150.0, 150.0, -49.95]
        assert money(line_of(shown, done[0])) == money(shown["totals"])
        assert money(line_of(shown, waiting[0])) == money(shown["expected"])
        assert money(line_of(shown, gone[0])) == [0, 0, 0, 0]
        forecasts = [line["isForecast"] for line in shown["meetings"]]
        assert forecasts == [False, False, True]

    def test_totals_are_what_was_fixed_whatever_rates_are_now(self, world):
        """R-PAY-6."""
        _, taught = world.generated()
        world.manager.act(f"/meetings/{taught[0]['id']}/complete")
        before = day_of(world)["totals"]
        world.manager.put(f"/instructors/{world.yael['id']}", {"rateFrontal": "999.00"})
        assert day_of(world)["totals"] == before

    def test_a_forecast_is_the_one_that_the_meeting_gives_of_itself(self, world):
        """R-REV-6: for every type of cycle, with VAT, trial registrations and an employee."""
        world.admin.put(f"/instructors/{world.omer['id']}", {"employmentType": "employee"})
        private = {"type": "private", "meetingRevenue": ..., "instructorId": world.omer["id"]}
        first, _ = world.generated(startTime="08:00", endTime="09:15", **private)
        per_child = {"type": "institutional_per_child", "pricePerStudent": "33.33"}
        second, _ = world.generated(
            startTime="10:00", endTime="11:00", revenueIncludesVat=True, **per_child
        )
        world.generated(startTime="12:00", endTime="13:00", studentCount=7, **per_child)
        for cycle, amount, status in (
            (first, "1000.00", "registered"), (first, "1180.00", "active"),
            (first, "900.00", "trial"), (second, None, "registered"), (second, "5", "active"),
        ):  # fmt: skip
            amounts = {} if amount is None else {"amount": amount}
            world.registered(cycle, status=status, **amounts)
        shown = day_of(world)
        assert len(shown["meetings"]) == 3
        for line in shown["meetings"]:
            told = world.manager.get(f"/meetings/{line['id']}/financials")
            assert told["isForecast"]
            assert money(line) == money(told)
        assert all(line["revenue"] for line in shown["meetings"])

    def test_a_daily_rate_is_expected_once_and_not_again_once_it_is_paid(self, world):
        """R-PAY-3: the first meeting of the cycle's date carries it, a substitute is paid by the hour."""
        daily = {"instructorPaymentMode": "daily", "instructorDailyRate": "600.00"}
        cycle, _ = world.generated(totalMeetings=1, **daily)
        evening = world.meeting(cycle, TODAY, "18:00", "19:00")
        morning = world.meeting(cycle, TODAY, "08:00", "09:00")
        world.meeting(cycle, TODAY, "10:00", "11:00", instructorId=world.omer["id"])
        paid = [line["instructorPayment"] for line in day_of(world)["meetings"]]
        assert paid == [600.0, 100.0, 0, 0]
        world.manager.act(f"/meetings/{evening['id']}/complete")
        shown = day_of(world)
        assert [line["instructorPayment"] for line in shown["meetings"]] == [0, 100.0, 0, 600.0]
        assert (shown["totals"]["instructorPayment"], shown["expected"]["instructorPayment"]) == (
            600.0,
            100.0,
        )
        world.manager.act(f"/meetings/{morning['id']}/complete")
        assert day_of(world)["totals"]["instructorPayment"] == 600.0

    def test_a_date_without_a_rate_of_vat_is_refused_by_name(self, world):
        """R-MONEY-4."""
        world.generated(startDate="2012-06-03", revenueIncludesVat=True)
        error = world.manager.refused(409, "GET", "/dashboard/daily?date=2012-06-03")
        assert error["reason"] == "vat.no_rate"

    def test_amounts_have_two_decimals_on_the_wire(self, world):
        world.generated(meetingRevenue="600")
        text = world.manager.send("GET", "/dashboard/daily").text
        assert '"revenue":600.00' in text
        assert '"totals":{"revenue":0.00,' in text


class TestWhatIsGone:
    def test_a_deleted_cycle_and_a_deleted_meeting_are_nowhere(self, world):
        """R-PPL-4."""
        cycle, taught = world.generated()
        _, other = world.generated(startTime="18:00", endTime="19:00")
        for meeting in (taught[0], other[0]):
            world.manager.act(f"/meetings/{meeting['id']}/complete")
        world.manager.drop(f"/meetings/{other[0]['id']}")
        assert [line["id"] for line in day_of(world)["meetings"]] == [taught[0]["id"]]
        world.manager.drop(f"/cycles/{cycle}")
        shown = day_of(world)
        assert (shown["meetings"], money(shown["totals"])) == ([], [0, 0, 0, 0])
        world.manager.act(f"/cycles/{cycle}/restore")
        assert day_of(world)["totals"]["revenue"] == 600.0

    def test_a_deleted_instructor_course_and_branch_stay_by_name_and_are_marked(self, world):
        """R-PPL-4: their completed meetings stay in every total."""
        _, taught = world.generated()
        for meeting in taught:
            world.manager.act(f"/meetings/{meeting['id']}/complete")
        world.admin.drop(f"/instructors/{world.yael['id']}")
        world.admin.drop(f"/courses/{world.course['id']}")
        world.admin.drop(f"/branches/{world.branch['id']}")
        shown = day_of(world)
        line = line_of(shown, taught[0])
        for kind, name in (("instructor", "Yael"), ("course", "Python"), ("branch", "Herzl")):
            assert (line[kind]["name"], line[kind]["isDeleted"]) == (name, True)
        assert shown["totals"]["revenue"] == 600.0


class TestWhatNobodyHasReported:
    def test_it_begins_with_the_minute_in_which_a_meeting_ends(self, world):
        _, taught = world.generated()
        world.clock.set(datetime(2026, 10, 18, 17, 29))  # noqa: DTZ001  # the wall clock
        assert day_of(world)["unreported"] == {"total": 0, "meetings": []}
        world.clock.set(datetime(2026, 10, 18, 17, 30))  # noqa: DTZ001
        [late] = day_of(world)["unreported"]["meetings"]
        assert (late["id"], late["daysLate"]) == (taught[0]["id"], 0)
        world.manager.act(f"/meetings/{taught[0]['id']}/complete")
        assert day_of(world)["unreported"]["total"] == 0

    def test_it_is_the_same_whichever_day_is_asked_for_oldest_first_with_days(self, world):
        _, taught = world.generated()
        world.clock.set(datetime(2026, 10, 27, 8, 0))  # noqa: DTZ001
        shown = day_of(world)
        late = shown["unreported"]["meetings"]
        assert [line["id"] for line in late] == [m["id"] for m in taught[:2]]
        assert [line["daysLate"] for line in late] == [9, 2]
        assert [line["scheduledDate"] for line in late] == [sunday(0), sunday(1)]
        assert late[0]["instructor"]["name"] == "Yael"
        assert day_of(world, sunday(2))["unreported"] == shown["unreported"]

    def test_a_hundred_are_named_and_all_are_counted(self, world):
        world.generated(totalMeetings=104)
        world.clock.set(datetime(2032, 1, 1, 8, 0))  # noqa: DTZ001
        unreported = day_of(world)["unreported"]
        assert (unreported["total"], len(unreported["meetings"])) == (104, 100)
        assert unreported["meetings"][0]["number"] == 1

    def test_what_is_cancelled_postponed_or_deleted_waits_for_no_report(self, world):
        _, taught = world.generated()
        world.clock.set(datetime(2026, 10, 20, 8, 0))  # noqa: DTZ001
        world.manager.act(f"/meetings/{taught[0]['id']}/cancel")
        assert day_of(world)["unreported"]["total"] == 0
        world.manager.act(f"/meetings/{taught[0]['id']}/restore")
        assert day_of(world)["unreported"]["total"] == 1
        world.manager.drop(f"/meetings/{taught[0]['id']}")
        assert day_of(world)["unreported"]["total"] == 0


class TestDaysWithoutTeaching:
    @pytest.mark.parametrize(
        ("day", "why"),
        [("2026-10-18", None), ("2026-10-17", "rest day"), ("2026-09-21", "Yom Kippur")],
    )
    def test_the_reason_for_the_whole_school_is_told(self, world, day, why):
        assert day_of(world, day)["noTeaching"] == why

    def test_closed_branches_are_told_with_their_reasons(self, world):
        branch = world.branch["id"]
        days = {"from": "2026-10-17", "to": TODAY, "reason": "שיפוצים"}
        world.manager.make(f"/branches/{branch}/closures", days)
        told = [{"branchId": branch, "branchName": "Herzl", "reason": "שיפוצים"}]
        assert day_of(world)["closures"] == told
        assert day_of(world, "2026-10-19")["closures"] == []


class TestAsking:
    @pytest.mark.parametrize(
        "query", ["date=1999-12-31", "date=2101-01-01", "date=2026-02-30", "date=", "date=today"]
    )
    def test_a_day_outside_the_calendar_is_refused(self, world, query):
        error = world.manager.refused(400, "GET", f"/dashboard/daily?{query}")
        assert fields_of(error) == {"date"}

    def test_another_parameter_is_refused(self, world):
        error = world.manager.refused(400, "GET", "/dashboard/daily?from=2026-01-01")
        assert fields_of(error) == {"from"}

    def test_whoever_looks_every_minute_is_told_when_nothing_has_changed(self, world):
        """The tag is of all that is shown: a completion, and the passing of a day, change it."""
        _, taught = world.generated()
        path = f"/dashboard/daily?date={TODAY}"
        tag = world.manager.send("GET", path).headers["etag"]
        known = {"If-None-Match": tag}
        world.clock.advance(timedelta(minutes=1))
        assert world.manager.send("GET", path, headers=known).status_code == 304
        world.clock.advance(timedelta(days=1))
        later = world.manager.send("GET", path, headers=known)
        assert later.status_code == 200
        world.manager.act(f"/meetings/{taught[0]['id']}/complete")
        assert world.manager.send("GET", path).headers["etag"] != later.headers["etag"]
