"""Overlaps of instructors, imported with the recorded override and listed (R-SCHED-9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import attrs

from haitech_domain.ids import InstructorId, MeetingId
from haitech_domain.meeting import Meeting
from haitech_domain.ports import Transaction
from haitech_domain.scheduling import conflicts
from haitech_domain.use_cases.legacy.building import Draft
from haitech_domain.use_cases.legacy.choosing import overlapping
from haitech_domain.use_cases.legacy.naming import Names
from haitech_domain.use_cases.legacy.report import Note


async def with_overlaps(
    tx: Transaction, drafts: Sequence[Draft], names: Names
) -> tuple[list[Draft], list[Note]]:
    """The drafts, those that overlap another meeting of their instructor marked, and notes.

    Both of two imported ones are marked: neither was there before the other.
    """
    marked: set[MeetingId] = set()
    notes: list[Note] = []
    by_instructor: dict[InstructorId, list[Draft]] = {}
    for draft in drafts:
        if draft.row.status.teaches:
            by_instructor.setdefault(draft.instructor.id, []).append(draft)
    for id, theirs in by_instructor.items():
        by_place = {draft.row.place: draft for draft in theirs}
        for earlier, later in overlapping(draft.row for draft in theirs):
            marked |= {by_place[earlier.place].id, by_place[later.place].id}
            who = by_place[later.place].instructor.name
            notes.append(
                Note(
                    later.place,
                    f"{who} on {later.when} overlaps line {earlier.place.line}"
                    f" ({earlier.cycle}, {earlier.when}); imported with an override",
                )
            )
        if id not in names.fresh:
            notes += await _with_stored(tx, id, theirs, marked)
    return [attrs.evolve(d, overlaps=True) if d.id in marked else d for d in drafts], notes


async def _with_stored(
    tx: Transaction, id: InstructorId, theirs: Sequence[Draft], marked: set[MeetingId]
) -> list[Note]:
    wanted = [(draft.row.day, draft.row.slot) for draft in theirs]
    by_day: dict[date, list[Meeting]] = {}
    for meeting in await tx.meetings.clashing(id, wanted):
        by_day.setdefault(meeting.scheduled_date, []).append(meeting)
    notes = []
    for draft in theirs:
        row = draft.row
        for conflict in conflicts([(row.day, row.slot)], by_day.get(row.day, ())):
            marked.add(draft.id)
            text = (
                f"{draft.instructor.name} on {row.when} overlaps stored meeting"
                f" {conflict.meeting.id}; imported with an override"
            )
            notes.append(Note(row.place, text))
    return notes
