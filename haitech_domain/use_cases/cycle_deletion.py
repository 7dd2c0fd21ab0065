"""Deleting a cycle with its meetings and registrations, and bringing back exactly those."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.change import Change
from haitech_domain.cycle import Cycle, CycleDeleted
from haitech_domain.errors import DomainError
from haitech_domain.ids import CycleId, DeletionId
from haitech_domain.ports import Clock, Ids, Transaction, UnitOfWork
from haitech_domain.registration import CycleFull
from haitech_domain.use_cases.catalogue import deleted, returned
from haitech_domain.use_cases.cycle_cascades import refused_overlaps
from haitech_domain.use_cases.cycle_upkeep import settle_cycle
from haitech_domain.use_cases.references import must_be_back


@attrs.frozen
class StudentDeleted(DomainError):
    """R-PPL-3: a registration that would come back belongs to a deleted student."""

    reason: ClassVar[str] = "restore.parent_deleted"
    says: ClassVar[str] = "{count} students of this cycle are deleted; restore them first"
    count: int


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
            await tx.meetings.save(
                *(
                    Change.updated(m, deleted(m, act, at), action="delete")
                    for m in await tx.meetings.of_cycle(cycle.id)
                )
            )
            await tx.registrations.save(
                *(
                    Change.updated(r, deleted(r, act, at), action="delete")
                    for r in await tx.registrations.of_cycle(cycle.id)
                )
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

        :raises NotFound: no deleted cycle has this id
        :raises ParentDeleted: its course, branch or instructor is deleted
        :raises InstructorBusy: its meetings overlap others by now
        :raises CycleFull: its live registrations are more than its places
        """
        grant(actor, Action.DELETE, Resource.CYCLES)
        at = self.clock.now()

        async def work(tx: Transaction) -> Cycle:
            cycle = await tx.cycles.lock_deleted(cycle_id)
            await must_be_back(
                "cycle",
                {
                    "course": (tx.courses, cycle.course_id),
                    "branch": (tx.branches, cycle.branch_id),
                    "instructor": (tx.instructors, cycle.instructor_id),
                },
            )
            back = returned(cycle, at)
            await tx.cycles.save(Change.updated(cycle, back, action="restore"))
            if cycle.deletion is not None:
                await _bring_back(tx, back, cycle.deletion, at, allow_conflicts=allow_conflicts)
            return await settle_cycle(tx, back, at, may_complete=False)

        return await self.uow.run(actor, work)


async def _bring_back(
    tx: Transaction, cycle: Cycle, act: DeletionId, at: datetime, *, allow_conflicts: bool
) -> None:
    meetings = await tx.meetings.deleted_with(act)
    teaching = [m for m in meetings if m.status.teaches and not m.conflict_override]
    overlapping = await refused_overlaps(tx, teaching, allow_conflicts=allow_conflicts)
    await tx.meetings.save(
        *(
            Change.updated(
                m,
                returned(m, at)
                if m.id not in overlapping
                else m.changed(at, deleted_at=None, deletion=None, conflict_override=True),
                action="restore",
            )
            for m in meetings
        )
    )
    registrations = await tx.registrations.deleted_with(act)
    live = [r for r in registrations if r.status.is_live]
    students = await tx.students.many({r.student_id for r in live})
    missing = {r.student_id for r in live} - set(students)
    if missing:
        raise StudentDeleted(len(missing))
    if cycle.max_students is not None and len(live) > cycle.max_students:
        raise CycleFull(cycle.id, cycle.name, len(live), cycle.max_students)
    await tx.registrations.save(
        *(Change.updated(r, returned(r, at), action="restore") for r in registrations)
    )
