"""The demo school: synthetic data with Hebrew names, made through the school's own verbs."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import attrs

from haitech_app.container import Container
from haitech_app.demo_names import BRANCHES, CHILDREN, COURSES, ENQUIRIES, FAMILIES, PARENTS
from haitech_app.production import DEMO_PASSWORD
from haitech_app.server import Say
from haitech_app.settings import Environment, Settings
from haitech_domain.access import Actor, Role
from haitech_domain.attendance import AttendanceStatus, Mark
from haitech_domain.calendar import DayOfWeek
from haitech_domain.change import Change
from haitech_domain.cycle import ActivityType, Cycle, CycleType
from haitech_domain.errors import DomainError
from haitech_domain.ids import CycleId, MarkId
from haitech_domain.lead import Enquiry
from haitech_domain.meeting import Meeting, MeetingStatus
from haitech_domain.money import Money
from haitech_domain.ports import Clock, Ids, Query, Transaction, UnitOfWork
from haitech_domain.registration import (
    PaymentMethod,
    PaymentStatus,
    Registration,
    StatedPayment,
)
from haitech_domain.scheduling import InstructorBusy
from haitech_domain.student import Student
from haitech_domain.use_cases import Verbs

EMAIL: Final = "admin@demo.haitech.example"
TEACHER: Final = "teacher@demo.haitech.example"
PASSWORD: Final = DEMO_PASSWORD
DEMO: Final = Actor.system("demo")
_PAYMENTS: Final = (
    StatedPayment(payment_status=PaymentStatus.PAID, payment_method=PaymentMethod.CREDIT),
    StatedPayment(payment_status=PaymentStatus.PAID, payment_method=PaymentMethod.TRANSFER),
    StatedPayment(amount=Money.of(400), payment_method=PaymentMethod.CASH),
    None,
)
_MOSTLY_THERE: Final = (*(AttendanceStatus.PRESENT,) * 6, *AttendanceStatus)


@attrs.frozen(kw_only=True)
class Plan:
    """How large the school is to be."""

    customers: int = 100
    cycles: int = 30
    instructors: int = 8


SEED: Final = Plan()


def demo_settings(settings: Settings, *, port: int | None) -> Settings:
    """The settings of a demo: its environment (and so its folder), a known administrator."""
    return attrs.evolve(
        settings,
        env=Environment.DEMO,
        port=port or settings.port,
        admin_email=EMAIL,
        admin_password=PASSWORD,
        log_level=settings.log_level or "INFO",
    )


async def seed(settings: Settings, *, say: Say, plan: Plan) -> None:
    """Fill an empty school; leave one that has courses as it is."""
    container = Container(settings=settings)
    async with container.pool():
        verbs = container.verbs()
        if (await verbs.courses.list(actor=DEMO, query=Query(limit=1))).total:
            say("the demo school is there already")
            return
        say(f"seeding: {plan.customers} customers, {plan.cycles} cycles with their meetings …")
        today = container.clock().civil().date()
        maker = _Maker(container, verbs, random.Random(5786), today)  # noqa: S311  # nosec B311  # not for secrets
        await maker.fill(plan)
        admins = Query(filters={"role": Role.ADMIN}, limit=1)
        users = await container.uow().read(lambda tx: tx.users.page(admins))
        for user in users.items:
            await maker.views(user.actor())
        say("seeded")


class _Maker:
    """Makes one school; the same one for the same random numbers and day."""

    def __init__(
        self, container: Container, verbs: Verbs, chance: random.Random, today: date
    ) -> None:
        self._verbs = verbs
        self._uow: UnitOfWork = container.uow()
        self._clock: Clock = container.clock()
        self._ids: Ids = container.ids()
        self._chance = chance
        self._today = today

    async def fill(self, plan: Plan) -> None:
        courses = [
            await self._verbs.courses.create(actor=DEMO, values=values) for values in COURSES
        ]
        branches = [
            await self._verbs.branches.create(actor=DEMO, values=values) for values in BRANCHES
        ]
        orders = {
            branch.id: await self._order(branch, number)
            for number, branch in enumerate(branches[:2])
        }
        await self._closures(branches)
        instructors = [await self._instructor(n) for n in range(plan.instructors)]
        students = [s for n in range(plan.customers) for s in await self._family(n)]
        await self._leads()
        for number in range(plan.cycles):
            cycle = await self._cycle(
                number,
                course=self._chance.choice(courses),
                branch=self._chance.choice(branches),
                instructor=instructors[number % len(instructors)],
                orders=orders,
            )
            children = await self._register(cycle, students)
            await self._pay(children)
            await self._teach(cycle, children)

    async def _leads(self) -> None:
        for said in ENQUIRIES:
            enquiry = Enquiry(**said, source="website")  # type: ignore[arg-type]  # writings
            await self._verbs.receive_lead(actor=DEMO, enquiry=enquiry)

    async def _order(self, branch: Any, number: int) -> Any:
        values = {
            "branch_id": branch.id,
            "order_number": f"{self._today.year}-{100 + number}",
            "order_date": self._today - timedelta(weeks=24),
            "start_date": self._today - timedelta(weeks=20),
            "end_date": self._today + timedelta(weeks=30),
            "price_per_meeting": "600.00",
            "estimated_meetings": 60,
            "status": "active",
        }
        return await self._verbs.orders.create(actor=DEMO, values=values)

    async def _closures(self, branches: Sequence[Any]) -> None:
        for weeks, branch in enumerate(branches, 3):
            first = self._today + timedelta(weeks=weeks)
            days = {"first_day": first, "last_day": first + timedelta(days=2), "why": "שיפוצים"}
            within = {"branch_id": branch.id}
            await self._verbs.closures.create(actor=DEMO, values=days, within=within)

    async def views(self, owner: Actor) -> None:
        """Two views that everybody sees, of this owner's."""
        shared = {"is_public": True, "is_default": True}
        for values in (
            {"name": "מחזורים פעילים", "entity": "cycles", "filters": {"status": "active"}},
            {
                "name": "רשומים כעת",
                "entity": "customers",
                "filters": {"has_active_registration": True},
            },
        ):
            await self._verbs.saved_views.create(actor=owner, values={**values, **shared})

    async def _instructor(self, number: int) -> Any:
        rate = self._chance.randrange(110, 190, 5)
        values = {
            "name": f"{PARENTS[number]} {FAMILIES[-number - 1]}",
            "phone": f"052-{7_000_000 + number * 137:07}",
            "rate_frontal": rate,
            "rate_online": rate - 20,
            "employment_type": self._chance.choice(["freelancer", "employee"]),
        }
        if number == 0:  # one of them logs in
            values |= {"email": TEACHER, "create_user": True, "user_password": PASSWORD}
        made = await self._verbs.instructors.create(actor=DEMO, values=values)
        if number == 0:
            await self._goes_away(made)
        if number % 3 == 1:
            windows = [(day, "13:00", "20:00") for day in (DayOfWeek.SUNDAY, DayOfWeek.WEDNESDAY)]
            await self._verbs.set_availability(actor=DEMO, instructor_id=made.id, windows=windows)
        return made

    async def _goes_away(self, instructor: Any) -> None:
        first = self._today + timedelta(weeks=5)
        days = {"first_day": first, "last_day": first + timedelta(days=3), "why": "מילואים"}
        within = {"instructor_id": instructor.id}
        await self._verbs.time_off.create(actor=DEMO, values=days, within=within)

    async def _family(self, number: int) -> list[Student]:
        family = FAMILIES[number % len(FAMILIES)]
        customer = await self._verbs.customers.create(
            actor=DEMO,
            values={
                "name": f"{PARENTS[number % len(PARENTS)]} {family}",
                "phone": f"050-{2_000_000 + number * 7_919:07}",
                "email": f"parent{number}@demo.haitech.example",
                "city": self._chance.choice(["חולון", "תל אביב", "רחובות", "חיפה"]),
            },
        )
        return [
            await self._verbs.students.create(
                actor=DEMO,
                values={
                    "customer_id": customer.id,
                    "name": f"{self._chance.choice(CHILDREN)} {family}",
                    "grade": self._chance.choice(["ג", "ד", "ה", "ו", "ז"]),
                },
            )
            for _ in range(self._chance.choice([1, 1, 2]))
        ]

    async def _cycle(
        self, number: int, *, course: Any, branch: Any, instructor: Any, orders: Mapping[Any, Any]
    ) -> Cycle:
        kind = list(CycleType)[number % len(CycleType)]
        # each instructor's cycles get days and hours of their own, so none overlap
        turn = number // SEED.instructors
        day = list(DayOfWeek)[(number + turn) % 6]
        hour = 14 + turn % 5
        values: dict[str, Any] = {
            "name": f"{course.name} - {branch.name} {number + 1}",
            "course_id": course.id,
            "branch_id": branch.id,
            "instructor_id": instructor.id,
            "type": kind,
            "start_date": self._today - timedelta(weeks=self._chance.randrange(4, 16)),
            "day_of_week": day,
            "start_time": f"{hour}:00",
            "end_time": f"{hour}:45" if number % 2 else f"{hour + 1}:00",
            "total_meetings": self._chance.choice([12, 16, 20, 24]),
            "max_students": 14,
            "activity_type": list(ActivityType)[number % 2],
        }
        values |= {
            CycleType.PRIVATE: {"default_registration_amount": "1180.00"},
            CycleType.INSTITUTIONAL_PER_CHILD: {"price_per_student": "45.50"},
            CycleType.INSTITUTIONAL_FIXED: {"meeting_revenue": "600.00"},
        }[kind]
        if kind is not CycleType.PRIVATE and branch.id in orders:
            values["institutional_order_id"] = orders[branch.id].id
        return await self._verbs.create_cycle(actor=DEMO, values=values)

    async def _register(self, cycle: Cycle, students: Sequence[Student]) -> list[Registration]:
        return [
            await self._verbs.register_student(actor=DEMO, cycle_id=cycle.id, student_id=student.id)
            for student in self._chance.sample(students, self._chance.randrange(4, 12))
        ]

    async def _pay(self, children: Sequence[Registration]) -> None:
        """Of those who have a price most pay it, some a part, some nothing yet."""
        for child in children:
            stated = self._chance.choice(_PAYMENTS)
            if child.amount is not None and stated is not None:
                await self._verbs.pay_registration(
                    actor=DEMO, registration_id=child.id, stated=stated
                )

    async def _teach(self, cycle: Cycle, children: Sequence[Registration]) -> None:
        try:
            made = await self._verbs.generate_meetings(actor=DEMO, cycle_id=CycleId(cycle.id))
        except InstructorBusy:
            made = await self._verbs.generate_meetings(
                actor=DEMO, cycle_id=CycleId(cycle.id), allow_conflicts=True
            )
        past = [m for m in made.meetings if m.scheduled_date < self._today]
        for meeting in past:
            try:
                await self._happen(meeting.id)
            except DomainError as refused:
                raise RuntimeError(f"the demo school cannot be made: {refused}") from refused
        await self._mark(past, children)

    async def _mark(self, past: Sequence[Meeting], children: Sequence[Registration]) -> None:
        """Mark nine of ten children in the meetings that were held, saved as they are."""
        at = self._clock.now()

        async def work(tx: Transaction) -> None:
            there = await tx.meetings.many(meeting.id for meeting in past)
            held = [m for m in past if there[m.id].status is MeetingStatus.COMPLETED]
            marks = [
                Mark(
                    id=MarkId(self._ids.new()),
                    meeting_id=meeting.id,
                    registration_id=child.id,
                    status=self._chance.choice(_MOSTLY_THERE),
                    recorded_at=at,
                    created_at=at,
                    updated_at=at,
                )
                for meeting in held
                for child in children
                if self._chance.random() < 0.9  # noqa: PLR2004  # the others are yet to be marked
            ]
            await tx.attendance.save(*map(Change.created, marks))

        await self._uow.run(DEMO, work)

    async def _happen(self, meeting_id: Any) -> None:
        luck = self._chance.random()
        if luck < 0.9:  # noqa: PLR2004  # nine of ten are held
            await self._verbs.complete_meeting(actor=DEMO, meeting_id=meeting_id, notes={})
        elif luck < 0.95:  # noqa: PLR2004
            await self._verbs.cancel_meeting(actor=DEMO, meeting_id=meeting_id, reason="מחלה")


def invite(settings: Settings, *, say: Say) -> None:
    """Say where the school is, how to log in, and three commands that work."""
    base = f"http://{settings.host}:{settings.port}/api/v1"
    say(
        f"""
  The demo school
    API    {base}
    docs   {base}/docs
    login  {EMAIL} / {PASSWORD}
    or     {TEACHER} / {PASSWORD} (an instructor)

  Try:
    TOKEN=$(curl -s {base}/auth/login -H 'Content-Type: application/json' \\
      -d '{{"email":"{EMAIL}","password":"{PASSWORD}"}}' \\
      | python3 -c 'import json,sys; print(json.load(sys.stdin)["data"]["accessToken"])')
    curl -s "{base}/cycles?limit=3&sortBy=name" -H "Authorization: Bearer $TOKEN"
    curl -s "{base}/meetings?status=scheduled&limit=3" -H "Authorization: Bearer $TOKEN"
"""
    )
