"""Changing, deleting and restoring registrations, each under its cycle's lock (R-REG-1…5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.cycle import Cycle
from haitech_domain.errors import NotFound
from haitech_domain.ids import RegistrationId
from haitech_domain.ports import Clock, Ids, Transaction, UnitOfWork
from haitech_domain.registration import Registration, amend, remove, take_back
from haitech_domain.use_cases.deletion import deleted, lock_deleted
from haitech_domain.use_cases.references import ParentDeleted, must_be_back
from haitech_domain.use_cases.school import School


async def locked(tx: Transaction, id: RegistrationId) -> tuple[Cycle, Registration]:
    """A registration as it is under its cycle's lock, which every change of one takes first.

    :raises NotFound: there is no such registration
    """
    seen = await tx.registrations.get(id)
    cycle = await tx.cycles.lock(seen.cycle_id)
    return cycle, await tx.registrations.lock(id)


@attrs.frozen(kw_only=True)
class UpdateRegistration:
    """Change the given fields of a registration.

    `status` moves between registered, active and trial while the cycle is active, to completed
    from registered and active, and to cancelled, which is the cancellation of today. What has
    ended does not live again. A price that changes touches no completed meeting's money.
    """

    uow: UnitOfWork
    clock: Clock

    async def __call__(
        self, *, actor: Actor, registration_id: RegistrationId, values: Mapping[str, Any]
    ) -> Registration:
        """The registration with the given fields changed.

        :raises NotFound: there is no such registration
        :raises Invalid: values that break their rules
        :raises RegistrationEnded: it would live again
        :raises Transition: it cannot be cancelled or completed from here
        :raises CycleTakesNoRegistrations: R-REG-2
        :raises PaymentContradicts: another payment status is stated than the ledger's
        """
        grant(actor, Action.UPDATE, Resource.REGISTRATIONS)

        async def work(tx: Transaction) -> Registration:
            cycle, registration = await locked(tx, registration_id)
            today, at = self.clock.civil().date(), self.clock.now()
            change = amend(registration, cycle=cycle, today=today, at=at, **values)
            await tx.registrations.save(change)
            return change.after

        return await self.uow.run(actor, work)


@attrs.frozen(kw_only=True)
class DeleteRegistration:
    """Delete a registration softly, also a paid one; its place is free, its attendance stays."""

    uow: UnitOfWork
    clock: Clock
    ids: Ids

    async def __call__(self, *, actor: Actor, registration_id: RegistrationId) -> None:
        """Take the registration out of every list and figure still to come.

        :raises NotFound: there is no such registration
        """
        grant(actor, Action.DELETE, Resource.REGISTRATIONS)

        async def work(tx: Transaction) -> None:
            _, registration = await locked(tx, registration_id)
            at = self.clock.now()
            gone = deleted(registration, self.ids.new(), at)
            await tx.registrations.save(remove(registration, gone, at=at))

        await self.uow.run(actor, work)


@attrs.frozen(kw_only=True)
class RestoreRegistration:
    """Bring a deleted registration back; a live one needs an active cycle with a free place."""

    uow: UnitOfWork
    clock: Clock
    school: School

    async def __call__(self, *, actor: Actor, registration_id: RegistrationId) -> Registration:
        """The registration, back.

        :raises NotFound: no registration has this id
        :raises NotDeleted: it is live
        :raises ParentDeleted: its cycle or its student is deleted
        :raises CycleTakesNoRegistrations: it would be live, and the cycle is not active
        :raises AlreadyRegistered: the student was registered again meanwhile
        :raises CycleFull: its place was taken
        """
        grant(actor, Action.DELETE, Resource.REGISTRATIONS)

        async def work(tx: Transaction) -> Registration:
            registration = await lock_deleted(tx.registrations, registration_id)
            try:
                cycle = await tx.cycles.lock(registration.cycle_id)
            except NotFound:
                raise ParentDeleted("registration", "cycle") from None
            student = registration.student_id
            await must_be_back("registration", {"student": (tx.students, student)})
            change = take_back(
                registration,
                cycle=cycle,
                present=await tx.registrations.of_cycle(cycle.id),
                at=self.clock.now(),
                policies=self.school.registration_policies,
            )
            await tx.registrations.save(change)
            return change.after

        return await self.uow.run(actor, work)
