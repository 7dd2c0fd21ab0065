"""The closed words of cycles."""

from __future__ import annotations

from enum import StrEnum


class CycleType(StrEnum):
    """What a cycle earns by (domain.md §3)."""

    PRIVATE = "private"
    INSTITUTIONAL_PER_CHILD = "institutional_per_child"
    INSTITUTIONAL_FIXED = "institutional_fixed"


class CycleStatus(StrEnum):
    """Where a cycle stands (R-CYC-3)."""

    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class ActivityType(StrEnum):
    """How a lesson is given; it picks the instructor's rate (R-PAY-1)."""

    FRONTAL = "frontal"
    ONLINE = "online"
    PRIVATE_LESSON = "private_lesson"


class PaymentMode(StrEnum):
    """How a cycle pays its own instructor (R-PAY-2, R-PAY-3)."""

    HOURLY = "hourly"
    DAILY = "daily"
