"""Registrations: students in cycles (domain.md §8)."""

from haitech_domain.registration.entity import (
    PaymentMethod,
    PaymentStatus,
    Registration,
    RegistrationStatus,
    payment_status,
)
from haitech_domain.registration.events import (
    RegistrationCancelled,
    RegistrationCompleted,
    RegistrationCreated,
    RegistrationUpdated,
)
from haitech_domain.registration.policies import (
    AlreadyRegistered,
    CapacityPolicy,
    CycleFull,
    CycleTakesNoRegistrations,
    PaymentContradicts,
    RegistrationEnded,
    must_fit,
)
from haitech_domain.registration.transitions import (
    amend,
    cancel_with_cycle,
    complete_with_cycle,
    register,
    remove,
    take_back,
    undo_cascade,
)

__all__ = [
    "AlreadyRegistered",
    "CapacityPolicy",
    "CycleFull",
    "CycleTakesNoRegistrations",
    "PaymentContradicts",
    "PaymentMethod",
    "PaymentStatus",
    "Registration",
    "RegistrationCancelled",
    "RegistrationCompleted",
    "RegistrationCreated",
    "RegistrationEnded",
    "RegistrationStatus",
    "RegistrationUpdated",
    "amend",
    "cancel_with_cycle",
    "complete_with_cycle",
    "must_fit",
    "payment_status",
    "register",
    "remove",
    "take_back",
    "undo_cascade",
]
