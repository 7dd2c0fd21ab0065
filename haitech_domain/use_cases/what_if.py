"""What the rest of a cycle would bring and cost if something of it were otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.calendar import TeachingDays
from haitech_domain.cycle import Cycle, CycleStatus, resize
from haitech_domain.ids import CycleId, MeetingId
from haitech_domain.meeting import Compared, Figures, Meeting, MeetingStatus, schedule, tally
from haitech_domain.ports import Transaction, UnitOfWork
from haitech_domain.scheduling import missing_numbers
from haitech_domain.use_cases.cycle_upkeep import must_take_changes, taken_numbers
from haitech_domain.use_cases.generate_meetings import missing_meetings
from haitech_domain.use_cases.outlook import Outlook, outlook
from haitech_domain.use_cases.school import School
from haitech_domain.use_cases.settling import terms_of
from haitech_domain.use_cases.supposing import Supposition, supposed


@attrs.frozen(kw_only=True)
class WhatIfs:
    """The rest of a cycle as it is and as it would be, beside what is completed."""

    cycle: Cycle
    completed: Figures
    completed_meetings: int
    current: Outlook
    projected: Outlook

    @property
    def rest(self) -> Compared:
        """The rest, compared."""
        return Compared(old=self.current.figures, new=self.projected.figures)

    @property
    def whole(self) -> Compared:
        """The whole cycle, with what is completed already."""
        return Compared(
            old=self.completed + self.current.figures, new=self.completed + self.projected.figures
        )


@attrs.frozen(kw_only=True)
class WhatIf:
    """What the rest of a cycle would bring and cost if something of it were otherwise.

    That is its price, how many children it has, its instructor, or how many meetings. The rest are the scheduled meetings and those that the total still misses, at the times that
    generating would give them. Completed meetings keep their money. Without any change it is a
    forecast of the cycle as it is. Nothing is stored.
    """

    uow: UnitOfWork
    school: School

    async def __call__(
        self, *, actor: Actor, cycle_id: CycleId, supposition: Supposition
    ) -> WhatIfs:
        """The rest of the cycle as it is, and as it would be.

        :raises NotFound: there is no such cycle
        :raises Invalid: a price below zero, an instructor who does not exist
        :raises CycleCancelledError: R-MEET-7
        :raises TotalBelowLiveNumber: R-CYC-8
        :raises PlanWithoutEnd: meetings are missing, and the calendar closes every week
        :raises NoVatRate: VAT has to be taken off at a date without a rate
        """
        grant(actor, Action.SEE_MONEY, Resource.CYCLES)

        async def work(tx: Transaction) -> WhatIfs:
            cycle = await tx.cycles.get(cycle_id)
            meetings = [m for m in await tx.meetings.of_cycle(cycle.id) if m.status.teaches]
            teachers = {cycle.instructor_id, *(m.instructor_id for m in meetings)}
            if supposition.instructor_id is not None:
                teachers.add(supposition.instructor_id)
            terms = (await terms_of(tx, self.school, [cycle], teachers))[cycle.id]
            then, remarks = supposed(terms, supposition)
            must_take_changes(cycle)
            after = then.cycle.thing
            resize(cycle, after.total_meetings, tally(meetings, after.total_meetings))
            teaching = await self.school.teaching_days(tx, cycle.branch_id)
            held = [m for m in meetings if m.status is MeetingStatus.COMPLETED]
            left = [m for m in meetings if m.status is MeetingStatus.SCHEDULED]
            return WhatIfs(
                cycle=cycle,
                completed=Figures.total(held),
                completed_meetings=len(held),
                current=outlook(terms, held, left, _planned(cycle, cycle, meetings, teaching)),
                projected=outlook(
                    then,
                    held,
                    _taken_over(left, cycle, after),
                    _planned(cycle, after, meetings, teaching),
                    remarks,
                ),
            )

        return await self.uow.read(work)


def _taken_over(meetings: Iterable[Meeting], cycle: Cycle, after: Cycle) -> list[Meeting]:
    """R-CYC-9: the scheduled meetings of the cycle's own instructor go to the new one."""
    own, new = cycle.instructor_id, after.instructor_id
    return [attrs.evolve(m, instructor_id=new) if m.instructor_id == own else m for m in meetings]


def _planned(
    cycle: Cycle, after: Cycle, meetings: Sequence[Meeting], teaching: TeachingDays
) -> list[Meeting]:
    """The meetings that generating would make; a cycle that has ended misses none as it is."""
    as_it_is = after.total_meetings == cycle.total_meetings
    if cycle.status is not CycleStatus.ACTIVE and as_it_is:
        return []
    if not missing_numbers(taken_numbers(meetings), after.total_meetings):
        return []
    return [
        schedule(
            id=MeetingId(UUID(int=planned.number)),  # nobody will ever look for it
            cycle_id=cycle.id,
            number=planned.number,
            instructor_id=after.instructor_id,
            day=planned.day,
            slot=cycle.slot,
            at=cycle.updated_at,
        ).after
        for planned in missing_meetings(after, meetings, teaching).meetings
    ]
