"""Making another run of a cycle (R-CYC-5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.change import Change
from haitech_domain.cycle import Cycle, duplicate
from haitech_domain.errors import fields_called
from haitech_domain.ids import CycleId, RegistrationId
from haitech_domain.ports import Clock, Ids, Transaction, UnitOfWork
from haitech_domain.registration import Registration, enrol_again
from haitech_domain.scheduling import RestDay
from haitech_domain.use_cases.generate_meetings import Generation
from haitech_domain.use_cases.references import cycle_may_live, students_must_live
from haitech_domain.use_cases.school import School

_WORDS: Final = {"name": "new_name", "start_date": "new_start_date"}


@attrs.frozen(kw_only=True)
class DuplicateCycle:
    """Make a new cycle with every setting of one that there is, active from another date on.

    On request its live registrations are made anew, as `registered` and unpaid at the same price,
    and its meetings are generated; an overlap then refuses the whole, unless conflicts are
    allowed. A stated end date is not taken along.
    """

    uow: UnitOfWork
    clock: Clock
    ids: Ids
    school: School
    generate: Generation

    async def __call__(
        self,
        *,
        actor: Actor,
        cycle_id: CycleId,
        new_name: str,
        new_start_date: date,
        copy_registrations: bool = False,
        generate_meetings: bool = False,
        allow_conflicts: bool = False,
    ) -> Cycle:
        """The new cycle.

        :raises Forbidden: the role or scopes do not allow cycles, or the registrations asked for
        :raises NotFound: there is no such cycle
        :raises Invalid: the name or the date breaks its rule
        :raises RestDay: its weekday is a rest day by now
        :raises ParentDeleted: its course, branch, order or instructor is deleted
        :raises CycleFull: its live registrations are more than its places
        :raises InstructorBusy: meetings would overlap others, and it is not allowed
        :raises PlanWithoutEnd: the calendar closes every week
        """
        grant(actor, Action.CREATE, Resource.CYCLES)
        if copy_registrations:
            grant(actor, Action.CREATE, Resource.REGISTRATIONS)
        at = self.clock.now()

        async def work(tx: Transaction) -> Cycle:
            source = await tx.cycles.lock(cycle_id)
            with fields_called(_WORDS):
                change = duplicate(
                    source,
                    id=CycleId(self.ids.new()),
                    name=new_name,
                    start_date=new_start_date,
                    at=at,
                )
            new = change.after
            if new.day_of_week in self.school.rest_days:
                raise RestDay(new.day_of_week)
            await cycle_may_live(tx, new)
            await tx.cycles.save(change)
            if copy_registrations:
                await self._enrol(tx, new, await tx.registrations.of_cycle(source.id))
            if generate_meetings:
                made = await self.generate(tx, new, allow_conflicts=allow_conflicts)
                new = made.cycle
            return new

        return await self.uow.run(actor, work)

    async def _enrol(
        self, tx: Transaction, cycle: Cycle, registrations: Sequence[Registration]
    ) -> None:
        live = [registration for registration in registrations if registration.is_live]
        await students_must_live(tx, live)
        changes: list[Change[Registration]] = []
        for registration in live:
            changes.append(
                enrol_again(
                    registration,
                    id=RegistrationId(self.ids.new()),
                    cycle=cycle,
                    present=[change.after for change in changes],
                    today=self.clock.civil().date(),
                    at=self.clock.now(),
                    policies=self.school.registration_policies,
                )
            )
        await tx.registrations.save(*changes)
