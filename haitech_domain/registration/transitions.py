"""How registrations begin, and how they follow their cycle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import attrs

from haitech_domain.change import Change, Event, Transition, Verb
from haitech_domain.cycle import Cycle, CycleStatus
from haitech_domain.errors import Invalid
from haitech_domain.ids import RegistrationId, StudentId
from haitech_domain.money import Money
from haitech_domain.records import fields_changed
from haitech_domain.registration.entity import PaymentStatus, Registration, RegistrationStatus
from haitech_domain.registration.events import (
    RegistrationCancelled,
    RegistrationCompleted,
    RegistrationCreated,
    RegistrationUpdated,
)
from haitech_domain.registration.payment import agree
from haitech_domain.registration.policies import (
    DEFAULT_POLICIES,
    CycleTakesNoRegistrations,
    RegistrationEnded,
    RegistrationPolicy,
)

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
    payment_status: PaymentStatus | None = None,
    policies: Iterable[RegistrationPolicy] = DEFAULT_POLICIES,
    **more: Any,
) -> Change[Registration]:
    """R-REG-1…3: a new registration; `present` are those of the cycle, read under its lock.

    `payment_status` is what the request states of it (R-REG-4).

    >>> from datetime import UTC
    >>> from haitech_domain.testing.builders import a_cycle, an_id
    >>> joined = register(
    ...     id=an_id(),
    ...     student_id=an_id(),
    ...     cycle=a_cycle(default_registration_amount=Money.of(1180)),
    ...     present=[],
    ...     today=date(2026, 3, 1),
    ...     at=datetime(2026, 3, 1, 9, 0, tzinfo=UTC),
    ... )
    >>> print(joined.after.status, joined.after.amount, joined.events[0].type)
    registered 1180.00 registration.created

    :raises DomainError: whatever a policy refuses
    :raises Invalid: a status that is not live, or a value that breaks its rule
    :raises PaymentContradicts: the stated payment status is not that of nothing paid
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
    agree(registration, payment_status)
    event = RegistrationCreated(at=at, **facts(registration))
    return Change.created(registration, event)


def enrol_again(
    registration: Registration,
    *,
    id: RegistrationId,
    cycle: Cycle,
    present: Sequence[Registration],
    today: date,
    at: datetime,
    policies: Iterable[RegistrationPolicy] = DEFAULT_POLICIES,
) -> Change[Registration]:
    """R-CYC-5: the same student in another run, `registered` from today and unpaid.

    The price is the same, also where there is none; the notes, which often explain it, too.

    :raises DomainError: whatever a policy refuses
    """
    made = register(
        id=id,
        student_id=registration.student_id,
        cycle=cycle,
        present=present,
        today=today,
        at=at,
        policies=policies,
        notes=registration.notes,
    )
    return made.then(attrs.evolve(made.after, amount=registration.amount))


def amend(
    registration: Registration,
    *,
    cycle: Cycle,
    today: date,
    at: datetime,
    payment_status: PaymentStatus | None = None,
    **changes: Any,
) -> Change[Registration]:
    """The registration with some fields changed; a `status` among them runs what leads to it.

    A live one may be cancelled (`today`), completed unless it is a trial, or become another live
    one while its cycle is active. What has ended stays so; its other fields still change.
    `payment_status` is what the request states of the result (R-REG-4).

    :raises Invalid: a value that breaks its rule
    :raises RegistrationEnded: it would live again
    :raises Transition: it cannot be cancelled or completed from here
    :raises CycleTakesNoRegistrations: R-REG-2
    :raises PaymentContradicts: R-REG-4
    """
    after = registration.changed(at, **changes)
    status = after.status
    moved = status is not registration.status
    if moved:
        may_become(registration, status, cycle)
        if status is RegistrationStatus.CANCELLED:
            after = attrs.evolve(after, cancellation_date=today)
    agree(after, payment_status)
    ended = moved and not status.is_live
    touched = fields_changed(registration, after)
    if ended:
        touched = tuple(name for name in touched if name not in _TOLD_BY_ENDING)
    events: list[Event] = []
    if touched:
        events.append(RegistrationUpdated(at=at, fields=touched, **facts(after)))
    if ended:
        events.append(_ending(after, at))
    action = _VERBS[status] if ended else "update"
    return Change.updated(registration, after, *events, action=action)


