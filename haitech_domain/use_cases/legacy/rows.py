"""The rows of an export, read and understood, and the words at the head of their columns."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import attrs

from haitech_domain.calendar import DayOfWeek, TimeSlot, civil
from haitech_domain.cycle import ActivityType, CycleType
from haitech_domain.meeting import MeetingStatus
from haitech_domain.money import Money


class CycleColumn(StrEnum):
    """The columns of the file of cycles, by the words at their head."""

    ID = "מזהה"
    NAME = "שם מחזור"
    COURSE = "קורס"
    INSTITUTION = "לקוח מוסדי"
    INSTRUCTOR = "מדריך"
    KIND = "סוג"
    PRICING = "סוג תמחור"
    DAY = "יום"
    HOUR = "שעה"
    DURATION = "משך בדקות"
    START = "תאריך התחלה"
    END = "תאריך סיום"
    DAYS = "סהכ מפגשים"
    """Counts days in these exports; not used."""
    HELD = "מפגשים שהתקיימו"
    """Not used: the meetings themselves are counted (R-CYC-1)."""
    REVENUE = "הכנסה למפגש"


class MeetingColumn(StrEnum):
    """The columns of the file of meetings, by the words at their head."""

    CYCLE = "מחזור"
    START = "תאריך התחלה"
    END = "תאריך סיום"
    INSTRUCTOR = "מדריך"
    STATUS = "סטטוס"
    LESSON = "סוג הדרכה"


@attrs.frozen
class Place:
    """Where a row stands: the file's name, and the line of the file on which the row begins."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@attrs.frozen(kw_only=True)
class CycleRow:
    """One cycle of the export. Text that is not given is empty.

    `revenue` is the net revenue of a meeting, or per child the price of a student; None where
    the export says nothing. `online` is what the type column says about the place.
    """

    place: Place
    id: str
    name: str
    course: str
    institution: str
    instructor: str
    online: bool
    activity: ActivityType
    type: CycleType
    day: DayOfWeek
    slot: TimeSlot
    start: date
    end: date | None
    revenue: Money | None

    def contains(self, day: date) -> bool:
        """Whether its dates contain the day; a cycle without an end has none."""
        return self.start <= day and (self.end is None or day <= self.end)


@attrs.frozen(kw_only=True)
class MeetingRow:
    """One meeting of the export; `activity` None is the cycle's, an empty instructor too."""

    place: Place
    cycle: str
    day: date
    slot: TimeSlot
    instructor: str
    status: MeetingStatus
    activity: ActivityType | None

    @property
    def starts(self) -> datetime:
        """The civil moment at which it starts."""
        return civil(self.day, self.slot.start)

    @property
    def when(self) -> str:
        """Its date and times, as warnings show them."""
        return f"{self.day} {self.slot.start:%H:%M}-{self.slot.end:%H:%M}"
