"""Branches: where lessons happen, and when they are closed (domain.md §1, R-SCHED-2)."""

from haitech_domain.branch.entity import Branch, BranchType, Closure, closures_by_range

__all__ = ["Branch", "BranchType", "Closure", "closures_by_range"]
