"""Who may be registered: named questions that a school may answer its own way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Protocol

import attrs

from haitech_domain.cycle import Cycle, CycleStatus
from haitech_domain.errors import DomainError
from haitech_domain.ids import CycleId, RegistrationId, StudentId
from haitech_domain.registration.entity import Registration, RegistrationStatus


@attrs.frozen
class AlreadyRegistered(DomainError):
    """R-REG-1: a student has at most one live registration per cycle."""

    reason: ClassVar[str] = "registration.exists"
    says: ClassVar[str] = "this student already has a live registration in this cycle"
    student_id: StudentId
    registration_id: RegistrationId | None


@attrs.frozen
class CycleTakesNoRegistrations(DomainError):
    """R-REG-2: only an active cycle takes registrations."""

    reason: ClassVar[str] = "registration.cycle_not_active"
    says: ClassVar[str] = "cycle {name} is {status}; only an active cycle takes registrations"
    name: str
    status: CycleStatus


@attrs.frozen
class CycleFull(DomainError):
    """R-REG-2: every place of the cycle is taken."""

    reason: ClassVar[str] = "cycle.full"
    says: ClassVar[str] = "cycle {name} is full: {taken} of {places} places are taken"
    cycle_id: CycleId
    name: str
    taken: int
    places: int


@attrs.frozen
class RegistrationEnded(DomainError):
    """R-REG-1: what was cancelled or completed does not live again; history stays."""

    reason: ClassVar[str] = "registration.ended"
    says: ClassVar[str] = "this registration is {status}; register the student anew"
    status: RegistrationStatus


def must_fit(cycle: Cycle, registrations: Iterable[Registration]) -> None:
    """R-REG-2: whether a cycle has a place for each live one of these registrations.

    :raises CycleFull: there are more of them than places
    """
    taken = sum(registration.is_live for registration in registrations)
    if cycle.max_students is not None and taken > cycle.max_students:
        raise CycleFull(cycle.id, cycle.name, taken, cycle.max_students)


class RegistrationPolicy(Protocol):
    """One question: may this student join this cycle, beside those who are in it?"""

    def check(self, student: StudentId, cycle: Cycle, present: Iterable[Registration]) -> None:
        """Pass in silence, or raise the refusal."""
        ...


@attrs.frozen
class ActiveCyclePolicy:
    """R-REG-2, first half."""

    def check(self, student: StudentId, cycle: Cycle, present: Iterable[Registration]) -> None:
        """:raises CycleTakesNoRegistrations: the cycle is not active"""
        if cycle.status is not CycleStatus.ACTIVE:
            raise CycleTakesNoRegistrations(cycle.name, cycle.status)


@attrs.frozen
class OncePolicy:
    """R-REG-1."""

    def check(self, student: StudentId, cycle: Cycle, present: Iterable[Registration]) -> None:
        """:raises AlreadyRegistered: the student is in the cycle"""
        for registration in present:
            if registration.is_live and registration.student_id == student:
                raise AlreadyRegistered(student, registration.id)


@attrs.frozen
class CapacityPolicy:
    """R-REG-2: `max_students` counts live registrations; none set means no limit."""

    def check(self, student: StudentId, cycle: Cycle, present: Iterable[Registration]) -> None:
        """:raises CycleFull: no place is left"""
        taken = sum(registration.is_live for registration in present)
        if cycle.max_students is not None and taken >= cycle.max_students:
            raise CycleFull(cycle.id, cycle.name, taken, cycle.max_students)


DEFAULT_POLICIES: tuple[RegistrationPolicy, ...] = (
    ActiveCyclePolicy(),
    OncePolicy(),
    CapacityPolicy(),
)
"""What is asked before every registration, in this order."""
