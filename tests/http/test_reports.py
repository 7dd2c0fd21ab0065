"""`/reports`: what the school earned, owes, taught and has still to teach."""

from __future__ import annotations

import pytest

from haitech_adapters.http.report_queries import RevenueQuery
from haitech_domain.access import Role
from haitech_domain.use_cases import reports as use_cases
from tests.http.school_world import a_school_behind_its_api, fields_of, sunday

REVENUE = "/reports/revenue"
PAYMENTS = "/reports/instructor-payments"
ATTENDANCE = "/reports/attendance-summary"
PROGRESS = "/reports/cycle-progress"
ALL = (REVENUE, PAYMENTS, ATTENDANCE, PROGRESS)


@pytest.fixture
def world():
    with a_school_behind_its_api() as world:
        yield world


def completed(world, meeting):
    return world.manager.act(f"/meetings/{meeting['id']}/complete")


def keys(report):
    return [row["key"] for row in report["rows"]]


class TestRevenue:
    def test_it_sums_completed_meetings_by_the_date_they_were_scheduled_for(self, world):
        _, first = world.generated()
        _, other = world.generated(
            startTime="18:00", endTime="19:00", meetingRevenue="100.05", activityType="online"
        )
        for meeting in (first[0], first[1], other[0]):
            completed(world, meeting)
        shown = world.manager.get(REVENUE, groupBy="day")
        assert (shown["groupBy"], shown["rowCount"]) == ("day", 2)
        assert keys(shown) == [sunday(0), sunday(1)]
        assert shown["rows"][0]["meetings"] == 2
        assert shown["rows"][0]["revenue"] == 700.05
        assert shown["totals"]["revenue"] == sum(row["revenue"] for row in shown["rows"])
        assert shown["totals"]["profit"] == pytest.approx(
            shown["totals"]["revenue"] - shown["totals"]["employerCost"]
        )

    def test_amounts_have_two_decimals_as_they_are_sent(self, world):
        _, meetings = world.generated(meetingRevenue="100.10")
        completed(world, meetings[0])
        text = world.manager.send("GET", f"{REVENUE}?groupBy=day").text
        assert '"revenue":100.10' in text

    @pytest.mark.parametrize("by", ["branch", "course", "instructor"])
    def test_things_have_names(self, world, by):
        _, meetings = world.generated()
        completed(world, meetings[0])
        [row] = world.manager.get(REVENUE, groupBy=by)["rows"]
        name = {"branch": "Herzl", "course": "Python", "instructor": "Yael"}[by]
        assert (row["name"], row["isDeleted"], row["meetings"]) == (name, False, 1)

    def test_months_and_types_have_keys_and_no_names(self, world):
        _, meetings = world.generated()
        completed(world, meetings[0])
        [row] = world.manager.get(REVENUE)["rows"]
        assert (row["key"], row["name"]) == (sunday(0)[:7], None)
        [row] = world.manager.get(REVENUE, groupBy="cycleType")["rows"]
        assert (row["key"], row["name"]) == ("institutional_fixed", None)

    def test_without_revenue_there_is_no_margin(self, world):
        shown = world.manager.get(REVENUE)
        assert (shown["rows"], shown["rowCount"]) == ([], 0)
        assert shown["totals"] == {
            "meetings": 0, "revenue": 0, "instructorPayment": 0, "employerCost": 0, "profit": 0,
            "margin": None,
        }  # fmt: skip

    def test_a_deleted_cycle_takes_its_money_along_and_brings_it_back(self, world):
        """R-PPL-4."""
        cycle, meetings = world.generated()
        completed(world, meetings[0])
        world.manager.drop(f"/cycles/{cycle}")
        assert world.manager.get(REVENUE)["totals"]["meetings"] == 0
        world.manager.act(f"/cycles/{cycle}/restore")
        assert world.manager.get(REVENUE)["totals"]["meetings"] == 1

    def test_filters_narrow_it(self, world):
        cycle, meetings = world.generated()
        for meeting in meetings[:2]:
            completed(world, meeting)
        days = {"from": sunday(1), "to": sunday(1)}
        assert world.manager.get(REVENUE, **days, cycleId=cycle)["totals"]["meetings"] == 1
        assert world.manager.get(REVENUE, branchId=cycle)["totals"]["meetings"] == 0


