"""Lists by hand: what a query means, in plain Python over a population."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import time
from typing import Any, Final
from zoneinfo import ZoneInfo

from haitech_domain.calendar import DayOfWeek, minute_of
from haitech_domain.instructor import ALWAYS, Instructor
from haitech_domain.meeting import MeetingStatus
from haitech_domain.people import Phone, phone_readings
from haitech_domain.ports import Listing, Query, listings
from haitech_domain.scheduling import FreeTime
from haitech_domain.testing.contracts.population import Population

LISTINGS: Final[Mapping[str, Listing]] = {
    "users": listings.USERS,
    "customers": listings.CUSTOMERS,
    "students": listings.STUDENTS,
    "courses": listings.COURSES,
    "branches": listings.BRANCHES,
    "closures": listings.CLOSURES,
    "instructors": listings.INSTRUCTORS,
    "time_off": listings.TIME_OFF,
    "orders": listings.ORDERS,
    "cycles": listings.CYCLES,
    "meetings": listings.MEETINGS,
    "registrations": listings.REGISTRATIONS,
    "attendance": listings.ATTENDANCE,
    "leads": listings.LEADS,
    "lead_notes": listings.LEAD_NOTES,
    "login_sessions": listings.LOGIN_SESSIONS,
    "one_time_tokens": listings.ONE_TIME_TOKENS,
    "saved_views": listings.SAVED_VIEWS,
    "api_keys": listings.API_KEYS,
}
OWNED: Final = frozenset(
    {"students", "cycles", "meetings", "registrations", "attendance", "saved_views", "time_off"}
)
"""R-ACC-2: what somebody's own rows are a part of."""

Fact = Callable[[Any, Population], Any]


def _row(people: Population, kind: str, id: Any) -> Any:
    return next(row for row in getattr(people, kind) if row.id == id)


def _of_cycle(field: str) -> Fact:
    return lambda row, people: getattr(_row(people, "cycles", row.cycle_id), field)


def _marked_student(row: Any, people: Population) -> Any:
    if row.registration_id is None:
        return row.student_id
    return _row(people, "registrations", row.registration_id).student_id


def _held_on(row: Any, people: Population) -> Any:
    return _row(people, "meetings", row.meeting_id).scheduled_date


def _came_in(row: Any, _people: Population) -> Any:
    return row.created_at.astimezone(ZoneInfo("Asia/Jerusalem")).date()


def _in_cycle(row: Any, people: Population) -> Any:
    return _row(people, "meetings", row.meeting_id).cycle_id


def _at_branch(row: Any, people: Population) -> Any:
    return _row(people, "cycles", _in_cycle(row, people)).branch_id


def _has_active(row: Any, people: Population) -> bool:
    children = {s.id for s in people.live("students") if s.customer_id == row.id}
    return any(r.is_live and r.student_id in children for r in people.live("registrations"))


_FACTS: Final[Mapping[tuple[str, str], Fact]] = {
    ("customers", "has_active_registration"): _has_active,
    ("meetings", "branch_id"): _of_cycle("branch_id"),
    ("meetings", "course_id"): _of_cycle("course_id"),
    ("meetings", "activity_type"): lambda row, people: (
        row.activity_type or _of_cycle("activity_type")(row, people)
    ),
    ("meetings", "date"): lambda row, _people: row.scheduled_date,
    ("registrations", "customer_id"): lambda row, people: (
        _row(people, "students", row.student_id).customer_id
    ),
    ("leads", "from"): _came_in,
    ("leads", "to"): _came_in,
    ("attendance", "student_id"): _marked_student,
    ("attendance", "cycle_id"): _in_cycle,
    ("attendance", "branch_id"): _at_branch,
    ("attendance", "from"): _held_on,
    ("attendance", "to"): _held_on,
}
_SPANS: Final = {
    "time_off": ("first_day", "last_day"),
    "orders": ("start_date", "end_date"),
    "cycles": ("start_date", "end_date"),
    "meetings": ("scheduled_date", "scheduled_date"),
    "registrations": ("registration_date", "registration_date"),
}


