"""Attendance: marks in meetings, and their rate (domain.md §9)."""

from haitech_domain.attendance.counts import MarkCounts
from haitech_domain.attendance.entity import AttendanceStatus, Mark

__all__ = ["AttendanceStatus", "Mark", "MarkCounts"]
