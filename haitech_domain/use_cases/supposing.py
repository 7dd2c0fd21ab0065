"""What is supposed of a cycle, and the terms that its meetings would have then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final, TypeAlias

import attrs

from haitech_domain.cycle import Cycle, CycleType
from haitech_domain.errors import Invalid, Problem, UnknownReference
from haitech_domain.explanation import Line
from haitech_domain.fields import Between, enforce, problems_in
from haitech_domain.ids import InstructorId
from haitech_domain.money import Money, allocate
from haitech_domain.ports import AsOf
from haitech_domain.registration import Registration
from haitech_domain.use_cases.settling import Terms

_MOST: Final = Money.of(1_000_000)
_NOTHING: Final = Money(0)


@attrs.frozen(kw_only=True)
class Supposition:
    """What would be otherwise of a cycle; what is None stays as it is.

    `price_change` is shekels added to the price that the cycle's type uses: that of a meeting, of
    a child and meeting, or of each registration. `student_count` is how many children there would
    be.

    :raises Invalid: values that no cycle could have
    """

    price_change: Annotated[Money, Between(-_MOST, _MOST)] | None = None
    student_count: Annotated[int, Between(0, 10_000)] | None = None
    instructor_id: InstructorId | None = None
    total_meetings: Annotated[int, Between(1, 500)] | None = None

    def __attrs_post_init__(self) -> None:
        enforce(self)


Supposed: TypeAlias = tuple[Terms, tuple[Line, ...]]
"""Terms as they would be, and what is supposed in words."""


def supposed(terms: Terms, supposition: Supposition) -> Supposed:
    """The terms of a cycle under a supposition; they know its new instructor, if there is one.

    :raises Invalid: a price below zero or too high, an instructor who does not exist
    """
    remarks: list[Line] = []
    problems: list[Problem] = []
    for step in _STEPS:
        try:
            terms, lines = step(terms, supposition)
        except (Invalid, UnknownReference) as refused:
            problems += refused.problems
        else:
            remarks += lines
    if problems:
        raise Invalid(tuple(problems))
    return terms, tuple(remarks)


def by_registrations(cycle: Cycle) -> bool:
    """Whether a cycle earns by what its registrations cost (domain.md §3)."""
    return cycle.type is CycleType.PRIVATE and not cycle.meeting_revenue


def _with_cycle(terms: Terms, cycle: Cycle) -> Terms:
    return attrs.evolve(terms, cycle=AsOf(cycle))


def _instructor(terms: Terms, supposition: Supposition) -> Supposed:
    """R-CYC-9: another instructor takes over what the cycle's own was to give."""
    cycle, new = terms.cycle.thing, supposition.instructor_id
    if new is None or new == cycle.instructor_id:
        return terms, ()
    found = terms.instructors.get(new)
    if found is None or found.thing.deleted_at is not None:
        raise UnknownReference("instructor_id", "instructor")
    old = terms.instructors[cycle.instructor_id].thing.name
    text = f"{found.thing.name} takes over from {old}; substitutes keep their meetings"
    line = Line(text, _NOTHING, "R-CYC-9")
    return _with_cycle(terms, attrs.evolve(cycle, instructor_id=new)), (line,)


def _price(terms: Terms, supposition: Supposition) -> Supposed:
    """The price that the cycle's type uses, raised or lowered."""
    cycle, change = terms.cycle.thing, supposition.price_change
    if not change:
        return terms, ()
    if by_registrations(cycle):
        return _amounts(terms, change)
    per_child = cycle.type is CycleType.INSTITUTIONAL_PER_CHILD
    field, called = (
        ("price_per_student", "price of a child and meeting")
        if per_child
        else ("meeting_revenue", "price of a meeting")
    )
    old: Money = getattr(cycle, field)
    new = _changed(old, change, called)
    line = Line(f"{called} {old} {_signed(change)} = {new}", new, "R-REV-5")
    stated: dict[str, Any] = {field: new}
    return _with_cycle(terms, attrs.evolve(cycle, **stated)), (line,)


