"""The machine itself: a school with one thing wrong in it does not pass."""

from decimal import Decimal
from functools import partial

import attrs
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from haitech_adapters.memory import MemoryUnitOfWork
from haitech_app.testing.worlds import SCHOOL
from haitech_domain.meeting import complete
from haitech_domain.registration.policies import ActiveCyclePolicy, OncePolicy
from haitech_domain.testing.machine import machine_over
from haitech_domain.use_cases import CompleteMeeting
from haitech_domain.use_cases.meeting_status import locked
from haitech_domain.use_cases.settling import reckon
from haitech_domain.vat import VatSchedule
from tests.machine.stages import memory_stage

LONG = settings(
    max_examples=400,
    stateful_step_count=30,
    phases=[Phase.generate],
    database=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


def found(open_stage):
    """What the machine says of a stage on which something is wrong.

    A verb may miss what a store has lost before anything is compared: then that is what it says.
    """
    with pytest.raises((AssertionError, KeyError)) as caught:
        run_state_machine_as_test(machine_over(open_stage), settings=LONG)
    return str(caught.value)


@attrs.frozen(kw_only=True)
class CompletesWithoutSettling(CompleteMeeting):
    """The meeting with its money, and neither its day nor its cycle."""

    async def __call__(self, *, actor, meeting_id, notes):
        async def work(tx):
            cycle, meeting = await locked(tx, meeting_id)
            money = await reckon(tx, self.school, cycle, meeting)
            change = complete(meeting, money, at=self.clock.now(), **notes)
            await tx.meetings.save(change)
            return change.after

        return await self.uow.run(actor, work)


def test_a_meeting_completed_without_settling_its_cycle_is_found():
    def broken(verbs):
        right = verbs.complete_meeting
        wrong = CompletesWithoutSettling(uow=right.uow, clock=right.clock, school=right.school)
        return attrs.evolve(verbs, complete_meeting=wrong)

    assert found(partial(memory_stage, broken))


class Repository:
    """Another repository, but for what a subclass says."""

    def __init__(self, right):
        self.right = right

    def __getattr__(self, name):
        return getattr(self.right, name)


class LosesANumber(Repository):
    """Of a cycle's meetings it forgets the first, and with it the number that is taken."""

    async def of_cycle(self, cycle):
        return (await self.right.of_cycle(cycle))[1:]


class WritesNoLog(Repository):
    """Changes of meetings are saved, and what the audit log is to say of them is not."""

    async def save(self, *changes):
        written = len(self.right._session._audit)
        await self.right.save(*changes)
        del self.right._session._audit[written:]


class Transaction:
    def __init__(self, right, meetings):
        self.right = right
        self.meetings = meetings(right.meetings)

    def __getattr__(self, name):
        return getattr(self.right, name)


class WrongMeetings(MemoryUnitOfWork):
    """Transactions whose meetings are kept by a wrong repository."""

    def __init__(self, meetings, ids, clock):
        super().__init__(ids, clock)
        self.meetings = meetings

    async def run(self, actor, work):
        return await super().run(actor, lambda tx: work(Transaction(tx, self.meetings)))


@pytest.mark.parametrize("meetings", [LosesANumber, WritesNoLog])
def test_a_repository_that_loses_something_is_found(meetings):
    assert found(partial(memory_stage, uow_of=partial(WrongMeetings, meetings)))


VAT = VatSchedule(((SCHOOL.vat.steps[0][0], Decimal("0.17")),))


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ({"vat": VAT}, "revenue is stored as"),
        ({"employer_factor": Decimal("1.31")}, "cost is stored as"),
        ({"registration_policies": (ActiveCyclePolicy(), OncePolicy())}, "cycle.full"),
    ],
    ids=["another VAT", "another employer factor", "a cycle without an end of its places"],
)
def test_a_school_that_goes_by_other_rules_is_found(setting, says):
    """The paper school knows the rules by itself, and asks nobody for them."""
    assert says in found(partial(memory_stage, by=attrs.evolve(SCHOOL, **setting)))


def test_a_plan_that_passes_over_no_closed_day_is_found():
    @attrs.frozen
    class Never:
        def closed_on(self, day):
            return None

    school = attrs.evolve(SCHOOL, holidays=Never())

    def broken(verbs):
        right = verbs.generate_meetings
        wrong = attrs.evolve(right, generate=attrs.evolve(right.generate, school=school))
        return attrs.evolve(verbs, generate_meetings=wrong)

    assert "planned" in found(partial(memory_stage, broken))
