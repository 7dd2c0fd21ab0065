"""Checks that what a thing names exists, all of them before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, TypeAlias
from uuid import UUID

import attrs

from haitech_domain.cycle import Cycle
from haitech_domain.errors import DomainError, Invalid, NotFound, Problem, spoken
from haitech_domain.ids import InstructorId
from haitech_domain.ports import Repository, Transaction
from haitech_domain.registration import Registration

References: TypeAlias = Mapping[str, tuple[Repository[Any], UUID | None]]
"""What is named by fields: where each of them is looked up, and its id."""


@attrs.frozen
class ParentDeleted(DomainError):
    """R-PPL-3: what a thing belongs to is deleted, so it cannot come back alone."""

    reason: ClassVar[str] = "restore.parent_deleted"
    says: ClassVar[str] = "the {parent} of this {what} is deleted; restore that first"
    what: str
    parent: str


@attrs.frozen
class StudentDeleted(DomainError):
    """R-PPL-3: a registration that would be live again belongs to a deleted student."""

    reason: ClassVar[str] = "restore.parent_deleted"
    says: ClassVar[str] = "{count} students of this cycle are deleted; restore them first"
    count: int


async def missing(references: References) -> list[Problem]:
    """Lock each thing named by a field, so that nobody deletes it meanwhile; say which are not.

    Locks are taken in the order given; every caller names them in the same one: course, branch,
    order, instructor.
    """
    problems = []
    for field, (repository, id) in references.items():
        if id is None:
            continue
        try:
            await repository.lock(id)
        except NotFound as gone:
            problems.append(
                Problem(field, f"names no existing {spoken(gone.what)}", "reference.unknown")
            )
    return problems


async def must_exist(references: References, *, besides: Iterable[Problem] = ()) -> None:
    """Whether everything named exists, locked. `besides` are told in the same answer.

    :raises Invalid: with every field that names nothing live
    """
    problems = (*besides, *await missing(references))
    if problems:
        raise Invalid(problems)


async def cycle_may_live(
    tx: Transaction, cycle: Cycle, *, also: Iterable[InstructorId] = ()
) -> None:
    """R-PPL-3: nothing that a live, active cycle belongs to is deleted. Locks all of it.

    `also` are instructors whose locks are needed next: all are taken at once, in order of id.

    :raises ParentDeleted: its course, branch, order or instructor is
    """
    parents: dict[str, tuple[Repository[Any], UUID]] = {
        "course": (tx.courses, cycle.course_id),
        "branch": (tx.branches, cycle.branch_id),
    }
    if cycle.institutional_order_id is not None:
        parents["institutional order"] = (tx.orders, cycle.institutional_order_id)
    await must_be_back("cycle", parents)
    instructors = await tx.instructors.lock_many({cycle.instructor_id, *also})
    if cycle.instructor_id not in instructors:
        raise ParentDeleted("cycle", "instructor")


async def students_must_live(tx: Transaction, registrations: Iterable[Registration]) -> None:
    """R-PPL-3: whoever is in these, while they live, is kept from being deleted.

    :raises StudentDeleted: a live one of these registrations has no live student
    """
    wanted = {r.student_id for r in registrations if r.status.is_live}
    missing = wanted - set(await tx.students.lock_many(wanted))
    if missing:
        raise StudentDeleted(len(missing))


async def must_be_back(what: str, parents: Mapping[str, tuple[Repository[Any], UUID]]) -> None:
    """Lock each parent of a thing that is being restored. :raises ParentDeleted: one is not live"""
    for parent, (repository, id) in parents.items():
        try:
            await repository.lock(id)
        except NotFound:
            raise ParentDeleted(what, parent) from None
