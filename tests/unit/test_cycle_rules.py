"""R-CYC-1…8 as far as the cycle itself goes: its rules, its verbs, its derived figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import pytest

from haitech_domain.calendar import DayOfWeek, TimeSlot
from haitech_domain.change import Transition
from haitech_domain.cycle import (
    ActivityType,
    Cycle,
    CycleCancelled,
    CycleCancelledError,
    CycleCompleted,
    CycleStatus,
    CycleType,
    CycleUpdated,
    MeetingsStillScheduled,
    PaymentMode,
    Progress,
    Tally,
    TotalBelowLiveNumber,
    cancel,
    complete,
    reopen,
    resize,
    settle,
)
from haitech_domain.errors import Invalid, Kind
from haitech_domain.ids import BranchId, CourseId, CycleId, InstructorId

AT = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 2, 3, 14, tzinfo=UTC)
START, END = date(2026, 2, 3), date(2026, 6, 30)
ACTIVE, COMPLETED, CANCELLED = CycleStatus
ALL_HELD = Tally(completed=10, completed_in_plan=10, last_day=END, highest_number=10)


def a_cycle(**facts: Any) -> Cycle:
    given = {
        "id": CycleId(UUID(int=1)),
        "name": "Robots",
        "course_id": CourseId(UUID(int=2)),
        "branch_id": BranchId(UUID(int=3)),
        "instructor_id": InstructorId(UUID(int=4)),
        "type": CycleType.PRIVATE,
        "start_date": START,
        "day_of_week": DayOfWeek.TUESDAY,
        "start_time": time(16),
        "end_time": time(17, 30),
        "total_meetings": 10,
        "created_at": AT,
        "updated_at": AT,
    }
    return Cycle(**{**given, **facts})


def refused_field(**facts: Any) -> tuple[str, str]:
    with pytest.raises(Invalid) as refused:
        a_cycle(**facts)
    (problem,) = refused.value.problems
    return problem.field, problem.reason


# --- R-CYC-7 -------------------------------------------------------------------------------


def test_a_plain_cycle_stands_with_its_defaults() -> None:
    """R-CYC-7: what need not be given."""
    cycle = a_cycle()
    assert (cycle.status, cycle.activity_type) == (ACTIVE, ActivityType.FRONTAL)
    assert (cycle.instructor_payment_mode, cycle.revenue_includes_vat) == (
        PaymentMode.HOURLY,
        None,
    )
    assert (cycle.max_students, cycle.student_count, cycle.end_date) == (None, None, None)
    assert cycle.slot == TimeSlot(time(16), time(17, 30))


def test_a_cycle_does_not_end_before_it_starts() -> None:
    """R-CYC-7: `start_date` ≤ `end_date`."""
    assert a_cycle(given_end_date=START).given_end_date == START
    assert refused_field(given_end_date=date(2026, 2, 2)) == ("end_date", "date.order")


@pytest.mark.parametrize("total", [1, 500])
def test_the_total_is_from_1_to_500(total: int) -> None:
    """R-CYC-7: `total_meetings` 1-500."""
    assert a_cycle(total_meetings=total).total_meetings == total


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("total_meetings", 0),
        ("total_meetings", 501),
        ("max_students", 0),
        ("student_count", -1),
        ("price_per_student", "-0.01"),
        ("meeting_revenue", "-0.01"),
        ("default_registration_amount", "-0.01"),
        ("instructor_daily_rate", "-0.01"),
        ("start_date", date(1999, 12, 31)),
    ],
)
def test_a_number_out_of_its_range_is_refused(field: str, value: object) -> None:
    """R-CYC-7: prices ≥ 0; `max_students` ≥ 1 when set."""
    assert refused_field(**{field: value}) == (field, "value.out_of_range")


def test_prices_of_nothing_and_one_place_are_allowed() -> None:
    """R-CYC-7: the bounds are included."""
    cycle = a_cycle(price_per_student="0", meeting_revenue="0.00", max_students=1, student_count=0)
    assert (cycle.max_students, cycle.student_count) == (1, 0)


@pytest.mark.parametrize(
    ("end", "reason"), [(time(16), "time.order"), (time(16, 4), "time.duration")]
)
def test_the_times_of_a_cycle_make_a_meeting(end: time, reason: str) -> None:
    """R-MEET-1: start < end, 5 minutes to 12 hours; R-CYC-9: the duration is end − start."""
    assert refused_field(end_time=end) == ("end_time", reason)
    assert a_cycle(end_time="16:45").duration_minutes == 45


@pytest.mark.parametrize(
    ("kind", "needed"),
    [
        (CycleType.INSTITUTIONAL_FIXED, "meeting_revenue"),
        (CycleType.INSTITUTIONAL_PER_CHILD, "price_per_student"),
        (CycleType.PRIVATE, None),
    ],
)
def test_the_price_that_a_type_needs_must_be_there(kind: CycleType, needed: str | None) -> None:
    """R-CYC-7: fixed needs `meeting_revenue`, per child needs `price_per_student`; 0 is a price."""
    if needed is None:
        assert a_cycle(type=kind).type is kind
        return
    assert refused_field(type=kind) == (needed, "price.required")
    with pytest.raises(Invalid, match=f"{needed}: is required for a cycle of type {kind.value}$"):
        a_cycle(type=kind)
    assert a_cycle(type=kind, **{needed: "0"}).type is kind


# --- progress ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "completed", "remaining"),
    [(ACTIVE, 3, 7), (ACTIVE, 12, 0), (ACTIVE, 0, 10), (COMPLETED, 3, 0), (CANCELLED, 3, 0)],
)
def test_what_remains_is_the_total_less_what_is_held(
    status: CycleStatus, completed: int, remaining: int
) -> None:
    """R-CYC-1: remaining = max(0, total − completed), 0 once completed or cancelled."""
    cycle = a_cycle(
        status=status,
        completed_meetings=completed,
        scheduled_meetings=4,
        cancelled_meetings=5,
        postponed_meetings=6,
    )
    assert cycle.remaining_meetings == remaining
    assert cycle.progress == Progress(
        total=10, completed=completed, scheduled=4, cancelled=5, postponed=6, remaining=remaining
    )


def test_settling_writes_the_recount_into_the_cycle() -> None:
    """R-CYC-1: and R-CYC-4: the last live meeting's date is the end date."""
    cycle = a_cycle(given_end_date=date(2026, 12, 31))
    counted = Tally(
        completed=2,
        scheduled=3,
        cancelled=1,
        postponed=4,
        completed_in_plan=2,
        last_day=END,
        highest_number=5,
    )
    change = settle(cycle, counted, at=NOW)
    after = change.after
    assert (after.completed_meetings, after.scheduled_meetings) == (2, 3)
    assert (after.cancelled_meetings, after.postponed_meetings) == (1, 4)
    assert (after.end_date, after.given_end_date) == (END, date(2026, 12, 31))
    assert (change.before, change.action, change.events) == (cycle, "progress", ())
    assert (after.status, after.version, after.updated_at) == (ACTIVE, 2, NOW)
    again = settle(after, counted, at=NOW)
    assert again.is_empty