class TestInstructorPayments:
    def test_pay_is_shown_by_activity_and_in_all(self, world):
        _, first = world.generated()
        _, other = world.generated(startTime="18:00", endTime="18:50", activityType="online")
        completed(world, first[0])
        completed(world, other[0])
        shown = world.manager.get(PAYMENTS)
        [row] = shown["rows"]
        assert row["instructor"]["name"] == "Yael"
        assert (row["meetings"], row["minutes"], row["hours"]) == (2, 140, 2.33)
        assert [part["activityType"] for part in row["byActivity"]] == ["frontal", "online"]
        assert row["instructorPayment"] == sum(p["instructorPayment"] for p in row["byActivity"])
        assert shown["totals"]["instructorPayment"] == row["instructorPayment"]
        assert "meetings" not in shown

    def test_the_meetings_are_listed_on_request_and_in_pieces(self, world):
        _, meetings = world.generated()
        for meeting in meetings[:3]:
            completed(world, meeting)
        piece = {"include": "meetings", "meetingsLimit": 2}
        shown = world.manager.get(PAYMENTS, **piece)
        rest = world.manager.get(PAYMENTS, **piece, meetingsCursor=shown["nextMeetingsCursor"])
        lines = shown["meetings"] + rest["meetings"]
        assert [line["id"] for line in lines] == [meeting["id"] for meeting in meetings[:3]]
        assert "nextMeetingsCursor" not in rest
        assert lines[0]["branch"]["name"] == "Herzl"
        assert sum(x["instructorPayment"] for x in lines) == shown["totals"]["instructorPayment"]
        query = f"include=meetings&from=2000-01-01&meetingsCursor={shown['nextMeetingsCursor']}"
        error = world.manager.refused(400, "GET", f"{PAYMENTS}?{query}")
        assert error["reason"] == "cursor.invalid"


class TestAttendanceSummary:
    def test_all_groupings_count_the_same_marks(self, world):
        """R-ATT-4, R-REG-6."""
        cycle, meetings = world.generated()
        registered = world.registered(cycle)
        records = [
            {"registrationId": str(registered.id), "status": "late"},
            {"guestName": "בן דוד", "status": "absent", "isTrial": True},
        ]
        path = f"/meetings/{meetings[0]['id']}/attendance"
        assert world.manager.send("POST", path, {"attendance": records}).is_success
        totals = {"marks": 2, "counts": {"present": 0, "absent": 1, "late": 1}, "rate": 0.5}
        for by in ("cycle", "student", "branch", "instructor"):
            assert world.manager.get(ATTENDANCE, groupBy=by)["totals"] == totals
        student, guests = world.manager.get(ATTENDANCE, groupBy="student")["rows"]
        assert (student["key"], student["rate"]) == (str(registered.student_id), 1)
        assert (guests["key"], guests["name"], guests["rate"]) == (None, None, 0)
        only = world.manager.get(ATTENDANCE, studentId=str(registered.student_id))
        assert only["totals"]["marks"] == 1
        world.manager.act(f"/meetings/{meetings[0]['id']}/cancel")
        assert world.manager.get(ATTENDANCE)["totals"]["rate"] is None


class TestCycleProgress:
    def test_it_says_how_far_a_cycle_is_and_when_it_ends(self, world):
        """R-CYC-1, R-CYC-4."""
        cycle, meetings = world.generated()
        world.registered(cycle)
        completed(world, meetings[0])
        [row] = world.manager.get(PROGRESS)["rows"]
        planned = len(meetings)
        assert (row["cycle"]["id"], row["status"]) == (cycle, "active")
        assert (row["planned"], row["completed"], row["remaining"]) == (planned, 1, planned - 1)
        assert row["percent"] == round(100 / planned, 2)
        assert (row["registrations"], row["revenue"]) == (1, 600)
        assert row["expectedEnd"] == meetings[-1]["scheduledDate"]

    def test_meetings_that_nobody_planned_are_expected_where_planning_would_put_them(self, world):
        """R-SCHED-2, R-SCHED-4: holidays are left out, as they will be."""
        cycle = world.cycle()["id"]
        [row] = world.manager.get(PROGRESS, status="active")["rows"]
        planned = world.manager.act(f"/cycles/{cycle}/generate-meetings")["meetings"]
        assert row["expectedEnd"] == planned[-1]["scheduledDate"]
        world.manager.drop(f"/meetings/{planned[-1]['id']}")
        [row] = world.manager.get(PROGRESS)["rows"]
        assert row["expectedEnd"] == planned[-1]["scheduledDate"]
        assert world.manager.get(PROGRESS, status="cancelled")["rowCount"] == 0


