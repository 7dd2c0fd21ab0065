"""Subscribing to the calendar of an instructor, by a token that can be taken back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from hmac import compare_digest
from typing import ClassVar, Final
from uuid import UUID

import attrs

from haitech_domain.access import Action, Actor, Resource, grant, own
from haitech_domain.calendar import DateRange
from haitech_domain.change import Change
from haitech_domain.errors import DomainError, NotFound
from haitech_domain.ids import InstructorId
from haitech_domain.instructor import Instructor
from haitech_domain.meeting import Meeting
from haitech_domain.ports import Clock, Randomness, Transaction, Unauthenticated, UnitOfWork
from haitech_domain.scheduling import Feed, feed_of
from haitech_domain.session import fingerprint
from haitech_domain.session.refreshing import ALPHABET, SECRET_LENGTH
from haitech_domain.use_cases.availability import may_read_meetings

NOT_VALID: Final = "this calendar address is not valid: ask for a new one"


@attrs.frozen(kw_only=True)
class FeedSpan:
    """How far a feed reaches before and after today."""

    back: timedelta = timedelta(days=60)
    ahead: timedelta = timedelta(days=365)

    def around(self, today: date) -> DateRange:
        """Its days."""
        return DateRange(today - self.back, today + self.ahead)


@attrs.frozen
class CalendarOfNobody(DomainError):
    """A token would open nothing while its instructor does not teach."""

    reason: ClassVar[str] = "instructor.inactive"
    says: ClassVar[str] = "this instructor is not active, so nothing would open; activate it first"


@attrs.frozen(kw_only=True)
class IssueCalendarToken:
    """Make the token of an instructor's calendar feed. The answer holds it, this once.

    The token so far, if there was one, opens nothing any more. `public_url` is where this program
    is reached from outside.
    """

    uow: UnitOfWork
    clock: Clock
    randomness: Randomness
    public_url: str

    async def __call__(self, *, actor: Actor, instructor_id: InstructorId) -> str:
        """The new token.

        :raises Forbidden: the role or scopes do not allow it, or not to read meetings
        :raises NotFound: there is no such instructor, or it is a colleague
        :raises CalendarOfNobody: the instructor is not active
        """
        mine = own(grant(actor, Action.ANNOTATE, Resource.INSTRUCTORS), actor)
        may_read_meetings(actor)
        token = self.randomness.text(ALPHABET, SECRET_LENGTH)
        at = self.clock.now()

        async def work(tx: Transaction) -> None:
            before = await tx.instructors.lock(instructor_id, own=mine)
            if not before.is_active:
                raise CalendarOfNobody
            after = before.changed(at, calendar_hash=fingerprint(token))
            await tx.instructors.save(Change.updated(before, after, action="rotate"))

        await self.uow.run(actor, work)
        return token


@attrs.frozen(kw_only=True)
class RevokeCalendarToken:
    """Take the token of an instructor's calendar feed back; without one, nothing changes."""

    uow: UnitOfWork
    clock: Clock

    async def __call__(self, *, actor: Actor, instructor_id: InstructorId) -> None:
        """From now on no token opens the feed.

        :raises Forbidden: the role or scopes do not allow it
        :raises NotFound: there is no such instructor, or it is a colleague
        """
        mine = own(grant(actor, Action.ANNOTATE, Resource.INSTRUCTORS), actor)
        at = self.clock.now()

        async def work(tx: Transaction) -> None:
            before = await tx.instructors.lock(instructor_id, own=mine)
            after = before.changed(at, calendar_hash=None)
            await tx.instructors.save(Change.updated(before, after, action="end"))

        await self.uow.run(actor, work)


@attrs.frozen(kw_only=True)
class ReadCalendarFeed:
    """The calendar of an instructor, for whoever has its token.

    It holds the meetings from 60 days ago to a year ahead, cancelled and postponed ones as such,
    and nothing of children or money.
    """

    uow: UnitOfWork
    clock: Clock
    span: FeedSpan = attrs.field(factory=FeedSpan)

    async def __call__(self, *, instructor_id: UUID, token: str) -> Feed:
        """The feed.

        :raises Unauthenticated: the token is not the instructor's, who may not exist, be inactive,
            or have an account that was closed
        """
        days = self.span.around(self.clock.civil().date())

        async def work(tx: Transaction) -> Feed:
            instructor = await _opened(tx, instructor_id, token)
            meetings = await tx.meetings.of_instructor(instructor.id, days)
            cycles = await tx.cycles.many({m.cycle_id for m in meetings})
            return feed_of(
                instructor,
                meetings,
                cycles=cycles,
                branches=await tx.branches.many({c.branch_id for c in cycles.values()}),
                halves=await tx.meetings.many(_other_halves(meetings)),
            )

        return await self.uow.read(work)


async def _opened(tx: Transaction, id: UUID, token: str) -> Instructor:
    """Whose feed a token opens. :raises Unauthenticated: nobody's of this id"""
    try:
        found = await tx.instructors.get(id)
    except NotFound:
        raise Unauthenticated(NOT_VALID) from None
    if not compare_digest(found.calendar_hash or "", fingerprint(token)) or not found.is_active:
        raise Unauthenticated(NOT_VALID)
    if found.user_id is not None:
        users = await tx.users.many([found.user_id])
        if not any(user.is_active for user in users.values()):
            raise Unauthenticated(NOT_VALID)
    return found


def _other_halves(meetings: Iterable[Meeting]) -> set[UUID]:
    halves = (id for m in meetings for id in (m.rescheduled_to_id, m.rescheduled_from_id))
    return {id for id in halves if id is not None}