def fact(kind: str, name: str, row: Any, people: Population) -> Any:
    """What a filter looks at; for `from` and `to` the row's own end and beginning."""
    known = _FACTS.get((kind, name))
    if known is not None:
        return known(row, people)
    if name in {"from", "to"}:
        first, last = _SPANS[kind]
        return getattr(row, last if name == "from" else first)
    return getattr(row, name)


def _passes(kind: str, name: str, value: Any, row: Any, people: Population) -> bool:
    if name == "free":
        return _is_free(row, value, people)
    there = fact(kind, name, row, people)
    if name == "from":
        return there is None or there >= value
    if name == "to":
        return bool(there <= value)
    return bool(there == value)


def _is_free(row: Instructor, wanted: FreeTime, people: Population) -> bool:
    """R-SCHED-10, minute by minute."""
    if any(
        off.instructor_id == row.id and off.first_day <= wanted.day <= off.last_day
        for off in people.live("time_off")
    ):
        return False
    free: set[int] = set()
    for window in row.windows or ALWAYS:
        if window.day is DayOfWeek.of(wanted.day):
            free |= _minutes(window.start, window.end)
    for meeting in people.live("meetings"):
        on_day = meeting.instructor_id == row.id and meeting.scheduled_date == wanted.day
        if on_day and meeting.status in {MeetingStatus.SCHEDULED, MeetingStatus.COMPLETED}:
            free -= _minutes(meeting.start_time, meeting.end_time)
    if wanted.slot is None:
        return bool(free)
    return free >= _minutes(wanted.slot.start, wanted.slot.end)


def _minutes(start: time, end: time) -> set[int]:
    return set(range(minute_of(start), minute_of(end)))


def _owns(kind: str, row: Any, who: Any, people: Population) -> bool:
    if kind == "saved_views":
        return bool(row.is_public or row.owner_id == who)
    if kind == "time_off":
        return bool(row.instructor_id == who)
    mine = {c.id for c in people.live("cycles") if c.instructor_id == who}
    if kind == "cycles":
        return row.id in mine
    if kind == "students":
        return any(
            r.student_id == row.id and r.cycle_id in mine for r in people.live("registrations")
        )
    if kind == "attendance":
        return _owns("meetings", _row(people, "meetings", row.meeting_id), who, people)
    return row.cycle_id in mine or (kind == "meetings" and row.instructor_id == who)


def _matches(row: Any, searched: tuple[str, ...], term: str) -> bool:
    readings = phone_readings(term)
    for field in searched:
        value = getattr(row, field)
        if isinstance(value, Phone):
            if any(digits in str(value) for digits in readings):
                return True
        elif value is not None and term.casefold() in str(value).casefold():
            return True
    return False


def meant(kind: str, query: Query, people: Population) -> list[Any]:
    """All rows that a query means, in its order, without its limit and offset."""
    rows = people.live(kind)
    if query.own is not None:
        rows = [row for row in rows if _owns(kind, row, query.own, people)]
    if query.search is not None:
        rows = [row for row in rows if _matches(row, LISTINGS[kind].searched, query.search)]
    for name, value in query.filters.items():
        rows = [row for row in rows if _passes(kind, name, value, row, people)]
    return _sorted(rows, LISTINGS[kind], query)


def _sorted(rows: list[Any], listing: Listing, query: Query) -> list[Any]:
    if query.sort_by is None:
        fields, falls = tuple(field for field, _falls in listing.order), listing.order[0][1]
    else:
        falls = bool(query.descending)
        by_date = query.sort_by == "scheduled_date"
        fields = ("scheduled_date", "start_time") if by_date else (query.sort_by,)

    def key(row: Any) -> tuple[Any, ...]:
        return (*(getattr(row, field) for field in fields), row.id.bytes)

    there = [row for row in rows if getattr(row, fields[0]) is not None]
    missing = [row for row in rows if getattr(row, fields[0]) is None]
    by_id = sorted(missing, key=lambda row: row.id.bytes, reverse=falls)
    return sorted(there, key=key, reverse=falls) + by_id
