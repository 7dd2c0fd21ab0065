"""The first day: courses, branches, instructors, families, cycles and their meetings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import attrs

from haitech_domain.access import Role
from haitech_domain.calendar import DayOfWeek
from haitech_domain.change import Change
from haitech_domain.cycle import CycleType, PaymentMode
from haitech_domain.ports import Transaction
from haitech_domain.testing.builders import a_customer, a_student, a_user, an_instructor
from haitech_domain.testing.machine.play import money
from tests.drills.year.school import ADMIN, YearSchool, teacher

DAYS: Final = (*(day for day in DayOfWeek if day is not DayOfWeek.SATURDAY),)
HOURS: Final = ((14, 0, 75), (15, 30, 90), (17, 15, 50), (18, 30, 60))
"""Beginnings and lengths in minutes; none overlaps the next."""
COURSES: Final = (("Python", "programming"), ("AI", "ai"), ("Robots", "robotics"))
BRANCHES: Final = (("Herzl", "school"), ("Rimon", "community_center"), ("Online", "online"))


@attrs.frozen(kw_only=True)
class Founded:
    """Who and what there is from the first day on."""

    branches: Sequence[UUID]
    instructors: Sequence[UUID]
    students: Sequence[UUID]


async def found(school: YearSchool) -> Founded:
    """Everything but the registrations."""
    verbs, chance = school.verbs, school.chance
    courses = [
        (await verbs.courses.create(actor=ADMIN, values={"name": name, "category": category})).id
        for name, category in COURSES
    ]
    branches = [
        (await verbs.branches.create(actor=ADMIN, values={"name": name, "type": type})).id
        for name, type in BRANCHES
    ]
    instructors, students = await _people(school)
    places = [(i, day, hour) for i in instructors for day in DAYS for hour in HOURS]
    chance.shuffle(places)
    second = school.size.cycles // 5
    for number in range(school.size.cycles - second):
        instructor, day, hour = places[number]
        values = {
            **_terms(school, number),
            "course_id": chance.choice(courses),
            "branch_id": chance.choice(branches),
            "instructor_id": instructor,
            "day_of_week": day,
            **_times(*hour),
            "total_meetings": _total(school, one_term=number < second),
        }
        await school.do(partial(verbs.create_cycle, actor=ADMIN, values=values))
    ids = [id for (id,) in await school.rows("SELECT id FROM cycles ORDER BY id")]
    for start in range(0, len(ids), 100):
        some = ids[start : start + 100]
        await school.do(partial(verbs.generate_meetings_of_cycles, actor=ADMIN, ids=some))
    return Founded(branches=branches, instructors=instructors, students=students)


async def _people(school: YearSchool) -> tuple[list[UUID], list[UUID]]:
    chance, now = school.chance, school.clock.now()
    made = {"created_at": now, "updated_at": now}
    users = [a_user(role=Role.INSTRUCTOR, **made) for _ in range(school.size.instructors)]
    instructors = [
        an_instructor(
            user_id=user.id,
            employment_type=chance.choice(["freelancer", "employee"]),
            rate_frontal=money(chance.randrange(9_000, 19_000)),
            rate_online=chance.choice([None, money(chance.randrange(8_000, 16_000))]),
            rate_private=chance.choice([None, money(20_000)]),
            **made,
        )
        for user in users
    ]
    parents = [a_customer(**made) for _ in range(school.size.families)]
    students = [
        a_student(customer_id=parent.id, **made)
        for parent in parents
        for _ in range(chance.choice([1, 1, 2, 3]))
    ]

    async def save(tx: Transaction) -> None:
        await tx.users.save(*map(Change.created, users))
        await tx.instructors.save(*map(Change.created, instructors))
        await tx.customers.save(*map(Change.created, parents))
        await tx.students.save(*map(Change.created, students))

    await school.uow.run(ADMIN, save)
    for one, user in zip(instructors, users, strict=True):
        school.teachers[one.id] = teacher(one.id, user.id)
    return [one.id for one in instructors], [student.id for student in students]


def _total(school: YearSchool, *, one_term: bool) -> int:
    """So many meetings as fit into a term, or into the year, holidays aside."""
    ends = school.size.second_term if one_term else school.size.last
    weeks = (ends - school.size.first).days // 7
    return max(3, weeks * 3 // 4 + school.chance.randrange(-2, 1))


def _times(hour: int, minute: int, length: int) -> dict[str, Any]:
    ends = hour * 60 + minute + length
    return {"start_time": time(hour, minute), "end_time": time(ends // 60, ends % 60)}


def _terms(school: YearSchool, number: int) -> dict[str, Any]:
    chance = school.chance
    type = list(CycleType)[number % 3]
    private = type is CycleType.PRIVATE
    return {
        "name": f"Cycle {number + 1}",
        "type": type,
        "start_date": school.size.first
        + timedelta(days=chance.randrange(min(14, school.size.weeks))),
        "price_per_student": money(chance.randrange(3_000, 6_000)),
        "meeting_revenue": None if private else money(chance.randrange(40_000, 80_000)),
        "default_registration_amount": chance.choice(
            [None, money(chance.randrange(90_000, 300_000))]
        ),
        "revenue_includes_vat": chance.choice([None, True, False]),
        "student_count": None if private else chance.choice([None, None, 12]),
        "max_students": chance.choice([None, 6, 8, 10]),
        "instructor_payment_mode": chance.choice([PaymentMode.HOURLY, PaymentMode.DAILY]),
        "instructor_daily_rate": money(chance.choice([45_000, 60_001])),
        "activity_type": chance.choice(["frontal", "online", "private_lesson"]),
    }
