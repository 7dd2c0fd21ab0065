"""A draft of a transaction: read ahead, seen as it will be, undone where refused, kept at the end."""

from datetime import time, timedelta

import pytest

from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_domain.access import Actor
from haitech_domain.calendar import TimeSlot
from haitech_domain.change import Change
from haitech_domain.errors import NotFound
from haitech_domain.meeting import MeetingStatus, cancel
from haitech_domain.testing.builders import (
    MADE,
    SUNDAY,
    a_closure,
    a_meeting,
    a_registration,
    a_school,
    an_id,
    an_instructor,
    furnish,
    gone,
)
from haitech_domain.use_cases.drafting import Draft

pytestmark = pytest.mark.anyio
SYSTEM = Actor.system("test")
WEEK = timedelta(weeks=1)
LATER = MADE + timedelta(hours=1)
AT_FOUR = TimeSlot(time(16), time(17, 30))


class Counting:
    """A repository that remembers the questions it is asked."""

    def __init__(self, there):
        self._there = there
        self.asked = []

    def __getattr__(self, name):
        question = getattr(self._there, name)

        def ask(*args):
            self.asked.append(name)
            return question(*args)

        return ask


@pytest.fixture
async def store():
    clock = FixedClock()
    uow = MemoryUnitOfWork(CountingIds(), clock)
    school = a_school()
    await uow.run(SYSTEM, lambda tx: furnish(tx, school))
    return uow, school


def another(school, number, **more):
    day = SUNDAY + WEEK * (number - 1)
    belongs = {"cycle_id": school.cycle.id, "instructor_id": school.instructor.id}
    return a_meeting(**{**belongs, "number": number, "scheduled_date": day, **more})


async def test_what_is_saved_is_seen_at_once_and_stored_when_it_is_kept(store):
    """Among a cycle's meetings, in its tally and in its instructor's time."""
    uow, school = store
    second, free = another(school, 2), SUNDAY + WEEK

    async def work(tx):
        draft = Draft(tx)
        assert await draft.meetings.clashing(school.instructor.id, [(free, AT_FOUR)]) == []
        assert await draft.meetings.clashing(school.instructor.id, []) == []
        await draft.meetings.save(
            cancel(school.meeting, at=LATER), Change.created(second), Change.updated(second, second)
        )
        found = await draft.meetings.of_cycle(school.cycle.id)
        assert [m.status for m in found] == [MeetingStatus.CANCELLED, MeetingStatus.SCHEDULED]
        counted = await draft.meetings.tally(school.cycle.id)
        assert (counted.scheduled, counted.cancelled) == (1, 1)
        there = [(SUNDAY, AT_FOUR), (free, AT_FOUR)]
        assert await draft.meetings.clashing(school.instructor.id, there) == [second]
        apart = {second.id}
        instructor = school.instructor.id
        assert await draft.meetings.clashing(instructor, there, apart_from=apart) == []
        assert await tx.meetings.of_cycle(school.cycle.id) == [school.meeting]
        await draft.keep()
        assert await tx.meetings.of_cycle(school.cycle.id) == found

    await uow.run(SYSTEM, work)


async def test_what_is_read_once_is_not_asked_for_again(store):
    uow, _school = store
    one, other = an_instructor(), an_instructor()
    await uow.run(SYSTEM, lambda tx: tx.instructors.save(*map(Change.created, (one, other))))

    async def work(tx):
        draft = Draft(tx)
        draft.instructors.store = counting = Counting(tx.instructors)
        for _ in range(2):
            assert set(await draft.instructors.many([one.id, other.id])) == {one.id, other.id}
            assert await draft.instructors.get(one.id) == one
        for _ in range(2):
            assert set(await draft.instructors.lock_many([one.id, other.id])) == {one.id, other.id}
            assert await draft.instructors.lock(other.id) == other
        assert counting.asked == ["many", "lock_many"]

    await uow.run(SYSTEM, work)


async def test_what_a_refused_attempt_did_is_undone(store):
    """New things too; what came before stays."""
    uow, school = store
    second, third = another(school, 2), another(school, 3)

    async def work(tx):
        draft = Draft(tx)
        with draft.attempt():
            await draft.meetings.save(Change.created(second))
        before = await draft.meetings.of_cycle(school.cycle.id)

        async def fail():
            await draft.meetings.save(Change.created(third), cancel(second, at=LATER))
            await draft.registrations.get(an_id())

        with pytest.raises(NotFound), draft.attempt():
            await fail()
        assert await draft.meetings.of_cycle(school.cycle.id) == before
        with pytest.raises(NotFound):
            await draft.meetings.get(third.id)
        await draft.keep()
        assert await tx.meetings.of_cycle(school.cycle.id) == before

    await uow.run(SYSTEM, work)


async def test_what_is_deleted_in_it_is_gone(store):
    uow, school = store

    async def work(tx):
        draft = Draft(tx)
        await draft.meetings.of_cycle(school.cycle.id)
        there = school.meeting
        await draft.meetings.save(Change.updated(there, gone(there), action="delete"))
        assert await draft.meetings.of_cycle(school.cycle.id) == []
        assert await draft.meetings.many([there.id]) == {}
        for ask in (draft.meetings.get, draft.meetings.lock):
            with pytest.raises(NotFound) as caught:
                await ask(there.id)
            assert caught.value.what == "meeting"

    await uow.run(SYSTEM, work)


