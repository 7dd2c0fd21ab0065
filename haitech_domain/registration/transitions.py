"""How registrations begin, and how they follow their cycle."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

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

_AT_FIRST: Final = tuple(status for status in RegistrationStatus if status.is_live)


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
    if status not in _AT_FIRST:
        raise Invalid.because("status", f"must be one of {', '.join(_AT_FIRST)} at first")
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


def complete_with_cycle(registration: Registration, *, at: datetime) -> Change[Registration]:
    """R-CYC-2: a `registered` or `active` one is completed with its cycle; nothing for others."""
    if not (registration.is_live and registration.bears_revenue):
        return Change.updated(registration, registration)
    after = registration.changed(
        at, status=RegistrationStatus.COMPLETED, before_cascade=registration.status
    )
    event = RegistrationCompleted(at=at, **_facts(after))
    return Change.updated(registration, after, event, action="complete")


def cancel_with_cycle(
    registration: Registration, *, today: date, at: datetime
) -> Change[Registration]:
    """R-CYC-3: a live one is cancelled with its cycle; nothing for others."""
    if not registration.is_live:
        return Change.updated(registration, registration)
    after = registration.changed(
        at,
        status=RegistrationStatus.CANCELLED,
        before_cascade=registration.status,
        cancellation_date=today,
        cancellation_reason="cycle cancelled",
    )
    event = RegistrationCancelled(
        at=at, cancellation_reason=after.cancellation_reason, **_facts(after)
    )
    return Change.updated(registration, after, event, action="cancel")


def undo_cascade(
    registration: Registration, ended: CycleStatus, *, at: datetime
) -> Change[Registration]:
    """R-CYC-2, R-CYC-3: back to what it was before its cycle ended as `ended`.

    Nothing for one that the cascade passed over, or that was changed by hand since.
    """
    followed = registration.status.value == ended.value
    if registration.before_cascade is None or not followed:
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
