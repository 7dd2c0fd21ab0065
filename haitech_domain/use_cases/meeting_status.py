"""The verbs of a meeting's status: complete, cancel, postpone, reopen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta

import attrs

from haitech_domain.access import Action, Actor, Forbidden, Reach, Resource, grant, own
from haitech_domain.calendar import LAST_DAY, DateRange, TimeSlot, civil
from haitech_domain.cycle import Cycle
from haitech_domain.errors import BadValue, Invalid, fields_called
from haitech_domain.fields import Day, civil_time, enforce
from haitech_domain.ids import InstructorId, MeetingId
from haitech_domain.meeting import Meeting, MeetingStatus, postpone
from haitech_domain.meeting.transitions import must_be
from haitech_domain.ports import Clock, Ids, Transaction, UnitOfWork
from haitech_domain.scheduling import conflicts, must_teach, next_teaching_day, refuse
from haitech_domain.use_cases.cycle_upkeep import (
    conflicts_of,
    lock_for_meetings,
    settle_cycle,
)
from haitech_domain.use_cases.meeting_steps import cancel_it, complete_it, reopen_it
from haitech_domain.use_cases.school import School


async def locked(
    tx: Transaction, id: MeetingId, mine: InstructorId | None = None
) -> tuple[Cycle, Meeting]:
    """A meeting as it is under its cycle's lock, which every change of a meeting takes first.

    :raises NotFound: there is no such meeting, or it is not the instructor's
    :raises CycleCancelledError: R-MEET-7
    """
    seen = await tx.meetings.get(id, own=mine)
    cycle = await lock_for_meetings(tx, seen.cycle_id)
    return cycle, await tx.meetings.lock(id, own=mine)


def check_times(start: object, end: object, *, field: str = "end_time") -> None:
    """R-MEET-1 as far as the request alone can break it, before anything is looked up.

    :raises Invalid: both are given, and make no slot
    """
    if start is None or end is None:
        return
    try:
        TimeSlot(civil_time(start), civil_time(end))
    except BadValue as bad:
        raise Invalid.because(field, bad.message, reason=bad.reason) from None


@attrs.frozen(kw_only=True)
class CompleteMeeting:
    """Complete a meeting, which fixes its revenue, pay, cost and profit as a snapshot.

    Managers complete any meeting; its own instructor within the completion window (R-MEET-4).
    The last one completes its cycle, too.
    """

    uow: UnitOfWork
    clock: Clock
    school: School

    async def __call__(
        self, *, actor: Actor, meeting_id: MeetingId, notes: Mapping[str, str | None]
    ) -> Meeting:
        """The meeting, completed. `notes` may hold `topic` and `notes`.

        :raises NotFound: there is no such meeting, or it is not the actor's
        :raises Transition: it is not scheduled
        :raises OutsideWindow: an instructor, too early or too late
        """
        reach = grant(actor, Action.COMPLETE, Resource.MEETINGS)
        mine = own(reach, actor)

        async def work(tx: Transaction) -> Meeting:
            at = self.clock.now()
            cycle, meeting = await locked(tx, meeting_id, mine)
            if reach is Reach.OWN:
                if meeting.instructor_id != mine:
                    raise Forbidden("a colleague", Action.COMPLETE, Resource.MEETINGS)
                self.school.completion_window.check(meeting, self.clock.civil())
            held = await complete_it(tx, self.school, cycle, meeting, at=at, notes=notes)
            await settle_cycle(tx, cycle, at)
            return held

        return await self.uow.run(actor, work)


@attrs.frozen(kw_only=True)
class CancelMeeting:
    """Cancel a scheduled meeting; its number is free again."""

    uow: UnitOfWork
    clock: Clock

    async def __call__(
        self, *, actor: Actor, meeting_id: MeetingId, reason: str | None = None
    ) -> Meeting:
        """The meeting, cancelled.

        :raises NotFound: there is no such meeting
        :raises Transition: it is not scheduled
        """
        grant(actor, Action.UPDATE, Resource.MEETINGS)

        async def work(tx: Transaction) -> Meeting:
            at = self.clock.now()
            cycle, meeting = await locked(tx, meeting_id)
            with fields_called({"cancellation_reason": "reason"}):
                gone = await cancel_it(tx, meeting, at=at, reason=reason)
            await settle_cycle(tx, cycle, at)
            return gone

        return await self.uow.run(actor, work)


@attrs.frozen(kw_only=True)
class ReopenMeeting:
    """Make a completed meeting scheduled again; its money is gone, its cycle active."""

    uow: UnitOfWork
    clock: Clock

    async def __call__(self, *, actor: Actor, meeting_id: MeetingId) -> Meeting:
        """The meeting, scheduled.

        :raises NotFound: there is no such meeting
        :raises Transition: it is not completed
        :raises ParentDeleted: its instructor, or what its cycle belongs to, is deleted
        """
        grant(actor, Action.UPDATE, Resource.MEETINGS)

        async def work(tx: Transaction) -> Meeting:
            at = self.clock.now()
            cycle, meeting = await locked(tx, meeting_id)
            cycle, open_again = await reopen_it(tx, cycle, meeting, at=at)
            await settle_cycle(tx, cycle, at)
            return open_again

        return await self.uow.run(actor, work)


@attrs.frozen(kw_only=True)
class Put:
    """When a postponed meeting is to be held instead; what is None is chosen (R-MEET-5).

    :raises Invalid: a date outside 2000-2100, or times that make no slot
    """

    new_date: Day | None = None
    new_start_time: time | None = None
    new_end_time: time | None = None
    allow_conflicts: bool = False
    allow_no_teaching_day: bool = False

    def __attrs_post_init__(self) -> None:
        enforce(self)
        check_times(self.new_start_time, self.new_end_time, field="new_end_time")


@attrs.frozen(kw_only=True)
class PostponeMeeting:
    """Postpone a scheduled meeting to a given time, or to the next one that fits.

    Without a date the replacement goes to the first cycle weekday after the cycle's last live
    meeting that teaches and on which the instructor is free: teaches nowhere else at that time,
    and has no time off. It keeps number, instructor, activity, nature and topic.
    """

    uow: UnitOfWork
    clock: Clock
    ids: Ids
    school: School

    async def __call__(
        self, *, actor: Actor, meeting_id: MeetingId, to: Put, notes: str | None = None
    ) -> tuple[Meeting, Meeting]:
        """The postponed meeting and its replacement.

        :raises NotFound: there is no such meeting
        :raises Transition: it is not scheduled
        :raises NoTeachingDay: the given day does not teach, and that is not allowed
        :raises InstructorBusy: the instructor teaches elsewhere, and that is not allowed
        """
        grant(actor, Action.UPDATE, Resource.MEETINGS)

        async def work(tx: Transaction) -> tuple[Meeting, Meeting]:
            at = self.clock.now()
            cycle, meeting = await locked(tx, meeting_id)
            must_be(meeting, "postpone", MeetingStatus.SCHEDULED)
            slot = _slot(meeting, to)
            day, override = await self._place(tx, cycle, meeting, slot, to)
            original, replacement = postpone(
                meeting,
                replacement_id=MeetingId(self.ids.new()),
                day=day,
                slot=slot,
                at=at,
                conflict_override=override,
                notes=notes,
            )
            # in this order: the original gives up its number and time before they are taken
            await tx.meetings.save(original, replacement)
            await settle_cycle(tx, cycle, at)
            return original.after, replacement.after

        return await self.uow.run(actor, work)

    async def _place(
        self, tx: Transaction, cycle: Cycle, meeting: Meeting, slot: TimeSlot, to: Put
    ) -> tuple[date, bool]:
        teaching = await self.school.teaching_days(tx, cycle.branch_id)
        who = meeting.instructor_id
        if to.new_date is not None:
            if not to.allow_no_teaching_day:
                must_teach(to.new_date, teaching)
            found = await conflicts_of(tx, who, [(to.new_date, slot)], apart_from=[meeting])
            return to.new_date, refuse(found, allowed=to.allow_conflicts)
        await conflicts_of(tx, who, [], apart_from=[meeting])  # takes the instructor's lock
        tally = await tx.meetings.tally(cycle.id)
        last = tally.last_day or meeting.scheduled_date
        busy = await tx.meetings.booked_after(who, last)
        away = [off.days for off in await tx.time_off.touching(who, DateRange(last, LAST_DAY))]

        def is_free(day: date) -> bool:
            return not conflicts([(day, slot)], busy) and not any(day in d for d in away)

        return next_teaching_day(cycle.day_of_week, last, teaching, is_free), False


def _slot(meeting: Meeting, to: Put) -> TimeSlot:
    """The new times; one that begins at another time keeps its length unless its end is given."""
    start = to.new_start_time or meeting.start_time
    end = to.new_end_time or meeting.end_time
    if to.new_start_time is not None and to.new_end_time is None:
        ends = civil(meeting.scheduled_date, start) + timedelta(minutes=meeting.slot.minutes)
        end = ends.time() if ends.date() == meeting.scheduled_date else start
    try:
        return TimeSlot(start, end)
    except BadValue as bad:
        raise Invalid.because("new_end_time", bad.message, reason=bad.reason) from None
