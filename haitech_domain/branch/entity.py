"""The branch and its closures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

import attrs

from haitech_domain.calendar import DateRange
from haitech_domain.entity import Entity, across
from haitech_domain.errors import Problem
from haitech_domain.fields import Day, Line, Name
from haitech_domain.ids import BranchId, ClosureId
from haitech_domain.people import Email, Phone


class BranchType(StrEnum):
    """What kind of place a branch is."""

    SCHOOL = "school"
    COMMUNITY_CENTER = "community_center"
    FRONTAL = "frontal"
    ONLINE = "online"


@attrs.frozen(kw_only=True)
class Branch(Entity):
    """Where lessons happen."""

    id: BranchId
    name: Name
    type: BranchType
    address: Line | None = None
    city: Name | None = None
    contact_name: Name | None = None
    contact_phone: Phone | None = None
    contact_email: Email | None = None
    is_active: bool = True


@attrs.frozen(kw_only=True)
class Closure(Entity):
    """Days on which a branch does not teach, both ends included, with the reason."""

    id: ClosureId
    branch_id: BranchId
    first_day: Day
    last_day: Day
    why: Line

    @across("first_day", "last_day")
    def in_order(self) -> Iterator[Problem]:
        """The range must not end before it starts."""
        if self.first_day > self.last_day:
            yield Problem("last_day", "must not be before the first day", "date.order")


def closures_by_range(closures: Iterable[Closure]) -> Mapping[DateRange, str]:
    """The closures as `TeachingDays` takes them."""
    return {DateRange(c.first_day, c.last_day): c.why for c in closures}
