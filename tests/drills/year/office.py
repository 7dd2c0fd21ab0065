"""What the office does in a morning: every verb of managers, in the proportions of a school."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from haitech_domain.cycle import CycleStatus
from haitech_domain.meeting import MeetingNature
from haitech_domain.money import Money
from haitech_domain.registration import (
    PaymentMethod,
    PaymentStatus,
    RegistrationStatus,
    StatedCancellation,
    StatedPayment,
)
from haitech_domain.use_cases import Put, Recalculation
from tests.drills.year.founding import Founded
from tests.drills.year.school import ADMIN, Act, YearSchool

MEETINGS: Final = """
    SELECT m.id, m.cycle_id, m.instructor_id, m.status, m.scheduled_date, m.deleted_at IS NOT NULL
      FROM meetings m JOIN cycles c ON c.id = m.cycle_id
     WHERE c.deleted_at IS NULL AND m.scheduled_date BETWEEN %s AND %s ORDER BY m.id"""
CYCLES: Final = "SELECT id, status, deleted_at IS NOT NULL, total_meetings FROM cycles ORDER BY id"
REGISTRATIONS: Final = "SELECT id, status, deleted_at IS NOT NULL FROM registrations ORDER BY id"

A_DAY: Final[dict[str, float]] = {
    "joins": 6,
    "pays": 14,
    "becomes": 3,
    "reprices": 0.5,
    "leaves": 1.2,
    "is_struck_out": 0.4,
    "is_put_back": 0.4,
    "is_cancelled": 1,
    "is_postponed": 2.5,
    "is_moved": 1.5,
    "has_a_substitute": 2,
    "is_described": 1,
    "is_made": 0.6,
    "is_deleted": 0.4,
    "comes_back": 1,
    "is_reopened": 0.7,
    "is_recalculated": 0.5,
    "is_handed_over": 0.06,
    "is_resized": 0.3,
    "has_other_places": 0.1,
    "is_repriced": 0.2,
    "is_planned": 0.5,
    "is_called_off": 0.04,
    "is_closed": 0.02,
    "goes_on": 0.1,
    "is_thrown_away": 0.03,
    "is_found_again": 0.1,
}
"""How often each is done on a day of a school of two hundred cycles."""
FIRST_WEEKS: Final = 25
"""In them many more children join."""


class Office:
    """One morning at a time; it looks at the books first, and acts on what it saw there."""

    def __init__(self, school: YearSchool, founded: Founded) -> None:
        self.school = school
        self.founded = founded
        self.verbs: Any = school.verbs
        self.chance = school.chance
        self.meetings: list[Any] = []
        self.cycles: list[Any] = []
        self.registrations: list[Any] = []

    async def look(self) -> None:
        """What stands in the books this morning."""
        today = self.school.today()
        span = today - timedelta(days=30), today + timedelta(days=30)
        self.meetings = await self.school.rows(MEETINGS, *span)
        self.cycles = await self.school.rows(CYCLES)
        self.registrations = await self.school.rows(REGISTRATIONS)

    def morning(self) -> list[Act]:
        """What is done today, in no order."""
        size = self.school.size
        begins = (self.school.today() - size.first).days < FIRST_WEEKS
        rush = 11 * size.cycles / 200 if begins else size.busy
        acts: list[Act] = []
        for name, usual in A_DAY.items():
            often = usual * (rush if name == "joins" else size.busy)
            times = int(often) + (self.chance.random() < often % 1)
            for _ in range(times):
                acts.extend(getattr(self, name)())
        self.chance.shuffle(acts)
        return acts

    # ── whom and what it is about ──────────────────────────────────────────────────────────

    def _meeting(self, *statuses: str, ahead: bool | None = None, gone: bool = False) -> list[Any]:
        """One of those that fit, or none."""
        today = self.school.today()
        found = [
            row
            for row in self.meetings
            if row[5] is gone
            and (not statuses or row[3] in statuses)
            and (ahead is None or (row[4] > today) is ahead)
        ]
        return [self.chance.choice(found)] if found else []

    def _cycle(self, *statuses: str, gone: bool = False) -> list[Any]:
        found = [row for row in self.cycles if row[2] is gone and row[1] in statuses]
        return [self.chance.choice(found)] if found else []

    def _registration(self, *statuses: str, gone: bool = False) -> list[Any]:
        found = [
            r for r in self.registrations if r[2] is gone and (not statuses or r[1] in statuses)
        ]
        return [self.chance.choice(found)] if found else []

    def _leave(self) -> bool:
        return self.chance.random() < 0.3

    # ── registrations ──────────────────────────────────────────────────────────────────────

    def joins(self) -> Iterator[Act]:
        student = self.chance.choice(self.founded.students)
        amount = self.chance.choice([None, Money(self.chance.randrange(90_000, 300_000))])
        status = self.chance.choice([*["registered"] * 3, "active", "trial"])
        for id, *_ in self._cycle("active"):
            yield partial(
                self.verbs.register_student,
                actor=ADMIN,
                cycle_id=id,
                student_id=student,
                values={"status": RegistrationStatus(status), "amount": amount},
            )

    def pays(self) -> Iterator[Act]:
        stated = StatedPayment(payment_status=PaymentStatus.PAID)
        if self.chance.random() < 0.6:
            stated = StatedPayment(
                amount=Money(self.chance.choice([10_000, 33_333, 50_000])),
                payment_method=self.chance.choice(list(PaymentMethod)),
            )
        for id, *_ in self._registration():
            yield partial(
                self.verbs.pay_registration, actor=ADMIN, registration_id=id, stated=stated
            )

    def becomes(self) -> Iterator[Act]:
        status = self.chance.choice(["registered", "active"])
        for id, *_ in self._registration("trial", "registered"):
            yield partial(self._registration_with, id, status=RegistrationStatus(status))

    def reprices(self) -> Iterator[Act]:
        amount = Money(self.chance.randrange(80_000, 280_000))
        for id, *_ in self._registration():
            yield partial(self._registration_with, id, amount=amount)

    def _registration_with(self, id: UUID, **values: Any) -> Any:
        return self.verbs.update_registration(actor=ADMIN, registration_id=id, values=values)

    def leaves(self) -> Iterator[Act]:
        refund = self.chance.choice([None, Money(10_000), Money(33_333)])
        stated = StatedCancellation(reason="moved away", refund_amount=refund)
        for id, *_ in self._registration("registered", "active", "trial"):
            yield partial(
                self.verbs.cancel_registration, actor=ADMIN, registration_id=id, stated=stated
            )

    def is_struck_out(self) -> Iterator[Act]:
        for id, *_ in self._registration():
            yield partial(self.verbs.delete_registration, actor=ADMIN, registration_id=id)

    def is_put_back(self) -> Iterator[Act]:
        for id, *_ in self._registration(gone=True):
            yield partial(self.verbs.restore_registration, actor=ADMIN, registration_id=id)

    # ── meetings ───────────────────────────────────────────────────────────────────────────

    def is_cancelled(self) -> Iterator[Act]:
        for id, *_ in self._meeting("scheduled", ahead=True):
            yield partial(self.verbs.cancel_meeting, actor=ADMIN, meeting_id=id, reason="ill")

    def is_postponed(self) -> Iterator[Act]:
        day = self.school.today() + timedelta(days=self.chance.randrange(1, 60))
        to = self.chance.choice([Put(), Put(), Put(new_date=day, allow_conflicts=self._leave())])
        for id, *_ in self._meeting("scheduled", ahead=True):
            yield partial(self.verbs.postpone_meeting, actor=ADMIN, meeting_id=id, to=to)

    def is_moved(self) -> Iterator[Act]:
        day = self.school.today() + timedelta(days=self.chance.randrange(1, 20))
        values = self.chance.choice(
            [{"scheduled_date": day}, {"start_time": time(16, 45), "end_time": time(18)}]
        )
        for id, *_ in self._meeting("scheduled", ahead=True):
            yield partial(self._meeting_with, id, values, allow_conflicts=self._leave())

    def has_a_substitute(self) -> Iterator[Act]:
        who = self.chance.choice(self.founded.instructors)
        for id, *_ in self._meeting("scheduled", ahead=True):
            yield partial(
                self._meeting_with, id, {"instructor_id": who}, allow_conflicts=self._leave()
            )

    def is_described(self) -> Iterator[Act]:
        values = self.chance.choice([{"nature": MeetingNature.NO_REVENUE}, {"topic": "לולאות"}])
        for id, *_ in self._meeting("scheduled"):
            yield partial(self._meeting_with, id, values)

    def _meeting_with(self, id: UUID, values: Any, **leave: bool) -> Any:
        return self.verbs.update_meeting(actor=ADMIN, meeting_id=id, values=values, **leave)

    def is_made(self) -> Iterator[Act]:
        day = self.school.today() + timedelta(days=self.chance.randrange(1, 15))
        hour = self.chance.choice([9, 11, 13, 16])
        values = {"scheduled_date": day, "start_time": time(hour), "end_time": time(hour, 50)}
        for id, *_ in self._cycle("active", "completed"):
            yield partial(
                self.verbs.create_meeting,
                actor=ADMIN,
                values={"cycle_id": id, **values},
                allow_conflicts=self._leave(),
            )

    def is_deleted(self) -> Iterator[Act]:
        for id, *_ in self._meeting():
            yield partial(self.verbs.delete_meeting, actor=ADMIN, meeting_id=id)

    def comes_back(self) -> Iterator[Act]:
        gone = self._leave()
        for id, *_ in self._meeting(gone=True) if gone else self._meeting("cancelled"):
            yield partial(
                self.verbs.restore_meeting,
                actor=ADMIN,
                meeting_id=id,
                allow_conflicts=self._leave(),
            )

    def is_reopened(self) -> Iterator[Act]:
        for id, *_ in self._meeting("completed"):
            yield partial(self.verbs.reopen_meeting, actor=ADMIN, meeting_id=id)

    def is_recalculated(self) -> Iterator[Act]:
        how = Recalculation(dry_run=self._leave())
        for id, *_ in self._meeting("completed"):
            yield partial(self.verbs.recalculate_meeting, actor=ADMIN, meeting_id=id, how=how)

    # ── cycles ─────────────────────────────────────────────────────────────────────────────

    def _cycle_with(self, id: UUID, **values: Any) -> Any:
        return self.verbs.update_cycle(
            actor=ADMIN, cycle_id=id, values=values, allow_conflicts=self._leave()
        )

    def is_handed_over(self) -> Iterator[Act]:
        who = self.chance.choice(self.founded.instructors)
        for id, *_ in self._cycle("active"):
            yield partial(self._cycle_with, id, instructor_id=who)

    def is_resized(self) -> Iterator[Act]:
        for id, _status, _gone, total in self._cycle("active", "completed"):
            more = self.chance.choice([-1, 1, 2])
            yield partial(self._cycle_with, id, total_meetings=max(1, total + more))

    def has_other_places(self) -> Iterator[Act]:
        places = self.chance.choice([None, 4, 9, 12])
        for id, *_ in self._cycle("active"):
            yield partial(self._cycle_with, id, max_students=places)

    def is_repriced(self) -> Iterator[Act]:
        price = Money(self.chance.randrange(3_000, 6_000))
        for id, *_ in self._cycle("active"):
            yield partial(self._cycle_with, id, price_per_student=price)

    def is_planned(self) -> Iterator[Act]:
        for id, *_ in self._cycle("active", "completed"):
            yield partial(
                self.verbs.generate_meetings,
                actor=ADMIN,
                cycle_id=id,
                allow_conflicts=self._leave(),
            )

    def is_called_off(self) -> Iterator[Act]:
        for id, *_ in self._cycle("active"):
            yield partial(self._cycle_with, id, status=CycleStatus.CANCELLED)

    def is_closed(self) -> Iterator[Act]:
        for id, *_ in self._cycle("active"):
            yield partial(self._cycle_with, id, status=CycleStatus.COMPLETED)

    def goes_on(self) -> Iterator[Act]:
        for id, *_ in self._cycle("cancelled", "completed"):
            yield partial(self._cycle_with, id, status=CycleStatus.ACTIVE)

    def is_thrown_away(self) -> Iterator[Act]:
        for id, *_ in self._cycle("active", "cancelled", "completed"):
            yield partial(self.verbs.delete_cycle, actor=ADMIN, cycle_id=id)

    def is_found_again(self) -> Iterator[Act]:
        for id, *_ in self._cycle("active", "cancelled", "completed", gone=True):
            yield partial(
                self.verbs.restore_cycle, actor=ADMIN, cycle_id=id, allow_conflicts=self._leave()
            )
