"""What follows every change of a cycle's meetings, in the same transaction.

Whoever calls holds the cycle's lock. Locks are always taken in one order: cycle, course, branch,
order, instructors (by id).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

import attrs

from haitech_domain.calendar import TimeSlot
from haitech_domain.change import Change
from haitech_domain.cycle import Cycle, CycleCancelledError, CycleStatus, reopen, settle
from haitech_domain.errors import NotFound, UnknownReference
from haitech_domain.ids import CycleId, InstructorId
from haitech_domain.meeting import Meeting, PayBasis, carrier_of, carry, of_day
from haitech_domain.ports import Transaction
from haitech_domain.registration import complete_with_cycle, must_fit, undo_cascade
from haitech_domain.scheduling import Conflict, conflicts
from haitech_domain.use_cases.references import cycle_may_live, students_must_live


async def settle_cycle(
    tx: Transaction, cycle: Cycle, at: datetime, *, may_complete: bool = True
) -> Cycle:
    """R-CYC-1, R-CYC-2, R-CYC-4: recount; complete the cycle, with its registrations, when done."""
    change = settle(cycle, await tx.meetings.tally(cycle.id), at=at, may_complete=may_complete)
    if change.after.status is not cycle.status:
        return await save_completed(tx, change, at)
    await tx.cycles.save(change)
    return change.after


async def save_completed(tx: Transaction, change: Change[Cycle], at: datetime) -> Cycle:
    """Save a cycle that is completed now, with its registrations (R-CYC-2)."""
    await tx.cycles.save(change)
    registrations = await tx.registrations.of_cycle(change.after.id)
    await tx.registrations.save(*(complete_with_cycle(r, at=at) for r in registrations))
    return change.after


async def save_reopened(
    tx: Transaction, cycle: Cycle, at: datetime, *, also: Iterable[InstructorId] = ()
) -> Cycle:
    """Reopen an ended cycle, and undo what its end did to its registrations (R-CYC-3).

    `also` are further instructors to be locked: those of meetings that come back with it.

    :raises ParentDeleted: what it belongs to was deleted since
    :raises StudentDeleted: a student whose registration would be live was deleted since
    :raises CycleFull: its places are fewer by now than the registrations that would be live
    """
    await cycle_may_live(tx, cycle, also=also)
    change = reopen(cycle, at=at)
    await tx.cycles.save(change)
    registrations = await tx.registrations.of_cycle(cycle.id)
    undone = [undo_cascade(r, cycle.status, at=at) for r in registrations]
    back = [c.after for c in undone if not c.is_empty]
    await students_must_live(tx, back)
    if back:
        must_fit(cycle, (c.after for c in undone))
    await tx.registrations.save(*undone)
    return change.after


async def lock_for_meetings(tx: Transaction, id: CycleId) -> Cycle:
    """The cycle, locked, if its meetings may change.

    :raises NotFound: there is no such cycle
    :raises CycleCancelledError: R-MEET-7
    """
    cycle = await tx.cycles.lock(id)
    must_take_changes(cycle)
    return cycle


def must_take_changes(cycle: Cycle) -> None:
    """R-MEET-7. :raises CycleCancelledError: the cycle is cancelled"""
    if cycle.status is CycleStatus.CANCELLED:
        raise CycleCancelledError(cycle.id, cycle.name)


async def reopen_if_completed(
    tx: Transaction, cycle: Cycle, at: datetime, *, also: Iterable[InstructorId] = ()
) -> Cycle:
    """R-MEET-7, R-CYC-2: a meeting that is added, restored or reopened reopens its cycle.

    :raises DomainError: as `save_reopened`
    """
    if cycle.status is not CycleStatus.COMPLETED:
        return cycle
    return await save_reopened(tx, cycle, at, also=also)


@attrs.define(kw_only=True)
class Needed:
    """What a request over several cycles has to lock besides them, gathered first."""

    courses: set[UUID] = attrs.field(factory=set)
    branches: set[UUID] = attrs.field(factory=set)
    orders: set[UUID] = attrs.field(factory=set)
    instructors: set[UUID] = attrs.field(factory=set)
    students: set[UUID] = attrs.field(factory=set)

    async def to_reopen(self, tx: Transaction, cycles: Iterable[Cycle]) -> None:
        """Add what the ended ones among these cycles have to find live (R-PPL-3)."""
        ended = [cycle for cycle in cycles if cycle.status is not CycleStatus.ACTIVE]
        for cycle in ended:
            self.courses.add(cycle.course_id)
            self.branches.add(cycle.branch_id)
            if cycle.institutional_order_id is not None:
                self.orders.add(cycle.institutional_order_id)
            self.instructors.add(cycle.instructor_id)
        registrations = await tx.registrations.of_cycles([cycle.id for cycle in ended])
        self.students.update(
            r.student_id for rows in registrations.values() for r in rows if r.before_cascade
        )

    async def lock(self, tx: Transaction) -> None:
        """Lock all of it, each kind in order of id, in the one order of kinds."""
        for repository, ids in (
            (tx.courses, self.courses),
            (tx.branches, self.branches),
            (tx.orders, self.orders),
            (tx.instructors, self.instructors),
            (tx.students, self.students),
        ):
            await repository.lock_many(ids)


async def settle_day(
    tx: Transaction, meeting: Meeting, at: datetime, *, left_by: Meeting | None = None
) -> Meeting:
    """R-PAY-3: let the date's daily pay be carried by the meeting that is first now.

    `meeting` is as it was just saved, `left_by` as it was before, where it may have given up an
    amount. Gives the meeting as it is afterwards.
    """
    if PayBasis.DAILY not in {meeting.pay_basis, left_by.pay_basis if left_by else None}:
        return meeting
    day = await meetings_of_day(tx, meeting)
    carried = left_by if left_by is not None and carrier_of([left_by]) else None
    changes = carry(day, at=at, left_by=carried)
    await tx.meetings.save(*changes)
    return next((c.after for c in changes if c.after.id == meeting.id), meeting)


async def meetings_of_day(tx: Transaction, meeting: Meeting) -> list[Meeting]:
    """The live meetings of the meeting's cycle, date and instructor."""
    return of_day(await tx.meetings.of_cycle(meeting.cycle_id), meeting)


def taken_numbers(meetings: Iterable[Meeting]) -> set[int]:
    """R-SCHED-5: the numbers that teaching meetings hold."""
    return {m.number for m in meetings if m.status.teaches and m.number is not None}


async def conflicts_of(
    tx: Transaction,
    instructor: InstructorId,
    wanted: Sequence[tuple[date, TimeSlot]],
    *,
    apart_from: Sequence[Meeting] = (),
    even_deleted: bool = False,
) -> tuple[Conflict, ...]:
    """R-SCHED-9: what stands in the way, looked up under the instructor's lock.

    The instructor of a meeting that was held may be gone (`even_deleted`).

    :raises UnknownReference: there is no such instructor
    """
    try:
        await tx.instructors.lock(instructor)
    except NotFound:
        if not even_deleted:
            raise UnknownReference("instructor_id", "instructor") from None
        await tx.instructors.lock_deleted(instructor)
    ids = [meeting.id for meeting in apart_from]
    return conflicts(wanted, await tx.meetings.clashing(instructor, wanted, apart_from=ids))
