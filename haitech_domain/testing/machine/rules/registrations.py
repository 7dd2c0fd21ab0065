"""Rules about registrations."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from haitech_domain.cycle import CycleStatus
from haitech_domain.ids import CycleId, RegistrationId, StudentId
from haitech_domain.registration import RegistrationStatus
from haitech_domain.testing.machine.paper import PaperRegistration
from haitech_domain.testing.machine.paper import registrations as on_paper
from haitech_domain.testing.machine.play import MANAGER, SchoolPlay, chances, money
from haitech_domain.testing.machine.rules.cycles import amounts
from haitech_domain.testing.machine.rules.meetings import has_cycles


def has_registrations(play: Any) -> bool:
    """Whether there is any registration, deleted ones included."""
    return bool(play.paper.registrations)


class RegistrationRules(SchoolPlay):
    """The verbs of registrations."""

    @precondition(has_cycles)
    @rule(
        chance=chances,
        who=chances,
        status=st.sampled_from([s for s in RegistrationStatus if s.is_live]),
        amount=st.none() | amounts,
    )
    def joins(self, chance: int, who: int, status: RegistrationStatus, amount: int | None) -> None:
        """A student is registered."""
        self.registers(chance, who, status, amount)

    def registers(
        self, chance: int, who: int, status: RegistrationStatus, amount: int | None
    ) -> None:
        """Some student in some cycle."""
        cycle = self.pick(
            chance, self.cycles, suited=lambda c: c.is_there and c.status is CycleStatus.ACTIVE
        )
        student = self.pick(who, list(self.paper.students.values()), suited=lambda s: s.is_there)
        done = self.does(
            self.stage.verbs.register_student(
                actor=MANAGER,
                cycle_id=CycleId(cycle.id),
                student_id=StudentId(student.id),
                values={"status": status, "amount": money(amount)},
            ),
            lambda: on_paper.register(self.paper, cycle, student.id, status=status, amount=amount),
        )
        if done is not None:
            stored, registration = done
            registration.id = stored.id
            self.paper.registrations[stored.id] = registration

    def _a_registration(self, chance: int) -> PaperRegistration:
        return self.pick(
            chance, list(self.paper.registrations.values()), suited=lambda r: r.is_there
        )

    def _amends(self, one: PaperRegistration, values: dict[str, Any]) -> Any:
        return self.stage.verbs.update_registration(
            actor=MANAGER, registration_id=RegistrationId(one.id), values=values
        )

    @precondition(has_registrations)
    @rule(chance=chances, amount=st.none() | amounts)
    def is_repriced(self, chance: int, amount: int | None) -> None:
        """Another price is agreed with the parents."""
        one = self._a_registration(chance)
        self.does(
            self._amends(one, {"amount": money(amount)}),
            lambda: on_paper.reprice(one, amount),
        )

    @precondition(has_registrations)
    @rule(chance=chances, status=st.sampled_from(RegistrationStatus))
    def becomes(self, chance: int, status: RegistrationStatus) -> None:
        """A registration's status is changed by hand."""
        one = self._a_registration(chance)
        self.does(
            self._amends(one, {"status": status}),
            lambda: on_paper.become(self.paper, one, status),
        )

    @precondition(has_registrations)
    @rule(chance=chances)
    def is_struck_out(self, chance: int) -> None:
        """A registration is deleted."""
        one = self._a_registration(chance)
        self.does(
            self.stage.verbs.delete_registration(
                actor=MANAGER, registration_id=RegistrationId(one.id)
            ),
            lambda: on_paper.delete(self.paper, one),
        )

    @precondition(lambda self: any(not r.is_there for r in self.paper.registrations.values()))
    @rule(chance=chances)
    def is_put_back(self, chance: int) -> None:
        """A deleted registration is restored."""
        one = self.pick(
            chance, list(self.paper.registrations.values()), suited=lambda r: not r.is_there
        )
        self.does(
            self.stage.verbs.restore_registration(
                actor=MANAGER, registration_id=RegistrationId(one.id)
            ),
            lambda: on_paper.restore(self.paper, one),
        )
