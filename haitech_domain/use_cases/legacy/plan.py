"""The whole of an import decided before anything is written; a dry run ends here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import attrs

from haitech_domain.change import Change
from haitech_domain.cycle import Cycle, CycleStatus
from haitech_domain.ids import CycleId, MeetingId
from haitech_domain.meeting import Meeting, MeetingStatus, tally
from haitech_domain.ports import Ids, Imported, Transaction
from haitech_domain.registration import Registration
from haitech_domain.use_cases.legacy.accepting import (
    Accepted,
    AcceptedCycle,
    AcceptedMeeting,
    accept_cycles,
    accept_meetings,
    changed_since,
    entry_of,
    split,
)
from haitech_domain.use_cases.legacy.additions import Addition, add_to_known, open_cycles
from haitech_domain.use_cases.legacy.building import (
    Draft,
    new_cycle,
    new_meeting,
    numbered,
    settled_anew,
)
from haitech_domain.use_cases.legacy.choosing import total_of
from haitech_domain.use_cases.legacy.naming import Names, resolve
from haitech_domain.use_cases.legacy.overlaps import with_overlaps
from haitech_domain.use_cases.legacy.report import ImportReport, Note, Rejection, counted
from haitech_domain.use_cases.legacy.rows import CycleRow, MeetingColumn, MeetingRow
from haitech_domain.use_cases.school import School


@attrs.frozen(kw_only=True)
class Plan:
    """Everything that an import will write, and what it will say."""

    names: Names
    cycles: tuple[Change[Cycle], ...]
    meetings: tuple[Change[Meeting], ...]
    registrations: tuple[Change[Registration], ...]
    entries: tuple[Imported, ...]
    report: ImportReport


@attrs.frozen(kw_only=True)
class Planner:
    """Plans one import: `at` is its moment; with `lock`, what it builds on is locked."""

    tx: Transaction
    ids: Ids
    school: School
    at: datetime
    lock: bool

    async def plan(
        self, cycles: Sequence[CycleRow | Rejection], meetings: Sequence[MeetingRow | Rejection]
    ) -> Plan:
        """Decide about every row."""
        cycle_rows, bad_cycles = split(cycles)
        meeting_rows, bad_meetings = split(meetings)
        good_cycles, refused = accept_cycles(cycle_rows, self.school.rest_days)
        bad_cycles += refused
        good_meetings, refused = accept_meetings(meeting_rows, good_cycles)
        bad_meetings += refused
        rows: list[Accepted] = [*good_cycles, *good_meetings]
        known = await self.tx.imports.known([key for row in rows for key in row.keys])
        fresh = [row for row in good_cycles if entry_of(row, known) is None]
        wanted = [row for row in good_meetings if entry_of(row, known) is None]
        stored = await self._stored(good_cycles, wanted, known)
        joining, refused = _still_open(wanted, fresh, stored)
        bad_meetings += refused

        by_key = {row.cycle: row.row for row in good_cycles}
        names = await self._names(fresh, joining, by_key)
        new_ids = {row.cycle: CycleId(self.ids.new()) for row in fresh}
        drafts, overlaps = await with_overlaps(self.tx, self._drafts(joining, by_key, names), names)
        by_cycle: dict[str, list[Draft]] = {}
        for draft in drafts:
            by_cycle.setdefault(draft.cycle, []).append(draft)
        built = [
            self._new(row.row, new_ids[row.cycle], names, by_cycle.get(row.cycle, []))
            for row in fresh
        ]
        built += [
            await self._added(cycle, by_cycle[key])
            for key, cycle in stored.items()
            if key in by_cycle
        ]
        of_cycles = [note for row in fresh for note in _unsaid(row.row)]
        of_meetings = [note for row in joining for note in _unsaid_instructor(row.row)]
        notes = [*of_cycles, *of_meetings, *overlaps, *changed_since(rows, known)]
        notes += [note for addition in built for note in addition.notes]
        by_status = Counter(row.row.status for row in joining)
        return Plan(
            names=names,
            cycles=tuple(addition.cycle for addition in built),
            meetings=tuple(change for addition in built for change in addition.meetings),
            registrations=tuple(change for addition in built for change in addition.registrations),
            entries=(
                *(_entry(row, "cycle", new_ids[row.cycle]) for row in fresh),
                *(
                    _entry(row, "meeting", draft.id, key)
                    for row, draft in zip(joining, drafts, strict=True)
                    for key in row.keys
                ),
            ),
            report=ImportReport(
                cycles=counted(len(cycles), len(fresh), bad_cycles),
                meetings=counted(len(meetings), len(joining), bad_meetings),
                by_status={status: by_status[status] for status in MeetingStatus},
                rejections=(*_by_line(bad_cycles), *_by_line(bad_meetings)),
                warnings=_in_order(notes, cycles),
                dry_run=not self.lock,
            ),
        )

    async def _added(self, cycle: Cycle, drafts: Sequence[Draft]) -> Addition:
        """A cycle of an earlier import with its new meetings."""
        return await add_to_known(self.tx, cycle, drafts, school=self.school, at=self.at)

    async def _stored(
        self,
        cycles: Iterable[AcceptedCycle],
        wanted: Iterable[AcceptedMeeting],
        known: Mapping[str, Imported],
    ) -> dict[str, Cycle]:
        """The cycles of an earlier import that new rows belong to, by key; no deleted ones."""
        needed = {row.cycle for row in wanted}
        entries = {row.cycle: entry_of(row, known) for row in cycles if row.cycle in needed}
        ids = {key: UUID(entry.entity_id) for key, entry in entries.items() if entry is not None}
        live = await open_cycles(self.tx, ids.values(), lock=self.lock)
        return {key: live[id] for key, id in ids.items() if id in live}

    async def _names(
        self,
        cycles: Sequence[AcceptedCycle],
        meetings: Sequence[AcceptedMeeting],
        by_key: Mapping[str, CycleRow],
    ) -> Names:
        teachers = [row.row.instructor for row in cycles]
        teachers += [row.row.instructor or by_key[row.cycle].instructor for row in meetings]
        rows = [row.row for row in cycles]
        return await resolve(self.tx, rows, teachers, ids=self.ids, at=self.at, lock=self.lock)

    def _drafts(
        self,
        meetings: Iterable[AcceptedMeeting],
        by_key: Mapping[str, CycleRow],
        names: Names,
    ) -> list[Draft]:
        return [
            Draft(
                row=row.row,
                id=MeetingId(self.ids.new()),
                cycle=row.cycle,
                instructor=names.instructor(row.row.instructor or by_key[row.cycle].instructor),
            )
            for row in meetings
        ]

    def _new(self, row: CycleRow, id: CycleId, names: Names, drafts: Sequence[Draft]) -> Addition:
        """A new cycle with its meetings."""
        drafts = numbered(drafts)
        total, said = total_of(row, sum(draft.number is not None for draft in drafts))
        cycle = new_cycle(row, id, names, total, self.at)
        meetings = [new_meeting(d, cycle, (), (), school=self.school, at=self.at) for d in drafts]
        cycle = settled_anew(cycle, tally(meetings, total), self.at)
        return Addition(
            cycle=Change.created(cycle, action="import"),
            meetings=tuple(Change.created(meeting, action="import") for meeting in meetings),
            registrations=(),
            notes=() if said is None else (Note(row.place, said),),
        )


def _still_open(
    wanted: Iterable[AcceptedMeeting],
    fresh: Iterable[AcceptedCycle],
    stored: Mapping[str, Cycle],
) -> tuple[list[AcceptedMeeting], list[Rejection]]:
    """The new meetings whose cycle takes them: neither deleted nor cancelled since (R-MEET-7)."""
    joining: list[AcceptedMeeting] = []
    refused: list[Rejection] = []
    new = {row.cycle for row in fresh}
    for row in wanted:
        cycle = stored.get(row.cycle)
        if row.cycle in new or (cycle is not None and cycle.status is not CycleStatus.CANCELLED):
            joining.append(row)
            continue
        fate = "deleted" if cycle is None else "cancelled"
        why = f"unknown cycle: «{row.row.cycle}» was {fate} since it was imported"
        refused.append(Rejection.of(row.place, MeetingColumn.CYCLE, why))
    return joining, refused


def _entry(row: Accepted, entity: str, id: UUID, key: str | None = None) -> Imported:
    return Imported(key=key or row.keys[0], digest=row.digest, entity=entity, entity_id=str(id))


def _unsaid(row: CycleRow) -> Iterable[Note]:
    """What a new cycle's row leaves out, and what stands in its place."""
    if row.revenue is None:
        yield Note(row.place, f"no revenue is given for {row.name}; 0 is taken")
    if not row.course:
        yield Note(row.place, f"no course is given for {row.name}; a shared one is taken")
    if not row.instructor:
        yield Note(row.place, f"no instructor is given for {row.name}; a shared one is taken")


def _unsaid_instructor(row: MeetingRow) -> Iterable[Note]:
    if not row.instructor:
        yield Note(row.place, "no instructor is given; the one of the cycle's row is taken")


def _by_line(rejections: Iterable[Rejection]) -> list[Rejection]:
    return sorted(rejections, key=lambda rejection: rejection.line)


def _in_order(notes: Iterable[Note], cycles: Iterable[CycleRow | Rejection]) -> tuple[str, ...]:
    """The warnings of the cycles, then those of the meetings, each by line."""
    first = {r.file if isinstance(r, Rejection) else r.place.file for r in cycles}
    ordered = sorted(notes, key=lambda n: (n.place.file not in first, n.place.line))
    return tuple(map(str, ordered))
