"""Links for instructors: making one, and reading and completing a meeting by it.

A link is not stored. Whoever holds one acts by it alone: no role, no scope, one meeting.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Final

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.branch import Branch
from haitech_domain.cycle import Cycle
from haitech_domain.errors import DomainError, NotFound
from haitech_domain.ids import MeetingId
from haitech_domain.instructor import Instructor
from haitech_domain.meeting import Meeting, MeetingLink, MeetingStatus, OutsideWindow
from haitech_domain.meeting.transitions import must_be
from haitech_domain.ports import Clock, MeetingLinks, Transaction, Unauthenticated, UnitOfWork
from haitech_domain.use_cases.cycle_upkeep import settle_cycle
from haitech_domain.use_cases.meeting_status import locked
from haitech_domain.use_cases.meeting_steps import complete_it
from haitech_domain.use_cases.school import School

NOT_GOOD: Final = "this link is not good, or not any more; ask the school for a new one"
"""The same words whatever is wrong with it, so that nobody learns anything by trying."""


@attrs.frozen
class InstructorInactive(DomainError):
    """A link would be for an instructor who does not teach any more."""

    reason: ClassVar[str] = "instructor.inactive"
    says: ClassVar[str] = "this meeting's instructor is not active; choose another instructor"


@attrs.frozen(kw_only=True)
class MadeLink:
    """A link's token, which is its secret, and the instant from which it opens nothing."""

    token: str = attrs.field(repr=False)
    expires_at: datetime


@attrs.frozen(kw_only=True)
class LinkedMeeting:
    """A meeting as its link shows it: what an instructor needs, nothing of children or money.

    Names of what was deleted since are None.
    """

    meeting: Meeting
    cycle: Cycle
    course_name: str | None
    branch: Branch | None
    instructor: Instructor
    expires_at: datetime


@attrs.frozen(kw_only=True)
class MakeMeetingLink:
    """Make a link for a scheduled meeting's instructor, to read it and complete it without a login.

    It is good for this one meeting until the completion window closes (R-MEET-4), and ends at once
    when the meeting gets another instructor or is deleted, or the instructor is deactivated.
    Asked again, the answer is the same link. `public_url` is where it leads, without a slash at
    its end.
    """

    uow: UnitOfWork
    clock: Clock
    links: MeetingLinks
    school: School
    public_url: str

    async def __call__(self, *, actor: Actor, meeting_id: MeetingId) -> MadeLink:
        """The link.

        :raises NotFound: there is no such meeting
        :raises Transition: it is not scheduled
        :raises OutsideWindow: its completion window has closed
        :raises InstructorInactive: its instructor is not active
        """
        grant(actor, Action.UPDATE, Resource.MEETINGS)

        async def work(tx: Transaction) -> MeetingLink:
            meeting = await tx.meetings.get(meeting_id)
            must_be(meeting, "link", MeetingStatus.SCHEDULED)
            closes = self.school.completion_window.closes(meeting)
            if self.clock.civil() >= closes:
                raise OutsideWindow(meeting.starts, closes)
            if await _teacher(tx, meeting) is None:
                raise InstructorInactive
            return MeetingLink(
                meeting_id=meeting.id,
                instructor_id=meeting.instructor_id,
                expires_at=self.clock.instant(closes),
            )

        link = await self.uow.read(work)
        return MadeLink(token=self.links.signed(link), expires_at=link.expires_at)


@attrs.frozen(kw_only=True)
class ReadByLink:
    """Read a meeting by the link that its instructor was given."""

    uow: UnitOfWork
    clock: Clock
    links: MeetingLinks

    async def __call__(self, *, token: str) -> LinkedMeeting:
        """The meeting.

        :raises Unauthenticated: the token is none of ours, has expired, or opens nothing any more
        """
        link = self.read(token)
        return await self.uow.read(lambda tx: shown(tx, link))

    def read(self, token: str) -> MeetingLink:
        """The link, if it is one and has not expired. :raises Unauthenticated: it is not"""
        link = self.links.read(token)
        if link is None or not link.is_open(self.clock.now()):
            raise Unauthenticated(NOT_GOOD)
        return link


@attrs.frozen(kw_only=True)
class CompleteByLink:
    """Complete a meeting by the link that its instructor was given, within the window of R-MEET-4.

    It is the completion that a logged-in instructor does; the audit names the link. `notes` stand
    below those that there are, which the link does not show.
    """

    uow: UnitOfWork
    clock: Clock
    school: School
    by_link: ReadByLink

    async def __call__(self, *, token: str, notes: Mapping[str, str | None]) -> LinkedMeeting:
        """The meeting, completed. `notes` may hold `topic` and `notes`.

        :raises Unauthenticated: the token is none of ours, has expired, or opens nothing any more
        :raises OutsideWindow: the meeting has not begun
        :raises Transition: it is not scheduled
        :raises CycleCancelledError: R-MEET-7
        """
        link = self.by_link.read(token)
        teacher = (await self.uow.read(lambda tx: shown(tx, link))).instructor

        async def work(tx: Transaction) -> LinkedMeeting:
            try:
                cycle, _ = await locked(tx, link.meeting_id)
            except NotFound:
                raise Unauthenticated(NOT_GOOD) from None
            meeting, _ = await _opened(tx, link)
            self.school.completion_window.check(meeting, self.clock.civil())
            noted = dict(notes)
            if noted.get("notes") and meeting.notes:
                noted["notes"] = f"{meeting.notes}\n{noted['notes']}"
            at = self.clock.now()
            await complete_it(tx, self.school, cycle, meeting, at=at, notes=noted)
            await settle_cycle(tx, cycle, at)
            return await shown(tx, link)

        return await self.uow.run(Actor.system(f"meeting link of {teacher.name}"), work)


async def shown(tx: Transaction, link: MeetingLink) -> LinkedMeeting:
    """What a link shows. :raises Unauthenticated: it opens nothing any more"""
    meeting, instructor = await _opened(tx, link)
    cycle = await tx.cycles.get(meeting.cycle_id)
    course = (await tx.courses.many([cycle.course_id])).get(cycle.course_id)
    branch = (await tx.branches.many([cycle.branch_id])).get(cycle.branch_id)
    return LinkedMeeting(
        meeting=meeting,
        cycle=cycle,
        course_name=None if course is None else course.name,
        branch=branch,
        instructor=instructor,
        expires_at=link.expires_at,
    )


async def _opened(tx: Transaction, link: MeetingLink) -> tuple[Meeting, Instructor]:
    """What a link opens, and to whom. :raises Unauthenticated: nothing any more"""
    meeting = (await tx.meetings.many([link.meeting_id])).get(link.meeting_id)
    if meeting is not None and link.opens(meeting):
        instructor = await _teacher(tx, meeting)
        if instructor is not None:
            return meeting, instructor
    raise Unauthenticated(NOT_GOOD)


async def _teacher(tx: Transaction, meeting: Meeting) -> Instructor | None:
    """The instructor of a meeting, if there still is one who teaches."""
    found = (await tx.instructors.many([meeting.instructor_id])).get(meeting.instructor_id)
    return found if found is not None and found.is_active else None
