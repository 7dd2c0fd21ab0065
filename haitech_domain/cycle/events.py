"""What happens to cycles."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import attrs

from haitech_domain.change import Event
from haitech_domain.ids import BranchId, CourseId, CycleId, InstructorId


@attrs.frozen(kw_only=True)
class CycleCreated(Event):
    """A cycle was made."""

    type: ClassVar[str] = "cycle.created"
    cycle_id: CycleId
    name: str
    course_id: CourseId
    branch_id: BranchId
    instructor_id: InstructorId
    start_date: date


@attrs.frozen(kw_only=True)
class CycleUpdated(Event):
    """Some of a cycle's fields changed; `fields` names them."""

    type: ClassVar[str] = "cycle.updated"
    cycle_id: CycleId
    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class CycleCompleted(Event):
    """A cycle reached its end, by itself or by hand."""

    type: ClassVar[str] = "cycle.completed"
    cycle_id: CycleId
    name: str
    completed_meetings: int


@attrs.frozen(kw_only=True)
class CycleCancelled(Event):
    """A cycle was cancelled, and with it its scheduled meetings and live registrations."""

    type: ClassVar[str] = "cycle.cancelled"
    cycle_id: CycleId
    name: str


@attrs.frozen(kw_only=True)
class CycleDeleted(Event):
    """A cycle was deleted, with its meetings and registrations."""

    type: ClassVar[str] = "cycle.deleted"
    cycle_id: CycleId
