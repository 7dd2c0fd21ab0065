"""R-SCHED-9, R-SCHED-10: an instructor is never in two places, and when they are free."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import pytest

from haitech_domain.calendar import (
    CalendarOutOfRange,
    DateRange,
    DayOfWeek,
    TeachingDays,
    TimeSlot,
)
from haitech_domain.errors import BadValue, Kind
from haitech_domain.ids import CycleId, InstructorId, MeetingId
from haitech_domain.instructor import WeeklyWindows, Window
from haitech_domain.meeting import Meeting, MeetingStatus
from haitech_domain.scheduling import (
    Availability,
    Conflict,
    InstructorBusy,
    conflicts,
    free_slots,
    refuse,
)
from haitech_domain.scheduling.availability import FreeSlot

AT = datetime(2026, 1, 1, tzinfo=UTC)
SUNDAY, FRIDAY, SATURDAY = date(2026, 3, 1), date(2026, 3, 6), date(2026, 3, 7)
SLOT = TimeSlot(time(16), time(17))


class NoHolidays:
    def closed_on(self, day: date) -> str | None:
        return "Purim" if day == date(2026, 3, 3) else None


TEACHING = TeachingDays(NoHolidays())


def a_meeting(start: str, end: str, **facts: Any) -> Meeting:
    given = {
        "id": MeetingId(UUID(int=50)),
        "cycle_id": CycleId(UUID(int=1)),
        "instructor_id": InstructorId(UUID(int=4)),
        "scheduled_date": SUNDAY,
        "start_time": start,
        "end_time": end,
        "number": 1,
        "created_at": AT,
        "updated_at": AT,
    }
    return Meeting(**{**given, **facts})


def clock(*slots: FreeSlot) -> list[str]:
    return [f"{slot.start:%H:%M}-{slot.end:%H:%M}" for slot in slots]


def free_on(day: date, availability: Availability, *meetings: Meeting) -> list[str]:
    return clock(*free_slots(DateRange(day, day), availability, TEACHING, meetings))


# --- conflicts -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "overlaps"),
    [
        ("15:00", "16:00", False),
        ("17:00", "18:00", False),
        ("15:00", "16:01", True),
        ("16:59", "18:00", True),
        ("16:15", "16:45", True),
        ("15:00", "18:00", True),
        ("16:00", "17:00", True),
    ],
)
def test_two_meetings_overlap_half_open(start: str, end: str, *, overlaps: bool) -> None:
    """R-SCHED-9: one may start when the other ends."""
    meeting = a_meeting(start, end)
    found = conflicts([(SUNDAY, SLOT)], [meeting])
    assert found == ((Conflict(SUNDAY, SLOT, meeting),) if overlaps else ())


def test_another_date_is_no_conflict() -> None:
    """R-SCHED-9: overlapping is by date and time."""
    assert conflicts([(FRIDAY, SLOT)], [a_meeting("16:00", "17:00")]) == ()
    assert conflicts([], [a_meeting("16:00", "17:00")]) == ()


@pytest.mark.parametrize("status", MeetingStatus)
def test_only_scheduled_and_completed_meetings_are_in_the_way(status: MeetingStatus) -> None:
    """R-SCHED-9: two live (scheduled or completed) meetings; deleted ones are not live."""
    found = conflicts([(SUNDAY, SLOT)], [a_meeting("16:00", "17:00", status=status)])
    live = status in {MeetingStatus.SCHEDULED, MeetingStatus.COMPLETED}
    assert bool(found) is live
    assert not conflicts(
        [(SUNDAY, SLOT)], [a_meeting("16:00", "17:00", status=status, deleted_at=AT)]
    )


def test_every_conflict_of_every_wanted_slot_is_found() -> None:
    """R-SCHED-9: refused with the conflicting meetings listed."""
    first, second = a_meeting("15:30", "16:30"), a_meeting("16:30", "17:30")
    friday = a_meeting("16:00", "17:00", scheduled_date=FRIDAY)
    found = conflicts([(SUNDAY, SLOT), (FRIDAY, SLOT)], [first, second, friday])
    assert [conflict.meeting for conflict in found] == [first, second, friday]
    with pytest.raises(InstructorBusy) as refused:
        refuse(found, allowed=False)
    assert refused.value.kind is Kind.CONFLICT
    assert refused.value.reason == "instructor.busy"
    assert refused.value.conflicts == found
    assert str(refused.value) == (
        "the instructor is busy (3 overlapping); choose another time or allow it"
    )
    assert [problem.field for problem in refused.value.problems] == ["scheduled_date"] * 3
    assert {problem.reason for problem in refused.value.problems} == {"instructor.busy"}
    assert refused.value.problems[0].message == (
        f"2026-03-01 16:00-17:00 overlaps meeting {first.id} (15:30-16:30)"
        f" of cycle {first.cycle_id}"
    )


def test_an_override_lets_a_conflict_pass_and_says_so() -> None:
    """R-SCHED-9: a manager may override per request, which is recorded on the meeting."""
    found = conflicts([(SUNDAY, SLOT)], [a_meeting("16:00", "17:00")])
    assert refuse(found, allowed=True) is True
    assert refuse((), allowed=True) is False
    assert refuse((), allowed=False) is False


# --- availability --------------------------------------------------------------------------


def test_no_windows_mean_eight_to_eight_from_sunday_to_friday() -> None:
    """R-SCHED-10: no windows set means 08:00-20:00, Sunday to Friday."""
    week = DateRange(SUNDAY, SATURDAY)
    open_week = TeachingDays(NoHolidays(), rest_days=frozenset())
    slots = free_slots(week, Availability(), open_week, [])
    assert [slot.day.day for slot in slots] == [1, 2, 4, 5, 6]
    assert set(clock(*slots)) == {"08:00-20:00"}


def test_meetings_are_cut_out_of_the_windows() -> None:
    """R-SCHED-10: free = windows − time off − no-teaching days − live meetings."""
    assert free_on(
        SUNDAY,
        Availability(),
        a_meeting("19:30", "20:30"),
        a_meeting("07:00", "09:00"),
        a_meeting("12:00", "13:00"),
        a_meeting("12:30", "13:30"),
        a_meeting("13:30", "14:00"),
        a_meeting("10:00", "10:30", status=MeetingStatus.CANCELLED),
        a_meeting("10:00", "10:30", deleted_at=AT),
        a_meeting("10:00", "10:30", scheduled_date=FRIDAY),
    ) == ["09:00-12:00", "14:00-19:30"]


def test_a_day_full_of_meetings_has_no_free_slot() -> None:
    """R-SCHED-10."""
    all_day = [a_meeting("08:00", "14:00"), a_meeting("14:00", "20:00")]
    assert free_on(SUNDAY, Availability(), *all_day) == []
    assert free_on(SUNDAY, Availability(), a_meeting("07:00", "08:00")) == ["08:00-20:00"]
    assert free_on(SUNDAY, Availability(), a_meeting("20:00", "21:00")) == ["08:00-20:00"]


def test_windows_of_a_day_are_merged() -> None:
    """R-SCHED-10: weekly windows (day, from, to); touching and overlapping ones are one."""
    windows = WeeklyWindows.of(
        (
            Window(DayOfWeek.SUNDAY, time(14), time(16)),
            Window(DayOfWeek.SUNDAY, time(9), time(11)),
            Window(DayOfWeek.SUNDAY, time(10), time(12)),
            Window(DayOfWeek.SUNDAY, time(9, 30), time(10)),
            Window(DayOfWeek.SUNDAY, time(16), time(17)),
            Window(DayOfWeek.MONDAY, time(7), time(8)),
        )
    )
    availability = Availability(windows)
    assert free_on(SUNDAY, availability) == ["09:00-12:00", "14:00-17:00"]
    assert free_on(date(2026, 3, 2), availability) == ["07:00-08:00"]
    assert free_on(date(2026, 3, 4), availability) == []


def test_time_off_closes_its_days_both_ends_included() -> None:
    """R-SCHED-10: time off (dates, reason)."""
    away = Availability(time_off=(DateRange(SUNDAY, date(2026, 3, 2)),))
    slots = free_slots(DateRange(date(2026, 2, 27), FRIDAY), away, TEACHING, [])
    assert [slot.day.day for slot in slots] == [27, 4, 5, 6]


def test_days_without_teaching_have_no_free_slot() -> None:
    """R-SCHED-10: no-teaching days; a window on a rest day does not open it."""
    saturdays = Availability(WeeklyWindows.of([Window(DayOfWeek.SATURDAY, time(9), time(10))]))
    assert free_on(SATURDAY, saturdays) == []
    assert free_on(date(2026, 3, 3), Availability()) == []
    with pytest.raises(CalendarOutOfRange):
        free_on(date(2101, 1, 2), Availability())


@pytest.mark.parametrize("end", [time(9), time(8, 59)])
def test_a_window_ends_after_it_starts(end: time) -> None:
    """R-SCHED-10."""
    with pytest.raises(BadValue, match=r"^must end after it starts$") as refused:
        Window(DayOfWeek.SUNDAY, time(9), end)
    assert refused.value.reason == "time.order"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (5, "value.wrong_type"),
        (["sunday"], "value.wrong_type"),
        ([Window(DayOfWeek.SUNDAY, time(9), time(10))] * 101, "value.out_of_range"),
    ],
)
def test_what_are_no_weekly_windows_is_refused(given: Any, reason: str) -> None:
    """R-SCHED-10: windows, and no more than anybody has."""
    with pytest.raises(BadValue) as refused:
        WeeklyWindows.of(given)
    assert refused.value.reason == reason