_TOLD_BY_ENDING: Final = frozenset(
    {"status", "cancellation_date", "cancellation_reason", "refund_amount", "paid_amount"}
)
_VERBS: Final[Mapping[RegistrationStatus, Verb]] = {
    RegistrationStatus.COMPLETED: "complete",
    RegistrationStatus.CANCELLED: "cancel",
}


def may_become(registration: Registration, status: RegistrationStatus, cycle: Cycle) -> None:
    """Whether a registration may be given another status.

    :raises RegistrationEnded: it would live again
    :raises CycleTakesNoRegistrations: R-REG-2
    :raises Transition: it cannot be cancelled or completed from here
    """
    if status.is_live:
        if not registration.status.is_live:
            raise RegistrationEnded(registration.status)
        if cycle.status is not CycleStatus.ACTIVE:
            raise CycleTakesNoRegistrations(cycle.name, cycle.status)
        return
    allowed = _AT_FIRST
    if status is RegistrationStatus.COMPLETED:
        allowed = tuple(s for s in _AT_FIRST if s.bears_revenue)
    if registration.status not in allowed:
        raise Transition("registration", registration.status, _VERBS[status], allowed)


def _ending(after: Registration, at: datetime) -> Event:
    if after.status is RegistrationStatus.COMPLETED:
        return RegistrationCompleted(at=at, **facts(after))
    return RegistrationCancelled(
        at=at,
        cancellation_reason=after.cancellation_reason,
        refund_amount=after.refund_amount,
        **facts(after),
    )


def take_back(
    registration: Registration,
    *,
    cycle: Cycle,
    present: Sequence[Registration],
    at: datetime,
    policies: Iterable[RegistrationPolicy] = DEFAULT_POLICIES,
) -> Change[Registration]:
    """R-PPL-3: a deleted registration as it was; one that would be live is asked as a new one is.

    Where its cycle had ended and was reopened meanwhile, also if it has ended otherwise since, it
    follows, as if it had never been deleted (R-CYC-3).

    :raises DomainError: whatever a policy refuses
    """
    after = registration.changed(at, deleted_at=None, deletion=None)
    reopened = cycle.status.value != after.status.value
    if after.before_cascade is not None and reopened:
        after = attrs.evolve(
            after,
            status=after.before_cascade,
            before_cascade=None,
            cancellation_date=None,
            cancellation_reason=None,
        )
    if after.is_live:
        for policy in policies:
            policy.check(after.student_id, cycle, present)
    event = RegistrationUpdated(at=at, fields=fields_changed(registration, after), **facts(after))
    return Change.updated(registration, after, event, action="restore")


def remove(registration: Registration, gone: Registration, *, at: datetime) -> Change[Registration]:
    """R-PPL-3: `gone` is the registration as deleted; a paid one may be, and its marks stay."""
    event = RegistrationUpdated(at=at, fields=("deleted_at",), **facts(gone))
    return Change.updated(registration, gone, event, action="delete")


def return_with_cycle(
    registration: Registration, back: Registration, *, at: datetime
) -> Change[Registration]:
    """R-PPL-3: `back` is the registration as it was when its cycle was deleted."""
    event = RegistrationUpdated(at=at, fields=("deleted_at",), **facts(back))
    return Change.updated(registration, back, event, action="restore")


def complete_with_cycle(registration: Registration, *, at: datetime) -> Change[Registration]:
    """R-CYC-2: a `registered` or `active` one is completed with its cycle; nothing for others."""
    if not (registration.is_live and registration.bears_revenue):
        return Change.updated(registration, registration)
    after = registration.changed(
        at, status=RegistrationStatus.COMPLETED, before_cascade=registration.status
    )
    return Change.updated(registration, after, _ending(after, at), action="complete")


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
    return Change.updated(registration, after, _ending(after, at), action="cancel")


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
    event = RegistrationUpdated(at=at, fields=("status",), **facts(after))
    return Change.updated(registration, after, event, action="reopen")


def facts(registration: Registration) -> dict[str, Any]:
    """What every event of a registration tells."""
    return {
        "registration_id": registration.id,
        "student_id": registration.student_id,
        "cycle_id": registration.cycle_id,
    }
