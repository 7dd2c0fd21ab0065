"""The pure decisions of an import: which cycle, how many meetings, which numbers, what overlaps."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import count
from typing import Final

from haitech_domain.calendar import DayOfWeek
from haitech_domain.course import CourseCategory
from haitech_domain.use_cases.legacy.rows import CycleRow, MeetingRow

MOST_MEETINGS: Final = 500
"""R-CYC-7: the largest `total_meetings`."""

_CATEGORIES: Final = (
    (CourseCategory.PRINTING_3D, re.compile(r"תלת|(?<![a-z])3d(?![a-z])")),
    (CourseCategory.ROBOTICS, re.compile(r"רובוט|robot")),
    (CourseCategory.AI, re.compile(r"בינה מלאכותית|(?<![a-z])ai(?![a-z])")),
)


def category_of(course: str) -> CourseCategory:
    """A course's category by the words of its name; programming where none of them says more."""
    name = " ".join(course.lower().split())
    found = (category for category, words in _CATEGORIES if words.search(name))
    return next(found, CourseCategory.PROGRAMMING)


def cycle_of(meeting: MeetingRow, namesakes: Sequence[CycleRow]) -> CycleRow:
    """The cycle of a meeting among those of its name, in the order of the file.

    The one whose weekday and hour fit, else whose dates contain it, else the first; the dates
    also decide between several that fit.
    """
    fitting = [c for c in namesakes if _fits(meeting, c)] or namesakes
    current = [c for c in fitting if c.contains(meeting.day)] or fitting
    return current[0]


def _fits(meeting: MeetingRow, cycle: CycleRow) -> bool:
    same_weekday = DayOfWeek.of(meeting.day) is cycle.day
    return same_weekday and meeting.slot.start == cycle.slot.start


def total_of(cycle: CycleRow, live: int) -> tuple[int, str | None]:
    """`total_meetings` of a new cycle with so many live meetings, and what to warn of.

    Without any, it is the number of its weekdays from start to end, both included. It is held
    within 1…500 (R-CYC-7).
    """
    if live:
        return _held(live, f"{live} live meetings")
    if cycle.end is None:
        return 1, "has neither meetings nor an end date; total meetings set to 1"
    weekdays = weekdays_between(cycle)
    if not weekdays:
        return 1, "has no meetings and no such weekday between its dates; total meetings set to 1"
    return _held(weekdays, f"{weekdays} such weekdays between its dates")


def _held(total: int, found: str) -> tuple[int, str | None]:
    if total <= MOST_MEETINGS:
        return total, None
    return MOST_MEETINGS, f"has {found}; total meetings set to {MOST_MEETINGS}, the most allowed"


def weekdays_between(cycle: CycleRow) -> int:
    """How often the cycle's weekday falls between its start and its end, both included."""
    end: date = cycle.end or cycle.start
    behind = (cycle.day.position - cycle.start.isoweekday()) % 7
    return max(0, ((end - cycle.start).days - behind) // 7 + 1)


def free_numbers(taken: Collection[int]) -> Iterator[int]:
    """R-SCHED-5: the numbers that no live meeting holds, rising, without end."""
    held = set(taken)
    return (number for number in count(1) if number not in held)


def overlapping(rows: Iterable[MeetingRow]) -> list[tuple[MeetingRow, MeetingRow]]:
    """R-SCHED-9: the pairs of one instructor's rows that overlap, the earlier line first."""
    pairs: list[tuple[MeetingRow, MeetingRow]] = []
    going_on: list[MeetingRow] = []
    for row in sorted(rows, key=lambda r: (r.starts, r.place.line)):
        going_on = [r for r in going_on if r.day == row.day and r.slot.end > row.slot.start]
        pairs += [(r, row) if r.place.line < row.place.line else (row, r) for r in going_on]
        going_on.append(row)
    return pairs
