"""Who is in which cycle of the paper school (domain.md §8)."""

from __future__ import annotations

from uuid import UUID

from haitech_domain.cycle import CycleStatus
from haitech_domain.registration import RegistrationStatus
from haitech_domain.testing.machine.paper.endings import EXISTS, FULL, revive
from haitech_domain.testing.machine.paper.school import (
    PARENT_GONE,
    UNKNOWN,
    PaperSchool,
    Refused,
    must_be_there,
    refuse_where,
)
from haitech_domain.testing.machine.paper.things import PaperCycle, PaperRegistration

NOT_ACTIVE = "registration.cycle_not_active"
_LIVE = {RegistrationStatus.REGISTERED, RegistrationStatus.ACTIVE, RegistrationStatus.TRIAL}
_ENDS = {RegistrationStatus.REGISTERED, RegistrationStatus.ACTIVE}


def why_no_place(school: PaperSchool, cycle: PaperCycle, student: UUID) -> dict[str, bool]:
    """R-REG-1, R-REG-2: what keeps a student from joining a cycle."""
    live = [r for r in school.registrations_of(cycle) if r.is_live]
    return {
        NOT_ACTIVE: cycle.status is not CycleStatus.ACTIVE,
        EXISTS: any(r.student == student for r in live),
        FULL: cycle.places is not None and len(live) >= cycle.places,
    }


def register(
    school: PaperSchool,
    cycle: PaperCycle,
    student: UUID,
    *,
    status: RegistrationStatus,
    amount: int | None,
) -> PaperRegistration:
    """R-REG-1…3: the registration, stored by whoever knows its id."""
    must_be_there(cycle)
    refuse_where({UNKNOWN: not school.students[student].is_there})
    refuse_where(why_no_place(school, cycle, student))
    return PaperRegistration(
        id=student,
        student=student,
        cycle=cycle.id,
        status=status,
        amount=cycle.default_amount if amount is None else amount,
    )


def reprice(registration: PaperRegistration, amount: int | None) -> None:
    """Decision 13: the price changes in every status."""
    must_be_there(registration)
    registration.amount = amount


def become(
    school: PaperSchool, registration: PaperRegistration, status: RegistrationStatus
) -> None:
    """Decision 13: what a registration may become by hand."""
    must_be_there(registration)
    if status is registration.status:
        return
    cycle = school.cycles[registration.cycle]
    goes_on = status in _LIVE
    refuse_where(
        {
            "registration.ended": goes_on and not registration.is_live,
            NOT_ACTIVE: goes_on and cycle.status is not CycleStatus.ACTIVE,
            "registration.cannot_complete": status is RegistrationStatus.COMPLETED
            and registration.status not in _ENDS,
            "registration.cannot_cancel": status is RegistrationStatus.CANCELLED
            and not registration.is_live,
        }
    )
    registration.status = status
    if status is RegistrationStatus.CANCELLED:
        registration.cancelled_on = school.now.date()


def delete(school: PaperSchool, registration: PaperRegistration) -> None:
    """R-PPL-3."""
    must_be_there(registration)
    registration.gone = school.next_deletion()


def restore(school: PaperSchool, registration: PaperRegistration) -> None:
    """R-PPL-3: as it would be had it never been deleted, if there is room for it."""
    if registration.is_there:
        raise Refused("restore.not_deleted")
    cycle = school.cycles[registration.cycle]
    gone = not cycle.is_there or not school.students[registration.student].is_there
    refuse_where({PARENT_GONE: gone})
    ended = registration.status.value
    follows = registration.before is not None and cycle.status.value != ended
    becomes = (registration.before if follows else None) or registration.status
    if becomes in _LIVE:
        refuse_where(why_no_place(school, cycle, registration.student))
    registration.gone = None
    if follows:
        revive(registration)
