"""The days on which an instructor does not teach (R-SCHED-10)."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from haitech_domain.calendar import DateRange
from haitech_domain.entity import Entity, across
from haitech_domain.errors import Problem
from haitech_domain.fields import Day, Line
from haitech_domain.ids import InstructorId, TimeOffId


@attrs.frozen(kw_only=True)
class TimeOff(Entity):
    """Days off, both ends included, and why, if the instructor says so."""

    id: TimeOffId
    instructor_id: InstructorId
    first_day: Day
    last_day: Day
    why: Line | None = None

    @across("first_day", "last_day")
    def in_order(self) -> Iterator[Problem]:
        """The days must not end before they start."""
        if self.first_day > self.last_day:
            yield Problem("last_day", "must not be before the first day", "date.order")

    @property
    def days(self) -> DateRange:
        """The days themselves."""
        return DateRange(self.first_day, self.last_day)
