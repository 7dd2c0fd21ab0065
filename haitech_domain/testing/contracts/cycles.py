"""What the repositories of cycles and of what they refer to promise beyond every repository."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from haitech_domain.cycle import Cycle, CycleStatus
from haitech_domain.errors import NotFound
from haitech_domain.people import Email
from haitech_domain.ports import Relatives
from haitech_domain.testing.builders import (
    MADE,
    School,
    a_branch,
    a_closure,
    a_course,
    a_cycle,
    a_student,
    a_user,
    an_id,
    an_instructor,
    gone,
)
from haitech_domain.testing.contracts.world import Contract, World, a_furnished_school, add


def _cycle(school: School, **overrides: Any) -> Cycle:
    defaults = {
        "course_id": school.course.id,
        "branch_id": school.branch.id,
        "instructor_id": school.instructor.id,
    }
    return a_cycle(**{**defaults, **overrides})


class CyclesContract(Contract):
    """Runs of courses, and the questions asked of what they refer to."""

    async def test_what_cycles_belong_to_is_found_at_once_without_what_is_deleted(
        self, world: World
    ) -> None:
        """R-PPL-4: a deleted instructor keeps the past, and is shown no more."""
        school = await a_furnished_school(world)
        left = gone(an_instructor())
        await add(world, lambda tx: tx.instructors, left)
        here, theirs = _cycle(school), _cycle(school, instructor_id=left.id)

        found = await world.uow.read(lambda tx: tx.cycles.relatives([here, theirs]))
        assert found.courses == {school.course.id: school.course}
        assert found.branches == {school.branch.id: school.branch}
        assert found.instructors == {school.instructor.id: school.instructor}
        nobody = await world.uow.read(lambda tx: tx.cycles.relatives([]))
        assert nobody == Relatives(courses={}, branches={}, instructors={})

    async def test_active_cycles_are_counted_for_each_thing_they_belong_to(
        self, world: World
    ) -> None:
        """R-PPL-3: what stands in the way of deleting a course, branch, instructor or order."""
        school = await a_furnished_school(world)
        other = an_instructor()
        await add(world, lambda tx: tx.instructors, other)
        await add(
            world,
            lambda tx: tx.cycles,
            _cycle(school, instructor_id=other.id),
            _cycle(school, status=CycleStatus.COMPLETED),
            _cycle(school, status=CycleStatus.CANCELLED),
            gone(_cycle(school)),
        )

        async def count(**of: Any) -> int:
            return await world.uow.read(lambda tx: tx.cycles.active_count(**of))

        assert await count(course=school.course.id) == 2
        assert await count(branch=school.branch.id) == 2
        assert await count(instructor=school.instructor.id) == 1
        assert await count(instructor=other.id) == 1
        assert await count(order=school.order.id) == 1
        assert await count(course=an_id()) == 0

    async def test_an_instructor_reads_own_cycles_only(self, world: World) -> None:
        """R-ACC-2: foreign rows do not exist, neither for reading nor for locking."""
        school = await a_furnished_school(world)
        me = school.instructor.id
        assert (
            await world.uow.read(lambda tx: tx.cycles.get(school.cycle.id, own=me)) == school.cycle
        )
        stranger = an_instructor()
        await add(world, lambda tx: tx.instructors, stranger)
        with pytest.raises(NotFound):
            await world.uow.read(lambda tx: tx.cycles.get(school.cycle.id, own=stranger.id))

    @pytest.mark.parametrize(
        ("make", "pick"),
        [
            (a_course, lambda tx: tx.courses),
            (a_branch, lambda tx: tx.branches),
            (an_instructor, lambda tx: tx.instructors),
        ],
        ids=["course", "branch", "instructor"],
    )
    async def test_a_name_finds_the_oldest_live_one(
        self, world: World, make: Any, pick: Any
    ) -> None:
        """Exactly this name, letter by letter."""
        old = {"created_at": MADE - timedelta(days=1), "updated_at": MADE}
        first, second = make(name="רובוטיקה", **old), make(name="רובוטיקה")
        lost = gone(make(name="רובוטיקה", created_at=MADE - timedelta(days=9), updated_at=MADE))
        await add(world, pick, second, lost, first, make(name="Robotics"))

        async def named(name: str) -> Any:
            return await world.uow.read(lambda tx: pick(tx).by_name(name))

        assert await named("רובוטיקה") == first
        assert await named("robotics") is None
        assert await named("רובוט") is None

    async def test_the_students_of_a_customer_come_by_name(self, world: World) -> None:
        """The live ones, and no one else's."""
        school = await a_furnished_school(world)
        customer = school.customer.id
        rows = [a_student(name=name, customer_id=customer) for name in ("תמר", "אבי")]
        await add(world, lambda tx: tx.students, *rows, gone(a_student(customer_id=customer)))
        found = await world.uow.read(lambda tx: tx.students.of_customer(customer))
        assert [student.name for student in found] == ["אבי", school.student.name, "תמר"]
        nobody = await world.uow.read(lambda tx: tx.students.of_customer(a_student().customer_id))
        assert list(nobody) == []

    async def test_the_closures_of_a_branch_come_by_their_first_day(self, world: World) -> None:
        """R-SCHED-2: the live ones, and no other branch's."""
        school = await a_furnished_school(world)
        branch, other = school.branch.id, a_branch()
        await add(world, lambda tx: tx.branches, other)
        early = a_closure(branch_id=branch, first_day=date(2026, 1, 5), last_day=date(2026, 9, 1))
        lost = gone(a_closure(branch_id=branch))
        await add(world, lambda tx: tx.closures, a_closure(branch_id=other.id), lost, early)
        found = await world.uow.read(lambda tx: tx.closures.of_branch(branch))
        assert list(found) == [early, school.closure]

    async def test_the_closures_of_several_branches_come_at_once(self, world: World) -> None:
        """The live ones; of no branch there are none."""
        school = await a_furnished_school(world)
        other, third = a_branch(), a_branch()
        await add(world, lambda tx: tx.branches, other, third)
        theirs = a_closure(branch_id=other.id, first_day=date(2026, 1, 5))
        lost = gone(a_closure(branch_id=other.id))
        await add(world, lambda tx: tx.closures, theirs, lost, a_closure(branch_id=third.id))
        meant = [school.branch.id, other.id]
        found = await world.uow.read(lambda tx: tx.closures.of_branches(meant))
        assert {closure.id for closure in found} == {theirs.id, school.closure.id}
        assert not await world.uow.read(lambda tx: tx.closures.of_branches([]))

    async def test_a_user_is_found_by_email_and_leads_to_the_instructor(self, world: World) -> None:
        """The live ones only."""
        school = await a_furnished_school(world)
        lost = gone(a_user(email="gone@example.com"))
        lonely = a_user()
        await add(world, lambda tx: tx.users, lost, lonely)
        address = school.user.email

        async def by_email(email: Email) -> Any:
            return await world.uow.read(lambda tx: tx.users.by_email(email))

        assert await by_email(address) == school.user
        assert await by_email(lost.email) is None
        users = world.uow.read
        assert (
            await users(lambda tx: tx.users.instructor_of(school.user.id)) == school.instructor.id
        )
        assert await users(lambda tx: tx.users.instructor_of(lonely.id)) is None
