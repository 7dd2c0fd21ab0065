"""What the ledger of payments promises: it grows, it never changes, and its sum is what is paid."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given

from haitech_domain.change import Change
from haitech_domain.errors import Duplicate, Invalid, UnknownReference
from haitech_domain.money import Money
from haitech_domain.ports import Page, Query, Transaction
from haitech_domain.records import differences
from haitech_domain.registration import Payment, PaymentKind, Registration
from haitech_domain.testing import strategies
from haitech_domain.testing.builders import (
    MADE,
    SUNDAY,
    School,
    a_payment,
    a_registration,
    a_school,
    an_id,
    furnish,
    gone,
)
from haitech_domain.testing.contracts.world import (
    SYSTEM,
    Contract,
    World,
    a_furnished_school,
    add,
    property_of_world,
    save,
    undone,
)

LATER = MADE + timedelta(hours=1)


async def _ledger(world: World, registration: Registration, **asked: Any) -> Page[Payment]:
    query = Query(filters={"registration_id": registration.id}, **asked)
    return await world.uow.read(lambda tx: tx.payments.page(query))


async def _posted(world: World, registration: Registration, *entries: Payment) -> Registration:
    """The registration with more entries in its ledger, in a transaction of their own."""
    paid = Money.total([registration.paid_amount, *(entry.amount for entry in entries)])
    after = registration.changed(LATER, paid_amount=paid)

    async def work(tx: Transaction) -> None:
        await tx.payments.add(*entries)
        await tx.registrations.save(Change.updated(registration, after))

    await world.uow.run(SYSTEM, work)
    return after


def _of(school: School, **facts: Any) -> Payment:
    return a_payment(registration_id=school.registration.id, **facts)


class PaymentsContract(Contract):
    """The ledgers of registrations (R-REG-4)."""

    @property_of_world(40)
    @given(strategies.payments())
    async def test_an_entry_is_read_back_in_every_field(self, world: World, drawn: Payment) -> None:
        """R-MONEY-1: amounts of either sign to the agora."""
        school = a_school()
        entry = attrs.evolve(drawn, registration_id=school.registration.id)

        async def work(tx: Transaction) -> None:
            await furnish(tx, school)
            await tx.payments.add(entry)
            assert (await tx.payments.page(Query())).items == (entry,)

        await undone(world, work)

    async def test_entries_come_in_the_order_of_recording(self, world: World) -> None:
        """By the page, by cursor, and by the day of the payment where that is asked for."""
        school = await a_furnished_school(world)
        second = _of(school, created_at=LATER, paid_at=SUNDAY - timedelta(days=7))
        first, third = _of(school), _of(school, created_at=LATER, amount="0.01")
        await _posted(world, school.registration, second, first, third)
        page = await _ledger(world, school.registration, limit=2)
        assert (page.items, page.total) == ((first, second), 3)
        rest = await _ledger(world, school.registration, limit=2, cursor=page.next_cursor)
        assert rest.items == (third,)
        falling = await _ledger(world, school.registration, descending=True)
        assert falling.items == (third, second, first)
        by_day = await _ledger(world, school.registration, sort_by="paid_at")
        assert by_day.items == (second, first, third)
        for asked in ({"sort_by": "amount"}, {"search": "x"}):
            with pytest.raises(Invalid):
                await _ledger(world, school.registration, **asked)

    async def test_each_registration_has_a_ledger_of_its_own(self, world: World) -> None:
        """Also two of one student."""
        school = await a_furnished_school(world)
        place = {"student_id": school.student.id, "cycle_id": school.cycle.id}
        other = a_registration(**place, status="completed")
        await add(world, lambda tx: tx.registrations, other)
        mine, theirs = _of(school), a_payment(registration_id=other.id)
        await _posted(world, school.registration, mine)
        await _posted(world, other, theirs)
        assert (await _ledger(world, school.registration)).items == (mine,)
        assert (await _ledger(world, other)).items == (theirs,)
        assert (await _ledger(world, a_registration())).items == ()

    async def test_payments_of_a_deleted_registration_are_in_no_list(self, world: World) -> None:
        """R-PPL-4: until it comes back; they are kept, and still their sum."""
        school = await a_furnished_school(world)
        entry = _of(school)
        paid = await _posted(world, school.registration, entry)
        deleted = gone(paid, at=LATER)
        await save(world, lambda tx: tx.registrations, Change.updated(paid, deleted))
        assert (await _ledger(world, paid)).total == 0
        assert (await world.uow.read(lambda tx: tx.payments.page(Query()))).items == ()
        back = deleted.changed(LATER, deleted_at=None, deletion=None)
        await save(world, lambda tx: tx.registrations, Change.updated(deleted, back))
        assert (await _ledger(world, paid)).items == (entry,)

    async def test_a_refund_is_entered_below_zero(self, world: World) -> None:
        """R-REG-5."""
        school = await a_furnished_school(world)
        paid = await _posted(world, school.registration, _of(school))
        back = _of(school, kind=PaymentKind.REFUND, amount="-99.99")
        assert (await _posted(world, paid, back)).paid_amount == Money.of("0.01")
        assert back in (await _ledger(world, paid)).items

    async def test_what_is_paid_is_the_sum_of_the_entries_or_nothing_is_kept(
        self, world: World
    ) -> None:
        """R-REG-4: whichever of both is written without the other, or otherwise."""
        school = await a_furnished_school(world)
        before = await _posted(world, school.registration, _of(school))
        journal = await world.journal()
        wrong = before.changed(LATER, paid_amount="150.00")
        right = before.changed(LATER, paid_amount="200.00")

        async def entry_alone(tx: Transaction) -> None:
            await tx.payments.add(_of(school))

        async def figure_alone(tx: Transaction) -> None:
            await tx.registrations.save(Change.updated(before, right))

        async def another_figure(tx: Transaction) -> None:
            await tx.payments.add(_of(school))
            await tx.registrations.save(Change.updated(before, wrong))

        async def a_new_one_that_says_so(tx: Transaction) -> None:
            place = {"student_id": school.student.id, "cycle_id": school.cycle.id}
            made = a_registration(**place, status="completed", paid_amount="10.00")
            await tx.registrations.save(Change.created(made))

        for work in (entry_alone, figure_alone, another_figure, a_new_one_that_says_so):
            with pytest.raises(Invalid) as refused:
                await world.uow.run(SYSTEM, work)
            assert [p.field for p in refused.value.problems] == ["paid_amount"]
        assert await world.journal() == journal
        assert (await _ledger(world, before)).total == 1
        found = await world.uow.read(lambda tx: tx.registrations.get(before.id))
        assert found == before

    async def test_the_order_of_writing_does_not_matter(self, world: World) -> None:
        """The sum is looked at when the transaction ends."""
        school = await a_furnished_school(world)
        after = school.registration.changed(LATER, paid_amount="100.00")

        async def work(tx: Transaction) -> None:
            await tx.registrations.save(Change.updated(school.registration, after))
            await tx.payments.add(_of(school, amount="60.00"))
            await tx.payments.add()
            await tx.payments.add(_of(school, amount="40.00"))

        await world.uow.run(SYSTEM, work)
        assert (await _ledger(world, after)).total == 2

    async def test_every_entry_has_its_audit_row(self, world: World) -> None:
        """api.md Audit: amounts are no secret."""
        school = await a_furnished_school(world)
        before = await world.journal()
        entry = _of(school, recorded_by_id=school.user.id)
        await _posted(world, school.registration, entry)
        told = (await world.journal()).audit[len(before.audit) :]
        assert [(row["entity"], row["action"]) for row in told] == [
            ("payment", "create"),
            ("registration", "update"),
        ]
        change: Change[Any] = Change(None, entry, "create")
        assert (told[0]["entity_id"], told[0]["new"]) == (entry.id, differences(change)[1])
        assert told[1]["new"] == {"paid_amount": "100.00"}

    async def test_an_entry_is_there_once_and_of_something(self, world: World) -> None:
        """Neither twice, nor of no registration."""
        school = await a_furnished_school(world)
        entry = _of(school)
        paid = await _posted(world, school.registration, entry)
        with pytest.raises(Duplicate):
            await _posted(world, paid, entry)
        with pytest.raises(UnknownReference) as refused:
            await world.uow.run(
                SYSTEM, lambda tx: tx.payments.add(a_payment(registration_id=an_id()))
            )
        assert refused.value.field == "registration_id"

    async def test_reading_work_adds_nothing(self, world: World) -> None:
        """Not even by mistake."""
        school = await a_furnished_school(world)
        # each store has its own name for this fault of the program
        with pytest.raises(Exception):  # noqa: B017, PT011
            await world.uow.read(lambda tx: tx.payments.add(_of(school)))
        assert (await _ledger(world, school.registration)).total == 0
