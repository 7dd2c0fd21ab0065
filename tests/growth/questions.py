"""Every list with each of its filters and orders, and every single read, of the API's own document.

What the document has and no value is known for stops the program: a new filter is asked for as
soon as it has one here.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from hashlib import md5
from typing import Any, Final

import attrs

BASE: Final = "/api/v1"
SEVENTH: Final = 7
"""Which of each kind is asked for; its row is there at every size and not deleted."""
KINDS: Final = {
    "attendance": "attendance",
    "branches": "branches",
    "courses": "courses",
    "customers": "customers",
    "cycles": "cycles",
    "instructors": "instructors",
    "leads": "leads",
    "meetings": "meetings",
    "registrations": "registrations",
    "students": "students",
}
"""By the first word of a path: what a school has more of, or what has more of it."""
REPORTS: Final = re.compile(r"/attendance/summary$|/calendar\.ics$|/time-off/|/orders$")
"""What counts over many, is opened by a token, or has nothing in this school."""
NOT_FILTERS: Final = {"limit", "offset", "cursor", "sortBy", "sortOrder", "q"}
WEEK: Final = {"from": "2022-03-06", "to": "2022-03-12"}
OF: Final = {
    "from": WEEK,
    "to": {"to": "2020-01-20"},
    "date": {"date": "2022-03-08"},
    "availableOn": {"availableOn": "2022-03-08"},
    "availableFrom": {
        "availableOn": "2022-03-08",
        "availableFrom": "16:00",
        "availableTo": "17:00",
    },
    "availableTo": {},
    "activityType": {"activityType": "online"},
    "category": {"category": "ai"},
    "city": {"city": "עיר 7"},
    "dayOfWeek": {"dayOfWeek": "sunday"},
    "grade": {"grade": "ד"},
    "hasActiveRegistration": {"hasActiveRegistration": "true"},
    "isActive": {"isActive": "true"},
    "isTrial": {"isTrial": "true"},
    "paymentStatus": {"paymentStatus": "partial"},
    "source": {"source": "source 7"},
}
"""The values of filters; those of ids, searches and states are below. An empty one is part of another."""
STATES: Final = {"attendance": "late", "leads": "new", "registrations": "trial"}
TYPES: Final = {"branches": "school"}
SEARCHED: Final = {
    "customers": "לקוח 17",
    "cycles": "מחזור 1f0e",
    "students": "ילד 8f14",
    "leads": "פונה 17",
}
"""In Hebrew, and of few rows at every size."""
IDS: Final = {
    "branchId": "branches",
    "courseId": "courses",
    "customerId": "customers",
    "cycleId": "cycles",
    "institutionalOrderId": "institutional_orders",
    "instructorId": "instructors",
    "meetingId": "meetings",
    "registrationId": "registrations",
    "studentId": "students",
}


@attrs.frozen
class Question:
    """A request, and how it is called; `deep` asks for a page far behind, by its cursor."""

    path: str
    called: str = ""
    query: Mapping[str, str] = attrs.field(factory=dict)
    deep: bool = False


def id_of(table: str) -> str:
    """The id of the seventh row of a table (`tests.postgres.filled.id_of`, without a database)."""
    return str(uuid.UUID(md5(f"{table}{SEVENTH}".encode(), usedforsecurity=False).hexdigest()))


def questions(document: Mapping[str, Any]) -> Iterator[Question]:
    """All of them, in the order of the document."""
    for template, ways in document["paths"].items():
        path = template.removeprefix(BASE)
        kind = path.split("/")[1]
        if "get" not in ways or kind not in KINDS or REPORTS.search(path):
            continue
        named = re.sub(r"{meetingId}", id_of("meetings"), path).replace("{id}", id_of(KINDS[kind]))
        given = {
            parameter["name"]: parameter["schema"]
            for parameter in ways["get"]["parameters"]
            if parameter.get("in") == "query"
        }
        if "sortBy" in given:
            yield from _of_list(named, path.rsplit("/", 1)[-1], given)
        else:
            yield Question(named, query=WEEK if "from" in given else {})


def _of_list(path: str, last: str, given: Mapping[str, Any]) -> Iterator[Question]:
    listed = last if last in KINDS else "attendance"
    yield Question(path)
    yield Question(path, "a page far behind", deep=True)
    for sort in given["sortBy"]["enum"]:
        yield Question(path, f"by {sort}, falling", {"sortBy": sort, "sortOrder": "desc"})
    for name in sorted(given.keys() - NOT_FILTERS):
        query = _filter(listed, name)
        if query:
            yield Question(path, "&".join(query), query)


def _filter(listed: str, name: str) -> Mapping[str, str]:
    if name in IDS:
        return {name: id_of(IDS[name])}
    by_list = {
        "search": SEARCHED.get(listed, "7"),
        "status": STATES.get(listed, "completed"),
        "type": TYPES.get(listed, "private"),
    }
    return {name: by_list[name]} if name in by_list else OF[name]
