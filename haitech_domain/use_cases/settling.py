"""Reckoning meetings' money from what is stored, as it is or was (R-MEET-3, R-MEET-6, R-REV-6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from uuid import UUID

import attrs

from haitech_domain.cycle import Cycle
from haitech_domain.explanation import Figure, Line
from haitech_domain.ids import CycleId, InstructorId
from haitech_domain.instructor import Instructor
from haitech_domain.meeting import Meeting, PayBasis, Settlement, carrier_of
from haitech_domain.money import Money, Net
from haitech_domain.pay import PayInputs, settled
from haitech_domain.ports import AsOf, Transaction
from haitech_domain.revenue import RevenueInputs, amounts_of, revenue_of
from haitech_domain.use_cases.cycle_upkeep import meetings_of_day
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

    def earned(self, meeting: Meeting) -> Figure[Net]:
        """What a meeting earns if it is (or were) completed.

        :raises NoVatRate: VAT has to be taken off at a date without a rate
        """
        inputs = RevenueInputs.of(self.cycle.thing, meeting, (), self.school.vat, on=self.as_of)
        return revenue_of(attrs.evolve(inputs, amounts=self.amounts))

    def pay_inputs(self, meeting: Meeting) -> PayInputs:
        """What its pay depends on, but for who carries the day's (R-PAY-3)."""
        return PayInputs.of(
            self.cycle.thing,
            meeting,
            self.instructors[meeting.instructor_id].thing,
            employer_factor=self.school.employer_factor,
        )

    def pays_by_day(self, meeting: Meeting) -> bool:
        """Whether other meetings of its date bear on what is paid for it."""
        return self.pay_inputs(meeting).basis is PayBasis.DAILY

    def money_of(self, meeting: Meeting, carrier: Meeting | None = None) -> Settlement:
        """All its money if it is (or were) completed, where `carrier` carries the day's pay.

        :raises NoVatRate: VAT has to be taken off at a date without a rate
        """
        inputs = attrs.evolve(self.pay_inputs(meeting), carrier=carrier)
        money = settled(self.earned(meeting), inputs)
        remarks = self._remarks(self.instructors[meeting.instructor_id])
        return attrs.evolve(money, explanation=(*remarks, *money.explanation))

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
    if not terms.pays_by_day(meeting):
        return terms.money_of(meeting)
    others = [m for m in await meetings_of_day(tx, meeting) if m.id != meeting.id]
    return terms.money_of(meeting, carrier_of(others))
