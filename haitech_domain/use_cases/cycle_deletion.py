"""Deleting a cycle with its meetings and registrations, and bringing back exactly those."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.change import Change
from haitech_domain.cycle import Cycle, CycleDeleted, CycleStatus, CycleUpdated
from haitech_domain.ids import CycleId, DeletionId
from haitech_domain.meeting import Meeting
from haitech_domain.meeting.transitions import bring_back, take_out
from haitech_domain.ports import Clock, Ids, Transaction, UnitOfWork
from haitech_domain.registration import must_fit, remove, return_with_cycle
from haitech_domain.use_cases.cycle_cascades import overrides_of
from haitech_domain.use_cases.cycle_upkeep import settle_cycle
from haitech_domain.use_cases.deletion import deleted, lock_deleted, returned
from haitech_domain.use_cases.references import cycle_may_live, students_must_live


@attrs.frozen(kw_only=True)
class DeleteCycle:
    """Delete a cycle softly, with its meetings and registrations (R-PPL-3)."""

    uow: UnitOfWork
    clock: Clock
    ids: Ids

    async def __call__(self, *, actor: Actor, cycle_id: CycleId) -> None:
        """Take the cycle out of every list and report.

        :raises NotFound: there is no such cycle
        """
        grant(actor, Action.DELETE, Resource.CYCLES)
        at = self.clock.now()

        async def work(tx: Transaction) -> None:
            cycle = await tx.cycles.lock(cycle_id)
            act = DeletionId(self.ids.new())
            meetings = await tx.meetings.of_cycle(cycle.id)
            await tx.meetings.save(*(take_out(m, deleted(m, act, at), at=at) for m in meetings))
            registrations = await tx.registrations.of_cycle(cycle.id)
            await tx.registrations.save(
                *(remove(r, deleted(r, act, at), at=at) for r in registrations)
            )
            event = CycleDeleted(at=at, cycle_id=cycle.id)
            gone = deleted(cycle, act, at)
            await tx.cycles.save(Change.updated(cycle, gone, event, action="delete"))

        await self.uow.run(actor, work)


@attrs.frozen(kw_only=True)
class RestoreCycle:
    """Bring a deleted cycle back with exactly what it took along.

    What it belongs to must be live; overlaps, uniqueness and capacity are checked again.
    """

    uow: UnitOfWork
    clock: Clock

    async def __call__(
        self, *, actor: Actor, cycle_id: CycleId, allow_conflicts: bool = False
    ) -> Cycle:
        """The cycle, live again.

        :raises NotFound: no cycle has this id
        :raises NotDeleted: it is live
        :raises ParentDeleted: its course, branch or instructor is deleted
        :raises InstructorBusy: its meetings overlap others by now
        :raises CycleFull: its live registrations are more than its places
        """
        grant(actor, Action.DELETE, Resource.CYCLES)
        at = self.clock.now()

        async def work(tx: Transaction) -> Cycle:
            cycle = await lock_deleted(tx.cycles, cycle_id)
            meetings = await _taken_along(tx, cycle)
            if cycle.status is CycleStatus.ACTIVE:
                teaching = {m.instructor_id for m in meetings if m.status.teaches}
                await cycle_may_live(tx, cycle, also=teaching)
            back = returned(cycle, at)
            event = CycleUpdated(at=at, cycle_id=cycle.id, fields=("deleted_at",))
            await tx.cycles.save(Change.updated(cycle, back, event, action="restore"))
            if cycle.deletion is not None:
                await _meetings_back(tx, meetings, at, allow_conflicts=allow_conflicts)
                await _registrations_back(tx, back, cycle.deletion, at)
            return await settle_cycle(tx, back, at, may_complete=False)

        return await self.uow.run(actor, work)


async def _taken_along(tx: Transaction, cycle: Cycle) -> Sequence[Meeting]:
    """The meetings that were deleted with the cycle, if it was an act of ours."""
    return () if cycle.deletion is None else await tx.meetings.deleted_with(cycle.deletion)


async def _meetings_back(
    tx: Transaction, meetings: Sequence[Meeting], at: datetime, *, allow_conflicts: bool
) -> None:
    teaching = [m for m in meetings if m.status.teaches]
    overrides = await overrides_of(tx, teaching, allow_conflicts=allow_conflicts)
    backs = (
        m.changed(at, deleted_at=None, deletion=None, conflict_override=m.id in overrides)
        if m.status.teaches
        else returned(m, at)
        for m in meetings
    )
    pairs = zip(meetings, backs, strict=True)
    await tx.meetings.save(*(bring_back(m, back, at=at) for m, back in pairs))


async def _registrations_back(tx: Transaction, cycle: Cycle, act: DeletionId, at: datetime) -> None:
    registrations = await tx.registrations.deleted_with(act)
    await students_must_live(tx, registrations)
    back = [return_with_cycle(r, returned(r, at), at=at) for r in registrations]
    must_fit(cycle, (change.after for change in back))
    await tx.registrations.save(*back)
