"""Registrations: students in cycles (domain.md §8)."""

from haitech_domain.registration.entity import PaymentMethod, Registration, RegistrationStatus
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
)
from haitech_domain.registration.transitions import (
    cancel_with_cycle,
    complete_with_cycle,
    register,
    undo_cascade,
)

__all__ = [
    "AlreadyRegistered",
    "CapacityPolicy",
    "CycleFull",
    "CycleTakesNoRegistrations",
    "PaymentMethod",
    "Registration",
    "RegistrationCancelled",
    "RegistrationCompleted",
    "RegistrationCreated",
    "RegistrationStatus",
    "RegistrationUpdated",
    "cancel_with_cycle",
    "complete_with_cycle",
    "register",
    "undo_cascade",
]
