"""What a resource declares: its words, how its list is filtered, whose its rows are, what must hold.

A new resource is one `Resource` value; only questions of its own need a subclass of the
repository.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

import attrs

from haitech_adapters.memory.constraints import Constraint
from haitech_adapters.memory.services import JERUSALEM
from haitech_adapters.memory.state import State
from haitech_domain.entity import Entity
from haitech_domain.ports import Listing

T = TypeVar("T", bound=Entity)

Test = Callable[[T, Any, State], bool]
"""Whether a row passes a filter's value."""


def _nobody(row: Entity, whose: Any, state: State) -> bool:
    """R-ACC-1: rows that no rule calls somebody's own are nobody's."""
    del row, whose, state
    return False


def _always(row: Entity, state: State) -> bool:
    """Nothing else decides."""
    del row, state
    return True


def _at_peace(row: Entity, state: State) -> None:
    """Nothing else has to hold in the end."""
    del row, state


@attrs.frozen
class Reference:
    """A field that names a row of another table, and what refusals call that."""

    field: str
    to: type[Entity]
    what: str


@attrs.frozen(kw_only=True)
class Resource(Generic[T]):
    """One resource: `name` is what refusals and audit rows call one of it.

    `stands` is what must hold besides for a row that is not deleted to be there; `at_commit` raises
    where something does not hold of a row that was written, once its transaction is to be kept.
    """

    cls: type[T]
    name: str
    listing: Listing
    filters: Mapping[str, Test[T]] = attrs.field(factory=dict)
    own: Test[T] = _nobody
    stands: Callable[[T, State], bool] = _always
    references: tuple[Reference, ...] = ()
    constraints: tuple[Constraint[T], ...] = ()
    at_commit: Callable[[T, State], None] = _at_peace

    def __attrs_post_init__(self) -> None:
        if set(self.filters) != self.listing.filters:
            message = f"the filters of {self.name} are not those of its listing"
            raise ValueError(message)


def equals(*fields: str) -> dict[str, Test[Any]]:
    """Filters that compare a field of their own name; as in SQL, nothing equals None."""
    return {field: _equals(field) for field in fields}


def _equals(field: str) -> Test[Any]:
    def test(row: Any, value: Any, state: State) -> bool:
        del state
        return value is not None and bool(getattr(row, field) == value)

    return test


def through(reference: str, to: type[Entity], field: str) -> Test[Any]:
    """A filter on a field of the row that `reference` names."""

    def test(row: Any, value: Any, state: State) -> bool:
        referred = state.table(to).get(getattr(row, reference))
        return value is not None and referred is not None and getattr(referred, field) == value

    return test


def between(field: str) -> dict[str, Test[Any]]:
    """`from` and `to` as inclusive bounds of one date."""
    return overlapping(field, field)


def civil_days(field: str) -> dict[str, Test[Any]]:
    """`from` and `to` as inclusive bounds of the civil day of a moment."""

    def since(row: Any, value: date, state: State) -> bool:
        del state
        return bool(getattr(row, field).astimezone(JERUSALEM).date() >= value)

    def until(row: Any, value: date, state: State) -> bool:
        del state
        return bool(getattr(row, field).astimezone(JERUSALEM).date() <= value)

    return {"from": since, "to": until}


def overlapping(first: str, last: str) -> dict[str, Test[Any]]:
    """`from` and `to` as a stretch that the row's own must touch; no end means for ever."""

    def since(row: Any, value: date, state: State) -> bool:
        del state
        end = getattr(row, last)
        return end is None or end >= value

    def until(row: Any, value: date, state: State) -> bool:
        del state
        return bool(getattr(row, first) <= value)

    return {"from": since, "to": until}


def referred(state: State, reference: Reference, id: UUID | None) -> bool:
    """Whether a reference names nothing, or something that exists.

    A deleted row still exists: it can be restored, and what belongs to it keeps naming it.
    """
    return id is None or id in state.table(reference.to)
