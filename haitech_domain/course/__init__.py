"""Courses: the syllabuses (domain.md §1)."""

from haitech_domain.course.entity import Course, CourseCategory

__all__ = ["Course", "CourseCategory"]
