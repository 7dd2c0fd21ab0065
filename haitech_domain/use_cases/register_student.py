"""Registering a student in a cycle (R-REG-1…4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.cycle import Cycle
from haitech_domain.errors import Problem
from haitech_domain.fields import problems_in
from haitech_domain.ids import CycleId, RegistrationId, StudentId
from haitech_domain.ports import Clock, Ids, Repository, Transaction, UnitOfWork
from haitech_domain.registration import Registration, register
from haitech_domain.use_cases.references import must_exist
from haitech_domain.use_cases.school import School

_NAMED: Final = ("cycle_id", "student_id")


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
        :raises PaymentContradicts: a payment status is stated, and nothing is paid yet
        """
        grant(actor, Action.CREATE, Resource.REGISTRATIONS)
        given = values or {}
        problems = tuple(problems_in(Registration, given))

        async def work(tx: Transaction) -> Registration:
            cycle = await tx.cycles.lock(cycle_id)
            await must_exist({"student_id": (tx.students, student_id)}, besides=problems)
            return await self.join(tx, cycle, student_id, given)

        return await self.uow.run(actor, work)

    async def by_fields(self, *, actor: Actor, values: Mapping[str, Any]) -> Registration:
        """The same where `cycle_id` and `student_id` are fields like the others.

        :raises Invalid: one of them names nothing, or a value breaks its rule
        :raises DomainError: as above
        """
        grant(actor, Action.CREATE, Resource.REGISTRATIONS)
        given = {k: v for k, v in values.items() if k not in _NAMED}
        absent = (Problem(f, "is required", "value.required") for f in _NAMED if not values.get(f))
        problems = (*absent, *problems_in(Registration, given))

        async def work(tx: Transaction) -> Registration:
            references: dict[str, tuple[Repository[Any], UUID | None]] = {
                "cycle_id": (tx.cycles, values.get("cycle_id")),
                "student_id": (tx.students, values.get("student_id")),
            }
            await must_exist(references, besides=problems)
            cycle = await tx.cycles.lock(values["cycle_id"])
            return await self.join(tx, cycle, values["student_id"], given)

        return await self.uow.run(actor, work)

    async def join(
        self, tx: Transaction, cycle: Cycle, student_id: StudentId, values: Mapping[str, Any]
    ) -> Registration:
        """The same within a transaction that holds the cycle's lock and the student's.

        :raises DomainError: as above
        """
        change = register(
            id=RegistrationId(self.ids.new()),
            student_id=student_id,
            cycle=cycle,
            present=await tx.registrations.of_cycle(cycle.id),
            today=self.clock.civil().date(),
            at=self.clock.now(),
            policies=self.school.registration_policies,
            **values,
        )
        await tx.registrations.save(change)
        return change.after
