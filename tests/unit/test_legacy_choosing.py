"""What an import decides, one decision at a time."""

from __future__ import annotations

from datetime import date, time, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haitech_domain.calendar import DayOfWeek, TimeSlot
from haitech_domain.course import CourseCategory
from haitech_domain.cycle import ActivityType, CycleType
from haitech_domain.meeting import MeetingStatus
from haitech_domain.money import Money
from haitech_domain.use_cases.legacy import CycleRow, MeetingRow, Place
from haitech_domain.use_cases.legacy.choosing import (
    category_of,
    cycle_of,
    free_numbers,
    overlapping,
    total_of,
    weekdays_between,
)
from haitech_domain.use_cases.legacy.keys import cycle_digest, cycle_key, meeting_keys

SUNDAY = date(2025, 11, 2)
ROW = CycleRow(
    place=Place("c.csv", 2),
    id="",
    name="חוג",
    course="",
    institution="",
    instructor="",
    online=False,
    activity=ActivityType.FRONTAL,
    type=CycleType.PRIVATE,
    day=DayOfWeek.SUNDAY,
    slot=TimeSlot(time(16), time(17)),
    start=SUNDAY,
    end=date(2026, 1, 4),
    revenue=Money(0),
)


def a_row(day: date = SUNDAY, start: time = time(16), end: time = time(17), line: int = 2):
    return MeetingRow(
        place=Place("m.csv", line),
        cycle="חוג",
        day=day,
        slot=TimeSlot(start, end),
        instructor="",
        status=MeetingStatus.SCHEDULED,
        activity=None,
    )


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("סייבר, בינה מלאכותית בפייתון", CourseCategory.AI),
        ("פייתון + AI אונליין", CourseCategory.AI),
        ("יזמות טכנולוגית ו-AI", CourseCategory.AI),
        ("Maintenance", CourseCategory.PROGRAMMING),
        ("רובוטיקה לצעירים", CourseCategory.ROBOTICS),
        ("הדפסה בתלת מימד", CourseCategory.PRINTING_3D),
        ("הדפסת 3D", CourseCategory.PRINTING_3D),
        ("קורס כללי", CourseCategory.PROGRAMMING),
    ],
)
def test_a_course_is_of_the_category_that_its_name_says(name, category):
    assert category_of(name) is category


class TestAMeetingOfASharedName:
    monday = attrs.evolve(ROW, day=DayOfWeek.MONDAY, start=date(2025, 1, 1), end=None)
    spring = attrs.evolve(ROW, start=date(2026, 3, 1), end=date(2026, 6, 28))

    def test_goes_to_the_cycle_whose_weekday_and_hour_fit(self):
        assert cycle_of(a_row(), [self.monday, ROW]) is ROW

    def test_goes_by_the_dates_where_several_fit(self):
        assert cycle_of(a_row(date(2026, 3, 8)), [ROW, self.spring]) is self.spring

    def test_goes_to_the_cycle_whose_dates_contain_it_where_none_fits(self):
        odd = a_row(date(2026, 3, 8), time(9), time(10))
        assert cycle_of(odd, [ROW, self.spring, self.monday]) is self.spring

    def test_goes_to_the_first_where_nothing_says_more(self):
        odd = a_row(date(2024, 3, 8), time(9), time(10))
        assert cycle_of(odd, [self.spring, ROW]) is self.spring


class TestTheTotal:
    def test_is_the_number_of_live_meetings(self):
        assert total_of(ROW, 13) == (13, None)

    def test_is_the_number_of_weekdays_where_there_are_none(self):
        assert total_of(ROW, 0) == (10, None)

    def test_is_at_least_one(self):
        short = attrs.evolve(ROW, start=date(2025, 11, 3), end=date(2025, 11, 8))
        total, said = total_of(short, 0)
        assert (total, "no such weekday" in (said or "")) == (1, True)

    def test_is_one_with_a_warning_where_nothing_tells(self):
        total, said = total_of(attrs.evolve(ROW, end=None), 0)
        assert (total, "neither meetings nor an end date" in (said or "")) == (1, True)

    @pytest.mark.parametrize("live", [0, 501])
    def test_is_500_at_most(self, live):
        """R-CYC-7."""
        total, said = total_of(attrs.evolve(ROW, end=date(2099, 1, 1)), live)
        assert (total, "the most allowed" in (said or "")) == (500, True)

    @given(
        st.dates(date(2000, 1, 1), date(2030, 1, 1)),
        st.integers(0, 900),
        st.sampled_from(DayOfWeek),
    )
    def test_counts_weekdays_with_both_ends(self, start, length, day):
        row = attrs.evolve(ROW, start=start, end=start + timedelta(days=length), day=day)
        days = (start + timedelta(days=n) for n in range(length + 1))
        assert weekdays_between(row) == sum(DayOfWeek.of(d) is day for d in days)


def test_free_numbers_pass_over_those_taken():
    """R-SCHED-5."""
    free = free_numbers({1, 3})
    assert [next(free) for _ in range(3)] == [2, 4, 5]


slots = st.tuples(st.integers(0, 2), st.integers(0, 20), st.integers(1, 6)).map(
    lambda t: (SUNDAY + timedelta(days=t[0]), time(t[1] // 2, t[1] % 2 * 30), t[2] * 20)
)


@given(st.lists(slots, max_size=12))
def test_overlaps_are_every_pair_that_shares_a_minute(wanted):
    """R-SCHED-9, half-open."""
    rows = []
    for line, (day, start, minutes) in enumerate(wanted, 2):
        ends = start.hour * 60 + start.minute + minutes
        rows.append(a_row(day, start, time(*divmod(ends, 60)), line))
    expected = {
        (one.place.line, other.place.line)
        for one in rows
        for other in rows
        if one.place.line < other.place.line
        and one.day == other.day
        and one.slot.overlaps(other.slot)
    }
    found = [(one.place.line, other.place.line) for one, other in overlapping(rows)]
    assert sorted(found) == sorted(expected)


def test_keys_tell_rows_apart_and_nothing_else():
    known = attrs.evolve(ROW, id="a1")
    assert cycle_key(known, 1) == cycle_key(attrs.evolve(known, name="אחר", revenue=None), 2)
    assert cycle_key(known, 1) != cycle_key(attrs.evolve(known, id="a2"), 1)
    assert cycle_key(ROW, 1) != cycle_key(ROW, 2)
    assert cycle_key(ROW, 1) != cycle_key(attrs.evolve(ROW, start=date(2025, 11, 9)), 1)
    assert set(meeting_keys(a_row(), "k")).isdisjoint(meeting_keys(a_row(start=time(15)), "k"))


@pytest.mark.parametrize(
    "said",
    [
        {"name": "אחר"},
        {"course": "x"},
        {"institution": "x"},
        {"instructor": "x"},
        {"online": True},
        {"activity": ActivityType.ONLINE},
        {"type": CycleType.INSTITUTIONAL_FIXED},
        {"day": DayOfWeek.MONDAY},
        {"slot": TimeSlot(time(16), time(18))},
        {"start": date(2025, 11, 9)},
        {"end": None},
        {"revenue": None},
    ],
)
def test_a_digest_changes_with_whatever_a_row_says(said):
    assert cycle_digest(attrs.evolve(ROW, **said)) != cycle_digest(ROW)
    assert cycle_digest(attrs.evolve(ROW, place=Place("other.csv", 9))) == cycle_digest(ROW)
