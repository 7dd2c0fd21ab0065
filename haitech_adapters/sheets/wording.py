"""Every word that the program itself writes into a file, in Hebrew and English, by its key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from haitech_domain.reports import Language

Said = tuple[str, str]
"""In Hebrew, in English."""

REPORTS: Final[Mapping[str, Said]] = {
    "revenue": ("דוח הכנסות", "Revenue"),
    "instructor-payments": ("דוח תשלומים למדריכים", "Instructor payments"),
    "instructor-payment-lines": ("פירוט תשלומים למדריכים", "Instructor payments by meeting"),
    "attendance-summary": ("דוח נוכחות", "Attendance"),
    "cycle-progress": ("דוח התקדמות מחזורים", "Cycle progress"),
}
"""Titles of reports, by the name of the table."""

COLUMNS: Final[Mapping[str, Said]] = {
    "day": ("תאריך", "Date"),
    "week": ("שבוע המתחיל ביום ראשון", "Week from Sunday"),
    "month": ("חודש", "Month"),
    "branch": ("סניף", "Branch"),
    "course": ("קורס", "Course"),
    "instructor": ("מדריך", "Instructor"),
    "cycle": ("מחזור", "Cycle"),
    "cycleType": ("סוג מחזור", "Cycle type"),
    "student": ("תלמיד", "Student"),
    "remark": ("הערה", "Remark"),
    "status": ("מצב", "Status"),
    "activityType": ("סוג פעילות", "Activity"),
    "scheduledDate": ("תאריך", "Date"),
    "startTime": ("התחלה", "Start"),
    "endTime": ("סיום", "End"),
    "meetings": ("מפגשים", "Meetings"),
    "minutes": ("דקות", "Minutes"),
    "hours": ("שעות", "Hours"),
    "revenue": ("הכנסות (₪)", "Revenue (₪)"),
    "instructorPayment": ("תשלום למדריכים (₪)", "Instructor pay (₪)"),
    "employerCost": ("עלות מעסיק (₪)", "Employer cost (₪)"),
    "profit": ("רווח (₪)", "Profit (₪)"),
    "margin": ("שיעור רווח", "Margin"),
    "frontalHours": ("שעות פרונטליות", "Frontal hours"),
    "frontalPayment": ("תשלום פרונטלי (₪)", "Frontal pay (₪)"),
    "onlineHours": ("שעות מקוונות", "Online hours"),
    "onlinePayment": ("תשלום מקוון (₪)", "Online pay (₪)"),
    "privateLessonHours": ("שעות פרטיות", "Private hours"),
    "privateLessonPayment": ("תשלום פרטי (₪)", "Private pay (₪)"),
    "marks": ("סימוני נוכחות", "Marks"),
    "present": ("נכחו", "Present"),
    "late": ("איחרו", "Late"),
    "absent": ("נעדרו", "Absent"),
    "rate": ("שיעור נוכחות", "Attendance rate"),
    "planned": ("מתוכננים", "Planned"),
    "completed": ("התקיימו", "Completed"),
    "remaining": ("נותרו", "Remaining"),
    "percent": ("התקדמות", "Progress"),
    "registrations": ("רשומים", "Registrations"),
    "expectedEnd": ("סיום צפוי", "Expected end"),
}
"""Titles of columns, by their keys."""

VALUES: Final[Mapping[str, Said]] = {
    "deleted": ("נמחק", "deleted"),
    "course-deleted": ("הקורס נמחק", "course deleted"),
    "branch-deleted": ("הסניף נמחק", "branch deleted"),
    "instructor-deleted": ("המדריך נמחק", "instructor deleted"),
    "guests": ("אורחים", "guests"),
    "private": ("פרטי", "private"),
    "institutional_per_child": ("מוסדי לפי ילד", "institutional, per child"),
    "institutional_fixed": ("מוסדי בסכום קבוע", "institutional, fixed"),
    "active": ("פעיל", "active"),
    "completed": ("הסתיים", "completed"),
    "cancelled": ("בוטל", "cancelled"),
    "frontal": ("פרונטלי", "frontal"),
    "online": ("מקוון", "online"),
    "private_lesson": ("שיעור פרטי", "private lesson"),
}
"""What the program's own words are called in columns of the kind `word`."""

