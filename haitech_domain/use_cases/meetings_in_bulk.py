"""The verbs of meetings, over many at once (R-CYC-6, R-MEET-2, R-MEET-3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.cycle import Cycle
from haitech_domain.errors import Invalid
from haitech_domain.fields import problems_in
from haitech_domain.ids import DeletionId, MeetingId
from haitech_domain.meeting import Meeting, MeetingStatus, in_order
from haitech_domain.ports import Clock, Ids, Transaction, UnitOfWork
from haitech_domain.use_cases.bulk import Refusals
from haitech_domain.use_cases.cycle_upkeep import Needed, lock_for_meetings, settle_cycle
from haitech_domain.use_cases.drafting import Draft
from haitech_domain.use_cases.meeting_steps import (
    cancel_it,
    complete_it,
    delete_it,
    reopen_it,
    schedule_again,
)
from haitech_domain.use_cases.school import School

_BY_VERB: Final = (MeetingStatus.COMPLETED, MeetingStatus.CANCELLED, MeetingStatus.SCHEDULED)


async def lock_meetings(
    draft: Draft, paths: Mapping[UUID, str], refusals: Refusals
) -> list[Meeting]:
    """The meetings of these ids under their cycles' locks, by date, start and id.

    All of their cycles' meetings are read ahead. An id that names none is refused.
    """
    seen = await draft.meetings.many(paths)
    cycles = {meeting.cycle_id for meeting in seen.values()}
    await draft.cycles.lock_many(cycles)
    there = await draft.meetings.lock_many(seen)
    refusals.missing("meeting", paths, there)
    await draft.meetings.of_cycles(cycles)
    return in_order(there.values())


async def as_they_are(draft: Draft, meeting: Meeting) -> tuple[Cycle, Meeting]:
    """A meeting and its cycle after what was done to others of the request.

    :raises CycleCancelledError: R-MEET-7
    """
    cycle = await lock_for_meetings(draft.tx, meeting.cycle_id)
    return cycle, await draft.meetings.lock(meeting.id)


async def settle_cycles(draft: Draft, meetings: Iterable[Meeting], at: datetime) -> None:
    """Recount the cycles of these meetings, each once (R-CYC-1, R-CYC-2)."""
    for id in sorted({meeting.cycle_id for meeting in meetings}):
        await settle_cycle(draft.tx, await draft.cycles.get(id), at)


@attrs.frozen(kw_only=True)
class UpdateMeetingStatuses:
    """Bring many meetings to one status by its verb, all or none.

    `completed` completes scheduled ones, `cancelled` cancels them, `scheduled` reopens completed
    and restores cancelled ones. The result is that of the single verbs, one after the other in
    order of date. Postponing has a verb of its own, for each meeting needs its own new date.
    """

    uow: UnitOfWork
    clock: Clock
    school: School

    async def __call__(
        self,
        *,
        actor: Actor,
        ids: Sequence[UUID],
        status: MeetingStatus,
        reason: str | None = None,
        allow_conflicts: bool = False,
    ) -> list[Meeting]:
        """The meetings as they are now, in the order of their ids.

        :raises Forbidden: an instructor
        :raises Invalid: no ids, or more than 200
        :raises Several: an id that is there twice or names nothing; a status without such a verb;
            a reason where nothing is cancelled; what the single verbs refuse
        """
        grant(actor, Action.UPDATE, Resource.MEETINGS)
        at = self.clock.now()

        async def work(tx: Transaction) -> list[Meeting]:
            refusals = Refusals()
            _check(status, reason, refusals)
            paths = refusals.named(ids)
            draft = Draft(tx)
            meetings = await lock_meetings(draft, paths, refusals)
            await self._read_ahead(draft, meetings, status)
            for meeting in meetings if status in _BY_VERB else ():
                with refusals.at(paths[meeting.id]), draft.attempt():
                    cycle, now = await as_they_are(draft, meeting)
                    if status is MeetingStatus.COMPLETED:
                        await complete_it(draft.tx, self.school, cycle, now, at=at, notes={})
                    elif status is MeetingStatus.CANCELLED:
                        await cancel_it(draft.tx, now, at=at, reason=reason)
                    elif now.status is MeetingStatus.COMPLETED:
                        await reopen_it(draft.tx, cycle, now, at=at)
                    else:
                        await schedule_again(
                            draft.tx, cycle, now, at=at, allow_conflicts=allow_conflicts
                        )
            refusals.end()
            await settle_cycles(draft, meetings, at)
            await draft.keep()
            after = await draft.meetings.many(ids)
            return [after[id] for id in ids]

        return await self.uow.run(actor, work)

    async def _read_ahead(
        self, draft: Draft, meetings: Sequence[Meeting], status: MeetingStatus
    ) -> None:
        cycles = {meeting.cycle_id for meeting in meetings}
        instructors = {meeting.instructor_id for meeting in meetings}
        if status is MeetingStatus.SCHEDULED:
            needed = Needed(instructors={*instructors})
            await needed.to_reopen(draft.tx, (await draft.cycles.many(cycles)).values())
            await needed.lock(draft.tx)
        elif status is MeetingStatus.COMPLETED:
            await draft.registrations.of_cycles(cycles)
            await draft.instructors.as_of(instructors)


def _check(status: MeetingStatus, reason: str | None, refusals: Refusals) -> None:
    """What is wrong with the request whatever its meetings are."""
    if status not in _BY_VERB:
        message = "has a verb of its own: POST /meetings/{id}/postpone"
        refusals.add("status", Invalid.because("", message, reason="meeting.verb_only"))
    if reason is None:
        return
    if status is not MeetingStatus.CANCELLED:
        message = "is for cancelling; leave it out"
        refusals.add("reason", Invalid.because("", message, reason="value.unexpected"))
    for problem in problems_in(Meeting, {"cancellation_reason": reason}):
        refusals.add("reason", Invalid.because("", problem.message, reason=problem.reason))


@attrs.frozen(kw_only=True)
class DeleteMeetings:
    """Delete many meetings softly, all or none; each of them can be restored by itself."""

    uow: UnitOfWork
    clock: Clock
    ids: Ids

    async def __call__(self, *, actor: Actor, ids: Sequence[UUID]) -> list[MeetingId]:
        """The ids of those that are gone, in the order given.

        :raises Invalid: no ids, or more than 200
        :raises Several: an id that is there twice, names nothing, or is in a cancelled cycle
        """
        grant(actor, Action.DELETE, Resource.MEETINGS)
        at = self.clock.now()

        async def work(tx: Transaction) -> list[MeetingId]:
            refusals = Refusals()
            paths = refusals.named(ids)
            draft = Draft(tx)
            meetings = await lock_meetings(draft, paths, refusals)
            act = DeletionId(self.ids.new())
            for meeting in meetings:
                with refusals.at(paths[meeting.id]), draft.attempt():
                    _, now = await as_they_are(draft, meeting)
                    await delete_it(draft.tx, now, act, at=at)
            refusals.end()
            await settle_cycles(draft, meetings, at)
            await draft.keep()
            return [MeetingId(id) for id in ids]

        return await self.uow.run(actor, work)
