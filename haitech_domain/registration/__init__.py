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
    RegistrationPaid,
    RegistrationUpdated,
)
from haitech_domain.registration.ledger import Posting, cancel, pay
from haitech_domain.registration.payment import (
    Payment,
    PaymentAbovePrice,
    PaymentContradicts,
    PaymentKind,
    PriceUnset,
    RefundAbovePaid,
    StatedCancellation,
    StatedPayment,
    must_have_come,
)
from haitech_domain.registration.policies import (
    AlreadyRegistered,
    CapacityPolicy,
    CycleFull,
    CycleTakesNoRegistrations,
    RegistrationEnded,
)
from haitech_domain.registration.transitions import (
    amend,
    cancel_with_cycle,
    complete_with_cycle,
    enrol_again,
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
    "Payment",
    "PaymentAbovePrice",
    "PaymentContradicts",
    "PaymentKind",
    "PaymentMethod",
    "PaymentStatus",
    "Posting",
    "PriceUnset",
    "RefundAbovePaid",
    "Registration",
    "RegistrationCancelled",
    "RegistrationCompleted",
    "RegistrationCreated",
    "RegistrationEnded",
    "RegistrationPaid",
    "RegistrationStatus",
    "RegistrationUpdated",
    "StatedCancellation",
    "StatedPayment",
    "amend",
    "cancel",
    "cancel_with_cycle",
    "complete_with_cycle",
    "enrol_again",
    "must_have_come",
    "pay",
    "payment_status",
    "register",
    "remove",
    "take_back",
    "undo_cascade",
]
