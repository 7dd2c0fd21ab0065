"""What a cycle takes along when it is cancelled, reopened or handed over (R-CYC-3, R-CYC-9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from haitech_domain.cycle import Cycle, CycleStatus
from haitech_domain.errors import UnknownReference
from haitech_domain.ids import InstructorId, MeetingId
from haitech_domain.meeting import Meeting, MeetingStatus, cancel, hand_over, restore
from haitech_domain.ports import Transaction
from haitech_domain.registration import cancel_with_cycle
from haitech_domain.scheduling import Conflict, own_or_free, refuse
from haitech_domain.use_cases.cycle_upkeep import conflicts_of, save_reopened, taken_numbers
from haitech_domain.use_cases.references import ParentDeleted


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


async def reopen_cycle(
    tx: Transaction, cycle: Cycle, at: datetime, *, allow_conflicts: bool
) -> Cycle:
    """An ended cycle, active again, with exactly what its end took (R-CYC-3).

    :raises InstructorBusy: instructors of its meetings teach elsewhere by now, and it is not allowed
    :raises ParentDeleted: what it belongs to was deleted since
    """
    if cycle.status is not CycleStatus.CANCELLED:
        return await save_reopened(tx, cycle, at)
    everything = await tx.meetings.of_cycle(cycle.id)
    gone = [m for m in everything if m.cancelled_with_cycle]
    reopened = await save_reopened(tx, cycle, at, also={m.instructor_id for m in gone})
    overrides = await overrides_of(tx, gone, allow_conflicts=allow_conflicts)
    taken = taken_numbers(everything)
    changes = []
    for meeting in gone:
        number = own_or_free(meeting.number, taken)
        taken.add(number)
        override = meeting.id in overrides
        changes.append(restore(meeting, number=number, at=at, conflict_override=override))
    await tx.meetings.save(*changes)
    return reopened


async def hand_over_meetings(
    tx: Transaction, before: Cycle, after: Cycle, at: datetime, *, allow_conflicts: bool
) -> None:
    """R-CYC-9: what the old instructor was still to hold goes to the new one.

    So do the meetings that the cancelling of the cycle took: reopening it brings them back to
    whoever teaches it then, and asks for that one's time.

    :raises InstructorBusy: the new one teaches elsewhere at such a time, and it is not allowed
    """
    new = after.instructor_id
    theirs = [
        m for m in await tx.meetings.of_cycle(after.id) if m.instructor_id == before.instructor_id
    ]
    moving = [m for m in theirs if m.status is MeetingStatus.SCHEDULED]
    gone = [m for m in theirs if m.cancelled_with_cycle]
    overrides = await overrides_of(tx, moving, allow_conflicts=allow_conflicts, handed_to=new) | {
        m.id for m in gone if _allowed_among(m, gone)
    }
    await tx.meetings.save(
        *(hand_over(m, new, at=at, conflict_override=m.id in overrides) for m in (*moving, *gone))
    )


async def _with_status(tx: Transaction, cycle: Cycle, status: MeetingStatus) -> list[Meeting]:
    return [m for m in await tx.meetings.of_cycle(cycle.id) if m.status is status]


async def overrides_of(
    tx: Transaction,
    meetings: Sequence[Meeting],
    *,
    allow_conflicts: bool,
    handed_to: InstructorId | None = None,
) -> set[MeetingId]:
    """Which of the meetings have to carry the recorded override, once they all take place.

    Leave is given per request: also a meeting that comes back with an override asks again for
    what it overlaps now. Only an overlap among the meetings themselves stays allowed.

    :raises InstructorBusy: one overlaps another meeting of its instructor, and it is not allowed
    :raises ParentDeleted: one that is still to be held has no instructor any more
    """
    by_instructor: dict[InstructorId, list[Meeting]] = {}
    for meeting in meetings:
        by_instructor.setdefault(handed_to or meeting.instructor_id, []).append(meeting)
    found: list[Conflict] = []
    overrides: set[MeetingId] = set()
    for who in sorted(by_instructor):
        theirs = by_instructor[who]
        outside = await _clashes(tx, who, theirs)
        hit = {(c.day, c.slot) for c in outside}
        new = list(_never_allowed(theirs))
        found += [*outside, *(Conflict(m.scheduled_date, m.slot, other) for m, other in new)]
        overrides |= {m.id for m, _ in new}
        overrides |= {
            m.id for m in theirs if (m.scheduled_date, m.slot) in hit or _allowed_among(m, theirs)
        }
    refuse(found, allowed=allow_conflicts)
    return overrides


def _allowed_among(meeting: Meeting, group: Sequence[Meeting]) -> bool:
    return meeting.conflict_override and any(
        other.id != meeting.id and _overlap(meeting, other) for other in group
    )


def _never_allowed(group: Sequence[Meeting]) -> Iterator[tuple[Meeting, Meeting]]:
    """Overlaps that never stood: of meetings that were handed over while they were gone."""
    strict = [m for m in group if not m.conflict_override]
    for position, meeting in enumerate(strict):
        yield from ((meeting, other) for other in strict[:position] if _overlap(meeting, other))


def _overlap(one: Meeting, other: Meeting) -> bool:
    return one.scheduled_date == other.scheduled_date and one.slot.overlaps(other.slot)


async def _clashes(
    tx: Transaction, who: InstructorId, group: Sequence[Meeting]
) -> Sequence[Conflict]:
    slots = [(m.scheduled_date, m.slot) for m in group]
    held = all(m.status is MeetingStatus.COMPLETED for m in group)
    try:
        return await conflicts_of(tx, who, slots, apart_from=group, even_deleted=held)
    except UnknownReference:
        raise ParentDeleted("meeting", "instructor") from None
