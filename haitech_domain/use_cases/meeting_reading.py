"""Reading meetings, and their money with its reasons."""

from __future__ import annotations

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.ids import MeetingId
from haitech_domain.meeting import Meeting, MeetingStatus, Settlement
from haitech_domain.ports import Transaction, UnitOfWork
from haitech_domain.use_cases.school import School
from haitech_domain.use_cases.settling import reckon
from haitech_domain.use_cases.spec import Spec

MEETINGS = Spec(resource=Resource.MEETINGS, entity=Meeting, repository=lambda tx: tx.meetings)
"""Meetings as far as reading and listing go."""


@attrs.frozen(kw_only=True)
class Financials:
    """A meeting's money; `is_forecast` where it is what completing it now would fix."""

    meeting: Meeting
    money: Settlement
    is_forecast: bool


@attrs.frozen(kw_only=True)
class ReadFinancials:
    """A meeting's figures with their explanation; for a scheduled one, a forecast (R-REV-6)."""

    uow: UnitOfWork
    school: School

    async def __call__(self, *, actor: Actor, meeting_id: MeetingId) -> Financials:
        """The snapshot of a completed meeting, a forecast for a scheduled one, else nothing.

        :raises NotFound: there is no such meeting
        :raises NoVatRate: a forecast at a date without a VAT rate
        """
        grant(actor, Action.SEE_MONEY, Resource.MEETINGS)

        async def work(tx: Transaction) -> Financials:
            meeting = await tx.meetings.get(meeting_id)
            if meeting.status is not MeetingStatus.SCHEDULED:
                return Financials(meeting=meeting, money=meeting.money, is_forecast=False)
            cycle = await tx.cycles.get(meeting.cycle_id)
            money = await reckon(tx, self.school, cycle, meeting)
            return Financials(meeting=meeting, money=money, is_forecast=True)

        return await self.uow.read(work)
