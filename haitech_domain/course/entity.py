"""The course."""

from __future__ import annotations

from enum import StrEnum

import attrs

from haitech_domain.entity import Entity
from haitech_domain.fields import Line, Name, Notes
from haitech_domain.ids import CourseId


class CourseCategory(StrEnum):
    """The field that a course belongs to."""

    PROGRAMMING = "programming"
    AI = "ai"
    ROBOTICS = "robotics"
    PRINTING_3D = "printing_3d"


@attrs.frozen(kw_only=True)
class Course(Entity):
    """A syllabus, of which cycles are the runs."""

    id: CourseId
    name: Name
    category: CourseCategory
    description: Notes | None = None
    target_audience: Line | None = None
    is_active: bool = True
