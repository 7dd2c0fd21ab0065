"""Checks that what a thing names exists, all of them before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

import attrs

from haitech_domain.errors import DomainError, Invalid, NotFound, Problem
from haitech_domain.ports import Repository


@attrs.frozen
class ParentDeleted(DomainError):
    """R-PPL-3: what a thing belongs to is deleted, so it cannot come back alone."""

    reason: ClassVar[str] = "restore.parent_deleted"
    says: ClassVar[str] = "the {parent} of this {what} is deleted; restore that first"
    what: str
    parent: str


async def must_exist(references: Mapping[str, tuple[Repository[Any], UUID | None]]) -> None:
    """Lock each thing named by a field, so that nobody deletes it meanwhile.

    Locks are taken in the order given; every caller names them in the same one: course, branch,
    order, instructor.

    :raises Invalid: with every field that names nothing live
    """
    problems = []
    for field, (repository, id) in references.items():
        if id is None:
            continue
        try:
            await repository.lock(id)
        except NotFound as missing:
            problems.append(
                Problem(field, f"names no existing {missing.what}", "reference.unknown")
            )
    if problems:
        raise Invalid(tuple(problems))


async def must_be_back(what: str, parents: Mapping[str, tuple[Repository[Any], UUID]]) -> None:
    """Lock each parent of a thing that is being restored. :raises ParentDeleted: one is not live"""
    for parent, (repository, id) in parents.items():
        try:
            await repository.lock(id)
        except NotFound:
            raise ParentDeleted(what, parent) from None
