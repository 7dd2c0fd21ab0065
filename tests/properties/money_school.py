"""A small school in memory whose money is played: rates, prices, registrations, days of meetings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.cycle import ActivityType, Cycle, CycleType, PaymentMode
from haitech_domain.entity import Entity
from haitech_domain.instructor import EmploymentType, Instructor
from haitech_domain.meeting import Figures, Meeting, MeetingNature, MeetingStatus, in_order
from haitech_domain.money import Money
from haitech_domain.registration import RegistrationStatus
from haitech_domain.testing.builders import (
    a_branch,
    a_course,
    a_customer,
    a_cycle,
    a_meeting,
    a_registration,
    a_student,
    an_instructor,
)
from haitech_domain.testing.strategies import ClosedDays
from haitech_domain.use_cases import INSTRUCTORS, Catalogue, CompleteMeeting, UpdateCycle
from haitech_domain.use_cases.school import School

SYSTEM: Final = Actor.system("test")
START: Final = datetime(2026, 1, 4, 9, 0, tzinfo=UTC)
"""A Sunday, on which every cycle here begins."""

amounts = st.integers(0, 500_000).map(Money)
RATES: Final[dict[str, Any]] = {
    "rate_frontal": st.none() | amounts,
    "rate_online": st.none() | amounts,
    "rate_private": st.none() | amounts,
    "employment_type": st.sampled_from(EmploymentType),
}
PRICES: Final[dict[str, Any]] = {
    "price_per_student": amounts,
    "meeting_revenue": amounts,
    "revenue_includes_vat": st.none() | st.booleans(),
    "instructor_payment_mode": st.sampled_from(PaymentMode),
    "instructor_daily_rate": st.none() | amounts,
    "student_count": st.none() | st.integers(0, 30),
    "activity_type": st.sampled_from(ActivityType),
}


@attrs.frozen(kw_only=True)
class Plan:
    """What a school is made of: fields of its cycle and instructors, what children pay, lessons.

    A lesson is days after the start, an hour, whether a substitute gives it, and its nature.
    """

    cycle: dict[str, Any]
    instructors: tuple[dict[str, Any], dict[str, Any]]
    children: Sequence[tuple[Money | None, RegistrationStatus]]
    lessons: Sequence[tuple[int, int, bool, MeetingNature]] = ()


@st.composite
def plans(draw: st.DrawFn, *, days: int = 3, lessons: int = 5) -> Plan:
    """Cycles of each type and payment mode, with what their money depends on."""
    kind = draw(st.sampled_from(CycleType))
    fields = {name: draw(values) for name, values in PRICES.items()}
    if kind is CycleType.PRIVATE and draw(st.booleans()):
        fields["meeting_revenue"] = None
    fields |= {"type": kind, "total_meetings": draw(st.integers(1, 6))}
    rates = [{name: draw(values) for name, values in RATES.items()} for _ in range(2)]
    child = st.tuples(st.none() | amounts, st.sampled_from(RegistrationStatus))
    lesson = st.tuples(
        st.integers(0, days - 1),
        st.integers(8, 12),
        st.sampled_from([False, False, True]),
        st.sampled_from([MeetingNature.REGULAR, MeetingNature.REGULAR, MeetingNature.NO_REVENUE]),
    )
    return Plan(
        cycle=fields,
        instructors=(rates[0], rates[1]),
        children=draw(st.lists(child, max_size=4)),
        lessons=draw(st.lists(lesson, max_size=lessons, unique_by=lambda one: one[:2])),
    )


class MoneySchool:
    """The school of a plan, with the verbs that bear on money."""

    def __init__(self) -> None:
        ids, self.clock = CountingIds(), FixedClock(START)
        self.uow = MemoryUnitOfWork(ids, self.clock)
        self.ids = ids
        self.school = School(holidays=ClosedDays())
        verbs: dict[str, Any] = {"uow": self.uow, "clock": self.clock, "school": self.school}
        self.verbs = verbs
        self.complete = CompleteMeeting(**verbs)
        self.update_cycle = UpdateCycle(**verbs)
        instructors = Catalogue.of(INSTRUCTORS, uow=self.uow, clock=self.clock, ids=ids)
        self.update_instructor = instructors.update

    async def built(self, plan: Plan) -> MoneySchool:
        """The plan, stored; its lessons are scheduled."""
        made = {"created_at": START, "updated_at": START}
        course, branch = a_course(), a_branch()
        self.own, self.substitute = (
            an_instructor(**{**made, **rates}) for rates in plan.instructors
        )
        self.cycle = a_cycle(
            course_id=course.id,
            branch_id=branch.id,
            instructor_id=self.own.id,
            start_date=START.date(),
            **{**made, **plan.cycle},
        )
        customer = a_customer()
        students = [a_student(customer_id=customer.id) for _ in plan.children]
        registrations = [
            a_registration(
                student_id=student.id, cycle_id=self.cycle.id, amount=amount, status=status
            )
            for student, (amount, status) in zip(students, plan.children, strict=True)
        ]
        lessons = [
            a_meeting(
                cycle_id=self.cycle.id,
                instructor_id=(self.substitute if substitute else self.own).id,
                scheduled_date=START.date() + timedelta(days=day),
                start_time=time(hour),
                end_time=time(hour, 50),
                number=number,
                nature=nature,
            )
            for number, (day, hour, substitute, nature) in enumerate(plan.lessons, start=1)
        ]
        rows: dict[str, Sequence[Entity]] = {
            "courses": [course],
            "branches": [branch],
            "instructors": [self.own, self.substitute],
            "cycles": [self.cycle],
            "customers": [customer],
            "students": students,
            "registrations": registrations,
            "meetings": lessons,
        }

        async def work(tx: Any) -> None:
            for name, some in rows.items():
                await getattr(tx, name).save(*map(Change.created, some))

        await self.uow.run(SYSTEM, work)
        return self

    def on(self, days: int) -> date:
        """Set the clock to so many days after the start; that day."""
        self.clock.set(START + timedelta(days=days))
        return START.date() + timedelta(days=days)

    async def meetings(self) -> list[Meeting]:
        """All meetings of the cycle as they are."""
        return in_order(await self.uow.read(lambda tx: tx.meetings.of_cycle(self.cycle.id)))

    async def held(self, order: Sequence[int], most: int = 100) -> list[Meeting]:
        """Complete what is scheduled in some order, so many at most; all meetings then."""
        there = await self.meetings()
        scheduled = [m for m in there if m.status is MeetingStatus.SCHEDULED]
        turns = [n for n in order if n < len(scheduled)]
        assert len(turns) == len(scheduled), "an order of more meetings is needed"
        for position in turns[:most]:
            await self.complete(actor=SYSTEM, meeting_id=scheduled[position].id, notes={})
        return await self.meetings()

    async def change(self, whose: str, **values: Any) -> Cycle | Instructor:
        """Change the cycle, or its own instructor or the substitute, by the use case for it."""
        if whose == "cycle":
            return await self.update_cycle(actor=SYSTEM, cycle_id=self.cycle.id, values=values)
        one = self.own if whose == "own" else self.substitute
        return await self.update_instructor(actor=SYSTEM, id=one.id, values=values)


def figures(meetings: Sequence[Meeting]) -> list[Figures]:
    """The money of each."""
    return [Figures.of(meeting) for meeting in meetings]
