"""Rules about many things in one request, and about another run of a cycle."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from haitech_domain.cycle import CycleStatus
from haitech_domain.ids import CycleId
from haitech_domain.meeting import MeetingStatus
from haitech_domain.ports import Transaction
from haitech_domain.testing.machine.paper import PaperCycle, PaperMeeting
from haitech_domain.testing.machine.paper import bulk as on_paper
from haitech_domain.testing.machine.paper.cycles import duplicate
from haitech_domain.testing.machine.play import MANAGER, chances
from haitech_domain.testing.machine.rules.cycles import MOST_CYCLES, CycleRules
from haitech_domain.testing.machine.rules.meetings import (
    MeetingRules,
    has_cycles,
    has_meetings,
    leave,
)

several: Final = st.lists(chances, min_size=1, max_size=4)
STATUSES: Final = (MeetingStatus.COMPLETED, MeetingStatus.CANCELLED, MeetingStatus.SCHEDULED)
BEFORE: Final = {
    MeetingStatus.COMPLETED: (MeetingStatus.SCHEDULED,),
    MeetingStatus.CANCELLED: (MeetingStatus.SCHEDULED,),
    MeetingStatus.SCHEDULED: (MeetingStatus.COMPLETED, MeetingStatus.CANCELLED),
}


class BulkRules(CycleRules, MeetingRules):
    """The verbs over many things."""

    def _meetings(self, some: list[int], *statuses: MeetingStatus) -> list[PaperMeeting]:
        found = [self.a_meeting(chance, *statuses) for chance in some]
        return list({id(one): one for one in found}.values())

    def _cycles(self, some: list[int]) -> list[PaperCycle]:
        found = [self.a_cycle(chance, CycleStatus.ACTIVE) for chance in some]
        return list({id(one): one for one in found}.values())

    @precondition(has_meetings)
    @rule(some=several, status=st.sampled_from(STATUSES), allow=leave)
    def many_get_a_status(self, some: list[int], status: MeetingStatus, *, allow: bool) -> None:
        """Several meetings are completed, cancelled, reopened or restored."""
        asked = self._meetings(some, *BEFORE[status])
        self.does(
            self.stage.verbs.update_meeting_statuses(
                actor=MANAGER, ids=[m.id for m in asked], status=status, allow_conflicts=allow
            ),
            lambda: on_paper.statuses(self.paper, asked, status, allow_conflicts=allow),
        )

    @precondition(has_meetings)
    @rule(some=several)
    def many_are_deleted(self, some: list[int]) -> None:
        """Several meetings are deleted."""
        asked = self._meetings(some, *MeetingStatus)
        self.does(
            self.stage.verbs.delete_meetings(actor=MANAGER, ids=[m.id for m in asked]),
            lambda: on_paper.delete(self.paper, asked),
        )

    @precondition(has_meetings)
    @rule(some=several, days_ago=st.none() | st.integers(0, 20), dry=st.integers(0, 3))
    def many_are_recalculated(self, some: list[int], days_ago: int | None, dry: int) -> None:
        """Several meetings are recalculated."""
        asked = self._meetings(some, MeetingStatus.COMPLETED)
        how = self.recalculation(days_ago, dry=dry == 3)
        self.recalculated(
            self.stage.verbs.recalculate_meetings(
                actor=MANAGER, ids=[m.id for m in asked], how=how
            ),
            asked,
            how,
        )

    @precondition(has_cycles)
    @rule(some=several, what=st.integers(0, 3), value=chances, allow=leave)
    def many_are_changed(self, some: list[int], what: int, value: int, *, allow: bool) -> None:
        """Several cycles get another status, total, instructor or number of places."""
        asked = self._cycles(some)
        fields: tuple[tuple[str, list[Any]], ...] = (
            ("status", list(CycleStatus)),
            ("total_meetings", [1, 2, 3, 4]),
            ("instructor_id", list(self.users)),
            ("max_students", [1, 2, 3, None]),
        )
        name, values = fields[what]
        chosen = values[value % len(values)]
        self.does(
            self.stage.verbs.update_cycles(
                actor=MANAGER,
                ids=[c.id for c in asked],
                values={name: chosen},
                allow_conflicts=allow,
            ),
            lambda: on_paper.change(self.paper, asked, name, chosen, allow_conflicts=allow),
        )

    @precondition(has_cycles)
    @rule(some=several, allow=leave)
    def many_are_planned(self, some: list[int], *, allow: bool) -> None:
        """The missing meetings of several cycles are generated."""
        asked = self._cycles(some)
        done = self.does(
            self.stage.verbs.generate_meetings_of_cycles(
                actor=MANAGER, ids=[c.id for c in asked], allow_conflicts=allow
            ),
            lambda: on_paper.generate(self.paper, asked, allow_conflicts=allow),
        )
        if done is not None:
            answered, made = done
            for generated in answered:
                self.learns(made[generated.cycle.id], generated.meetings)

    @precondition(lambda self: len(self.paper.cycles) < MOST_CYCLES and self.paper.cycles)
    @rule(
        chance=chances,
        weeks=st.integers(0, 6),
        copy=st.booleans(),
        plan=st.booleans(),
        allow=leave,
    )
    def is_run_again(self, chance: int, weeks: int, *, copy: bool, plan: bool, allow: bool) -> None:
        """A cycle is duplicated for another term."""
        one = self.a_cycle(chance, *CycleStatus)
        starts = self.sunday + timedelta(weeks=weeks)
        done = self.does(
            self.stage.verbs.duplicate_cycle(
                actor=MANAGER,
                cycle_id=CycleId(one.id),
                new_name="Another run",
                new_start_date=starts,
                copy_registrations=copy,
                generate_meetings=plan,
                allow_conflicts=allow,
            ),
            lambda: duplicate(self.paper, one, starts, copy=copy, plan=plan, allow_conflicts=allow),
        )
        if done is None:
            return
        stored, (new, again, made) = done

        async def read(tx: Transaction) -> tuple[Any, Any]:
            meetings = await tx.meetings.of_cycle(stored.id)
            return await tx.registrations.of_cycle(stored.id), meetings

        registrations, meetings = self.stage.run(self.stage.uow.read(read))
        new.id = stored.id
        self.paper.cycles[new.id] = new
        for registration in again:
            same = [r.id for r in registrations if r.student_id == registration.student]
            assert len(same) == 1, "each live registration is copied once"
            registration.id, registration.cycle = same[0], new.id
            self.paper.registrations[registration.id] = registration
        self.learns(made, meetings)
