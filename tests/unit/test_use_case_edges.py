"""Use cases over memory adapters, where no route of part 1 leads."""

from datetime import date
from types import SimpleNamespace

import pytest

from haitech_adapters.calendar import IsraeliSchoolCalendar
from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_adapters.security import SystemRandomness
from haitech_app.testing.doors import doors
from haitech_domain.access import Actor, ActorKind, Forbidden, Role
from haitech_domain.change import Change
from haitech_domain.cycle import CycleStatus
from haitech_domain.errors import Duplicate, Invalid, NotFound, Several, WouldOrphan
from haitech_domain.meeting import MeetingStatus
from haitech_domain.ports import Query, Unauthenticated
from haitech_domain.registration import (
    AlreadyRegistered,
    CycleFull,
    CycleTakesNoRegistrations,
    RegistrationStatus,
)
from haitech_domain.testing.builders import (
    a_customer,
    a_phone,
    a_registration,
    a_school,
    a_student,
    an_id,
    furnish,
    gone,
)
from haitech_domain.use_cases import CUSTOMERS, STUDENTS, Catalogue, CreateAdmin, Verbs
from haitech_domain.use_cases.references import StudentDeleted
from haitech_domain.use_cases.school import School

pytestmark = pytest.mark.anyio
SYSTEM = Actor.system("test")
PASSWORD = "correct horse battery"
CHILDREN = 3


class Plain:
    """Passwords that are stored as they are, and tokens that say whose they are."""

    async def hashed(self, password):
        return f"<{password}>"

    async def verified(self, password, stored):
        return stored == f"<{password}>"

    def outdated(self, stored):
        return False

    def issue(self, actor):
        return str(actor.id), 60

    def read(self, token):
        raise Unauthenticated(f"{token} is nobody's")


@pytest.fixture
async def world():
    """A furnished school with its verbs."""
    ids, clock = CountingIds(), FixedClock.at(FixedClock().civil())
    uow = MemoryUnitOfWork(ids, clock)
    plain = Plain()
    verbs = Verbs.over(
        uow=uow,
        clock=clock,
        ids=ids,
        passwords=plain,
        tokens=plain,
        randomness=SystemRandomness(),
        school=School(holidays=IsraeliSchoolCalendar()),
        **doors(clock),
    )
    school = a_school()
    await uow.run(SYSTEM, lambda tx: furnish(tx, school))
    return SimpleNamespace(
        uow=uow,
        verbs=verbs,
        school=school,
        clock=clock,
        customers=Catalogue.of(CUSTOMERS, uow=uow, clock=clock, ids=ids),
        students=Catalogue.of(STUDENTS, uow=uow, clock=clock, ids=ids),
    )


async def save(world, pick, *changes):
    await world.uow.run(SYSTEM, lambda tx: pick(tx).save(*changes))


def told(world):
    return [event.type for committed in world.uow.committed for event in committed.outbox]


# ── customers and students ──────────────────────────────────────────────────────────────────


async def test_a_customer_comes_changes_goes_and_returns(world):
    """R-PPL-1, domain.md §12: each act tells its event, and a change of nothing tells none."""
    phone = a_phone()
    made = await world.customers.create(actor=SYSTEM, values={"name": "Dana", "phone": phone})
    changed = await world.customers.update(actor=SYSTEM, id=made.id, values={"city": "Holon"})
    assert (
        await world.customers.update(actor=SYSTEM, id=made.id, values={"city": "Holon"}) == changed
    )
    await world.customers.delete(actor=SYSTEM, id=made.id)
    with pytest.raises(NotFound):
        await world.customers.read(actor=SYSTEM, id=made.id)
    back = await world.customers.restore(actor=SYSTEM, id=made.id)
    assert back.city == "Holon"
    assert [type for type in told(world) if type.startswith("customer")] == [
        "customer.created",
        "customer.updated",
        "customer.deleted",
        "customer.updated",  # what returns says so as what changes does
    ]


