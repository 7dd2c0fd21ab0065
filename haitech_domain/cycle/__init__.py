"""Cycles: the runs of courses (domain.md §1, §7)."""

from haitech_domain.cycle.duplicate import duplicate
from haitech_domain.cycle.entity import Cycle
from haitech_domain.cycle.events import (
    CycleCancelled,
    CycleCompleted,
    CycleCreated,
    CycleDeleted,
    CycleUpdated,
)
from haitech_domain.cycle.kinds import ActivityType, CycleStatus, CycleType, PaymentMode
from haitech_domain.cycle.progress import Progress, Tally
from haitech_domain.cycle.transitions import (
    CycleCancelledError,
    MeetingsStillScheduled,
    TotalBelowLiveNumber,
    cancel,
    complete,
    created,
    reopen,
    resize,
    settle,
)

__all__ = [
    "ActivityType",
    "Cycle",
    "CycleCancelled",
    "CycleCancelledError",
    "CycleCompleted",
    "CycleCreated",
    "CycleDeleted",
    "CycleStatus",
    "CycleType",
    "CycleUpdated",
    "MeetingsStillScheduled",
    "PaymentMode",
    "Progress",
    "Tally",
    "TotalBelowLiveNumber",
    "cancel",
    "complete",
    "created",
    "duplicate",
    "reopen",
    "resize",
    "settle",
]
