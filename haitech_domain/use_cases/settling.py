"""Reckoning meetings' money from what is stored, as it is or was (R-MEET-3, R-MEET-6, R-REV-6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from uuid import UUID

import attrs

from haitech_domain.cycle import Cycle, PaymentMode
from haitech_domain.explanation import Line
from haitech_domain.ids import CycleId, InstructorId
from haitech_domain.instructor import Instructor
from haitech_domain.meeting import Meeting, PayBasis, Settlement, carrier_of, of_day
from haitech_domain.money import Money
from haitech_domain.pay import PayInputs, settled
from haitech_domain.ports import AsOf, Transaction
from haitech_domain.revenue import RevenueInputs, amounts_of, revenue_of
from haitech_domain.use_cases.school import School


@attrs.frozen(kw_only=True)
class Terms:
    """All that the money of a cycle's meetings is reckoned from, beside the meetings themselves.

    `amounts` are those of the registrations that bear revenue today. Cycle and instructors are as
    they were at the end of the day `as_of`, whose VAT holds then; as they are now without one.
    """

    school: School
    cycle: AsOf[Cycle]
    amounts: tuple[Money | None, ...]
    instructors: Mapping[UUID, AsOf[Instructor]]
    as_of: date | None = None

    @property
    def pay_by_day(self) -> bool:
        """Whether other meetings of a date bear on what one of it is paid (R-PAY-3)."""
        return self.cycle.thing.instructor_payment_mode is PaymentMode.DAILY

    def money_of(self, meeting: Meeting, meetings: Iterable[Meeting] = ()) -> Settlement:
        """The money of a meeting if it is (or were) completed, `meetings` being its cycle's.

        :raises NoVatRate: VAT has to be taken off at a date without a rate
        """
        cycle, school = self.cycle.thing, self.school
        earning = RevenueInputs.of(cycle, meeting, (), school.vat, on=self.as_of)
        revenue = revenue_of(attrs.evolve(earning, amounts=self.amounts))
        instructor = self.instructors[meeting.instructor_id]
        inputs = PayInputs.of(
            cycle, meeting, instructor.thing, employer_factor=school.employer_factor
        )
        if inputs.basis is PayBasis.DAILY:
            others = [m for m in of_day(meetings, meeting) if m.id != meeting.id]
            inputs = attrs.evolve(inputs, carrier=carrier_of(others))
        money = settled(revenue, inputs)
        why = (*self._remarks(instructor), *money.explanation)
        return attrs.evolve(money, explanation=why)

    def _remarks(self, instructor: AsOf[Instructor]) -> Iterator[Line]:
        """R-MEET-6: from which day all this is, and where nothing older is known."""
        if self.as_of is None:
            return
        yield _remark(f"as of {self.as_of}: the rates, prices and VAT of that day")
        for what, since in (
            ("the instructor's rates", instructor.known_since),
            ("the cycle's prices", self.cycle.known_since),
        ):
            if since is not None:
                yield _remark(f"{what} are known since {since}; these are the oldest")


def _remark(text: str) -> Line:
    return Line(text, Money(0), "R-MEET-6")


async def terms_of(
    tx: Transaction,
    school: School,
    cycles: Iterable[Cycle],
    instructors: Iterable[InstructorId],
    as_of: date | None = None,
) -> Mapping[CycleId, Terms]:
    """The terms of some cycles and instructors, by cycle; deleted instructors have theirs."""
    now = {cycle.id: AsOf(cycle) for cycle in cycles}
    then = now if as_of is None else await tx.cycles.as_of(now, as_of)
    teaching = await tx.instructors.as_of(instructors, as_of)
    registrations = await tx.registrations.of_cycles(now)
    return {
        id: Terms(
            school=school,
            cycle=then[id],
            amounts=amounts_of(registrations[id]),
            instructors=teaching,
            as_of=as_of,
        )
        for id in now
    }


async def reckon(tx: Transaction, school: School, cycle: Cycle, meeting: Meeting) -> Settlement:
    """The money of a meeting if it is (or were) completed, by the inputs of this moment.

    :raises NoVatRate: VAT has to be taken off at a date without a rate
    """
    terms = (await terms_of(tx, school, [cycle], [meeting.instructor_id]))[cycle.id]
    meetings = await tx.meetings.of_cycle(cycle.id) if terms.pay_by_day else ()
    return terms.money_of(meeting, meetings)
