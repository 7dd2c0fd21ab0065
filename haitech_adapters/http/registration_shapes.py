"""What is read and shown of registrations."""

from __future__ import annotations

import datetime as dt
from typing import Final, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from haitech_adapters.http.shapes import Amount, Body, Instant, ListQuery, View
from haitech_adapters.http.showing import shown
from haitech_domain.access import Actor, sees_money
from haitech_domain.registration import (
    PaymentMethod,
    PaymentStatus,
    Registration,
    RegistrationStatus,
)

Day: TypeAlias = dt.date


class RegistrationDetails(Body, frozen=True):
    """What may be said of a registration besides who and where.

    `amount` is the price in shekels; `payment_status` must be the one that the payments give.
    """

    registration_date: Day | UnsetType = UNSET
    status: RegistrationStatus | UnsetType = UNSET
    amount: Amount | UnsetType | None = UNSET
    payment_method: PaymentMethod | UnsetType | None = UNSET
    invoice_link: str | UnsetType | None = UNSET
    notes: str | UnsetType | None = UNSET
    payment_status: PaymentStatus | UnsetType = UNSET


class CycleRegistrationBody(RegistrationDetails, frozen=True, kw_only=True):
    """A student to be registered in the cycle of the path."""

    student_id: UUID


class RegistrationBody(CycleRegistrationBody, frozen=True, kw_only=True):
    """A student to be registered in a cycle."""

    cycle_id: UUID


class RegistrationChanges(RegistrationDetails, frozen=True):
    """Fields of a registration to be changed; `status` runs what leads to it."""


class RegistrationQuery(ListQuery, frozen=True, kw_only=True):
    """Which registrations to list; `from` and `to` bound their dates.

    An instructor asks neither by customer nor by payment.
    """

    sort_by: Literal["registrationDate", "createdAt"] | UnsetType = UNSET
    student_id: UUID | UnsetType = UNSET
    cycle_id: UUID | UnsetType = UNSET
    customer_id: UUID | UnsetType = UNSET
    status: RegistrationStatus | UnsetType = UNSET
    payment_status: PaymentStatus | UnsetType = UNSET
    from_: Day | UnsetType = msgspec.field(default=UNSET, name="from")
    to: Day | UnsetType = UNSET


class RegistrationView(View, frozen=True):
    """A registration. For an instructor prices and payments are absent."""

    id: UUID
    student_id: UUID
    cycle_id: UUID
    registration_date: Day
    status: RegistrationStatus
    amount: Amount | UnsetType | None
    paid_amount: Amount | UnsetType
    balance: Amount | UnsetType | None
    payment_status: PaymentStatus | UnsetType
    payment_method: PaymentMethod | UnsetType | None
    invoice_link: str | UnsetType | None
    notes: str | None
    cancellation_date: Day | None
    cancellation_reason: str | None
    refund_amount: Amount | UnsetType | None
    created_at: Instant
    updated_at: Instant
    version: int


_MONEY: Final = frozenset(
    {
        "amount",
        "paid_amount",
        "balance",
        "payment_status",
        "payment_method",
        "invoice_link",
        "refund_amount",
    }
)


def registration_view(registration: Registration, actor: Actor) -> RegistrationView:
    """A registration as this actor sees it."""
    hidden = frozenset() if sees_money(actor) else _MONEY
    return shown(RegistrationView, registration, without=hidden)


BODY_EXAMPLE: Final = {
    "studentId": "0190aaaa-0000-7000-8000-000000000005",
    "cycleId": "0190aaaa-0000-7000-8000-000000000004",
    "amount": 1180,
    "paymentMethod": "credit",
}
OF_CYCLE_EXAMPLE: Final = {k: v for k, v in BODY_EXAMPLE.items() if k != "cycleId"}
JOINING_REFUSALS: Final = (
    "registration.exists",
    "registration.cycle_not_active",
    "cycle.full",
    "payment.contradicts_ledger",
)
"""What may stand in the way of a new registration."""