MONTHS: Final[tuple[Said, ...]] = (
    ("ינואר", "January"),
    ("פברואר", "February"),
    ("מרץ", "March"),
    ("אפריל", "April"),
    ("מאי", "May"),
    ("יוני", "June"),
    ("יולי", "July"),
    ("אוגוסט", "August"),
    ("ספטמבר", "September"),
    ("אוקטובר", "October"),
    ("נובמבר", "November"),
    ("דצמבר", "December"),
)

TOTAL: Final[Said] = ("סה״כ", "Total")
BY: Final[Said] = ("לפי {what}", "by {what}")
ROW: Final[Mapping[str, Said]] = {
    "day": ("יום", "day"),
    "week": ("שבוע", "week"),
    "scheduledDate": ("מפגש", "meeting"),
}
"""What a row is, where the title of its column does not say so."""
UP_TO: Final[Said] = ("עד {day}", "until {day}")
SINCE: Final[Said] = ("מ־{day}", "from {day}")
ALL_DAYS: Final[Said] = ("כל התקופה", "All days")
IN_ALL: Final[Said] = ("סיכום", "In all")
DETAILS: Final[Said] = ("פירוט", "Details")
NOTHING: Final[Said] = ("אין נתונים לתקופה הזאת.", "There is nothing in these days.")
MORE_ROWS: Final[Said] = (
    "מוצגות {some} שורות מתוך {all}. הסיכום כולל את כולן, וכולן נמצאות בייצוא ל־CSV או ל־XLSX.",
    "These are {some} of {all} rows. The totals count all; an export as CSV or XLSX has them all.",
)
LARGEST: Final[Said] = (
    "הגבוה ביותר: {name}, {figure}. כל הנתונים בטבלה שבהמשך.",
    "The highest is {name}, {figure}. All figures are in the table below.",
)
SOME_BARS: Final[Said] = ("{some} הגבוהים מתוך {all}", "the highest {some} of {all}")


_MONTH: Final = re.compile("(?P<year>[0-9]{4})-(?P<month>0[1-9]|1[0-2])")


class Words:
    """The words of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._place = 0 if language is Language.HEBREW else 1

    @property
    def is_hebrew(self) -> bool:
        """Whether it is read from right to left."""
        return self.language is Language.HEBREW

    def say(self, said: Said, **facts: object) -> str:
        """One of the two, with facts in the places that it has for them."""
        text = said[self._place]
        return text.format(**facts) if facts else text

    def report(self, name: str) -> str:
        """The title of a report. :raises KeyError: it has none, which a test would have said"""
        return self.say(REPORTS[name])

    def column(self, key: str) -> str:
        """The title of a column. :raises KeyError: it has none, which a test would have said"""
        return self.say(COLUMNS[key])

    def by(self, key: str) -> str:
        """By what there are rows, where the first column has this key: `by branch`."""
        title = self.say(ROW.get(key, COLUMNS[key]))
        return self.say(BY, what=title if self.is_hebrew else title.lower())

    def value(self, words: str) -> str:
        """Words of the program; itself, where nobody has translated one yet."""
        return ", ".join(
            self.say(VALUES[word]) if word in VALUES else word for word in words.split(",")
        )

    def month(self, text: str) -> str:
        """`2026-02` by its name; other text as it is."""
        if found := _MONTH.fullmatch(text):
            return f"{self.say(MONTHS[int(found['month']) - 1])} {found['year']}"
        return text

    def day(self, at: date) -> str:
        """A day: `06.02.2026`, `6 Feb 2026`."""
        if self.is_hebrew:
            return f"{at:%d.%m.%Y}"
        return f"{at.day} {self.say(MONTHS[at.month - 1])[:3]} {at.year}"
