"""Courses, branches and instructors by name: those that exist, and new ones for the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

import attrs

from haitech_domain.branch import Branch, BranchType
from haitech_domain.change import Change
from haitech_domain.course import Course
from haitech_domain.entity import Entity
from haitech_domain.ids import BranchId, CourseId, InstructorId
from haitech_domain.instructor import Instructor
from haitech_domain.ports import Ids, Repository, Transaction
from haitech_domain.use_cases.legacy.choosing import category_of
from haitech_domain.use_cases.legacy.rows import CycleRow

NO_INSTITUTION: Final = "ללא מוסד"
"""The branch that rows without an institution share."""
NO_COURSE: Final = "ללא קורס"
NO_INSTRUCTOR: Final = "ללא מדריך"

_E = TypeVar("_E", bound=Entity)


@attrs.frozen(kw_only=True)
class Names:
    """What the names of an export stand for; `fresh` are those made for it."""

    courses: Mapping[str, Course]
    branches: Mapping[str, Branch]
    instructors: Mapping[str, Instructor]
    fresh: frozenset[object]

    def course(self, row: CycleRow) -> CourseId:
        """The course of a cycle."""
        return self.courses[row.course or NO_COURSE].id

    def branch(self, row: CycleRow) -> BranchId:
        """The branch of a cycle."""
        return self.branches[row.institution or NO_INSTITUTION].id

    def instructor(self, name: str) -> Instructor:
        """The instructor of a cycle or a meeting."""
        return self.instructors[name or NO_INSTRUCTOR]

    def made(self, things: Mapping[str, _E]) -> list[Change[_E]]:
        """The new ones among `things`, as they are saved: imports tell no events."""
        new = [thing for thing in things.values() if _id(thing) in self.fresh]
        return [Change.created(thing, action="import") for thing in new]


async def resolve(
    tx: Transaction,
    cycles: Sequence[CycleRow],
    teachers: Iterable[str],
    *,
    ids: Ids,
    at: datetime,
    lock: bool,
) -> Names:
    """Find or make everything that new cycles and meetings name.

    With `lock`, what exists is locked, so that nobody deletes it meanwhile: course, branch,
    instructors by id, in the order that all writing keeps.
    """

    def course(name: str) -> Course:
        category = category_of(name)
        id = CourseId(ids.new())
        return Course(id=id, name=name, category=category, created_at=at, updated_at=at)

    def branch(name: str) -> Branch:
        kind = _branch_type(name, cycles)
        return Branch(id=BranchId(ids.new()), name=name, type=kind, created_at=at, updated_at=at)

    def instructor(name: str) -> Instructor:
        return Instructor(id=InstructorId(ids.new()), name=name, created_at=at, updated_at=at)

    fresh: set[object] = set()
    of_courses = (row.course or NO_COURSE for row in cycles)
    of_branches = (row.institution or NO_INSTITUTION for row in cycles)
    of_teachers = (name or NO_INSTRUCTOR for name in teachers)
    return Names(
        courses=await _by_name(tx.courses, of_courses, course, fresh, lock=lock),
        branches=await _by_name(tx.branches, of_branches, branch, fresh, lock=lock),
        instructors=await _by_name(tx.instructors, of_teachers, instructor, fresh, lock=lock),
        fresh=frozenset(fresh),
    )


class _NamedThings(Repository[_E], Protocol[_E]):
    async def by_name(self, name: str) -> _E | None: ...


async def _by_name(
    things: _NamedThings[_E],
    names: Iterable[str],
    make: Callable[[str], _E],
    fresh: set[object],
    *,
    lock: bool,
) -> Mapping[str, _E]:
    """Each name's thing, in the order of the names; the new ones are added to `fresh`."""
    order = list(dict.fromkeys(names))
    found = {name: thing for name in order if (thing := await things.by_name(name)) is not None}
    if lock:
        for name, thing in sorted(found.items(), key=lambda pair: _id(pair[1])):
            found[name] = await things.lock(_id(thing))
    made = {name: make(name) for name in order if name not in found}
    fresh.update(map(_id, made.values()))
    return {name: found[name] if name in found else made[name] for name in order}


def _id(thing: Any) -> UUID:
    id: UUID = thing.id
    return id


def _branch_type(name: str, cycles: Iterable[CycleRow]) -> BranchType:
    """An institution is a school; the shared branch is online where all that share it are."""
    if name != NO_INSTITUTION:
        return BranchType.SCHOOL
    sharing = [row for row in cycles if row.institution in {"", NO_INSTITUTION}]
    return BranchType.ONLINE if all(row.online for row in sharing) else BranchType.FRONTAL
