"""Planning the meetings that a cycle still misses (R-SCHED-4, R-SCHED-6, R-SCHED-9)."""

from __future__ import annotations

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.change import Change
from haitech_domain.cycle import Cycle
from haitech_domain.ids import CycleId, MeetingId
from haitech_domain.meeting import Meeting, schedule
from haitech_domain.ports import Clock, Ids, Transaction, UnitOfWork
from haitech_domain.scheduling import Conflict, Plan, Skipped, plan, refuse
from haitech_domain.use_cases.cycle_upkeep import (
    conflicts_of,
    lock_for_meetings,
    must_take_changes,
    reopen_if_completed,
    settle_cycle,
    taken_numbers,
)
from haitech_domain.use_cases.school import School


@attrs.frozen(kw_only=True)
class Generated:
    """What was made (or would be), which days were passed over and why, and what overlaps."""

    cycle: Cycle
    meetings: tuple[Meeting, ...]
    skipped: tuple[Skipped, ...]
    conflicts: tuple[Conflict, ...]
    dry_run: bool


@attrs.frozen(kw_only=True)
class GenerateMeetings:
    """Make the meetings that a cycle still misses.

    Only the missing numbers are planned, weekly, after the last live meeting, never on a
    no-teaching day; running it again adds nothing. With `dry_run` nothing is stored. Any overlap
    with another meeting of the instructor refuses the whole, unless conflicts are allowed.
    """

    uow: UnitOfWork
    clock: Clock
    ids: Ids
    school: School

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
        :raises RestDay: its weekday is a rest day
        :raises InstructorBusy: overlaps, and they are not allowed
        :raises PlanWithoutEnd: the calendar closes every week
        """
        grant(actor, Action.UPDATE, Resource.CYCLES)
        if dry_run:
            return await self.uow.read(lambda tx: self._preview(tx, cycle_id))
        return await self.uow.run(
            actor, lambda tx: self._store(tx, cycle_id, allow_conflicts=allow_conflicts)
        )

    async def _preview(self, tx: Transaction, cycle_id: CycleId) -> Generated:
        cycle = await tx.cycles.get(cycle_id)
        must_take_changes(cycle)
        planned = await self._plan(tx, cycle)
        found = await self._conflicts(tx, cycle, planned, lock=False)
        meetings = self._made(cycle, planned, found)
        return Generated(
            cycle=cycle,
            meetings=tuple(change.after for change in meetings),
            skipped=planned.skipped,
            conflicts=found,
            dry_run=True,
        )

    async def _store(
        self, tx: Transaction, cycle_id: CycleId, *, allow_conflicts: bool
    ) -> Generated:
        at = self.clock.now()
        cycle = await lock_for_meetings(tx, cycle_id)
        planned = await self._plan(tx, cycle)
        found = await self._conflicts(tx, cycle, planned, lock=True)
        refuse(found, allowed=allow_conflicts)
        changes = self._made(cycle, planned, found)
        if changes:
            cycle = await reopen_if_completed(tx, cycle, at)
            await tx.meetings.save(*changes)
            cycle = await settle_cycle(tx, cycle, at)
        return Generated(
            cycle=cycle,
            meetings=tuple(change.after for change in changes),
            skipped=planned.skipped,
            conflicts=found,
            dry_run=False,
        )

    async def _plan(self, tx: Transaction, cycle: Cycle) -> Plan:
        teaching = await self.school.teaching_days(tx, cycle.branch_id)
        meetings = [m for m in await tx.meetings.of_cycle(cycle.id) if m.status.teaches]
        return plan(
            weekday=cycle.day_of_week,
            start=cycle.start_date,
            total=cycle.total_meetings,
            teaching=teaching,
            taken=taken_numbers(meetings),
            last_day=max((m.scheduled_date for m in meetings), default=None),
        )

    @staticmethod
    async def _conflicts(
        tx: Transaction, cycle: Cycle, planned: Plan, *, lock: bool
    ) -> tuple[Conflict, ...]:
        wanted = [(p.day, cycle.slot) for p in planned.meetings]
        if not wanted:
            return ()
        return await conflicts_of(tx, cycle.instructor_id, wanted, lock=lock)

    def _made(
        self, cycle: Cycle, planned: Plan, found: tuple[Conflict, ...]
    ) -> list[Change[Meeting]]:
        overlapping = {conflict.day for conflict in found}
        at = self.clock.now()
        return [
            schedule(
                id=MeetingId(self.ids.new()),
                cycle_id=cycle.id,
                number=p.number,
                instructor_id=cycle.instructor_id,
                day=p.day,
                slot=cycle.slot,
                at=at,
                conflict_override=p.day in overlapping,
            )
            for p in planned.meetings
        ]