class TestWhoAndHow:
    @pytest.mark.parametrize("path", ALL)
    def test_whoever_may_read_reports_reads_them(self, world, path):
        assert world.key("read:reports").get(path)["rowCount"] == 0
        assert world.key("read:meetings").refused(403, "GET", path)["reason"] == "access.denied"
        world.instructor()
        teacher = world.user(Role.INSTRUCTOR)
        assert teacher.refused(403, "GET", path)["reason"] == "access.denied"

    @pytest.mark.parametrize("path", ALL)
    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("groupBy=moon", "groupBy"),
            ("from=2026-02-30", "from"),
            ("from=1999-01-01", "from"),
            ("from=2026-03-01&to=2026-02-01", "to"),
            ("branchId=7", "branchId"),
            ("limit=0", "limit"),
            ("limit=10001", "limit"),
            ("offset=-1", "offset"),
            ("format=pdf", "format"),
            ("since=2026-01-01", "since"),
        ],
    )
    def test_what_cannot_be_asked_is_refused_by_name(self, world, path, query, field):
        assert fields_of(world.manager.refused(400, "GET", f"{path}?{query}")) == {field}

    def test_pieces_of_a_report_have_the_totals_of_the_whole(self, world):
        _, meetings = world.generated()
        for meeting in meetings[:3]:
            completed(world, meeting)
        whole = world.manager.get(REVENUE, groupBy="day")
        pieces = [world.manager.get(REVENUE, groupBy="day", limit=1, offset=n) for n in range(4)]
        assert [row for piece in pieces for row in piece["rows"]] == whole["rows"]
        assert all(piece["totals"] == whole["totals"] for piece in pieces)

    def test_a_report_that_is_too_long_for_a_file_says_so(self, world, monkeypatch):
        _, meetings = world.generated()
        for meeting in meetings[:3]:
            completed(world, meeting)
        monkeypatch.setattr(use_cases, "MOST_ROWS", 2)
        error = world.manager.refused(400, "GET", f"{REVENUE}?groupBy=day&format=csv")
        assert (error["reason"], fields_of(error)) == ("report.too_long", {"limit"})
        assert "there are 3 rows" in error["message"]

    def test_json_shows_the_first_rows_and_says_how_many_there_are(self, world, monkeypatch):
        _, meetings = world.generated()
        for meeting in meetings[:3]:
            completed(world, meeting)
        whole = world.manager.get(REVENUE, groupBy="day")
        monkeypatch.setattr(RevenueQuery, "most_shown", 2)
        first = world.manager.get(REVENUE, groupBy="day")
        assert (first["rows"], first["rowCount"]) == (whole["rows"][:2], 3)
        assert first["totals"] == whole["totals"]
        rest = world.manager.get(REVENUE, groupBy="day", offset=2)
        assert rest["rows"] == whole["rows"][2:]

    def test_whoever_has_the_report_already_is_told_so(self, world):
        answer = world.manager.send("GET", REVENUE)
        again = world.manager.send(
            "GET", REVENUE, headers={"If-None-Match": answer.headers["etag"]}
        )
        assert again.status_code == 304

    def test_a_sum_that_no_amount_holds_is_refused_and_breaks_nothing(self, world):
        """R-MONEY-1: a hundred meetings of ten thousand children at a million each."""
        largest = {"type": "institutional_per_child", "pricePerStudent": "1000000.00"}
        cycle, meetings = world.generated(**largest, studentCount=10_000, totalMeetings=101)
        ids = [meeting["id"] for meeting in meetings]
        world.manager.act("/meetings/bulk-update-status", {"ids": ids, "status": "completed"})
        for path in (REVENUE, PROGRESS):
            error = world.manager.refused(400, "GET", path)
            assert error["reason"] == "report.sum_too_large"
        assert world.manager.get(REVENUE, to=sunday(1))["totals"]["revenue"] == 20_000_000_000
        assert world.manager.get(REVENUE, cycleId=cycle, to=sunday(0))["totals"]["meetings"] == 1
