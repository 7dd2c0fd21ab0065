"""What a store knows of meetings, as reports count them."""

from __future__ import annotations

from uuid import UUID

import attrs

from haitech_domain.attendance import MarkCounts
from haitech_domain.cycle import Cycle
from haitech_domain.instructor import Instructor
from haitech_domain.meeting import Meeting
from haitech_domain.money import Money


@attrs.frozen(kw_only=True)
class Named:
    """What a meeting belongs to, by name, also where it is deleted (R-PPL-4)."""

    id: UUID
    name: str
    is_deleted: bool = False


@attrs.frozen(kw_only=True)
class MeetingRow:
    """A live meeting of a live cycle, with what it belongs to, of which some may be deleted."""

    meeting: Meeting
    cycle: Cycle
    course: Named
    branch: Named
    instructor: Instructor


@attrs.frozen(kw_only=True)
class DayRow(MeetingRow):
    """A meeting of a day, with what is counted of it.

    `prices` are the amounts of the cycle's revenue-bearing registrations (R-REV-1), None where one
    has none; `registered` the students who take part, each once: their registration is neither
    cancelled nor deleted; `unmarked` those of them without a mark (R-ATT-3).
    """

    prices: tuple[Money | None, ...] = ()
    registered: int = 0
    unmarked: int = 0
    marks: MarkCounts = attrs.field(factory=MarkCounts)

    @property
    def children(self) -> int:
        """How many are expected: as many as the cycle states, else those registered."""
        stated = self.cycle.student_count
        return self.registered if stated is None else stated
