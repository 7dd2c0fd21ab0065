"""What the suites know of each resource: where it is kept, how one is made, what may change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Final

import attrs
import pytest
from hypothesis import strategies as st

from haitech_domain.cycle import CycleStatus
from haitech_domain.entity import Entity
from haitech_domain.export import ExportStatus
from haitech_domain.meeting import Meeting
from haitech_domain.ports import Transaction
from haitech_domain.registration import RegistrationStatus
from haitech_domain.session import SessionEnd, TokenEnd
from haitech_domain.testing import strategies
from haitech_domain.testing.builders import School
from haitech_domain.testing.contracts.world import Contract
from haitech_domain.testing.strategies.making import maybe
from haitech_domain.webhook import WebhookStatus


@attrs.frozen(kw_only=True, eq=False)
class Kept:
    """One resource. `name` is its attribute of a `School`, `entity` its word in audit rows.

    `like` makes rows with the id and the parents of the school's own one; `edit` is a change
    that every row of it can take; `references` are the fields that name other rows, and `needs` the
    parts of a school that are named by them.
    """

    name: str
    pick: Callable[[Transaction], Any]
    like: Callable[[School], st.SearchStrategy[Any]]
    edit: Mapping[str, Any]
    references: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    entity: str = attrs.field(default=attrs.Factory(lambda self: self.name, takes_self=True))

    def of(self, school: School) -> Any:
        """The school's own row."""
        return getattr(school, self.name)

    def instead(self, school: School, row: Entity) -> School:
        """The school with another row in the place of its own."""
        replaced: dict[str, Any] = {self.name: row}
        return attrs.evolve(school, **replaced)

    def with_parents(self) -> frozenset[str]:
        """The parts of a school without which the school's own row cannot be kept, and itself."""
        parents = (_BY_NAME[name].with_parents() for name in self.needs)
        return frozenset({self.name}).union(*parents)

    def __str__(self) -> str:
        return self.name


def _cycles(school: School) -> st.SearchStrategy[Any]:
    count = st.integers(0, 500)
    return strategies.cycles(
        id=school.cycle.id,
        course_id=school.course.id,
        branch_id=school.branch.id,
        instructor_id=school.instructor.id,
        institutional_order_id=maybe(st.just(school.order.id)),
        status=st.sampled_from(CycleStatus),
        end_date=maybe(strategies.civil_dates()),
        completed_meetings=count,
        scheduled_meetings=count,
        cancelled_meetings=count,
        postponed_meetings=count,
    )


def _meetings(school: School) -> st.SearchStrategy[Any]:
    def placed(meeting: Meeting, started: Any, ended: Any, *, follows: bool) -> Meeting:
        return attrs.evolve(
            meeting,
            started_at=started,
            ended_at=ended,
            # the one meeting that is sure to be there is the meeting itself
            rescheduled_to_id=meeting.rescheduled_to_id and meeting.id,
            rescheduled_from_id=meeting.id if follows else None,
        )

    instants = maybe(strategies.instants())
    drawn = strategies.meetings(
        id=school.meeting.id, cycle_id=school.cycle.id, instructor_id=school.instructor.id
    )
    return st.builds(placed, drawn, instants, instants, follows=st.booleans())


def _registrations(school: School) -> st.SearchStrategy[Any]:
    return strategies.registrations(
        id=school.registration.id,
        student_id=school.student.id,
        cycle_id=school.cycle.id,
        before_cascade=maybe(st.sampled_from(RegistrationStatus)),
    )


def _marks(school: School) -> st.SearchStrategy[Any]:
    return strategies.marks(
        id=school.mark.id,
        meeting_id=school.meeting.id,
        registration_id=school.registration.id,
        student_id=school.student.id,
        guest_name=strategies.names(),
        recorded_by_id=maybe(st.just(school.user.id)),
    )


