"""What becomes of the rows of cycles, and what they name."""

from __future__ import annotations

from datetime import date, time

import attrs
import pytest

from haitech_domain.branch import BranchType
from haitech_domain.course import CourseCategory
from haitech_domain.cycle import ActivityType, CycleStatus
from haitech_domain.money import Money
from tests.journeys.legacy_files import cycle, meeting
from tests.journeys.legacy_world import OnBothStores, counts, sundays

pytestmark = pytest.mark.anyio

HELD, PLANNED, POSTPONED, CANCELLED = "התקיימה", "-", "נדחתה", "בוטלה"


class TestACycle(OnBothStores):
    async def test_has_what_its_row_says(self, world):
        await world.imports([cycle(id="x", duration="45")], [])
        one = await world.cycle()
        assert (one.day_of_week, one.start_time, one.end_time) == ("sunday", time(16), time(16, 45))
        assert (one.start_date, one.end_date) == (date(2025, 11, 2), date(2026, 1, 4))
        assert (one.type, one.meeting_revenue) == ("institutional_fixed", Money.of(300))
        assert (one.revenue_includes_vat, one.price_per_student) == (False, None)
        assert (one.status, one.total_meetings) == (CycleStatus.ACTIVE, 10)
        [branch] = await world.all("branches")
        [course] = await world.all("courses")
        [teacher] = await world.all("instructors")
        assert (branch.name, branch.type) == ("בית ספר אלון", BranchType.SCHOOL)
        assert (course.name, course.category) == ("פייתון", CourseCategory.PROGRAMMING)
        assert (teacher.name, teacher.phone) == ("דנה", None)
        assert (one.branch_id, one.course_id, one.instructor_id) == (
            branch.id,
            course.id,
            teacher.id,
        )

    async def test_takes_its_price_by_its_type(self, world):
        """R-MONEY-5: a private cycle without a figure says nothing of VAT."""
        report = await world.imports(
            [
                cycle(name="ילד", pricing="מוסדי (תשלום פר ילד)", revenue="45.5"),
                cycle(name="פרטי", pricing="פרטי", revenue="150"),
                cycle(name="ריק", pricing="פרטי", revenue="", kind="אונליין פרטי"),
            ],
            [],
        )
        child, private, blank = [await world.cycle(n) for n in ("ילד", "פרטי", "ריק")]
        assert (child.price_per_student, child.meeting_revenue) == (Money.of("45.50"), None)
        assert (private.meeting_revenue, private.revenue_includes_vat) == (Money.of(150), False)
        assert (blank.meeting_revenue, blank.revenue_includes_vat) == (Money(0), None)
        assert blank.activity_type is ActivityType.PRIVATE_LESSON
        assert report.warnings == ("cycles.csv:4: no revenue is given for ריק; 0 is taken",)

    async def test_counts_its_live_meetings_whatever_the_column_says(self, world):
        rows = [
            *sundays(3),
            meeting("23/11/2025 16:00", status=PLANNED),
            meeting("30/11/2025 16:00", status=POSTPONED),
            meeting("07/12/2025 16:00", status=CANCELLED),
        ]
        report = await world.imports([cycle(days="245")], rows[::-1])
        one = await world.cycle()
        assert one.total_meetings == 4
        assert one.progress == attrs.evolve(
            one.progress, completed=3, scheduled=1, cancelled=1, postponed=1, remaining=1
        )
        assert one.end_date == date(2025, 11, 23)
        meetings = await world.meetings(one)
        assert [m.number for m in meetings] == [1, 2, 3, 4, None, None]
        assert {m.rescheduled_to_id for m in meetings} == {None}
        assert report.by_status == {
            "completed": 3,
            "scheduled": 1,
            "postponed": 1,
            "cancelled": 1,
        }

    async def test_whose_meetings_are_all_held_is_completed(self, world):
        """R-CYC-2."""
        await world.imports([cycle()], [*sundays(3), meeting("14/12/2025 16:00", status=POSTPONED)])
        one = await world.cycle()
        assert (one.status, one.remaining_meetings) == (CycleStatus.COMPLETED, 0)
        assert one.version == 1

    async def test_on_a_rest_day_is_refused(self, world):
        """R-SCHED-3."""
        report = await world.imports([cycle(day="שבת")], sundays(1))
        assert [(r.file, r.line, r.field) for r in report.rejections] == [
            ("cycles.csv", 2, "יום"),
            ("meetings.csv", 2, "מחזור"),
        ]

    async def test_without_course_or_instructor_shares_one(self, world):
        report = await world.imports(
            [cycle(course="", instructor="")], sundays(1, instructor="", lesson="-")
        )
        assert [c.name for c in await world.all("courses")] == ["ללא קורס"]
        assert [i.name for i in await world.all("instructors")] == ["ללא מדריך"]
        assert len(report.warnings) == 3

    @pytest.mark.parametrize(
        ("kinds", "type"),
        [
            (["אונליין פרטי", "אונליין קבוצתי"], BranchType.ONLINE),
            (["אונליין פרטי", "פרונטלי כללי"], BranchType.FRONTAL),
        ],
    )
    async def test_without_an_institution_shares_a_branch(self, world, kinds, type):
        rows = [cycle(name=kind, kind=kind, institution="") for kind in kinds]
        await world.imports(rows, [])
        [branch] = await world.all("branches")
        assert (branch.name, branch.type) == ("ללא מוסד", type)

    async def test_of_a_known_id_or_of_the_same_words_is_a_duplicate(self, world):
        report = await world.imports(
            [
                cycle(id="a", revenue="x"),
                cycle(id="a"),
                cycle(id="a", name="אחר"),
                cycle(name="ב"),
                cycle(name="ב", instructor="נועה"),
                cycle(name="ב"),
            ],
            [],
        )
        assert report.cycles == counts(6, 3, 0, 3)
        assert [(r.line, r.field) for r in report.rejections] == [
            (2, "הכנסה למפגש"),
            (4, "מזהה"),
            (7, "שם מחזור"),
        ]