def test_without_a_live_meeting_the_given_end_stands() -> None:
    """R-CYC-4: the given one while there is none."""
    given = a_cycle(given_end_date=END, end_date=date(2026, 3, 1))
    assert settle(given, Tally(cancelled=1), at=NOW).after.end_date == END
    open_ended = a_cycle(end_date=date(2026, 3, 1))
    assert settle(open_ended, Tally(), at=NOW).after.end_date is None


# --- R-CYC-2 -------------------------------------------------------------------------------


def test_a_cycle_whose_numbers_are_all_held_is_completed() -> None:
    """R-CYC-2: every number 1…total completed and none scheduled, and `cycle.completed`."""
    change = settle(a_cycle(), ALL_HELD, at=NOW)
    after = change.after
    assert (after.status, after.completed_meetings, after.end_date) == (COMPLETED, 10, END)
    assert change.action == "complete"
    assert change.events == (
        CycleCompleted(at=NOW, cycle_id=after.id, name="Robots", completed_meetings=10),
    )


@pytest.mark.parametrize(
    "counted",
    [
        Tally(completed=10, completed_in_plan=9),
        Tally(completed=10, completed_in_plan=10, scheduled=1),
        Tally(cancelled=10),
    ],
)
def test_a_cycle_with_an_open_number_or_a_scheduled_meeting_goes_on(counted: Tally) -> None:
    """R-CYC-2: extra meetings do not stand for missing ones, and a scheduled one keeps it open."""
    assert settle(a_cycle(), counted, at=NOW).after.status is ACTIVE


