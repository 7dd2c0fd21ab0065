"""Converting leads into students, and into registrations (domain.md §1: a lead becomes)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.change import Change
from haitech_domain.customer import Customer
from haitech_domain.errors import Invalid, Problem, fields_called
from haitech_domain.fields import Name, Price, Text, enforce
from haitech_domain.ids import CycleId, LeadId, StudentId
from haitech_domain.lead import Lead, convert
from haitech_domain.lead.transitions import must_be_convertible
from haitech_domain.ports import Clock, Ids, Transaction, UnitOfWork
from haitech_domain.registration import Registration, RegistrationStatus
from haitech_domain.student import Student
from haitech_domain.student.entity import BirthDate
from haitech_domain.use_cases.references import must_exist
from haitech_domain.use_cases.register_student import RegisterStudent
from haitech_domain.use_cases.resources import STUDENTS

_OF_A_NEW_ONE: Final = ("child_name", "birth_date", "grade")
_OF_A_REGISTRATION: Final = ("amount", "registration_status")


@attrs.frozen(kw_only=True)
class StatedConversion:
    """What a request states of a conversion: which child, and perhaps which cycle.

    The child is a new student, by default of the lead's own `child_name`, or the customer's
    student `student_id`. `amount` and `registration_status` are of the registration.

    :raises Invalid: values that break their rules, or do not go together
    """

    student_id: StudentId | None = None
    child_name: Name | None = None
    birth_date: BirthDate | None = None
    grade: Annotated[str, Text(50)] | None = None
    cycle_id: CycleId | None = None
    amount: Price | None = None
    registration_status: RegistrationStatus | None = None

    def __attrs_post_init__(self) -> None:
        enforce(self)
        problems = tuple(self._not_together())
        if problems:
            raise Invalid(problems)

    def _not_together(self) -> Iterator[Problem]:
        given = {a.name for a in attrs.fields(type(self)) if getattr(self, a.name) is not None}
        if "student_id" in given:
            for field in (f for f in _OF_A_NEW_ONE if f in given):
                yield Problem(field, "is for a new student; leave out studentId", "value.surplus")
        if "cycle_id" not in given:
            for field in (f for f in _OF_A_REGISTRATION if f in given):
                yield Problem(field, "is of a registration; give cycleId", "value.surplus")


@attrs.frozen(kw_only=True)
class Conversion:
    """What a lead became."""

    lead: Lead
    customer: Customer
    student: Student
    registration: Registration | None


@attrs.frozen(kw_only=True)
class ConvertLead:
    """Convert an open lead: make its child a student of its customer, and perhaps register it.

    The child is named by `childName`, else by the lead; `studentId` names one that the customer
    has already. With `cycleId` it is registered under the rules of any registration, all in one
    transaction: where the cycle is full, nothing is made.
    """

    uow: UnitOfWork
    clock: Clock
    ids: Ids
    register: RegisterStudent

    async def __call__(
        self, *, actor: Actor, lead_id: LeadId, stated: StatedConversion
    ) -> Conversion:
        """What it became.

        :raises Forbidden: the actor may not update leads, make students, or register them
        :raises NotFound: there is no such lead
        :raises Invalid: nothing names the child, or the cycle or the student does not exist
        :raises Transition: the lead is converted or closed
        :raises DomainError: whatever a registration may be refused for
        """
        grant(actor, Action.UPDATE, Resource.LEADS)
        if stated.student_id is None:
            grant(actor, Action.CREATE, Resource.STUDENTS)
        if stated.cycle_id is not None:
            grant(actor, Action.CREATE, Resource.REGISTRATIONS)
        born: dict[str, Any] = {"birth_date": stated.birth_date}
        wrong = tuple(STUDENTS.dated(self.clock.civil().date(), born))
        if wrong:
            raise Invalid(wrong)

        async def work(tx: Transaction) -> Conversion:
            seen = await tx.leads.get(lead_id)
            await must_exist({"cycle_id": (tx.cycles, stated.cycle_id)})
            customer = await tx.customers.lock(seen.customer_id)
            await must_exist({"student_id": (tx.students, stated.student_id)})
            lead = await tx.leads.lock(lead_id)
            must_be_convertible(lead)
            student = await self._student(tx, lead, stated)
            change = convert(lead, student.id, at=self.clock.now())
            await tx.leads.save(change)
            return Conversion(
                lead=change.after,
                customer=customer,
                student=student,
                registration=await self._registration(tx, student, stated),
            )

        return await self.uow.run(actor, work)

    async def _student(self, tx: Transaction, lead: Lead, stated: StatedConversion) -> Student:
        if stated.student_id is not None:
            student = await tx.students.get(stated.student_id)
            if student.customer_id != lead.customer_id:
                raise Invalid.because(
                    "student_id", "is a student of another customer", reason="reference.foreign"
                )
            return student
        at = self.clock.now()
        with fields_called({"name": "child_name"}):
            student = Student(
                id=StudentId(self.ids.new()),
                customer_id=lead.customer_id,
                name=stated.child_name or lead.child_name,  # type: ignore[arg-type]  # none is refused
                birth_date=stated.birth_date,
                grade=stated.grade,
                created_at=at,
                updated_at=at,
            )
        await tx.students.save(Change.created(student, *STUDENTS.created_events(at, student)))
        return student

    async def _registration(
        self, tx: Transaction, student: Student, stated: StatedConversion
    ) -> Registration | None:
        if stated.cycle_id is None:
            return None
        given = {"amount": stated.amount, "status": stated.registration_status}
        cycle = await tx.cycles.lock(stated.cycle_id)
        with fields_called({"status": "registration_status"}):
            return await self.register.join(
                tx, cycle, student.id, {k: v for k, v in given.items() if v is not None}
            )
