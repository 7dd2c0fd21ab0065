"""A school's day and its cycles on PostgreSQL: as many questions for many rows as for few."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from haitech_adapters.calendar import IsraeliSchoolCalendar
from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.ports import Query
from haitech_domain.testing.builders import (
    SUNDAY,
    a_cycle,
    a_mark,
    a_meeting,
    a_registration,
    a_school,
    a_student,
    an_instructor,
    furnish,
)
from haitech_domain.use_cases import ListCycles, ReadCycle, ReadDay, School

pytestmark = pytest.mark.anyio

SYSTEM = Actor.system("test")


@pytest.fixture
async def school(uow):
    school = a_school()
    await uow.run(SYSTEM, lambda tx: furnish(tx, school))
    return school


async def more_of_everything(uow, school, count):
    """Cycles with a meeting on the same day, two registrations and a mark each, past and closed."""
    place = {"course_id": school.course.id, "branch_id": school.branch.id}
    teaching = [an_instructor() for _ in range(count)]
    cycles = [a_cycle(instructor_id=one.id, **place) for one in teaching]
    meetings = [
        a_meeting(cycle_id=cycle.id, instructor_id=cycle.instructor_id, start_time=time(8 + n % 8))
        for n, cycle in enumerate(cycles)
    ]
    children = [a_student(customer_id=school.customer.id) for _ in range(2)]
    taken = [
        a_registration(cycle_id=cycle.id, student_id=child.id)
        for cycle in cycles
        for child in children
    ]
    marks = [
        a_mark(meeting_id=meeting.id, registration_id=registration.id)
        for meeting, registration in zip(meetings, taken[::2], strict=True)
    ]

    async def work(tx):
        await tx.instructors.save(*map(Change.created, teaching))
        await tx.cycles.save(*map(Change.created, cycles))
        await tx.meetings.save(*map(Change.created, meetings))
        await tx.students.save(*map(Change.created, children))
        await tx.registrations.save(*map(Change.created, taken))
        await tx.attendance.save(*map(Change.created, marks))

    await uow.run(SYSTEM, work)


async def questions(uow, ask):
    """How many statements are run meanwhile, and what is answered."""
    told = []
    uow._log = lambda sql, _seconds: told.append(sql)
    try:
        answer = await ask()
    finally:
        uow._log = None
    return len(told), answer


async def test_a_day_of_many_meetings_asks_as_often_as_a_day_of_one(uow, clock, school):
    clock.set(clock.now() + (SUNDAY - clock.civil().date()) + timedelta(days=9))
    read = ReadDay(uow=uow, clock=clock, school=School(holidays=IsraeliSchoolCalendar()))
    few, one = await questions(uow, lambda: read(actor=SYSTEM, day=SUNDAY))
    await more_of_everything(uow, school, 40)
    many, all_of_them = await questions(uow, lambda: read(actor=SYSTEM, day=SUNDAY))
    assert (few, many) == (5, 5)
    assert (len(one.lines), len(all_of_them.lines)) == (1, 41)
    assert (one.unreported.total, all_of_them.unreported.total) == (1, 41)
    assert [line.row.unmarked for line in all_of_them.lines if line.row.registered == 2] == [1] * 40


async def test_cycles_ask_as_often_whatever_belongs_to_them(uow, school):
    """One, with its progress and relatives; and a page of them."""
    read, page = ReadCycle(uow=uow), ListCycles(uow=uow)
    few = [
        (await questions(uow, lambda: read(actor=SYSTEM, cycle_id=school.cycle.id)))[0],
        (await questions(uow, lambda: page(actor=SYSTEM, query=Query())))[0],
    ]
    rest = [
        a_meeting(
            cycle_id=school.cycle.id,
            instructor_id=school.instructor.id,
            number=n,
            scheduled_date=SUNDAY + timedelta(days=n),
        )
        for n in range(2, 30)
    ]
    await uow.run(SYSTEM, lambda tx: tx.meetings.save(*map(Change.created, rest)))
    await more_of_everything(uow, school, 20)
    many = [
        (await questions(uow, lambda: read(actor=SYSTEM, cycle_id=school.cycle.id)))[0],
        (await questions(uow, lambda: page(actor=SYSTEM, query=Query())))[0],
    ]
    assert few == many == [4, 4]
