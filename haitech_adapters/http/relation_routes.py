"""Which lists there are of what belongs to one thing; the mechanism is in `relations.py`."""

from __future__ import annotations

from typing import Final

from haitech_adapters.http.attendance_shapes import AttendanceQuery, MarkView, mark_view
from haitech_adapters.http.closures import ClosureQuery, ClosureView, closure_view
from haitech_adapters.http.cycle_shapes import CycleQuery, CycleView, cycle_view
from haitech_adapters.http.meeting_shapes import MeetingQuery, MeetingView, meeting_view
from haitech_adapters.http.orders import OrderQuery, OrderView, order_view
from haitech_adapters.http.registration_shapes import (
    RegistrationQuery,
    RegistrationView,
    registration_view,
)
from haitech_adapters.http.relations import Listed, Parent, Rows, relation, rows_of
from haitech_adapters.http.students import StudentQuery, StudentView, student_view
from haitech_domain.access import Actor, Resource
from haitech_domain.ids import CycleId
from haitech_domain.ports import Query
from haitech_domain.use_cases import ListCycles, Verbs

COURSE: Final = Parent(
    path="/courses",
    one="a course",
    resource=Resource.COURSES,
    read=lambda verbs, actor, id: verbs.courses.read(actor=actor, id=id),
)
BRANCH: Final = Parent(
    path="/branches",
    one="a branch",
    resource=Resource.BRANCHES,
    read=lambda verbs, actor, id: verbs.branches.read(actor=actor, id=id),
)
INSTRUCTOR: Final = Parent(
    path="/instructors",
    one="an instructor",
    resource=Resource.INSTRUCTORS,
    read=lambda verbs, actor, id: verbs.instructors.read(actor=actor, id=id),
)
ORDER: Final = Parent(
    path="/institutional-orders",
    one="an institutional order",
    resource=Resource.ORDERS,
    read=lambda verbs, actor, id: verbs.orders.read(actor=actor, id=id),
)
CUSTOMER: Final = Parent(
    path="/customers",
    one="a customer",
    resource=Resource.CUSTOMERS,
    read=lambda verbs, actor, id: verbs.customers.read(actor=actor, id=id),
)
STUDENT: Final = Parent(
    path="/students",
    one="a student",
    resource=Resource.STUDENTS,
    read=lambda verbs, actor, id: verbs.students.read(actor=actor, id=id),
)
CYCLE: Final = Parent(
    path="/cycles",
    one="a cycle",
    resource=Resource.CYCLES,
    read=lambda verbs, actor, id: verbs.read_cycle(actor=actor, cycle_id=CycleId(id)),
)


REGISTRATION: Final = Parent(
    path="/registrations",
    one="a registration",
    resource=Resource.REGISTRATIONS,
    read=lambda verbs, actor, id: verbs.read_registration(actor=actor, id=id),
)


async def _cycle_rows(verbs: Verbs, actor: Actor, query: Query) -> Rows:
    found, relatives = await verbs.list_cycles(actor=actor, query=query)
    return [cycle_view(cycle, actor, relatives) for cycle in found.items], found


CYCLES: Final = Listed(
    resource=Resource.CYCLES,
    query=CycleQuery,
    result=CycleView,
    rows=_cycle_rows,
    use_case=ListCycles,
)
MEETINGS: Final = Listed(
    resource=Resource.MEETINGS,
    query=MeetingQuery,
    result=MeetingView,
    rows=rows_of(lambda verbs: verbs.list_meetings, meeting_view),
)
ORDERS: Final = Listed(
    resource=Resource.ORDERS,
    query=OrderQuery,
    result=OrderView,
    rows=rows_of(lambda verbs: verbs.orders.list, order_view),
)
STUDENTS: Final = Listed(
    resource=Resource.STUDENTS,
    query=StudentQuery,
    result=StudentView,
    rows=rows_of(lambda verbs: verbs.students.list, student_view),
)
REGISTRATIONS: Final = Listed(
    resource=Resource.REGISTRATIONS,
    query=RegistrationQuery,
    result=RegistrationView,
    rows=rows_of(lambda verbs: verbs.list_registrations, registration_view),
)
ATTENDANCE: Final = Listed(
    resource=Resource.ATTENDANCE,
    query=AttendanceQuery,
    result=MarkView,
    rows=rows_of(lambda verbs: verbs.list_attendance, mark_view),
)
CLOSURES: Final = Listed(
    resource=Resource.BRANCHES,
    query=ClosureQuery,
    result=ClosureView,
    rows=rows_of(lambda verbs: verbs.closures.list, closure_view),
)

RELATIONS: Final = (
    relation(of=COURSE, name="cycles", listed=CYCLES, by="course_id"),
    relation(of=BRANCH, name="cycles", listed=CYCLES, by="branch_id"),
    relation(of=BRANCH, name="orders", listed=ORDERS, by="branch_id"),
    relation(of=BRANCH, name="closures", listed=CLOSURES, by="branch_id"),
    relation(of=INSTRUCTOR, name="cycles", listed=CYCLES, by="instructor_id"),
    relation(of=INSTRUCTOR, name="meetings", listed=MEETINGS, by="instructor_id"),
    relation(
        of=ORDER, name="cycles", listed=CYCLES, by="institutional_order_id", access=Resource.ORDERS
    ),
    relation(
        of=CUSTOMER, name="students", listed=STUDENTS, by="customer_id", access=Resource.CUSTOMERS
    ),
    relation(
        of=CUSTOMER,
        name="registrations",
        listed=REGISTRATIONS,
        by="customer_id",
        access=Resource.CUSTOMERS,
    ),
    relation(of=STUDENT, name="registrations", listed=REGISTRATIONS, by="student_id"),
    relation(of=STUDENT, name="attendance", listed=ATTENDANCE, by="student_id"),
    relation(of=REGISTRATION, name="attendance", listed=ATTENDANCE, by="registration_id"),
    relation(of=CYCLE, name="meetings", listed=MEETINGS, by="cycle_id"),
    relation(of=CYCLE, name="registrations", listed=REGISTRATIONS, by="cycle_id"),
)
"""Every relation, as a controller."""
