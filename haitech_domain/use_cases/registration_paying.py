"""Paying for registrations, cancelling them with a refund, reading the ledger (R-REG-4, R-REG-5)."""

from __future__ import annotations

from datetime import date, datetime

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.fields import civil_date
from haitech_domain.ids import PaymentId, RegistrationId
from haitech_domain.ports import Clock, Ids, Page, Query, Transaction, UnitOfWork
from haitech_domain.registration import (
    Payment,
    Posting,
    Registration,
    StatedCancellation,
    StatedPayment,
    cancel,
    must_have_come,
    pay,
)
from haitech_domain.use_cases.registration_writing import locked


@attrs.frozen(kw_only=True)
class PayRegistration:
    """Record a payment for a registration, in the ledger that its payment status follows from.

    An `amount` always adds. `paymentStatus: paid` without one pays the balance, and changes nothing
    where everything is paid; any other status is only compared. Given together, the status must be
    the one that the ledger has afterwards. Method and invoice link become the registration's own.
    A registration that has ended may be paid still.
    """

    uow: UnitOfWork
    clock: Clock
    ids: Ids

    async def __call__(
        self, *, actor: Actor, registration_id: RegistrationId, stated: StatedPayment
    ) -> Registration:
        """The registration, paid; today unless another day is stated.

        :raises Invalid: the day is still to come
        :raises NotFound: there is no such registration
        :raises PriceUnset: `paid` without an amount, and without a price
        :raises PaymentAbovePrice: it would be more than the price
        :raises PaymentContradicts: the stated status is not the one that the ledger has afterwards
        """
        grant(actor, Action.UPDATE, Resource.REGISTRATIONS)
        today = self.clock.civil().date()
        day = today if stated.paid_at is None else must_have_come(self._day(stated.paid_at), today)

        async def work(tx: Transaction) -> Registration:
            _, registration = await locked(tx, registration_id)
            posting = pay(
                registration,
                stated,
                id=PaymentId(self.ids.new()),
                paid_at=day,
                today=today,
                at=self.clock.now(),
                by=actor.id,
            )
            return await _kept(tx, posting)

        return await self.uow.run(actor, work)

    def _day(self, told: date | datetime | str) -> date:
        """The civil day that was told, as such or by an instant."""
        return self.clock.civil(told).date() if isinstance(told, datetime) else civil_date(told)


@attrs.frozen(kw_only=True)
class CancelRegistration:
    """Cancel a live registration today, with a reason and perhaps a refund, never above what was paid.

    Its place is free; its attendance and the money of completed meetings stay.
    """

    uow: UnitOfWork
    clock: Clock
    ids: Ids

    async def __call__(
        self, *, actor: Actor, registration_id: RegistrationId, stated: StatedCancellation
    ) -> Registration:
        """The registration, cancelled. A refund of 0 is none.

        :raises NotFound: there is no such registration
        :raises Transition: it has ended
        :raises RefundAbovePaid: more than was paid
        """
        grant(actor, Action.UPDATE, Resource.REGISTRATIONS)

        async def work(tx: Transaction) -> Registration:
            cycle, registration = await locked(tx, registration_id)
            posting = cancel(
                registration,
                stated,
                id=PaymentId(self.ids.new()),
                cycle=cycle,
                today=self.clock.civil().date(),
                at=self.clock.now(),
                by=actor.id,
            )
            return await _kept(tx, posting)

        return await self.uow.run(actor, work)


async def _kept(tx: Transaction, posting: Posting) -> Registration:
    await tx.payments.add(*posting.entries)
    await tx.registrations.save(posting.change)
    return posting.change.after


@attrs.frozen(kw_only=True)
class ListPayments:
    """The ledger of a registration: what was paid and paid back, in the order of recording."""

    uow: UnitOfWork

    async def __call__(
        self, *, actor: Actor, registration_id: RegistrationId, query: Query
    ) -> Page[Payment]:
        """One page of the entries.

        :raises Forbidden: the actor may not see the money of registrations
        :raises NotFound: there is no such registration
        :raises Invalid: an unknown filter or sort
        """
        grant(actor, Action.SEE_MONEY, Resource.REGISTRATIONS)
        filters = {**query.filters, "registration_id": registration_id}

        async def work(tx: Transaction) -> Page[Payment]:
            await tx.registrations.get(registration_id)
            return await tx.payments.page(attrs.evolve(query, filters=filters))

        return await self.uow.read(work)
