"""Deleting a meeting, and bringing back one that is deleted or cancelled (R-SCHED-5, R-MEET-2)."""

from __future__ import annotations

from datetime import datetime

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.change import Change
from haitech_domain.cycle import Cycle
from haitech_domain.errors import NotFound
from haitech_domain.ids import DeletionId, MeetingId
from haitech_domain.meeting import (
    Meeting,
    PayBasis,
    carrier_of,
    carry_anew,
)
from haitech_domain.meeting.transitions import bring_back
from haitech_domain.ports import Clock, Ids, Transaction, UnitOfWork
from haitech_domain.scheduling import own_or_free
from haitech_domain.use_cases.cycle_cascades import overrides_of
from haitech_domain.use_cases.cycle_upkeep import (
    lock_for_meetings,
    meetings_of_day,
    reopen_if_completed,
    settle_cycle,
    settle_day,
    taken_numbers,
)
from haitech_domain.use_cases.deletion import returned
from haitech_domain.use_cases.meeting_status import locked
from haitech_domain.use_cases.meeting_steps import delete_it, schedule_again
from haitech_domain.use_cases.references import ParentDeleted
from haitech_domain.use_cases.school import School
from haitech_domain.use_cases.settling import reckon


@attrs.frozen(kw_only=True)
class DeleteMeeting:
    """Delete a meeting softly; its number and its instructor's time are free."""

    uow: UnitOfWork
    clock: Clock
    ids: Ids

    async def __call__(self, *, actor: Actor, meeting_id: MeetingId) -> None:
        """Take the meeting out of every list and figure.

        :raises NotFound: there is no such meeting
        :raises CycleCancelledError: R-MEET-7
        """
        grant(actor, Action.DELETE, Resource.MEETINGS)

        async def work(tx: Transaction) -> None:
            at = self.clock.now()
            cycle, meeting = await locked(tx, meeting_id)
            await delete_it(tx, meeting, DeletionId(self.ids.new()), at=at)
            await settle_cycle(tx, cycle, at)

        await self.uow.run(actor, work)


@attrs.frozen(kw_only=True)
class RestoreMeeting:
    """Bring back a deleted meeting as it was, or a cancelled one as scheduled (R-MEET-2).

    It takes a free number where its own is taken, and reopens a completed cycle.
    """

    uow: UnitOfWork
    clock: Clock
    school: School

    async def __call__(
        self, *, actor: Actor, meeting_id: MeetingId, allow_conflicts: bool = False
    ) -> Meeting:
        """The meeting, back.

        :raises NotFound: there is no such meeting
        :raises Transition: it is neither deleted nor cancelled
        :raises ParentDeleted: its cycle is deleted
        :raises CycleCancelledError: R-MEET-7
        :raises InstructorBusy: its instructor teaches elsewhere by now, and it is not allowed
        """
        grant(actor, Action.DELETE, Resource.MEETINGS)

        async def work(tx: Transaction) -> Meeting:
            at = self.clock.now()
            cycle, meeting = await _gone(tx, meeting_id)
            if meeting.deleted_at is None:
                cycle, back = await schedule_again(
                    tx, cycle, meeting, at=at, allow_conflicts=allow_conflicts
                )
                await settle_cycle(tx, cycle, at)
                return back
            if not meeting.status.teaches:
                change = _returned(meeting, meeting.number, at, override=False)
                await tx.meetings.save(change)
                await settle_cycle(tx, cycle, at, may_complete=False)
                return change.after
            others = await tx.meetings.of_cycle(cycle.id)
            number = own_or_free(meeting.number, taken_numbers(others))
            cycle = await reopen_if_completed(tx, cycle, at, also=[meeting.instructor_id])
            overrides = await overrides_of(tx, [meeting], allow_conflicts=allow_conflicts)
            change = _returned(meeting, number, at, override=meeting.id in overrides)
            await tx.meetings.save(change)
            back = await self._paid(tx, cycle, await settle_day(tx, change.after, at), at)
            await settle_cycle(tx, cycle, at)
            return back

        return await self.uow.run(actor, work)

    async def _paid(self, tx: Transaction, cycle: Cycle, meeting: Meeting, at: datetime) -> Meeting:
        """R-PAY-3: a restored meeting carries its day's pay where nobody does any more."""
        if meeting.pay_basis is not PayBasis.DAILY:
            return meeting
        if carrier_of(await meetings_of_day(tx, meeting)) is not None:
            return meeting
        money = await reckon(tx, self.school, cycle, meeting)
        if not money.instructor_payment:
            return meeting
        change = carry_anew(meeting, money, at=at)
        await tx.meetings.save(change)
        return await settle_day(tx, change.after, at)


def _returned(
    meeting: Meeting, number: int | None, at: datetime, *, override: bool
) -> Change[Meeting]:
    back = attrs.evolve(returned(meeting, at), number=number, conflict_override=override)
    return bring_back(meeting, back, at=at)


async def _gone(tx: Transaction, id: MeetingId) -> tuple[Cycle, Meeting]:
    """A cancelled or deleted meeting under its cycle's lock.

    The cycle's lock comes first, so the meeting is looked up twice.
    """
    try:
        cycle, meeting = await locked(tx, id)
    except NotFound:
        meeting = await tx.meetings.lock_deleted(id)
        try:
            cycle = await lock_for_meetings(tx, meeting.cycle_id)
        except NotFound:
            raise ParentDeleted("meeting", "cycle") from None
    return cycle, meeting
