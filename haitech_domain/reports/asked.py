"""Which meetings a report counts, and which of its rows are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Final, Generic, TypeVar
from uuid import UUID

import attrs

from haitech_domain.errors import Invalid, Problem, fields_called
from haitech_domain.fields import Between, Day, enforce
from haitech_domain.ids import BranchId, CourseId, CycleId, InstructorId, StudentId

MOST_ROWS: Final = 10_000
"""How many rows one answer has at most; longer ones are asked for in pieces, or exported."""
FURTHEST: Final = 10_000_000
_WORDS: Final = {"from_day": "from", "to_day": "to"}

Row = TypeVar("Row")
Totals = TypeVar("Totals")


@attrs.frozen(kw_only=True)
class Filters:
    """What a report is narrowed to; both days are included. What is None narrows nothing.

    :raises Invalid: a day outside 2000-2100, or an end before the beginning
    """

    from_day: Day | None = None
    to_day: Day | None = None
    branch_id: BranchId | None = None
    course_id: CourseId | None = None
    instructor_id: InstructorId | None = None
    cycle_id: CycleId | None = None
    student_id: StudentId | None = None

    def __attrs_post_init__(self) -> None:
        with fields_called(_WORDS):
            enforce(self)
        first, last = self.from_day, self.to_day
        if first is not None and last is not None and first > last:
            raise Invalid((Problem("to", "must not be before from", "date.order"),))

    def given(self) -> dict[str, Any]:
        """What narrows, by name."""
        return {name: value for name, value in attrs.asdict(self).items() if value is not None}

    def mean(self, day: date, **ids: UUID | None) -> bool:
        """Whether something of a day is meant; `ids` are what it belongs to, by filter."""
        if self.from_day is not None and day < self.from_day:
            return False
        if self.to_day is not None and day > self.to_day:
            return False
        return all(getattr(self, name) in {None, id} for name, id in ids.items())


@attrs.frozen(kw_only=True)
class Cut:
    """Which of a report's rows are wanted; all of them, where no `limit` is given.

    :raises Invalid: out of bounds
    """

    limit: Annotated[int, Between(1, MOST_ROWS)] | None = None
    offset: Annotated[int, Between(0, FURTHEST)] = 0

    def __attrs_post_init__(self) -> None:
        enforce(self)

    def of(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The wanted ones."""
        end = None if self.limit is None else self.offset + self.limit
        return rows[self.offset : end]


ALL_ROWS: Final = Cut()


@attrs.frozen(kw_only=True)
class Report(Generic[Row, Totals]):
    """Rows, how many there are in all, and the exact sums of all of them, wanted or not."""

    rows: Sequence[Row]
    row_count: int
    totals: Totals
