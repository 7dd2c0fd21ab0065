"""Calendars that answer the domain's question «why does nobody teach on this day?».

One adapter so far: the Israeli school year, computed offline (R-SCHED-2).
"""

from haitech_adapters.calendar.israeli_school import OPTIONAL_DAYS, IsraeliSchoolCalendar

__all__ = ["OPTIONAL_DAYS", "IsraeliSchoolCalendar"]
