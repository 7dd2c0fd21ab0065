"""Attendance: marks in meetings, who may be marked, and their rate (domain.md §9)."""

from haitech_domain.attendance.counts import MarkCounts
from haitech_domain.attendance.entity import AttendanceStatus, Mark
from haitech_domain.attendance.events import AttendanceRecorded
from haitech_domain.attendance.marking import (
    MeetingTakesNoMarks,
    Wanted,
    amend,
    mark_all,
    must_take_marks,
    remove,
    take_back,
)
from haitech_domain.attendance.roll import Roll

__all__ = [
    "AttendanceRecorded",
    "AttendanceStatus",
    "Mark",
    "MarkCounts",
    "MeetingTakesNoMarks",
    "Roll",
    "Wanted",
    "amend",
    "mark_all",
    "must_take_marks",
    "remove",
    "take_back",
]
