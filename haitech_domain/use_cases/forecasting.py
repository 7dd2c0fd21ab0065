"""What scheduled meetings would come to if they were completed now, without asking for each."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from haitech_domain.ids import CycleId, InstructorId, MeetingId
from haitech_domain.meeting import Meeting, MeetingStatus, PayBasis, Settlement, carrier_of
from haitech_domain.pay import PayInputs, settled
from haitech_domain.reports import DayRow
from haitech_domain.revenue import RevenueInputs, revenue_of
from haitech_domain.use_cases.school import School


def forecasts(day: Sequence[DayRow], school: School) -> dict[MeetingId, Settlement]:
    """The money of the scheduled meetings among all meetings of one date.

    A daily rate is carried once (R-PAY-3): by the completed meeting that carries it already, else
    by the first scheduled one.

    :raises NoVatRate: VAT has to be taken off at a date without a rate
    """
    carriers = _carriers(day)
    waiting = [row for row in day if row.meeting.status is MeetingStatus.SCHEDULED]
    found = {}
    for row in sorted(waiting, key=lambda r: (r.meeting.start_time, r.meeting.number or 0)):
        bare = RevenueInputs.of(row.cycle, row.meeting, (), school.vat)
        revenue = revenue_of(attrs.evolve(bare, amounts=row.prices))
        whose = _whose(row.meeting)
        pay = PayInputs.of(
            row.cycle,
            row.meeting,
            row.instructor,
            carrier=carriers.get(whose),
            employer_factor=school.employer_factor,
        )
        if pay.basis is PayBasis.DAILY:
            carriers.setdefault(whose, row.meeting)
        found[row.meeting.id] = settled(revenue, pay)
    return found


def _whose(meeting: Meeting) -> tuple[CycleId, InstructorId]:
    """Whose date it is that a daily rate pays."""
    return meeting.cycle_id, meeting.instructor_id


def _carriers(day: Sequence[DayRow]) -> dict[tuple[CycleId, InstructorId], Meeting]:
    held: dict[tuple[CycleId, InstructorId], list[Meeting]] = {}
    for row in day:
        held.setdefault(_whose(row.meeting), []).append(row.meeting)
    found = {whose: carrier_of(meetings) for whose, meetings in held.items()}
    return {whose: carrier for whose, carrier in found.items() if carrier is not None}
