"""`/customers`: a simple resource, whose single ones are shown with their students."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal
from uuid import UUID

from msgspec import UNSET, UnsetType

from haitech_adapters.http.shapes import Body, Instant, SearchedQuery, View
from haitech_adapters.http.showing import shown
from haitech_adapters.http.simple_resource import Whole, simple_resource
from haitech_adapters.http.students import StudentView, student_view
from haitech_domain.access import Action, Actor, Resource, may
from haitech_domain.customer import Customer
from haitech_domain.student import Student
from haitech_domain.use_cases import CUSTOMERS


class CustomerDetails(Body, frozen=True):
    """What may be said of a customer besides name and phone."""

    email: str | UnsetType | None = UNSET
    address: str | UnsetType | None = UNSET
    city: str | UnsetType | None = UNSET
    notes: str | UnsetType | None = UNSET


class CustomerBody(CustomerDetails, frozen=True, kw_only=True):
    """A customer to be made."""

    name: str
    phone: str


class CustomerChanges(CustomerDetails, frozen=True, kw_only=True):
    """Fields of a customer to be changed."""

    name: str | UnsetType = UNSET
    phone: str | UnsetType = UNSET


class CustomerQuery(SearchedQuery, frozen=True, kw_only=True):
    """Which customers to list."""

    sort_by: Literal["name", "createdAt"] | UnsetType = UNSET
    city: str | UnsetType = UNSET
    has_active_registration: bool | UnsetType = UNSET


class CustomerView(View, frozen=True):
    """A customer in a list."""

    id: UUID
    name: str
    phone: str
    email: str | None
    address: str | None
    city: str | None
    notes: str | None
    created_at: Instant
    updated_at: Instant
    version: int


class WholeCustomerView(CustomerView, frozen=True, kw_only=True):
    """A customer with its students, in order of name, for whoever may read students."""

    students: Sequence[StudentView] | UnsetType


def _whole(customer: Customer, students: Sequence[Student], actor: Actor) -> WholeCustomerView:
    seen = may(actor, Action.READ, Resource.STUDENTS)
    children = [student_view(student, actor) for student in students] if seen else UNSET
    return shown(WholeCustomerView, customer, students=children)


BODY_EXAMPLE: Final = {"name": "דנה כהן", "phone": "050-123-4567", "city": "חולון"}

CustomerController = simple_resource(
    path="/customers",
    one="a customer",
    spec=CUSTOMERS,
    of=lambda verbs: verbs.customers,
    creation=CustomerBody,
    changes=CustomerChanges,
    query=CustomerQuery,
    result=CustomerView,
    view=lambda customer, _: shown(CustomerView, customer),
    whole=Whole(WholeCustomerView, _whole, at_first=()),
    examples=(BODY_EXAMPLE, None),
)
