"""The closed words of meetings."""

from __future__ import annotations

from enum import StrEnum


class MeetingStatus(StrEnum):
    """Where a meeting stands (R-MEET-2)."""

    SCHEDULED = "scheduled"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"

    @property
    def teaches(self) -> bool:
        """Scheduled or completed: it takes up its instructor's time and holds its number."""
        return self in (MeetingStatus.SCHEDULED, MeetingStatus.COMPLETED)


class MeetingNature(StrEnum):
    """Whether a meeting earns (R-REV-3)."""

    REGULAR = "regular"
    NO_REVENUE = "no_revenue"


class PayBasis(StrEnum):
    """What a completed meeting's pay was reckoned by (R-PAY-2, R-PAY-3)."""

    HOURLY = "hourly"
    DAILY = "daily"
