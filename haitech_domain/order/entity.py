"""The institutional order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

import attrs

from haitech_domain.entity import Entity, across
from haitech_domain.errors import DomainError, Problem
from haitech_domain.fields import Between, Day, Name, Notes, Price, Text
from haitech_domain.ids import BranchId, OrderId
from haitech_domain.money import Money
from haitech_domain.people import Email, Phone


class OrderStatus(StrEnum):
    """Where a contract stands."""

    DRAFT = "draft"
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@attrs.frozen(kw_only=True)
class InstitutionalOrder(Entity):
    """A contract of a branch."""

    id: OrderId
    branch_id: BranchId
    order_date: date
    start_date: Day
    end_date: Day
    order_number: Annotated[str, Text(100)] | None = None
    price_per_meeting: Price | None = None
    estimated_meetings: Annotated[int, Between(0, 10_000)] | None = None
    contact_name: Name | None = None
    contact_phone: Phone | None = None
    contact_email: Email | None = None
    notes: Notes | None = None
    status: OrderStatus = OrderStatus.DRAFT

    @across("start_date", "end_date")
    def in_order(self) -> Iterator[Problem]:
        """The contract must not end before it starts."""
        if self.start_date > self.end_date:
            yield Problem("end_date", "must not be before the start date", "date.order")

    @property
    def estimated_total(self) -> Money | None:
        """Price × meetings, None while either is unknown."""
        if self.price_per_meeting is None or self.estimated_meetings is None:
            return None
        return self.price_per_meeting * self.estimated_meetings


@attrs.frozen
class OrderInUse(DomainError):
    """R-PPL-3 in spirit: active cycles run on an order at its branch, so it stays there."""

    reason: ClassVar[str] = "order.in_use"
    says: ClassVar[str] = "{cycles} active cycles run on this order; end them or take them off it"
    cycles: int
