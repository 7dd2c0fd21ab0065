"""What becomes of the rows of meetings: money, cycles of one name, overlaps."""

from __future__ import annotations

from datetime import date, time

import pytest

from haitech_domain.change import Change
from haitech_domain.cycle import ActivityType
from haitech_domain.instructor import EmploymentType
from haitech_domain.money import Money, Net
from haitech_domain.testing.builders import (
    a_branch,
    a_course,
    a_cycle,
    a_meeting,
    an_instructor,
)
from haitech_domain.use_cases.legacy import MeetingColumn
from tests.journeys.legacy_files import cycle, meeting
from tests.journeys.legacy_world import OnBothStores, counts, sundays

pytestmark = pytest.mark.anyio

HELD, PLANNED, POSTPONED, CANCELLED = "התקיימה", "-", "נדחתה", "בוטלה"


class TestWhatExists(OnBothStores):
    async def test_is_reused_by_its_exact_name(self, world):
        course, branch = a_course(name="פייתון"), a_branch(name="בית ספר אלון")
        teacher = an_instructor(
            name="דנה", rate_frontal=Money.of(100), employment_type=EmploymentType.EMPLOYEE
        )
        await world.save(
            courses=Change.created(course),
            branches=Change.created(branch),
            instructors=Change.created(teacher),
        )
        rows = [meeting(end="02/11/2025 17:15"), meeting("09/11/2025 16:00", lesson="-")]
        await world.imports([cycle()], rows)
        one = await world.cycle()
        assert (one.course_id, one.branch_id, one.instructor_id) == (
            course.id,
            branch.id,
            teacher.id,
        )
        first, second = await world.meetings(one)
        assert (first.revenue, first.instructor_payment, first.employer_cost, first.profit) == (
            Net.of(300),
            Money.of(125),
            Money.of("162.50"),
            Money.of("137.50"),
        )
        assert (first.activity_type, second.activity_type) == (ActivityType.FRONTAL, None)
        assert second.instructor_payment == Money.of(100)

    async def test_an_instructor_without_rates_is_paid_nothing_and_that_is_said(self, world):
        """R-PAY-1."""
        await world.imports([cycle(pricing="מוסדי (תשלום פר ילד)")], sundays(1))
        [held] = await world.meetings(await world.cycle())
        assert (held.revenue, held.instructor_payment, held.profit) == (Net(0), Money(0), Money(0))
        said = [line.text for line in held.explanation]
        assert "0 children × 300.00 = 0.00 (registered)" in said
        assert "no rate is set for frontal meetings: 0.00" in said


class TestMeetingsOfASharedName(OnBothStores):
    async def test_go_where_day_and_hour_fit_then_where_dates_do_then_to_the_first(self, world):
        rows = [
            cycle(id="sunday", instructor="א"),
            cycle(id="monday", instructor="ב", day="שני", start="2026-02-02", end="2026-06-01"),
        ]
        meetings = [
            meeting("02/03/2026 16:00"),
            meeting("02/11/2025 16:00"),
            meeting("03/03/2026 09:00"),
            meeting("03/03/2027 09:00"),
        ]
        await world.imports(rows, meetings)
        names = {i.id: i.name for i in await world.all("instructors")}
        of = {names[c.instructor_id]: await world.meetings(c) for c in await world.all("cycles")}
        assert [str(m.scheduled_date) for m in of["א"]] == ["2025-11-02", "2027-03-03"]
        assert [str(m.scheduled_date) for m in of["ב"]] == ["2026-03-02", "2026-03-03"]

    async def test_are_duplicates_by_name_and_start_and_the_first_good_one_wins(self, world):
        rows = [
            meeting(end="09/11/2025 16:00"),
            meeting(lesson="אחר"),
            meeting(instructor="א"),
            meeting(instructor="ב"),
            meeting(cycle="זר"),
        ]
        report = await world.imports([cycle(id="1"), cycle(id="2", day="שני")], rows)
        assert report.meetings == counts(5, 1, 0, 4)
        assert [(r.line, r.field) for r in report.rejections] == [
            (2, MeetingColumn.END),
            (3, MeetingColumn.LESSON),
            (5, MeetingColumn.START),
            (6, MeetingColumn.CYCLE),
        ]
        assert report.rejections[2].reason == "duplicate: line 4 has the same cycle and start"


class TestOverlaps(OnBothStores):
    async def test_are_imported_with_the_override_and_listed(self, world):
        """R-SCHED-9."""
        rows = [
            meeting(),
            meeting(cycle="חוג ב", start="02/11/2025 16:30", status=PLANNED),
            meeting(cycle="חוג ב", start="02/11/2025 17:30"),
            meeting(cycle="חוג ב", start="02/11/2025 16:15", status=CANCELLED),
        ]
        report = await world.imports([cycle(), cycle(name="חוג ב")], rows)
        overrides = {m.start_time: m.conflict_override for m in await world.all("meetings")}
        assert overrides == {
            time(16): True,
            time(16, 30): True,
            time(17, 30): False,
            time(16, 15): False,
        }
        [warning] = report.warnings
        assert warning == (
            "meetings.csv:3: דנה on 2025-11-02 16:30-17:30 overlaps line 2"
            " (חוג א, 2025-11-02 16:00-17:00); imported with an override"
        )

    async def test_with_stored_meetings_are_too(self, world):
        course, branch, teacher = a_course(), a_branch(), an_instructor(name="דנה")
        there = a_cycle(course_id=course.id, branch_id=branch.id, instructor_id=teacher.id)
        stored = a_meeting(
            cycle_id=there.id, instructor_id=teacher.id, scheduled_date=date(2025, 11, 2)
        )
        await world.save(
            courses=Change.created(course),
            branches=Change.created(branch),
            instructors=Change.created(teacher),
            cycles=Change.created(there),
            meetings=Change.created(stored),
        )
        report = await world.imports([cycle()], sundays(2))
        first, second = await world.meetings(await world.cycle())
        assert (first.conflict_override, second.conflict_override) == (True, False)
        [warning] = report.warnings
        assert f"overlaps stored meeting {stored.id}" in warning
