"""What letting people in needs besides clock and ids, for worlds of tests."""

from __future__ import annotations

from typing import Any

from haitech_adapters.background import LoopBackground
from haitech_adapters.calendar import IcalendarFeeds
from haitech_adapters.memory.attempts import MemoryAttempts
from haitech_adapters.memory.mail import MemoryMailer
from haitech_adapters.security import SignedMeetingLinks, derived
from haitech_adapters.security.links import PURPOSE
from haitech_domain.ports import Clock


def doors(clock: Clock) -> dict[str, Any]:
    """The ports by their names in `Verbs.over`."""
    return {
        "attempts": MemoryAttempts(clock=clock),
        "mailer": MemoryMailer(),
        "background": LoopBackground(),
        "calendar_feeds": IcalendarFeeds(),
        "meeting_links": SignedMeetingLinks(derived("a secret of the tests", PURPOSE)),
    }
