"""Reading attendance: marks, and the sheet of a meeting (R-ATT-3, R-ATT-4, R-ACC-2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import attrs

from haitech_domain.access import Action, Actor, Resource, grant, own
from haitech_domain.attendance import Mark, MarkCounts
from haitech_domain.ids import MeetingId
from haitech_domain.meeting import Meeting
from haitech_domain.ports import Query, Transaction, UnitOfWork
from haitech_domain.registration import Registration, RegistrationStatus
from haitech_domain.student import Student
from haitech_domain.use_cases.spec import Spec

ATTENDANCE: Final = Spec(
    resource=Resource.ATTENDANCE, entity=Mark, repository=lambda tx: tx.attendance
)
"""Attendance as far as reading and listing go."""


@attrs.frozen(kw_only=True)
class CountAttendance:
    """How many came: marks by status, and their rate, of whatever marks are asked for.

    Those of one meeting, registration, student, cycle or branch, or between two days. Marks in
    meetings that were cancelled or postponed do not count.
    """

    uow: UnitOfWork

    async def __call__(self, *, actor: Actor, query: Query) -> MarkCounts:
        """The counts of the marks that exist for the actor.

        :raises Forbidden: the role or scopes do not allow it
        :raises Invalid: an unknown filter
        """
        asked = attrs.evolve(query, own=ATTENDANCE.limit(actor, Action.READ))
        return await self.uow.read(lambda tx: tx.attendance.counts(asked))


@attrs.frozen(kw_only=True)
class Sheet:
    """A meeting's marks, and the registrations of its cycle that have none, both by name.

    `names` has the name for each of their ids, without those who are deleted.
    """

    meeting: Meeting
    marks: Sequence[Mark]
    unmarked: Sequence[Registration]
    names: Mapping[UUID, str]

    @property
    def counts(self) -> MarkCounts:
        """The marks by status, with their rate."""
        return MarkCounts.of(self.marks)


@attrs.frozen(kw_only=True)
class ReadSheet:
    """The sheet of a meeting: its marks, who is not marked yet, and the rate of those marked."""

    uow: UnitOfWork

    async def __call__(self, *, actor: Actor, meeting_id: MeetingId) -> Sheet:
        """The sheet; an instructor has those of own meetings.

        :raises Forbidden: the actor may not read attendance, registrations and students alike
        :raises NotFound: there is no such meeting, or it is not the actor's
        """
        for shown in (Resource.REGISTRATIONS, Resource.STUDENTS):
            grant(actor, Action.READ, shown)
        mine = own(grant(actor, Action.READ, Resource.ATTENDANCE), actor)

        async def work(tx: Transaction) -> Sheet:
            meeting = await tx.meetings.get(meeting_id, own=mine)
            marks = await tx.attendance.of_meeting(meeting.id)
            registrations = await tx.registrations.of_cycle(meeting.cycle_id)
            whose = students_of(marks, registrations)
            unmarked = not_marked(registrations, {whose.get(mark.id) for mark in marks})
            names = names_of(marks, whose, await tx.students.many(whose.values()))
            return Sheet(
                meeting=meeting,
                marks=sorted(marks, key=lambda m: (names.get(m.id, ""), m.id)),
                unmarked=sorted(unmarked, key=lambda r: (names.get(r.id, ""), r.id)),
                names=names,
            )

        return await self.uow.read(work)


def students_of(marks: Sequence[Mark], registrations: Sequence[Registration]) -> dict[UUID, UUID]:
    """The student of each registration and of each mark, by their ids.

    Guests have none; nor have marks whose registration is deleted.
    """
    whose: dict[UUID, UUID] = {r.id: r.student_id for r in registrations}
    for mark in marks:
        student = whose.get(mark.registration_id) if mark.registration_id else mark.student_id
        if student is not None:
            whose[mark.id] = student
    return whose


def names_of(
    marks: Sequence[Mark], whose: Mapping[UUID, UUID], students: Mapping[UUID, Student]
) -> dict[UUID, str]:
    """What those who are marked, or registered, are called, by the ids of mark and registration."""
    guests = {mark.id: mark.guest_name for mark in marks if mark.guest_name is not None}
    known = {id: students[student].name for id, student in whose.items() if student in students}
    return guests | known


def not_marked(
    registrations: Sequence[Registration], marked: set[UUID | None]
) -> list[Registration]:
    """R-ATT-3: who takes part in the cycle and is not among the `marked`, each student once.

    Whoever was cancelled is not expected any more.
    """
    waiting: dict[UUID, Registration] = {}
    for registration in registrations:
        student = registration.student_id
        expected = registration.status is not RegistrationStatus.CANCELLED
        if expected and student not in marked and (registration.is_live or student not in waiting):
            waiting[student] = registration
    return list(waiting.values())
