"""Overlaps of instructors, imported with the recorded override and listed (R-SCHED-9)."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from haitech_domain.ids import InstructorId, MeetingId
from haitech_domain.ports import Transaction
from haitech_domain.scheduling import conflicts
from haitech_domain.use_cases.legacy.building import Draft
from haitech_domain.use_cases.legacy.choosing import overlapping
from haitech_domain.use_cases.legacy.naming import Names
from haitech_domain.use_cases.legacy.report import Note


async def with_overlaps(
    tx: Transaction, drafts: Sequence[Draft], names: Names
) -> tuple[list[Draft], list[Note]]:
    """The drafts, those that overlap another meeting of their instructor marked, and warnings.

    Both of two imported ones are marked: neither was there before the other.
    """
    marked: set[MeetingId] = set()
    warnings: list[Note] = []
    by_instructor: dict[InstructorId, list[Draft]] = {}
    for draft in drafts:
        if draft.row.status.teaches:
            by_instructor.setdefault(draft.instructor.id, []).append(draft)
    for id, theirs in by_instructor.items():
        by_place = {draft.row.place: draft for draft in theirs}
        for earlier, later in overlapping(draft.row for draft in theirs):
            marked |= {by_place[earlier.place].id, by_place[later.place].id}
            who = by_place[later.place].instructor.name
            warnings.append(
                Note(
                    later.place,
                    f"{who} on {later.when} overlaps line {earlier.place.line}"
                    f" ({earlier.cycle}, {earlier.when}); imported with an override",
                )
            )
        if id not in names.fresh:
            warnings += await _with_stored(tx, id, theirs, marked)
    return [attrs.evolve(d, overlaps=True) if d.id in marked else d for d in drafts], warnings


async def _with_stored(
    tx: Transaction, id: InstructorId, theirs: Sequence[Draft], marked: set[MeetingId]
) -> list[Note]:
    warnings = []
    wanted = [(draft.row.day, draft.row.slot) for draft in theirs]
    stored = await tx.meetings.clashing(id, wanted)
    by_day = {m.scheduled_date for m in stored}
    for draft in theirs:
        if draft.row.day not in by_day:
            continue
        for conflict in conflicts([(draft.row.day, draft.row.slot)], stored):
            marked.add(draft.id)
            warnings.append(
                Note(
                    draft.row.place,
                    f"{draft.instructor.name} on {draft.row.when} overlaps stored meeting"
                    f" {conflict.meeting.id}; imported with an override",
                )
            )
    return warnings
