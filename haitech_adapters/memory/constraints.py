"""What must hold between rows: the unique indexes and the exclusion constraint of the tables.

A constraint begins with the rows as they are; then each changed row leaves and enters, in the
order of writing, as PostgreSQL checks a constraint that is not deferred.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, Protocol, TypeVar

import attrs

from haitech_domain.entity import Entity
from haitech_domain.errors import DomainError, Duplicate
from haitech_domain.meeting import Meeting, in_order
from haitech_domain.scheduling import InstructorBusy, conflicts

T = TypeVar("T", bound=Entity)
T_contra = TypeVar("T_contra", bound=Entity, contravariant=True)


class Watch(Protocol[T_contra]):
    """A constraint at work during one save."""

    def leave(self, row: T_contra) -> None:
        """The row is about to be replaced."""
        ...

    def enter(self, row: T_contra) -> None:
        """The row is about to be written. :raises DomainError: it breaks the constraint"""
        ...


class Constraint(Protocol[T_contra]):
    """A rule over all rows of a table."""

    def watch(self, rows: Iterable[T_contra]) -> Watch[T_contra]:
        """Begin with the rows that are there."""
        ...


@attrs.frozen
class Unique(Generic[T]):
    """At most one row has a key; a row whose key is None is passed over."""

    key: Callable[[T], Hashable | None]
    refusal: Callable[[T, T], DomainError]
    """Of the row that comes and the row that is there."""

    def watch(self, rows: Iterable[T]) -> _Keys[T]:
        """Index the rows by their keys."""
        held = {key: row for row in rows if (key := self.key(row)) is not None}
        return _Keys(self, held)


@attrs.frozen
class _Keys(Generic[T]):
    rule: Unique[T]
    held: dict[Hashable, T]

    def leave(self, row: T) -> None:
        key = self.rule.key(row)
        if key is not None:
            self.held.pop(key, None)

    def enter(self, row: T) -> None:
        key = self.rule.key(row)
        if key is None:
            return
        if key in self.held:
            raise self.rule.refusal(row, self.held[key])
        self.held[key] = row


def unique_while_live(what: str, field: str) -> Unique[T]:
    """A field unique among live rows, where it is given."""

    def key(row: T) -> Hashable | None:
        return None if row.deleted_at is not None else getattr(row, field)

    return Unique(key, lambda _new, _there: Duplicate(what, field))


@attrs.frozen
class NeverInTwoPlaces:
    """R-SCHED-9: an instructor's teaching meetings do not overlap, but for overridden ones."""

    def watch(self, rows: Iterable[Meeting]) -> _Days:
        """Sort the meetings that count by instructor and date."""
        days = _Days({})
        for row in rows:
            days.put(row)
        return days


@attrs.frozen
class _Days:
    held: dict[Hashable, dict[Hashable, Meeting]]

    def put(self, row: Meeting) -> None:
        if _counts(row):
            self.held.setdefault((row.instructor_id, row.scheduled_date), {})[row.id] = row

    def leave(self, row: Meeting) -> None:
        self.held.get((row.instructor_id, row.scheduled_date), {}).pop(row.id, None)

    def enter(self, row: Meeting) -> None:
        if not _counts(row):
            return
        others = self.held.get((row.instructor_id, row.scheduled_date), {})
        found = conflicts([(row.scheduled_date, row.slot)], in_order(others.values()))
        if found:
            raise InstructorBusy(found)
        self.put(row)


def _counts(row: Meeting) -> bool:
    return row.deleted_at is None and row.status.teaches and not row.conflict_override
