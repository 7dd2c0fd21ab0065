"""The simple resources, each a declaration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from haitech_domain.access import Action, Resource, Role
from haitech_domain.branch import Branch, Closure
from haitech_domain.change import Change, Verb
from haitech_domain.course import Course
from haitech_domain.customer import (
    Customer,
    CustomerCreated,
    CustomerDeleted,
    CustomerUpdated,
)
from haitech_domain.errors import DomainError, Duplicate, Problem, WouldOrphan
from haitech_domain.instructor import Instructor, TimeOff
from haitech_domain.order import InstitutionalOrder, OrderInUse
from haitech_domain.ports import Listing, Transaction
from haitech_domain.student import Student, StudentCreated, StudentDeleted, StudentUpdated
from haitech_domain.use_cases.closing import locked_user, shut_out, void_links
from haitech_domain.use_cases.references import ParentDeleted, References, must_be_back, must_exist
from haitech_domain.use_cases.spec import A_PART, Spec
from haitech_domain.user import LastAdmin, User


async def _course_is_idle(tx: Transaction, course: Course) -> None:
    _none_active("course", await tx.cycles.active_count(course=course.id))


async def _branch_is_idle(tx: Transaction, branch: Branch) -> None:
    _none_active("branch", await tx.cycles.active_count(branch=branch.id))


async def _instructor_is_idle(tx: Transaction, instructor: Instructor) -> None:
    _none_active("instructor", await tx.cycles.active_count(instructor=instructor.id))
    scheduled = await tx.meetings.scheduled_count(instructor.id)
    if scheduled:
        raise WouldOrphan("instructor", scheduled, "scheduled meetings")


async def _their_user_leaves(tx: Transaction, before: Instructor, after: Instructor) -> None:
    """Who teaches no more logs in no more; somebody with another role keeps the account."""
    if after.deleted_at is None or before.user_id is None:
        return
    user = await locked_user(tx, before.user_id)
    if user is not None and user.role is Role.INSTRUCTOR:
        closed = user.changed(after.updated_at, is_active=False)
        await tx.users.save(Change.updated(user, closed, action="deactivate"))
        await shut_out(tx, user.id, at=after.updated_at)


def _none_active(what: str, cycles: int) -> None:
    if cycles:
        raise WouldOrphan(what, cycles, "active cycles")


async def _customer_is_idle(tx: Transaction, customer: Customer) -> None:
    _none_live("customer", await tx.registrations.live_count(customer=customer.id))


async def _locked_students(tx: Transaction, customer: Customer) -> list[Student]:
    """The students who go with a customer: nobody registers them once these are locked.

    Nobody joins them either, as that takes the customer's lock; who left meanwhile stays out.
    """
    listed = await tx.students.of_customer(customer.id)
    locked = await tx.students.lock_many(student.id for student in listed)
    return [student for student in locked.values() if student.customer_id == customer.id]


async def _student_is_idle(tx: Transaction, student: Student) -> None:
    _none_live("student", await tx.registrations.live_count(student=student.id))


def _none_live(what: str, registrations: int) -> None:
    if registrations:
        raise WouldOrphan(what, registrations, "live registrations")


def _customer_named(tx: Transaction, values: Mapping[str, Any]) -> References:
    return {"customer_id": (tx.customers, values.get("customer_id"))}


async def _has_customer(tx: Transaction, before: Student | None, after: Student) -> None:
    """A student who stays with their customer keeps it from being deleted by their own lock."""
    if before is None or before.customer_id != after.customer_id:
        await must_exist({"customer_id": (tx.customers, after.customer_id)})


def _born(today: date, values: Mapping[str, Any]) -> Iterator[Problem]:
    day = values.get("birth_date")
    if type(day) is date and day > today:
        yield Problem("birth_date", "must not be after today", "date.future")


async def _customer_is_back(tx: Transaction, student: Student) -> None:
    await must_be_back("student", {"customer": (tx.customers, student.customer_id)})


async def _an_admin_stays(tx: Transaction, user: User) -> None:
    """api.md: the last administrator is neither deactivated nor given another role."""
    if not user.is_admin:
        await _is_not_the_last(tx, user)


async def _is_not_the_last(tx: Transaction, user: User) -> None:
    if [admin.id for admin in await tx.users.lock_admins()] == [user.id]:
        raise LastAdmin


async def _what_was_open_closes(tx: Transaction, before: User, after: User) -> None:
    if after.deleted_at is not None or not after.is_active:
        await shut_out(tx, after.id, at=after.updated_at)
    elif after.email != before.email:
        await void_links(tx, after.id, at=after.updated_at)  # they went to the old address


async def _order_is_idle(tx: Transaction, order: InstitutionalOrder) -> None:
    _none_active("institutional order", await tx.cycles.active_count(order=order.id))


def _branch_named(tx: Transaction, values: Mapping[str, Any]) -> References:
    return {"branch_id": (tx.branches, values.get("branch_id"))}


async def _order_has_branch(
    tx: Transaction, before: InstitutionalOrder | None, after: InstitutionalOrder
) -> None:
    if before is not None and before.branch_id == after.branch_id:
        return
    await must_exist({"branch_id": (tx.branches, after.branch_id)})
    cycles = 0 if before is None else await tx.cycles.active_count(order=after.id)
    if cycles:
        raise OrderInUse(cycles)


async def _order_branch_is_back(tx: Transaction, order: InstitutionalOrder) -> None:
    await must_be_back("institutional order", {"branch": (tx.branches, order.branch_id)})


_TAKEN: Final[Mapping[Verb, tuple[type[DomainError], ...]]] = {
    "create": (Duplicate,),
    "update": (Duplicate,),
    "restore": (Duplicate,),
}
"""R-PPL-1: of what is unique among the live."""
_ORPHANS: Final[Mapping[Verb, tuple[type[DomainError], ...]]] = {"delete": (WouldOrphan,)}

STUDENTS: Final = Spec(
    resource=Resource.STUDENTS,
    entity=Student,
    repository=lambda tx: tx.students,
    for_instructors=Listing(
        filters=frozenset({"grade"}), sorts=("name", "created_at"), searched=("name",)
    ),
    dated=_born,
    named=_customer_named,
    moving=_has_customer,
    returning=_customer_is_back,
    leaving=_student_is_idle,
    refuses={**_ORPHANS, "restore": (ParentDeleted,)},
    created_events=lambda at, s: (
        StudentCreated(at=at, student_id=s.id, customer_id=s.customer_id),
    ),
    updated_events=lambda at, s, f: (StudentUpdated(at=at, student_id=s.id, fields=f),),
    deleted_events=lambda at, s: (StudentDeleted(at=at, student_id=s.id),),
)
CUSTOMERS: Final = Spec(
    resource=Resource.CUSTOMERS,
    entity=Customer,
    repository=lambda tx: tx.customers,
    leaving=_customer_is_idle,
    refuses={**_TAKEN, **_ORPHANS},
    family=STUDENTS,
    members=_locked_students,
    relatives=lambda tx, customer: tx.students.of_customer(customer.id),
    created_events=lambda at, c: (CustomerCreated(at=at, customer_id=c.id, name=c.name),),
    updated_events=lambda at, c, f: (CustomerUpdated(at=at, customer_id=c.id, fields=f),),
    deleted_events=lambda at, c: (CustomerDeleted(at=at, customer_id=c.id),),
)
COURSES: Final = Spec(
    resource=Resource.COURSES,
    entity=Course,
    repository=lambda tx: tx.courses,
    leaving=_course_is_idle,
    refuses=_ORPHANS,
)
BRANCHES: Final = Spec(
    resource=Resource.BRANCHES,
    entity=Branch,
    repository=lambda tx: tx.branches,
    leaving=_branch_is_idle,
    refuses=_ORPHANS,
)
CLOSURES: Final = Spec(
    resource=Resource.BRANCHES,
    counts_as=A_PART,
    parent=lambda tx: tx.branches,
    entity=Closure,
    repository=lambda tx: tx.closures,
)
ORDERS: Final = Spec(
    resource=Resource.ORDERS,
    entity=InstitutionalOrder,
    repository=lambda tx: tx.orders,
    named=_branch_named,
    moving=_order_has_branch,
    leaving=_order_is_idle,
    returning=_order_branch_is_back,
    refuses={**_ORPHANS, "update": (OrderInUse,), "restore": (ParentDeleted,)},
)
INSTRUCTORS: Final = Spec(
    resource=Resource.INSTRUCTORS,
    entity=Instructor,
    repository=lambda tx: tx.instructors,
    leaving=_instructor_is_idle,
    refuses={**_TAKEN, **_ORPHANS},
    follows=_their_user_leaves,
    for_instructors=Listing(sorts=("name",), searched=("name",), order=(("name", False),)),
)
TIME_OFF: Final = Spec(
    resource=Resource.INSTRUCTORS,
    counts_as={
        Action.READ: Action.SEE_TIMES,
        Action.CREATE: Action.ANNOTATE,
        Action.UPDATE: Action.ANNOTATE,
        Action.DELETE: Action.ANNOTATE,
    },
    parent=lambda tx: tx.instructors,
    entity=TimeOff,
    repository=lambda tx: tx.time_off,
)
USERS: Final = Spec(
    resource=Resource.USERS,
    entity=User,
    repository=lambda tx: tx.users,
    first=lambda tx: tx.users.lock_admins(),
    checked=_an_admin_stays,
    leaving=_is_not_the_last,
    refuses={**_TAKEN, "update": (Duplicate, LastAdmin), "delete": (LastAdmin,)},
    follows=_what_was_open_closes,
)
