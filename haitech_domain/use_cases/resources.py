"""The simple resources, each a declaration."""

from __future__ import annotations

from typing import Final

from haitech_domain.access import Resource
from haitech_domain.branch import Branch
from haitech_domain.course import Course
from haitech_domain.errors import WouldOrphan
from haitech_domain.instructor import Instructor
from haitech_domain.ports import Transaction
from haitech_domain.use_cases.catalogue import Spec


async def _course_is_idle(tx: Transaction, course: Course) -> None:
    _none_active("course", await tx.cycles.active_count(course=course.id))


async def _branch_is_idle(tx: Transaction, branch: Branch) -> None:
    _none_active("branch", await tx.cycles.active_count(branch=branch.id))


async def _instructor_is_idle(tx: Transaction, instructor: Instructor) -> None:
    _none_active("instructor", await tx.cycles.active_count(instructor=instructor.id))
    scheduled = await tx.meetings.scheduled_count(instructor.id)
    if scheduled:
        raise WouldOrphan("instructor", scheduled, "scheduled meetings")


def _none_active(what: str, cycles: int) -> None:
    if cycles:
        raise WouldOrphan(what, cycles, "active cycles")


COURSES: Final = Spec(
    resource=Resource.COURSES,
    entity=Course,
    repository=lambda tx: tx.courses,
    leaving=_course_is_idle,
)
BRANCHES: Final = Spec(
    resource=Resource.BRANCHES,
    entity=Branch,
    repository=lambda tx: tx.branches,
    leaving=_branch_is_idle,
)
INSTRUCTORS: Final = Spec(
    resource=Resource.INSTRUCTORS,
    entity=Instructor,
    repository=lambda tx: tx.instructors,
    leaving=_instructor_is_idle,
)
