"""Hundreds of verbs at once end without a deadlock, and every figure is a recount."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from haitech_domain.meeting import MeetingStatus
from haitech_domain.money import Money
from haitech_domain.registration import PaymentStatus, StatedCancellation, StatedPayment
from haitech_domain.testing.builders import an_id
from haitech_domain.use_cases import Put
from tests.journeys.live_school import ADMIN, SUNDAY, at_once, done, live_school

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

ROUNDS = 4
STROKES = 90


@pytest.fixture
async def school():
    async with live_school() as made:
        yield made


class Storm:
    """Random verbs on three cycles that share two instructors."""

    def __init__(self, school, chance, cycles, instructors, students):
        self.school = school
        self.verbs = school.verbs
        self.chance = chance
        self.cycles = cycles
        self.instructors = instructors
        self.students = students
        self.meetings = []
        self.registrations = []
        self.all = [
            *[self.complete] * 6,
            *[self.reopen] * 3,
            *[self.cancel, self.restore, self.postpone, self.move, self.make] * 3,
            *[self.generate, self.recalculate, self.register, self.remove] * 2,
            *[self.pay, self.pay, self.leave],
            *[self.rename, self.hand_over, self.resize, self.settle, self.rate],
            *[self.end, self.delete, self.dismiss],
            *[self.revive, self.undelete] * 4,
        ]

    async def look(self):
        """Know the meetings that there are now, deleted ones, too."""
        self.meetings = [id for (id,) in await self.school.rows("SELECT id FROM meetings")]
        rows = await self.school.rows("SELECT id FROM registrations")
        self.registrations = [id for (id,) in rows] or [an_id()]

    def stroke(self):
        return self.chance.choice(self.all)()

    def _meeting(self):
        return {"actor": ADMIN, "meeting_id": self.chance.choice(self.meetings)}

    def _cycle(self):
        return {"actor": ADMIN, "cycle_id": self.chance.choice(self.cycles).id}

    def _leave(self):
        return self.chance.random() < 0.3

    def complete(self):
        return self.verbs.complete_meeting(**self._meeting(), notes={})

    def reopen(self):
        return self.verbs.reopen_meeting(**self._meeting())

    def cancel(self):
        return self.verbs.cancel_meeting(**self._meeting())

    def restore(self):
        return self.verbs.restore_meeting(**self._meeting(), allow_conflicts=self._leave())

    def postpone(self):
        day = SUNDAY + timedelta(days=self.chance.randrange(80))
        chosen = self.chance.choice(
            [Put(), Put(new_date=day), Put(new_date=day, allow_conflicts=True)]
        )
        return self.verbs.postpone_meeting(**self._meeting(), to=chosen)

    def move(self):
        values = self.chance.choice(
            [
                {"instructor_id": self.chance.choice(self.instructors).id},
                {"scheduled_date": SUNDAY + timedelta(days=self.chance.randrange(80))},
                {"start_time": "15:30", "end_time": "17:00"},
                {"topic": "לולאות"},
            ]
        )
        return self.verbs.update_meeting(
            **self._meeting(), values=values, allow_conflicts=self._leave()
        )

    def make(self):
        day = SUNDAY + timedelta(days=self.chance.randrange(80))
        hour = self.chance.randrange(8, 20)
        cycle = self.chance.choice(self.cycles)
        who = self.chance.choice(self.instructors).id
        return self.school.meeting(
            cycle, day, f"{hour:02}:00", f"{hour + 1:02}:30", instructor_id=who
        )

    def generate(self):
        return self.verbs.generate_meetings(
            **self._cycle(), dry_run=self._leave(), allow_conflicts=self._leave()
        )

    def recalculate(self):
        return self.verbs.recalculate_meeting(**self._meeting())

    def register(self):
        return self.verbs.register_student(
            **self._cycle(), student_id=self.chance.choice(self.students).id
        )

    def _registration(self):
        return {"actor": ADMIN, "registration_id": self.chance.choice(self.registrations)}

    def pay(self):
        amount = Money(self.chance.randrange(1, 5_000))
        chosen = [StatedPayment(amount=amount), StatedPayment(payment_status=PaymentStatus.PAID)]
        stated = self.chance.choice(chosen)
        return self.verbs.pay_registration(**self._registration(), stated=stated)

    def leave(self):
        back = Money(self.chance.randrange(3_000))
        stated = StatedCancellation(refund_amount=back)
        return self.verbs.cancel_registration(**self._registration(), stated=stated)

    def remove(self):
        return self.verbs.delete_meeting(**self._meeting())

    def rename(self):
        return self.verbs.update_cycle(
            **self._cycle(), values={"name": f"Python {self.chance.random()}"}
        )

    def hand_over(self):
        who = self.chance.choice(self.instructors).id
        return self.verbs.update_cycle(
            **self._cycle(), values={"instructor_id": who}, allow_conflicts=self._leave()
        )

    def resize(self):
        return self.verbs.update_cycle(
            **self._cycle(), values={"total_meetings": self.chance.randrange(5, 14)}
        )

    def settle(self):
        return self.verbs.sync_progress(**self._cycle())

    def rate(self):
        return self.verbs.instructors.update(
            actor=ADMIN,
            id=self.chance.choice(self.instructors).id,
            values={"rate_frontal": self.chance.randrange(110, 190)},
        )

    def end(self):
        status = self.chance.choice(["cancelled", "completed"])
        return self.verbs.update_cycle(**self._cycle(), values={"status": status})

    def revive(self):
        return self.verbs.update_cycle(
            **self._cycle(), values={"status": "active"}, allow_conflicts=self._leave()
        )

    def delete(self):
        return self.verbs.delete_cycle(**self._cycle())

    def undelete(self):
        return self.verbs.restore_cycle(**self._cycle(), allow_conflicts=self._leave())

    def dismiss(self):
        who = self.chance.choice(self.instructors)
        return self.chance.choice([self.verbs.instructors.delete, self.verbs.instructors.restore])(
            actor=ADMIN, id=who.id
        )


@pytest.mark.parametrize("mode", ["hourly", "daily"])
async def test_a_storm_of_verbs_ends_in_refusals_at_most_and_everything_adds_up(school, mode):
    """R-CYC-1, R-MEET-3, R-SCHED-5, R-SCHED-9 under hundreds of requests, 16 at a time."""
    instructors = [await school.instructor() for _ in range(2)]
    cycles = [
        await school.cycle(
            instructors[n % 2],
            start_time=f"{13 + n}:00",
            end_time=f"{14 + n}:30",
            instructor_payment_mode=mode,
            instructor_daily_rate="600.00",
            max_students=6,
        )
        for n in range(3)
    ]
    for cycle in cycles:
        await school.verbs.generate_meetings(actor=ADMIN, cycle_id=cycle.id, allow_conflicts=True)
    seed = random.SystemRandom().randrange(2**32)
    storm = Storm(
        school,
        random.Random(seed),  # noqa: S311  # chance, no secret
        cycles,
        instructors,
        await school.children(12),  # chance, no secret
    )
    succeeded = 0
    for number in range(ROUNDS):
        await storm.look()
        results = await at_once(*(storm.stroke() for _ in range(STROKES)))
        succeeded += len(done(results))
        try:
            await school.must_be_sound()
        except AssertionError as unsound:
            unsound.add_note(f"seed {seed}, round {number}")
            raise
        # what ended comes back, so that the next round has something to do
        await at_once(
            *(school.verbs.restore_cycle(actor=ADMIN, cycle_id=c.id) for c in cycles),
            *(school.verbs.instructors.restore(actor=ADMIN, id=i.id) for i in instructors),
        )
        await at_once(*(school.change(c, status="active") for c in cycles))
    assert succeeded > ROUNDS * STROKES // 10


async def test_verbs_that_lock_two_instructors_in_opposite_order_do_not_deadlock(school):
    """Locks are taken in one order: the cycle, then instructors; each of a swap gets through."""
    one, other = await school.instructor(), await school.instructor()
    first = await school.cycle(one)
    second = await school.cycle(other, start_time="18:00", end_time="19:00")
    for cycle in (first, second):
        await school.verbs.generate_meetings(actor=ADMIN, cycle_id=cycle.id)
    for new, newer in [(other, one), (one, other)] * 3:
        results = await at_once(
            school.change(first, instructor_id=new.id),
            school.change(second, instructor_id=newer.id),
            *(
                school.move(m, instructor_id=newer.id)
                for m in await school.meetings(first)
                if m.status is MeetingStatus.SCHEDULED
            ),
        )
        assert len(done(results)) == len(results)
    await school.must_be_sound()
