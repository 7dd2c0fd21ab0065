"""Requests over many things ask few questions, however many things, and lock in one order."""

from __future__ import annotations

import re
from datetime import time, timedelta

import pytest

from haitech_adapters.calendar import IsraeliSchoolCalendar
from haitech_adapters.postgres import PostgresUnitOfWork
from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.meeting import MeetingStatus
from haitech_domain.testing.builders import (
    SUNDAY,
    a_cycle,
    a_meeting,
    a_registration,
    a_school,
    a_student,
    an_instructor,
    furnish,
)
from haitech_domain.use_cases import (
    CreateMeeting,
    DeleteCycle,
    DeleteMeetings,
    GenerateMeetingsOfCycles,
    RestoreCycle,
    School,
    UpdateCycle,
    UpdateCycles,
    UpdateMeeting,
    UpdateMeetingStatuses,
)
from haitech_domain.use_cases.generate_meetings import Generation

pytestmark = pytest.mark.anyio
SYSTEM = Actor.system("test")
RULES = School(holidays=IsraeliSchoolCalendar())
CYCLES = 4
LOCKED = re.compile(r"SELECT (\w+)\..* FOR NO KEY UPDATE", re.DOTALL)
ORDER = [
    "cycles",
    "meetings",
    "courses",
    "branches",
    "institutional_orders",
    "instructors",
    "students",
]
"""docs/decisions/0005; a meeting is locked with its cycle."""


@pytest.fixture
async def school(pool, ids, clock):
    """Four cycles of 50 weekly meetings and two children, each with an instructor of its own."""
    seen = []
    uow = PostgresUnitOfWork(pool, ids, clock, log=lambda sql, _seconds: seen.append(sql))
    one = a_school()
    belongs = {"course_id": one.course.id, "branch_id": one.branch.id, "total_meetings": 50}
    instructors = [an_instructor() for _ in range(CYCLES)]
    cycles = [a_cycle(instructor_id=who.id, **belongs) for who in instructors]
    meetings = [
        a_meeting(
            cycle_id=cycle.id,
            instructor_id=cycle.instructor_id,
            number=n + 1,
            scheduled_date=SUNDAY + timedelta(weeks=n),
            start_time=time(9),
            end_time=time(10),
        )
        for cycle in cycles
        for n in range(50)
    ]
    students = [a_student(customer_id=one.customer.id) for _ in range(2)]

    async def fill(tx):
        await furnish(tx, one)
        await tx.instructors.save(*map(Change.created, instructors))
        await tx.cycles.save(*map(Change.created, cycles))
        await tx.meetings.save(*map(Change.created, meetings))
        await tx.students.save(*map(Change.created, students))
        await tx.registrations.save(
            *(
                Change.created(a_registration(cycle_id=c.id, student_id=s.id))
                for c in cycles
                for s in students
            )
        )

    await uow.run(SYSTEM, fill)
    return uow, clock, ids, cycles, meetings, seen


def first_of_each(meetings, count):
    """The first few meetings of each cycle."""
    return [m.id for n, m in enumerate(meetings) if n % 50 < count]


async def asked_by(seen, work):
    """The questions of a request, and the tables in which it locks, in their order."""
    del seen[:]
    await work
    questions = [sql for sql in seen if sql.lstrip().startswith("SELECT")]
    return questions, [found[1] for sql in questions if (found := LOCKED.match(sql.lstrip()))]


async def questions_of(seen, work):
    """How many questions a request asks, having locked each kind once, in the one order."""
    questions, locked = await asked_by(seen, work)
    assert locked == sorted(set(locked), key=ORDER.index)
    assert locked[0] == "cycles"
    return len(questions)


@pytest.mark.parametrize("away", [MeetingStatus.COMPLETED, MeetingStatus.CANCELLED])
async def test_the_statuses_of_200_meetings_ask_a_few_questions(school, away):
    """Each cycle, its meetings and its registrations once; completed cycles end, and come back.

    Meetings that come back ask for the time of each of their four instructors.
    """
    uow, clock, _ids, _cycles, meetings, seen = school
    verb = UpdateMeetingStatuses(uow=uow, clock=clock, school=RULES)
    for count in (2, 50):
        ids = first_of_each(meetings, count)
        there = await questions_of(seen, verb(actor=SYSTEM, ids=ids, status=away))
        back = await questions_of(seen, verb(actor=SYSTEM, ids=ids, status=MeetingStatus.SCHEDULED))
        assert (there <= 6, back <= 5 + CYCLES) == (True, True), (count, there, back)


