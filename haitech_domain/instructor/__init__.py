"""The instructor: teaches; may be linked to a user; with the hours and days off of one."""

from haitech_domain.instructor.entity import EmploymentType, Instructor
from haitech_domain.instructor.time_off import TimeOff
from haitech_domain.instructor.windows import ALWAYS, NO_WINDOWS, WeeklyWindows, Window

__all__ = [
    "ALWAYS",
    "NO_WINDOWS",
    "EmploymentType",
    "Instructor",
    "TimeOff",
    "WeeklyWindows",
    "Window",
]
