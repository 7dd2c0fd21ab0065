"""Marking attendance, each time under the lock of the meeting's cycle (R-ATT-1…3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

import attrs

from haitech_domain.access import Action, Actor, ActorKind, Forbidden, Resource, grant, own
from haitech_domain.attendance import (
    Mark,
    MarkCounts,
    Roll,
    Wanted,
    amend,
    mark_all,
    remove,
    take_back,
)
from haitech_domain.change import Change
from haitech_domain.errors import Invalid, NotFound
from haitech_domain.ids import InstructorId, MarkId, MeetingId, StudentId, UserId
from haitech_domain.meeting import Meeting
from haitech_domain.ports import Clock, Ids, Transaction, UnitOfWork
from haitech_domain.use_cases.deletion import deleted, lock_deleted, returned
from haitech_domain.use_cases.references import ParentDeleted
from haitech_domain.use_cases.school import School


@attrs.frozen(kw_only=True)
class Marked:
    """The marks that were asked for, in their order, and how their meeting stands now."""

    meeting: Meeting
    marks: Sequence[Mark]
    created: int
    updated: int
    unchanged: int
    counts: MarkCounts
    """Of all marks of the meeting."""

    @classmethod
    def of(cls, meeting: Meeting, there: Sequence[Mark], changes: Sequence[Change[Mark]]) -> Self:
        """What these changes make of the marks that were there."""
        created = sum(change.before is None for change in changes)
        unchanged = sum(change.is_empty for change in changes)
        marks = [change.after for change in changes]
        now = {mark.id: mark for mark in (*there, *marks)}
        return cls(
            meeting=meeting,
            marks=marks,
            created=created,
            updated=len(changes) - created - unchanged,
            unchanged=unchanged,
            counts=MarkCounts.of(now.values()),
        )


@attrs.frozen(kw_only=True)
class MarkAttendance:
    """Mark who came to a meeting: registered children, children on trial, guests.

    Whoever is marked already keeps that mark, with what is given changed; the same once more
    changes nothing. Either all marks of a request are kept or none. Managers mark any scheduled
    or completed meeting; its own instructor from its start to the end of the following day.
    """

    uow: UnitOfWork
    clock: Clock
    ids: Ids
    school: School

    async def __call__(
        self, *, actor: Actor, meeting_id: MeetingId, wanted: Sequence[Wanted]
    ) -> Marked:
        """The wanted marks as they are now.

        :raises NotFound: there is no such meeting, or it is not the actor's
        :raises Forbidden: a colleague holds it
        :raises Invalid: values that break their rules, name nobody, or name one person twice
        :raises MeetingTakesNoMarks: R-ATT-2
        :raises OutsideWindow: an instructor, too early or too late
        """
        mine = _whose(actor)

        async def work(tx: Transaction) -> Marked:
            try:
                meeting = await _locked(tx, meeting_id, mine)
            except NotFound:
                if broken := tuple(one.at(p) for one in wanted for p in one.problems()):
                    raise Invalid(broken) from None
                raise
            roll = await _roll(tx, meeting, wanted, mine)
            changes = mark_all(
                wanted,
                meeting=meeting,
                roll=roll,
                new_id=self.ids.new,
                at=self.clock.now(),
                by=_user(actor),
            )
            _in_time(self.school, self.clock, meeting, mine)
            await tx.attendance.save(*changes)
            return Marked.of(meeting, roll.marks, changes)

        return await self.uow.run(actor, work)


@attrs.frozen(kw_only=True)
class UpdateMark:
    """Change status, trial or notes of a mark; whose it is and in which meeting never changes."""

    uow: UnitOfWork
    clock: Clock
    school: School

    async def __call__(self, *, actor: Actor, mark_id: MarkId, values: Mapping[str, Any]) -> Mark:
        """The mark with the given fields changed.

        :raises NotFound: there is no such mark, or it is not the actor's
        :raises Forbidden: a colleague holds the meeting
        :raises Invalid: values that break their rules, or name another target or meeting
        :raises MeetingTakesNoMarks: R-ATT-2
        :raises OutsideWindow: an instructor, too early or too late
        """
        mine = _whose(actor)

        async def work(tx: Transaction) -> Mark:
            mark, meeting = await _locked_mark(tx, mark_id, mine)
            at, by = self.clock.now(), _user(actor)
            change = amend(mark, meeting=meeting, at=at, by=by, **values)
            _in_time(self.school, self.clock, meeting, mine)
            await tx.attendance.save(change)
            return change.after

        return await self.uow.run(actor, work)


@attrs.frozen(kw_only=True)
class DeleteMark:
    """Take a mark back, as if it had not been made; it can be restored."""

    uow: UnitOfWork
    clock: Clock
    ids: Ids
    school: School

    async def __call__(self, *, actor: Actor, mark_id: MarkId) -> None:
        """Take the mark out of every list and figure.

        :raises NotFound: there is no such mark, or it is not the actor's
        :raises Forbidden: a colleague holds the meeting
        :raises OutsideWindow: an instructor, too early or too late
        """
        mine = _whose(actor)

        async def work(tx: Transaction) -> None:
            mark, meeting = await _locked_mark(tx, mark_id, mine)
            _in_time(self.school, self.clock, meeting, mine)
            at = self.clock.now()
            gone = deleted(mark, self.ids.new(), at)
            await tx.attendance.save(remove(mark, gone, meeting=meeting, at=at))

        await self.uow.run(actor, work)


@attrs.frozen(kw_only=True)
class RestoreMark:
    """Bring back a mark that was taken back, unless its child or guest was marked since."""

    uow: UnitOfWork
    clock: Clock
    school: School

    async def __call__(self, *, actor: Actor, mark_id: MarkId) -> Mark:
        """The mark as it was.

        :raises NotFound: no mark has this id, or it is not the actor's
        :raises NotDeleted: it is there
        :raises ParentDeleted: its meeting is deleted
        :raises Forbidden: a colleague holds the meeting
        :raises Duplicate: R-ATT-1
        :raises MeetingTakesNoMarks: R-ATT-2
        :raises OutsideWindow: an instructor, too early or too late
        """
        mine = _whose(actor)

        async def work(tx: Transaction) -> Mark:
            mark = await lock_deleted(tx.attendance, mark_id, own=mine)
            try:
                meeting = await _locked(tx, mark.meeting_id, mine)
            except NotFound:
                if mine is None:
                    raise ParentDeleted("attendance", "meeting") from None
                raise NotFound("attendance", mark_id) from None
            roll = await _roll(tx, meeting, besides=[mark])
            at = self.clock.now()
            change = take_back(mark, returned(mark, at), meeting=meeting, roll=roll, at=at)
            _in_time(self.school, self.clock, meeting, mine)
            await tx.attendance.save(change)
            return change.after

        return await self.uow.run(actor, work)


def _whose(actor: Actor) -> InstructorId | None:
    """The instructor whose meetings the actor marks; None for everybody's.

    :raises Forbidden: the role or scopes do not allow it
    """
    return own(grant(actor, Action.MARK, Resource.ATTENDANCE), actor)


def _user(actor: Actor) -> UserId | None:
    return UserId(actor.id) if actor.kind is ActorKind.USER and actor.id is not None else None


async def _locked(tx: Transaction, id: MeetingId, mine: InstructorId | None) -> Meeting:
    """A meeting as it is under its cycle's lock, in which this instructor, or anybody, marks.

    A cycle of any status will do: its meetings say whether they are marked.

    :raises NotFound: there is no such meeting, or it is not the instructor's to read
    :raises Forbidden: a colleague holds it (R-ACC-2)
    """
    seen = await tx.meetings.get(id, own=mine)
    await tx.cycles.lock(seen.cycle_id)
    meeting = await tx.meetings.get(id, own=mine)
    if mine is not None and meeting.instructor_id != mine:
        raise Forbidden("a colleague", Action.MARK, Resource.ATTENDANCE)
    return meeting


async def _locked_mark(
    tx: Transaction, id: MarkId, mine: InstructorId | None
) -> tuple[Mark, Meeting]:
    """A mark and its meeting, the same way."""
    seen = await tx.attendance.get(id, own=mine)
    meeting = await _locked(tx, seen.meeting_id, mine)
    return await tx.attendance.lock(id, own=mine), meeting


def _in_time(school: School, clock: Clock, meeting: Meeting, mine: InstructorId | None) -> None:
    """R-ATT-2. :raises OutsideWindow: an instructor, too early or too late"""
    if mine is not None:
        school.completion_window.check(meeting, clock.civil())


async def _roll(
    tx: Transaction,
    meeting: Meeting,
    wanted: Iterable[Wanted] = (),
    mine: InstructorId | None = None,
    *,
    besides: Iterable[Mark] = (),
) -> Roll:
    """Who is who in the meeting, with those whom the request names, and `besides` by their marks."""
    registrations = await tx.registrations.of_cycle(meeting.cycle_id)
    marks = await tx.attendance.of_meeting(meeting.id)
    here = {r.id for r in registrations}
    gone = {id for m in (*marks, *besides) if (id := m.registration_id) is not None} - here
    children = {r.student_id for r in registrations}
    others = {id for one in wanted if (id := one.named.get("student_id")) is not None} - children
    return Roll(
        registrations=registrations,
        marks=marks,
        of_deleted=await tx.registrations.whose(gone),
        students=await _others(tx, others, {m.student_id for m in marks}, mine),
    )


async def _others(
    tx: Transaction,
    named: set[StudentId],
    marked: set[StudentId | None],
    mine: InstructorId | None,
) -> set[StudentId]:
    """Those of the `named` students who are there, kept from being deleted meanwhile.

    R-ACC-2: for an instructor there are those of own cycles, and those `marked` here already,
    whom the sheet shows.
    """
    there = (await tx.students.lock_many(named)).keys()
    if mine is None:
        return {id for id in named if id in there}
    theirs = await tx.students.many(named - marked, own=mine)
    return {id for id in named if id in there and (id in marked or id in theirs)}
