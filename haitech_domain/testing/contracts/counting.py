"""Teaching at random, and what reports count of it, in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

import attrs
from hypothesis import strategies as st

from haitech_domain.attendance import AttendanceStatus, Mark, MarkCounts
from haitech_domain.branch import Branch
from haitech_domain.change import Change
from haitech_domain.course import Course
from haitech_domain.customer import Customer
from haitech_domain.cycle import ActivityType, Cycle, CycleStatus, CycleType
from haitech_domain.entity import Entity
from haitech_domain.instructor import Instructor
from haitech_domain.meeting import Figures, Meeting, MeetingStatus
from haitech_domain.money import Money, Net
from haitech_domain.ports import Transaction
from haitech_domain.registration import Registration, RegistrationStatus
from haitech_domain.reports import DayRow, Held, Marked, MeetingRow, Named, Run, Unreported
from haitech_domain.student import Student
from haitech_domain.testing import builders as make

E = TypeVar("E", bound=Entity)

DAY: Final = date(2026, 3, 1)
"""A Sunday, the first of a month."""
BEFORE: Final = DAY - timedelta(days=1)
NEXT: Final = DAY + timedelta(days=1)
_KINDS: Final = (
    "students", "courses", "branches", "instructors", "cycles", "meetings", "registrations",
    "attendance",
)  # fmt: skip
"""In the order in which they name each other."""
_RARELY: Final = st.sampled_from([False] * 4 + [True])
PRICES: Final = (None, Money(0), Money.of("45.50"), Money.of(1180))


@attrs.frozen(kw_only=True)
class Taught:
    """Some cycles with all that is counted in their meetings, deleted or not."""

    customer: Customer
    students: Sequence[Student]
    courses: Sequence[Course]
    branches: Sequence[Branch]
    instructors: Sequence[Instructor]
    cycles: Sequence[Cycle]
    meetings: Sequence[Meeting]
    registrations: Sequence[Registration]
    attendance: Sequence[Mark]

    async def keep(self, tx: Transaction) -> None:
        """Save it all."""
        await tx.customers.save(Change.created(self.customer))
        for name in _KINDS:
            await getattr(tx, name).save(*map(Change.created, getattr(self, name)))

    def told(self, meeting: Meeting) -> dict[str, Any]:
        """What a meeting belongs to, by hand."""
        cycle = _by_id(self.cycles, meeting.cycle_id)
        return {
            "meeting": meeting,
            "cycle": cycle,
            "instructor": _by_id(self.instructors, meeting.instructor_id),
            **self._place(cycle),
        }

    def there(self) -> list[Meeting]:
        """R-PPL-4: the live meetings of live cycles, by date, start and id."""
        live = [
            meeting
            for meeting in self.meetings
            if not is_gone(meeting) and not is_gone(_by_id(self.cycles, meeting.cycle_id))
        ]
        return sorted(live, key=lambda m: (m.scheduled_date, m.start_time, m.id))

    def day(self, day: date) -> list[DayRow]:
        """The rows of a day, by hand."""
        return [
            DayRow(**self.told(meeting), **self.counted(meeting))
            for meeting in self.there()
            if meeting.scheduled_date == day
        ]

    def counted(self, meeting: Meeting) -> dict[str, Any]:
        """What is counted of a meeting: R-REV-1, R-ATT-3."""
        marks = [m for m in self.attendance if m.meeting_id == meeting.id and not is_gone(m)]
        taken = [r for r in self.registrations if r.cycle_id == meeting.cycle_id and not is_gone(r)]
        expected = {r.student_id for r in taken if r.status is not RegistrationStatus.CANCELLED}
        missing = set(expected)
        for mark in marks:
            missing.discard(mark.student_id)
            for registration in taken:
                if registration.id == mark.registration_id:
                    missing.discard(registration.student_id)
        bearing = [r for r in taken if r.bears_revenue]
        bearing.sort(key=lambda r: (r.created_at, r.id))
        return {
            "prices": tuple(r.amount for r in bearing),
            "registered": len(expected),
            "unmarked": len(missing),
            "marks": MarkCounts(
                **{s.value: sum(m.status is s for m in marks) for s in AttendanceStatus}
            ),
        }

    def held(self) -> list[Held]:
        """R-PPL-4: what reports about money count, by hand."""
        return [
            Held(
                id=meeting.id,
                scheduled_date=meeting.scheduled_date,
                start_time=meeting.start_time,
                end_time=meeting.end_time,
                number=meeting.number,
                activity=meeting.activity_type or self._cycle_of(meeting).activity_type,
                figures=Figures.of(meeting),
                cycle=_named(self._cycle_of(meeting)),
                cycle_type=self._cycle_of(meeting).type,
                instructor=_named(_by_id(self.instructors, meeting.instructor_id)),
                **self._place(self._cycle_of(meeting)),
            )
            for meeting in self.there()
            if meeting.status is MeetingStatus.COMPLETED
        ]

    def marked(self) -> list[Marked]:
        """R-ATT-4: what attendance is counted from, by hand."""
        teaching = {meeting.id: meeting for meeting in self.there() if meeting.status.teaches}
        found = []
        for mark in self.attendance:
            if is_gone(mark) or mark.meeting_id not in teaching:
                continue
            meeting = teaching[mark.meeting_id]
            student: UUID | None = mark.student_id
            if mark.registration_id is not None:
                student = _by_id(self.registrations, mark.registration_id).student_id
            found.append(
                Marked(
                    status=mark.status,
                    scheduled_date=meeting.scheduled_date,
                    student=None if student is None else _named(_by_id(self.students, student)),
                    cycle=_named(self._cycle_of(meeting)),
                    instructor=_named(_by_id(self.instructors, meeting.instructor_id)),
                    **self._place(self._cycle_of(meeting)),
                )
            )
        return found

    def runs(self) -> list[Run]:
        """The live cycles with what is counted of them, by hand."""
        return [
            Run(
                cycle=cycle,
                meetings=[m for m in self.meetings if m.cycle_id == cycle.id],
                registrations=[r for r in self.registrations if r.cycle_id == cycle.id],
                instructor=_named(_by_id(self.instructors, cycle.instructor_id)),
                **self._place(cycle),
            )
            for cycle in self.cycles
            if not is_gone(cycle)
        ]

    def _cycle_of(self, meeting: Meeting) -> Cycle:
        return _by_id(self.cycles, meeting.cycle_id)

    def _place(self, cycle: Cycle) -> dict[str, Named]:
        return {
            "course": _named(_by_id(self.courses, cycle.course_id)),
            "branch": _named(_by_id(self.branches, cycle.branch_id)),
        }

    def unreported(self, now: datetime, most: int) -> Unreported:
        """Those that have ended and are scheduled, by hand."""
        waiting = [
            meeting
            for meeting in self.there()
            if meeting.status is MeetingStatus.SCHEDULED
            and datetime.combine(meeting.scheduled_date, meeting.end_time) <= now
        ]
        rows = tuple(MeetingRow(**self.told(meeting)) for meeting in waiting[:most])
        return Unreported(total=len(waiting), rows=rows)


def is_gone(row: Entity) -> bool:
    """Whether it is deleted."""
    return row.deleted_at is not None


def _named(row: Any) -> Named:
    return Named(id=row.id, name=row.name, is_deleted=is_gone(row))


def _by_id(rows: Sequence[E], id: object) -> E:
    (found,) = (row for row in rows if getattr(row, "id") == id)  # noqa: B009  # ids have types
    return found


def _once(rows: list[E], key: Callable[[E], Hashable | None]) -> list[E]:
    """The rows whose key no earlier one has; None may come again."""
    seen: set[Hashable] = set()
    kept = []
    for row in rows:
        value = key(row)
        if value is None or value not in seen:
            kept.append(row)
            seen.add(value)
    return kept


@st.composite
def taught(draw: st.DrawFn) -> Taught:
    """Two cycles with meetings on two days, and children, prices and marks of every kind."""

    def maybe_gone(row: E) -> E:
        return make.gone(row) if draw(_RARELY) else row

    def some(most: int) -> range:
        return range(draw(st.integers(0, most)))

    def one(rows: Sequence[E]) -> E:
        return draw(st.sampled_from(rows))

    customer = make.a_customer()
    students = [maybe_gone(make.a_student(customer_id=customer.id)) for _ in range(3)]
    courses = [maybe_gone(make.a_course(name=name)) for name in ("AI", "רובוטיקה")]
    branches = [maybe_gone(make.a_branch(name=name)) for name in ("הרצל", "Bialik")]
    instructors = [maybe_gone(make.an_instructor()) for _ in range(2)]
    cycles = [
        maybe_gone(
            make.a_cycle(
                course_id=one(courses).id,
                branch_id=one(branches).id,
                instructor_id=one(instructors).id,
                type=draw(st.sampled_from(CycleType)),
                activity_type=draw(st.sampled_from(ActivityType)),
                status=draw(st.sampled_from(CycleStatus)),
                meeting_revenue=Money.of(100),
                price_per_student=Money.of(10),
                total_meetings=3,
                completed_meetings=draw(st.integers(0, 4)),
                end_date=draw(st.sampled_from((None, DAY, NEXT))),
            )
        )
        for _ in range(2)
    ]

    def money(status: MeetingStatus) -> dict[str, Any]:
        if status is not MeetingStatus.COMPLETED:
            return {"status": status}
        revenue, payment, cost = (Money(draw(st.integers(0, 99_999))) for _ in range(3))
        return {
            "status": status,
            "revenue": Net(revenue.agorot),
            "instructor_payment": payment,
            "employer_cost": cost,
            "profit": revenue - cost,
        }

    meetings = [
        maybe_gone(
            make.a_meeting(
                cycle_id=one(cycles).id,
                instructor_id=one(instructors).id,
                number=n + 1,
                scheduled_date=draw(st.sampled_from((BEFORE, DAY, NEXT))),
                start_time=time(draw(st.integers(12, 13))),
                end_time=draw(st.sampled_from((time(14, 30), time(14, 31), time(16)))),
                activity_type=draw(st.sampled_from((None, *ActivityType))),
                conflict_override=True,
                **money(draw(st.sampled_from(MeetingStatus))),
            )
        )
        for n in some(6)
    ]
    registrations = [
        maybe_gone(
            make.a_registration(
                student_id=one(students).id,
                cycle_id=one(cycles).id,
                status=draw(st.sampled_from(RegistrationStatus)),
                amount=draw(st.sampled_from(PRICES)),
                created_at=make.MADE - timedelta(hours=draw(st.integers(0, 1))),
            )
        )
        for _ in some(6)
    ]
    registrations = _once(
        registrations, lambda r: (r.student_id, r.cycle_id) if r.is_live else None
    )
    targets: list[dict[str, Any]] = [
        *({"registration_id": r.id} for r in registrations),
        *({"student_id": s.id} for s in students),
        {"guest_name": "בן דוד"},
    ]
    attendance = [
        maybe_gone(
            make.a_mark(
                meeting_id=one(meetings).id,
                status=draw(st.sampled_from(AttendanceStatus)),
                **draw(st.sampled_from(targets)),
            )
        )
        for _ in some(8)
        if meetings
    ]
    attendance = _once(
        attendance,
        lambda m: (
            None
            if is_gone(m)
            else (m.meeting_id, m.registration_id or m.student_id or m.guest_name)
        ),
    )
    return Taught(
        customer=customer,
        students=students,
        courses=courses,
        branches=branches,
        instructors=instructors,
        cycles=cycles,
        meetings=meetings,
        registrations=registrations,
        attendance=attendance,
    )
