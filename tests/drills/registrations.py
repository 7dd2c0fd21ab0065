"""Drills of one cycle's registrations: its last places, one balance, and everything at once."""

from __future__ import annotations

import random
from typing import Any

import attrs

from haitech_domain.money import Money
from haitech_domain.registration import (
    CycleFull,
    PaymentAbovePrice,
    PaymentStatus,
    StatedCancellation,
    StatedPayment,
)
from tests.drills.outcome import Outcome
from tests.journeys.live_school import ADMIN, LiveSchool, at_once, done, refused

PLACES = 5
RUSH = 100
LIVE = (
    "SELECT id FROM registrations WHERE cycle_id = %s AND deleted_at IS NULL"
    " AND status IN ('registered', 'active', 'trial')"
)
LEDGER = (
    "SELECT p.amount::text FROM payments p JOIN registrations r ON r.id = p.registration_id"
    " WHERE r.cycle_id = %s"
)


async def last_places(school: LiveSchool) -> Outcome:
    """R-REG-2: a hundred for the last five places, each a student of their own.

    A place that stays empty is lost, one that is taken by two is doubled.
    """
    cycle = await school.cycle(await school.instructor(), max_students=PLACES)
    results = await at_once(
        *(
            school.verbs.register_student(actor=ADMIN, cycle_id=cycle.id, student_id=child.id)
            for child in await school.children(RUSH)
        )
    )
    assert len(done(results)) + len(refused(results, CycleFull)) == RUSH, "another refusal"
    there = [id for (id,) in await school.rows(LIVE, cycle.id)]
    answered = [made.id for made in done(results)]
    found = Outcome.of("last places", tried=RUSH, answered=answered, there=there)
    empty, crowded = max(0, PLACES - len(there)), max(0, len(there) - PLACES)
    return attrs.evolve(found, lost=found.lost + empty, doubled=found.doubled + crowded)


async def one_balance(school: LiveSchool, families: int = 8) -> Outcome:
    """R-REG-4: the whole balance of each registration comes in twice at once, and is taken once.

    Half of them ask in the other form, `paid` without an amount, which changes nothing the second
    time.
    """
    cycle = await school.cycle(await school.instructor())
    made = [
        await school.verbs.register_student(
            actor=ADMIN, cycle_id=cycle.id, student_id=child.id, values={"amount": "100.00"}
        )
        for child in await school.children(families)
    ]
    whole = StatedPayment(amount=Money.of(100))
    rest = StatedPayment(payment_status=PaymentStatus.PAID)
    asked = [(one, form) for n, one in enumerate(made) for form in [(whole, rest)[n % 2]] * 2]
    results = await at_once(*(_paid(school, one.id, form) for one, form in asked))
    taken = len(done(results)) + len(refused(results, PaymentAbovePrice))
    assert taken == len(asked), "another refusal"
    there = [amount for (amount,) in await school.rows(LEDGER, cycle.id)]
    return Outcome.of("one balance", tried=len(asked), answered=["100.00"] * families, there=there)


async def everything_at_once(school: LiveSchool, strokes: int = 120) -> Outcome:
    """R-REG-1, R-REG-2, R-REG-4, R-REG-5: registering, paying, cancelling and coming back, in a race.

    Every amount is another one, so each answer is found in the ledger, or is not.
    """
    cycle = await school.cycle(await school.instructor(), max_students=PLACES)
    children = await school.children(PLACES + 3)
    chance = random.Random(strokes)  # noqa: S311  # chance, no secret
    answered: list[str] = []
    for start in range(0, strokes, strokes // 4):
        known = [id for (id,) in await school.rows("SELECT id FROM registrations")]
        asked: list[tuple[Any, str]] = []
        for number in range(start, start + strokes // 4):
            amount = Money(100 + number)
            verb = chance.choice([*["pay"] * 3, "cancel", "join", "join"] if known else ["join"])
            if verb == "join":
                child = chance.choice(children).id
                join = school.verbs.register_student(
                    actor=ADMIN, cycle_id=cycle.id, student_id=child, values={"amount": "9.00"}
                )
                asked.append((join, ""))
            elif verb == "pay":
                paid = _paid(school, chance.choice(known), StatedPayment(amount=amount))
                asked.append((paid, str(amount)))
            else:
                stated = StatedCancellation(refund_amount=chance.choice([amount, None]))
                gone = school.verbs.cancel_registration(
                    actor=ADMIN, registration_id=chance.choice(known), stated=stated
                )
                asked.append((gone, str(-amount) if stated.refund_amount else ""))
        results = await at_once(*(call for call, _ in asked))
        succeeded = {id(result) for result in done(results)}
        pairs = zip(results, asked, strict=True)
        answered += [told for result, (_, told) in pairs if told and id(result) in succeeded]
        assert len(await school.rows(LIVE, cycle.id)) <= PLACES
        await school.must_be_sound()
    there = [amount for (amount,) in await school.rows(LEDGER, cycle.id)]
    return Outcome.of("everything at once", tried=strokes, answered=answered, there=there)


def _paid(school: LiveSchool, registration: Any, stated: StatedPayment) -> Any:
    return school.verbs.pay_registration(actor=ADMIN, registration_id=registration, stated=stated)
