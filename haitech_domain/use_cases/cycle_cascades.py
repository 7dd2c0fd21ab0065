"""What a cycle takes along when it is cancelled, reopened or handed over (R-CYC-3, R-CYC-9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from haitech_domain.cycle import Cycle
from haitech_domain.ids import InstructorId
from haitech_domain.meeting import Meeting, MeetingStatus, amend, cancel, restore
from haitech_domain.ports import Transaction
from haitech_domain.registration import cancel_with_cycle
from haitech_domain.scheduling import Conflict, own_or_free, refuse
from haitech_domain.use_cases.cycle_upkeep import conflicts_of, taken_numbers


async def cancel_scheduled(tx: Transaction, cycle: Cycle, at: datetime) -> None:
    """Cancel every scheduled meeting, remembering that the cycle did it."""
    scheduled = await _with_status(tx, cycle, MeetingStatus.SCHEDULED)
    changes = (cancel(m, at=at, reason="cycle cancelled", with_cycle=True) for m in scheduled)
    await tx.meetings.save(*changes)


async def cancel_registrations(tx: Transaction, cycle: Cycle, today: date, at: datetime) -> None:
    """Cancel every live registration, remembering what it was."""
    registrations = await tx.registrations.of_cycle(cycle.id)
    changes = (cancel_with_cycle(r, today=today, at=at) for r in registrations)
    await tx.registrations.save(*changes)


async def restore_cancelled(
    tx: Transaction, cycle: Cycle, at: datetime, *, allow_conflicts: bool
) -> None:
    """Bring back the meetings that the cycle's cancelling took.

    :raises InstructorBusy: their instructors teach elsewhere by now, and that is not allowed
    """
    everything = await tx.meetings.of_cycle(cycle.id)
    gone = [m for m in everything if m.cancelled_with_cycle]
    overlapping = await refused_overlaps(tx, gone, allow_conflicts=allow_conflicts)
    taken = taken_numbers(everything)
    changes = []
    for meeting in gone:
        number = own_or_free(meeting.number, taken)
        taken.add(number)
        override = meeting.id in overlapping
        changes.append(restore(meeting, number=number, at=at, conflict_override=override))
    await tx.meetings.save(*changes)


async def hand_over_scheduled(
    tx: Transaction, before: Cycle, after: Cycle, at: datetime, *, allow_conflicts: bool
) -> None:
    """R-CYC-9: scheduled meetings of the old instructor go to the new one.

    :raises InstructorBusy: the new one teaches elsewhere at such a time, and it is not allowed
    """
    scheduled = await _with_status(tx, after, MeetingStatus.SCHEDULED)
    moving = [m for m in scheduled if m.instructor_id == before.instructor_id]
    overlapping = await refused_overlaps(
        tx, moving, allow_conflicts=allow_conflicts, instructor=after.instructor_id
    )
    await tx.meetings.save(
        *(
            amend(
                m,
                at=at,
                instructor_id=after.instructor_id,
                conflict_override=m.id in overlapping,
            )
            for m in moving
        )
    )


async def _with_status(tx: Transaction, cycle: Cycle, status: MeetingStatus) -> list[Meeting]:
    return [m for m in await tx.meetings.of_cycle(cycle.id) if m.status is status]


async def refused_overlaps(
    tx: Transaction,
    meetings: Sequence[Meeting],
    *,
    allow_conflicts: bool,
    instructor: InstructorId | None = None,
) -> set[object]:
    """Which of the meetings would overlap others if they were held by `instructor` (or their own).

    :raises InstructorBusy: any does, and it is not allowed
    """
    by_instructor: dict[InstructorId, list[Meeting]] = {}
    for meeting in meetings:
        by_instructor.setdefault(instructor or meeting.instructor_id, []).append(meeting)
    found: list[Conflict] = []
    overlapping: set[object] = set()
    for who in sorted(by_instructor):
        theirs = by_instructor[who]
        slots = [(m.scheduled_date, m.slot) for m in theirs]
        clashes = await conflicts_of(tx, who, slots, apart_from=theirs)
        found.extend(clashes)
        hit = {(c.day, c.slot) for c in clashes}
        overlapping |= {m.id for m in theirs if (m.scheduled_date, m.slot) in hit}
    refuse(found, allowed=allow_conflicts)
    return overlapping
