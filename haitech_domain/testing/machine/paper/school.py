"""The tables of the paper school, and what can be counted on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from fractions import Fraction
from typing import Any, TypeVar
from uuid import UUID

import attrs

from haitech_domain.cycle import CycleStatus
from haitech_domain.meeting import MeetingStatus
from haitech_domain.testing.machine.paper.things import (
    PaperCycle,
    PaperInstructor,
    PaperMark,
    PaperMeeting,
    PaperRegistration,
    PaperStudent,
    PaperThing,
)

T = TypeVar("T", PaperCycle, PaperInstructor)

NOT_FOUND = "not_found"
UNKNOWN = "reference.unknown"
PARENT_GONE = "restore.parent_deleted"
BUSY = "instructor.busy"


class Refused(Exception):
    """A verb that the rules do not allow, with every reason that holds."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(", ".join(sorted(reasons)))
        self.reasons = frozenset(reasons)


def refuse_where(*objections: Mapping[str, object]) -> None:
    """:raises Refused: with the reasons among these that hold"""
    found = [reason for some in objections for reason, holds in some.items() if holds]
    if found:
        raise Refused(*found)


def must_be_there(thing: PaperThing) -> None:
    """R-PPL-4. :raises Refused: it is deleted"""
    refuse_where({NOT_FOUND: not thing.is_there})


@attrs.define(kw_only=True, eq=False)
class PaperSchool:
    """Everything that is written down; `closed` is what the calendar says of a day."""

    now: datetime
    closed: Callable[[date], bool]
    employer_factor: Fraction
    instructors: dict[UUID, PaperInstructor] = attrs.field(factory=dict)
    students: dict[UUID, PaperStudent] = attrs.field(factory=dict)
    cycles: dict[UUID, PaperCycle] = attrs.field(factory=dict)
    meetings: dict[UUID, PaperMeeting] = attrs.field(factory=dict)
    registrations: dict[UUID, PaperRegistration] = attrs.field(factory=dict)
    marks: dict[UUID, PaperMark] = attrs.field(factory=dict)
    closures: list[tuple[date, date]] = attrs.field(factory=list)
    deletions: int = 0
    history: dict[UUID, list[tuple[date, dict[str, Any]]]] = attrs.field(factory=dict)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Undo on paper whatever is done within, where it ends in a refusal."""
        undo = self._as_it_is()
        try:
            yield
        except Refused:
            undo()
            raise

    @contextmanager
    def sketch(self) -> Iterator[None]:
        """Undo on paper whatever is done within."""
        undo = self._as_it_is()
        try:
            yield
        finally:
            undo()

    def _as_it_is(self) -> Callable[[], None]:
        """Remember everything; calling what this gives brings it back."""
        tables: list[dict[UUID, Any]] = [
            self.cycles,
            self.meetings,
            self.registrations,
            self.marks,
        ]
        rows = [dict(table) for table in tables]
        kept = [
            (thing, {a.name: getattr(thing, a.name) for a in attrs.fields(type(thing))})
            for table in rows
            for thing in table.values()
        ]

        def undo() -> None:
            for table, row in zip(tables, rows, strict=True):
                table.clear()
                table.update(row)
            for thing, values in kept:
                for name, value in values.items():
                    setattr(thing, name, value)

        return undo

    def remember(self) -> None:
        """Write into the history what has changed of terms of money (decision 22)."""
        today = self.now.date()
        things: list[PaperInstructor | PaperCycle] = [
            *self.instructors.values(),
            *self.cycles.values(),
        ]
        for thing in things:
            entries = self.history.setdefault(thing.id, [])
            values = {name: getattr(thing, name) for name in thing.KEEPS}
            if not entries or entries[-1][1] != values:
                entries.append((today, values))

    def as_of(self, thing: T, day: date | None) -> T:
        """A thing as it was at the end of a day; before all that is known, the oldest of it."""
        if day is None:
            return thing
        entries = self.history[thing.id]
        known = [values for first, values in entries if first <= day] or [entries[0][1]]
        return attrs.evolve(thing, **known[-1])

    def teaches_on(self, day: date) -> bool:
        """R-SCHED-2, R-SCHED-3."""
        return not self.closed(day) and not any(a <= day <= b for a, b in self.closures)

    def next_deletion(self) -> int:
        """The number of one more act of deletion."""
        self.deletions += 1
        return self.deletions

    def meetings_of(self, cycle: PaperCycle) -> list[PaperMeeting]:
        """Those that are not deleted."""
        return [m for m in self.meetings.values() if m.cycle == cycle.id and m.is_there]

    def teaching(self, cycle: PaperCycle) -> list[PaperMeeting]:
        """Those that are scheduled or completed."""
        return [m for m in self.meetings_of(cycle) if m.teaches]

    def registrations_of(self, cycle: PaperCycle) -> list[PaperRegistration]:
        """Those that are not deleted."""
        return [r for r in self.registrations.values() if r.cycle == cycle.id and r.is_there]

    def counts(self, cycle: PaperCycle) -> Counter[MeetingStatus]:
        """R-CYC-1."""
        return Counter(m.status for m in self.meetings_of(cycle))

    def remaining(self, cycle: PaperCycle) -> int:
        """R-CYC-1."""
        if cycle.status is not CycleStatus.ACTIVE:
            return 0
        return max(0, cycle.total - self.counts(cycle)[MeetingStatus.COMPLETED])

    def end_date(self, cycle: PaperCycle) -> date | None:
        """R-CYC-4."""
        return max((m.day for m in self.teaching(cycle)), default=cycle.given_end)

    def numbers(self, cycle: PaperCycle) -> set[int]:
        """R-SCHED-5: those that are taken."""
        return {m.number for m in self.teaching(cycle)}

    def free_number(self, cycle: PaperCycle, own: int | None = None) -> int:
        """R-SCHED-5, R-MEET-2: its own if that is free, else the lowest free one."""
        taken = self.numbers(cycle)
        if own is not None and own not in taken:
            return own
        number = 1
        while number in taken:
            number += 1
        return number

    def in_the_way(
        self, meeting: PaperMeeting, apart_from: Iterable[PaperMeeting] = ()
    ) -> list[PaperMeeting]:
        """R-SCHED-9: the other live meetings of its instructor that it would overlap."""
        passed_over = {id(other) for other in apart_from} | {id(meeting)}
        return [
            other
            for other in self.meetings.values()
            if other.instructor == meeting.instructor
            and other.teaches
            and id(other) not in passed_over
            and other.overlaps(meeting)
        ]
