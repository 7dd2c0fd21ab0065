"""The figures of reports, counted one by one in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from haitech_adapters.memory.session import Session
from haitech_domain.attendance import Mark
from haitech_domain.branch import Branch
from haitech_domain.course import Course
from haitech_domain.cycle import Cycle, CycleStatus
from haitech_domain.entity import Entity
from haitech_domain.instructor import Instructor
from haitech_domain.meeting import Figures, Meeting, MeetingStatus
from haitech_domain.ports.cursors import Place
from haitech_domain.registration import Registration
from haitech_domain.reports import (
    Attendance,
    AttendanceBy,
    Cut,
    Filters,
    Held,
    Marked,
    Named,
    Payments,
    Progresses,
    Revenue,
    RevenueBy,
    Run,
    attendance_summary,
    cycle_progress,
    instructor_payments,
    meant,
    revenue,
)
from haitech_domain.student import Student

E = TypeVar("E", bound=Entity)


def named(thing: Any) -> Named:
    """A thing by its name, and whether it is deleted."""
    return Named(id=thing.id, name=thing.name, is_deleted=thing.deleted_at is not None)


class MemorySchoolReports:
    """What the school's reports count, by the domain's own functions."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def revenue(self, by: RevenueBy, filters: Filters, cut: Cut) -> Revenue:
        """What completed meetings earned and cost."""
        return revenue(self._held(), by, filters, cut)

    async def instructor_payments(self, filters: Filters, cut: Cut) -> Payments:
        """What instructors are owed for completed meetings, by activity."""
        return instructor_payments(self._held(), filters, cut)

    async def payment_lines(
        self, filters: Filters, most: int, after: Place | None = None
    ) -> Sequence[Held]:
        """The completed meetings that pay is for, by date, start and id."""
        lines = sorted(
            (held for held in self._held() if meant(held, filters)),
            key=lambda held: (held.scheduled_date, held.start_time, held.id),
        )
        if after is not None:
            behind = (*after.values, after.id)
            lines = [x for x in lines if (x.scheduled_date, x.start_time, x.id) > behind]
        return lines[:most]

    async def attendance_summary(self, by: AttendanceBy, filters: Filters, cut: Cut) -> Attendance:
        """How many came."""
        return attendance_summary(self._marked(), by, filters, cut)

    async def cycle_progress(
        self, filters: Filters, status: CycleStatus | None, cut: Cut
    ) -> Progresses:
        """How far the live cycles are."""
        return cycle_progress(self._runs(), filters, status, cut)

    def _live_meetings(self) -> Iterator[tuple[Meeting, Cycle]]:
        cycles = {cycle.id: cycle for cycle in self._session.state.live(Cycle)}
        for meeting in self._session.state.live(Meeting):
            if meeting.cycle_id in cycles:
                yield meeting, cycles[meeting.cycle_id]

    def _held(self) -> Iterator[Held]:
        for meeting, cycle in self._live_meetings():
            if meeting.status is MeetingStatus.COMPLETED:
                yield Held(
                    id=meeting.id,
                    scheduled_date=meeting.scheduled_date,
                    start_time=meeting.start_time,
                    end_time=meeting.end_time,
                    number=meeting.number,
                    activity=meeting.activity_type or cycle.activity_type,
                    figures=Figures.of(meeting),
                    cycle=named(cycle),
                    cycle_type=cycle.type,
                    instructor=self._name(Instructor, meeting.instructor_id),
                    **self._place(cycle),
                )

    def _marked(self) -> Iterator[Marked]:
        state = self._session.state
        held = {meeting.id: (meeting, cycle) for meeting, cycle in self._live_meetings()}
        registrations = state.table(Registration)
        for mark in state.live(Mark):
            meeting, cycle = held.get(mark.meeting_id, (None, None))
            if meeting is None or cycle is None or not meeting.status.teaches:
                continue
            student = mark.student_id
            if mark.registration_id is not None:
                student = registrations[mark.registration_id].student_id
            yield Marked(
                status=mark.status,
                scheduled_date=meeting.scheduled_date,
                student=None if student is None else self._name(Student, student),
                cycle=named(cycle),
                instructor=self._name(Instructor, meeting.instructor_id),
                **self._place(cycle),
            )

    def _runs(self) -> Iterator[Run]:
        state = self._session.state
        for cycle in state.live(Cycle):
            yield Run(
                cycle=cycle,
                instructor=self._name(Instructor, cycle.instructor_id),
                meetings=[m for m in state.live(Meeting) if m.cycle_id == cycle.id],
                registrations=[r for r in state.live(Registration) if r.cycle_id == cycle.id],
                **self._place(cycle),
            )

    def _place(self, cycle: Cycle) -> dict[str, Named]:
        return {
            "course": self._name(Course, cycle.course_id),
            "branch": self._name(Branch, cycle.branch_id),
        }

    def _name(self, kind: type[Entity], id: Any) -> Named:
        return named(self._session.state.table(kind)[id])
