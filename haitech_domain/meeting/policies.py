"""Named questions about meetings that a school may answer its own way."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import ClassVar

import attrs

from haitech_domain.calendar import civil
from haitech_domain.errors import DomainError
from haitech_domain.meeting.entity import Meeting


@attrs.frozen
class OutsideWindow(DomainError):
    """R-MEET-4: an instructor reports a meeting from its start to the end of the following day."""

    reason: ClassVar[str] = "meeting.outside_window"
    says: ClassVar[str] = "an instructor reports this meeting between {opens} and {closes}"
    opens: datetime
    closes: datetime


@attrs.frozen
class CompletionWindow:
    """R-MEET-4: for how many days after its own a meeting may be reported by its instructor."""

    days: int = 1

    def check(self, meeting: Meeting, now: datetime) -> None:
        """Whether the instructor may report at the civil moment `now`.

        :raises OutsideWindow: too early or too late
        """
        closes = self.closes(meeting)
        if not meeting.starts <= now < closes:
            raise OutsideWindow(meeting.starts, closes)

    def closes(self, meeting: Meeting) -> datetime:
        """The first civil moment at which its instructor may not report it any more."""
        return civil(meeting.scheduled_date + timedelta(days=self.days + 1), time.min)