def _amounts(terms: Terms, change: Money) -> Supposed:
    """What each registration costs, also those that would be made."""
    called = "price of a registration"
    raised = tuple(a if a is None else _changed(a, change, called) for a in terms.amounts)
    cycle, default = terms.cycle.thing, terms.cycle.thing.default_registration_amount
    if default is not None:
        raised_default = _changed(default, change, called)
        cycle = attrs.evolve(cycle, default_registration_amount=raised_default)
    priced = [amount for amount in raised if amount is not None]
    together = Money.total(priced)
    text = f"{len(priced)} prices of registrations {_signed(change)} each: together {together}"
    line = Line(text, together, "R-REV-1", str(len(priced)), "registrations", str(change))
    return attrs.evolve(_with_cycle(terms, cycle), amounts=raised), (line,)


def _changed(old: Money, change: Money, called: str) -> Money:
    new = old + change
    for problem in problems_in(Registration, {"amount": new}):  # every price has the same bounds
        text = f"would make the {called} {new}; it {problem.message}"
        raise Invalid.because("price_change", text, reason=problem.reason)
    return new


def _signed(change: Money) -> str:
    return f"− {-change}" if change < _NOTHING else f"+ {change}"


def _children(terms: Terms, supposition: Supposition) -> Supposed:
    """More or fewer children, where they bear on what a meeting earns."""
    cycle, count = terms.cycle.thing, supposition.student_count
    if count is None:
        return terms, ()
    there = len(terms.amounts)
    if cycle.type is CycleType.INSTITUTIONAL_PER_CHILD:
        there = there if cycle.student_count is None else cycle.student_count
        after = _with_cycle(terms, attrs.evolve(cycle, student_count=count))
        how = ""
    elif by_registrations(cycle):
        amounts, how = _paying(terms.amounts, count, cycle.default_registration_amount)
        after = attrs.evolve(terms, amounts=amounts)
    else:
        text = "what a meeting of this cycle earns does not depend on how many children there are"
        return terms, (Line(text, _NOTHING, "R-REV-5"),)
    lines = [Line(f"{count} children instead of {there}{how}", _NOTHING, "R-REG-3")]
    if cycle.max_students is not None and count > cycle.max_students:
        lines.append(Line(f"the cycle has {cycle.max_students} places", _NOTHING, "R-REG-2"))
    return after, tuple(lines)


def _paying(
    amounts: tuple[Money | None, ...], count: int, default: Money | None
) -> tuple[tuple[Money | None, ...], str]:
    """What so many children pay, and how that was found.

    R-REG-3: whoever comes pays the cycle's default. Without one, and where some leave, all pay
    together what the average of those there makes, rounded once.
    """
    there = len(amounts)
    if count > there and default is not None:
        return (*amounts, *(default,) * (count - there)), f", the others at {default}"
    if count == there or not there:
        return (*amounts, *(None,) * (count - there)), "" if count == there else ", without a price"
    stated = Money.total(amount for amount in amounts if amount is not None)
    together = Money.rounding(stated.exact * count / there)
    shares = allocate(together, count) if count else []
    return tuple(shares), f", at the average of those there: together {together}"


def _total(terms: Terms, supposition: Supposition) -> Supposed:
    """More or fewer meetings in all; whether there may be fewer is for whoever calls (R-CYC-8)."""
    cycle, total = terms.cycle.thing, supposition.total_meetings
    if total is None or total == cycle.total_meetings:
        return terms, ()
    text = f"{total} meetings in all instead of {cycle.total_meetings}"
    line = Line(text, _NOTHING, "R-SCHED-4")
    return _with_cycle(terms, attrs.evolve(cycle, total_meetings=total)), (line,)


_STEPS: Final[tuple[Callable[[Terms, Supposition], Supposed], ...]] = (
    _instructor,
    _price,
    _children,
    _total,
)
"""Prices before children: whoever would come pays the price as it would be."""
