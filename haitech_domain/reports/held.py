"""A completed meeting, as reports about money count it."""

from __future__ import annotations

from datetime import date, time

import attrs

from haitech_domain.calendar import TimeSlot
from haitech_domain.cycle import ActivityType, CycleType
from haitech_domain.ids import MeetingId
from haitech_domain.meeting import Figures
from haitech_domain.reports.asked import Filters
from haitech_domain.reports.rows import Named


@attrs.frozen(kw_only=True)
class Held:
    """A completed live meeting of a live cycle, with its money as it was fixed (R-PPL-4).

    `activity` is the meeting's own, else the cycle's (R-PAY-1); `instructor` is the meeting's.
    Course, branch and instructor may be deleted.
    """

    id: MeetingId
    scheduled_date: date
    start_time: time
    end_time: time
    number: int | None
    activity: ActivityType
    figures: Figures
    cycle: Named
    cycle_type: CycleType
    course: Named
    branch: Named
    instructor: Named

    @property
    def minutes(self) -> int:
        """R-PAY-2."""
        return TimeSlot(self.start_time, self.end_time).minutes


def meant(held: Held, filters: Filters) -> bool:
    """Whether a report that is narrowed to this counts it."""
    return filters.mean(
        held.scheduled_date,
        branch_id=held.branch.id,
        course_id=held.course.id,
        instructor_id=held.instructor.id,
        cycle_id=held.cycle.id,
    )
