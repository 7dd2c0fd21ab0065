"""A rule-based state machine: the use cases beside a school on paper that predicts them.

`machine_over(open_stage)` gives a test case of Hypothesis's over whatever ports the stage has:

    TestOurPorts = machine_over(our_stage).TestCase

In every step a verb of the school is called, and the paper school (`paper`, a plain model of
domain.md) says beforehand whether it is refused and why, and what every figure is afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from haitech_domain.registration import RegistrationStatus
from haitech_domain.testing.machine.play import SEASONS, SchoolPlay, chances
from haitech_domain.testing.machine.rules.attendance import AttendanceRules
from haitech_domain.testing.machine.rules.bulk import BulkRules
from haitech_domain.testing.machine.rules.cycles import terms
from haitech_domain.testing.machine.rules.people import PeopleRules
from haitech_domain.testing.machine.rules.registrations import RegistrationRules
from haitech_domain.testing.machine.stage import SettableClock, Stage

__all__ = ["SchoolMachine", "SettableClock", "Stage", "machine_over"]


class SchoolMachine(BulkRules, AttendanceRules, RegistrationRules, PeopleRules, SchoolPlay):
    """All rules together."""

    @initialize(
        season=st.sampled_from(SEASONS),
        cycles=st.tuples(terms(), terms()),
        who=chances,
        children=st.lists(st.tuples(chances, chances), max_size=4),
    )
    def the_school_opens(
        self,
        season: date,
        cycles: tuple[dict[str, Any], ...],
        who: int,
        children: list[tuple[int, int]],
    ) -> None:
        """Two cycles, of one instructor or of two, with their meetings and their first children."""
        self.founds(season)
        for position, agreed in enumerate(cycles):
            self.opens(agreed, position * who)
        for cycle in self.cycles:
            self.plans(cycle, allow=True)
        for chance, child in children:
            self.registers(chance, child, RegistrationStatus.REGISTERED, 118_000)


def machine_over(
    open_stage: Callable[[], AbstractContextManager[Stage]],
) -> type[SchoolMachine]:
    """A machine that plays on the stages that this opens, each of them empty."""
    namespace = {"open_stage": staticmethod(open_stage), "__doc__": SchoolMachine.__doc__}
    return type("TheSchool", (SchoolMachine,), namespace)
