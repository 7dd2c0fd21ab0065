"""Revenue of a meeting: a pure function from its inputs to an explained figure (R-REV-1…6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Self

import attrs

from haitech_domain.cycle import Cycle, CycleType
from haitech_domain.explanation import Figure, Line, product
from haitech_domain.meeting import Meeting, MeetingNature
from haitech_domain.money import Money, Net, allocated
from haitech_domain.registration import Registration
from haitech_domain.vat import ISRAEL, VatSchedule


@attrs.frozen(kw_only=True)
class RevenueInputs:
    """All that revenue depends on.

    `amounts` are those of `amounts_of`; `on` is the day whose VAT is taken off; `number` is the
    meeting's place in its cycle, None where it has none. Money is in shekels, gross or net as
    `includes_vat` and the cycle's type say (R-MONEY-5).
    """

    type: CycleType
    on: date
    number: int | None = None
    nature: MeetingNature = MeetingNature.REGULAR
    meeting_revenue: Money | None = None
    price_per_student: Money | None = None
    student_count: int | None = None
    includes_vat: bool | None = None
    total_meetings: int = 0
    amounts: tuple[Money | None, ...] = ()
    vat: VatSchedule = ISRAEL

    @classmethod
    def of(
        cls,
        cycle: Cycle,
        meeting: Meeting,
        registrations: Iterable[Registration],
        vat: VatSchedule = ISRAEL,
        *,
        on: date | None = None,
    ) -> Self:
        """The inputs for one meeting of a cycle, by the VAT of its own date unless `on` is given."""
        return cls(
            type=cycle.type,
            on=on or meeting.scheduled_date,
            number=meeting.number,
            nature=meeting.nature,
            meeting_revenue=cycle.meeting_revenue,
            price_per_student=cycle.price_per_student,
            student_count=cycle.student_count,
            includes_vat=cycle.revenue_includes_vat,
            total_meetings=cycle.total_meetings,
            amounts=amounts_of(registrations),
            vat=vat,
        )


def amounts_of(registrations: Iterable[Registration]) -> tuple[Money | None, ...]:
    """R-REV-1: the prices of those that bear revenue, None where one is unset."""
    return tuple(r.amount for r in registrations if r.bears_revenue)


def revenue_of(inputs: RevenueInputs) -> Figure[Net]:
    """The net revenue of one meeting.

    >>> inputs = RevenueInputs(
    ...     type=CycleType.INSTITUTIONAL_PER_CHILD,
    ...     on=date(2026, 3, 10),
    ...     price_per_student=Money.of("45.50"),
    ...     student_count=12,
    ... )
    >>> print(revenue_of(inputs).amount, "because", revenue_of(inputs))
    546.00 because 12 children × 45.50 = 546.00 (stated for the cycle)

    :raises NoVatRate: VAT has to be taken off at a date without a rate
    """
    if inputs.nature is MeetingNature.NO_REVENUE:
        return _nothing("this meeting is marked as bringing no revenue", "R-REV-3")
    if inputs.type is CycleType.INSTITUTIONAL_PER_CHILD:
        return _per_child(inputs)
    if inputs.type is CycleType.INSTITUTIONAL_FIXED or inputs.meeting_revenue:
        return _fixed(inputs)
    return _share(inputs)


def _fixed(inputs: RevenueInputs) -> Figure[Net]:
    stated = inputs.meeting_revenue or Money(0)
    first = Line(f"revenue per meeting {stated}", stated, "R-REV-5")
    net, lines = _netted(stated, inputs, includes_vat=inputs.includes_vat is True)
    return Figure(net, (first, *lines))


def _per_child(inputs: RevenueInputs) -> Figure[Net]:
    children = len(inputs.amounts) if inputs.student_count is None else inputs.student_count
    source = "registered" if inputs.student_count is None else "stated for the cycle"
    price = inputs.price_per_student or Money(0)
    stated = price * children
    first = attrs.evolve(
        product(children, "children", price, stated, "R-REV-4"),
        text=f"{children} children × {price} = {stated} ({source})",
    )
    net, lines = _netted(stated, inputs, includes_vat=inputs.includes_vat is True)
    return Figure(net, (first, *lines))


def _share(inputs: RevenueInputs) -> Figure[Net]:
    total, number = inputs.total_meetings, inputs.number
    priced = [amount for amount in inputs.amounts if amount is not None]
    stated = Money.total(priced)
    text = f"{len(priced)} registrations with a price, together {stated}"
    first = Line(text, stated, "R-REV-1", str(len(priced)), "registrations")
    if total < 1:
        return _nothing("the cycle has no meetings to share its price", "R-REV-4", first)
    if number is None or number > total:
        return _nothing(f"an extra meeting, beyond the {total} that were paid", "R-REV-2", first)
    if not stated:
        return _nothing("no registration has a price", "R-REV-2", first)
    net, lines = _netted(stated, inputs, includes_vat=inputs.includes_vat is not False)
    share = allocated(net, total, number)
    last = Line(f"{net} over {total} meetings, share {number} = {share}", share, "R-REV-2")
    return Figure(share, (first, *lines, last))


def _netted(
    stated: Money, inputs: RevenueInputs, *, includes_vat: bool
) -> tuple[Net, tuple[Line, ...]]:
    net = inputs.vat.net(stated, includes_vat=includes_vat, on=inputs.on)
    if not includes_vat:
        return net, ()
    percent = f"{(inputs.vat.rate_on(inputs.on) * 100).normalize():f}"
    text = f"{stated} with VAT of {percent} % on {inputs.on}: net {net}"
    return net, (Line(text, net, "R-MONEY-4", rate=f"{percent} %"),)


def _nothing(why: str, rule: str, *before: Line) -> Figure[Net]:
    return Figure(Net(0), (*before, Line(f"{why}: 0.00", Net(0), rule)))
