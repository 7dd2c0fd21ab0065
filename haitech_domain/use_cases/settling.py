"""Reckoning a meeting's money from what is stored now (R-MEET-3, R-MEET-6, R-REV-6)."""

from __future__ import annotations

import attrs

from haitech_domain.cycle import Cycle
from haitech_domain.errors import NotFound
from haitech_domain.ids import InstructorId
from haitech_domain.instructor import Instructor
from haitech_domain.meeting import Meeting, PayBasis, Settlement, carrier_of
from haitech_domain.pay import PayInputs, settled
from haitech_domain.ports import Transaction
from haitech_domain.revenue import RevenueInputs, revenue_of
from haitech_domain.use_cases.cycle_upkeep import meetings_of_day
from haitech_domain.use_cases.school import School


async def reckon(tx: Transaction, school: School, cycle: Cycle, meeting: Meeting) -> Settlement:
    """The money of a meeting if it is (or were) completed, by the inputs of this moment.

    :raises NoVatRate: VAT has to be taken off at a date without a rate
    """
    registrations = await tx.registrations.of_cycle(cycle.id)
    revenue = revenue_of(RevenueInputs.of(cycle, meeting, registrations, school.vat))
    instructor = await _even_deleted(tx, meeting.instructor_id)
    inputs = PayInputs.of(cycle, meeting, instructor, employer_factor=school.employer_factor)
    if inputs.basis is PayBasis.DAILY:
        others = [m for m in await meetings_of_day(tx, meeting) if m.id != meeting.id]
        inputs = attrs.evolve(inputs, carrier=carrier_of(others))
    return settled(revenue, inputs)


async def _even_deleted(tx: Transaction, id: InstructorId) -> Instructor:
    """The instructor of a meeting that was held may have left the school since."""
    try:
        return await tx.instructors.get(id)
    except NotFound:
        return await tx.instructors.lock_deleted(id)
