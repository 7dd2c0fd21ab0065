"""What the repository of registrations promises beyond every repository."""

from __future__ import annotations

from datetime import timedelta

import pytest

from haitech_domain.change import Change
from haitech_domain.errors import NotFound
from haitech_domain.registration import AlreadyRegistered, RegistrationStatus
from haitech_domain.testing.builders import (
    MADE,
    a_customer,
    a_cycle,
    a_registration,
    a_student,
    an_instructor,
    gone,
)
from haitech_domain.testing.contracts.world import Contract, World, a_furnished_school, add, save

LATER = MADE + timedelta(hours=1)
ENDED = (RegistrationStatus.CANCELLED, RegistrationStatus.COMPLETED)


class RegistrationsContract(Contract):
    """Students in cycles."""

    async def test_a_student_has_one_live_registration_in_a_cycle(self, world: World) -> None:
        """R-REG-1: of any live status, and the refusal names the student."""
        school = await a_furnished_school(world)
        place = {"student_id": school.student.id, "cycle_id": school.cycle.id}
        for status in (status for status in RegistrationStatus if status.is_live):
            again = a_registration(**place, status=status)
            with pytest.raises(AlreadyRegistered) as caught:
                await add(world, lambda tx: tx.registrations, again)
            assert caught.value.student_id == school.student.id

    async def test_ended_registrations_stay_beside_a_live_one(self, world: World) -> None:
        """R-REG-1: history stays, and does not come back to life beside the live one."""
        school = await a_furnished_school(world)
        place = {"student_id": school.student.id, "cycle_id": school.cycle.id}
        ended = [a_registration(**place, status=status) for status in (*ENDED, *ENDED)]
        await add(world, lambda tx: tx.registrations, *ended)
        found = await world.uow.read(lambda tx: tx.registrations.of_cycle(school.cycle.id))
        assert {r.id for r in found} == {school.registration.id, *(r.id for r in ended)}
        revived = ended[0].changed(LATER, status=RegistrationStatus.ACTIVE)
        with pytest.raises(AlreadyRegistered):
            await save(world, lambda tx: tx.registrations, Change.updated(ended[0], revived))

    @pytest.mark.parametrize("how", ["cancelled", "deleted"])
    async def test_after_an_end_a_new_one_may_be_made(self, world: World, how: str) -> None:
        """R-REG-1, R-PPL-3."""
        school = await a_furnished_school(world)
        first = school.registration
        cancelled = first.changed(LATER, status=RegistrationStatus.CANCELLED)
        after = cancelled if how == "cancelled" else gone(first, at=LATER)
        await save(world, lambda tx: tx.registrations, Change.updated(first, after))
        second = a_registration(student_id=school.student.id, cycle_id=school.cycle.id)
        await add(world, lambda tx: tx.registrations, second)

    async def test_of_a_cycle_come_by_creation_and_id(self, world: World) -> None:
        """All that are not deleted, whatever their status."""
        school = await a_furnished_school(world)
        place = {"student_id": school.student.id, "cycle_id": school.cycle.id}
        older = a_registration(
            **place,
            status=RegistrationStatus.CANCELLED,
            created_at=MADE - timedelta(days=1),
            updated_at=MADE,
        )
        twin = a_registration(**place, status=RegistrationStatus.COMPLETED)
        lost = gone(a_registration(**place, status=RegistrationStatus.COMPLETED))
        await add(world, lambda tx: tx.registrations, twin, lost, older)
        found = await world.uow.read(lambda tx: tx.registrations.of_cycle(school.cycle.id))
        assert [r.id for r in found] == [older.id, school.registration.id, twin.id]
        empty = a_cycle().id
        assert list(await world.uow.read(lambda tx: tx.registrations.of_cycle(empty))) == []
        cycles = [empty, school.cycle.id]
        several = await world.uow.read(lambda tx: tx.registrations.of_cycles(cycles))
        assert {id: list(rows) for id, rows in several.items()} == dict(
            zip(cycles, ([], list(found)), strict=True)
        )

    async def test_whose_they_are_is_known_of_deleted_ones_too(self, world: World) -> None:
        """R-REG-6: their marks stay."""
        school = await a_furnished_school(world)
        brother = a_student(customer_id=school.customer.id)
        lost = gone(a_registration(student_id=brother.id, cycle_id=school.cycle.id))
        await add(world, lambda tx: tx.students, brother)
        await add(world, lambda tx: tx.registrations, lost)
        ids = [school.registration.id, lost.id, lost.id, a_registration().id]
        found = await world.uow.read(lambda tx: tx.registrations.whose(ids))
        assert found == {school.registration.id: school.student.id, lost.id: brother.id}
        assert await world.uow.read(lambda tx: tx.registrations.whose([])) == {}

    async def test_live_ones_are_counted_by_customer_and_by_student(self, world: World) -> None:
        """R-PPL-3: what stands in the way of a deletion."""
        school = await a_furnished_school(world)
        brother = a_student(customer_id=school.customer.id)
        stranger = a_customer()
        friend = a_student(customer_id=stranger.id)
        await add(world, lambda tx: tx.customers, stranger)
        await add(world, lambda tx: tx.students, brother, friend)
        cycle = school.cycle.id
        await add(
            world,
            lambda tx: tx.registrations,
            a_registration(student_id=brother.id, cycle_id=cycle, status=RegistrationStatus.TRIAL),
            a_registration(student_id=brother.id, cycle_id=cycle, status=ENDED[0]),
            a_registration(student_id=brother.id, cycle_id=cycle, status=ENDED[1]),
            gone(a_registration(student_id=friend.id, cycle_id=cycle)),
        )

        async def count(**of: object) -> int:
            return await world.uow.read(lambda tx: tx.registrations.live_count(**of))  # type: ignore[arg-type]  # either of two ids

        assert await count(customer=school.customer.id) == 2
        assert await count(student=school.student.id) == 1
        assert await count(student=brother.id) == 1
        assert await count(customer=stranger.id) == 0
        assert await count(student=friend.id) == 0

    async def test_an_instructor_reads_those_of_own_cycles_only(self, world: World) -> None:
        """R-ACC-2: for registrations and for their students; the others do not exist."""
        school = await a_furnished_school(world)
        other = an_instructor()
        cycle = a_cycle(
            course_id=school.course.id, branch_id=school.branch.id, instructor_id=other.id
        )
        friend = a_student(customer_id=school.customer.id)
        theirs = a_registration(student_id=friend.id, cycle_id=cycle.id)
        await add(world, lambda tx: tx.instructors, other)
        await add(world, lambda tx: tx.cycles, cycle)
        await add(world, lambda tx: tx.students, friend)
        await add(world, lambda tx: tx.registrations, theirs)
        mine = school.registration
        read = world.uow.read
        me = school.instructor.id
        assert await read(lambda tx: tx.registrations.get(mine.id, own=me)) == mine
        assert await read(lambda tx: tx.students.get(school.student.id, own=me)) == school.student
        with pytest.raises(NotFound):
            await read(lambda tx: tx.registrations.get(theirs.id, own=me))
        with pytest.raises(NotFound):
            await read(lambda tx: tx.students.get(friend.id, own=me))
        both = [school.student.id, friend.id]
        assert (await read(lambda tx: tx.students.many(both, own=me))).keys() == {both[0]}
        assert (await read(lambda tx: tx.students.many(both))).keys() == {*both}
        with pytest.raises(NotFound):
            await read(lambda tx: tx.registrations.get(mine.id, own=other.id))
