"""Many at once: what two requests could break, the database holds."""

from __future__ import annotations

import asyncio
from datetime import date, time, timedelta

import pytest

from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.errors import Duplicate, Stale
from haitech_domain.ids import RegistrationId
from haitech_domain.registration import AlreadyRegistered, register
from haitech_domain.registration.policies import CycleFull
from haitech_domain.scheduling import InstructorBusy
from haitech_domain.testing.builders import (
    MADE,
    a_customer,
    a_meeting,
    a_registration,
    a_school,
    a_student,
    an_id,
    furnish,
)

pytestmark = pytest.mark.anyio

SYSTEM = Actor.system("test")


@pytest.fixture
async def school(uow):
    school = a_school()
    await uow.run(SYSTEM, lambda tx: furnish(tx, school))
    return school


async def outcomes(*tasks):
    """How often each happened: None for success, else the class of the refusal."""
    done = await asyncio.gather(*tasks, return_exceptions=True)
    return [None if not isinstance(one, BaseException) else type(one) for one in done]


async def test_twenty_that_lock_a_row_change_it_one_after_another(uow):
    customer = a_customer(notes="0")
    await uow.run(SYSTEM, lambda tx: tx.customers.save(Change.created(customer)))

    async def work(tx):
        found = await tx.customers.lock(customer.id)
        after = found.changed(MADE, notes=str(int(found.notes) + 1))
        await tx.customers.save(Change.updated(found, after))

    assert await outcomes(*(uow.run(SYSTEM, work) for _ in range(20))) == [None] * 20
    found = await uow.read(lambda tx: tx.customers.get(customer.id))
    assert (found.notes, found.version) == ("20", 21)


async def test_of_twenty_that_do_not_lock_only_the_first_is_kept(uow):
    customer = a_customer()
    await uow.run(SYSTEM, lambda tx: tx.customers.save(Change.created(customer)))

    def save(number):
        after = customer.changed(MADE, notes=str(number))
        return uow.run(SYSTEM, lambda tx: tx.customers.save(Change.updated(customer, after)))

    found = await outcomes(*map(save, range(20)))
    assert (found.count(None), found.count(Stale)) == (1, 19)


async def test_of_two_overlapping_meetings_at_once_one_is_kept(uow, school):
    def save(number):
        meeting = a_meeting(
            cycle_id=school.cycle.id,
            instructor_id=school.instructor.id,
            scheduled_date=date(2026, 5, 3),
            start_time=time(9, 10 * number),
            end_time=time(10, 30),
            number=number + 10,
        )
        return uow.run(SYSTEM, lambda tx: tx.meetings.save(Change.created(meeting)))

    found = await outcomes(*map(save, range(6)))
    assert (found.count(None), found.count(InstructorBusy)) == (1, 5)


async def test_of_twenty_customers_with_one_phone_at_once_one_is_kept(uow):
    def save(_):
        customer = a_customer(phone="050-123-4567")
        return uow.run(SYSTEM, lambda tx: tx.customers.save(Change.created(customer)))

    found = await outcomes(*map(save, range(20)))
    assert (found.count(None), found.count(Duplicate)) == (1, 19)


async def test_of_twenty_registrations_of_one_student_at_once_one_is_kept(uow, school):
    student = a_student(customer_id=school.customer.id)
    await uow.run(SYSTEM, lambda tx: tx.students.save(Change.created(student)))

    def save(_):
        taken = a_registration(student_id=student.id, cycle_id=school.cycle.id)
        return uow.run(SYSTEM, lambda tx: tx.registrations.save(Change.created(taken)))

    found = await outcomes(*map(save, range(20)))
    assert (found.count(None), found.count(AlreadyRegistered)) == (1, 19)


async def test_of_forty_for_the_last_five_places_five_succeed(uow, school):
    students = [a_student(customer_id=school.customer.id) for _ in range(40)]
    limited = school.cycle.changed(MADE, max_students=6)  # one place is taken already

    async def prepare(tx):
        await tx.students.save(*map(Change.created, students))
        await tx.cycles.save(Change.updated(school.cycle, limited))

    await uow.run(SYSTEM, prepare)

    def join(student):
        async def work(tx):
            cycle = await tx.cycles.lock(school.cycle.id)
            change = register(
                id=RegistrationId(an_id()),
                student_id=student.id,
                cycle=cycle,
                present=await tx.registrations.of_cycle(cycle.id),
                today=date(2026, 3, 1),
                at=MADE,
            )
            await tx.registrations.save(change)

        return uow.run(SYSTEM, work)

    found = await outcomes(*map(join, students))
    assert (found.count(None), found.count(CycleFull)) == (5, 35)


async def test_who_refers_to_a_locked_row_does_not_wait_for_it(uow, school):
    written = asyncio.Event()

    async def holder(tx):
        await tx.cycles.lock(school.cycle.id)
        await asyncio.wait_for(written.wait(), 5)

    async def writer():
        meeting = a_meeting(
            cycle_id=school.cycle.id,
            instructor_id=school.instructor.id,
            scheduled_date=date(2026, 3, 1) + timedelta(days=7),
            number=2,
        )
        await uow.run(SYSTEM, lambda tx: tx.meetings.save(Change.created(meeting)))
        written.set()

    await asyncio.gather(uow.run(SYSTEM, holder), writer())
