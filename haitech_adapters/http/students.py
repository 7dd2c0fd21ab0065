"""`/students`, and a customer's students under it."""

from __future__ import annotations

import datetime as dt
from typing import Final, Literal, TypeAlias
from uuid import UUID

from litestar import Controller, post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from msgspec import UNSET, UnsetType

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer
from haitech_adapters.http.reading import identifier, read_body
from haitech_adapters.http.shapes import (
    Body,
    HttpRequest,
    Instant,
    SearchedQuery,
    UseVerbs,
    View,
)
from haitech_adapters.http.showing import shown
from haitech_adapters.http.simple_resource import simple_resource
from haitech_domain.access import Action, Actor, Resource, Role
from haitech_domain.student import Student
from haitech_domain.use_cases import STUDENTS, Create

Day: TypeAlias = dt.date


class StudentDetails(Body, frozen=True):
    """What may be said of a student besides the name."""

    birth_date: Day | UnsetType | None = UNSET
    grade: str | UnsetType | None = UNSET
    notes: str | UnsetType | None = UNSET


class CustomerStudentBody(StudentDetails, frozen=True, kw_only=True):
    """A student to be made, of the customer in the path."""

    name: str


class StudentBody(CustomerStudentBody, frozen=True, kw_only=True):
    """A student to be made."""

    customer_id: UUID


class StudentChanges(StudentDetails, frozen=True, kw_only=True):
    """Fields of a student to be changed."""

    name: str | UnsetType = UNSET
    customer_id: UUID | UnsetType = UNSET


class StudentQuery(SearchedQuery, frozen=True, kw_only=True):
    """Which students to list. An instructor does not ask by customer."""

    sort_by: Literal["name", "createdAt"] | UnsetType = UNSET
    customer_id: UUID | UnsetType = UNSET
    grade: str | UnsetType = UNSET


class StudentView(View, frozen=True):
    """A student. An instructor does not see whose child it is."""

    id: UUID
    customer_id: UUID | UnsetType
    name: str
    birth_date: Day | None
    grade: str | None
    notes: str | None
    created_at: Instant
    updated_at: Instant
    version: int


_OF_THE_PARENTS: Final = frozenset({"customer_id"})


def student_view(student: Student, actor: Actor) -> StudentView:
    """A student as this actor sees it."""
    hidden = _OF_THE_PARENTS if actor.role is Role.INSTRUCTOR else frozenset[str]()
    return shown(StudentView, student, without=hidden)


PART_EXAMPLE: Final = {"name": "נועם כהן", "birthDate": "2015-04-12", "grade": "ה"}
BODY_EXAMPLE: Final = PART_EXAMPLE | {"customerId": "0190aaaa-0000-7000-8000-000000000005"}

StudentController = simple_resource(
    path="/students",
    one="a student",
    spec=STUDENTS,
    of=lambda verbs: verbs.students,
    creation=StudentBody,
    changes=StudentChanges,
    query=StudentQuery,
    result=StudentView,
    view=student_view,
    examples=(BODY_EXAMPLE, None),
)


class CustomerStudentsController(Controller):
    """Making a student where its customer is."""

    path = "/customers/{id:str}/students"
    tags = ("customers",)

    @post(
        "/",
        opt={
            "endpoint": Endpoint(
                summary="Create a student of a customer",
                use_case=Create,
                access=(Action.CREATE, Resource.STUDENTS),
                body=CustomerStudentBody,
                entity=Student,
                result=StudentView,
                example=PART_EXAMPLE,
            )
        },
    )
    async def create(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Create."""
        actor = actor_of(request)
        customer_id = identifier(id)
        body = await read_body(request, CustomerStudentBody, is_new=True)
        made = await verbs.students.create(
            actor=actor, values=body.given(), within={"customer_id": customer_id}
        )
        location = f"/api/v1/students/{made.id}"
        return answer(request, student_view(made, actor), headers={"Location": location})
