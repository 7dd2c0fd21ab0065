"""Every word that the program itself writes into a file, in Hebrew and English, by its key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from haitech_domain.reports import Cell, Language

Said = tuple[str, str]
"""In Hebrew, in English."""

REPORTS: Final[Mapping[str, Said]] = {
    "revenue": ("דוח הכנסות", "Revenue"),
    "instructor-payments": ("דוח תשלומים למדריכים", "Instructor payments"),
    "attendance-summary": ("דוח נוכחות", "Attendance summary"),
    "cycle-progress": ("דוח התקדמות מחזורים", "Cycle progress"),
}
"""Titles of reports, by the name of the table."""

COLUMNS: Final[Mapping[str, Said]] = {
    "day": ("תאריך", "Date"),
    "week": ("שבוע המתחיל ב־", "Week of"),
    "month": ("חודש", "Month"),
    "branch": ("סניף", "Branch"),
    "course": ("קורס", "Course"),
    "instructor": ("מדריך", "Instructor"),
    "cycle": ("מחזור", "Cycle"),
    "cycleType": ("סוג מחזור", "Cycle type"),
    "student": ("תלמיד", "Student"),
    "activityType": ("סוג פעילות", "Activity"),
    "meetings": ("מפגשים", "Meetings"),
    "hours": ("שעות", "Hours"),
    "revenue": ("הכנסות (₪)", "Revenue (₪)"),
    "instructorPayment": ("תשלום למדריכים (₪)", "Instructor pay (₪)"),
    "employerCost": ("עלות מעביד (₪)", "Employer cost (₪)"),
    "profit": ("רווח (₪)", "Profit (₪)"),
    "margin": ("שיעור רווח", "Margin"),
    "present": ("נכחו", "Present"),
    "late": ("איחרו", "Late"),
    "absent": ("נעדרו", "Absent"),
    "marks": ("סימונים", "Marks"),
    "rate": ("שיעור נוכחות", "Attendance rate"),
    "status": ("מצב", "Status"),
    "planned": ("מתוכננים", "Planned"),
    "completed": ("בוצעו", "Completed"),
    "remaining": ("נותרו", "Remaining"),
    "percent": ("התקדמות", "Progress"),
    "registrations": ("רשומים", "Registrations"),
    "expectedEnd": ("סיום צפוי", "Expected end"),
}
"""Titles of columns, by their keys."""

VALUES: Final[Mapping[str, Mapping[str, Said]]] = {
    "cycleType": {
        "institutional_per_child": ("מוסדי לפי ילד", "Institutional, per child"),
        "institutional_fixed": ("מוסדי בסכום קבוע", "Institutional, fixed"),
        "private": ("פרטי", "Private"),
    },
}
"""What the values of columns whose texts are names of a fixed few are called, by column."""

TOTAL: Final[Said] = ("סה״כ", "Total")


class Words:
    """The words of one language."""

    def __init__(self, language: Language) -> None:
        self._place = 0 if language is Language.HEBREW else 1

    def say(self, said: Said) -> str:
        """One of the two."""
        return said[self._place]

    def report(self, name: str) -> str:
        """The title of a report. :raises KeyError: it has none, which a test would have said"""
        return self.say(REPORTS[name])

    def column(self, key: str) -> str:
        """The title of a column. :raises KeyError: it has none, which a test would have said"""
        return self.say(COLUMNS[key])

    def value(self, key: str, cell: Cell) -> Cell:
        """A cell, in words where it is one of a fixed few."""
        if isinstance(cell, str) and key in VALUES and cell in VALUES[key]:
            return self.say(VALUES[key][cell])
        return cell
