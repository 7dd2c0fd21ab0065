"""`/institutional-orders`: a simple resource."""

from __future__ import annotations

import datetime as dt
from typing import Final, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from haitech_adapters.http.shapes import Amount, Body, Instant, ListQuery, View
from haitech_adapters.http.showing import shown
from haitech_adapters.http.simple_resource import simple_resource
from haitech_domain.access import Actor
from haitech_domain.order import InstitutionalOrder, OrderStatus
from haitech_domain.use_cases import ORDERS

Day: TypeAlias = dt.date


class OrderDetails(Body, frozen=True):
    """What may be said of an order besides its branch and dates; the price is in shekels."""

    order_number: str | UnsetType | None = UNSET
    price_per_meeting: Amount | UnsetType | None = UNSET
    estimated_meetings: int | UnsetType | None = UNSET
    contact_name: str | UnsetType | None = UNSET
    contact_phone: str | UnsetType | None = UNSET
    contact_email: str | UnsetType | None = UNSET
    notes: str | UnsetType | None = UNSET
    status: OrderStatus | UnsetType = UNSET


class OrderBody(OrderDetails, frozen=True, kw_only=True):
    """An institutional order to be made."""

    branch_id: UUID
    order_date: Day
    start_date: Day
    end_date: Day


class OrderChanges(OrderDetails, frozen=True, kw_only=True):
    """Fields of an institutional order to be changed."""

    branch_id: UUID | UnsetType = UNSET
    order_date: Day | UnsetType = UNSET
    start_date: Day | UnsetType = UNSET
    end_date: Day | UnsetType = UNSET


class OrderQuery(ListQuery, frozen=True, kw_only=True):
    """Which institutional orders to list; `from` and `to` mean overlap with start-end."""

    sort_by: Literal["startDate", "endDate", "createdAt"] | UnsetType = UNSET
    branch_id: UUID | UnsetType = UNSET
    status: OrderStatus | UnsetType = UNSET
    from_: Day | UnsetType = msgspec.field(default=UNSET, name="from")
    to: Day | UnsetType = UNSET


class OrderView(View, frozen=True):
    """An institutional order; `estimatedTotal` is price × meetings, null while either is."""

    id: UUID
    branch_id: UUID
    order_number: str | None
    order_date: Day
    start_date: Day
    end_date: Day
    price_per_meeting: Amount | None
    estimated_meetings: int | None
    estimated_total: Amount | None
    contact_name: str | None
    contact_phone: str | None
    contact_email: str | None
    notes: str | None
    status: OrderStatus
    created_at: Instant
    updated_at: Instant
    version: int


def order_view(order: InstitutionalOrder, actor: Actor) -> OrderView:
    """An order as this actor sees it: whoever sees one sees all of it."""
    del actor
    return shown(OrderView, order)


BODY_EXAMPLE: Final = {
    "branchId": "0190aaaa-0000-7000-8000-000000000002",
    "orderNumber": "2026-17",
    "orderDate": "2026-06-01",
    "startDate": "2026-09-01",
    "endDate": "2027-06-20",
    "pricePerMeeting": 450,
    "estimatedMeetings": 30,
}

OrderController = simple_resource(
    path="/institutional-orders",
    one="an institutional order",
    spec=ORDERS,
    of=lambda verbs: verbs.orders,
    creation=OrderBody,
    changes=OrderChanges,
    query=OrderQuery,
    result=OrderView,
    view=order_view,
    examples=(BODY_EXAMPLE, None),
)