CUSTOMER: Final = Kept(
    name="customer",
    pick=lambda tx: tx.customers,
    like=lambda school: strategies.customers(id=school.customer.id),
    edit={"name": "רות לוי"},
)
STUDENT: Final = Kept(
    name="student",
    pick=lambda tx: tx.students,
    like=lambda s: strategies.students(id=s.student.id, customer_id=s.customer.id),
    edit={"grade": "ד"},
    references=("customer_id",),
    needs=("customer",),
)
COURSE: Final = Kept(
    name="course",
    pick=lambda tx: tx.courses,
    like=lambda school: strategies.courses(id=school.course.id),
    edit={"is_active": False},
)
BRANCH: Final = Kept(
    name="branch",
    pick=lambda tx: tx.branches,
    like=lambda school: strategies.branches(id=school.branch.id),
    edit={"city": "חיפה"},
)
CLOSURE: Final = Kept(
    name="closure",
    pick=lambda tx: tx.closures,
    like=lambda s: strategies.closures(id=s.closure.id, branch_id=s.branch.id),
    edit={"why": "שלג"},
    references=("branch_id",),
    needs=("branch",),
)
INSTRUCTOR: Final = Kept(
    name="instructor",
    pick=lambda tx: tx.instructors,
    like=lambda s: strategies.instructors(id=s.instructor.id, user_id=maybe(st.just(s.user.id))),
    edit={"name": "רות לוי"},
    references=("user_id",),
    needs=("user",),
)
TIME_OFF: Final = Kept(
    name="time_off",
    pick=lambda tx: tx.time_off,
    like=lambda s: strategies.time_off(id=s.time_off.id, instructor_id=s.instructor.id),
    edit={"why": "חתונה"},
    references=("instructor_id",),
    needs=("instructor",),
)
ORDER: Final = Kept(
    name="order",
    entity="institutional_order",
    pick=lambda tx: tx.orders,
    like=lambda s: strategies.orders(id=s.order.id, branch_id=s.branch.id),
    edit={"order_number": "17-ב"},
    references=("branch_id",),
    needs=("branch",),
)
CYCLE: Final = Kept(
    name="cycle",
    pick=lambda tx: tx.cycles,
    like=_cycles,
    edit={"location": "חדר 3"},
    references=("course_id", "branch_id", "instructor_id", "institutional_order_id"),
    needs=("course", "branch", "instructor", "order"),
)
MEETING: Final = Kept(
    name="meeting",
    pick=lambda tx: tx.meetings,
    like=_meetings,
    edit={"topic": "לולאות"},
    references=("cycle_id", "instructor_id"),
    needs=("cycle",),
)
REGISTRATION: Final = Kept(
    name="registration",
    pick=lambda tx: tx.registrations,
    like=_registrations,
    edit={"notes": "אלרגי לבוטנים"},
    references=("student_id", "cycle_id"),
    needs=("student", "cycle"),
)
MARK: Final = Kept(
    name="mark",
    entity="attendance",
    pick=lambda tx: tx.attendance,
    like=_marks,
    edit={"notes": "הגיע באיחור"},
    references=("meeting_id", "registration_id", "recorded_by_id"),
    needs=("meeting", "registration", "user"),
)
LEAD: Final = Kept(
    name="lead",
    pick=lambda tx: tx.leads,
    like=lambda s: strategies.leads(
        id=s.lead.id, customer_id=s.customer.id, student_id=s.student.id
    ),
    edit={"course": "רובוטיקה"},
    references=("customer_id",),
    needs=("customer", "student"),
)
LEAD_NOTE: Final = Kept(
    name="lead_note",
    pick=lambda tx: tx.lead_notes,
    like=lambda s: strategies.lead_notes(id=s.lead_note.id, lead_id=s.lead.id),
    edit={"text": "דיברנו"},
    references=("lead_id",),
    needs=("lead", "user"),
)
SAVED_VIEW: Final = Kept(
    name="saved_view",
    pick=lambda tx: tx.saved_views,
    like=lambda school: strategies.saved_views(id=school.saved_view.id),
    edit={"filters": {"day_of_week": "sunday"}, "columns": ("name", "status")},
    needs=("user",),
)
USER: Final = Kept(
    name="user",
    pick=lambda tx: tx.users,
    like=lambda school: strategies.users(id=school.user.id),
    edit={"is_active": False},
)
LOGIN_SESSION: Final = Kept(
    name="login_session",
    pick=lambda tx: tx.login_sessions,
    like=lambda s: strategies.login_sessions(id=s.login_session.id, user_id=s.user.id),
    edit={"ended_by": SessionEnd.LOGOUT},
    references=("user_id",),
    needs=("user",),
)
ONE_TIME_TOKEN: Final = Kept(
    name="one_time_token",
    pick=lambda tx: tx.one_time_tokens,
    like=lambda s: strategies.one_time_tokens(id=s.one_time_token.id, user_id=s.user.id),
    edit={"ended_by": TokenEnd.USED},
    references=("user_id",),
    needs=("user",),
)
API_KEY: Final = Kept(
    name="api_key",
    pick=lambda tx: tx.api_keys,
    like=lambda school: strategies.api_keys(id=school.api_key.id),
    edit={"is_active": False},
)
WEBHOOK: Final = Kept(
    name="webhook",
    pick=lambda tx: tx.webhooks,
    like=lambda school: strategies.webhooks(id=school.webhook.id),
    edit={"events": ("meeting.*", "cycle.completed"), "status": WebhookStatus.PAUSED},
)
EXPORT: Final = Kept(
    name="export",
    pick=lambda tx: tx.exports,
    like=lambda school: strategies.exports(id=school.export.id),
    edit={"status": ExportStatus.CANCELLED},
    needs=("user",),
)
ALL_KEPT: Final = (
    CUSTOMER,
    STUDENT,
    COURSE,
    BRANCH,
    CLOSURE,
    INSTRUCTOR,
    TIME_OFF,
    ORDER,
    CYCLE,
    MEETING,
    REGISTRATION,
    MARK,
    LEAD,
    LEAD_NOTE,
    SAVED_VIEW,
    USER,
    LOGIN_SESSION,
    ONE_TIME_TOKEN,
    API_KEY,
    WEBHOOK,
    EXPORT,
)
"""Every resource that a unit of work keeps."""
_BY_NAME: Final = {kept.name: kept for kept in ALL_KEPT}


class ThingsContract(Contract):
    """A suite whose tests are run for each of some things.

    Name in `things` those that your store keeps; it needs no repository but theirs and those of
    what they refer to (`Kept.with_parents`).
    """

    things: ClassVar[Sequence[Kept]] = ALL_KEPT

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Give every test that asks for `kept` each of the things."""
        if "kept" in metafunc.fixturenames:
            metafunc.parametrize("kept", self.things, ids=str)
