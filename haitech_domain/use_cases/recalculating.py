"""Applying today's inputs, or those of a day, to meetings that were held (R-MEET-6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time
from typing import Final

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.change import Change
from haitech_domain.cycle import Cycle
from haitech_domain.errors import Invalid
from haitech_domain.fields import Day, enforce
from haitech_domain.ids import MeetingId
from haitech_domain.meeting import (
    Compared,
    Figures,
    Meeting,
    MeetingStatus,
    recalculate,
    settled_day,
)
from haitech_domain.meeting.transitions import must_be
from haitech_domain.ports import Clock, Transaction, UnitOfWork
from haitech_domain.use_cases.cycle_upkeep import must_take_changes
from haitech_domain.use_cases.meeting_status import locked
from haitech_domain.use_cases.school import School
from haitech_domain.use_cases.settling import Terms, terms_of


@attrs.frozen(kw_only=True)
class Recalculation:
    """How meetings are reckoned anew: by the inputs of a day, by today's where none is given.

    A `dry_run` only says what would change.

    :raises Invalid: a day outside 2000-2100
    """

    as_of: Day | None = None
    dry_run: bool = False

    def __attrs_post_init__(self) -> None:
        enforce(self)

    def check(self, today: date) -> None:
        """:raises Invalid: a day of which nothing is known yet"""
        if self.as_of is not None and self.as_of > today:
            message = f"must not be after today, {today}"
            raise Invalid.because("as_of", message, reason="date.future")


BY_TODAY: Final = Recalculation()
"""The inputs of this moment, for good."""


@attrs.frozen(kw_only=True)
class Recalculated:
    """A meeting before and after.

    One that was not `asked` for is of a day that is paid as a whole (R-PAY-3), and got or gave up
    the day's pay.
    """

    before: Meeting
    after: Meeting
    asked: bool = True

    @property
    def changed(self) -> bool:
        """Whether anything differs, its reasons included."""
        return self.after is not self.before

    @property
    def figures(self) -> Compared:
        """Its money before and after."""
        return Compared(old=Figures.of(self.before), new=Figures.of(self.after))


def reckoned_anew(
    terms: Terms, meetings: Iterable[Meeting], asked: Sequence[Meeting], *, at: datetime
) -> list[Change[Meeting]]:
    """What changes of a cycle's meetings where the asked ones get the money of these terms.

    Every date is settled anew (R-PAY-3), one meeting after the other as they were held; a meeting
    changes once, whatever its day went through. Those asked for are all among the changes.

    :raises NoVatRate: VAT has to be taken off at a date without a rate
    """
    before = {meeting.id: meeting for meeting in meetings}
    now = dict(before)
    named = {meeting.id for meeting in asked}
    for id in (m.id for m in sorted(asked, key=_as_held)):
        was = now[id]
        now[id] = recalculate(was, terms.money_of(was, now.values()), at=at).after
        left = was if now[id].pay_basis is not was.pay_basis else None
        for settled in settled_day(now.values(), now[id], at=at, left_by=left):
            now[settled.after.id] = settled.after
    changes = [recalculate(before[m.id], now[m.id].money, at=at) for m in asked]
    others = (m for id, m in now.items() if m is not before[id] and m.id not in named)
    moved = (recalculate(before[m.id], m.money, at=at) for m in others)
    return changes + [change for change in moved if not change.is_empty]


def told(changes: Iterable[Change[Meeting]], asked: Collection[Meeting]) -> Sequence[Recalculated]:
    """The changes as they are reported."""
    named = {meeting.id for meeting in asked}
    return [
        Recalculated(before=c.before or c.after, after=c.after, asked=c.after.id in named)
        for c in changes
    ]


def _as_held(meeting: Meeting) -> tuple[date, time, int]:
    return meeting.scheduled_date, meeting.start_time, meeting.number or 0


@attrs.frozen(kw_only=True)
class RecalculateMeeting:
    """Apply today's inputs, or those of a day (`asOf`), to a completed meeting.

    The answer has the figures before and after with their differences. As of a day, the
    instructor's rates, the cycle's prices and the VAT are those at its end. A dry run stores
    nothing. Where a day is paid as a whole, its pay may move to another of its meetings.
    """

    uow: UnitOfWork
    clock: Clock
    school: School

    async def __call__(
        self,
        *,
        actor: Actor,
        meeting_id: MeetingId,
        how: Recalculation = BY_TODAY,
    ) -> Sequence[Recalculated]:
        """The meeting before and after, then others of its day whose pay moved.

        :raises NotFound: there is no such meeting
        :raises Invalid: a day in the future
        :raises Transition: it is not completed
        :raises CycleCancelledError: R-MEET-7
        :raises NoVatRate: VAT has to be taken off at a date without a rate
        """
        grant(actor, Action.UPDATE, Resource.MEETINGS)
        how.check(self.clock.civil().date())

        async def work(tx: Transaction) -> Sequence[Recalculated]:
            cycle, meeting = await _sought(tx, meeting_id, how)
            must_be(meeting, "recalculate", MeetingStatus.COMPLETED)
            terms = await terms_of(
                tx, self.school, [cycle], [meeting.instructor_id], as_of=how.as_of
            )
            meetings = await tx.meetings.of_cycle(cycle.id)
            at = self.clock.now()
            changes = reckoned_anew(terms[cycle.id], meetings, [meeting], at=at)
            if not how.dry_run:
                await tx.meetings.save(*changes)
            return told(changes, [meeting])

        if how.dry_run:
            return await self.uow.read(work)
        return await self.uow.run(actor, work)


async def _sought(tx: Transaction, id: MeetingId, how: Recalculation) -> tuple[Cycle, Meeting]:
    """The meeting and its cycle, locked where something is going to be stored.

    :raises NotFound: there is no such meeting
    :raises CycleCancelledError: R-MEET-7
    """
    if not how.dry_run:
        return await locked(tx, id)
    meeting = await tx.meetings.get(id)
    cycle = await tx.cycles.get(meeting.cycle_id)
    must_take_changes(cycle)
    return cycle, meeting
