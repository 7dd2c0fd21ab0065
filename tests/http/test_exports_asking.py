"""Asking for reports as files: what may be asked, and that the file says what the report says."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from zipfile import ZipFile

import pytest

from haitech_app.testing.doors import worked
from tests.http.school_world import a_school_behind_its_api, fields_of, sunday

REPORTS = ("revenue", "instructor-payments", "attendance-summary", "cycle-progress")


@pytest.fixture(scope="module")
def world():
    with a_school_behind_its_api() as world:
        cycle, meetings = world.generated(totalMeetings=6, name="=Robots")
        registered = world.registered(cycle, amount="1180")
        world.clock.set(datetime(2026, 12, 20, 20))  # noqa: DTZ001  # the wall clock
        for meeting in meetings[:4]:
            world.manager.act(f"/meetings/{meeting['id']}/complete")
            mark = {"registrationId": str(registered.id), "status": "present"}
            world.manager.make(f"/meetings/{meeting['id']}/attendance", mark)
        world.mine = cycle
        yield world


def asked(world, caller=None, **body):
    """An export as it is answered, and its address."""
    answer = (caller or world.manager).send("POST", "/reports/export", body)
    assert answer.status_code == 202, answer.text
    export = answer.json()["data"]
    assert answer.headers["location"] == f"/api/v1/reports/exports/{export['id']}"
    return export


def written(world, **body):
    """The export when it was written, and its file."""
    id = asked(world, **body)["id"]
    world.run(worked, world)
    export = world.manager.get(f"/reports/exports/{id}")
    assert export["status"] == "done", export["failure"]
    return export, world.manager.send("GET", f"/reports/exports/{id}/download").content


def rows_of(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


class TestAsking:
    def test_it_is_answered_at_once_and_written_later(self, world):
        export = asked(world, report="revenue", format="csv", **{"from": "2026-10-01"})
        assert (export["status"], export["progress"]) == ("queued", 0)
        assert export["filters"] == {"from": "2026-10-01", "groupBy": "month"}
        world.run(worked, world)
        done = world.manager.get(f"/reports/exports/{export['id']}")
        assert (done["status"], done["progress"], done["rows"]) == ("done", 100, 2)

    def test_the_same_key_is_the_same_export(self, world):
        body = {"report": "cycle-progress"}
        headers = {"Idempotency-Key": "monthly"}
        first, again = (
            world.manager.send("POST", "/reports/export", body, headers=headers) for _ in range(2)
        )
        assert first.json()["data"] == again.json()["data"]
        assert again.headers["idempotency-replayed"] == "true"

    @pytest.mark.parametrize(
        ("body", "fields"),
        [
            ({}, {"report"}),
            ({"report": "colours"}, {"report"}),
            ({"report": "revenue", "format": "html"}, {"format"}),
            ({"report": "revenue", "groupBy": "student"}, {"groupBy"}),
            ({"report": "attendance-summary", "groupBy": "day"}, {"groupBy"}),
            ({"report": "cycle-progress", "groupBy": "branch"}, {"groupBy"}),
            ({"report": "revenue", "include": "meetings"}, {"include"}),
            ({"report": "revenue", "from": "2026-02-30"}, {"from"}),
            ({"report": "revenue", "from": "1999-01-01"}, {"from"}),
            ({"report": "revenue", "from": "2026-02-02", "to": "2026-02-01"}, {"to"}),
            ({"report": "revenue", "branchId": "7", "colour": "red"}, {"branchId", "colour"}),
            (
                {"report": "revenue", "studentId": "7" * 8 + "-7777" * 3 + "-" + "7" * 12},
                {"studentId"},
            ),
            ({"report": "revenue", "limit": 5}, {"limit"}),
        ],
    )
    def test_a_question_that_the_report_does_not_know_is_refused_by_name(self, world, body, fields):
        error = world.manager.refused(400, "POST", "/reports/export", body)
        assert fields_of(error) == fields

    def test_a_key_that_may_read_reports_may_have_them_written(self, world):
        key = world.key("read:reports")
        id = asked(world, key, report="revenue")["id"]
        assert [row["id"] for row in key.everything("/reports/exports")] == [id]

    def test_more_than_ten_under_way_are_too_many(self, world):
        key = world.key("read:reports")
        ids = [asked(world, key, report="revenue")["id"] for _ in range(10)]
        error = key.refused(409, "POST", "/reports/export", {"report": "revenue"})
        assert error["reason"] == "export.too_many"
        key.act(f"/reports/exports/{ids[0]}/cancel")
        asked(world, key, report="revenue")
        world.run(worked, world)
        asked(world, key, report="revenue")


class TestWhatIsWritten:
    @pytest.mark.parametrize("language", ["he", "en"])
    @pytest.mark.parametrize("report", REPORTS)
    def test_every_report_in_every_form(self, world, report, language):
        export, content = written(world, report=report, format="csv", language=language)
        lines = rows_of(content)
        assert len(lines) == export["rows"] + 2, "titles and totals"
        assert export["fileName"].endswith(".csv")
        export, content = written(world, report=report, format="xlsx", language=language)
        with ZipFile(io.BytesIO(content)) as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert ('rightToLeft="1"' in sheet) is (language == "he")

    def test_the_file_says_what_the_report_says(self, world):
        _, content = written(world, report="revenue", format="csv", groupBy="course", language="en")
        told = world.manager.get("/reports/revenue", groupBy="course")["totals"]
        *_, totals = rows_of(content)
        for figure in ("revenue", "profit", "employerCost"):
            assert f"{told[figure]:.2f}" in totals
        assert str(told["meetings"]) in totals

    def test_the_meetings_that_are_paid_one_by_one(self, world):
        body = {"report": "instructor-payments", "include": "meetings", "format": "csv"}
        export, content = written(world, **body, cycleId=world.mine)
        assert export["filters"]["include"] == "meetings"
        _, *lines, totals = rows_of(content)
        assert [line[0] for line in lines] == [sunday(n) for n in range(4)]
        assert {line[4] for line in lines} == {"'=Robots"}, "no formula"
        told = world.manager.get("/reports/instructor-payments", cycleId=world.mine)["totals"]
        assert f"{told['instructorPayment']:.2f}" in totals

    def test_a_report_without_rows_is_a_file_all_the_same(self, world):
        export, content = written(
            world, report="instructor-payments", format="csv", include="meetings", to="2001-01-01"
        )
        assert (export["rows"], len(rows_of(content))) == (0, 2)
