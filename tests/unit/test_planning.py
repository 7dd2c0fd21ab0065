"""R-SCHED-1…8: planning a cycle's meetings, case by case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import attrs
import pytest

from haitech_domain.calendar import (
    FIRST_DAY,
    LAST_DAY,
    CalendarOutOfRange,
    DateRange,
    DayOfWeek,
    TeachingDays,
)
from haitech_domain.errors import Kind, Problem
from haitech_domain.scheduling import (
    NoTeachingDay,
    Plan,
    Planned,
    PlanWithoutEnd,
    RestDay,
    Skipped,
    lowest_free,
    missing_numbers,
    must_not_rest,
    must_teach,
    next_teaching_day,
    own_or_free,
    plan,
)

SUNDAY = date(2026, 3, 1)
WEEK = timedelta(weeks=1)


@attrs.frozen
class Closed:
    """A holiday calendar that a question to a date answers."""

    why: Callable[[date], str | None] = lambda _: None

    def closed_on(self, day: date) -> str | None:
        return self.why(day)


OPEN = TeachingDays(Closed())
NEVER = TeachingDays(Closed(lambda _: "strike"))


def closed_on(**days: str) -> TeachingDays:
    """Teaching days without those given as `d2026_04_05="Pesach"`."""
    names = {date(*map(int, day[1:].split("_"))): why for day, why in days.items()}
    return TeachingDays(Closed(names.get))


def weeks(count: int, start: date = SUNDAY) -> list[date]:
    return [start + n * WEEK for n in range(count)]


def test_meetings_are_weekly_from_the_first_weekday_on_or_after_the_start() -> None:
    """R-SCHED-1: the first is the first such day on or after `start_date`."""
    for start in (SUNDAY, SUNDAY - timedelta(days=6)):
        made = plan(weekday=DayOfWeek.SUNDAY, start=start, total=3, teaching=OPEN)
        assert made == Plan(tuple(map(Planned, weeks(3), (1, 2, 3))), ())


def test_a_friday_cycle_runs_on_fridays() -> None:
    """R-SCHED-3: Friday is a teaching day."""
    made = plan(weekday=DayOfWeek.FRIDAY, start=SUNDAY, total=2, teaching=OPEN)
    assert [meeting.day for meeting in made.meetings] == [date(2026, 3, 6), date(2026, 3, 13)]


def test_closed_days_are_passed_over_and_named() -> None:
    """R-SCHED-6: a plan names what it skipped and why («2026-04-05 Pesach»)."""
    made = plan(
        weekday=DayOfWeek.SUNDAY,
        start=date(2026, 3, 22),
        total=3,
        teaching=closed_on(d2026_03_29="eve", d2026_04_05="Pesach", d2026_04_06="Pesach"),
    )
    assert made.meetings == (
        Planned(date(2026, 3, 22), 1),
        Planned(date(2026, 4, 12), 2),
        Planned(date(2026, 4, 19), 3),
    )
    assert [str(skipped) for skipped in made.skipped] == ["2026-03-29 eve", "2026-04-05 Pesach"]


def test_closures_of_the_branch_are_passed_over_too() -> None:
    """R-SCHED-2: branch closures (a date range with a reason) add to the calendar."""
    teaching = TeachingDays(Closed(), {DateRange(SUNDAY, SUNDAY + WEEK): "painting"})
    made = plan(weekday=DayOfWeek.SUNDAY, start=SUNDAY, total=1, teaching=teaching)
    assert made.meetings == (Planned(SUNDAY + 2 * WEEK, 1),)
    assert made.skipped == (Skipped(SUNDAY, "painting"), Skipped(SUNDAY + WEEK, "painting"))


def test_a_plan_takes_only_the_missing_numbers() -> None:
    """R-SCHED-4: the numbers in 1…total that no live meeting holds, after the last live one."""
    made = plan(
        weekday=DayOfWeek.SUNDAY,
        start=SUNDAY,
        total=5,
        teaching=OPEN,
        taken=[2, 4, 9],
        last_day=SUNDAY + 3 * WEEK,
    )
    assert made.meetings == tuple(map(Planned, weeks(3, SUNDAY + 4 * WEEK), (1, 3, 5)))


def test_a_plan_goes_on_strictly_after_the_last_live_meeting() -> None:
    """R-SCHED-4: the first cycle weekday strictly after it, whatever weekday that was."""
    for last_day in (SUNDAY, SUNDAY + timedelta(days=6)):
        made = plan(
            weekday=DayOfWeek.SUNDAY,
            start=SUNDAY,
            total=2,
            teaching=OPEN,
            taken=[1],
            last_day=last_day,
        )
        assert made.meetings == (Planned(SUNDAY + WEEK, 2),)


def test_nothing_missing_adds_nothing_and_asks_no_calendar() -> None:
    """R-SCHED-4: running it twice adds nothing."""
    full = plan(weekday=DayOfWeek.SUNDAY, start=SUNDAY, total=2, teaching=NEVER, taken=[1, 2])
    assert full == Plan((), ())


@pytest.mark.parametrize("missing", [True, False])
def test_a_cycle_on_a_rest_day_is_refused(*, missing: bool) -> None:
    """R-SCHED-3: refused with a clear error; it never loops."""
    with pytest.raises(RestDay) as refused:
        plan(
            weekday=DayOfWeek.SATURDAY,
            start=SUNDAY,
            total=1,
            teaching=OPEN,
            taken=() if missing else (1,),
        )
    assert refused.value.kind is Kind.INVALID
    assert refused.value.reason == "cycle.rest_day"
    message = "saturday is a rest day; choose another weekday"
    assert str(refused.value) == message
    assert refused.value.problems == (Problem("day_of_week", message, "cycle.rest_day"),)


def test_the_rest_day_is_a_setting() -> None:
    """R-SCHED-3: Saturday is a rest day (setting)."""
    other = TeachingDays(Closed(), rest_days=frozenset({DayOfWeek.MONDAY}))
    must_not_rest(DayOfWeek.SATURDAY, other)
    with pytest.raises(RestDay):
        must_not_rest(DayOfWeek.MONDAY, other)


def test_a_calendar_that_closes_every_week_ends_in_an_error() -> None:
    """R-SCHED-8: an error after two years of weeks, not a hang."""
    asked: list[date] = []

    def strike(day: date) -> str:
        asked.append(day)
        return "strike"

    with pytest.raises(PlanWithoutEnd) as refused:
        plan(weekday=DayOfWeek.SUNDAY, start=SUNDAY, total=1, teaching=TeachingDays(Closed(strike)))
    assert asked == weeks(104)
    assert refused.value.reason == "plan.without_end"
    assert refused.value.kind is Kind.CONFLICT
    assert str(refused.value) == "every sunday from 2026-03-01 on is closed for 104 weeks"


def test_one_open_week_in_two_years_is_enough() -> None:
    """R-SCHED-8: the two years are counted from the last open week."""
    open_days = {SUNDAY + 103 * WEEK, SUNDAY + 207 * WEEK}
    rarely = TeachingDays(Closed(lambda day: None if day in open_days else "strike"))
    made = plan(weekday=DayOfWeek.SUNDAY, start=SUNDAY, total=2, teaching=rarely)
    assert {meeting.day for meeting in made.meetings} == open_days
    assert len(made.skipped) == 206
    with pytest.raises(PlanWithoutEnd):
        plan(weekday=DayOfWeek.SUNDAY, start=SUNDAY, total=3, teaching=rarely)


def test_a_plan_without_end_says_from_which_day_on_it_is_closed() -> None:
    """R-SCHED-6: the sentence names the first closed day, not an open one before it."""
    later = TeachingDays(Closed(lambda day: None if day < SUNDAY + 2 * WEEK else "strike"))
    with pytest.raises(PlanWithoutEnd) as refused:
        plan(weekday=DayOfWeek.SUNDAY, start=SUNDAY, total=3, teaching=later)
    assert "from 2026-03-15 on" in refused.value.message


def test_a_plan_that_leaves_the_calendars_years_is_refused() -> None:
    """R-SCHED-2: any year 2000-2100; 2100-12-26 is the last Sunday."""
    last = date(2100, 12, 26)
    made = plan(weekday=DayOfWeek.SUNDAY, start=last - WEEK, total=2, teaching=OPEN)
    assert [meeting.day for meeting in made.meetings] == [last - WEEK, last]
    for teaching in (OPEN, NEVER):
        with pytest.raises(CalendarOutOfRange):
            plan(weekday=DayOfWeek.SUNDAY, start=last, total=2, teaching=teaching)
    with pytest.raises(CalendarOutOfRange):
        plan(weekday=DayOfWeek.SUNDAY, start=date(1999, 12, 1), total=1, teaching=OPEN)


def test_the_refusal_of_a_plan_beyond_2100_tells_no_untruth() -> None:
    """R-SCHED-2: the day that it calls «outside 2000-2100» lies outside."""
    with pytest.raises(CalendarOutOfRange) as refused:
        plan(weekday=DayOfWeek.SUNDAY, start=date(2100, 12, 26), total=2, teaching=OPEN)
    assert not FIRST_DAY <= refused.value.day <= LAST_DAY, refused.value.message


# --- the next teaching day (postponing without a date) -------------------------------------


def test_the_next_day_lies_strictly_after_teaches_and_is_free() -> None:
    """R-MEET-5: the first cycle weekday after the last live meeting that teaches and is free."""
    teaching = closed_on(d2026_03_08="Purim")
    asked: list[date] = []

    def free(day: date) -> bool:
        asked.append(day)
        return day > date(2026, 3, 15)

    assert next_teaching_day(DayOfWeek.SUNDAY, SUNDAY, teaching, free) == date(2026, 3, 22)
    assert asked == [date(2026, 3, 15), date(2026, 3, 22)]
    assert next_teaching_day(
        DayOfWeek.MONDAY, SUNDAY, teaching, lambda _: True
    ) == SUNDAY + timedelta(days=1)


def test_an_instructor_who_is_never_free_ends_in_an_error() -> None:
    """R-SCHED-8: bounded here too."""
    asked: list[date] = []

    def never(day: date) -> bool:
        asked.append(day)
        return False

    with pytest.raises(PlanWithoutEnd):
        next_teaching_day(DayOfWeek.SUNDAY, SUNDAY, OPEN, never)
    assert asked == weeks(104, SUNDAY + WEEK)


def test_the_next_day_needs_a_weekday_that_teaches() -> None:
    """R-SCHED-3: never on a rest day, and never without end."""
    with pytest.raises(RestDay):
        next_teaching_day(DayOfWeek.SATURDAY, SUNDAY, OPEN, lambda _: True)
    with pytest.raises(PlanWithoutEnd):
        next_teaching_day(DayOfWeek.SUNDAY, SUNDAY, NEVER, lambda _: True)
    with pytest.raises(CalendarOutOfRange):
        next_teaching_day(DayOfWeek.SUNDAY, date(2100, 12, 26), OPEN, lambda _: True)


def test_a_given_day_without_teaching_is_refused_by_name() -> None:
    """R-MEET-5: a no-teaching day given explicitly is refused unless the request allows it."""
    teaching = closed_on(d2026_04_05="Pesach")
    with pytest.raises(NoTeachingDay) as refused:
        must_teach(date(2026, 4, 5), teaching)
    assert refused.value.reason == "meeting.no_teaching_day"
    assert str(refused.value) == (
        "there is no teaching on 2026-04-05 (Pesach); choose another day or allow it"
    )
    with pytest.raises(NoTeachingDay, match="rest day"):
        must_teach(date(2026, 4, 4), teaching)
    must_teach(date(2026, 4, 6), teaching)


# --- numbers -------------------------------------------------------------------------------


def test_planned_meetings_take_the_free_numbers_of_the_plan() -> None:
    """R-SCHED-5: planned ones take the free numbers in 1…total_meetings."""
    assert missing_numbers([], 3) == [1, 2, 3]
    assert missing_numbers([2, 7, 2], 3) == [1, 3]
    assert missing_numbers([1, 2, 3], 3) == []


def test_one_made_by_hand_takes_the_lowest_free_number() -> None:
    """R-SCHED-5: above `total_meetings` when none is free."""
    assert lowest_free([]) == 1
    assert lowest_free([1, 2, 4]) == 3
    assert lowest_free([1, 2, 3]) == 4


def test_a_restored_meeting_keeps_its_number_while_that_is_free() -> None:
    """R-MEET-2: restoring takes a free number if its own is taken."""
    assert own_or_free(5, [1, 2]) == 5
    assert own_or_free(2, [1, 2]) == 3
    assert own_or_free(None, [1, 3]) == 2
