"""The list of instructors, also of those who are free at some time (R-SCHED-10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from haitech_domain.access import Action, Actor, Role
from haitech_domain.calendar import TimeSlot
from haitech_domain.errors import BadValue, Problem
from haitech_domain.fields import Day, Rule, civil_time, rule_of
from haitech_domain.instructor import Instructor
from haitech_domain.ports import Page, Query, listings
from haitech_domain.scheduling import FreeTime
from haitech_domain.use_cases.catalogue import ListPage
from haitech_domain.use_cases.school import School
from haitech_domain.use_cases.spec import Within

_NAMES: Final = ("available_on", "available_from", "available_to")
_ON, _FROM, _TO = _NAMES
_RULES: Final[Mapping[str, Rule]] = {_ON: rule_of(Day), _FROM: civil_time, _TO: civil_time}


def _wrong(filters: Mapping[str, Any]) -> Iterator[Problem]:
    """What is asked is a date, alone or with two times that make a slot a meeting could have."""
    given = {name: filters[name] for name in _NAMES if filters.get(name) is not None}
    values = {}
    for name, value in given.items():
        try:
            values[name] = _RULES[name](value)
        except BadValue as bad:
            yield Problem(name, bad.message, bad.reason)
    for name in () if given.keys() <= {_ON} else _NAMES:
        if name not in given:
            yield Problem(name, "is required where times are given", "value.required")
    if {_FROM, _TO} <= values.keys():
        try:
            TimeSlot(values[_FROM], values[_TO])
        except BadValue as bad:
            yield Problem(_TO, bad.message, bad.reason)


def _free_time(filters: Mapping[str, Any]) -> FreeTime | None:
    """What filters that are right ask for."""
    day, start, end = (
        None if filters.get(name) is None else rule(filters[name]) for name, rule in _RULES.items()
    )
    if day is None:
        return None
    slot = TimeSlot(start, end) if start is not None and end is not None else None
    return FreeTime(day, slot)


INSTRUCTORS_ASKED: Final = attrs.evolve(
    listings.INSTRUCTORS,
    filters=(listings.INSTRUCTORS.filters - {"free"}) | {*_NAMES},
    between=_wrong,
)
"""What may be asked of the list from outside."""


@attrs.frozen(kw_only=True)
class ListInstructors(ListPage[Instructor]):
    """List, filter, search, sort, page; also by availability.

    With `availableOn` alone, those who have some free time on that day: within their weekly
    windows, without time off, between their meetings, and on a day that teaches. With
    `availableFrom` and `availableTo`, those who are free for the whole of that stretch.
    """

    school: School

    async def __call__(
        self, *, actor: Actor, query: Query, within: Within | None = None
    ) -> Page[Instructor]:
        """One page of the instructors that exist for the actor.

        :raises Forbidden: the role or scopes do not allow it
        :raises Invalid: an unknown filter or sort, or a time that is none
        """
        self.spec.limit(actor, Action.READ)
        if actor.role is Role.INSTRUCTOR:  # may not ask when colleagues are free
            return await ListPage.__call__(self, actor=actor, query=query, within=within)
        INSTRUCTORS_ASKED.check(query)
        wanted = _free_time(query.filters)
        if wanted is not None:
            if self.school.days_of_all.closed_on(wanted.day) is not None:
                return _nobody(query)
            kept = {n: v for n, v in query.filters.items() if n not in _NAMES}
            query = attrs.evolve(query, filters={**kept, "free": wanted})
        return await ListPage.__call__(self, actor=actor, query=query, within=within)


def _nobody(query: Query) -> Page[Instructor]:
    """Nobody teaches that day."""
    by_cursor = query.cursor is not None
    return Page(items=(), total=0, limit=query.limit, offset=query.offset, by_cursor=by_cursor)
