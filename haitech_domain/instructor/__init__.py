"""Instructors: who teaches, and at what rates (domain.md §1, R-PAY-1)."""

from haitech_domain.instructor.entity import EmploymentType, Instructor

__all__ = ["EmploymentType", "Instructor"]
