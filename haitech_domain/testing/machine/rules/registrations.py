"""Rules about registrations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from haitech_domain.cycle import CycleStatus
from haitech_domain.ids import CycleId, RegistrationId, StudentId
from haitech_domain.registration import (
    PaymentMethod,
    PaymentStatus,
    RegistrationStatus,
    StatedCancellation,
    StatedPayment,
)
from haitech_domain.testing.machine.paper import PaperRegistration
from haitech_domain.testing.machine.paper import payments as ledger
from haitech_domain.testing.machine.paper import registrations as on_paper
from haitech_domain.testing.machine.play import MANAGER, SchoolPlay, chances, money
from haitech_domain.testing.machine.rules.cycles import amounts
from haitech_domain.testing.machine.rules.meetings import has_cycles

payments: Final = st.sampled_from([1, 3_333, 4_550, 50_000, 100_000])
"""Agorot that come in or go back; some are whole prices, some parts of them."""


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

    def a_registration(self, chance: int) -> PaperRegistration:
        """Some registration."""
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
        one = self.a_registration(chance)
        self.does(
            self._amends(one, {"amount": money(amount)}),
            lambda: on_paper.reprice(one, amount),
        )

    @precondition(has_registrations)
    @rule(chance=chances, status=st.sampled_from(RegistrationStatus))
    def becomes(self, chance: int, status: RegistrationStatus) -> None:
        """A registration's status is changed by hand."""
        one = self.a_registration(chance)
        self.does(
            self._amends(one, {"status": status}),
            lambda: on_paper.become(self.paper, one, status),
        )

    @precondition(has_registrations)
    @rule(chance=chances)
    def is_struck_out(self, chance: int) -> None:
        """A registration is deleted."""
        one = self.a_registration(chance)
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

    @precondition(has_registrations)
    @rule(
        chance=chances,
        amount=st.none() | payments,
        status=st.none() | st.sampled_from(PaymentStatus),
        method=st.none() | st.sampled_from(PaymentMethod),
        days_ago=st.none() | st.integers(-1, 3),
    )
    def is_paid(
        self,
        chance: int,
        amount: int | None,
        status: PaymentStatus | None,
        method: PaymentMethod | None,
        days_ago: int | None,
    ) -> None:
        """A payment is entered, or only what is thought of it is compared."""
        one = self.a_registration(chance)
        if amount is None and status is None:
            status = PaymentStatus.PAID
        on = None if days_ago is None else self.paper.now.date() - timedelta(days=days_ago)
        stated = StatedPayment(
            amount=money(amount), payment_status=status, payment_method=method, paid_at=on
        )
        self.does(
            self.stage.verbs.pay_registration(
                actor=MANAGER, registration_id=RegistrationId(one.id), stated=stated
            ),
            lambda: ledger.pay(self.paper, one, amount=amount, status=status, method=method, on=on),
        )

    @precondition(has_registrations)
    @rule(chance=chances, refund=st.none() | st.just(0) | payments)
    def is_cancelled(self, chance: int, refund: int | None) -> None:
        """A registration is cancelled, perhaps with a refund."""
        one = self.a_registration(chance)
        stated = StatedCancellation(reason="moved", refund_amount=money(refund))
        self.does(
            self.stage.verbs.cancel_registration(
                actor=MANAGER, registration_id=RegistrationId(one.id), stated=stated
            ),
            lambda: ledger.cancel(self.paper, one, refund),
        )
