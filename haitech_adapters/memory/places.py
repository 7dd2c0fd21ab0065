"""Courses, branches with their closures, and institutional orders in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from haitech_adapters.memory.declaration import Reference, Resource, equals, overlapping
from haitech_adapters.memory.repository import MemoryRepository
from haitech_domain.branch import Branch, Closure
from haitech_domain.course import Course
from haitech_domain.ids import BranchId
from haitech_domain.order import InstitutionalOrder
from haitech_domain.ports import listings

COURSES: Final = Resource(
    cls=Course,
    name="course",
    listing=listings.COURSES,
    filters=equals("category", "is_active"),
)
BRANCHES: Final = Resource(
    cls=Branch,
    name="branch",
    listing=listings.BRANCHES,
    filters=equals("type", "city", "is_active"),
)
CLOSURES: Final = Resource(
    cls=Closure,
    name="closure",
    listing=listings.CLOSURES,
    filters=equals("branch_id"),
    references=(Reference("branch_id", Branch, "branch"),),
)
ORDERS: Final = Resource(
    cls=InstitutionalOrder,
    name="institutional_order",
    listing=listings.ORDERS,
    filters={**equals("branch_id", "status"), **overlapping("start_date", "end_date")},
    references=(Reference("branch_id", Branch, "branch"),),
)


class MemoryClosures(MemoryRepository[Closure]):
    """The closures of branches."""

    async def of_branch(self, branch: BranchId) -> Sequence[Closure]:
        """The live closures of a branch, in order of their first day."""
        found = self._live(lambda c: c.branch_id == branch)
        return sorted(found, key=lambda c: (c.first_day, c.id))

    async def of_branches(self, branches: Iterable[BranchId]) -> Sequence[Closure]:
        """Those of several, in order of their first day."""
        meant = frozenset(branches)
        found = self._live(lambda c: c.branch_id in meant)
        return sorted(found, key=lambda c: (c.first_day, c.id))
