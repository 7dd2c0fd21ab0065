"""What is read and shown of payments."""

from __future__ import annotations

import datetime as dt
from typing import Final, Literal, TypeAlias
from uuid import UUID

from msgspec import UNSET, UnsetType

from haitech_adapters.http.shapes import Amount, Body, DayOrInstant, Instant, ListQuery, View
from haitech_adapters.http.showing import shown
from haitech_domain.registration import (
    Payment,
    PaymentKind,
    PaymentMethod,
    PaymentStatus,
    StatedCancellation,
    StatedPayment,
)

Day: TypeAlias = dt.date


class PaymentBody(Body, frozen=True):
    """What was paid, or what it makes of the whole; `paid_at` is today unless given.

    What is null is not stated.
    """

    rules = StatedPayment

    payment_status: PaymentStatus | None = None
    amount: Amount | None = None
    payment_method: PaymentMethod | None = None
    invoice_link: str | None = None
    paid_at: DayOrInstant | None = None


class RegistrationCancellationBody(Body, frozen=True):
    """Why a registration is cancelled, and what is paid back; 0 is nothing."""

    rules = StatedCancellation

    reason: str | None = None
    refund_amount: Amount | None = None


class PaymentQuery(ListQuery, frozen=True, kw_only=True):
    """How to list a ledger."""

    sort_by: Literal["createdAt", "paidAt"] | UnsetType = UNSET


class PaymentView(View, frozen=True):
    """An entry of a ledger: `amount` is below zero for a refund.

    `paid_at` is a date in Israel. `recorded_by_id` is a user or an API key.
    """

    id: UUID
    registration_id: UUID
    kind: PaymentKind
    amount: Amount
    method: PaymentMethod | None
    paid_at: Day
    invoice_link: str | None
    recorded_by_id: UUID | None
    created_at: Instant


def payment_view(payment: Payment) -> PaymentView:
    """An entry; whoever sees it sees all of it."""
    return shown(PaymentView, payment)


PAYMENT_EXAMPLE: Final = {
    "amount": "1440.00",
    "paymentMethod": "transfer",
    "invoiceLink": "https://example.com/invoices/4821",
    "paidAt": "2026-02-08",
}
CANCELLATION_EXAMPLE: Final = {"reason": "המשפחה עברה דירה", "refundAmount": "360.00"}
