"""Rules about cycles: their terms, their plan, their end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from haitech_domain.calendar import DayOfWeek
from haitech_domain.cycle import ActivityType, CycleStatus, CycleType, PaymentMode
from haitech_domain.ids import CycleId
from haitech_domain.meeting import Meeting
from haitech_domain.money import Money
from haitech_domain.testing.machine.paper import PaperCycle, PaperMeeting, endings
from haitech_domain.testing.machine.paper import cycles as on_paper
from haitech_domain.testing.machine.play import MANAGER, SchoolPlay, chances
from haitech_domain.testing.machine.rules.meetings import has_cycles, leave, slots

MOST_CYCLES: Final = 4
AMOUNTS: Final = (0, 1, 3_333, 4_550, 100_000, 118_000, 288_000)
"""Agorot; few of them divide well, by children, meetings or VAT."""
WEEKDAYS: Final = (DayOfWeek.SUNDAY, DayOfWeek.TUESDAY, DayOfWeek.FRIDAY)

amounts: Final = st.sampled_from(AMOUNTS)
totals: Final = st.integers(1, 4)


@st.composite
def terms(draw: st.DrawFn) -> dict[str, Any]:
    """What is agreed about a cycle, by the names of its fields; amounts in agorot."""
    type = draw(st.sampled_from(CycleType))
    start, end = draw(slots)
    needs_revenue = type is CycleType.INSTITUTIONAL_FIXED
    needs_price = type is CycleType.INSTITUTIONAL_PER_CHILD
    return {
        "type": type,
        "day_of_week": draw(st.sampled_from(WEEKDAYS)),
        "start_time": start,
        "end_time": end,
        "total_meetings": draw(totals),
        "meeting_revenue": draw(amounts if needs_revenue else st.none() | st.just(45_050)),
        "price_per_student": draw(amounts) if needs_price else None,
        "default_registration_amount": draw(st.none() | amounts),
        "revenue_includes_vat": draw(st.none() | st.booleans()),
        "instructor_payment_mode": draw(st.sampled_from(PaymentMode)),
        "instructor_daily_rate": draw(st.none() | st.sampled_from([60_000, 60_001, 0])),
        "student_count": draw(st.none() | st.sampled_from([0, 3, 12])),
        "max_students": draw(st.none() | st.integers(1, 3)),
        "activity_type": draw(st.sampled_from(ActivityType)),
    }


PAPER_NAMES: Final = {
    "day_of_week": "weekday",
    "start_time": "start",
    "end_time": "end",
    "total_meetings": "total",
    "default_registration_amount": "default_amount",
    "revenue_includes_vat": "includes_vat",
    "instructor_payment_mode": "mode",
    "instructor_daily_rate": "daily_rate",
    "max_students": "places",
    "activity_type": "activity",
}
MONEY: Final = frozenset(
    {
        "meeting_revenue",
        "price_per_student",
        "default_registration_amount",
        "instructor_daily_rate",
    }
)
NEEDED: Final = {
    CycleType.INSTITUTIONAL_FIXED: "meeting_revenue",
    CycleType.INSTITUTIONAL_PER_CHILD: "price_per_student",
}


def as_values(fields: dict[str, Any]) -> dict[str, Any]:
    """The same with amounts as the verbs take them."""
    return {
        name: Money(value) if name in MONEY and value is not None else value
        for name, value in fields.items()
    }


def as_written(fields: dict[str, Any]) -> dict[str, Any]:
    """The same by the names that they have on paper."""
    return {PAPER_NAMES.get(name, name): value for name, value in fields.items()}


def _change(what: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, Any]]:
    return st.tuples(st.just(what), values)


changes: Final = st.one_of(
    _change("places", st.none() | st.integers(1, 4)),
    _change("weeks", st.integers(-1, 4)),
    _change("weekday", st.sampled_from([*WEEKDAYS, DayOfWeek.SATURDAY])),
    _change("meeting_revenue", st.none() | amounts),
    _change("price_per_student", st.none() | amounts),
    _change("revenue_includes_vat", st.none() | st.booleans()),
    _change("student_count", st.none() | st.integers(0, 5)),
    _change("default_registration_amount", st.none() | amounts),
    _change("instructor_daily_rate", st.none() | st.just(70_007)),
    _change("instructor_payment_mode", st.sampled_from(PaymentMode)),
    _change("activity_type", st.sampled_from(ActivityType)),
)
"""A field of a cycle and its new value; `weeks` move the first day."""


class CycleRules(SchoolPlay):
    """The verbs of cycles."""

    @precondition(lambda self: len(self.paper.cycles) < MOST_CYCLES)
    @rule(fields=terms(), who=chances)
    def is_opened(self, fields: dict[str, Any], who: int) -> None:
        """One more cycle."""
        self.opens(fields, who)

    def opens(self, fields: dict[str, Any], who: int) -> None:
        """A cycle on these terms, of some instructor who is there."""
        there = [i.id for i in self.paper.instructors.values() if i.is_there]
        if not there:
            return
        by = there[who % len(there)]
        given = {
            **as_values(fields),
            "name": f"Cycle {len(self.paper.cycles) + 1}",
            "course_id": self.course,
            "branch_id": self.branch,
            "instructor_id": by,
            "start_date": self.sunday,
        }
        done = self.does(self.stage.verbs.create_cycle(actor=MANAGER, values=given), lambda: None)
        if done is not None:
            id = done[0].id
            self.paper.cycles[id] = PaperCycle(
                id=id, instructor=by, start_date=self.sunday, **as_written(fields)
            )

    def a_cycle(self, chance: int, *statuses: CycleStatus) -> PaperCycle:
        """Some cycle, preferably of one of these statuses."""
        return self.pick(chance, self.cycles, suited=lambda c: c.is_there and c.status in statuses)

    @precondition(has_cycles)
    @rule(chance=chances, allow=leave, dry=st.integers(0, 3))
    def is_planned(self, chance: int, *, allow: bool, dry: int) -> None:
        """The missing meetings are generated, or now and then only looked at."""
        one = self.a_cycle(chance, CycleStatus.ACTIVE, CycleStatus.COMPLETED)
        self.plans(one, allow=allow, dry=dry == 3)

    def plans(self, one: PaperCycle, *, allow: bool, dry: bool = False) -> None:
        """A cycle's missing meetings."""
        done = self.does(
            self.stage.verbs.generate_meetings(
                actor=MANAGER, cycle_id=CycleId(one.id), dry_run=dry, allow_conflicts=allow
            ),
            lambda: on_paper.generate(self.paper, one, allow_conflicts=allow, dry_run=dry),
        )
        if done is None:
            return
        generated, made = done
        if dry:
            self._are_the_same(made, generated.meetings)
        else:
            self.learns(made, generated.meetings)

    def learns(self, made: Sequence[PaperMeeting], stored: Sequence[Meeting]) -> None:
        """Write planned meetings down under the ids that they were stored by."""
        self._are_the_same(made, stored)
        for meeting, there in zip(made, stored, strict=True):
            self.paper.meetings.pop(meeting.id, None)
            meeting.id, meeting.cycle = there.id, there.cycle_id
            self.paper.meetings[there.id] = meeting

    @staticmethod
    def _are_the_same(made: Sequence[PaperMeeting], stored: Sequence[Meeting]) -> None:
        planned = [(m.number, str(m.scheduled_date)) for m in stored]
        expected = [(m.number, str(m.day)) for m in made]
        assert planned == expected, f"planned: {planned}; on paper: {expected}"

    def _changes(self, one: PaperCycle, values: dict[str, Any], *, allow: bool = False) -> Any:
        return self.stage.verbs.update_cycle(
            actor=MANAGER, cycle_id=CycleId(one.id), values=values, allow_conflicts=allow
        )

    @precondition(has_cycles)
    @rule(chance=chances, total=st.integers(1, 5))
    def is_resized(self, chance: int, total: int) -> None:
        """Another number of meetings is agreed."""
        one = self.a_cycle(chance, CycleStatus.ACTIVE)
        self.does(
            self._changes(one, {"total_meetings": total}),
            lambda: on_paper.resize(self.paper, one, total),
        )

    @precondition(has_cycles)
    @rule(chance=chances, change=changes)
    def is_changed(self, chance: int, change: tuple[str, Any]) -> None:
        """Other places, another first day, another weekday or other terms of money are agreed."""
        what, value = change
        one = self.a_cycle(chance, *CycleStatus)
        if what == "places":
            self.does(
                self._changes(one, {"max_students": value}),
                lambda: on_paper.make_room(self.paper, one, value),
            )
        elif what == "weeks":
            starts = self.sunday + timedelta(weeks=value)
            self.does(
                self._changes(one, {"start_date": starts}),
                lambda: on_paper.retime(self.paper, one, start_date=starts),
            )
        elif what == "weekday":
            self.does(
                self._changes(one, {"day_of_week": value}),
                lambda: on_paper.retime(self.paper, one, weekday=value),
            )
        else:
            self.does(
                self._changes(one, as_values({what: value})),
                lambda: on_paper.reprice(one, as_written({what: value})),
            )

    @precondition(has_cycles)
    @rule(chance=chances, who=chances, allow=leave)
    def is_handed_over(self, chance: int, who: int, *, allow: bool) -> None:
        """Another instructor takes the cycle."""
        one = self.a_cycle(chance, *CycleStatus)
        to = self.pick(who, list(self.users), suited=lambda id: self.paper.instructors[id].is_there)
        self.does(
            self._changes(one, {"instructor_id": to}, allow=allow),
            lambda: on_paper.hand_over(self.paper, one, to, allow_conflicts=allow),
        )

    @precondition(has_cycles)
    @rule(chance=chances, how=st.sampled_from([CycleStatus.COMPLETED, CycleStatus.CANCELLED]))
    def ends(self, chance: int, how: CycleStatus) -> None:
        """A cycle is completed by hand, or cancelled."""
        one = self.a_cycle(chance, CycleStatus.ACTIVE)
        if one.status is not how:  # to state what is so already is no verb
            end = endings.cancel if how is CycleStatus.CANCELLED else endings.complete
            self.does(self._changes(one, {"status": how}), lambda: end(self.paper, one))

    @precondition(lambda self: any(map(_has_ended, self.cycles)))
    @rule(chance=chances, allow=leave)
    def goes_on(self, chance: int, *, allow: bool) -> None:
        """An ended cycle is active again."""
        one = self.pick(chance, self.cycles, suited=_has_ended)
        if one.status is not CycleStatus.ACTIVE:
            self.does(
                self._changes(one, {"status": CycleStatus.ACTIVE}, allow=allow),
                lambda: endings.reopen(self.paper, one, allow_conflicts=allow),
            )

    @precondition(has_cycles)
    @rule(chance=chances)
    def is_thrown_away(self, chance: int) -> None:
        """A cycle is deleted."""
        one = self.a_cycle(chance, *CycleStatus)
        self.does(
            self.stage.verbs.delete_cycle(actor=MANAGER, cycle_id=CycleId(one.id)),
            lambda: endings.delete(self.paper, one),
        )

    @precondition(lambda self: any(not c.is_there for c in self.cycles))
    @rule(chance=chances, allow=leave)
    def is_found_again(self, chance: int, *, allow: bool) -> None:
        """A deleted cycle is restored."""
        one = self.pick(chance, self.cycles, suited=lambda c: not c.is_there)
        self.does(
            self.stage.verbs.restore_cycle(
                actor=MANAGER, cycle_id=CycleId(one.id), allow_conflicts=allow
            ),
            lambda: endings.restore(self.paper, one, allow_conflicts=allow),
        )


def _has_ended(cycle: PaperCycle) -> bool:
    return cycle.is_there and cycle.status is not CycleStatus.ACTIVE
