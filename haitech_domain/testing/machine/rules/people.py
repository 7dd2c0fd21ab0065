"""Rules about the school around its cycles: time, people, rates, closed days."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from haitech_domain.testing.machine.paper import people as on_paper
from haitech_domain.testing.machine.play import MANAGER, SchoolPlay, chances, money

RATES: Final = (None, 0, 9_999, 15_000, 18_001)
MOST_CLOSURES: Final = 3


class PeopleRules(SchoolPlay):
    """Time passes, people come and go."""

    @rule(hours=st.sampled_from([1, 24, 72, 168]))
    def time_passes(self, hours: int) -> None:
        """The clock goes on."""
        self.at(self.paper.now + timedelta(hours=hours))

    @rule(who=chances, rate=st.sampled_from(["frontal", "online", "private"]), value=chances)
    def is_paid_otherwise(self, who: int, rate: str, value: int) -> None:
        """Another rate is agreed with an instructor."""
        one = self.pick(who, list(self.paper.instructors.values()), suited=lambda i: i.is_there)
        agorot = RATES[value % len(RATES)]
        self.does(
            self.stage.verbs.instructors.update(
                actor=MANAGER, id=one.id, values={f"rate_{rate}": money(agorot)}
            ),
            lambda: on_paper.pay_otherwise(one, rate, agorot),
        )

    @rule(who=chances, comes=st.booleans())
    def an_instructor_comes_or_goes(self, who: int, *, comes: bool) -> None:
        """An instructor is deleted or restored."""
        people = list(self.paper.instructors.values())
        one = self.pick(who, people, suited=lambda i: i.is_there is not comes)
        verbs = self.stage.verbs.instructors
        if comes:
            self.does(verbs.restore(actor=MANAGER, id=one.id), lambda: on_paper.come_back(one))
        else:
            self.does(
                verbs.delete(actor=MANAGER, id=one.id), lambda: on_paper.dismiss(self.paper, one)
            )

    @rule(who=chances, comes=st.booleans())
    def a_student_comes_or_goes(self, who: int, *, comes: bool) -> None:
        """A student is deleted or restored."""
        people = list(self.paper.students.values())
        one = self.pick(who, people, suited=lambda s: s.is_there is not comes)
        verbs = self.stage.verbs.students
        if comes:
            self.does(verbs.restore(actor=MANAGER, id=one.id), lambda: on_paper.come_back(one))
        else:
            self.does(
                verbs.delete(actor=MANAGER, id=one.id), lambda: on_paper.leave(self.paper, one)
            )

    @precondition(lambda self: len(self.paper.closures) < MOST_CLOSURES)
    @rule(day=chances, length=st.integers(0, 8))
    def the_branch_closes(self, day: int, length: int) -> None:
        """There is no teaching for a few days; meetings that there are stay."""
        first = self.day(day)
        last = first + timedelta(days=length)
        values = {"branch_id": self.branch, "first_day": first, "last_day": last, "why": "repairs"}
        self.does(
            self.stage.verbs.closures.create(actor=MANAGER, values=values),
            lambda: self.paper.closures.append((first, last)),
        )