@pytest.mark.parametrize("status", [COMPLETED, CANCELLED])
def test_settling_an_ended_cycle_only_counts(status: CycleStatus) -> None:
    """R-CYC-2: completion happens once; a cancelled cycle never completes by itself."""
    change = settle(a_cycle(status=status), ALL_HELD, at=NOW)
    assert (change.after.status, change.events) == (status, ())
    assert change.after.completed_meetings == 10


# --- R-CYC-3 -------------------------------------------------------------------------------


def test_a_cycle_is_completed_by_hand_once_nothing_is_scheduled() -> None:
    """R-CYC-3: active → completed, also with numbers missing."""
    held = Tally(completed=3, cancelled=2, completed_in_plan=3, last_day=END)
    change = complete(a_cycle(), held, at=NOW)
    assert (change.after.status, change.after.cancelled_meetings) == (COMPLETED, 2)
    assert change.after.remaining_meetings == 0
    assert [type(event) for event in change.events] == [CycleCompleted]


def test_a_cycle_with_a_scheduled_meeting_is_not_completed_by_hand() -> None:
    """R-CYC-3: refused while a meeting is scheduled."""
    with pytest.raises(MeetingsStillScheduled) as refused:
        complete(a_cycle(), Tally(scheduled=2), at=NOW)
    assert refused.value.reason == "cycle.meetings_scheduled"
    assert refused.value.kind is Kind.CONFLICT
    assert str(refused.value) == "cycle Robots still has 2 scheduled meetings"


def test_a_cycle_is_cancelled() -> None:
    """R-CYC-3: active → cancelled."""
    cycle = a_cycle()
    change = cancel(cycle, at=NOW)
    assert (change.before, change.after.status, change.action) == (cycle, CANCELLED, "cancel")
    assert change.events == (CycleCancelled(at=NOW, cycle_id=cycle.id, name="Robots"),)


@pytest.mark.parametrize("status", [COMPLETED, CANCELLED])
def test_an_ended_cycle_is_made_active_again(status: CycleStatus) -> None:
    """R-CYC-3: back to active from both."""
    change = reopen(a_cycle(status=status), at=NOW)
    assert (change.after.status, change.action) == (ACTIVE, "reopen")
    assert change.events == (CycleUpdated(at=NOW, cycle_id=change.after.id, fields=("status",)),)


VERBS: dict[str, tuple[set[CycleStatus], Callable[[Cycle], object], str]] = {
    "complete": ({ACTIVE}, lambda c: complete(c, Tally(), at=NOW), "active"),
    "cancel": ({ACTIVE}, lambda c: cancel(c, at=NOW), "active"),
    "reopen": ({COMPLETED, CANCELLED}, lambda c: reopen(c, at=NOW), "completed, cancelled"),
}


@pytest.mark.parametrize("status", list(CycleStatus))
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_of_cycles_is_refused_by_name_from_other_statuses(
    verb: str, status: CycleStatus
) -> None:
    """R-CYC-3: active → cancelled, active → completed, back to active from both; nothing else."""
    allowed, act, named = VERBS[verb]
    if status in allowed:
        act(a_cycle(status=status))
        return
    with pytest.raises(Transition) as refused:
        act(a_cycle(status=status))
    assert refused.value.reason == f"cycle.cannot_{verb}"
    assert str(refused.value) == f"this cycle is {status.value}; to {verb} it, it must be {named}"


def test_a_cancelled_cycle_names_itself() -> None:
    """R-MEET-7: in a cancelled cycle no meeting changes."""
    refusal = CycleCancelledError(CycleId(UUID(int=1)), "Robots")
    assert refusal.reason == "cycle.is_cancelled"
    assert str(refusal) == "cycle Robots is cancelled; reopen it before changing its meetings"


# --- R-CYC-8 -------------------------------------------------------------------------------


def test_the_total_is_not_lowered_below_a_live_number() -> None:
    """R-CYC-8: lowering `total_meetings` below the highest number of a live meeting is refused."""
    with pytest.raises(TotalBelowLiveNumber) as refused:
        resize(a_cycle(), 6, Tally(highest_number=7))
    assert refused.value.reason == "cycle.total_below_live_number"
    assert str(refused.value) == "a total of 6 is below meeting number 7, which is live"
    resize(a_cycle(), 7, Tally(highest_number=7))
    resize(a_cycle(), 1, Tally())


def test_a_total_that_is_not_lowered_is_not_refused() -> None:
    """R-CYC-8: raising it is no lowering, even while an extra meeting stands above it."""
    for total in (10, 11):
        resize(a_cycle(), total, Tally(highest_number=12))