async def test_a_phone_taken_meanwhile_keeps_a_customer_deleted(world):
    """R-PPL-1, R-PPL-3."""
    there = world.school.customer
    one = await world.customers.create(actor=SYSTEM, values={"name": "A", "phone": a_phone()})
    await world.customers.delete(actor=SYSTEM, id=one.id)
    await world.customers.create(actor=SYSTEM, values={"name": "B", "phone": str(one.phone)})
    with pytest.raises(Duplicate):
        await world.customers.restore(actor=SYSTEM, id=one.id)
    with pytest.raises(Duplicate):
        await world.customers.update(actor=SYSTEM, id=there.id, values={"phone": str(one.phone)})


async def test_a_customer_or_student_with_a_live_registration_stays(world):
    """R-PPL-3."""
    for catalogue, one in (
        (world.customers, world.school.customer),
        (world.students, world.school.student),
    ):
        with pytest.raises(WouldOrphan):
            await catalogue.delete(actor=SYSTEM, id=one.id)


async def test_a_student_belongs_to_a_customer_who_exists(world):
    values = {"name": "Noam", "customer_id": world.school.customer.id}
    made = await world.students.create(actor=SYSTEM, values=values)
    await world.students.update(actor=SYSTEM, id=made.id, values={"grade": "4"})
    with pytest.raises(Invalid) as refused:
        await world.students.update(actor=SYSTEM, id=made.id, values={"customer_id": an_id()})
    assert [problem.field for problem in refused.value.problems] == ["customer_id"]
    await world.students.delete(actor=SYSTEM, id=made.id)
    assert [type for type in told(world) if type.startswith("student")] == [
        "student.created",
        "student.updated",
        "student.deleted",
    ]


async def test_a_deleted_customer_takes_the_students_along_and_brings_them_back(world):
    """R-PPL-3."""
    customer = a_customer()
    student = a_student(customer_id=customer.id)
    await save(world, lambda tx: tx.customers, Change.created(customer))
    await save(world, lambda tx: tx.students, Change.created(student))
    await world.customers.delete(actor=SYSTEM, id=customer.id)
    with pytest.raises(NotFound):
        await world.students.read(actor=SYSTEM, id=student.id)
    await world.customers.restore(actor=SYSTEM, id=customer.id)
    assert (await world.students.read(actor=SYSTEM, id=student.id)).id == student.id


# ── registrations ───────────────────────────────────────────────────────────────────────────


async def registered(world, student, **values):
    return await world.verbs.register_student(
        actor=SYSTEM, cycle_id=world.school.cycle.id, student_id=student, values=values
    )


async def another_student(world):
    student = a_student(customer_id=world.school.customer.id)
    await save(world, lambda tx: tx.students, Change.created(student))
    return student.id


async def test_a_student_is_once_in_a_cycle(world):
    """R-REG-1."""
    with pytest.raises(AlreadyRegistered):
        await registered(world, world.school.student.id)
    with pytest.raises(Invalid):
        await registered(world, an_id())


async def test_a_full_cycle_takes_nobody(world):
    """R-REG-2."""
    change = {"max_students": CHILDREN}
    await world.verbs.update_cycle(actor=SYSTEM, cycle_id=world.school.cycle.id, values=change)
    for _ in range(CHILDREN - 1):
        made = await registered(world, await another_student(world))
        assert made.registration_date == world.clock.civil().date()
    with pytest.raises(CycleFull):
        await registered(world, await another_student(world))


async def test_a_cycle_that_has_ended_takes_nobody(world):
    """R-REG-2."""
    change = {"status": CycleStatus.CANCELLED}
    await world.verbs.update_cycle(actor=SYSTEM, cycle_id=world.school.cycle.id, values=change)
    with pytest.raises(CycleTakesNoRegistrations):
        await registered(world, await another_student(world))


# ── cycles and meetings ─────────────────────────────────────────────────────────────────────


async def test_a_cycle_does_not_return_with_the_registration_of_a_deleted_student(world):
    """R-PPL-3."""
    id = world.school.cycle.id
    await world.verbs.delete_cycle(actor=SYSTEM, cycle_id=id)
    await world.students.delete(actor=SYSTEM, id=world.school.student.id)
    with pytest.raises(StudentDeleted) as refused:
        await world.verbs.restore_cycle(actor=SYSTEM, cycle_id=id)
    assert refused.value.reason == "restore.parent_deleted"
    await world.students.restore(actor=SYSTEM, id=world.school.student.id)
    await world.verbs.restore_cycle(actor=SYSTEM, cycle_id=id)


