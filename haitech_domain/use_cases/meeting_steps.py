"""What each verb does to one meeting and its day, under its cycle's lock.

The recount of the cycle is left to whoever calls: after one step, or after many of a request.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from haitech_domain.cycle import Cycle
from haitech_domain.ids import DeletionId
from haitech_domain.meeting import (
    Meeting,
    MeetingStatus,
    cancel,
    complete,
    reopen,
    restore,
)
from haitech_domain.meeting.transitions import must_be, take_out
from haitech_domain.ports import Transaction
from haitech_domain.scheduling import own_or_free
from haitech_domain.use_cases.cycle_cascades import overrides_of
from haitech_domain.use_cases.cycle_upkeep import (
    reopen_if_completed,
    settle_day,
    taken_numbers,
)
from haitech_domain.use_cases.deletion import deleted
from haitech_domain.use_cases.references import must_be_back
from haitech_domain.use_cases.school import School
from haitech_domain.use_cases.settling import reckon


async def complete_it(
    tx: Transaction,
    school: School,
    cycle: Cycle,
    meeting: Meeting,
    *,
    at: datetime,
    notes: Mapping[str, str | None],
) -> Meeting:
    """Complete it, with its money (R-MEET-3, R-PAY-3).

    :raises Transition: it is not scheduled
    """
    must_be(meeting, "complete", MeetingStatus.SCHEDULED)
    money = await reckon(tx, school, cycle, meeting)
    change = complete(meeting, money, at=at, **notes)
    await tx.meetings.save(change)
    return await settle_day(tx, change.after, at)


async def cancel_it(
    tx: Transaction, meeting: Meeting, *, at: datetime, reason: str | None
) -> Meeting:
    """Cancel it; its number is free.

    :raises Transition: it is not scheduled
    """
    change = cancel(meeting, at=at, reason=reason)
    await tx.meetings.save(change)
    return change.after


async def reopen_it(
    tx: Transaction, cycle: Cycle, meeting: Meeting, *, at: datetime
) -> tuple[Cycle, Meeting]:
    """Make it scheduled again, and its cycle active.

    :raises Transition: it is not completed
    :raises ParentDeleted: its instructor, or what its cycle belongs to, is deleted
    """
    change = reopen(meeting, at=at)
    cycle = await reopen_if_completed(tx, cycle, at, also=[meeting.instructor_id])
    await must_be_back("meeting", {"instructor": (tx.instructors, meeting.instructor_id)})
    await tx.meetings.save(change)
    await settle_day(tx, change.after, at, left_by=meeting)
    return cycle, change.after


async def schedule_again(
    tx: Transaction, cycle: Cycle, meeting: Meeting, *, at: datetime, allow_conflicts: bool
) -> tuple[Cycle, Meeting]:
    """Bring a cancelled one back, under its own number or a free one; its cycle is active.

    :raises Transition: it is not cancelled
    :raises InstructorBusy: its instructor teaches elsewhere by now, and it is not allowed
    :raises ParentDeleted: its instructor, or what its cycle belongs to, is deleted
    """
    must_be(meeting, "restore", MeetingStatus.CANCELLED)
    number = own_or_free(meeting.number, taken_numbers(await tx.meetings.of_cycle(cycle.id)))
    cycle = await reopen_if_completed(tx, cycle, at, also=[meeting.instructor_id])
    overrides = await overrides_of(tx, [meeting], allow_conflicts=allow_conflicts)
    override = meeting.id in overrides
    change = restore(meeting, number=number, at=at, conflict_override=override)
    await tx.meetings.save(change)
    return cycle, change.after


async def delete_it(tx: Transaction, meeting: Meeting, act: DeletionId, *, at: datetime) -> None:
    """Delete it softly; its number and its instructor's time are free."""
    gone = deleted(meeting, act, at)
    await tx.meetings.save(take_out(meeting, gone, at=at))
    await settle_day(tx, gone, at, left_by=meeting)
