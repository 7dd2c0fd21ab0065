"""What the reports count, on a handful of rows, and the tables that they make."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import attrs
import pytest

from haitech_domain.attendance import AttendanceStatus
from haitech_domain.calendar import DayOfWeek, TeachingDays
from haitech_domain.cycle import ActivityType, CycleStatus, CycleType
from haitech_domain.errors import Invalid
from haitech_domain.ids import BranchId, MeetingId, StudentId
from haitech_domain.meeting import Figures, MeetingStatus
from haitech_domain.money import Money, Net
from haitech_domain.registration import RegistrationStatus
from haitech_domain.reports import (
    AttendanceBy,
    Cut,
    Filters,
    Held,
    Marked,
    Named,
    RevenueBy,
    Run,
    attendance_summary,
    attendance_table,
    cycle_progress,
    instructor_payments,
    lines_table,
    payments_table,
    progress_row,
    progress_table,
    revenue,
    revenue_table,
)
from haitech_domain.testing import builders as make
from haitech_domain.use_cases.reports import expected

SATURDAY: Final = date(2026, 2, 28)
SUNDAY: Final = date(2026, 3, 1)


def named(name: str, n: int = 1, *, is_deleted: bool = False) -> Named:
    """A thing with a name, the same for the same name and number."""
    return Named(id=UUID(int=n), name=name, is_deleted=is_deleted)


def held(day: date = SUNDAY, earned: str = "200.00", paid: str = "125.00", **more: Any) -> Held:
    """A completed meeting of 75 minutes."""
    money = Figures(
        revenue=Net.of(earned), instructor_payment=Money.of(paid), employer_cost=Money.of("162.50")
    )
    values: dict[str, Any] = {
        "id": MeetingId(make.an_id()),
        "scheduled_date": day,
        "start_time": time(16),
        "end_time": time(17, 15),
        "number": 1,
        "activity": ActivityType.FRONTAL,
        "figures": money,
        "cycle": named("ראשון"),
        "cycle_type": CycleType.PRIVATE,
        "course": named("AI"),
        "branch": named("הרצל"),
        "instructor": named("דנה"),
    }
    return Held(**values | more)


def test_weeks_start_on_sunday() -> None:
    """api.md: a Saturday belongs to the week before the Sunday that follows it."""
    rows = revenue([held(SATURDAY), held(SUNDAY)], RevenueBy.WEEK).rows
    assert [row.of for row in rows] == [date(2026, 2, 22), SUNDAY]
    [row] = revenue([held(SUNDAY), held(date(2026, 3, 7))], RevenueBy.WEEK).rows
    assert (row.of, row.earned.meetings) == (SUNDAY, 2)


def test_margin_is_the_part_of_revenue_that_is_left_and_there_is_none_without_revenue() -> None:
    """api.md: margin is null at 0; a loss is a negative one."""
    rows = [held(), held(SATURDAY, "0.00"), held(date(2026, 3, 2), "100.00")]
    table = revenue_table(revenue(rows, RevenueBy.DAY), RevenueBy.DAY)
    assert [row[-1] for row in table.rows] == [None, Decimal("0.1875"), Decimal("-0.6250")]
    assert [column.key for column in table.columns] == [
        "day", "meetings", "revenue", "instructorPayment", "employerCost", "profit", "margin",
    ]  # fmt: skip
    assert table.totals == (
        None, 3, Net.of(300), Money.of(375), Money.of("487.50"), Money.of("-187.50"),
        Decimal("-0.6250"),
    )  # fmt: skip


def test_months_and_types_are_written_as_they_are_said() -> None:
    """A month by year and month, a type by its word."""
    rows = [held(SATURDAY), held(cycle_type=CycleType.INSTITUTIONAL_FIXED)]
    months = revenue_table(revenue(rows, RevenueBy.MONTH), RevenueBy.MONTH)
    assert [row[0] for row in months.rows] == ["2026-02", "2026-03"]
    types = revenue_table(revenue(rows, RevenueBy.CYCLE_TYPE), RevenueBy.CYCLE_TYPE)
    assert [row[0] for row in types.rows] == ["private", "institutional_fixed"]


def test_what_is_deleted_stays_by_name_and_says_so() -> None:
    """R-PPL-4: and two things of one name are two rows."""
    rows = [held(branch=named("הרצל", n, is_deleted=n == 2)) for n in (2, 1)]
    table = revenue_table(revenue(rows, RevenueBy.BRANCH), RevenueBy.BRANCH)
    assert [row[:3] for row in table.rows] == [("הרצל", None, 1), ("הרצל", "deleted", 1)]
    assert table.totals is not None
    assert table.totals[:3] == (None, None, 2)


def test_filters_count_both_days_and_everything_that_is_named() -> None:
    """What is not meant is in no row and no total."""
    rows = [held(SATURDAY), held(SUNDAY), held(date(2026, 3, 2))]
    one = Filters(from_day=SUNDAY, to_day=SUNDAY, branch_id=BranchId(rows[0].branch.id))
    assert revenue(rows, RevenueBy.DAY, one).totals.meetings == 1
    other = Filters(course_id=make.a_course().id)
    assert revenue(rows, RevenueBy.DAY, other).row_count == 0


def test_an_end_before_the_beginning_is_refused() -> None:
    """The word is the one that the request has for it."""
    with pytest.raises(Invalid) as refused:
        Filters(from_day=SUNDAY, to_day=SATURDAY)
    assert [(p.field, p.reason) for p in refused.value.problems] == [("to", "date.order")]
    with pytest.raises(Invalid) as refused:
        Filters(from_day=date(1999, 1, 1))
    assert [p.field for p in refused.value.problems] == ["from"]


def test_a_cut_shows_some_rows_and_sums_them_all() -> None:
    """Totals do not depend on what is shown."""
    rows = [held(SATURDAY), held(SUNDAY), held(date(2026, 3, 2))]
    report = revenue(rows, RevenueBy.DAY, cut=Cut(limit=1, offset=1))
    assert [row.of for row in report.rows] == [SUNDAY]
    assert (report.row_count, report.totals.meetings) == (3, 3)


def test_instructors_are_paid_by_activity_and_in_all() -> None:
    """75 and 50 minutes are 2.08 hours, and 125 minutes exactly."""
    online = held(activity=ActivityType.ONLINE, end_time=time(16, 50), paid="84.17")
    other = held(instructor=named("אבי", 2, is_deleted=True))
    report = instructor_payments([held(), online, other])
    table = payments_table(report)
    zero, hours = Money(0), Decimal("1.25")
    assert table.rows[0][:5] == ("אבי", "deleted", 1, 75, hours)
    assert table.rows[1] == (
        "דנה", None, 2, 125, Decimal("2.08"), Money.of("209.17"), Money.of(325),
        hours, Money.of(125), Decimal("0.83"), Money.of("84.17"), Decimal("0.00"), zero,
    )  # fmt: skip
    assert table.totals is not None
    assert table.totals[2:5] == (3, 200, Decimal("3.33"))
    assert table.totals[7:] == (
        Decimal("2.50"), Money.of(250), Decimal("0.83"), Money.of("84.17"), Decimal("0.00"), zero,
    )  # fmt: skip
    assert report.totals.instructor_payment == Money.of("334.17")


def test_activities_are_not_summed_over_rows_that_are_not_shown() -> None:
    """A sum of the shown ones would not be the total that stands beside it."""
    report = instructor_payments([held(), held(instructor=named("אבי", 2))], cut=Cut(limit=1))
    totals = payments_table(report).totals
    assert totals is not None
    assert totals[7:] == (None,) * 6


def test_lines_are_the_meetings_with_what_is_paid_for_each() -> None:
    """Times, hours and pay; the totals are of these lines."""
    table = lines_table([held(), held(SATURDAY)])
    assert table.rows[0] == (
        SUNDAY, time(16), time(17, 15), "דנה", "ראשון", "AI", "הרצל", None, "frontal",
        75, Decimal("1.25"), Money.of(125), Money.of("162.50"),
    )  # fmt: skip
    assert table.totals is not None
    assert table.totals[9:] == (150, Decimal("2.50"), Money.of(250), Money.of(325))
    assert all(len(row) == len(table.columns) for row in (*table.rows, table.totals))


def test_guests_are_counted_together_and_last() -> None:
    """R-ATT-4: (present + late) / all marks, of whatever is counted."""
    there = dict.fromkeys(("cycle", "course", "branch", "instructor"), named("א"))
    came = [
        Marked(status=status, scheduled_date=SUNDAY, student=student, **there)
        for status, student in (
            (AttendanceStatus.PRESENT, None),
            (AttendanceStatus.ABSENT, named("דנה")),
            (AttendanceStatus.LATE, named("דנה")),
        )
    ]
    report = attendance_summary(came, AttendanceBy.STUDENT)
    table = attendance_table(report, AttendanceBy.STUDENT)
    assert list(table.rows) == [
        ("דנה", None, 2, 0, 1, 1, Decimal("0.5000")),
        (None, "guests", 1, 1, 0, 0, Decimal("1.0000")),
    ]
    assert table.totals == (None, None, 3, 1, 1, 1, Decimal("0.6667"))
    only = Filters(student_id=StudentId(named("דנה").id))
    assert attendance_summary(came, AttendanceBy.CYCLE, only).totals.total == 2


def run(**more: Any) -> Run:
    """A cycle of three meetings: one completed, one scheduled, one not planned yet."""
    cycle = make.a_cycle(
        name="ראשון",
        total_meetings=3,
        start_date=SUNDAY,
        day_of_week=DayOfWeek.SUNDAY,
        end_date=date(2026, 3, 8),
        completed_meetings=1,
        scheduled_meetings=1,
        **more,
    )
    meetings = [
        make.a_meeting(
            cycle_id=cycle.id,
            number=1,
            status=MeetingStatus.COMPLETED,
            revenue=Net.of(200),
            profit=Money.of(200),
        ),
        make.a_meeting(cycle_id=cycle.id, number=2),
        make.gone(make.a_meeting(cycle_id=cycle.id, number=3)),
        make.a_meeting(cycle_id=cycle.id, number=3, status=MeetingStatus.CANCELLED),
    ]
    student = make.a_student()
    registrations = [
        make.a_registration(cycle_id=cycle.id, student_id=student.id, status=status)
        for status in RegistrationStatus
    ]
    away = make.gone(make.a_registration(cycle_id=cycle.id))
    parts = dict(zip(("course", "branch", "instructor"), map(named, "אבג"), strict=True))
    return Run(cycle=cycle, meetings=meetings, registrations=[*registrations, away], **parts)


def test_progress_counts_the_plan_and_what_is_left_of_it() -> None:
    """R-CYC-1: a deleted or cancelled meeting holds no number; a student counts once."""
    report = cycle_progress([run()])
    [row] = report.rows
    assert (row.planned, row.completed, row.scheduled, row.remaining) == (3, 1, 1, 2)
    assert (row.unplanned, row.registrations, row.revenue) == (1, 1, Net.of(200))
    assert row.is_waiting
    table = progress_table(report)
    assert table.rows[0] == (
        "ראשון", "א", "ב", "ג", None, "active", 3, 1, 2, Decimal("0.3333"), 1, Net.of(200), None,
    )  # fmt: skip
    assert table.totals is not None
    assert table.totals[6:] == (3, 1, 2, Decimal("0.3333"), 1, Net.of(200), None)


def test_tables_with_several_names_say_which_are_deleted() -> None:
    """R-PPL-4: of progress, and of the meetings that are paid."""
    gone = named("ד", is_deleted=True)
    table = progress_table(cycle_progress([attrs.evolve(run(), course=gone, branch=gone)]))
    assert table.rows[0][1:5] == ("ד", "ד", "ג", "course-deleted,branch-deleted")
    assert all(len(row) == len(table.columns) for row in table.rows)
    lines = lines_table([held(instructor=gone), held(course=gone), held(branch=gone), held()])
    place = [column.key for column in lines.columns].index("remark")
    assert [row[place] for row in lines.rows] == [
        "instructor-deleted", "course-deleted", "branch-deleted", None,
    ]  # fmt: skip


def test_cycles_are_meant_that_overlap_the_days() -> None:
    """As in their list: from their start to their end, and for ever where there is no end."""
    one, status = run(), CycleStatus.ACTIVE
    for first, last, found in (
        (date(2026, 3, 8), None, 1),
        (date(2026, 3, 9), None, 0),
        (None, SUNDAY, 1),
        (None, SATURDAY, 0),
    ):
        filters = Filters(from_day=first, to_day=last)
        assert cycle_progress([one], filters, status).row_count == found
    assert cycle_progress([one], None, CycleStatus.CANCELLED).row_count == 0
    assert cycle_progress([]).totals.part is None


class ClosedOn:
    """A calendar that closes some weekdays for ever."""

    def __init__(self, *days: DayOfWeek) -> None:
        self._days = days

    def closed_on(self, day: date) -> str | None:
        """Why there is no teaching on a day."""
        return "closed" if DayOfWeek.of(day) in self._days else None


def test_a_cycle_is_expected_to_end_where_planning_the_rest_would_put_the_last() -> None:
    """R-CYC-4, R-SCHED-4, R-SCHED-8: and nowhere, if the calendar has no day for it."""
    row = progress_row(run())
    open_days, closed = TeachingDays(ClosedOn()), TeachingDays(ClosedOn(DayOfWeek.SUNDAY))
    assert row.last_meeting is not None
    assert expected(row, open_days) == row.last_meeting + timedelta(days=7)
    assert expected(row, closed) is None
    assert expected(row, None) == row.last_day
    over = progress_row(run(status=CycleStatus.COMPLETED))
    assert expected(over, open_days) == over.last_day
