"""Applying today's inputs, or those of a day, to meetings that were held (R-MEET-6)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.cycle import Cycle
from haitech_domain.errors import Invalid
from haitech_domain.ids import CycleId, MeetingId
from haitech_domain.meeting import Meeting
from haitech_domain.ports import Clock, Transaction, UnitOfWork
from haitech_domain.use_cases.bulk import Refusals
from haitech_domain.use_cases.cycle_upkeep import must_take_changes
from haitech_domain.use_cases.drafting import Draft
from haitech_domain.use_cases.meeting_status import locked
from haitech_domain.use_cases.meetings_in_bulk import lock_meetings
from haitech_domain.use_cases.recalculation import BY_TODAY, Anew, Recalculated, Recalculation
from haitech_domain.use_cases.school import School
from haitech_domain.use_cases.settling import terms_of


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
        problems = how.problems(self.clock.civil().date())
        if problems:
            raise Invalid(problems)

        async def work(tx: Transaction) -> Sequence[Recalculated]:
            cycle, meeting = await _sought(tx, meeting_id, how)
            terms = await terms_of(
                tx, self.school, [cycle], [meeting.instructor_id], as_of=how.as_of
            )
            anew = Anew.of(terms[cycle.id], await tx.meetings.of_cycle(cycle.id))
            anew.ask(meeting.id)
            found = anew.outcome(at=self.clock.now())
            if not how.dry_run:
                await tx.meetings.save(*(one.change for one in found))
            return found

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


@attrs.frozen(kw_only=True)
class RecalculateMeetings:
    """Apply today's inputs, or those of a day (`asOf`), to many completed meetings, all or none.

    The answer has the figures before and after of each of them, of others whose day's pay moved,
    and of all together. A dry run stores nothing.
    """

    uow: UnitOfWork
    clock: Clock
    school: School

    async def __call__(
        self,
        *,
        actor: Actor,
        ids: Sequence[UUID],
        how: Recalculation = BY_TODAY,
    ) -> Sequence[Recalculated]:
        """The meetings before and after in the order of their ids, then others that changed.

        :raises Invalid: no ids, or more than 200
        :raises Several: a day in the future, an id that is there twice or names nothing; what the
            single verb refuses
        """
        grant(actor, Action.UPDATE, Resource.MEETINGS)
        today, at = self.clock.civil().date(), self.clock.now()

        async def work(tx: Transaction) -> Sequence[Recalculated]:
            refusals = Refusals()
            for problem in how.problems(today):
                refusals.add(problem.field, Invalid((attrs.evolve(problem, field=""),)))
            paths = refusals.named(ids)
            draft = Draft(tx, locks=not how.dry_run)
            meetings = await lock_meetings(draft, paths, refusals)
            cycles = await draft.cycles.many({meeting.cycle_id for meeting in meetings})
            every = await self._read(draft, cycles.values(), meetings, how)
            for meeting in meetings:
                with refusals.at(paths[meeting.id]):
                    must_take_changes(cycles[meeting.cycle_id])
                    every[meeting.cycle_id].ask(meeting.id)
            refusals.end()
            found = [one for anew in every.values() for one in anew.outcome(at=at)]
            if not how.dry_run:
                await tx.meetings.save(*(one.change for one in found))
            place = {id: position for position, id in enumerate(ids)}
            return sorted(found, key=lambda one: place.get(one.after.id, len(ids)))

        if how.dry_run:
            return await self.uow.read(work)
        return await self.uow.run(actor, work)

    async def _read(
        self,
        draft: Draft,
        cycles: Collection[Cycle],
        meetings: Sequence[Meeting],
        how: Recalculation,
    ) -> Mapping[CycleId, Anew]:
        """All meetings of the cycles, with the terms of each, in one question for each kind."""
        instructors = {meeting.instructor_id for meeting in meetings}
        terms = await terms_of(draft.tx, self.school, cycles, instructors, as_of=how.as_of)
        theirs = await draft.meetings.of_cycles(terms)
        return {id: Anew.of(terms[id], theirs[id]) for id in sorted(terms)}
