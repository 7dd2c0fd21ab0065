"""Which rows come in: known ones, new ones, and those refused for what other rows say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import attrs

from haitech_domain.calendar import DayOfWeek
from haitech_domain.ports import Imported
from haitech_domain.use_cases.legacy.choosing import cycle_of
from haitech_domain.use_cases.legacy.keys import (
    cycle_digest,
    cycle_key,
    meeting_digest,
    meeting_keys,
)
from haitech_domain.use_cases.legacy.report import Note, Rejection
from haitech_domain.use_cases.legacy.rows import (
    CycleColumn,
    CycleRow,
    MeetingColumn,
    MeetingRow,
    Place,
)

_T = TypeVar("_T")


@attrs.frozen(kw_only=True)
class Accepted:
    """A row that stands, with its keys, its digest, and its cycle's key."""

    place: Place
    keys: tuple[str, ...]
    digest: str
    cycle: str


@attrs.frozen(kw_only=True)
class AcceptedCycle(Accepted):
    """A cycle's row that stands."""

    row: CycleRow


@attrs.frozen(kw_only=True)
class AcceptedMeeting(Accepted):
    """A meeting's row that stands."""

    row: MeetingRow


def split(rows: Iterable[_T | Rejection]) -> tuple[list[_T], list[Rejection]]:
    """The rows that could be read, and the refusals of the others."""
    good: list[_T] = []
    bad: list[Rejection] = []
    for row in rows:
        if isinstance(row, Rejection):
            bad.append(row)
        else:
            good.append(row)
    return good, bad


def accept_cycles(
    rows: Sequence[CycleRow], rest_days: frozenset[DayOfWeek]
) -> tuple[list[AcceptedCycle], list[Rejection]]:
    """The cycles that stand; of rows with the same id (or, without one, the same words) the first.

    A refused row is as if it were not there, so it never shadows a later one.
    """
    accepted: list[AcceptedCycle] = []
    refused: list[Rejection] = []
    first: dict[str, Place] = {}
    occurrences: dict[tuple[object, ...], int] = {}
    for row in rows:
        if row.day in rest_days:  # R-SCHED-3
            why = f"rest day: there is no teaching on a {row.day}"
            refused.append(Rejection.of(row.place, CycleColumn.DAY, why))
            continue
        digest = cycle_digest(row)
        identity = f"id {row.id}" if row.id else f"words {digest}"
        if identity in first:
            column = CycleColumn.ID if row.id else CycleColumn.NAME
            why = f"duplicate: line {first[identity].line} is the same cycle"
            refused.append(Rejection.of(row.place, column, why))
            continue
        first[identity] = row.place
        namesake = (row.name, row.start, bool(row.id))
        occurrences[namesake] = occurrences.get(namesake, 0) + 1
        key = cycle_key(row, occurrences[namesake])
        accepted.append(
            AcceptedCycle(place=row.place, keys=(key,), digest=digest, cycle=key, row=row)
        )
    return accepted, refused


def accept_meetings(
    rows: Sequence[MeetingRow], cycles: Sequence[AcceptedCycle]
) -> tuple[list[AcceptedMeeting], list[Rejection]]:
    """The meetings that stand: of a known cycle, the first of its cycle name and start."""
    accepted: list[AcceptedMeeting] = []
    refused: list[Rejection] = []
    namesakes: dict[str, list[AcceptedCycle]] = {}
    for cycle in cycles:
        namesakes.setdefault(cycle.row.name, []).append(cycle)
    first: dict[object, Place] = {}
    for row in rows:
        candidates = namesakes.get(row.cycle)
        if candidates is None:
            why = f"unknown cycle: no cycle named «{row.cycle}» was imported"
            refused.append(Rejection.of(row.place, MeetingColumn.CYCLE, why))
            continue
        identity = (row.cycle, row.starts)
        if identity in first:
            why = f"duplicate: line {first[identity].line} has the same cycle and start"
            refused.append(Rejection.of(row.place, MeetingColumn.START, why))
            continue
        first[identity] = row.place
        chosen = cycle_of(row, [c.row for c in candidates])
        key = next(c.cycle for c in candidates if c.row is chosen)
        accepted.append(
            AcceptedMeeting(
                place=row.place,
                keys=meeting_keys(row, key),
                digest=meeting_digest(row),
                cycle=key,
                row=row,
            )
        )
    return accepted, refused


def entry_of(accepted: Accepted, known: Mapping[str, Imported]) -> Imported | None:
    """What the ledger knows of a row; None for a new one."""
    return next((known[key] for key in accepted.keys if key in known), None)


def changed_since(rows: Iterable[Accepted], known: Mapping[str, Imported]) -> list[Note]:
    """A note for each known row that says something else than when it was imported."""
    entries = ((row, entry_of(row, known)) for row in rows)
    return [
        Note(row.place, "changed since it was imported; left unchanged")
        for row, entry in entries
        if entry is not None and entry.digest != row.digest
    ]
