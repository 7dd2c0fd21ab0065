"""Another run of the same: a cycle with the settings of one that there is (R-CYC-5)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from haitech_domain.change import Change
from haitech_domain.cycle.entity import Cycle
from haitech_domain.cycle.transitions import created
from haitech_domain.ids import CycleId

COPIED: Final = frozenset(
    {
        "course_id",
        "branch_id",
        "instructor_id",
        "type",
        "day_of_week",
        "start_time",
        "end_time",
        "total_meetings",
        "institutional_order_id",
        "price_per_student",
        "default_registration_amount",
        "meeting_revenue",
        "revenue_includes_vat",
        "instructor_payment_mode",
        "instructor_daily_rate",
        "student_count",
        "max_students",
        "send_parent_reminders",
        "activity_type",
        "location",
        "zoom_meeting_id",
        "zoom_join_url",
        "notes",
    }
)
"""The settings: what the new one has from the old."""
GIVEN: Final = frozenset({"id", "name", "start_date", "created_at", "updated_at"})
"""What is said of the new one when it is made."""
FRESH: Final = frozenset({"given_end_date", "status", "version", "deleted_at", "deletion"})
"""What begins anew. The stated end belongs to the old dates: the meetings say the new one's."""
DERIVED: Final = frozenset(
    {
        "end_date",
        "completed_meetings",
        "scheduled_meetings",
        "cancelled_meetings",
        "postponed_meetings",
    }
)
"""What follows from its own meetings (R-CYC-1, R-CYC-4)."""


def duplicate(
    cycle: Cycle, *, id: CycleId, name: str, start_date: date, at: datetime
) -> Change[Cycle]:
    """A new, active cycle without meetings, with every setting of this one.

    :raises Invalid: a name or a start date that breaks its rule
    """
    settings = {name: getattr(cycle, name) for name in sorted(COPIED)}
    new = Cycle(id=id, name=name, start_date=start_date, created_at=at, updated_at=at, **settings)
    return created(new, at=at)