async def test_what_never_was_is_missing_however_often_it_is_asked_for(store):
    uow, _school = store
    id = an_id()

    async def work(tx):
        draft = Draft(tx)
        for ask in (draft.cycles.get, draft.cycles.lock, draft.cycles.get):
            with pytest.raises(NotFound) as caught:
                await ask(id)
            assert (caught.value.what, caught.value.id) == ("cycle", id)
        assert await draft.cycles.lock_many([id]) == {}
        with pytest.raises(NotFound):
            await draft.cycles.lock_deleted(id)

    await uow.run(SYSTEM, work)


async def test_what_goes_between_its_reading_and_its_lock_is_gone(store):
    """A row that was read ahead counts as it is once it is locked."""
    uow, school = store

    async def work(tx):
        draft = Draft(tx)
        there = (await draft.registrations.many([school.registration.id]))[school.registration.id]
        left = an_instructor()
        await tx.instructors.save(Change.created(left))
        await draft.instructors.get(left.id)
        away = gone(left)
        await tx.instructors.save(Change.updated(left, away, action="delete"))
        await tx.registrations.save(Change.updated(there, gone(there), action="delete"))
        assert await draft.registrations.lock_many([there.id]) == {}
        with pytest.raises(NotFound):
            await draft.registrations.get(there.id)
        with pytest.raises(NotFound):
            await draft.instructors.lock(left.id)
        assert await draft.instructors.lock_deleted(left.id) == away
        assert await draft.instructors.lock_deleted(left.id) is away

    await uow.run(SYSTEM, work)


async def test_what_changed_between_its_reading_and_its_lock_is_seen_as_it_is(store):
    uow, school = store

    async def work(tx):
        draft = Draft(tx)
        there = await draft.instructors.get(school.instructor.id)
        changed = there.changed(LATER, name="נועה")
        await tx.instructors.save(Change.updated(there, changed))
        assert await draft.instructors.lock(there.id) == changed
        assert await draft.instructors.lock(there.id) == changed

    await uow.run(SYSTEM, work)


async def test_without_locks_it_serves_work_that_only_reads(store):
    """A dry run: everything is decided, nothing is locked or stored."""
    uow, school = store
    second = another(school, 2)

    async def work(tx):
        draft = Draft(tx, locks=False)
        assert await draft.cycles.lock(school.cycle.id) == school.cycle
        assert set(await draft.cycles.lock_many([school.cycle.id])) == {school.cycle.id}
        await draft.meetings.save(Change.created(second))
        assert len(await draft.meetings.of_cycle(school.cycle.id)) == 2

    await uow.read(work)
    assert len(await uow.read(lambda tx: tx.meetings.of_cycle(school.cycle.id))) == 1


async def test_registrations_and_closures_come_in_their_order(store):
    uow, school = store
    older = a_registration(
        student_id=school.student.id,
        cycle_id=school.cycle.id,
        status="cancelled",
        created_at=MADE - WEEK,
    )
    closure = a_closure(branch_id=school.branch.id)

    async def work(tx):
        draft = Draft(tx)
        await draft.registrations.save(Change.created(older))
        found = await draft.registrations.of_cycle(school.cycle.id)
        assert found == [older, school.registration]
        closures = await draft.closures.of_branch(school.branch.id)
        await tx.closures.save(Change.created(closure))
        assert await draft.closures.of_branch(school.branch.id) is closures

    await uow.run(SYSTEM, work)


async def test_what_it_has_none_of_its_own_for_is_the_transaction_s(store):
    uow, school = store

    async def work(tx):
        draft = Draft(tx).tx
        assert await draft.customers.get(school.customer.id) == school.customer

    await uow.read(work)


async def test_an_instructor_s_time_is_read_from_the_earliest_day_asked_for(store):
    """R-SCHED-9: later questions about earlier days find what is there."""
    uow, school = store
    late = another(school, 2, scheduled_date=SUNDAY + 9 * WEEK)
    await uow.run(SYSTEM, lambda tx: tx.meetings.save(Change.created(late)))

    async def work(tx):
        draft = Draft(tx)
        who = school.instructor.id
        for day, expected in ((late.scheduled_date, [late]), (SUNDAY, [school.meeting])):
            assert await draft.meetings.clashing(who, [(day, AT_FOUR)]) == expected
        moved = late.changed(LATER, instructor_id=an_id())
        await draft.meetings.save(Change.updated(late, moved))
        assert await draft.meetings.clashing(who, [(late.scheduled_date, AT_FOUR)]) == []

    await uow.run(SYSTEM, work)


async def test_the_past_is_the_store_s_and_asked_for_once(store):
    """R-MEET-6: what things were on a day."""
    uow, school = store

    async def work(tx):
        draft = Draft(tx)
        for _ in range(2):
            found = await draft.instructors.as_of([school.instructor.id])
            assert found[school.instructor.id].thing == school.instructor
        assert await draft.instructors.as_of([an_id()]) == {}

    await uow.run(SYSTEM, work)
