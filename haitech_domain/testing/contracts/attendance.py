"""What the repository of attendance promises beyond every repository."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

from haitech_domain.attendance import Mark, MarkCounts
from haitech_domain.change import Change
from haitech_domain.errors import Duplicate, Invalid, NotFound
from haitech_domain.ports import Page, Query, Transaction
from haitech_domain.testing.builders import (
    MADE,
    School,
    a_cycle,
    a_mark,
    a_meeting,
    a_student,
    an_id,
    an_instructor,
    gone,
)
from haitech_domain.testing.contracts.listing import settled, single_filters
from haitech_domain.testing.contracts.population import a_population
from haitech_domain.testing.contracts.recount import meant
from haitech_domain.testing.contracts.world import Contract, World, a_furnished_school, add, save

LATER = MADE + timedelta(hours=1)


def _targets(school: School) -> dict[str, Any]:
    return {
        "registration_id": school.registration.id,
        "student_id": school.student.id,
        "guest_name": "בן דוד של נועם",
    }


async def _page(world: World, **asked: Any) -> Page[Mark]:
    return await world.uow.read(lambda tx: tx.attendance.page(Query(**asked)))


async def _got(world: World, mark: Mark, who: Any) -> Mark:
    return await world.uow.read(lambda tx: tx.attendance.get(mark.id, own=who))


class AttendanceContract(Contract):
    """Marks in meetings."""

    @pytest.mark.parametrize("target", ["registration_id", "student_id", "guest_name"])
    async def test_a_target_has_one_live_mark_in_a_meeting(self, world: World, target: str) -> None:
        """R-ATT-1: held by the store; other meetings do not matter."""
        school = await a_furnished_school(world)
        place = {"cycle_id": school.cycle.id, "instructor_id": school.instructor.id}
        second = a_meeting(**place, number=2, scheduled_date=date(2026, 3, 8))
        third = a_meeting(**place, number=3, scheduled_date=date(2026, 3, 15))
        await add(world, lambda tx: tx.meetings, second, third)
        facts = {"meeting_id": second.id, target: _targets(school)[target]}
        first, elsewhere = a_mark(**facts), a_mark(**facts | {"meeting_id": third.id})
        await add(world, lambda tx: tx.attendance, first, elsewhere)
        with pytest.raises(Duplicate) as caught:
            await add(world, lambda tx: tx.attendance, a_mark(**facts))
        assert (caught.value.what, caught.value.field) == ("attendance", target)
        deleted = gone(first, at=LATER)
        await save(world, lambda tx: tx.attendance, Change.updated(first, deleted))
        await add(world, lambda tx: tx.attendance, a_mark(**facts))
        back = deleted.changed(LATER, deleted_at=None, deletion=None)
        with pytest.raises(Duplicate):
            await save(world, lambda tx: tx.attendance, Change.updated(deleted, back))

    async def test_targets_of_every_kind_stand_beside_each_other(self, world: World) -> None:
        """R-ATT-1, R-ATT-3: and come by creation and id."""
        school = await a_furnished_school(world)
        meeting = school.meeting.id
        early = MADE - timedelta(days=1)
        guest = a_mark(meeting_id=meeting, guest_name="דנה", created_at=early, updated_at=early)
        other = a_mark(meeting_id=meeting, guest_name="Dana")
        trial = a_mark(meeting_id=meeting, student_id=school.student.id)
        lost = gone(a_mark(meeting_id=meeting, guest_name="רות"))
        await add(world, lambda tx: tx.attendance, trial, guest, other, lost)
        found = await world.uow.read(lambda tx: tx.attendance.of_meeting(meeting))
        later = sorted([school.mark, other, trial], key=lambda mark: mark.id)
        assert list(found) == [guest, *later]
        assert not await world.uow.read(lambda tx: tx.attendance.of_meeting(a_meeting().id))

    async def test_marks_of_a_deleted_meeting_are_nowhere(self, world: World) -> None:
        """R-PPL-4: until it comes back."""
        school = await a_furnished_school(world)
        mark, meeting = school.mark, school.meeting
        deleted = gone(meeting, at=LATER)
        await save(world, lambda tx: tx.meetings, Change.updated(meeting, deleted))
        assert (await _page(world)).total == 0
        assert (await _page(world, filters={"meeting_id": meeting.id})).items == ()
        assert await world.uow.read(lambda tx: tx.attendance.many([mark.id])) == {}
        assert not await world.uow.read(lambda tx: tx.attendance.of_meeting(meeting.id))
        with pytest.raises(NotFound):
            await _got(world, mark, None)
        back = deleted.changed(LATER, deleted_at=None, deletion=None)
        await save(world, lambda tx: tx.meetings, Change.updated(deleted, back))
        assert (await _page(world)).items == (mark,)

    async def test_a_deleted_registration_keeps_its_marks(self, world: World) -> None:
        """R-REG-6: they are found by the registration, and by its student."""
        school = await a_furnished_school(world)
        registration = school.registration
        deleted = gone(registration, at=LATER)
        await save(world, lambda tx: tx.registrations, Change.updated(registration, deleted))
        for filters in (
            {"registration_id": registration.id},
            {"student_id": school.student.id},
            {"meeting_id": school.meeting.id},
        ):
            assert (await _page(world, filters=filters)).items == (school.mark,)
        assert (await _page(world, filters={"student_id": an_id()})).total == 0

    async def test_counts_are_of_what_is_listed_in_meetings_that_teach(self, world: World) -> None:
        """R-ATT-4, R-ATT-2: by every filter, for everybody and for each instructor."""
        people = a_population()
        await settled(world, people)
        teaching = {m.id for m in people.meetings if m.status.teaches}
        owners = [None, *(instructor.id for instructor in people.instructors[:3])]

        async def work(tx: Transaction) -> None:
            for own, filters in product(owners, ({}, *single_filters("attendance", people))):
                query = Query(filters=filters, own=own, limit=1)
                listed = [m for m in meant("attendance", query, people) if m.meeting_id in teaching]
                assert await tx.attendance.counts(query) == MarkCounts.of(listed), filters

        await world.uow.read(work)
        unknown, turned = Query(filters={"city": 1}), {"from": date(2026, 3, 2), "to": MADE.date()}
        for query in (unknown, Query(filters=turned)):
            with pytest.raises(Invalid):
                await world.uow.read(lambda tx, asked=query: tx.attendance.counts(asked))  # type: ignore[misc]  # bound now

    async def test_whoever_reads_the_meeting_reads_its_marks(self, world: World) -> None:
        """R-ACC-2: its instructor and its cycle's; for others they do not exist."""
        school = await a_furnished_school(world)
        substitute, stranger, other = an_instructor(), an_instructor(), an_instructor()
        await add(world, lambda tx: tx.instructors, substitute, stranger, other)
        cycle = a_cycle(
            course_id=school.course.id, branch_id=school.branch.id, instructor_id=other.id
        )
        await add(world, lambda tx: tx.cycles, cycle)
        child = a_student(customer_id=school.customer.id)
        await add(world, lambda tx: tx.students, child)
        meeting = a_meeting(cycle_id=cycle.id, instructor_id=substitute.id)
        await add(world, lambda tx: tx.meetings, meeting)
        mark = a_mark(meeting_id=meeting.id, student_id=child.id)
        await add(world, lambda tx: tx.attendance, mark)
        for who in (substitute, other):
            assert (await _page(world, own=who.id)).items == (mark,)
            assert await _got(world, mark, who.id) == mark
        for who in (stranger, school.instructor):
            assert mark not in (await _page(world, own=who.id)).items
            with pytest.raises(NotFound):
                await _got(world, mark, who.id)
