"""What closures of branches and time off of instructors share: stretches of days with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

import attrs
from msgspec import UNSET, UnsetType

from haitech_adapters.http.shapes import ListQuery
from haitech_domain.branch import Closure
from haitech_domain.instructor import TimeOff
from haitech_domain.ports import Query

WORDS: Final[Mapping[str, str]] = {"first_day": "from", "last_day": "to", "why": "reason"}
"""What the wire calls the fields."""
_INNER: Final = {f"{wire}_" if wire == "from" else wire: name for name, wire in WORDS.items()}


class DaysOffQuery(ListQuery, frozen=True, kw_only=True):
    """How to list days off."""

    sort_by: Literal["from", "createdAt"] | UnsetType = UNSET

    def asked(self, **filters: Any) -> Query:
        """The domain's query, in its own word for the first day."""
        query = super().asked(**filters)
        return attrs.evolve(query, sort_by="first_day") if query.sort_by == "from" else query


def inner(given: Mapping[str, Any]) -> dict[str, Any]:
    """What a body gave, by the domain's names."""
    return {_INNER[name]: value for name, value in given.items()}


def worded(days: Closure | TimeOff) -> dict[str, Any]:
    """The fields that the wire calls otherwise."""
    return {"from_": days.first_day, "to": days.last_day, "reason": days.why}