async def test_a_cycle_is_not_reopened_with_the_registration_of_a_deleted_student(world):
    """R-PPL-3, R-CYC-3: what reopening brings back is live again."""
    id = world.school.cycle.id
    change = {"status": CycleStatus.CANCELLED}
    await world.verbs.update_cycle(actor=SYSTEM, cycle_id=id, values=change)
    await world.students.delete(actor=SYSTEM, id=world.school.student.id)
    with pytest.raises(StudentDeleted):
        await world.verbs.update_cycle(
            actor=SYSTEM, cycle_id=id, values={"status": CycleStatus.ACTIVE}
        )


async def test_a_cycle_does_not_return_with_more_children_than_places(world):
    """R-PPL-3: capacity is checked again; `max_students` was lowered past the program."""
    school = world.school
    await save(
        world,
        lambda tx: tx.registrations,
        Change.created(
            a_registration(student_id=await another_student(world), cycle_id=school.cycle.id)
        ),
    )
    narrower = school.cycle.changed(world.clock.now(), max_students=1)
    await save(world, lambda tx: tx.cycles, Change.updated(school.cycle, narrower))
    await world.verbs.delete_cycle(actor=SYSTEM, cycle_id=school.cycle.id)
    with pytest.raises(CycleFull):
        await world.verbs.restore_cycle(actor=SYSTEM, cycle_id=school.cycle.id)


async def test_a_cycle_deleted_by_no_act_of_ours_returns_alone(world):
    """R-PPL-3: nothing was taken along, so nothing comes back."""
    cycle = world.school.cycle
    at = world.clock.now()
    alone = cycle.changed(at, deleted_at=at)
    await save(world, lambda tx: tx.cycles, Change.updated(cycle, alone, action="delete"))
    back = await world.verbs.restore_cycle(actor=SYSTEM, cycle_id=cycle.id)
    assert back.deleted_at is None


async def test_an_unknown_status_is_refused_with_the_choices(world):
    """R-CYC-3."""
    with pytest.raises(Invalid, match="active, completed, cancelled") as refused:
        await world.verbs.update_cycle(
            actor=SYSTEM, cycle_id=world.school.cycle.id, values={"status": "paused"}
        )
    assert refused.value.reason == "value.unknown"


async def test_a_meeting_of_no_cycle_is_refused(world):
    with pytest.raises(Invalid) as refused:
        await world.verbs.create_meeting(actor=SYSTEM, values={"scheduled_date": date(2026, 3, 1)})
    assert [problem.field for problem in refused.value.problems] == ["cycle_id"]


async def test_a_registration_deleted_before_its_cycle_stays_deleted(world):
    """R-PPL-3: restoring brings back exactly what was taken along."""
    registration = world.school.registration
    await save(
        world,
        lambda tx: tx.registrations,
        Change.updated(registration, gone(registration), action="delete"),
    )
    id = world.school.cycle.id
    await world.verbs.delete_cycle(actor=SYSTEM, cycle_id=id)
    await world.verbs.restore_cycle(actor=SYSTEM, cycle_id=id)
    assert not await world.uow.read(lambda tx: tx.registrations.of_cycle(id))


async def test_many_meetings_are_not_postponed_at_once(world):
    """R-MEET-5: each needs a new date of its own; what else is wrong is told, too."""
    with pytest.raises(Several) as caught:
        await world.verbs.update_meeting_statuses(
            actor=SYSTEM,
            ids=[world.school.meeting.id, an_id()],
            status=MeetingStatus.POSTPONED,
        )
    assert [p.field for p in caught.value.problems] == ["status", "ids[1]"]
    assert caught.value.reason == "meeting.verb_only"


async def test_cancelling_twice_over_changes_no_registration_twice(world):
    """R-CYC-3."""
    id = world.school.cycle.id
    for status in (CycleStatus.CANCELLED, CycleStatus.CANCELLED):
        await world.verbs.update_cycle(actor=SYSTEM, cycle_id=id, values={"status": status})
    found = await world.uow.read(lambda tx: tx.registrations.of_cycle(id))
    assert [(r.status, r.version) for r in found] == [(RegistrationStatus.CANCELLED, 2)]


# ── users ───────────────────────────────────────────────────────────────────────────────────


