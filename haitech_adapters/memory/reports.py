"""Rows for reports, counted in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from haitech_adapters.memory.school_reports import MemorySchoolReports, named
from haitech_domain.attendance import Mark, MarkCounts
from haitech_domain.branch import Branch, Closure
from haitech_domain.calendar import civil
from haitech_domain.course import Course
from haitech_domain.cycle import Cycle
from haitech_domain.instructor import Instructor
from haitech_domain.meeting import Meeting, MeetingStatus, in_order
from haitech_domain.registration import Registration, RegistrationStatus
from haitech_domain.reports import ClosedBranch, DayRow, MeetingRow, Unreported


class MemoryReports(MemorySchoolReports):
    """Rows for reports as one transaction sees them."""

    async def day(self, day: date) -> Sequence[DayRow]:
        """The meetings of a day whatever their status, by start and id."""
        found = in_order(m for m in self._meetings() if m.scheduled_date == day)
        return [DayRow(**self._told(m), **self._counted(m)) for m in found]

    async def unreported(self, now: datetime, most: int) -> Unreported:
        """The scheduled meetings that had ended at the civil moment `now`, the oldest first."""
        waiting = in_order(
            m
            for m in self._meetings()
            if m.status is MeetingStatus.SCHEDULED and civil(m.scheduled_date, m.end_time) <= now
        )
        rows = tuple(MeetingRow(**self._told(m)) for m in waiting[:most])
        return Unreported(total=len(waiting), rows=rows)

    async def closed_on(self, day: date) -> Sequence[ClosedBranch]:
        """The live branches that a closure of their own keeps from teaching on a day."""
        branches = {b.id: b for b in self._session.state.live(Branch)}
        found = [
            (branches[c.branch_id], c)
            for c in self._session.state.live(Closure)
            if c.branch_id in branches and c.first_day <= day <= c.last_day
        ]
        found.sort(key=lambda pair: (pair[0].name, pair[0].id, pair[1].first_day, pair[1].id))
        return [ClosedBranch(branch=named(branch), why=c.why) for branch, c in found]

    def _meetings(self) -> Iterable[Meeting]:
        live = {cycle.id for cycle in self._session.state.live(Cycle)}
        return (m for m in self._session.state.live(Meeting) if m.cycle_id in live)

    def _told(self, meeting: Meeting) -> dict[str, Any]:
        state = self._session.state
        cycle = state.table(Cycle)[meeting.cycle_id]
        return {
            "meeting": meeting,
            "cycle": cycle,
            "course": named(state.table(Course)[cycle.course_id]),
            "branch": named(state.table(Branch)[cycle.branch_id]),
            "instructor": state.table(Instructor)[meeting.instructor_id],
        }

    def _counted(self, meeting: Meeting) -> dict[str, Any]:
        state = self._session.state
        marks = [m for m in state.live(Mark) if m.meeting_id == meeting.id]
        taken = {r.id: r for r in state.live(Registration) if r.cycle_id == meeting.cycle_id}
        marked = {m.student_id for m in marks} | {
            taken[m.registration_id].student_id for m in marks if m.registration_id in taken
        }
        expected = {
            r.student_id for r in taken.values() if r.status is not RegistrationStatus.CANCELLED
        }
        bearing = sorted(
            (r for r in taken.values() if r.bears_revenue), key=lambda r: (r.created_at, r.id)
        )
        return {
            "prices": tuple(r.amount for r in bearing),
            "registered": len(expected),
            "unmarked": len(expected - marked),
            "marks": MarkCounts.of(marks),
        }
