"""Single values of the export, from their text. Each raises `BadValue` with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Final, TypeVar

from haitech_domain.calendar import FIRST_DAY, LAST_DAY, DayOfWeek, TimeSlot, minute_of
from haitech_domain.course import Course
from haitech_domain.cycle import ActivityType, Cycle, CycleType
from haitech_domain.errors import BadValue
from haitech_domain.fields import rules_of
from haitech_domain.meeting import MeetingStatus
from haitech_domain.money import Money

PRICING: Final = {
    "מוסדי": CycleType.INSTITUTIONAL_FIXED,
    "מוסדי (תשלום פר ילד)": CycleType.INSTITUTIONAL_PER_CHILD,
    "פרטי": CycleType.PRIVATE,
}
STATUSES: Final = {
    "התקיימה": MeetingStatus.COMPLETED,
    "-": MeetingStatus.SCHEDULED,
    "נדחתה": MeetingStatus.POSTPONED,
    "בוטלה": MeetingStatus.CANCELLED,
}
NOT_IN_USE: Final = "לא בשימוש"
LESSONS: Final[Mapping[str, ActivityType | None]] = {
    "שיעור פרונטאלי": ActivityType.FRONTAL,
    "שיעור פרטי": ActivityType.PRIVATE_LESSON,
    "שיעור אונליין קבוצתי": ActivityType.ONLINE,
    "-": None,
}
DAYS: Final = dict(
    zip(("ראשון", "שני", "שלישי", "רביעי", "חמישי", "שישי", "שבת"), DayOfWeek, strict=True)
)

_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_HOUR: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::00)?")
_MOMENT: Final = re.compile(
    r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})\s+([0-9]{1,2}):([0-9]{2})(?::00)?"
)
_AMOUNT: Final = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?")
_COUNT: Final = re.compile(r"([0-9]{1,6})(?:\.0+)?")

_SHORTEST: Final = 5
_LONGEST: Final = 720
_DAY: Final = 24 * 60

_E = TypeVar("_E", bound=Enum)


def _one_of(what: str, words: Mapping[str, _E]) -> Callable[[str], _E]:
    def read(text: str) -> _E:
        word = " ".join(text.split())
        if word not in words:
            raise BadValue(f"unknown {what}: «{text}» is none of {', '.join(words)}")
        return words[word]

    return read


pricing: Final = _one_of("pricing type", PRICING)
_status: Final = _one_of("status", STATUSES)
_day: Final = _one_of("day", DAYS)


def status(text: str) -> MeetingStatus:
    """A meeting's status. :raises BadValue: not in use, or unknown"""
    if " ".join(text.split()) == NOT_IN_USE:
        raise BadValue(f"not in use: rows marked «{NOT_IN_USE}» are not imported")
    return _status(text)


def weekday(text: str) -> DayOfWeek:
    """A day of the week, also after the word «יום». :raises BadValue: none"""
    return _day(" ".join(text.split()).removeprefix("יום "))


def lesson(text: str) -> ActivityType | None:
    """A meeting's own activity; None where it has its cycle's. :raises BadValue: unknown"""
    word = " ".join(text.split())
    if word not in LESSONS:
        raise BadValue(f"unknown lesson type: «{text}» is none of {', '.join(LESSONS)}")
    return LESSONS[word]


def activity(kind: str) -> ActivityType:
    """A cycle's activity by the words of its type column."""
    words = " ".join(kind.split())
    if "אונליין פרטי" in words:
        return ActivityType.PRIVATE_LESSON
    return ActivityType.ONLINE if "אונליין קבוצתי" in words else ActivityType.FRONTAL


def online(kind: str) -> bool:
    """Whether the type column speaks of lessons without a place."""
    return "אונליין" in kind


def name(text: str) -> str:
    """A name as the domain takes it. :raises BadValue: too long, or control characters"""
    checked: str = rules_of(Course)["name"](text)
    return checked


def iso_date(text: str) -> date:
    """A date like 2026-01-31. :raises BadValue: another form, no such day, outside 2000–2100"""
    match = _ISO.fullmatch(text)
    if match is None:
        raise BadValue(f"«{text}» is no date like 2026-01-31")
    return _date(text, *match.groups())


def moment(text: str) -> datetime:
    """A local date and time like 31/01/2026 16:30. :raises BadValue: another form, or none"""
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise BadValue(f"«{text}» is no date and time like 31/01/2026 16:30")
    day, month, year, hours, minutes = match.groups()
    return datetime.combine(_date(text, year, month, day), _time(text, hours, minutes))


def hour(text: str) -> time:
    """A time like 8:30 or 08:30. :raises BadValue: another form, or no such time"""
    match = _HOUR.fullmatch(text)
    if match is None:
        raise BadValue(f"«{text}» is no time like 16:30")
    return _time(text, *match.groups())


def _date(text: str, year: str, month: str, day: str) -> date:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        raise BadValue(f"«{text}» names no day that exists") from None
    if not FIRST_DAY <= found <= LAST_DAY:
        raise BadValue(f"«{text}» is outside the years 2000-2100")
    return found


def _time(text: str, hours: str, minutes: str) -> time:
    try:
        return time(int(hours), int(minutes))
    except ValueError:
        raise BadValue(f"«{text}» names no time that exists") from None


def money(text: str) -> Money:
    """An amount, exactly (R-MONEY-1, R-MONEY-6). :raises BadValue: none, or one out of bounds"""
    if not _AMOUNT.fullmatch(text):
        raise BadValue(f"«{text}» is no amount like 300.00")
    try:
        checked: Money = rules_of(Cycle)["meeting_revenue"](Money.of(text))
    except BadValue as bad:
        raise BadValue(f"«{text}» {bad.message}") from None
    return checked


def duration(text: str) -> int:
    """A length in whole minutes, 5 to 720 (R-MEET-1). :raises BadValue: anything else"""
    match = _COUNT.fullmatch(text)
    if match is None:
        raise BadValue(f"«{text}» is no number of minutes")
    minutes = int(match[1])
    if not _SHORTEST <= minutes <= _LONGEST:
        raise BadValue(f"{minutes} minutes are not 5 minutes to 12 hours")
    return minutes


def slot_of(start: time, minutes: int) -> TimeSlot:
    """The times of a cycle's meetings. :raises BadValue: they would end on the next day"""
    ends = minute_of(start) + minutes
    if ends >= _DAY:
        raise BadValue(f"{minutes} minutes from {start:%H:%M} do not end on the same day")
    return TimeSlot(start, time(*divmod(ends, 60)))


def end_of(start: date, end: date | None) -> date | None:
    """The end of a cycle that starts on a day (R-CYC-7). :raises BadValue: it is before that"""
    if end is not None and end < start:
        raise BadValue("the cycle would end before it starts")
    return end


def slot_between(start: datetime, end: datetime) -> TimeSlot:
    """The times of a meeting (R-MEET-1). :raises BadValue: reversed, too short, too long"""
    length = end - start
    if length <= timedelta(0):
        raise BadValue("reversed: it does not end after it starts")
    if length > timedelta(minutes=_LONGEST):
        raise BadValue("too long: a meeting lasts 12 hours at most, on one date")
    if start.date() != end.date():
        raise BadValue("not one date: it ends on another date than it starts")
    if length < timedelta(minutes=_SHORTEST):
        raise BadValue("too short: a meeting lasts 5 minutes at least")
    return TimeSlot(start.time(), end.time())
