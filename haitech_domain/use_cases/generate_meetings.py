"""Planning the meetings that cycles still miss (R-SCHED-4, R-SCHED-6, R-SCHED-9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.calendar import TeachingDays
from haitech_domain.change import Change
from haitech_domain.cycle import Cycle
from haitech_domain.ids import CycleId, MeetingId
from haitech_domain.meeting import Meeting, schedule
from haitech_domain.ports import Clock, Ids, Transaction, UnitOfWork
from haitech_domain.scheduling import Conflict, Plan, Skipped, plan, refuse
from haitech_domain.use_cases.cycle_upkeep import (
    conflicts_of,
    lock_for_meetings,
    reopen_if_completed,
    settle_cycle,
    taken_numbers,
)
from haitech_domain.use_cases.drafting import Draft
from haitech_domain.use_cases.school import School


@attrs.frozen(kw_only=True)
class Generated:
    """What was made (or would be), which days were passed over and why, and what overlaps.

    `cycle` is as it is now: after a dry run, as it was.
    """

    cycle: Cycle
    meetings: tuple[Meeting, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    dry_run: bool = False

    def not_stored(self, cycle: Cycle) -> Generated:
        """The same as the answer of a dry run over this cycle."""
        return attrs.evolve(self, cycle=cycle, dry_run=True)


def missing_meetings(cycle: Cycle, meetings: Iterable[Meeting], teaching: TeachingDays) -> Plan:
    """R-SCHED-4: what a cycle with these meetings still misses.

    :raises RestDay: its weekday is a rest day
    :raises PlanWithoutEnd: the calendar closes every week
    :raises CalendarOutOfRange: the plan leaves the calendar's years
    """
    live = [m for m in meetings if m.status.teaches]
    return plan(
        weekday=cycle.day_of_week,
        start=cycle.start_date,
        total=cycle.total_meetings,
        teaching=teaching,
        taken=taken_numbers(live),
        last_day=max((m.scheduled_date for m in live), default=None),
    )


@attrs.frozen(kw_only=True)
class Generation:
    """Plans, checks and stores what one cycle misses."""

    clock: Clock
    ids: Ids
    school: School

    async def __call__(self, tx: Transaction, cycle: Cycle, *, allow_conflicts: bool) -> Generated:
        """What a locked cycle misses, made.

        :raises RestDay: its weekday is a rest day
        :raises InstructorBusy: overlaps, and they are not allowed
        :raises PlanWithoutEnd: the calendar closes every week
        :raises ParentDeleted: it is completed, and what it belongs to is deleted
        """
        at = self.clock.now()
        planned = await self._plan(tx, cycle)
        if not planned.meetings:
            return Generated(cycle=cycle, skipped=planned.skipped)
        cycle = await reopen_if_completed(tx, cycle, at)
        wanted = [(p.day, cycle.slot) for p in planned.meetings]
        found = await conflicts_of(tx, cycle.instructor_id, wanted)
        refuse(found, allowed=allow_conflicts)
        changes = list(self._made(cycle, planned, found, at))
        await tx.meetings.save(*changes)
        return Generated(
            cycle=await settle_cycle(tx, cycle, at),
            meetings=tuple(change.after for change in changes),
            skipped=planned.skipped,
            conflicts=found,
        )

    async def _plan(self, tx: Transaction, cycle: Cycle) -> Plan:
        teaching = await self.school.teaching_days(tx, cycle.branch_id)
        return missing_meetings(cycle, await tx.meetings.of_cycle(cycle.id), teaching)

    def _made(
        self, cycle: Cycle, planned: Plan, found: Iterable[Conflict], at: datetime
    ) -> Iterable[Change[Meeting]]:
        overlapping = {conflict.day for conflict in found}
        for p in planned.meetings:
            yield schedule(
                id=MeetingId(self.ids.new()),
                cycle_id=cycle.id,
                number=p.number,
                instructor_id=cycle.instructor_id,
                day=p.day,
                slot=cycle.slot,
                at=at,
                conflict_override=p.day in overlapping,
            )


@attrs.frozen(kw_only=True)
class GenerateMeetings:
    """Make the meetings that a cycle still misses.

    Only the missing numbers are planned, weekly, after the last live meeting, never on a
    no-teaching day; running it again adds nothing. With `dry_run` nothing is stored. Any overlap
    with another meeting of the instructor refuses the whole, unless conflicts are allowed.
    """

    uow: UnitOfWork
    generate: Generation

    async def __call__(
        self,
        *,
        actor: Actor,
        cycle_id: CycleId,
        dry_run: bool = False,
        allow_conflicts: bool = False,
    ) -> Generated:
        """Plan, check, and, unless it is a dry run, store.

        :raises NotFound: there is no such cycle
        :raises CycleCancelledError: the cycle is cancelled
        :raises DomainError: as `Generation`
        """
        grant(actor, Action.UPDATE, Resource.CYCLES)

        async def store(tx: Transaction) -> Generated:
            cycle = await lock_for_meetings(tx, cycle_id)
            return await self.generate(tx, cycle, allow_conflicts=allow_conflicts)

        async def preview(tx: Transaction) -> Generated:
            draft = Draft(tx, locks=False).tx
            cycle = await lock_for_meetings(draft, cycle_id)
            return (await self.generate(draft, cycle, allow_conflicts=True)).not_stored(cycle)

        return await (self.uow.read(preview) if dry_run else self.uow.run(actor, store))
