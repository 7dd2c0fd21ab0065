"""R-SCHED-1…8 for all weekdays, starts, totals and calendars."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haitech_domain.calendar import DateRange, DayOfWeek, TeachingDays
from haitech_domain.scheduling import (
    Plan,
    PlanWithoutEnd,
    RestDay,
    lowest_free,
    missing_numbers,
    next_teaching_day,
    own_or_free,
    plan,
)

JERUSALEM = ZoneInfo("Asia/Jerusalem")
WEEK = timedelta(weeks=1)


@attrs.frozen
class Feasts:
    days: Mapping[date, str]

    def closed_on(self, day: date) -> str | None:
        return self.days.get(day)


starts = st.dates(date(2000, 1, 2), date(2080, 1, 1))
teaching_weekdays = st.sampled_from([day for day in DayOfWeek if day is not DayOfWeek.SATURDAY])
offsets = st.integers(0, 400)


@st.composite
def calendars(draw: st.DrawFn, start: date) -> TeachingDays:
    """Holidays and closures around a start, leaving open weeks."""
    feasts = draw(st.dictionaries(offsets, st.sampled_from(["Pesach", "Purim"]), max_size=60))
    closures = draw(
        st.dictionaries(st.tuples(offsets, st.integers(0, 40)), st.just("painting"), max_size=3)
    )
    return TeachingDays(
        Feasts({start + timedelta(days=n): why for n, why in feasts.items()}),
        {
            DateRange(start + timedelta(days=n), start + timedelta(days=n + length)): why
            for (n, length), why in closures.items()
        },
    )


@st.composite
def settings_of_a_plan(draw: st.DrawFn) -> tuple[DayOfWeek, date, TeachingDays]:
    start = draw(starts)
    return draw(teaching_weekdays), start, draw(calendars(start))


def isoweekday(weekday: DayOfWeek) -> int:
    names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    return names.index(weekday.value) + 1


@given(given_plan=settings_of_a_plan(), total=st.integers(1, 60))
def test_a_plan_is_weekly_on_its_weekday_never_closed_and_complete(
    given_plan: tuple[DayOfWeek, date, TeachingDays], total: int
) -> None:
    """R-SCHED-1: and R-SCHED-2, R-SCHED-6: every such weekday is either planned or named."""
    weekday, start, teaching = given_plan
    made = plan(weekday=weekday, start=start, total=total, teaching=teaching)
    days = [meeting.day for meeting in made.meetings]
    assert [meeting.number for meeting in made.meetings] == list(range(1, total + 1))
    assert days == sorted(set(days))
    assert {day.isoweekday() for day in days} == {isoweekday(weekday)}
    assert all(teaching.closed_on(day) is None for day in days)
    assert all(skipped.why == teaching.closed_on(skipped.day) for skipped in made.skipped)
    every = sorted([*days, *(skipped.day for skipped in made.skipped)])
    assert timedelta(0) <= every[0] - start < WEEK
    assert every == [every[0] + n * WEEK for n in range(len(every))]
    assert every[-1] == days[-1]


@given(
    given_plan=settings_of_a_plan(),
    total=st.integers(1, 40),
    taken=st.sets(st.integers(1, 50), max_size=40),
    ahead=st.integers(0, 300),
)
def test_running_a_plan_again_adds_nothing(
    given_plan: tuple[DayOfWeek, date, TeachingDays], total: int, taken: set[int], ahead: int
) -> None:
    """R-SCHED-4: only what is missing, after the last live meeting, and nothing the second time."""
    weekday, start, teaching = given_plan
    last_day = start + timedelta(days=ahead) if taken else None
    made = plan(
        weekday=weekday,
        start=start,
        total=total,
        teaching=teaching,
        taken=taken,
        last_day=last_day,
    )
    numbers = [meeting.number for meeting in made.meetings]
    assert numbers == sorted(set(range(1, total + 1)) - taken)
    if last_day is not None:
        assert all(meeting.day > last_day for meeting in made.meetings)
    again = plan(
        weekday=weekday,
        start=start,
        total=total,
        teaching=teaching,
        taken=[*taken, *numbers],
        last_day=made.meetings[-1].day if made.meetings else last_day,
    )
    assert again == Plan((), ())


@given(given_plan=settings_of_a_plan(), total=st.integers(2, 30), data=st.data())
def test_a_plan_in_two_parts_is_the_plan_in_one(
    given_plan: tuple[DayOfWeek, date, TeachingDays], total: int, data: st.DataObject
) -> None:
    """R-SCHED-4: it continues where it stopped."""
    weekday, start, teaching = given_plan
    cut = data.draw(st.integers(1, total - 1))
    whole = plan(weekday=weekday, start=start, total=total, teaching=teaching)
    first = plan(weekday=weekday, start=start, total=cut, teaching=teaching)
    second = plan(
        weekday=weekday,
        start=start,
        total=total,
        teaching=teaching,
        taken=range(1, cut + 1),
        last_day=first.meetings[-1].day,
    )
    assert first.meetings + second.meetings == whole.meetings
    assert first.skipped + second.skipped == whole.skipped


@given(weekday=teaching_weekdays, start=starts, total=st.integers(1, 500), last=st.none() | starts)
def test_a_plan_without_an_open_week_ends_in_an_error(
    weekday: DayOfWeek, start: date, total: int, last: date | None
) -> None:
    """R-SCHED-8: bounded by two years of weeks, whatever is asked."""
    asked: list[date] = []

    class Strike:
        def closed_on(self, day: date) -> str | None:
            asked.append(day)
            return "strike"

    with pytest.raises(PlanWithoutEnd):
        plan(
            weekday=weekday,
            start=start,
            total=total,
            teaching=TeachingDays(Strike()),
            last_day=last,
        )
    assert len(asked) == 104


@given(start=starts, total=st.integers(1, 500), rest=st.sampled_from(DayOfWeek))
def test_a_cycle_on_a_rest_day_never_loops(start: date, total: int, rest: DayOfWeek) -> None:
    """R-SCHED-3: refused, whichever day rests."""
    teaching = TeachingDays(Feasts({}), rest_days=frozenset({rest}))
    with pytest.raises(RestDay):
        plan(weekday=rest, start=start, total=total, teaching=teaching)


@given(
    year=st.integers(2014, 2037),
    month=st.sampled_from([3, 10]),
    weekday=teaching_weekdays,
    clock=st.times().map(lambda t: t.replace(second=0, microsecond=0, fold=0)),
)
def test_local_times_survive_the_change_of_the_clock(
    year: int, month: int, weekday: DayOfWeek, clock: time
) -> None:
    """R-SCHED-7: a series keeps its weekday and its time of day across March and October."""
    made = plan(
        weekday=weekday, start=date(year, month, 1), total=10, teaching=TeachingDays(Feasts({}))
    )
    moments = [datetime.combine(m.day, clock, tzinfo=JERUSALEM) for m in made.meetings]
    assert len({moment.utcoffset() for moment in moments}) == 2, "the clock changed meanwhile"
    for earlier, later in pairwise(made.meetings):
        assert later.day - earlier.day == WEEK
    for meeting, moment in zip(made.meetings, moments, strict=True):
        there_and_back = moment.astimezone(UTC).astimezone(JERUSALEM)
        skipped = not time(2) <= clock < time(3)  # 02:00-03:00 does not exist on one Friday
        if skipped or meeting.day.isoweekday() != 5:
            assert (there_and_back.date(), there_and_back.time()) == (meeting.day, clock)


def test_a_sunday_series_at_four_stays_at_four_through_2026() -> None:
    """R-SCHED-7: Sunday 16:00 is 14:00 UTC in winter and 13:00 UTC in summer."""
    made = plan(
        weekday=DayOfWeek.SUNDAY,
        start=date(2026, 3, 22),
        total=33,
        teaching=TeachingDays(Feasts({})),
    )
    hours = [
        datetime.combine(m.day, time(16), tzinfo=JERUSALEM).astimezone(UTC).hour
        for m in made.meetings
    ]
    assert made.meetings[0].day == date(2026, 3, 22)
    assert made.meetings[-1].day == date(2026, 11, 1)
    assert hours == [14, *[13] * 30, 14, 14]


@given(
    given_plan=settings_of_a_plan(),
    after=st.integers(0, 300),
    busy_weeks=st.sets(st.integers(0, 60), max_size=30),
)
def test_the_next_teaching_day_is_the_first_that_teaches_and_is_free(
    given_plan: tuple[DayOfWeek, date, TeachingDays], after: int, busy_weeks: set[int]
) -> None:
    """R-MEET-5: equal to walking day by day."""
    weekday, start, teaching = given_plan
    last = start + timedelta(days=after)
    busy = {start + timedelta(days=7 * n + k) for n in busy_weeks for k in range(7)}
    day = last + timedelta(days=1)
    while day.isoweekday() != isoweekday(weekday) or teaching.closed_on(day) or day in busy:
        day += timedelta(days=1)
    assert next_teaching_day(weekday, last, teaching, lambda d: d not in busy) == day


@given(taken=st.sets(st.integers(1, 60)), total=st.integers(1, 60), number=st.integers(1, 60))
def test_free_numbers_are_really_free_and_lowest(taken: set[int], total: int, number: int) -> None:
    """R-SCHED-5: and R-MEET-2: own number while free, else the lowest free one."""
    free = lowest_free(taken)
    assert free not in taken
    assert set(range(1, free)) <= taken
    missing = missing_numbers(taken, total)
    assert missing == sorted(set(range(1, total + 1)) - taken)
    if missing:
        assert free == missing[0]
    else:
        assert free > total
    assert own_or_free(number, taken) == (free if number in taken else number)
