"""Registering a student in a cycle (R-REG-1…3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.ids import CycleId, RegistrationId, StudentId
from haitech_domain.ports import Clock, Ids, Transaction, UnitOfWork
from haitech_domain.registration import Registration, register
from haitech_domain.use_cases.references import must_exist
from haitech_domain.use_cases.school import School


@attrs.frozen(kw_only=True)
class RegisterStudent:
    """Register a student in an active cycle with a free place.

    The cycle's lock makes the count of places exact: with k left, exactly k of any number of
    requests at once succeed.
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
        student_id: StudentId,
        values: Mapping[str, Any] | None = None,
    ) -> Registration:
        """The new registration, at the given price or the cycle's.

        :raises NotFound: there is no such cycle
        :raises Invalid: there is no such student, or a value breaks its rule
        :raises CycleTakesNoRegistrations: the cycle is not active
        :raises AlreadyRegistered: the student is in it
        :raises CycleFull: no place is left
        """
        grant(actor, Action.CREATE, Resource.REGISTRATIONS)

        async def work(tx: Transaction) -> Registration:
            cycle = await tx.cycles.lock(cycle_id)
            await must_exist({"student_id": (tx.students, student_id)})
            change = register(
                id=RegistrationId(self.ids.new()),
                student_id=student_id,
                cycle=cycle,
                present=await tx.registrations.of_cycle(cycle.id),
                today=self.clock.civil().date(),
                at=self.clock.now(),
                policies=self.school.registration_policies,
                **(values or {}),
            )
            await tx.registrations.save(change)
            return change.after

        return await self.uow.run(actor, work)
