"""Students: the children (domain.md §1)."""

from haitech_domain.student.entity import Student, StudentCreated, StudentDeleted, StudentUpdated

__all__ = ["Student", "StudentCreated", "StudentDeleted", "StudentUpdated"]
