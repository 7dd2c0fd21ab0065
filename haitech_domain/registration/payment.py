"""The ledger of a registration: its entries, and what requests state of them (R-REG-4, R-REG-5)."""

from __future__ import annotations

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

import attrs

from haitech_domain.calendar import FIRST_DAY, LAST_DAY
from haitech_domain.errors import BadValue, DomainError, Invalid, Problem
from haitech_domain.fields import (
    Between,
    Day,
    Payable,
    Price,
    Remark,
    Url,
    civil_date,
    enforce,
    instant,
)
from haitech_domain.ids import PaymentId, RegistrationId
from haitech_domain.money import Money
from haitech_domain.registration.entity import PaymentMethod, PaymentStatus, Registration

_MOST: Final = Money.of(1_000_000)


class PaymentKind(StrEnum):
    """Which way money went."""

    PAYMENT = "payment"
    REFUND = "refund"


@attrs.frozen(kw_only=True)
class Payment:
    """An entry of a registration's ledger. It is added, and never changes.

    `amount` is above zero for what came in, below zero for what went back; `paid_at` is the civil
    date of it, `created_at` the instant at which it was recorded, by the user or API key
    `recorded_by_id`.

    :raises Invalid: with all that is wrong
    """

    deleted_at: ClassVar[None] = None
    """An entry is never gone by itself, as lists ask of every row."""

    id: PaymentId
    created_at: datetime
    registration_id: RegistrationId
    kind: PaymentKind
    amount: Annotated[Money, Between(-_MOST, _MOST)]
    paid_at: Day
    method: PaymentMethod | None = None
    invoice_link: Url | None = None
    recorded_by_id: UUID | None = None

    def __attrs_post_init__(self) -> None:
        enforce(self)
        if not (self.amount and (self.amount < Money(0)) is (self.kind is PaymentKind.REFUND)):
            raise Invalid.because("amount", "must be above 0, and below it for a refund")


@attrs.frozen
class DayOrInstant:
    """The rule of what tells a day: a civil date, or an instant, each also as its text."""

    def __call__(self, value: Any) -> date | datetime:
        """The date or instant itself. :raises BadValue: neither, or beyond 2000-2100"""
        if isinstance(value, str) and _INSTANT.fullmatch(value):
            try:
                value = datetime.fromisoformat(value.upper())
            except ValueError:
                raise BadValue(_NO_DAY, reason="date.invalid") from None
        moment = instant(value) if isinstance(value, datetime) else civil_date(value)
        if not FIRST_DAY.year <= moment.year <= LAST_DAY.year:
            years = f"{FIRST_DAY.year}-{LAST_DAY.year}"
            raise BadValue(f"must be in the years {years}", reason="date.out_of_range")
        return moment


_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_NO_DAY: Final = "must be a date like 2026-01-31, or an instant like 2026-01-31T16:30:00Z"
Told = Annotated[date | datetime | str, DayOrInstant()]
"""A civil date or an instant, once it has passed its rule."""


_EITHER: Final = {
    "amount": "is required unless a status is stated",
    "payment_status": "is required unless an amount is given",
}


@attrs.frozen(kw_only=True)
class StatedPayment:
    """What a request states of a payment: an amount that came in, the status of it all, or both.

    :raises Invalid: neither is given, or values that break their rules
    """

    amount: Payable | None = None
    payment_status: PaymentStatus | None = None
    payment_method: PaymentMethod | None = None
    invoice_link: Url | None = None
    paid_at: Told | None = None

    def __attrs_post_init__(self) -> None:
        enforce(self)
        if self.amount is None and self.payment_status is None:
            raise Invalid(
                tuple(Problem(f, m, "payment.nothing_stated") for f, m in _EITHER.items())
            )

    @property
    def details(self) -> dict[str, Any]:
        """How it was paid, as far as it is told: what becomes the registration's latest."""
        given = {"payment_method": self.payment_method, "invoice_link": self.invoice_link}
        return {name: value for name, value in given.items() if value is not None}


@attrs.frozen(kw_only=True)
class StatedCancellation:
    """What a request states of a cancellation: why, and what is paid back; 0 is nothing.

    :raises Invalid: values that break their rules
    """

    reason: Remark | None = None
    refund_amount: Price | None = None

    def __attrs_post_init__(self) -> None:
        enforce(self)


def must_have_come(day: date, today: date) -> date:
    """A day on which money moved. :raises Invalid: it is still to come"""
    if day > today:
        raise Invalid.because("paid_at", "must not be after today", reason="date.future")
    return day


@attrs.frozen
class PaymentContradicts(DomainError):
    """R-REG-4: a request states another payment status than the ledger's.

    `paid` and `amount` are the figures as the request leaves them; `more` is what it adds.
    """

    reason: ClassVar[str] = "payment.contradicts_ledger"
    says: ClassVar[str] = "the payments say {status}, not {stated}: {paid} paid, {price}"
    stated: PaymentStatus
    status: PaymentStatus
    paid: Money
    amount: Money | None
    more: Money | None = None

    @property
    def message(self) -> str:
        """The refusal with the ledger's figures."""
        price = "no price is set" if self.amount is None else f"the price is {self.amount}"
        told = self.says.format(
            status=self.status.value, stated=self.stated.value, paid=self.paid, price=price
        )
        return told if self.more is None else f"with {self.more} more {told}"

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The status that was stated."""
        return (Problem("payment_status", f"is {self.status.value} by the payments", self.reason),)


@attrs.frozen
class PaymentAbovePrice(DomainError):
    """R-REG-4: more would be paid than the registration costs."""

    reason: ClassVar[str] = "payment.above_price"
    says: ClassVar[str] = "{amount} more is above the price: {paid} of {price} are paid already"
    amount: Money
    paid: Money
    price: Money

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The amount, with what is left to pay; nothing where the price fell below what was paid."""
        left = max(self.price - self.paid, Money(0))
        return (Problem("amount", f"is more than the {left} that are left to pay", self.reason),)


@attrs.frozen
class PriceUnset(DomainError):
    """R-REG-4: `paid` without an amount pays the balance, and without a price there is none."""

    reason: ClassVar[str] = "payment.no_price"
    says: ClassVar[str] = (
        "there is no price, so no balance to pay: set one, or say how much was paid ({paid} so far)"
    )
    paid: Money


@attrs.frozen
class RefundAbovePaid(DomainError):
    """R-REG-5: more would be paid back than was paid."""

    reason: ClassVar[str] = "payment.refund_above_paid"
    says: ClassVar[str] = "a refund of {refund} is more than the {paid} that were paid"
    refund: Money
    paid: Money

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The refund."""
        return (Problem("refund_amount", f"must be at most {self.paid}", self.reason),)


def agree(
    registration: Registration, stated: PaymentStatus | None, *, more: Money | None = None
) -> None:
    """R-REG-4: whether the ledger, after `more` came in, is what the request states.

    :raises PaymentContradicts: it is not
    """
    status = registration.payment_status
    if stated is not None and stated != status:
        paid, price = registration.paid_amount, registration.amount
        raise PaymentContradicts(PaymentStatus(stated), status, paid, price, more)
