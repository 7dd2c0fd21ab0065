"""R-REG-1…5 on PostgreSQL: places, balances and ledgers stay exact, whatever comes at once."""

from __future__ import annotations

import attrs
import pytest

from haitech_domain.change import Transition
from haitech_domain.money import Money
from haitech_domain.registration import (
    PaymentAbovePrice,
    RefundAbovePaid,
    StatedCancellation,
    StatedPayment,
)
from tests.drills import registrations
from tests.drills.outcome import Outcome, table
from tests.journeys.live_school import ADMIN, at_once, done, live_school, refused

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


@pytest.fixture
async def school():
    async with live_school() as made:
        yield made


async def test_a_hundred_for_five_places_give_five_and_ninety_five_conflicts(school):
    """R-REG-2; `nox -s drills` does it ten times in a row."""
    found = await registrations.last_places(school)
    assert (found.tried, found.done, found.lost, found.doubled) == (100, 5, 0, 0)


async def test_a_balance_that_comes_in_twice_at_once_is_taken_once(school):
    """R-REG-4: the other is refused, or changes nothing."""
    found = await registrations.one_balance(school)
    assert (found.tried, found.done, found.is_clean) == (16, 8, True)
    await school.must_be_sound()


async def test_of_two_payments_of_the_full_balance_at_once_one_is_taken(school):
    """R-REG-4: the other gets a conflict with the figures."""
    cycle = await school.cycle(await school.instructor())
    (child,) = await school.children(1)
    made = await school.verbs.register_student(
        actor=ADMIN, cycle_id=cycle.id, student_id=child.id, values={"amount": "100.00"}
    )
    whole = StatedPayment(amount=Money.of(100))
    pay = school.verbs.pay_registration
    results = await at_once(
        *(pay(actor=ADMIN, registration_id=made.id, stated=whole) for _ in range(2))
    )
    assert [paid.balance for paid in done(results)] == [Money(0)]
    assert [refusal.paid for refusal in refused(results, PaymentAbovePrice)] == [Money.of(100)]


async def test_whatever_races_in_a_cycle_each_answer_is_in_the_ledger(school):
    """R-REG-1, R-REG-2, R-REG-4, R-REG-5."""
    found = await registrations.everything_at_once(school)
    assert found.is_clean
    assert found.done > found.tried // 10


async def test_of_two_cancellations_at_once_one_gives_the_money_back(school):
    """R-REG-5: never above what was paid."""
    cycle = await school.cycle(await school.instructor())
    (child,) = await school.children(1)
    made = await school.verbs.register_student(
        actor=ADMIN, cycle_id=cycle.id, student_id=child.id, values={"amount": "100.00"}
    )
    pay, cancel = school.verbs.pay_registration, school.verbs.cancel_registration
    await pay(actor=ADMIN, registration_id=made.id, stated=StatedPayment(amount=Money.of(60)))
    back = StatedCancellation(refund_amount=Money.of(40))
    results = await at_once(
        *(cancel(actor=ADMIN, registration_id=made.id, stated=back) for _ in range(4))
    )
    assert len(done(results)) == 1
    assert len(refused(results, Transition)) == 3
    assert not refused(results, RefundAbovePaid)
    assert await school.rows("SELECT paid_amount::text FROM registrations") == [("20.00",)]
    await school.must_be_sound()


def test_an_outcome_names_what_is_missing_and_what_is_too_much():
    found = Outcome.of("any", tried=5, answered=[1, 2, 2], there=[2, 3])
    assert (found.done, found.lost, found.doubled, found.is_clean) == (3, 2, 1, False)
    both = Outcome.together([found, found])
    assert (both.tried, both.lost, both.doubled) == (10, 4, 2)


def test_an_outcome_is_not_clean_where_anything_else_is_wrong_and_the_table_says_what():
    found = Outcome.of("a fault", tried=1, answered=[1], there=[1], seen="seen", wrong=["why"])
    assert (found.lost, found.doubled, found.is_clean) == (0, 0, False)
    assert attrs.evolve(found, wrong=()).is_clean
    head, line, complaint = table([found]).splitlines()
    assert head.split()[:4] == ["fault", "tried", "lost", "doubled"]
    assert line.split() == ["a", "fault", "1", "0", "0", "FAILED", "seen"]
    assert complaint.strip() == "wrong: why"
