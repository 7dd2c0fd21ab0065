"""What every unit of work promises: whole or not at all, and one after another."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.course import Course
from haitech_domain.customer import CustomerCreated
from haitech_domain.errors import Duplicate, NotFound
from haitech_domain.ports import Transaction
from haitech_domain.testing.builders import (
    MADE,
    a_course,
    a_customer,
    a_user,
    an_instructor,
)
from haitech_domain.testing.contracts.world import SYSTEM, Contract, World, add, save

LATER = MADE + timedelta(hours=1)
WRITERS = 5


class InTheMiddleError(Exception):
    """What the work of these tests raises."""


class UnitOfWorkContract(Contract):
    """Transactions, with the journals that belong to them."""

    async def test_gives_what_the_work_gives(self, world: World) -> None:
        """Both kinds of work have a result."""

        async def work(_tx: Transaction) -> str:
            return "done"

        assert await world.uow.run(SYSTEM, work) == "done"
        assert await world.uow.read(work) == "done"

    async def test_work_sees_what_it_has_written(self, world: World) -> None:
        """A transaction reads its own writing."""
        course = a_course()

        async def work(tx: Transaction) -> Course:
            await tx.courses.save(Change.created(course))
            return await tx.courses.get(course.id)

        assert await world.uow.run(SYSTEM, work) == course

    async def test_work_that_raises_leaves_nothing(self, world: World) -> None:
        """No row, no audit entry, no event; and what it raised comes out as it is."""
        customer, before = a_customer(), await world.journal()
        event = CustomerCreated(at=MADE, customer_id=customer.id, name=customer.name)
        raised = InTheMiddleError("here")

        async def work(tx: Transaction) -> None:
            await tx.customers.save(Change.created(customer, event))
            await tx.courses.save(Change.created(a_course()))
            raise raised

        with pytest.raises(InTheMiddleError) as caught:
            await world.uow.run(SYSTEM, work)
        assert caught.value is raised
        with pytest.raises(NotFound):
            await world.uow.read(lambda tx: tx.customers.get(customer.id))
        assert await world.journal() == before

    async def test_a_refusal_late_in_the_work_undoes_what_came_before(self, world: World) -> None:
        """A save that was good falls with the one that was not."""
        there, course = a_customer(), a_course()
        await add(world, lambda tx: tx.customers, there)
        before = await world.journal()

        async def work(tx: Transaction) -> None:
            await tx.courses.save(Change.created(course))
            await tx.customers.save(Change.created(a_customer(phone=there.phone)))

        with pytest.raises(Duplicate):
            await world.uow.run(SYSTEM, work)
        with pytest.raises(NotFound):
            await world.uow.read(lambda tx: tx.courses.get(course.id))
        assert await world.journal() == before

    async def test_nobody_sees_work_that_is_not_finished(self, world: World) -> None:
        """Others read what was committed; a task that was started inside is another."""
        course = a_course()

        async def another() -> Course:
            return await world.uow.read(lambda other: other.courses.get(course.id))

        async def work(tx: Transaction) -> None:
            await tx.courses.save(Change.created(course))
            with pytest.raises(NotFound):
                await asyncio.create_task(another())

        await world.uow.run(SYSTEM, work)
        assert await world.uow.read(lambda tx: tx.courses.get(course.id)) == course

    async def test_work_within_work_is_kept_with_it(self, world: World) -> None:
        """One transaction, seen from inside and outside alike, in one journal of one actor."""
        outer, inner = a_course(), a_course()
        user = a_user()

        async def within(tx: Transaction) -> Course:
            await tx.courses.save(Change.created(inner))
            return await tx.courses.get(outer.id)

        async def work(tx: Transaction) -> None:
            await tx.courses.save(Change.created(outer))
            assert await world.uow.run(SYSTEM, within) == outer
            assert await world.uow.read(lambda same: same.courses.get(inner.id)) == inner
            await tx.courses.lock(inner.id)

        await world.uow.run(user.actor(), work)
        told = (await world.journal()).audit
        assert [(entry["entity_id"], entry["actor_kind"]) for entry in told] == [
            (outer.id, "user"),
            (inner.id, "user"),
        ]

    async def test_work_falls_with_the_work_around_it(self, world: World) -> None:
        """Nothing is committed before the outermost work is done."""
        course, before = a_course(), await world.journal()

        async def work(_tx: Transaction) -> None:
            await add(world, lambda tx: tx.courses, course)
            raise InTheMiddleError

        with pytest.raises(InTheMiddleError):
            await world.uow.run(SYSTEM, work)
        with pytest.raises(NotFound):
            await world.uow.read(lambda tx: tx.courses.get(course.id))
        assert await world.journal() == before

    async def test_a_refusal_of_inner_work_cannot_be_hidden(self, world: World) -> None:
        """The outer work may catch it, but then keeps nothing."""
        course, before = a_course(), await world.journal()

        async def within(tx: Transaction) -> None:
            await tx.courses.save(Change.created(a_course()))
            raise InTheMiddleError

        async def work(tx: Transaction) -> None:
            await tx.courses.save(Change.created(course))
            with pytest.raises(InTheMiddleError):
                await world.uow.run(SYSTEM, within)

        # each store has its own name for this fault of the program
        with pytest.raises(Exception):  # noqa: B017, PT011
            await world.uow.run(SYSTEM, work)
        with pytest.raises(NotFound):
            await world.uow.read(lambda tx: tx.courses.get(course.id))
        assert await world.journal() == before

    async def test_reading_within_work_finds_nothing_or_something_and_the_work_goes_on(
        self, world: World
    ) -> None:
        """A reading that refuses has changed nothing; one that saves is an error still."""
        course = a_course()

        async def work(tx: Transaction) -> None:
            with pytest.raises(NotFound):
                await world.uow.read(lambda same: same.courses.get(course.id))
            with pytest.raises(Exception):  # noqa: B017, PT011  # named by each store
                await world.uow.read(lambda same: same.courses.save(Change.created(course)))
            await tx.courses.save(Change.created(course))

        await world.uow.run(SYSTEM, work)
        assert await world.uow.read(lambda tx: tx.courses.get(course.id)) == course

    async def test_a_task_started_inside_has_a_transaction_of_its_own(self, world: World) -> None:
        """It inherits the context, not the connection."""
        inside, beside = a_course(), a_course()
        begun: list[asyncio.Task[None]] = []

        async def work(tx: Transaction) -> None:
            await tx.courses.save(Change.created(inside))
            begun.append(asyncio.create_task(add(world, lambda tx: tx.courses, beside)))
            await asyncio.sleep(0)
            raise InTheMiddleError

        with pytest.raises(InTheMiddleError):
            await world.uow.run(SYSTEM, work)
        await begun[0]
        assert await world.uow.read(lambda tx: tx.courses.get(beside.id)) == beside
        with pytest.raises(NotFound):
            await world.uow.read(lambda tx: tx.courses.get(inside.id))

    async def test_saving_in_a_reading_is_an_error_and_leaves_nothing(self, world: World) -> None:
        """Reading does not write, not even by mistake."""
        course = a_course()
        # each store has its own name for this fault of the program
        with pytest.raises(Exception):  # noqa: B017, PT011
            await world.uow.read(lambda tx: tx.courses.save(Change.created(course)))
        with pytest.raises(NotFound):
            await world.uow.read(lambda tx: tx.courses.get(course.id))

    async def test_writers_of_one_row_wait_for_each_other(self, world: World) -> None:
        """Locking, changing and saving at once loses no change."""
        course = a_course(name="0")
        await add(world, lambda tx: tx.courses, course)

        async def work(tx: Transaction) -> None:
            seen = await tx.courses.lock(course.id)
            await asyncio.sleep(0)
            after = seen.changed(LATER, name=str(int(seen.name) + 1))
            await tx.courses.save(Change.updated(seen, after))

        await asyncio.gather(*(world.uow.run(SYSTEM, work) for _ in range(WRITERS)))
        found = await world.uow.read(lambda tx: tx.courses.get(course.id))
        assert (found.name, found.version) == (str(WRITERS), WRITERS + 1)

    async def test_of_two_who_want_one_phone_at_once_one_gets_it(self, world: World) -> None:
        """R-PPL-1: uniqueness holds under concurrency."""
        rows = [a_customer(phone="050-123-4567") for _ in range(WRITERS)]
        outcomes = await asyncio.gather(
            *(add(world, lambda tx: tx.customers, row) for row in rows), return_exceptions=True
        )
        refused = [outcome for outcome in outcomes if outcome is not None]
        assert len(refused) == WRITERS - 1
        assert all(isinstance(refusal, Duplicate) for refusal in refused)

    async def test_the_journal_is_in_the_order_of_commit(self, world: World) -> None:
        """Within a transaction, in the order of saving."""
        rows = [a_customer(name=f"customer {n}") for n in range(4)]
        await add(world, lambda tx: tx.customers, rows[2], rows[0])
        await add(world, lambda tx: tx.customers, rows[3])
        await add(world, lambda tx: tx.customers, rows[1])
        told = [entry["new"]["name"] for entry in (await world.journal()).audit]
        assert told == [f"customer {n}" for n in (2, 0, 3, 1)]

    async def test_the_audit_names_the_kind_of_the_actor(self, world: World) -> None:
        """Who did it: a user, or the system."""
        user = a_user()
        await add(world, lambda tx: tx.users, user)
        course = a_course()
        await world.uow.run(user.actor(), lambda tx: tx.courses.save(Change.created(course)))
        await world.uow.run(
            Actor.system("import"), lambda tx: tx.courses.save(Change.created(a_course()))
        )
        kinds = [entry["actor_kind"] for entry in (await world.journal()).audit]
        assert kinds == ["system", "user", "system"]

    async def test_secrets_are_masked_in_the_audit(self, world: World) -> None:
        """Bank details and password hashes appear as `***`, old and new."""
        instructor = an_instructor(bank_name="לאומי", account_number="123456")
        user = a_user(password_hash="$argon2id$secret")  # noqa: S106  # what must not show
        await add(world, lambda tx: tx.instructors, instructor)
        await add(world, lambda tx: tx.users, user)
        moved = instructor.changed(LATER, account_number="654321", bank_name=None)
        await save(world, lambda tx: tx.instructors, Change.updated(instructor, moved))
        first, second, third = (await world.journal()).audit
        assert (first["new"]["bank_name"], first["new"]["account_number"]) == ("***", "***")
        assert second["new"]["password_hash"] == "***"  # noqa: S105  # the mask
        assert third["old"] == {"bank_name": "***", "account_number": "***"}
        assert third["new"] == {"bank_name": None, "account_number": "***"}
        found = await world.uow.read(lambda tx: tx.instructors.get(instructor.id))
        assert found.account_number == "654321"