async def test_deleting_200_meetings_asks_a_few_questions(school):
    uow, clock, ids, _cycles, meetings, seen = school
    verb = DeleteMeetings(uow=uow, clock=clock, ids=ids)
    assert await questions_of(seen, verb(actor=SYSTEM, ids=first_of_each(meetings, 50))) <= 4


async def test_changing_cycles_asks_for_what_the_change_looks_at_once(school):
    """Notes bear on no meeting; a status takes meetings, registrations and instructors along."""
    uow, clock, _ids, cycles, _meetings, seen = school
    verb = UpdateCycles(uow=uow, clock=clock, school=RULES)
    ids = [cycle.id for cycle in cycles]
    most = {"notes": ("fine", 1), "total_meetings": (60, 3)}
    for field, (value, questions) in most.items():
        work = verb(actor=SYSTEM, ids=ids, values={field: value})
        assert await questions_of(seen, work) <= questions, field
    cancelled = await questions_of(
        seen, verb(actor=SYSTEM, ids=ids, values={"status": "cancelled"})
    )
    active = await questions_of(seen, verb(actor=SYSTEM, ids=ids, values={"status": "active"}))
    assert (cancelled <= 3, active <= 7 + CYCLES) == (True, True), (cancelled, active)
    one = {"instructor_id": cycles[0].instructor_id}
    work = verb(actor=SYSTEM, ids=ids, values=one, allow_conflicts=True)
    assert await questions_of(seen, work) <= 4


async def test_generating_asks_for_each_branch_and_instructor_once(school):
    uow, clock, ids, cycles, meetings, seen = school
    gone = DeleteMeetings(uow=uow, clock=clock, ids=ids)
    await gone(actor=SYSTEM, ids=first_of_each(meetings, 50))
    verb = GenerateMeetingsOfCycles(
        uow=uow, generate=Generation(clock=clock, ids=ids, school=RULES)
    )
    made = []

    async def work():
        made.extend(await verb(actor=SYSTEM, ids=[cycle.id for cycle in cycles]))

    assert await questions_of(seen, work()) <= 4 + CYCLES
    assert sum(len(one.meetings) for one in made) == 50 * CYCLES


async def test_single_verbs_lock_in_the_same_order(school):
    """docs/decisions/0005: what is locked again is held already."""
    uow, clock, ids, cycles, meetings, seen = school
    ports = {"uow": uow, "clock": clock}
    cycle, first = cycles[0].id, meetings[0]
    update = UpdateCycle(**ports, school=RULES)
    substitute = {"instructor_id": cycles[1].instructor_id}

    async def set_to(status):
        await update(actor=SYSTEM, cycle_id=cycle, values={"status": status})

    async def complete_all():
        own = [m.id for m in meetings if m.cycle_id == cycle]
        statuses = UpdateMeetingStatuses(**ports, school=RULES)
        await statuses(actor=SYSTEM, ids=own, status=MeetingStatus.COMPLETED)

    async def make():
        day = {"scheduled_date": SUNDAY + timedelta(weeks=70), "start_time": "09:00"}
        values = {"cycle_id": cycle, "end_time": "10:00", **day, **substitute}
        await CreateMeeting(**ports, ids=ids, school=RULES)(actor=SYSTEM, values=values)

    change = UpdateMeeting(**ports, school=RULES)
    move = {"scheduled_date": first.scheduled_date + timedelta(days=1), **substitute}
    steps = [
        change(actor=SYSTEM, meeting_id=first.id, values=move),
        set_to("cancelled"),
        set_to("active"),
        DeleteCycle(**ports, ids=ids)(actor=SYSTEM, cycle_id=cycle),
        RestoreCycle(**ports)(actor=SYSTEM, cycle_id=cycle),
        complete_all(),
        make(),
    ]
    for step in steps:
        _, locked = await asked_by(seen, step)
        firsts = list(dict.fromkeys(locked))
        assert firsts == sorted(firsts, key=ORDER.index)
