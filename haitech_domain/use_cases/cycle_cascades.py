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
        m.id for m in gone if _allowed_before(m, gone, handed=True)
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

    Meetings that come back keep an override that they had, and do not ask for it again; handed
    to another instructor, only an overlap among themselves stays allowed.

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
        allowed = {m.id for m in theirs if _allowed_before(m, theirs, handed=bool(handed_to))}
        asked = [m for m in theirs if handed_to or m.id not in allowed]
        clashes = await _clashes(tx, who, asked, theirs, handed=bool(handed_to))
        found.extend(clashes)
        hit = {(c.day, c.slot) for c in clashes}
        overrides |= allowed | {m.id for m in asked if (m.scheduled_date, m.slot) in hit}
    refuse(found, allowed=allow_conflicts)
    return overrides


def _allowed_before(meeting: Meeting, group: Sequence[Meeting], *, handed: bool) -> bool:
    if not handed:
        return meeting.conflict_override
    return meeting.conflict_override and any(
        other.id != meeting.id
        and other.scheduled_date == meeting.scheduled_date
        and other.slot.overlaps(meeting.slot)
        for other in group
    )


async def _clashes(
    tx: Transaction,
    who: InstructorId,
    asked: Sequence[Meeting],
    group: Sequence[Meeting],
    *,
    handed: bool,
) -> list[Conflict]:
    slots = [(m.scheduled_date, m.slot) for m in asked]
    held = all(m.status is MeetingStatus.COMPLETED for m in group)
    try:
        found = await conflicts_of(tx, who, slots, apart_from=group, even_deleted=held)
    except UnknownReference:
        raise ParentDeleted("meeting", "instructor") from None
    if handed:
        return list(found)
    cycle = group[0].cycle_id
    # beside a meeting of their own cycle whose overlap was allowed, they stood before
    outside = [
        c for c in found if not (c.meeting.conflict_override and c.meeting.cycle_id == cycle)
    ]
    return [*outside, *_among(asked)]


def _among(meetings: Sequence[Meeting]) -> Iterator[Conflict]:
    """Overlaps that never stood: of meetings that were handed over while they were gone."""
    there: list[Meeting] = []
    for meeting in meetings:
        yield from (
            Conflict(meeting.scheduled_date, meeting.slot, other)
            for other in there
            if other.scheduled_date == meeting.scheduled_date and other.slot.overlaps(meeting.slot)
        )
        there.append(meeting)
