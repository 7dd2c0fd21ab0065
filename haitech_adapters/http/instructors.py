"""`/instructors`: a simple resource whose colleagues see no more than its name."""

from __future__ import annotations

from typing import Final, Literal
from uuid import UUID

from msgspec import UNSET, UnsetType

from haitech_adapters.http.shapes import Amount, Body, Instant, SearchedQuery, View
from haitech_adapters.http.showing import shown
from haitech_adapters.http.simple_resource import simple_resource
from haitech_domain.access import Actor, Role
from haitech_domain.instructor import EmploymentType, Instructor
from haitech_domain.use_cases import INSTRUCTORS


class InstructorDetails(Body, frozen=True):
    """What may be said of an instructor besides name and phone; rates are shekels an hour."""

    email: str | UnsetType | None = UNSET
    rate_frontal: Amount | UnsetType | None = UNSET
    rate_online: Amount | UnsetType | None = UNSET
    rate_private: Amount | UnsetType | None = UNSET
    rate_preparation: Amount | UnsetType | None = UNSET
    employment_type: EmploymentType | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    notes: str | UnsetType | None = UNSET
    bank_name: str | UnsetType | None = UNSET
    bank_branch: str | UnsetType | None = UNSET
    account_number: str | UnsetType | None = UNSET


class InstructorBody(InstructorDetails, frozen=True, kw_only=True):
    """An instructor to be made."""

    name: str
    phone: str


class InstructorChanges(InstructorDetails, frozen=True, kw_only=True):
    """Fields of an instructor to be changed."""

    name: str | UnsetType = UNSET
    phone: str | UnsetType = UNSET


class InstructorQuery(SearchedQuery, frozen=True, kw_only=True):
    """Which instructors to list."""

    sort_by: Literal["name", "createdAt"] | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


class InstructorView(View, frozen=True):
    """An instructor. A colleague sees `id` and `name` only."""

    id: UUID
    name: str
    phone: str | UnsetType | None
    email: str | UnsetType | None
    rate_frontal: Amount | UnsetType | None
    rate_online: Amount | UnsetType | None
    rate_private: Amount | UnsetType | None
    rate_preparation: Amount | UnsetType | None
    employment_type: EmploymentType | UnsetType
    is_active: bool | UnsetType
    notes: str | UnsetType | None
    bank_name: str | UnsetType | None
    bank_branch: str | UnsetType | None
    account_number: str | UnsetType | None
    user_id: UUID | UnsetType | None
    created_at: Instant | UnsetType
    updated_at: Instant | UnsetType
    version: int | UnsetType


_HIDDEN_FROM_COLLEAGUES: Final = frozenset(InstructorView.__struct_fields__) - {"id", "name"}


def _view(instructor: Instructor, actor: Actor) -> InstructorView:
    colleague = actor.role is Role.INSTRUCTOR and actor.instructor_id != instructor.id
    return shown(
        InstructorView, instructor, without=_HIDDEN_FROM_COLLEAGUES if colleague else frozenset()
    )


BODY_EXAMPLE = {"name": "נועה כהן", "phone": "050-123-4567", "rateFrontal": 150}

InstructorController = simple_resource(
    path="/instructors",
    one="an instructor",
    spec=INSTRUCTORS,
    of=lambda verbs: verbs.instructors,
    creation=InstructorBody,
    changes=InstructorChanges,
    query=InstructorQuery,
    result=InstructorView,
    view=_view,
    examples=(BODY_EXAMPLE, None),
)