async def test_the_first_administrator_is_made_once(world):
    made = MemoryUnitOfWork(CountingIds(1), world.clock)
    create = Verbs.over(
        uow=made,
        clock=world.clock,
        ids=CountingIds(2),
        passwords=Plain(),
        tokens=Plain(),
        randomness=SystemRandomness(),
        school=School(holidays=IsraeliSchoolCalendar()),
        **doors(world.clock),
    ).create_admin
    first = await create.if_none(email="Dana@Example.com", password=PASSWORD)
    assert first is not None
    assert (first.role, str(first.email), first.name) == (Role.ADMIN, "dana@example.com", "Admin")
    assert await create.if_none(email="other@example.com", password=PASSWORD) is None
    assert (await made.read(lambda tx: tx.users.page(Query()))).total == 1
    with pytest.raises(Duplicate):
        await create(email="dana@example.com", password=PASSWORD)


async def test_of_two_first_starts_at_once_one_makes_the_administrator(world):
    """The slower one finds the address taken, and that is no failure."""
    made = MemoryUnitOfWork(CountingIds(1), world.clock)
    ports = {"uow": made, "clock": world.clock, "ids": CountingIds(2)}
    quicker = CreateAdmin(**ports, passwords=Plain())

    class Slow(Plain):
        """Hashing takes so long that another start is done meanwhile."""

        async def hashed(self, password):
            assert await quicker.if_none(email="dana@example.com", password=PASSWORD) is not None
            return await super().hashed(password)

    slower = CreateAdmin(**ports, passwords=Slow())
    assert await slower.if_none(email="dana@example.com", password=PASSWORD) is None
    assert (await made.read(lambda tx: tx.users.page(Query()))).total == 1


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [
        ("dana@example.com", "x" * 7, "password"),
        ("dana@example.com", "x" * 129, "password"),
        ("no address", PASSWORD, "email"),
    ],
)
async def test_an_administrator_needs_an_address_and_a_password(world, email, password, field):
    """api.md: passwords have 8 to 128 characters."""
    with pytest.raises(Invalid) as refused:
        await world.verbs.create_admin(email=email, password=password)
    assert [problem.field for problem in refused.value.problems] == [field]


@pytest.mark.parametrize(
    "actor",
    [
        SYSTEM,
        Actor(kind=ActorKind.API_KEY, id=an_id(), scopes=frozenset({"*"})),
        Actor(kind=ActorKind.USER, role=Role.ADMIN),
    ],
)
async def test_who_is_no_user_has_no_account(world, actor):
    with pytest.raises(Forbidden):
        await world.verbs.read_me(actor=actor)


async def test_a_key_without_the_scope_registers_nobody(world):
    """R-ACC-3."""
    key = Actor(kind=ActorKind.API_KEY, id=an_id(), scopes=frozenset({"read:*"}))
    with pytest.raises(Forbidden):
        await world.verbs.register_student(
            actor=key, cycle_id=world.school.cycle.id, student_id=world.school.student.id
        )


async def test_a_meeting_at_no_time_is_told_of_its_time_alone(world):
    """R-MEET-1: what is between two values is asked only where each is one."""
    values = {"cycle_id": world.school.cycle.id, "start_time": "25:00", "end_time": "10:00"}
    with pytest.raises(Invalid) as refused:
        await world.verbs.create_meeting(actor=SYSTEM, values=values)
    assert [problem.field for problem in refused.value.problems] == ["start_time"]


@pytest.mark.parametrize("bounds", [{"limit": 0}, {"limit": 101}, {"offset": -1}])
def test_a_page_out_of_bounds_cannot_be_asked_for(bounds):
    """api.md: 1 to 100 at a time."""
    with pytest.raises(Invalid) as refused:
        Query(**bounds)
    assert [problem.field for problem in refused.value.problems] == list(bounds)


async def test_more_windows_than_anybody_has_are_no_availability(world):
    """R-SCHED-10: told by the field that holds them, whoever asks."""
    with pytest.raises(Invalid) as refused:
        await world.verbs.set_availability(
            actor=SYSTEM,
            instructor_id=world.school.instructor.id,
            windows=[("sunday", "08:00", "09:00")] * 101,
        )
    assert [(p.field, p.reason) for p in refused.value.found] == [("windows", "value.out_of_range")]
