"""How registrations begin, and how they follow their cycle."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from haitech_domain.change import Change
from haitech_domain.cycle import Cycle, CycleStatus
from haitech_domain.errors import Invalid
from haitech_domain.ids import RegistrationId, StudentId
from haitech_domain.money import Money
from haitech_domain.registration.entity import Registration, RegistrationStatus
from haitech_domain.registration.events import (
    RegistrationCancelled,
    RegistrationCompleted,
    RegistrationCreated,
    RegistrationUpdated,
)
from haitech_domain.registration.policies import DEFAULT_POLICIES, RegistrationPolicy


def register(
    *,
    id: RegistrationId,
    student_id: StudentId,
    cycle: Cycle,
    present: Sequence[Registration],
    today: date,
    at: datetime,
    status: RegistrationStatus = RegistrationStatus.REGISTERED,
    amount: Money | None = None,
    policies: Iterable[RegistrationPolicy] = DEFAULT_POLICIES,
    **more: Any,
) -> Change[Registration]:
    """R-REG-1…3: a new registration; `present` are those of the cycle, read under its lock.

    :raises DomainError: whatever a policy refuses
    :raises Invalid: a status that is not live, or a value that breaks its rule
    """
    if not RegistrationStatus(status).is_live:
        raise Invalid.because("status", "must be registered, active or trial at first")
    for policy in policies:
        policy.check(student_id, cycle, present)
    registration = Registration(
        id=id,
        student_id=student_id,
        cycle_id=cycle.id,
        status=status,
        amount=cycle.default_registration_amount if amount is None else amount,
        created_at=at,
        updated_at=at,
        **{"registration_date": today, **more},
    )
    event = RegistrationCreated(at=at, **_facts(registration))
    return Change.created(registration, event)


def cascade(registration: Registration, cycle: Cycle, *, at: datetime) -> Change[Registration]:
    """R-CYC-2, R-CYC-3: what the end of its cycle does to a registration; maybe nothing.

    Completion turns `registered` and `active` into `completed`; cancellation cancels every live
    one.
    """
    if not registration.is_live:
        return Change.updated(registration, registration)
    if cycle.status is CycleStatus.CANCELLED:
        after = registration.changed(
            at,
            status=RegistrationStatus.CANCELLED,
            before_cascade=registration.status,
            cancellation_date=at.date(),
            cancellation_reason="cycle cancelled",
        )
        cancelled = RegistrationCancelled(
            at=at, cancellation_reason=after.cancellation_reason, **_facts(after)
        )
        return Change.updated(registration, after, cancelled, action="cancel")
    if cycle.status is CycleStatus.COMPLETED and registration.bears_revenue:
        after = registration.changed(
            at, status=RegistrationStatus.COMPLETED, before_cascade=registration.status
        )
        completed = RegistrationCompleted(at=at, **_facts(after))
        return Change.updated(registration, after, completed, action="complete")
    return Change.updated(registration, registration)


def undo_cascade(registration: Registration, *, at: datetime) -> Change[Registration]:
    """R-CYC-2, R-CYC-3: back to what it was before its cycle ended; nothing for any other."""
    if registration.before_cascade is None:
        return Change.updated(registration, registration)
    after = registration.changed(
        at,
        status=registration.before_cascade,
        before_cascade=None,
        cancellation_date=None,
        cancellation_reason=None,
    )
    event = RegistrationUpdated(at=at, fields=("status",), **_facts(after))
    return Change.updated(registration, after, event, action="reopen")


def _facts(registration: Registration) -> dict[str, Any]:
    return {
        "registration_id": registration.id,
        "student_id": registration.student_id,
        "cycle_id": registration.cycle_id,
    }
