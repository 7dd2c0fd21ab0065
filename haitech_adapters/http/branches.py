"""`/branches`: a simple resource."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from msgspec import UNSET, UnsetType

from haitech_adapters.http.shapes import Body, Instant, SearchedQuery, View
from haitech_adapters.http.showing import shown
from haitech_adapters.http.simple_resource import simple_resource
from haitech_domain.branch import BranchType
from haitech_domain.use_cases import BRANCHES


class BranchDetails(Body, frozen=True):
    """What may be said of a branch besides its name and type."""

    address: str | UnsetType | None = UNSET
    city: str | UnsetType | None = UNSET
    contact_name: str | UnsetType | None = UNSET
    contact_phone: str | UnsetType | None = UNSET
    contact_email: str | UnsetType | None = UNSET
    is_active: bool | UnsetType = UNSET


class BranchBody(BranchDetails, frozen=True, kw_only=True):
    """A branch to be made."""

    name: str
    type: BranchType


class BranchChanges(BranchDetails, frozen=True, kw_only=True):
    """Fields of a branch to be changed."""

    name: str | UnsetType = UNSET
    type: BranchType | UnsetType = UNSET


class BranchQuery(SearchedQuery, frozen=True, kw_only=True):
    """Which branches to list."""

    sort_by: Literal["name", "createdAt"] | UnsetType = UNSET
    type: BranchType | UnsetType = UNSET
    city: str | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


class BranchView(View, frozen=True):
    """A branch."""

    id: UUID
    name: str
    type: BranchType
    address: str | None
    city: str | None
    contact_name: str | None
    contact_phone: str | None
    contact_email: str | None
    is_active: bool
    created_at: Instant
    updated_at: Instant
    version: int


BODY_EXAMPLE = {"name": "Herzl School", "type": "school", "city": "Holon"}

BranchController = simple_resource(
    path="/branches",
    one="a branch",
    spec=BRANCHES,
    of=lambda verbs: verbs.branches,
    creation=BranchBody,
    changes=BranchChanges,
    query=BranchQuery,
    result=BranchView,
    view=lambda branch, _: shown(BranchView, branch),
    examples=(BODY_EXAMPLE, None),
)
