"""Calendars: the one that says why nobody teaches on a day, and those that people subscribe to.

The Israeli school year, computed offline (R-SCHED-2), and feeds of meetings as iCalendar.
"""

from haitech_adapters.calendar.icalendar_feeds import IcalendarFeeds
from haitech_adapters.calendar.israeli_school import OPTIONAL_DAYS, IsraeliSchoolCalendar

__all__ = ["OPTIONAL_DAYS", "IcalendarFeeds", "IsraeliSchoolCalendar"]
