"""New rows for cycles that an earlier import brought (R-SCHED-5, R-MEET-7, R-CYC-1, R-CYC-2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import attrs

from haitech_domain.change import Change
from haitech_domain.cycle import Cycle, CycleStatus, PaymentMode, reopen, settle
from haitech_domain.ids import MeetingId
from haitech_domain.meeting import Meeting, carry, tally
from haitech_domain.ports import Transaction
from haitech_domain.registration import Registration, complete_with_cycle, undo_cascade
from haitech_domain.use_cases.cycle_upkeep import taken_numbers
from haitech_domain.use_cases.legacy.building import (
    Draft,
    as_first_version,
    new_meeting,
    numbered,
)
from haitech_domain.use_cases.legacy.choosing import MOST_MEETINGS
from haitech_domain.use_cases.legacy.report import Note
from haitech_domain.use_cases.school import School


@attrs.frozen(kw_only=True)
class Addition:
    """What new rows do to a cycle that exists: everything that changes, telling no events."""

    cycle: Change[Cycle]
    meetings: tuple[Change[Meeting], ...]
    registrations: tuple[Change[Registration], ...]
    notes: tuple[Note, ...]


async def open_cycles(tx: Transaction, ids: Iterable[UUID], *, lock: bool) -> dict[UUID, Cycle]:
    """The cycles among `ids` that are not deleted, locked by id before they are added to."""
    live = dict(await tx.cycles.many(ids))
    if lock:
        for id in sorted(live):
            live[id] = await tx.cycles.lock(id)
    return live


async def add_to_known(
    tx: Transaction,
    cycle: Cycle,
    drafts: Sequence[Draft],
    *,
    school: School,
    at: datetime,
) -> Addition:
    """Add meetings to a cycle that exists.

    They take the lowest free numbers in date order; where those go beyond `total_meetings`, it
    grows. A live one reopens a completed cycle, which completes again where nothing is left.
    """
    stored = await tx.meetings.of_cycle(cycle.id)
    registrations = await tx.registrations.of_cycle(cycle.id)
    drafts = numbered(drafts, taken_numbers(stored))
    open_ = _with_room(cycle, max((d.number or 0 for d in drafts), default=0), at)
    now: dict[MeetingId, Meeting] = {m.id: m for m in stored}
    for draft in drafts:
        others = list(now.values())
        now[draft.id] = new_meeting(draft, open_, others, registrations, school=school, at=at)
    if cycle.instructor_payment_mode is PaymentMode.DAILY:
        for day in sorted({draft.row.day for draft in drafts}):
            held = [m for m in now.values() if m.scheduled_date == day]
            now.update((c.after.id, c.after) for c in carry(held, at=at))
    after = settle(open_, tally(now.values(), open_.total_meetings), at=at).after
    after = attrs.evolve(after, version=cycle.version + 1)  # one change, however many steps
    made = [Change.created(as_first_version(now[d.id]), action="import") for d in drafts]
    moved = [Change.updated(m, now[m.id], action="import") for m in stored]
    return Addition(
        cycle=Change.updated(cycle, after, action="import"),
        meetings=(*made, *moved),
        registrations=tuple(_followed(r, cycle, after, at=at) for r in registrations),
        notes=_growth(cycle, after, drafts),
    )


def _with_room(cycle: Cycle, highest: int, at: datetime) -> Cycle:
    """The cycle able to take live meetings up to the number `highest`; 0 is none."""
    open_ = cycle
    if highest and cycle.status is CycleStatus.COMPLETED:
        open_ = reopen(cycle, at=at).after
    total = max(cycle.total_meetings, min(highest, MOST_MEETINGS))
    return open_.changed(at, total_meetings=total)


def _followed(
    registration: Registration, before: Cycle, after: Cycle, *, at: datetime
) -> Change[Registration]:
    """What the cycle's new status does to a registration (R-CYC-2); no change of it, nothing."""
    if after.status is before.status:
        return Change.updated(registration, registration)
    if after.status is CycleStatus.COMPLETED:
        change = complete_with_cycle(registration, at=at)
    else:
        change = undo_cascade(registration, before.status, at=at)
    return attrs.evolve(change, action="import", events=())


def _growth(before: Cycle, after: Cycle, drafts: Sequence[Draft]) -> tuple[Note, ...]:
    if after.total_meetings == before.total_meetings:
        return ()
    grown = f"total meetings of {after.name} grew from {before.total_meetings}"
    return (Note(drafts[0].row.place, f"{grown} to {after.total_meetings}"),)
