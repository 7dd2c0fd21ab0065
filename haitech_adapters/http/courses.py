"""`/courses`: a simple resource."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from msgspec import UNSET, UnsetType

from haitech_adapters.http.shapes import Body, Instant, SearchedQuery, View
from haitech_adapters.http.showing import shown
from haitech_adapters.http.simple_resource import simple_resource
from haitech_domain.course import CourseCategory
from haitech_domain.use_cases import COURSES


class CourseBody(Body, frozen=True):
    """A course to be made."""

    name: str
    category: CourseCategory
    description: str | UnsetType | None = UNSET
    target_audience: str | UnsetType | None = UNSET
    is_active: bool | UnsetType = UNSET


class CourseChanges(Body, frozen=True):
    """Fields of a course to be changed."""

    name: str | UnsetType = UNSET
    category: CourseCategory | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    target_audience: str | UnsetType | None = UNSET
    is_active: bool | UnsetType = UNSET


class CourseQuery(SearchedQuery, frozen=True, kw_only=True):
    """Which courses to list."""

    sort_by: Literal["name", "createdAt"] | UnsetType = UNSET
    category: CourseCategory | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


class CourseView(View, frozen=True):
    """A course."""

    id: UUID
    name: str
    category: CourseCategory
    description: str | None
    target_audience: str | None
    is_active: bool
    created_at: Instant
    updated_at: Instant
    version: int


BODY_EXAMPLE = {"name": "Python for beginners", "category": "programming"}

CourseController = simple_resource(
    path="/courses",
    one="a course",
    spec=COURSES,
    of=lambda verbs: verbs.courses,
    creation=CourseBody,
    changes=CourseChanges,
    query=CourseQuery,
    result=CourseView,
    view=lambda course, _: shown(CourseView, course),
    examples=(BODY_EXAMPLE, None),
)
