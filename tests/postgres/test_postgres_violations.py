"""What the database refuses has a name in the domain, for every constraint there is."""

from __future__ import annotations

from datetime import date, time

import psycopg
import pytest

from haitech_adapters.postgres import StatementRefused
from haitech_adapters.postgres.failures import judged
from haitech_adapters.postgres.violations import BY_CONSTRAINT, refusal
from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.entity import hydrate
from haitech_domain.errors import DomainError, Duplicate, Invalid, UnknownReference
from haitech_domain.meeting import MeetingStatus
from haitech_domain.money import Money, Net
from haitech_domain.ports import Query
from haitech_domain.registration import AlreadyRegistered
from haitech_domain.scheduling import InstructorBusy
from haitech_domain.testing.builders import (
    a_customer,
    a_meeting,
    a_registration,
    a_school,
    an_id,
    furnish,
)

pytestmark = pytest.mark.anyio

SYSTEM = Actor.system("test")
NAMES = """
SELECT conname FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
  AND conrelid::regclass::text <> 'alembic_version'
UNION
SELECT indexrelid::regclass::text FROM pg_index
JOIN pg_class ON pg_class.oid = indrelid
WHERE indisunique AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
"""


def forged(entity, **values):
    """An entity that no rule has looked at."""
    names = (a.name for a in type(entity).__attrs_attrs__)
    return hydrate(type(entity), {name: getattr(entity, name) for name in names} | values)


@pytest.fixture
async def school(uow):
    school = a_school()
    await uow.run(SYSTEM, lambda tx: furnish(tx, school))
    return school


async def refused(uow, pick, row):
    with pytest.raises(DomainError) as caught:
        await uow.run(SYSTEM, lambda tx: pick(tx).save(Change.created(row)))
    return caught.value


async def test_every_constraint_of_the_database_has_a_refusal(pool):
    async with pool.connection() as connection:
        names = {row[0] async for row in await connection.execute(NAMES)}
    assert names == set(BY_CONSTRAINT)


async def test_no_refusal_is_a_bare_conflict():
    for name, named in BY_CONSTRAINT.items():
        assert isinstance(named(None), (Duplicate, Invalid, UnknownReference, InstructorBusy)), name


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("total_meetings", 501),
        ("total_meetings", 0),
        ("status", "paused"),
        ("price_per_student", Money(-1)),
        ("start_date", date(1999, 12, 31)),
        ("version", 0),
        ("name", "n" * 201),
    ],
)
async def test_a_value_out_of_its_rule_is_invalid_by_its_field(uow, school, field, value):
    row = forged(school.cycle, id=an_id(), **{field: value})
    refusal = await refused(uow, lambda tx: tx.cycles, row)
    assert isinstance(refusal, Invalid)
    assert [problem.field for problem in refusal.problems] == [field]


@pytest.mark.parametrize(
    "values",
    [
        {"start_time": time(18, 0)},
        {"end_time": time(16, 4)},
        {"end_time": time(23, 59), "start_time": time(0, 0)},
        {"revenue": Net(100), "profit": Money(100)},
        {"employer_cost": Money(1), "status": MeetingStatus.COMPLETED},
        {"number": None},
    ],
)
async def test_a_rule_between_fields_of_a_meeting_is_held(uow, school, values):
    row = forged(a_meeting(cycle_id=school.cycle.id, instructor_id=school.instructor.id, number=2))
    refusal = await refused(uow, lambda tx: tx.meetings, forged(row, **values))
    assert isinstance(refusal, Invalid)


@pytest.mark.parametrize("price", ["meeting_revenue", "price_per_student"])
async def test_the_price_that_a_type_needs_is_held(uow, school, price):
    kind = {"meeting_revenue": "institutional_fixed"}.get(price, "institutional_per_child")
    row = forged(school.cycle, id=an_id(), type=kind)
    assert isinstance(await refused(uow, lambda tx: tx.cycles, row), Invalid)


async def test_a_missing_value_is_required(uow):
    refusal = await refused(uow, lambda tx: tx.customers, forged(a_customer(), name=None))
    assert [(p.field, p.reason) for p in refusal.problems] == [("name", "value.required")]


async def test_an_amount_too_large_for_its_column_is_invalid(uow, school):
    amount = object.__new__(Money)
    object.__setattr__(amount, "agorot", 10**15)
    row = forged(school.registration, id=an_id(), amount=amount)
    assert isinstance(await refused(uow, lambda tx: tx.registrations, row), Invalid)


async def test_nul_in_a_text_is_invalid_not_a_crash(uow):
    with pytest.raises(Invalid):
        await uow.read(lambda tx: tx.customers.page(Query(search="\0")))
    row = forged(a_customer(), notes="a\0b")
    assert isinstance(await refused(uow, lambda tx: tx.customers, row), Invalid)


async def test_a_filter_value_of_the_wrong_kind_is_invalid_not_a_crash(uow):
    with pytest.raises(Invalid):
        await uow.read(lambda tx: tx.students.page(Query(filters={"customer_id": "nobody"})))


async def test_the_second_live_registration_names_its_student(uow, school):
    taken = school.registration
    again = a_registration(student_id=taken.student_id, cycle_id=taken.cycle_id)
    refusal = await refused(uow, lambda tx: tx.registrations, again)
    assert isinstance(refusal, AlreadyRegistered)
    assert refusal.student_id == taken.student_id


async def test_among_many_rows_the_refused_one_is_named(uow, school):
    taken = school.registration
    fine = forged(taken, id=an_id(), status="cancelled")
    again = forged(taken, id=an_id())
    with pytest.raises(AlreadyRegistered) as caught:
        await uow.run(
            SYSTEM,
            lambda tx: tx.registrations.save(*map(Change.created, (fine, again, fine))),
        )
    assert caught.value.student_id == taken.student_id


async def test_two_live_meetings_of_one_number_are_a_duplicate(uow, school):
    row = forged(school.meeting, id=an_id(), scheduled_date=date(2026, 3, 8))
    refusal = await refused(uow, lambda tx: tx.meetings, row)
    assert isinstance(refusal, Duplicate)
    assert (refusal.what, refusal.field) == ("meeting", "number")


async def test_an_overlap_is_a_busy_instructor(uow, school):
    row = forged(school.meeting, id=an_id(), number=2, start_time=time(17, 29))
    row = forged(row, end_time=time(18, 0))
    assert isinstance(await refused(uow, lambda tx: tx.meetings, row), InstructorBusy)


async def test_a_meeting_that_follows_nothing_is_refused_at_the_end(uow, school):
    row = forged(
        school.meeting,
        id=an_id(),
        number=2,
        scheduled_date=date(2026, 3, 8),
        rescheduled_from_id=an_id(),
    )
    refusal = await refused(uow, lambda tx: tx.meetings, row)
    assert isinstance(refusal, UnknownReference)
    assert (refusal.field, refusal.what) == ("rescheduled_from_id", "meeting")


async def test_a_fault_of_ours_is_not_taken_for_a_refusal(pool):
    async with pool.connection() as connection:
        with pytest.raises(psycopg.errors.UndefinedTable) as caught:
            await connection.execute("SELECT * FROM nothing")
    assert refusal(caught.value) is None
    assert isinstance(judged(caught.value), StatementRefused)
