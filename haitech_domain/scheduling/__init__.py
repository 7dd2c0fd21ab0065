"""When meetings are held: plans, conflicts, availability (domain.md §5)."""

from haitech_domain.scheduling.availability import (
    Availability,
    FreeSlot,
    FreeTime,
    free_on,
    free_slots,
)
from haitech_domain.scheduling.conflicts import Conflict, InstructorBusy, conflicts, refuse
from haitech_domain.scheduling.feed import Feed, FeedEvent, OtherHalf, feed_of
from haitech_domain.scheduling.numbers import lowest_free, missing_numbers, own_or_free
from haitech_domain.scheduling.plan import (
    NoTeachingDay,
    Plan,
    Planned,
    PlanWithoutEnd,
    RestDay,
    Skipped,
    must_not_rest,
    must_teach,
    next_teaching_day,
    plan,
)

__all__ = [
    "Availability",
    "Conflict",
    "Feed",
    "FeedEvent",
    "FreeSlot",
    "FreeTime",
    "InstructorBusy",
    "NoTeachingDay",
    "OtherHalf",
    "Plan",
    "PlanWithoutEnd",
    "Planned",
    "RestDay",
    "Skipped",
    "conflicts",
    "feed_of",
    "free_on",
    "free_slots",
    "lowest_free",
    "missing_numbers",
    "must_not_rest",
    "must_teach",
    "next_teaching_day",
    "own_or_free",
    "plan",
    "refuse",
]
