"""Meetings: the lessons of cycles (domain.md §1, §6)."""

from haitech_domain.meeting.daily import carrier_of, carry, carry_anew, of_day
from haitech_domain.meeting.entity import Meeting, Settlement, in_order, tally
from haitech_domain.meeting.events import (
    MeetingCancelled,
    MeetingCompleted,
    MeetingCreated,
    MeetingPostponed,
    MeetingReopened,
    MeetingUpdated,
)
from haitech_domain.meeting.figures import Compared, Figures
from haitech_domain.meeting.kinds import MeetingNature, MeetingStatus, PayBasis
from haitech_domain.meeting.link import MeetingLink
from haitech_domain.meeting.policies import CompletionWindow, OutsideWindow
from haitech_domain.meeting.transitions import (
    MeetingIsFixed,
    amend,
    cancel,
    complete,
    hand_over,
    postpone,
    recalculate,
    reopen,
    restore,
    schedule,
)

__all__ = [
    "Compared",
    "CompletionWindow",
    "Figures",
    "Meeting",
    "MeetingCancelled",
    "MeetingCompleted",
    "MeetingCreated",
    "MeetingIsFixed",
    "MeetingLink",
    "MeetingNature",
    "MeetingPostponed",
    "MeetingReopened",
    "MeetingStatus",
    "MeetingUpdated",
    "OutsideWindow",
    "PayBasis",
    "Settlement",
    "amend",
    "cancel",
    "carrier_of",
    "carry",
    "carry_anew",
    "complete",
    "hand_over",
    "in_order",
    "of_day",
    "postpone",
    "recalculate",
    "reopen",
    "restore",
    "schedule",
    "tally",
]
